package session

import (
	"context"
	"errors"
)

// find gives the session that a request asks for, in use, or nil: from memory if that may be trusted, else from the
// store.
func (m *Manager) find(ctx context.Context, v Value) *Session {
	if v.ID == "" {
		return nil
	}
	s := m.hold(v.ID)
	if s != nil && m.trusts(s, v) && m.touch(ctx, s) {
		return s
	}
	if m.store != nil {
		return m.take(ctx, s, v)
	}
	if s != nil {
		m.release(s)
	}
	return nil
}

// trusts says whether the copy in memory may be served (S5). A request that carries a higher cache ID has been served
// elsewhere since: this, and not the clone list, keeps a member that was only hung from serving its old copy when the
// session comes back. Without a store there is nothing better than memory, so validity is all that counts.
func (m *Manager) trusts(s *Session, v Value) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m.store == nil || s.invalid {
		return !s.invalid
	}
	return s.cacheID >= v.CacheID && !s.overdue(m.now())
}

// touch moves the last access to now. At the end-of-service frequency the store compares it and sets it (D2): that is
// the only sign by which a member learns that another one has served the session, as the row has no version. At the
// other frequencies, and with scheduled invalidation, it stays in memory (D3) until the reaper writes it (D9).
// False: another member has had the session, and it is no longer in memory.
func (m *Manager) touch(ctx context.Context, s *Session) bool {
	s.storing.Lock()
	defer s.storing.Unlock()
	mine, now, compare := s.nextAccess(m.now())
	if !compare || m.store == nil || !m.eos() || m.cfg.scheduled() {
		s.accessed(now, false)
		return true
	}
	ok, err := m.store.Touch(ctx, m.key(s.id), mine, now)
	switch {
	case errors.Is(err, ErrGone) || errors.Is(err, ErrNewer) || err == nil && !ok:
		m.lost(s)
		return false
	case err != nil:
		m.tell(Warning, s, err.Error()) // the store is down; memory goes on being served
	}
	s.accessed(now, err == nil)
	return true
}

// lost drops a copy that another member has outrun.
func (m *Manager) lost(s *Session) {
	s.mu.Lock()
	s.outrun = true
	s.mu.Unlock()
	if st := s.State(); st.InUse > 1 || st.Unwritten {
		m.tell(Crossover, s, "another member has served the session at the same time")
	}
	if m.drop(s) {
		m.tell(Dropped, s, "another member has had the session")
	}
}

// take reads a session from the store (D4). Own is the copy in memory that is not trusted, in use, or nil. One request
// at a time reads an ID: two that come together would make two copies, and each would lose what the other changes.
func (m *Manager) take(ctx context.Context, own *Session, v Value) *Session {
	turn := m.turnOf(v.ID)
	turn.Lock()
	defer turn.Unlock()
	s := m.takenMeanwhile(ctx, own, v)
	if s == nil {
		s = m.load(ctx, own, v)
	}
	if own != nil && s != own {
		m.release(own)
	}
	m.passivate(ctx)
	return s
}

// takenMeanwhile is the copy that another request of this member has read in the meantime.
func (m *Manager) takenMeanwhile(ctx context.Context, own *Session, v Value) *Session {
	s := m.hold(v.ID)
	if s == nil {
		return nil
	}
	if s != own && m.trusts(s, v) && m.touch(ctx, s) {
		return s
	}
	m.release(s)
	return nil
}

// load asks the store, but neither for an ID of another length than its own (S6) nor for one that was invalidated a
// moment ago (D10), as WebSphere does not. While the store is down the own copy is served as it was: an old session is
// better than none.
func (m *Manager) load(ctx context.Context, own *Session, v Value) *Session {
	if len(v.ID) != m.cfg.IDLength || m.recentlyEnded(v.ID) {
		return nil
	}
	r, err := m.store.Load(ctx, m.key(v.ID), v.CacheID, m.now())
	switch {
	case errors.Is(err, ErrDown) && own != nil && own.usable():
		own.serveAsItWas(v.CacheID, m.now())
		return own
	case err != nil:
		m.notFound(own, err)
		return nil
	case own != nil && own.usable() && m.isSame(own, r):
		own.confirm(v.CacheID, r)
		return own
	}
	if own != nil {
		m.replaces(own, r)
	}
	s := m.fromRecord(r, following(v.CacheID))
	m.put(s)
	m.tell(TakenOver, s, "")
	return s
}

// replaces drops a copy for what the store has. D12: two members have written the session within one request's time
// where the own write came after the other's access.
func (m *Manager) replaces(own *Session, r *Record) {
	own.mu.Lock()
	crossed := own.outrun && own.look.at > r.Before
	own.mu.Unlock()
	if crossed {
		m.tell(Crossover, own, "this member wrote the session after another member had read it")
	}
	if m.drop(own) {
		m.tell(Dropped, own, "older than the request or over its time")
	}
}

// notFound drops the own copy where the store has nothing to give: it was not trusted, and nothing better came.
func (m *Manager) notFound(own *Session, err error) {
	if !errors.Is(err, ErrGone) {
		m.tell(Warning, nil, err.Error())
	}
	if own != nil && m.drop(own) {
		m.tell(Dropped, own, "the store has no such session")
	}
}

// isSame says that nobody else has had the session since the own copy: it is used on, and the cache ID stays (S4).
// Only the end-of-service frequency keeps the store's last access up to date; at the others it lags behind memory, so
// equal times prove nothing there, and WebSphere counts the cache ID up unless OptimizeCacheIdIncrements is set.
func (m *Manager) isSame(own *Session, r *Record) bool {
	if !m.eos() && !m.cfg.OptimizeCacheIDIncrements {
		return false
	}
	own.mu.Lock()
	defer own.mu.Unlock()
	return own.access == r.Before && own.stored == r.Before || m.cfg.OptimizeCacheIDIncrements && own.access > r.Before
}

// passivate throws out what is more than the cache holds; under time based writes it is written first (S18).
func (m *Manager) passivate(ctx context.Context) {
	for {
		s := m.superfluous()
		if s == nil {
			return
		}
		if m.writesBefore(ctx, s) != nil {
			return // it has been told; better too many than one lost
		}
		if m.dropIdle(s) {
			m.tell(Dropped, s, "the least recently used of too many in memory")
		}
	}
}

// writesBefore writes what would be lost with the copy in memory: under time based writes what is not written yet, at
// the end-of-service frequency what the store could not take.
func (m *Manager) writesBefore(ctx context.Context, s *Session) error {
	switch {
	case m.cfg.WriteFrequency == TimeBased && s.due(m.now(), 0):
		return m.write(ctx, s, whole)
	case m.eos() && s.State().Unwritten:
		return m.write(ctx, s, changes)
	}
	return nil
}
