package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// maxAttempts bounds a request under attempts=unlimited-until-none, where an unmarked affinity member could be tried
// for ever.
const maxAttempts = 100

// Next says what happens to a request now: the first attempt, another one after a failure that Observe has seen, or
// the end. It changes the state: an assignment costs weight and counts as pending. rec may be nil.
func Next(
	t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions, rec *Recorder,
) Action {
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: f, now: now, sem: sem, rec: rec}
	switch f.todo { // what Observe has left to be done; in all other cases somebody is chosen
	case todoFresh, todoSecond:
		return s.sendAgain(f.todo == todoFresh)
	case todoFail:
		return failing(f.status)
	case todoPass:
		return s.passOn()
	case todoCut, todoOver:
		return Action{Kind: Cut, Member: f.Last, Picked: match.NoMember}
	}
	if s.beyondLimit() {
		return s.tooLarge()
	}
	// Whoever is beyond the limit is not looked for: a selection draws, raises weights and moves round robin's place.
	m, by := match.NoMember, SelectedBy(0)
	limit := f.Attempts > 0 && f.Attempts >= s.limit()
	if !limit {
		m, by = s.choose()
	}
	if m == match.NoMember {
		return s.giveUp(limit)
	}
	s.charge(m, by)
	transport, ok := s.transport(m)
	if !ok {
		s.pay() // though no attempt follows: otherwise the member would be picked for ever (R64)
		return s.noTransport(m)
	}
	s.assign(m, by)
	return Action{Kind: Send, Member: m, Picked: m, Transport: transport, Failover: s.failover()}
}

func failing(status int) Action {
	return Action{Kind: Fail, Member: match.NoMember, Picked: match.NoMember, Status: status}
}

// failover reports whether the attempt to come carries $WSFO: true (R63).
func (s *selection) failover() bool { return s.f.Attempts > 1 && s.sem.TellsFailover }

// limit is how many attempts a request gets: as many as its cluster lists servers (R62). No text says so; trace 03
// fits it, and a request that goes on as long as anybody is left fits it as well (choice attempts), which is
// consulted only once the number is reached.
func (s *selection) limit() int {
	if s.f.Attempts >= s.c.Listed && s.consult(choices.AttemptLimit) == choices.UntilNone {
		return maxAttempts
	}
	return s.c.Listed
}

// charge lets a pick cost weight (R32, R34): at once, or under weight-on-failure=success-only once an answer's head
// has come. It comes before the Transport is looked for, as trace 03 prints pick and weight before that (R64).
func (s *selection) charge(m match.MemberID, by SelectedBy) {
	s.f.Last, s.f.cost = m, free
	if !s.costs(by) {
		return
	}
	if s.rec != nil {
		s.rec.seen.Shows(choices.WeightOnFailure) // an answer hangs on it only when the attempt fails, see failsFree
	}
	if s.f.cost = owed; !s.sem.Is(choices.WeightOnFailure, choices.CostsOnSuccess) {
		s.pay()
	}
}

// costs reports whether a pick costs weight: one of balancing does, and under IgnoreAffinityRequests=false one of
// affinity, or by FailoverToNext, which counts as one (R34). Random, backups and the ClusterAddress know no weights
// (R35, R38, R41).
func (s *selection) costs(by SelectedBy) bool {
	return !s.c.Random && (by == ByBalance || s.c.CountAffinity && (by == ByAffinity || by == ByNextPrimary))
}

// pay lowers the weight of the member that was picked last, unless that is done.
func (s *selection) pay() {
	if s.f.cost == owed {
		s.cs.Members[s.f.Last].Weight--
		s.f.cost = paid
	}
}

// assign books an attempt: pending (R60), probe (R52).
func (s *selection) assign(m match.MemberID, by SelectedBy) {
	if s.f.Attempts == 0 {
		s.f.First = by
	}
	s.f.By = by
	s.f.Attempts++
	s.take(m)
	if s.rec.wants() {
		s.noteAssign(m)
	}
}

// take makes a request pending at a member; at a marked one it is a probe (R52), also the one try of a request that
// finds everybody down (R61). Each take is answered by one release, which Observe calls for every event that ends an
// attempt.
func (s *selection) take(m match.MemberID) {
	ms := &s.cs.Members[m]
	ms.Pending++
	s.f.probing = ms.MarkedDown
	if ms.MarkedDown {
		ms.Probing = true
	}
	s.f.todo = todoOver // until Observe says otherwise
}

// sendAgain asks the same member once more, by a new stream: the idle one may have been stale (R50c, R54), or there is
// no other member (R51). That is no selection, so it costs no weight, and R62 does not count it.
func (s *selection) sendAgain(fresh bool) Action {
	m := s.f.Last
	transport, ok := s.transport(m)
	if !ok {
		return s.noTransport(m)
	}
	s.take(m)
	if s.rec.wants() {
		s.noteAgain(m)
	}
	return Action{Kind: Send, Member: m, Picked: m, Transport: transport, FreshStream: fresh, Failover: s.failover()}
}

// giveUp ends a request that nobody takes. A client is told 503 where waiting would help: a member said so itself
// (R53), or all that were up were full and nothing was tried (R60). Everything else is 500 (R61, R62).
func (s *selection) giveUp(limit bool) Action {
	f := s.f
	if f.Attempts > 0 && f.lastBusy {
		return s.passOn()
	}
	status := 500 // behind a failed attempt the outcome of that decides, not who was full (R61)
	if f.Attempts == 0 && f.full {
		status = 503
	}
	f.todo, f.status = todoFail, status
	if s.rec.wants() {
		s.noteGiveUp(limit, status)
	}
	return failing(status)
}

// passOn gives the client the last member's 503 (R53, R61).
func (s *selection) passOn() Action {
	s.f.todo, s.f.begun = todoOver, true
	if s.rec.wants() {
		s.notePassedOn()
	}
	return Action{Kind: Fail, Member: s.f.Last, Picked: match.NoMember, Status: 503}
}

// beyondLimit asks of a body whose size is unknown beforehand; of one that has been read in part, RequestState.Size
// tells.
func (s *selection) beyondLimit() bool {
	switch {
	case s.c.PostLimit < 0:
		return false
	case s.f.Size < 0:
		return s.consult(choices.BodyBeyondLimit) != 0
	}
	return s.f.Size > s.c.PostLimit
}

// tooLarge refuses a body beyond PostSizeLimit before a member is picked, so that it costs nobody weight and marks
// nobody. With which status is nowhere said (R59, choice post-limit-status).
func (s *selection) tooLarge() Action {
	status := 413
	if s.consult(choices.PostLimitStatus) == choices.LimitIs500 {
		status = 500
	}
	s.f.todo, s.f.status = todoFail, status
	if s.rec.wants() {
		s.noteTooLarge(status)
	}
	return failing(status)
}
