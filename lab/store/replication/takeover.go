package replication

import (
	"context"
	"sync"

	"github.com/wasplug/wasplug/lab/session"
)

// attempts to take a session over while others do the same. One fails where another member has reserved a higher
// number meanwhile.
const attempts = 5

// Load reads a session that this member does not own, or of which the request knows something newer: it asks everyone
// who lives, takes the highest write, and makes it its own (L7, M3).
func (s *Store) Load(ctx context.Context, k session.Key, cacheID int, now session.Millis) (*session.Record, error) {
	if err := s.joined(ctx); err != nil {
		return nil, err
	}
	defer s.writing.lock(k)()
	if r := s.ownCopy(k, cacheID, now); r != nil {
		return r, nil
	}
	for range attempts {
		best, fence := s.newest(ctx, k)
		switch {
		case ctx.Err() != nil || s.ctx.Err() != nil: // not all have answered
			return nil, session.ErrDown
		// all that could know have said that there is none, or were waited for in vain (M6)
		case best == nil || best.Gone:
			return nil, session.ErrGone
		}
		r, err := s.claim(ctx, best, fence, now)
		if err == nil {
			return r, nil
		}
	}
	return nil, session.ErrDown
}

// ownCopy reads what this member wrote last and nobody has asked for since. A number that was reserved here by a
// take-over without a write is kept: the next write gets it.
func (s *Store) ownCopy(k session.Key, cacheID int, now session.Millis) *session.Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.held.own(k)
	if e == nil || int(e.cacheID) < cacheID {
		return nil
	}
	before := e.access
	e.access, e.stale = max(e.access+1, now), true
	r := e.record(k)
	top, _ := e.top()
	if r.Before, r.Replicas = before, e.at.len(); top > e.No {
		r.WriteNo = top - 1
	}
	return r
}

// newest asks every member for a session, and returns the highest write of it and the number that all keep for the
// next one. Those that are joining are asked, too: they hold what was written since they came, or before they halted,
// and nobody need know that it is later than what the others have. So are those that are silent, where they may know
// better than the others.
func (s *Store) newest(ctx context.Context, k session.Key) (best *message, fence uint64) {
	q := question{App: k.App, ID: k.ID, By: s.cfg.Member}
	s.mu.Lock()
	own, self, others := s.ask(q), s.group.self, s.others(s.group.living())
	s.mu.Unlock()
	if s.cfg.Mutant == mutantFirstAnswer && own.Session != nil {
		return own.Session, own.Fence
	}
	found := inquiry{}
	found.add(self, own)
	s.askAll(ctx, q, others, s.call, &found)
	if s.cfg.Mutant != mutantNoPatience {
		s.askOn(ctx, q, &found)
	}
	return highest(found.answers)
}

// askOn asks those who have not answered, and who may know better, for as long as M6 says.
func (s *Store) askOn(ctx context.Context, q question, found *inquiry) {
	ctx, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	s.census() // who was dead may have been started and given copies
	for ctx.Err() == nil {
		missing := s.missing(found)
		if missing == 0 {
			return
		}
		s.askAll(ctx, q, missing, s.callPatiently, found)
		rest(ctx, beatEvery/100)
	}
}

// highest of some answers.
func highest(answers []answer) (best *message, fence uint64) {
	for _, a := range answers {
		fence = max(fence, a.Fence)
		if m := a.Session; m != nil && (best == nil || m.beats(best)) {
			best = m
			best.mine = a.Mine
		}
	}
	return best, fence
}

// beats: the later write counts. Two of one number can only be where one was refused, or where a fault let them; two
// of the same write differ in the last access.
func (m *message) beats(other *message) bool {
	switch {
	case m.No != other.No:
		return m.No > other.No
	case m.Refused != other.Refused:
		return other.Refused
	}
	return m.LastAccess > other.LastAccess
}

// askAll waits until each member of a set has answered or is dead, never for fewer: an old copy of a former holder
// may be the first to come.
func (s *Store) askAll(ctx context.Context, q question, members set, call caller, found *inquiry) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var mu sync.Mutex
	each(members, func(i int) {
		var a answer
		if call(ctx, kindGet, i, q, &a) {
			mu.Lock()
			defer mu.Unlock()
			found.add(i, a)
			if a.Session != nil && s.cfg.Mutant == mutantFirstAnswer {
				cancel()
			}
		}
	})
}

// caller asks one member ([Store.call], [Store.callPatiently]).
type caller func(ctx context.Context, kind string, member int, question, reply any) bool

// claim makes a copy this member's own: the next write number is reserved for it, also at its holders. The copies that
// a former owner's holders have are dropped. Who has an old copy is not known, so all others are taken to until keep
// has dropped them.
func (s *Store) claim(ctx context.Context, m *message, fence uint64, now session.Millis) (*session.Record, error) {
	k := m.key()
	s.mu.Lock()
	e := entryOf(m, m.Attributes)
	e.Fence, e.To, e.mine = fence, s.cfg.Member, true
	e.access, e.old = max(e.access+1, now), s.others(s.group.living())
	s.held.set(k, e)
	whole, r := e.message(k), e.record(k)
	r.Before, r.WriteNo = m.LastAccess, fence-1 // the next write gets the number that is reserved
	s.mu.Unlock()
	var err error
	r.Replicas, err = s.keep(ctx, k, whole)
	return r, err
}
