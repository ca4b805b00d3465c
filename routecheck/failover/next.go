package failover

import (
	"fmt"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// maxAttempts bounds a request under attempts=unlimited-until-none, where an unmarked affinity member could be tried
// for ever.
const maxAttempts = 100

// Next says what happens to a request now: the first attempt, another one after a failure that Observe has seen, or
// the end. It changes the state: an assignment costs weight and counts as pending. rec may be nil.
func Next(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions, rec *Recorder) Action {
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: f, now: now, sem: sem, rec: rec}
	switch f.todo {
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

// limit is R62.
func (s *selection) limit() int {
	if s.f.Attempts >= s.c.Listed && s.consult(choices.AttemptLimit) == choices.UntilNone {
		return maxAttempts
	}
	return s.c.Listed
}

// charge lets a pick cost weight (R32, R34): at once, or under weight-on-failure=success-only once an answer's head
// has come.
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
// affinity.
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
	ms := &s.cs.Members[m]
	if s.f.Attempts == 0 {
		s.f.First = by
	}
	s.f.By = by
	s.f.Attempts++
	s.take(m)
	if s.rec.Wants() {
		s.note(Step{Kind: StepAssign, Rule: "R32", Member: m, Weight: ms.Weight, State: *ms, At: s.c.Members[m].At})
	}
}

// take makes a request pending at a member; at a marked one it is the probe.
func (s *selection) take(m match.MemberID) {
	ms := &s.cs.Members[m]
	ms.Pending++
	s.f.probing = ms.MarkedDown
	if ms.MarkedDown {
		ms.Probing = true
	}
	s.f.todo = todoOver // until Observe says otherwise
}

// sendAgain is R50c, R51 and R54: the same member once more, which R62 does not count.
func (s *selection) sendAgain(fresh bool) Action {
	m := s.f.Last
	transport, ok := s.transport(m)
	if !ok {
		return s.noTransport(m)
	}
	s.take(m)
	if s.rec.Wants() {
		s.note(Step{Kind: StepAgain, Rule: "R66", Member: m, State: s.cs.Members[m], At: s.c.Members[m].At})
	}
	return Action{Kind: Send, Member: m, Picked: m, Transport: transport, FreshStream: fresh, Failover: s.failover()}
}

// giveUp ends a request that nobody takes (R60, R61, R62).
func (s *selection) giveUp(limit bool) Action {
	f := s.f
	if f.Attempts > 0 && f.lastBusy {
		return s.passOn()
	}
	status := 500
	if f.Attempts == 0 && f.full {
		status = 503
	}
	f.todo, f.status = todoFail, status
	if s.rec.Wants() {
		s.note(s.tellGiveUp(limit, status))
	}
	return failing(status)
}

func (s *selection) tellGiveUp(limit bool, status int) Step {
	step := Step{Kind: StepGiveUp, Rule: "R61", End: EndNobody, Member: match.NoMember, At: s.c.At}
	switch {
	case limit:
		step.Rule, step.End = "R62", EndAttempts
		step.Text = fmt.Sprintf("%s: no further attempt, the client gets %d", attempts(s.f.Attempts, s.c.Listed), status)
	case status == 503:
		step.Rule, step.Text = "R60", "nobody is usable, and somebody only because of MaxConnections: nothing is forwarded, the client gets 503"+s.passedOver()
	case s.f.Attempts > 0:
		step.Text = fmt.Sprintf("nobody else is usable: the client gets %d", status) + s.passedOver()
	case s.c.Listed == 0:
		step.Mark, step.Text = choices.Assumed, "the cluster has no server: nothing is forwarded, the client gets 500"
	default:
		step.Text = "everybody is marked down and no retry is due: nothing is forwarded, the client gets 500" + s.passedOver()
	}
	return step
}

func attempts(n, listed int) string {
	if n == 1 {
		return fmt.Sprintf("1 attempt for %d listed server(s)", listed)
	}
	return fmt.Sprintf("%d attempts for %d listed server(s)", n, listed)
}

// passOn gives the client the last member's 503 (R53, R61).
func (s *selection) passOn() Action {
	s.f.todo, s.f.begun = todoOver, true
	if s.rec.Wants() {
		s.note(Step{Kind: StepGiveUp, Rule: "R53", End: EndPassedOn, Member: s.f.Last, At: s.c.Members[s.f.Last].At,
			Text: fmt.Sprintf("%s: the 503 of %s is passed on", s.whyPassedOn(), s.name(s.f.Last))})
	}
	return Action{Kind: Fail, Member: s.f.Last, Picked: match.NoMember, Status: 503}
}

func (s *selection) whyPassedOn() string {
	switch {
	case s.f.Body == Unbuffered:
		return "the body was not buffered and cannot be sent again"
	case s.f.Last == s.c.Address:
		return "the ClusterAddress is not replaced by balancing"
	case s.f.Attempts >= s.c.Listed:
		return attempts(s.f.Attempts, s.c.Listed)
	}
	return "nobody else is usable"
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

// tooLarge is R59.
func (s *selection) tooLarge() Action {
	status := 413
	if s.consult(choices.PostLimitStatus) == choices.LimitIs500 {
		status = 500
	}
	s.f.todo, s.f.status = todoFail, status
	if s.rec.Wants() {
		size := fmt.Sprintf("of %d bytes", s.f.Size)
		if s.f.Size < 0 {
			size = "of unknown size"
		}
		s.note(Step{Kind: StepGiveUp, Rule: "R59", End: EndTooLarge, Choice: choices.PostLimitStatus.String(), Member: match.NoMember, At: s.c.At,
			Text: fmt.Sprintf("the body %s exceeds PostSizeLimit %d: refused with %d", size, s.c.PostLimit, status)})
	}
	return failing(status)
}
