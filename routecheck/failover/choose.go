package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// selection is one run of R20 to R42: who gets the next attempt. It lives on the stack of its maker: if anything kept
// it, each attempt would cost an allocation.
type selection struct {
	t   *match.Table
	c   *match.Cluster // of the request
	cs  *ClusterState  // what the process knows of that cluster; a selection changes weights, round robin and chance
	f   *RequestState
	now match.Nanos
	sem *choices.Assumptions
	rec *Recorder // nil in the proxy, unless somebody wants the steps

	passing bool // no affinity member is taken: the walk is only looked at (CloneComparisons)

	status  Check // of the member checked last
	skipped *Step // the affinity member that was passed over, told together with the pick that follows
}

// consult reads a choice, and notes that the answer may hang on it.
func (s *selection) consult(c choices.Choice) uint8 { return s.sem.Consult(c, s.rec.Seen()) }

// choose picks a member, NoMember when nobody is usable. The order is that of the procedure: the member that has the
// session (R20), the next one of the list where that is down and the level or FailoverToNext wants it (R26), the
// ClusterAddress for whatever affinity did not place (R41), balancing (R30), backups once no primary is left (R38),
// and a marked member all the same where that is taken to happen (R61, choice all-down).
func (s *selection) choose() (match.MemberID, SelectedBy) {
	s.f.homeMarked, s.f.full = false, false // of this selection alone: members may have come back since the last one
	if m := s.affinity(); m != match.NoMember {
		return m, ByAffinity
	}
	if m := s.nextAfterHome(); m != match.NoMember {
		return m, ByNextPrimary
	}
	if s.c.Address != match.NoMember {
		if m, done := s.address(); done {
			return m, ByClusterAddress
		}
	}
	if m := s.balance(); m != match.NoMember {
		return m, ByBalance
	}
	if m := s.backup(); m != match.NoMember {
		return m, ByBackup
	}
	if m := s.anyMarked(); m != match.NoMember {
		return m, ByRetryMarked
	}
	return match.NoMember, 0
}

// check says whether a member can take a request: it is up or its retry is due, its weight allows it unless affinity
// asks (R23), and it has a free place (R42). The status is what a log line shows (traces 01 and 04), valid until the
// next check. It notes who was passed over only for being full, for then the client is told 503 (R60).
func (s *selection) check(m match.MemberID, ignoreWeights bool) *Check {
	ms, member := &s.cs.Members[m], &s.c.Members[m]
	st := &s.status
	st.IgnoreWeights, st.MarkedDown, st.RetryNow, st.RetryIn = ignoreWeights, ms.MarkedDown, false, 0
	up := true
	if ms.MarkedDown { // seldom: the clocks are looked at only here
		st.RetryIn = s.retryIn(ms)
		st.RetryNow = s.retryDue(m, ms)
		up = st.RetryNow
	}
	st.Allows = s.weightAllows(m, ignoreWeights)
	st.Full = member.MaxConnections > 0 && ms.Pending >= member.MaxConnections
	st.Usable = up && (ignoreWeights || st.Allows) && !st.Full
	if up && st.Full {
		s.f.full = true
	}
	return st
}

// usable is the check of balancing: R42, and the passing over of members that already failed this request (choice
// balance-retry, which is asked last: it decides only about a member that could be taken).
func (s *selection) usable(m match.MemberID, ignoreWeights bool) bool {
	st := s.check(m, ignoreWeights)
	if s.rec.wants() {
		s.noteCheck(m, *st)
	}
	return st.Usable && !(s.f.tried.has(m) && s.consult(choices.BalanceRetry) != choices.AllowTried)
}

// retryDue is R52: the interval is over and nobody else is probing; never again within the request that marked the
// member when it is 0.
func (s *selection) retryDue(m match.MemberID, ms *MemberState) bool {
	if s.retryIn(ms) > 0 {
		return false
	}
	if s.c.RetryInterval <= 0 && s.f.marked.has(m) {
		return false
	}
	return !ms.Probing || s.consult(choices.Probe) == choices.AllProbe
}

// retryIn is how long the retry interval of a marked member has still to run, by the clock that judges it (R52; choice
// retry-clock).
func (s *selection) retryIn(ms *MemberState) match.Nanos {
	left := max(ms.FailedAt+s.c.RetryInterval-s.now, 0)
	if s.f.Arrived == s.now { // both clocks agree
		return left
	}
	arrived := max(ms.FailedAt+s.c.RetryInterval-s.f.Arrived, 0)
	if (left > 0) != (arrived > 0) {
		s.consult(choices.RetryClock) // a choice is consulted only where it decides
	}
	if s.f.judgedAt(s.now, s.sem) == s.now {
		return left
	}
	return arrived
}

// judgedAt returns the time by which retry intervals are judged for a request: now, or its arrival (R52; choice
// retry-clock).
func (f *RequestState) judgedAt(now match.Nanos, sem *choices.Assumptions) match.Nanos {
	if sem.Is(choices.RetryClock, choices.ArrivalJudges) || sem.Is(choices.RetryClock, choices.ArrivalBoth) {
		return f.Arrived
	}
	return now
}

// weightAllows is R32: at weight 0 or below a member gets no new requests. With ignoreWeights the answer is only for
// the log line. Where 0 itself stands is open (choice weight-threshold), but not for a member whose start weight is 0:
// it is being drained (R36).
func (s *selection) weightAllows(m match.MemberID, ignoreWeights bool) bool {
	w := s.cs.Members[m].Weight
	if w != 0 || ignoreWeights || s.c.Members[m].Start == 0 {
		return w > 0
	}
	return s.consult(choices.WeightThreshold) == choices.BelowZero
}

// nextAfterHome is the old way of R26: the next usable primary after the marked affinity member, weights ignored. It
// sends all sessions of a dead member to one neighbour, which PM12112 ended; FailoverToNext=true brings it back.
func (s *selection) nextAfterHome() match.MemberID {
	if !s.f.homeMarked {
		return match.NoMember
	}
	if !s.c.FailoverToNext && s.consult(choices.AffinityFailover) != choices.NextPrimary {
		return match.NoMember
	}
	at := 0 // home is a primary: passedHome keeps nobody else
	for s.c.Primary[at] != s.f.home {
		at++
	}
	for i := 1; i < len(s.c.Primary); i++ {
		m := s.c.Primary[(at+i)%len(s.c.Primary)]
		if s.usable(m, true) {
			if s.rec.wants() {
				s.notePick(m, WhyNextPrimary, "R26")
			}
			return m
		}
	}
	return match.NoMember
}

// address is R41: the ClusterAddress, something that balances by itself, takes what affinity did not place. done is
// false when the plug-in balances all the same: what it does when that cannot be used is nowhere said (choice
// cluster-address-failure).
func (s *selection) address() (m match.MemberID, done bool) {
	m = s.c.Address
	if s.check(m, true).Usable && !s.f.tried.has(m) {
		if s.rec.wants() {
			s.notePick(m, WhyClusterAddress, "R41")
		}
		return m, true
	}
	return match.NoMember, s.consult(choices.ClusterAddressFailure) != choices.BalanceInstead
}
