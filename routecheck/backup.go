package routecheck

// backup is R38: only when every primary is unavailable, in list order, weights unused; then R36's other reading.
func (s *selection) backup() MemberID {
	if m := s.firstBackup(); m != NoMember {
		if s.rec.wants() {
			s.tellPick(m, ByBackup, "R38")
		}
		return m
	}
	return NoMember
}

func (s *selection) allMarked() bool {
	for _, list := range [2][]MemberID{s.c.Primary, s.c.Backup} {
		for _, m := range list {
			if !s.cs.Members[m].Marked {
				return false
			}
		}
	}
	return true
}

func (s *selection) firstBackup() MemberID {
	for _, m := range s.c.Backup {
		if s.usable(m, true) {
			return m
		}
	}
	return NoMember
}

// anyMarked is R61 under the choice all-down: when everybody is marked, one marked member is tried, once per request.
func (s *selection) anyMarked() MemberID {
	if s.f.retried || !s.allMarked() {
		return NoMember
	}
	for _, list := range [2][]MemberID{s.c.Primary, s.c.Backup} {
		for _, m := range list {
			st := s.check(m, true)
			if !st.MarkedDown || st.Full || s.f.tried.has(m) {
				continue
			}
			if s.consult(AllDown) != retryMarked {
				return NoMember
			}
			s.f.retried = true
			if s.rec.wants() {
				s.tellPick(m, ByRetryMarked, "R61")
			}
			return m
		}
	}
	return NoMember
}
