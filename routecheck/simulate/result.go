package simulate

import (
	"slices"
	"time"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Result is what has happened.
type Result struct {
	Outcomes
	Unended  uint64      // requests that nobody ever gives up: their member hangs and has no ServerIOTimeout (R55)
	Step     match.Nanos // of the Series
	Series   []Outcomes  // of the requests that arrived in each step
	Members  []Member
	Sessions SessionCounts
	Waits    Waits
	Faults   []Noticed // one for each of the scenario
}

// Outcomes say what became of requests.
type Outcomes struct {
	Requests   uint64 // that arrived
	OK         uint64 // answered at the first attempt
	FailedOver uint64 // answered after attempts that failed
	Declined   uint64 // no Route takes them (R9)
	Errors     []StatusCount
}

// StatusCount is how many requests got an error, in the order of the statuses.
type StatusCount struct {
	Status int
	Count  uint64
}

// Failed is how many got an error.
func (o *Outcomes) Failed() (n uint64) {
	for _, e := range o.Errors {
		n += e.Count
	}
	return n
}

// Answered is how many a member has answered.
func (o *Outcomes) Answered() uint64 { return o.OK + o.FailedOver }

// Member is what one has had to do.
type Member struct {
	MemberName
	New, Affinity uint64         // answers, by whether affinity had chosen it
	Failed        []FailureCount // attempts
	Probes        uint64         // attempts while it was marked down (R52)
	FailedProbes  uint64
	Waited        uint64   // of the failed probes: their clients waited
	MostPending   int32    // requests of one process at a time
	ProbesFailed  []uint32 // by step, nil for none
}

// All is how many requests it has answered.
func (m *Member) All() uint64 { return m.New + m.Affinity }

// FailureCount is how many attempts ended in a way.
type FailureCount struct {
	Outcome explain.FailureMode
	Count   uint64
}

// Waits are times from the arrival of a request to the end of its answer. The quantiles are right up to 1.6 percent.
type Waits struct {
	P50, P95, P99, Max match.Nanos
	Longest            *Request // nil when there was none
}

// Noticed says when processes knew of a fault.
type Noticed struct {
	Marked []match.Nanos // how long after its beginning a process has marked the member, of those that have, in order
	Back   []match.Nanos // how long after its end a process has taken it for well again, of those that have, in order
}

func (c *counts) outcomes() Outcomes {
	o := Outcomes{Requests: c.requests, OK: c.ok, FailedOver: c.failedOver, Declined: c.declined}
	for i, n := range c.errors {
		if n > 0 {
			o.Errors = append(o.Errors, StatusCount{statuses[i], n})
		}
	}
	return o
}

// gather makes one answer of all worlds.
func gather(worlds []*world) *Result {
	s, set := &worlds[0].stats, worlds[0].setting
	for _, w := range worlds[1:] {
		s.add(&w.stats)
	}
	out := &Result{Outcomes: s.all.outcomes(), Step: s.step, Sessions: s.sessions,
		Waits: Waits{s.waits.quantile(.5), s.waits.quantile(.95), s.waits.quantile(.99), s.waits.most, s.longest}}
	// Whoever arrived and came to no end.
	out.Unended = out.Requests - out.Answered() - out.Declined - out.Failed()
	for i := range s.steps {
		out.Series = append(out.Series, s.steps[i].outcomes())
	}
	for i, name := range set.roster.names {
		c := &s.members[i]
		m := Member{MemberName: name, New: c.fresh, Affinity: c.affinity, Probes: c.probes,
			FailedProbes: c.failedProbes, Waited: c.waitedProbes, MostPending: c.pending, ProbesFailed: s.probes[i]}
		for how, n := range c.failed {
			if n > 0 {
				m.Failed = append(m.Failed, FailureCount{explain.FailureMode(how), n})
			}
		}
		out.Members = append(out.Members, m)
	}
	for i := range set.noticed {
		out.Faults = append(out.Faults, noticedOf(set.noticed[i], &set.sc.Faults[i]))
	}
	return out
}

func noticedOf(all []notice, f *Fault) (out Noticed) {
	for _, n := range all {
		if n.marked >= 0 {
			out.Marked = append(out.Marked, n.marked-f.From)
		}
		// Of a fault without an end no process notices the end.
		if n.back >= 0 {
			out.Back = append(out.Back, n.back-f.To)
		}
	}
	slices.Sort(out.Marked)
	slices.Sort(out.Back)
	return out
}

// Time writes a time with three digits, as people read it: 15s, 2m5s, 80.3ms.
func Time(d match.Nanos) string {
	for unit := match.Nanos(1); unit <= match.Second; unit *= 1000 {
		if d < 1000*unit {
			return time.Duration(d).Round(time.Duration(max(unit/100, 1))).String()
		}
	}
	return time.Duration(d).Round(time.Second).String()
}
