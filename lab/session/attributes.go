package session

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// value is an attribute: what JSON can say, or something that lives in this member's memory only.
type value struct {
	// what the servlet gets; after [Session.Set] what encoding/json reads, so numbers are float64
	live any
	// no write takes it along, and the store is told that the attribute is gone
	local bool
}

type local struct{ v any }

// Local marks a value that cannot be serialised (W7).
func Local(v any) any { return local{v} }

// ErrNotSerialisable is Java's IllegalArgumentException in an application that is marked distributable (W7).
var ErrNotSerialisable = errors.New("the value cannot be serialised, and the application is distributable")

// Get gives an attribute, nil when there is none. A map or a list is the live one; [Session.InPlace] changes it.
func (s *Session) Get(name string) any {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.get(name)
}

// get is Get under the lock. What cannot be read from the store reads as if it were not there, as getAttribute has no
// error to give.
func (s *Session) get(name string) any {
	if s.invalid || s.read(name) != nil {
		return nil
	}
	v, there := s.attributes[name]
	if there && s.m.cfg.WriteContents == GetAndSet { // whoever got it may change it in place (W6)
		s.changed(name)
	}
	return v.live
}

// InPlace gives an attribute to a function and keeps what it makes of it, without anybody being told that it changed
// (W6).
func (s *Session) InPlace(name string, change func(v any) any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	old := s.get(name)
	if v, there := s.attributes[name]; there && !s.invalid {
		v.live = change(old)
		s.attributes[name] = v
	}
}

// Set keeps an attribute: as what JSON makes of it, or as it is with [Local]. It is serialised at once, as a store
// would: what the servlet changes later in what it gave is not seen, and what cannot be written shows here, not at a
// failover.
func (s *Session) Set(name string, v any) error {
	kept, err := s.m.keep(v)
	if err != nil {
		return fmt.Errorf("attribute %s: %w", name, err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.invalid {
		return ErrInvalid
	}
	s.attributes[name] = kept
	s.changed(name)
	return nil
}

// keep is W7: what JSON cannot say is refused where the application is distributable, else kept in memory.
func (m *Manager) keep(v any) (value, error) {
	if l, ok := v.(local); ok {
		v = l.v
	} else if raw, err := json.Marshal(v); err == nil {
		var live any
		err = json.Unmarshal(raw, &live)
		return value{live: live}, err
	}
	if m.cfg.Distributable {
		return value{}, ErrNotSerialisable
	}
	m.tell(Warning, nil, "an attribute cannot be serialised and lives in memory only")
	return value{live: v, local: true}, nil
}

// Remove takes an attribute away.
func (s *Session) Remove(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.invalid {
		return
	}
	delete(s.attributes, name)
	s.changed(name)
}

// Names lists the attributes in order.
func (s *Session) Names() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.invalid || s.read("") != nil {
		return nil
	}
	return slices.Sorted(maps.Keys(s.attributes))
}

// changed notes an attribute as set or removed since the last write. The caller holds the lock.
func (s *Session) changed(name string) {
	if s.pending.names == nil {
		s.pending.names = map[string]bool{}
	}
	s.pending.names[name] = true
	s.pending.mark(s.m.now())
}

// read asks the store for an attribute that is not in memory yet, or for all with no name (D4). The caller holds the
// lock.
func (s *Session) read(name string) error {
	if _, there := s.attributes[name]; s.complete || there || s.pending.names[name] || s.known[name] {
		return nil
	}
	r, err := s.m.store.Attributes(context.Background(), s.m.key(s.id), name)
	if err != nil {
		return err
	}
	s.learn(r)
	if name == "" || !s.m.store.Apart() {
		s.complete = true
		return nil
	}
	if s.known == nil {
		s.known = map[string]bool{}
	}
	s.known[name] = true
	return nil
}

// learn takes attributes that the store has, but none that has changed here: the own change is later, and goes out
// with the next write.
func (s *Session) learn(r *Record) {
	if r.WriteNo > s.writeNo {
		s.writeNo, s.acked = r.WriteNo, r.WriteNo
	}
	for name, raw := range r.Attributes {
		_, there := s.attributes[name]
		var live any
		if there || s.pending.names[name] || json.Unmarshal(raw, &live) != nil {
			continue
		}
		s.attributes[name] = value{live: live}
	}
}
