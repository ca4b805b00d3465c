package session

import (
	"container/list"
	"context"
	"errors"
	"slices"
	"sync"
)

// ErrInvalid: the session has been invalidated; Java's IllegalStateException.
var ErrInvalid = errors.New("the session is no longer valid")

// Session is one copy of a session, in the memory of one member. It is safe for concurrent use.
type Session struct {
	m       *Manager
	id      string
	created Millis
	turn    chan struct{} // S20

	users int           // requests that use it; Manager.mu guards it
	place *list.Element // in Manager.order; Manager.mu guards it

	// storing lets one operation of the store at a time at the session, so that writes reach it in the order of their
	// numbers. It is taken before mu, which is never held while a store is asked for anything but attributes.
	storing sync.Mutex

	mu       sync.Mutex // of what follows
	cacheID  int
	user     string
	inactive int    // seconds; -1 never
	access   Millis // the last one, as this member knows it; stored is what the store knows
	invalid  bool
	overflow bool
	outrun   bool // another member has had the session
	fenced   bool // and has written it: this copy writes no more (L2)
	isNew    bool

	attributes map[string]value
	known      map[string]bool // names that the store was asked for
	complete   bool            // attributes are all there are

	// What the store has.
	insert   bool   // it has no row yet (D1)
	stored   Millis // its last access (D2)
	writeNo  uint64
	acked    uint64 // of the last write that left nothing out
	replicas int
	pending  change // what it has not
	look     look
}

// newSession is one that begins now.
func (m *Manager) newSession(id string, cacheID int, user string) *Session {
	now := m.now()
	s := &Session{m: m, id: id, created: now, turn: make(chan struct{}, 1), cacheID: cacheID, user: known(user),
		inactive: m.cfg.Timeout, access: now, isNew: true, attributes: map[string]value{}, complete: true,
		insert: m.store != nil, stored: now}
	if s.user != anonymous { // D1 inserts it without
		s.pending.user = true
		s.pending.mark(now)
	}
	return s
}

// fromRecord is a copy of what the store has. It counts as written now; what its first request changes is late (W4).
func (m *Manager) fromRecord(r *Record, cacheID int) *Session {
	s := &Session{m: m, id: r.ID, created: r.Created, turn: make(chan struct{}, 1),
		cacheID: cacheID, user: known(r.User),
		inactive: r.MaxInactive, access: r.LastAccess, attributes: map[string]value{}, complete: r.Attributes != nil,
		stored: r.LastAccess, writeNo: r.WriteNo, acked: r.WriteNo, replicas: r.Replicas,
		look: look{at: r.LastAccess, access: r.LastAccess}}
	s.learn(r)
	return s
}

func known(user string) string {
	if user == "" {
		return anonymous
	}
	return user
}

// overdue says that the session is over its time (S17). The caller holds the lock.
func (s *Session) overdue(now Millis) bool {
	return s.inactive >= 0 && s.access+Millis(s.inactive)*1000 < now
}

func (s *Session) valid() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.invalid
}

func (s *Session) version() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cacheID
}

// usable says that the copy can go on being served, if nothing newer is found.
func (s *Session) usable() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return !s.invalid && !s.outrun
}

// nextAccess is the access that the store has, the next one, never the same millisecond (or D2 could not tell them
// apart), and whether there is a row to compare with.
func (s *Session) nextAccess(now Millis) (mine, next Millis, compare bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored, max(now, s.access+1), !s.insert
}

// accessed notes an access; stored says that the store has been told of it, too.
func (s *Session) accessed(now Millis, stored bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.access = now
	if stored {
		s.stored = now
	}
}

// confirm makes an own copy good again: the store's is the same (S4). The cache ID rises to the request's at most,
// not above.
func (s *Session) confirm(cacheID int, r *Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cacheID = max(s.cacheID, cacheID)
	s.access = max(s.access+1, r.LastAccess)
	s.stored = r.LastAccess
}

// serveAsItWas: the store cannot be asked, and what is in memory goes on being served (section 2, database down).
func (s *Session) serveAsItWas(cacheID int, now Millis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.cacheID = max(s.cacheID, cacheID)
	s.access = max(now, s.access+1)
}

// inserted: the store has a row, and may know of writes to an earlier session of the ID.
func (s *Session) inserted(r *Record) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.insert = false
	s.writeNo = max(s.writeNo, r.WriteNo)
}

func (s *Session) fence() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fenced = true
}

func (s *Session) isFenced() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fenced
}

// ID is the session ID, without cache ID and clone IDs.
func (s *Session) ID() string { return s.id }

// IsNew says that the client does not know of the session yet.
func (s *Session) IsNew() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.isNew
}

// IsOverflow says that there was no room for the session: it is invalid, and saved nowhere (S18).
func (s *Session) IsOverflow() bool { return s.overflow }

// User is who the session belongs to: "anonymous" without a login.
func (s *Session) User() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.user
}

// rename gives an anonymous session to a user (S19).
func (s *Session) rename(user string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.user, s.pending.user = user, true
	s.pending.mark(s.m.now())
}

// SetMaxInactive sets the session's own timeout, in seconds; -1 for never.
func (s *Session) SetMaxInactive(seconds int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.inactive, s.pending.inactive = seconds, true
	s.pending.mark(s.m.now())
}

// Invalidate ends the session, here and in the store, at once (D10).
func (s *Session) Invalidate() {
	s.storing.Lock()
	defer s.storing.Unlock()
	s.mu.Lock()
	ended := s.invalid
	s.invalid = true
	s.mu.Unlock()
	if ended {
		return
	}
	s.m.drop(s)
	s.m.remember(s.id)
	s.m.tell(Invalidated, s, "")
	if s.m.store == nil {
		return
	}
	if err := s.m.store.Delete(context.Background(), s.m.key(s.id)); err != nil && !errors.Is(err, ErrGone) {
		s.m.tell(Warning, s, err.Error())
	}
}

// Sync writes the session at once (D8).
func (s *Session) Sync() error {
	if s.m.store == nil {
		return nil
	}
	return s.m.write(context.Background(), s, whole)
}

// State is what a session looks like from outside.
type State struct {
	App, ID, User string
	Owner         string   // the member whose copy this is
	Holders       []string // members that hold copies of the owner's sessions
	CacheID       int
	// WriteNo is of the write that has, or will have, the session as it is now; Written of the last one that the store
	// has acknowledged, 0 for none: every change that was told with a number up to it is written. Both are of this
	// copy: what an owner that died had not written, the next one counts again. Unwritten: there are changes since,
	// the first at Since.
	WriteNo, Written    uint64
	Unwritten           bool
	Since               Millis
	Replicas            int // of the last write
	Created, LastAccess Millis
	MaxInactive         int // seconds
	InUse               int // requests
	New                 bool
	Attributes          []string // those in memory
}

// State describes the session.
func (s *Session) State() State {
	users := s.m.usersOf(s)
	s.mu.Lock()
	defer s.mu.Unlock()
	st := State{App: s.m.app, ID: s.id, User: s.user, Owner: s.m.member.Name, CacheID: s.cacheID, WriteNo: s.writeNo,
		Written: s.acked, Unwritten: !s.invalid && (s.pending.any() || s.insert), Since: s.pending.since,
		Replicas: s.replicas, Created: s.created, LastAccess: s.access, MaxInactive: s.inactive,
		InUse: users, New: s.isNew}
	if st.Unwritten {
		st.WriteNo++
	}
	for name := range s.attributes {
		st.Attributes = append(st.Attributes, name)
	}
	slices.Sort(st.Attributes)
	return st
}

// State describes every session in memory.
func (m *Manager) State() []State {
	var states []State
	for _, s := range m.all() {
		st := s.State()
		if m.store != nil {
			st.Holders = m.store.Holders(m.member.Name)
		}
		states = append(states, st)
	}
	return states
}
