package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// backup is R38: only when every primary is unavailable, in list order, weights unused. Primaries of weight 0 have
// been tried by then, unless weight-zero=after-backups keeps them behind (R36).
func (s *selection) backup() match.MemberID {
	if m := s.firstBackup(); m != match.NoMember {
		if s.rec.wants() {
			s.notePick(m, WhyFirstBackup, "R38")
		}
		return m
	}
	return match.NoMember
}

// allMarked reports whether everybody in the two lists is marked down. A member that is up, be it full or one that has
// failed this request, keeps marked ones from being tried.
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

// firstBackup is the first usable backup. It notes no pick, as weightZero only asks whether there is one.
func (s *selection) firstBackup() match.MemberID {
	for _, m := range s.c.Backup {
		if s.usable(m, true) {
			return m
		}
	}
	return match.NoMember
}

// anyMarked is R61 under the choice all-down: when everybody is marked, one marked member is tried, once per request.
// PH46938 changed what happens then in a way that is not public. The choice is asked when somebody is found to try.
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
