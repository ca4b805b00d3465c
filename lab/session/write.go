package session

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
)

// change is what the store does not have of a session.
type change struct {
	names          map[string]bool // attributes that were set or removed (W5)
	user, inactive bool
	since          Millis // of the first of them
}

func (c *change) any() bool { return len(c.names) > 0 || c.user || c.inactive }

func (c *change) mark(now Millis) {
	if c.since == 0 {
		c.since = now
	}
}

// giveBack takes up again what a store did not take.
func (c *change) giveBack(old change) {
	if c.names == nil {
		c.names = old.names
	} else {
		maps.Copy(c.names, old.names)
	}
	c.user, c.inactive = c.user || old.user, c.inactive || old.inactive
	if old.any() {
		c.since = old.since
	}
}

// extent is how much a write takes along.
type extent int

const (
	changes    extent = iota // attributes and plain columns that changed (D5)
	whole                    // and the last access (D7, D8)
	accessOnly               // nothing but the last access (D9)
)

// endOfService writes what the frequency says at the end of a request: changes at the end-of-service frequency (D5),
// and the last access with them where scheduled invalidation keeps touch from writing it; at the others nothing (D6),
// but a new session by the choice new-session-write, as IBM's texts and Liberty's code differ about it (W3).
func (m *Manager) endOfService(ctx context.Context, s *Session, fresh bool) {
	if m.store != nil {
		switch {
		case m.eos() && m.cfg.scheduled():
			m.write(ctx, s, whole)
		case m.eos():
			m.write(ctx, s, changes)
		case fresh && m.cfg.NewSessionWrite == "end-of-service":
			m.write(ctx, s, whole)
		}
	}
	s.served(m.cfg.WriteContents == All)
}

// served notes the end of a request. With all contents any request may have changed something in place, so what a
// write under it left out is to be written again even where nothing is flagged.
func (s *Session) served(all bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.isNew = false
	if s.access <= s.look.access && (s.pending.any() || all) {
		s.look.late = true // a write under the request has left its later changes out
	}
}

// write brings a session's changes to the store. What cannot be written stays flagged for the next write.
func (m *Manager) write(ctx context.Context, s *Session, what extent) error {
	s.storing.Lock()
	defer s.storing.Unlock()
	// another member has written the session since, and what this copy has must not cover that (L2)
	if s.isFenced() {
		return ErrNewer
	}
	// the store was down when the session was made
	if s.needsRow() {
		if err := m.insert(ctx, s); err != nil {
			return err
		}
	}
	w, taken, err := s.draw(what)
	if err != nil {
		m.tell(Warning, s, err.Error())
	}
	if err != nil || w == nil {
		return err
	}
	ack, err := m.store.Write(ctx, w)
	m.settle(s, w, what, taken, ack, err)
	return err
}

func (s *Session) needsRow() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.insert && !s.invalid
}

// draw makes the write of what there is to be written, nil for nothing, and takes the flags away: what a request
// changes while the store is asked belongs to the next write. In a single row every write of attributes is a whole one
// (W5), so the others must be read first; that is why what was changed in place is saved by a change of something else
// (W6).
func (s *Session) draw(what extent) (*Write, change, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	contents := what != accessOnly && (s.m.cfg.WriteContents == All || len(s.pending.names) > 0)
	if s.invalid || what == changes && !contents && !s.pending.any() {
		return nil, change{}, nil
	}
	w := &Write{TouchesAccess: what != changes,
		Whole: contents && (s.m.cfg.WriteContents == All || !s.m.store.Apart())}
	if w.Whole {
		if err := s.read(""); err != nil {
			return nil, change{}, err
		}
	}
	s.writeNo++
	w.Record = s.record()
	if what == accessOnly {
		return w, change{}, nil
	}
	if contents {
		w.Attributes, w.Removed = s.serialised(w.Whole)
	}
	w.TouchesUser, w.TouchesMaxInactive = s.pending.user, s.pending.inactive
	taken := s.pending
	s.pending = change{}
	return w, taken, nil
}

// record is the session without its attributes.
func (s *Session) record() Record {
	return Record{Key: s.m.key(s.id), WriteNo: s.writeNo, CacheID: s.cacheID,
		Owner: s.m.member.Name, Created: s.created,
		LastAccess: s.access, MaxInactive: s.inactive, User: s.user}
}

// firstRecord is what D1 inserts: the user is anonymous yet, the last access the creation.
func (s *Session) firstRecord() *Record {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.record()
	r.User, r.LastAccess = anonymous, s.stored
	return &r
}

// serialised gives the attributes of a write, all or those that were set, and the names of those that are gone: what
// has become local is gone, too.
func (s *Session) serialised(all bool) (set map[string]json.RawMessage, removed []string) {
	set = map[string]json.RawMessage{}
	for name, v := range s.attributes {
		if !all && !s.pending.names[name] || v.local {
			continue
		}
		if raw, err := json.Marshal(v.live); err == nil {
			set[name] = raw
		}
	}
	for name := range s.pending.names {
		if set[name] == nil {
			removed = append(removed, name)
		}
	}
	slices.Sort(removed)
	return set, removed
}

// settle keeps what the store has answered.
func (m *Manager) settle(s *Session, w *Write, what extent, taken change, ack Ack, err error) {
	switch {
	case err == nil || errors.Is(err, ErrName):
		s.settled(w, what, ack, m.now())
		m.tell(Written, s, "")
	default:
		s.mu.Lock()
		s.pending.giveBack(taken)
		s.mu.Unlock()
	}
	if errors.Is(err, ErrNewer) { // L2: read again at the next request
		s.fence()
		m.lost(s)
	}
	if err != nil {
		m.tell(Warning, s, err.Error())
	}
}

// settled notes a write that the store took. What is only pending is not acknowledged, but counts as written for the
// next look: the store sends it by itself. A write of accesses alone says nothing of attributes, so the look stays.
func (s *Session) settled(w *Write, what extent, ack Ack, now Millis) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replicas = ack.Replicas
	if w.TouchesAccess {
		s.stored = w.LastAccess
	}
	if what != accessOnly {
		if !ack.Pending {
			s.acked = w.WriteNo
		}
		s.look = look{at: now, access: w.LastAccess}
	}
}
