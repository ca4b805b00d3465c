package session

import (
	"fmt"
	"io"
	"sync"
)

// Member is what the applications of one member share. Its fields are set once, before the first [NewManager].
type Member struct {
	Name      string
	CloneID   string // "": a standalone server, whose cookies carry none
	Partition string // in place of the clone ID in cookies (M10); "" without peer-to-peer replication
	Store     Store  // nil: sessions live in memory only
	Now       func() Millis
	Random    io.Reader   // of session IDs; read by one at a time
	Tell      func(Event) // may be nil; must not call back

	mu       sync.Mutex
	managers []*Manager
}

// Event is something that became of a session.
type Event struct {
	At      Millis `json:"at"`
	Event   string `json:"event"`
	App     string `json:"app,omitempty"`
	Session string `json:"session,omitempty"`
	CacheID int    `json:"cacheId,omitempty"`
	WriteNo uint64 `json:"writeNo,omitempty"`
	Text    string `json:"text,omitempty"`
}

// The events.
const (
	Created     = "created"
	Written     = "written"
	TakenOver   = "taken-over"
	Dropped     = "dropped" // from memory; the store may have it
	Invalidated = "invalidated"
	TimedOut    = "timed-out"
	Crossover   = "crossover" // another member has served a session while it was being served here
	Warning     = "warning"
)

// has says whether another application of the member has a session of the ID in memory (S15).
func (mb *Member) has(id string, but *Manager) bool {
	mb.mu.Lock()
	defer mb.mu.Unlock()
	for _, m := range mb.managers {
		if m != but && m.inMemory(id) {
			return true
		}
	}
	return false
}

// newID draws a session ID.
func (mb *Member) newID(length int) (string, error) {
	mb.mu.Lock()
	defer mb.mu.Unlock()
	return newID(mb.Random, length)
}

// NewManager makes the session manager of an application.
func NewManager(mb *Member, app string, cfg Config) (*Manager, error) {
	if err := cfg.check(mb.Store != nil); err != nil {
		return nil, fmt.Errorf("sessions of %s: %w", app, err)
	}
	m := &Manager{member: mb, app: app, cfg: cfg, store: mb.Store, sessions: map[string]*Session{}}
	m.form = form{digits: 4, length: cfg.IDLength, separator: cfg.CloneSeparator, own: mb.CloneID,
		front: cfg.NoAffinitySwitchBack, expected: cfg.ExpectedCloneIDs, name: cfg.Cookie,
		identifier: cfg.URLIdentifier}
	// with clone-appended the list grows by partition IDs, as it does by clone IDs (M14)
	if mb.Partition != "" {
		m.form.own, m.form.partition = mb.Partition, cfg.PartitionAfterTakeover == "same"
	}
	// S21: without a store there is nothing that a cache ID could tell
	if cfg.NoAdditionalSessionInfo && mb.Store == nil {
		m.form.digits = 0
	}
	mb.mu.Lock()
	defer mb.mu.Unlock()
	mb.managers = append(mb.managers, m)
	return m, nil
}

// tell hands out an event about a session, or one about none.
func (m *Manager) tell(event string, s *Session, text string) {
	if m.member.Tell == nil {
		return
	}
	e := Event{At: m.now(), Event: event, App: m.app, Text: text}
	if s != nil {
		e.Session = s.id
		s.mu.Lock()
		e.CacheID, e.WriteNo = s.cacheID, s.writeNo
		s.mu.Unlock()
	}
	m.member.Tell(e)
}
