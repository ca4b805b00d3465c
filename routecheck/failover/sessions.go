package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file is the first half of a selection: who has the session (R20 to R25, R28, R39).

// affinity is R20 to R25: every session identifier, every clone ID, the primary list from its first server.
func (s *selection) affinity() match.MemberID {
	a := &s.f.Affinity
	// Without clone IDs nobody can be found (R25), unless a partition table names members, or could (R28).
	if !s.c.HasClones && !s.c.GetTable && s.cs.Partition == nil || a.Len() == 0 {
		if s.rec.wants() {
			s.noteNoSession()
		}
		return match.NoMember
	}
	for i := range a.Len() {
		session := a.ID(i)
		if s.rec.wants() {
			s.noteSession(session)
		}
		for rest := affinity.BehindCacheID(session.Value); ; {
			clone, after, ok := affinity.CutClone(rest, s.c.Separator)
			if !ok {
				break
			}
			if m := s.clone(clone); m != match.NoMember {
				s.f.session = i
				return m
			}
			rest = after
		}
	}
	return match.NoMember
}

// clone tries one clone ID, or a partition ID when a table names its member (R22, R28, R39).
func (s *selection) clone(id string) match.MemberID {
	if s.cs.Partition != nil { // nearly always nil: that spares a call
		if members, ok := s.cs.Partition[id]; ok && !affinity.IsCloneID(s.t, id) {
			return s.partition(members, id)
		}
	}
	m, known := s.cloneIn(s.c.Primary, id, true)
	if m != match.NoMember {
		return m
	}
	if s.onBackup(id) && s.consult(choices.AffinityToBackup) == choices.BackupsToo {
		m, _ := s.cloneIn(s.c.Backup, id, false)
		return m
	}
	if known || s.rec == nil {
		return match.NoMember // the rest says why nobody was found, and which choices would find somebody
	}
	s.askLetterCase(id)
	if s.c.GetTable && s.cs.Partition == nil && affinity.IsPartitionID(s.t, id) && s.tableMatters() {
		s.consult(choices.PartitionTable)
		s.f.onlyOne = s.onlyOne()
	}
	if s.rec.wants() {
		s.noteUnknown(id)
	}
	return match.NoMember
}

// partition takes the first member that can take the request of those that the table names: the owner of the session,
// then those that hold copies.
func (s *selection) partition(members []match.MemberID, id string) match.MemberID {
	for _, m := range members {
		if s.rec.wants() {
			s.notePartition(m, id)
		}
		if s.ifUsable(m) != match.NoMember {
			return m
		}
	}
	return match.NoMember
}

// tableMatters reports whether it can matter whom a partition table names. The only server of a cluster gets the
// request in any case, unless it is full or has failed it: then affinity and balancing differ.
func (s *selection) tableMatters() bool {
	const only = 0
	return len(s.c.Members) > 1 || s.f.tried.has(only) || s.check(only, true).Full
}

// onlyOne reports whether one member alone can be chosen, by affinity as by balancing: then it gets the request
// whomever a partition table names. A ClusterAddress is asked by balancing only, a server in neither list by affinity
// only.
func (s *selection) onlyOne() bool {
	full := s.f.full                   // check sets it
	defer func() { s.f.full = full }() // nobody has been passed over here (R60)
	one := match.NoMember
	for i := range s.c.Members {
		m := match.MemberID(i)
		st := s.check(m, true)
		if st.MarkedDown && !st.RetryNow {
			continue
		}
		if one != match.NoMember || st.Full || s.f.tried.has(m) {
			return false
		}
		one = m
	}
	return s.c.Address == match.NoMember && (slices.Contains(s.c.Primary, one) || slices.Contains(s.c.Backup, one))
}

// cloneIn walks a list from its first server; a match that is not usable does not end the walk (R22). known reports
// whether there was a match. A recorder that wants steps gets every comparison, so it has the walk also where there is
// an index.
func (s *selection) cloneIn(list []match.MemberID, id string, primary bool) (usable match.MemberID, known bool) {
	if s.c.Indexed() && !s.rec.wants() {
		return s.indexed(id, primary)
	}
	for i, m := range list {
		if s.rec.wants() {
			s.noteCompare(m, id)
		}
		if id == "" || s.c.Members[m].CloneID != id && !(s.looksAtCase() && s.hasClone(m, id)) {
			continue
		}
		if s.rec.wants() {
			s.noteClone(m, id, i, primary)
		}
		known = true
		if s.ifUsable(m) != match.NoMember {
			return m, true
		}
		s.passedHome(m, primary)
	}
	return match.NoMember, known
}

// indexed is cloneIn by the index, which gives places in the order of the list: both find the same member. The index
// does not know letter case, so each place is looked at once more.
func (s *selection) indexed(id string, primary bool) (usable match.MemberID, known bool) {
	list := s.c.Primary
	at, backup := s.c.ClonePlaces(id)
	if !primary {
		list, at = s.c.Backup, backup
	}
	for _, i := range at {
		m := list[i]
		if id == "" || !s.hasClone(m, id) {
			continue
		}
		known = true
		if s.ifUsable(m) != match.NoMember {
			return m, true
		}
		s.passedHome(m, primary)
	}
	return match.NoMember, known
}

// onBackup reports whether a backup has a clone ID.
func (s *selection) onBackup(id string) bool {
	if id == "" || len(s.c.Backup) == 0 {
		return false
	}
	if s.c.Indexed() {
		_, backup := s.c.ClonePlaces(id)
		return slices.ContainsFunc(backup, func(i int32) bool { return s.hasClone(s.c.Backup[i], id) })
	}
	return slices.ContainsFunc(s.c.Backup, func(m match.MemberID) bool { return s.hasClone(m, id) })
}

// passedHome keeps the first matched primary that is marked down (R26): behind it the next one is looked for. One that
// is up and full is no home to fail over from.
func (s *selection) passedHome(m match.MemberID, primary bool) {
	if primary && !s.f.homeMarked && s.cs.Members[m].MarkedDown {
		s.f.home, s.f.homeMarked = m, true
	}
}

// looksAtCase reports whether a clone ID in another letter case can count on the way: the choice says so, or two
// members have clone IDs that differ in nothing else.
func (s *selection) looksAtCase() bool {
	return s.c.CaseTwins || s.sem.Is(choices.LetterCase, choices.CaseIgnored)
}

// hasClone compares the clone ID of a member with one of the request.
func (s *selection) hasClone(m match.MemberID, id string) bool {
	own := s.c.Members[m].CloneID
	return own == id || s.looksAtCase() && affinity.SameButForCase(own, id, s.sem, s.rec.Seen())
}

// askLetterCase notes, where nobody has a clone ID, that somebody has it in another letter case.
func (s *selection) askLetterCase(id string) {
	if s.c.Indexed() {
		if primary, backup := s.c.ClonePlaces(id); id != "" && len(primary)+len(backup) > 0 {
			s.consult(choices.LetterCase)
		}
		return
	}
	for _, list := range [2][]match.MemberID{s.c.Primary, s.c.Backup} {
		for _, m := range list {
			affinity.SameButForCase(s.c.Members[m].CloneID, id, s.sem, s.rec.Seen())
		}
	}
}

// ifUsable checks an affinity member without its weight (R23).
func (s *selection) ifUsable(m match.MemberID) match.MemberID {
	if s.passing {
		return match.NoMember
	}
	st := s.check(m, true)
	if !st.Usable && st.Full && (!st.MarkedDown || st.RetryNow) &&
		s.consult(choices.AffinityMaxConnections) == choices.FullIgnored {
		st.Usable = true
	}
	if s.rec.wants() {
		s.noteStatus(m, *st)
	}
	if st.Usable {
		return m
	}
	return match.NoMember
}

// HomeOf is the member to which a session goes whose clone ID this is, NoMember where none has it that affinity looks
// at (R22, R39). It is asked of a fresh process, in which nobody is down or full.
func HomeOf(t *match.Table, id match.ClusterID, clone string, sem *choices.Assumptions) match.MemberID {
	f := NewRequestState(id, nil)
	cs := NewState(&t.Clusters[id], sem, 0)
	s := selection{t: t, c: &t.Clusters[id], cs: &cs, f: &f, sem: sem}
	return s.clone(clone)
}
