package admin

import (
	"cmp"
	"fmt"
	"slices"
)

// Sickness is what somebody who is called at night looks for first. It decides nothing: the core knows marks alone.
type Sickness string

// The kinds, the worst first.
const (
	down     Sickness = "down"     // marked down, or it has no address
	failing  Sickness = "failing"  // attempts fail
	erring   Sickness = "errors"   // it answers with server errors
	full     Sickness = "full"     // it has MaxConnections requests pending
	silent   Sickness = "silent"   // requests are pending, and no answer came
	slow     Sickness = "slow"     // it answers later than the others
	unusable Sickness = "unusable" // its https Transport cannot be used
)

var kinds = []Sickness{down, failing, erring, full, silent, slow, unusable, ""}

// What counts as sick, over the last minute. errorShare, slowTimes and slowLeast are those of the alert rules: the
// page shows at a glance what an alert tells of.
const (
	failingShare = 0.01 // of attempts
	errorShare   = 0.05 // of answers
	silentMost   = 5    // requests that may be pending without an answer in a minute
	slowTimes    = 4    // the median of its cluster
	slowLeast    = 0.25 // seconds: what is faster is not slow
	slowAlways   = 5    // seconds, as in the alert rules
)

// diagnose says of each member what is wrong with it.
func (c *ClusterStatus) diagnose() {
	usual := c.usualWait()
	for i := range c.Members {
		c.Members[i].Sick = c.Members[i].sickness(usual)
	}
}

// sickness is the worst that is wrong with the member. usual is how long members of its cluster take, in seconds.
func (m *MemberStatus) sickness(usual float64) Sickness {
	r := &m.Recent
	switch {
	case m.Down != "" || m.Marked:
		return down
	case r.FailedPerSecond > failingShare*(r.PerSecond+r.FailedPerSecond):
		return failing
	case r.ErrorsPerSecond > errorShare*(r.PerSecond+r.FailedPerSecond):
		return erring
	case m.Max > 0 && m.Pending >= m.Max:
		return full
	case r.Wait == nil && m.Pending > silentMost:
		return silent
	case r.Wait != nil && (*r.Wait > slowAlways || *r.Wait > slowLeast && *r.Wait > slowTimes*usual):
		return slow
	case m.Unusable != "":
		return unusable
	}
	return ""
}

// usualWait is the median of what members took in the last minute, the lower one of two.
func (c *ClusterStatus) usualWait() float64 {
	var waits []float64
	for i := range c.Members {
		if wait := c.Members[i].Recent.Wait; wait != nil {
			waits = append(waits, *wait)
		}
	}
	if len(waits) < 2 { // there is no other member to be slower than
		return slowAlways
	}
	slices.Sort(waits)
	return waits[(len(waits)-1)/2]
}

// sickFirst orders members by how sick they are, else as they were.
func sickFirst(a, b row) int {
	return cmp.Compare(slices.Index(kinds, a.Sick), slices.Index(kinds, b.Sick))
}

// why says in a few words what is wrong with the member.
func (m *MemberStatus) why() string {
	r := &m.Recent
	switch m.Sick {
	case down:
		return m.downWhy()
	case failing:
		return rate(r.FailedPerSecond) + " failed a second"
	case erring:
		return rate(r.ErrorsPerSecond) + " answers a second are 5xx"
	case full:
		return fmt.Sprintf("%d of %d pending", m.Pending, m.Max)
	case silent:
		return fmt.Sprintf("no answer for a minute, %d pending", m.Pending)
	case slow:
		return "slow: answers in " + duration(*r.Wait)
	case unusable:
		return m.Unusable
	}
	return ""
}

// downWhy tells a member without an address from one that was marked. Only a request tries a marked one again (R52),
// so without any it stays marked after its retry is due.
func (m *MemberStatus) downWhy() string {
	switch {
	case m.Down != "":
		return "unreachable: " + m.Down
	case m.RetryIn > 0:
		return fmt.Sprintf("marked down; retry in %v s", m.RetryIn)
	}
	return "marked down; retry due at the next request"
}
