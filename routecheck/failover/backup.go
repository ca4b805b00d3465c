package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// backup is R38: only when every primary is unavailable, in list order, weights unused; then R36's other reading.
func (s *selection) backup() match.MemberID {
	if m := s.firstBackup(); m != match.NoMember {
		if s.rec.wants() {
			s.notePick(m, WhyFirstBackup, "R38")
		}
		return m
	}
	return match.NoMember
}

func (s *selection) allMarked() bool {
	for _, list := range [2][]match.MemberID{s.c.Primary, s.c.Backup} {
		for _, m := range list {
			if !s.cs.Members[m].MarkedDown {
				return false
			}
		}
	}
	return true
}

func (s *selection) firstBackup() match.MemberID {
	for _, m := range s.c.Backup {
		if s.usable(m, true) {
			return m
		}
	}
	return match.NoMember
}

// anyMarked is R61 under the choice all-down: when everybody is marked, one marked member is tried, once per request.
func (s *selection) anyMarked() match.MemberID {
	if s.f.retried || !s.allMarked() {
		return match.NoMember
	}
	for _, list := range [2][]match.MemberID{s.c.Primary, s.c.Backup} {
		for _, m := range list {
			st := s.check(m, true)
			if !st.MarkedDown || st.Full || s.f.tried.has(m) {
				continue
			}
			if s.consult(choices.AllDown) != choices.RetryMarked {
				return match.NoMember
			}
			s.f.retried = true
			if s.rec.wants() {
				s.notePick(m, WhyTriedAllTheSame, "R61")
			}
			return m
		}
	}
	return match.NoMember
}
