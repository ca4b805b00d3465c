package session

import (
	"context"
	"slices"
	"time"
)

// Reap is one run of the reaper (S17, D9). It gives the number of sessions that ended. The order matters: access
// times go to the store before anything is deleted by them, and memory is cleaned before the store says what it has
// deleted.
func (m *Manager) Reap(now Millis) int {
	ctx := context.Background()
	if m.store == nil {
		return m.reapMemory(now, TimedOut)
	}
	if !m.eos() { // end of service has brought them to the store with each request (D2, D5)
		m.writeAccesses(ctx)
	}
	m.reapMemory(now, Dropped)
	if !m.reapsAt(now) {
		return 0
	}
	keys, err := m.store.Reap(ctx, m.app, now)
	if err != nil {
		m.tell(Warning, nil, err.Error())
	}
	for _, k := range keys {
		m.timedOut(k)
	}
	return len(keys)
}

// reapsAt says that the reaper may delete: always, or in the hours of scheduled invalidation.
func (m *Manager) reapsAt(now Millis) bool {
	hour := time.UnixMilli(int64(now)).UTC().Hour()
	return !m.cfg.scheduled() || slices.Contains(m.cfg.ScheduledInvalidation, hour)
}

// writeAccesses brings the remembered access times to the store, so that no other member's reaper takes a session for
// one that is not used.
func (m *Manager) writeAccesses(ctx context.Context) {
	for _, s := range m.all() {
		s.mu.Lock()
		remembered := s.access > s.stored && !s.invalid
		s.mu.Unlock()
		if remembered {
			_ = m.write(ctx, s, accessOnly) // it has been told
		}
	}
}

// reapMemory takes what is over its time out of memory, requests that use it aside.
func (m *Manager) reapMemory(now Millis, event string) (n int) {
	for _, s := range m.all() {
		s.mu.Lock()
		over := s.overdue(now)
		s.mu.Unlock()
		// what could not be written stays, and is tried again at the next run
		if over && m.store != nil && m.writesBefore(context.Background(), s) != nil {
			continue
		}
		if over && m.dropIdle(s) {
			m.tell(event, s, "over its time")
			n++
		}
	}
	return n
}

// timedOut is a session that the store has deleted.
func (m *Manager) timedOut(k Key) {
	s := m.hold(k.ID)
	if s == nil {
		if m.member.Tell != nil {
			m.member.Tell(Event{At: m.now(), Event: TimedOut, App: m.app, Session: k.ID})
		}
		return
	}
	m.release(s)
	if m.dropIdle(s) {
		m.tell(TimedOut, s, "")
	}
}
