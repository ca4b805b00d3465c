package replay

import (
	"fmt"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// memberLine takes in a line about the state of a member. Where the state does not follow from the log so far, the
// line sets it right; where it does, a difference is a disagreement. Either way the log wins.
func (m *machine) memberLine(o *op, r *result) {
	rs := m.stateToRead(o)
	if rs == nil {
		return
	}
	member, ok := m.t.Clusters[rs.match.Cluster].MemberByName(o.member)
	if !ok {
		return
	}
	key := clusterKey{o.thread.PID, rs.match.Cluster}
	l := line{m: m, o: o, r: r, rs: rs, c: m.copyOf(key), id: member}
	l.kn = &l.c.known[member]
	switch o.kind {
	case opTimer:
		l.timer()
	case opCount:
		l.count()
	default:
		l.status()
	}
	m.setCluster(key, l.c)
	// A line of counters may be of a request that is over: it begins none.
	if o.kind != opCount && m.requests[o.thread] == nil {
		m.setState(o.thread, rs)
	}
}

// line compares one line with the state of its member.
type line struct {
	m  *machine
	o  *op
	r  *result
	rs *requestState
	c  *cluster
	id match.MemberID
	kn *known
}

// differ books a difference: known says that the state followed from the log.
func (l *line) differ(known bool, logged, ours string) {
	if !known || l.o.coarse {
		l.r.synced++
	} else if l.r.mismatch == nil {
		l.r.differs(stateDiffers, "R42", l.o.member+": "+logged, l.o.member+": "+ours)
	}
}

func (l *line) flag(known bool, name string, logged bool) {
	digit := map[bool]string{false: " 0", true: " 1"}
	l.differ(known, name+digit[logged], name+digit[!logged])
}

func (l *line) check() failover.Check {
	return failover.CheckMember(l.m.t, &l.c.state, &l.rs.state, l.id, l.o.check.IgnoreWeights, l.o.now, &l.m.sem,
		l.m.rec)
}

// status compares what a status line prints, field by field (R42).
func (l *line) status() {
	logged := &l.o.check
	if l.check().MarkedDown != logged.MarkedDown {
		// That a mark is gone is no surprise where a probe may have been under way: its answer cleared it.
		l.flag(l.kn.mark && (l.kn.probe || logged.MarkedDown), "markedDown", logged.MarkedDown)
		l.kn.timer, l.kn.probe = false, false
		l.c.state.LearnMark(l.id, logged.MarkedDown, l.o.now)
	}
	l.kn.mark = true
	l.kn.probe = l.kn.probe || !logged.MarkedDown || logged.RetryNow
	// The mark goes first: what a timer says is about a member that is marked.
	if logged.MarkedDown {
		l.timer()
		l.retry()
	}
	// Asked anew each time: what was learnt above may have changed it.
	if ours := l.check(); !logged.IgnoreWeights && ours.Allows != logged.WLBAllows {
		l.flag(l.kn.weight, "wlbAllows", logged.WLBAllows)
		l.kn.weight = false
		failover.LearnAllows(l.m.t, &l.c.state, &l.rs.state, l.id, logged.WLBAllows, &l.m.sem)
	}
	if ours := l.check(); logged.HasFull && ours.Full != logged.Full {
		l.flag(l.kn.pending, "reachedMaxConnectionsLimit", logged.Full)
		l.kn.pending = true
		failover.LearnFull(l.m.t, &l.c.state, &l.rs.state, l.id, logged.Full)
	}
}

// due is how long it is until the retry is due, below 0 when it is overdue (R52).
func (l *line) due() match.Nanos {
	return failover.RetryDue(l.m.t, &l.c.state, &l.rs.state, l.id, l.o.now, &l.m.sem)
}

func (l *line) learnRetry(wait match.Nanos) {
	failover.LearnRetry(l.m.t, &l.c.state, &l.rs.state, l.id, wait, l.o.now, &l.m.sem)
}

// slack is how much the times of lines may differ from those that the plug-in reckoned with.
func (l *line) slack() match.Nanos {
	if l.o.now%second == 0 {
		return second // old levels print whole seconds
	}
	return second / 1000
}

// timer compares the printed seconds until the retry is due. They are whole ones, so one of difference says nothing.
func (l *line) timer() {
	logged := &l.o.check
	if !logged.HasRetryIn || !l.check().MarkedDown || logged.RetryIn < 0 {
		return
	}
	wait := match.Nanos(logged.RetryIn) * second
	ours := max(l.due(), 0)
	if d := wait - ours; l.kn.timer && d >= -second-l.slack() && d <= second+l.slack() {
		return
	}
	if l.kn.timer {
		l.differ(true, fmt.Sprintf("retry in %d s", logged.RetryIn),
			fmt.Sprintf("retry in %.1f s", float64(ours)/float64(second)))
	}
	l.learnRetry(wait)
	l.kn.timer = true
}

// retry compares whether the retry is due now (R52).
func (l *line) retry() {
	logged := &l.o.check
	if l.check().RetryNow == logged.RetryNow {
		return
	}
	due := l.due()
	// At the very moment at which it falls due, either may be printed.
	near := due >= -l.slack() && due <= l.slack()
	if !near {
		l.flag(l.kn.timer && l.kn.probe, "retryNow", logged.RetryNow)
	}
	switch {
	case logged.RetryNow:
		l.c.state.LearnProbe(l.id, false)
		l.learnRetry(min(due, 0))
	case near || logged.HasRetryIn && logged.RetryIn > 0:
		l.learnRetry(max(1, match.Nanos(logged.RetryIn)*second))
	default:
		l.c.state.LearnProbe(l.id, true) // somebody whom the log does not show is probing it
	}
}

// count takes over the pending requests of a member: requests that the log hides count too (R60).
func (l *line) count() {
	if pending := int32(min(max(l.o.pending, 0), 1<<30)); l.c.state.LearnPending(l.id, pending) {
		l.differ(false, "", "")
	}
	l.kn.pending = true
}
