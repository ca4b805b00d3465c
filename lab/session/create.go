package session

import (
	"context"
	"errors"
)

const anonymous = "anonymous"

// create makes a session for a request that has none, in use.
func (m *Manager) create(ctx context.Context, asked Value, user string) (*Session, error) {
	if m.full() {
		return m.overflow()
	}
	if asked.ID != "" && m.reuses(ctx, asked.ID) {
		return m.createAs(ctx, asked, user)
	}
	id, err := m.member.newID(m.cfg.IDLength)
	if err != nil {
		return nil, err
	}
	s := m.newSession(id, m.firstCacheID(), user)
	m.begin(ctx, s)
	return s, nil
}

// createAs makes it under the ID of the request, or gives the one that another request has just made.
func (m *Manager) createAs(ctx context.Context, asked Value, user string) (*Session, error) {
	turn := m.turnOf(asked.ID)
	turn.Lock()
	defer turn.Unlock()
	if s := m.hold(asked.ID); s != nil {
		if s.valid() {
			return s, nil
		}
		m.release(s)
	}
	s := m.newSession(asked.ID, max(asked.CacheID, m.firstCacheID()), user)
	m.begin(ctx, s)
	return s, nil
}

// begin puts a new session into memory and into the store (D1). The row is there before the servlet goes on, still
// without attributes: a take-over in that moment finds a session, and finds it empty.
func (m *Manager) begin(ctx context.Context, s *Session) {
	m.put(s)
	m.tell(Created, s, "")
	if m.store != nil {
		s.storing.Lock()
		_ = m.insert(ctx, s) // the store is down: inserted later
		s.storing.Unlock()
		m.passivate(ctx)
	}
}

// insert puts the row of a new session into the store. The caller holds storing.
func (m *Manager) insert(ctx context.Context, s *Session) error {
	r := s.firstRecord()
	err := m.store.Create(ctx, r)
	if err != nil {
		m.tell(Warning, s, err.Error())
	}
	if errors.Is(err, ErrDown) {
		return err
	}
	s.inserted(r) // whatever else went wrong has been told, and would go wrong again
	return nil
}

// overflow is the session that is none: invalid, and saved nowhere (S18).
func (m *Manager) overflow() (*Session, error) {
	id, err := m.member.newID(m.cfg.IDLength)
	if err != nil {
		return nil, err
	}
	s := m.newSession(id, m.firstCacheID(), "")
	s.invalid, s.overflow = true, true
	m.tell(Warning, s, "there is no room for another session in memory")
	return s, nil
}

// reuses says whether a new session takes the ID of the request (S15): where that ID is known to be a session's, by
// another application's copy or a row of the store, or where reuse is switched on. Anything else would let a client
// choose the ID.
func (m *Manager) reuses(ctx context.Context, id string) bool {
	if len(id) != m.cfg.IDLength {
		return false
	}
	if m.cfg.IDReuse || m.store == nil && m.cfg.TakeoverID == "same" || m.member.has(id, m) {
		return true
	}
	if m.store == nil {
		return false
	}
	there, err := m.store.Exists(ctx, id)
	if err != nil {
		m.tell(Warning, nil, err.Error())
	}
	return there && err == nil
}

// firstCacheID is that of a new session (S3). Whoever reads a cookie learns from 0000 that nothing is persistent, from
// 0001 that something is.
func (m *Manager) firstCacheID() int {
	if m.store == nil {
		return 0
	}
	return 1
}
