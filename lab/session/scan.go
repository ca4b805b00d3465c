package session

import "context"

// look is what the write thread knows of a session (W4); the zero look is of one that was never written.
type look struct {
	at     Millis // when it was written last
	access Millis // the last access at that write
	late   bool   // there are changes since, of a request that began before it
	putOff int    // looks at which it was in use
}

// Scan is one look of the write thread at every session in memory. Nothing happens but under time based writes.
func (m *Manager) Scan(now Millis) {
	if m.cfg.WriteFrequency != TimeBased || m.store == nil {
		return
	}
	interval := Millis(m.cfg.WriteInterval) * 1000
	if m.cfg.TimeBasedScan == "exact" {
		interval = 0
	}
	for _, s := range m.all() {
		if s.due(now, interval) && !m.putsOff(s) {
			_ = m.write(context.Background(), s, whole) // it has been told
		}
	}
}

// due says that a session is to be written: the interval is over, and it was used since (W4). "Over" is strict, so
// with looks each 10 s and an interval of 10 s a session that is used all the time may be written at every second
// look: what it loses at a crash is up to 20 s old, and not 10.
func (s *Session) due(now, interval Millis) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	used := s.access > s.look.access || s.look.late
	return !s.invalid && used && (interval == 0 || now-s.look.at > interval)
}

// putsOffAtMost is how often a session in use is left to the next look (W4). Then it is written under the request, or
// one that is always in use would never be.
const putsOffAtMost = 5

// putsOff leaves a session in use to the next look, and counts how often. In the choice exact nothing is put off: a
// write every interval.
func (m *Manager) putsOff(s *Session) bool {
	used := m.usersOf(s) > 0 && m.cfg.TimeBasedScan != "exact"
	s.mu.Lock()
	defer s.mu.Unlock()
	if !used || s.look.putOff == putsOffAtMost {
		s.look.putOff = 0
		return false
	}
	s.look.putOff++
	return true
}

// Stop is the orderly end: time based writes write everything that changed, also under a request; manual update does
// not, and end of service has nothing to write (D11).
func (m *Manager) Stop() {
	if m.cfg.WriteFrequency != TimeBased || m.store == nil {
		return
	}
	for _, s := range m.all() {
		if s.due(m.now(), 0) {
			_ = m.write(context.Background(), s, whole)
		}
	}
}
