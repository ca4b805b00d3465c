package failover

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file notes what became of the session of a request. Nothing here decides, and nothing here is called without a
// recorder that wants steps.

// noteNoSession is told once: each selection after a failed attempt would find as little.
func (s *selection) noteNoSession() {
	if s.f.Attempts > 0 {
		return
	}
	if !s.c.HasClones {
		s.note(s.step(StepAffinity, WhyNoCloneIDs, "R25", match.NoMember))
		return
	}
	step := s.step(StepAffinity, WhyNoSession, "R20", match.NoMember)
	step.At = s.f.Affinity.At
	s.note(step)
}

// noteSession begins what is told of an identifier. After a failed attempt it is told anew, as the procedure says "the
// session identifier is checked again" (step 7).
func (s *selection) noteSession(x *affinity.SessionID) {
	step := s.step(StepAffinity, WhyNextSession, "R20", match.NoMember)
	step.Also, step.At = []string{"R21"}, s.f.Affinity.At
	step.Source, step.CookieName, step.Clones = x.Source, x.Name, affinity.CloneIDs(x.Value, s.c.Separator)
	switch {
	case s.f.Attempts > 0:
		step.Why = WhySessionAgain
	case x == s.f.Affinity.ID(0):
		step.Why = WhySession
	}
	s.note(step)
}

func (s *selection) notePartition(m match.MemberID, id string) {
	step := s.step(StepClone, WhyPartition, "R28", m)
	step.Clone = id
	s.note(step)
}

func (s *selection) noteCompare(m match.MemberID, id string) {
	step := s.step(StepCompare, 0, "R22", m)
	step.Clone, step.At = id, s.c.Members[m].CloneAt
	s.note(step)
}

// noteClone notes a match, whatever comes of it: the status that follows says whether the member is taken.
func (s *selection) noteClone(m match.MemberID, id string, place int, primary bool) {
	step := s.step(StepClone, WhyCloneOfPrimary, "R22", m)
	step.Clone, step.Place, step.At = id, place, s.c.Members[m].CloneAt
	if !primary {
		step.Why, step.Rule, step.Choice = WhyCloneOfBackup, "R39", choices.AffinityToBackup.String()
	}
	if s.f.tried.has(m) {
		step.Why = 0 // the second time round its status says what matters
	}
	s.note(step)
}

// noteUnknown is R27: nobody is found by a clone ID, so the request is balanced unless another one finds somebody. A
// server outside of the primary list that has it is the likely reason (R39, R40).
func (s *selection) noteUnknown(id string) {
	step := s.step(StepClone, WhyUnknownClone, "R27", match.NoMember)
	step.Clone = id
	for i := range s.c.Members {
		m := match.MemberID(i)
		own := s.c.Members[m].CloneID
		if own != id && strings.EqualFold(own, id) {
			step.Why, step.Other = WhyOtherCase, m
			step.At, step.Choice = s.c.Members[m].CloneAt, choices.LetterCase.String()
		}
		if id == "" || own != id {
			continue
		}
		step.At, step.Other = s.c.Members[m].CloneAt, m
		if slices.Contains(s.c.Backup, m) {
			step.Why, step.Rule, step.Choice = WhyOnBackup, "R39", choices.AffinityToBackup.String()
			break
		}
		step.Why, step.Rule = WhyInNoList, "R40"
	}
	switch {
	case id == "":
		step.Why = WhyEmptyClone
	case step.Why != WhyOnBackup && step.Why != WhyInNoList && affinity.IsPartitionID(s.t, id):
		s.partitionUnknown(&step)
	}
	s.note(step)
}

// partitionUnknown is what R28 says of a partition ID for which nobody is found.
func (s *selection) partitionUnknown(step *Step) {
	step.Rule = "R28"
	switch {
	case s.cs.Partition != nil:
		step.Why = WhyNotInTable
	case s.c.GetTable && !s.tableMatters():
		step.Why, step.Other = WhyOnlyOther, 0
	case s.c.GetTable:
		step.Why, step.Choice = WhyTableUnknown, choices.PartitionTable.String()
	default:
		step.Why = WhyNoTable
	}
}
