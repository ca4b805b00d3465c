package replication

import (
	"context"

	"github.com/wasplug/wasplug/lab/session"
)

// Reap ends the sessions of an application that are over their time (D9): an owner its own, everywhere, and the first
// holder that lives those of a dead owner. Other copies, and what is only known to be elsewhere, go in silence.
func (s *Store) Reap(ctx context.Context, app string, now session.Millis) (ended []session.Key, err error) {
	own, orphans := s.overdue(app, now)
	for _, k := range own {
		switch err = s.Delete(ctx, k); err {
		case nil:
			ended = append(ended, k)
		case session.ErrNewer: // taken over in the last moment
			err = nil
		default:
			return ended, err
		}
	}
	return append(ended, orphans...), nil
}

// overdue forgets what this member need not tell anybody about, and returns the rest.
func (s *Store) overdue(app string, now session.Millis) (own, orphans []session.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k, e := range s.held.all() {
		if k.App != app {
			continue
		}
		switch orphan := s.orphan(e); {
		case s.owns(e):
			if e.over(now, 0) {
				own = append(own, k)
			}
		case orphan && e.over(now, 0):
			if s.firstHolder(e.owner()) {
				orphans = append(orphans, k)
			}
			s.held.remove(k)
		case !orphan && e.over(now, grace):
			s.held.remove(k)
		}
	}
	return own, orphans
}

// orphan is a copy whose owner is dead (L8).
func (s *Store) orphan(e *entry) bool {
	if e.state != live {
		return false
	}
	i := s.group.find(e.owner())
	return i < 0 || !s.group.peers[i].alive
}

// firstHolder reports that this member is the one holder of an owner's sessions that tells of their end: each has a
// copy, and one event is enough.
func (s *Store) firstHolder(owner string) bool {
	i := s.group.find(owner)
	if i < 0 {
		return false
	}
	holders := s.group.holders(i)
	return len(holders) > 0 && holders[0] == s.group.self
}
