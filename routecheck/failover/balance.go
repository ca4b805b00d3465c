package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// balance spreads over the primaries: by turns as far as weights reach (R30 to R34), at random (R35), and to members
// of weight 0, which are being drained, when there is nobody else (R36).
func (s *selection) balance() match.MemberID {
	if s.c.Random {
		return s.random()
	}
	n := len(s.c.Primary)
	if n == 0 {
		return match.NoMember
	}
	started := s.cs.Next >= 0 // the place is drawn once in a process, even where nobody can be picked then
	if !started {
		s.cs.Next = int32(s.cs.draw(s.f, n))
	}
	from := int(s.cs.Next)
	// Weights are raised and looked at again from the same place: raising gives nobody a turn that is another's.
	m, raised := s.byWeight(from), false
	if m == match.NoMember && s.raise() {
		m, raised = s.byWeight(from), true
	}
	if m == match.NoMember {
		m = s.weightZero(from)
	}
	if m == match.NoMember {
		return match.NoMember
	}
	if s.rec.wants() {
		s.noteRoundRobin(m, from, started, raised)
	}
	at := from
	for s.c.Primary[at] != m {
		at = (at + 1) % n
	}
	s.cs.Next = int32((at + 1) % n) // behind the pick, also when others were skipped (R30)
	return m
}

// byWeight returns the first usable primary with weight left, from a position on. Those of start weight 0 are
// weightZero's (R36).
func (s *selection) byWeight(from int) match.MemberID {
	for i := range s.c.Primary {
		m := s.c.Primary[(from+i)%len(s.c.Primary)]
		if s.c.Members[m].Start > 0 && s.usable(m, false) {
			return m
		}
	}
	return match.NoMember
}

// raise is R32 and R33: when a usable primary is there but none has weight left, every member gets weight again, those
// that are down included. Without a usable one nothing is raised; one that has failed this request is none.
func (s *selection) raise() bool {
	usable := false
	for _, m := range s.c.Primary {
		if s.c.Members[m].Start > 0 && s.usable(m, true) {
			usable = true
			break
		}
	}
	if !usable {
		return false
	}
	// Adding and setting may come to the same. The choice is consulted only where it decides: an answer hangs on
	// whatever was consulted.
	differs := false
	for i := range s.cs.Members {
		differs = differs || s.raised(match.MemberID(i)) != startWeight(s.c, match.MemberID(i), s.sem)
	}
	set := differs && s.consult(choices.WeightReset) == choices.SetToStart
	s.f.raised = true
	for i := range s.cs.Members {
		if set {
			s.cs.Members[i].Weight = startWeight(s.c, match.MemberID(i), s.sem)
		} else {
			s.cs.Members[i].Weight = s.raised(match.MemberID(i))
		}
	}
	return true
}

// raised returns the weight of a member with its start weight added until it is above 0; start weight 0 is left alone.
func (s *selection) raised(m match.MemberID) int32 {
	w, start := s.cs.Members[m].Weight, startWeight(s.c, m, s.sem)
	if w > 0 || start == 0 {
		return w
	}
	return w + (-w/start+1)*start // the division rounds down, so this is the first sum above 0
}

// weightZero is R36: members of weight 0 get new requests only when no other primary is usable: from round robin's
// place on, in list order. It is asked behind byWeight and raise, which have found none of the others.
func (s *selection) weightZero(from int) match.MemberID {
	for i := range s.c.Primary {
		m := s.c.Primary[(from+i)%len(s.c.Primary)]
		if s.c.Members[m].Start > 0 || !s.usable(m, true) {
			continue
		}
		// Without a usable backup both readings pick this member, so nothing hangs on the choice.
		if s.firstBackup() != match.NoMember && s.consult(choices.WeightZero) == choices.ZeroAfterBackups {
			return match.NoMember
		}
		return m
	}
	return match.NoMember
}
