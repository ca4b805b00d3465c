package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file notes who gets an attempt, and who does not. Nothing here decides, and nothing here is called without a
// recorder that wants steps.

// noteCheck keeps the bare status for logs.
func (s *selection) noteCheck(m match.MemberID, st Check) {
	step := s.step(StepStatus, 0, "R42", m)
	step.Check = st
	s.rec.note(step)
}

// noteStatus notes the outcome of an affinity member's check. A skip waits for the pick that follows: both are one
// step, as in the ten steps.
func (s *selection) noteStatus(m match.MemberID, st Check) {
	step := s.step(StepStatus, WhyNotMarked, "R42", m)
	step.Check = st
	if st.Usable {
		if st.MarkedDown {
			step.Why, step.Also = WhyProbes, []string{"R52"}
		}
		s.note(step)
		return
	}
	s.noteCheck(m, st)
	s.flushSkip()
	step.Kind, step.Why, step.Skip = StepSkip, WhySkipped, s.skip(m, st)
	if step.Skip.Why == Full {
		step.Also, step.Choice = []string{"R23", "R60"}, choices.AffinityMaxConnections.String()
	}
	s.skipped = &step
}

// skip says why an affinity member gets nothing.
func (s *selection) skip(m match.MemberID, st Check) *PassedOver {
	ms := &s.cs.Members[m]
	p := &PassedOver{Member: m, Why: BeingProbed, Pending: ms.Pending}
	switch {
	case !st.MarkedDown || st.RetryNow:
		p.Why = Full
	case st.RetryIn > 0:
		p.Why, p.RetryIn, p.AtArrival = RetryRuns, st.RetryIn, s.judgedAtArrival()
	case s.stuck(ms):
		p.Why = Stuck
	case s.f.marked.has(m):
		p.Why = MarkedByItself
	}
	return p
}

// passedOver says why members get no new request now.
func (s *selection) passedOver(lists ...[]match.MemberID) (all []PassedOver) {
	for _, m := range slices.Concat(lists...) {
		all = append(all, s.obstacle(m))
	}
	return all
}

// obstacle says why a member gets no new request, by one of perhaps several reasons: what it did to this request
// first, then its mark, then MaxConnections. Weights come last, as they decide only among members that could take it.
func (s *selection) obstacle(m match.MemberID) PassedOver {
	ms, member := &s.cs.Members[m], &s.c.Members[m]
	p := PassedOver{Member: m, Pending: ms.Pending}
	switch {
	case s.f.tried.has(m):
		p.Why = FailedRequest
	case s.stuck(ms):
		p.Why = Stuck
	case ms.MarkedDown && ms.Probing:
		p.Why = BeingProbed
	case ms.MarkedDown && s.retryIn(ms) > 0:
		p.Why, p.RetryIn, p.AtArrival = RetryRuns, s.retryIn(ms), s.judgedAtArrival()
	case member.MaxConnections > 0 && ms.Pending >= member.MaxConnections:
		p.Why = Full
	case member.Start == 0:
		p.Why = WeightZero
	case ms.Weight <= 0:
		p.Why = NoWeightLeft
	}
	return p
}

// skippedBefore lists whom round robin passed over on its way from a position to its pick.
func (s *selection) skippedBefore(m match.MemberID, from int) (all []PassedOver) {
	for i := range s.c.Primary {
		p := s.c.Primary[(from+i)%len(s.c.Primary)]
		if p == m {
			break
		}
		all = append(all, s.obstacle(p))
	}
	return all
}

// judgedAtArrival reports whether a retry is judged by another time than now (choice retry-clock).
func (s *selection) judgedAtArrival() bool { return s.f.judgedAt(s.now, s.sem) != s.now }

// stuck reports whether a member counts as being probed for ever, though nobody does: what a 503 to a probe leads to
// before PM49491.
func (s *selection) stuck(ms *MemberState) bool {
	return ms.Probing && ms.Pending == 0 && !s.sem.BusyClears &&
		!s.sem.Is(choices.Probe503BeforeFix, choices.ProbeRestartsTimer)
}

// notePick notes who was picked and why.
func (s *selection) notePick(m match.MemberID, why Reason, rule string) {
	step := s.step(StepPick, why, rule, m)
	switch why {
	case WhyNextPrimary:
		step.Other = s.f.home
	case WhyFirstBackup:
		step.Passed = s.passedOver(s.c.Primary)
	case WhyTriedAllTheSame:
		step.Choice = choices.AllDown.String()
	}
	s.withSkip(step)
}

// noteRoundRobin notes how round robin came to its pick.
func (s *selection) noteRoundRobin(m match.MemberID, from int, started, raised bool) {
	ms := &s.cs.Members[m]
	turn := &Turn{From: s.c.Primary[from], Start: Drawn, Raised: raised, Weight: ms.Weight, Probes: ms.MarkedDown}
	turn.Full = startWeight(s.c, m, s.sem)
	step := s.step(StepPick, WhyRoundRobin, "R30", m)
	step.Turn = turn
	switch {
	case started:
		turn.Start = Stood
	case s.f.Chance != nil && len(s.c.Primary) > 1:
		turn.Start = DrawnAmong
	}
	if raised {
		step.Also = append(step.Also, "R33")
	}
	if s.c.Members[m].Start == 0 {
		step.Why, step.Rule = WhyWeightZero, "R36"
	}
	if !raised && s.skipped == nil {
		step.Passed = s.skippedBefore(m, from)
	}
	if turn.Probes {
		step.Also = append(step.Also, "R52")
	}
	s.withSkip(step)
}

// withSkip notes a pick, as one step with the skip that led to it.
func (s *selection) withSkip(step Step) {
	balanced := step.Why == WhyRoundRobin || step.Why == WhyWeightZero || step.Why == WhyRandom
	if s.f.homeMarked && balanced {
		step.Also, step.Choice = append(step.Also, "R26"), choices.AffinityFailover.String()
	}
	if s.skipped != nil {
		step.Also = append([]string{step.Rule}, step.Also...)
		step.Rule, step.Skip = s.skipped.Rule, s.skipped.Skip
		s.skipped = nil
	}
	s.rec.note(step)
}

// noteGiveUp notes why nobody takes a request (R60, R61, R62).
func (s *selection) noteGiveUp(limit bool, status int) {
	step := s.step(StepGiveUp, WhyAllDown, "R61", match.NoMember)
	step.End, step.Attempts, step.Status = EndNobody, s.f.Attempts, status
	switch {
	case limit:
		step.Why, step.Rule, step.End = WhyAttempts, "R62", EndAttempts
	case status == 503:
		step.Why, step.Rule = WhyAllFull, "R60"
	case s.f.Attempts > 0:
		step.Why = WhyNobodyElse
	case s.c.Listed == 0:
		step.Why, step.Mark = WhyNoServer, choices.Assumed
	}
	if !limit {
		step.Passed = s.passedOver(s.c.Primary, s.c.Backup)
	}
	s.note(step)
}

// notePassedOn notes why nobody else is asked after a 503 (R53).
func (s *selection) notePassedOn() {
	why := WhyPassedNobodyElse
	switch {
	case s.f.Body == Unbuffered:
		why = WhyPassedNotRepeatable
	case s.f.Last == s.c.Address:
		why = WhyPassedAddress
	case s.f.Attempts >= s.c.Listed:
		why = WhyPassedAttempts
	}
	step := s.step(StepGiveUp, why, "R53", s.f.Last)
	step.End, step.Attempts = EndPassedOn, s.f.Attempts
	s.note(step)
}

func (s *selection) noteTooLarge(status int) {
	step := s.step(StepGiveUp, WhyTooLarge, "R59", match.NoMember)
	step.End, step.Size, step.Status, step.Choice = EndTooLarge, s.f.Size, status, choices.PostLimitStatus.String()
	s.note(step)
}

// noteNoTransport notes why a picked member gets nothing all the same (R64).
func (s *selection) noteNoTransport(m match.MemberID) {
	step := s.step(StepTransport, WhySchemeMissing, "R64", m)
	step.Mark, step.Weight, step.Paid = choices.Documented, s.cs.Members[m].Weight, s.f.cost != free
	trs := s.c.Members[m].Transports
	https := slices.ContainsFunc(trs, func(t match.Transport) bool { return t.HTTPS })
	switch {
	case len(trs) == 0:
		step.Why = WhyNoTransport
	case https:
		step.Why = WhyHTTPSUnusable
	case s.t.Onload && !s.f.TLS:
		step.Why = WhyOnloadWithoutHTTPS
	}
	if step.Why == WhySchemeMissing || step.Why == WhyOnloadWithoutHTTPS {
		step.Choice = choices.TransportChoice.String()
	}
	s.note(step)
}
