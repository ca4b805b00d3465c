package session

import (
	"container/list"
	"hash/fnv"
	"slices"
	"sync"
)

// Manager keeps the sessions of one application on one member. Locks are taken in this order: taking, for an ID that
// is looked for; a session's storing, while the store is asked; its mu; and mu of the manager, which is held for a
// moment only.
type Manager struct {
	member *Member
	app    string
	cfg    Config // as given, never changed
	form   form
	store  Store // nil: none

	mu       sync.Mutex
	sessions map[string]*Session // by ID; what a store has beside them is not known here
	order    list.List           // of *Session, the least recently used first (S18)
	ended    []string            // recently invalidated IDs, for which the store is not asked (D10)

	// taking lets one request at a time look for an ID that is not in memory, so that there is one copy of it.
	taking [16]sync.Mutex
}

// endedAtMost is how many invalidated IDs are remembered; IBM's number is not public.
const endedAtMost = 1000

func (m *Manager) now() Millis { return m.member.Now() }

func (m *Manager) key(id string) Key { return Key{App: m.app, ID: id} }

// eos says that sessions are written at the end of service (section 4).
func (m *Manager) eos() bool { return m.cfg.WriteFrequency == EndOfService }

// turnOf is the lock of an ID: sixteen for all of them, so two IDs may wait for each other, which costs time and
// nothing else.
func (m *Manager) turnOf(id string) *sync.Mutex {
	h := fnv.New32a()
	h.Write([]byte(id))
	return &m.taking[h.Sum32()%uint32(len(m.taking))]
}

func (m *Manager) inMemory(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sessions[id] != nil
}

// hold gives a session in memory, in use until it is released.
func (m *Manager) hold(id string) *Session {
	m.mu.Lock()
	defer m.mu.Unlock()
	s := m.sessions[id]
	if s != nil {
		s.users++
		m.order.MoveToBack(s.place)
	}
	return s
}

func (m *Manager) release(s *Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s.users--
}

func (m *Manager) usersOf(s *Session) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return s.users
}

// put takes a session into memory, in use, in place of one of the same ID.
func (m *Manager) put(s *Session) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if old := m.sessions[s.id]; old != nil {
		m.order.Remove(old.place)
	}
	s.users++
	s.place = m.order.PushBack(s)
	m.sessions[s.id] = s
	m.ended = slices.DeleteFunc(m.ended, func(id string) bool { return id == s.id })
}

// drop takes a session out of memory; false: it was not there any more.
func (m *Manager) drop(s *Session) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.dropLocked(s)
}

// dropIdle drops a session unless a request uses it.
func (m *Manager) dropIdle(s *Session) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return s.users == 0 && m.dropLocked(s)
}

// dropLocked drops a session if it is still the one under its ID: another copy may have taken its place. m.mu is
// held.
func (m *Manager) dropLocked(s *Session) bool {
	if m.sessions[s.id] != s {
		return false
	}
	delete(m.sessions, s.id)
	m.order.Remove(s.place)
	return true
}

// all lists the sessions in memory, the least recently used first.
func (m *Manager) all() []*Session {
	m.mu.Lock()
	defer m.mu.Unlock()
	list := make([]*Session, 0, len(m.sessions))
	for e := m.order.Front(); e != nil; e = e.Next() {
		list = append(list, e.Value.(*Session))
	}
	return list
}

// remember notes an invalidated ID (D10).
func (m *Manager) remember(id string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.ended = append(m.ended, id)
	if len(m.ended) > endedAtMost {
		m.ended = slices.Delete(m.ended, 0, 1)
	}
}

func (m *Manager) recentlyEnded(id string) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Contains(m.ended, id)
}

// full says that there is no room for another session (S18). With a store there always is: memory is a cache then.
func (m *Manager) full() bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.store == nil && !m.cfg.AllowOverflow && len(m.sessions) >= m.cfg.MaxInMemory
}

// superfluous is the least recently used session that no request uses, when there are more than the cache holds (S18).
func (m *Manager) superfluous() *Session {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.store == nil || len(m.sessions) <= m.cfg.MaxInMemory {
		return nil
	}
	for e := m.order.Front(); e != nil; e = e.Next() {
		if s := e.Value.(*Session); s.users == 0 {
			return s
		}
	}
	return nil
}
