package grid

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	"github.com/wasplug/wasplug/lab/session"
)

// Store is the grid as one member has it. It is what both engines share: entries are read, changed here, and put back
// where nobody was quicker.
type Store struct {
	engine         engine
	life           string // of this member, by chance: its changes are told from those of others
	changes        atomic.Uint64
	reaperInterval session.Millis
	mutant         Mutant

	mu   sync.Mutex
	late map[session.Key][]session.Millis // last accesses that were asked for, and may be set without an answer
}

var _ session.Store = (*Store)(nil)

// Open prepares a store and waits for the grid. One that cannot be reached is no reason not to start.
func Open(ctx context.Context, c Config) (*Store, error) {
	e, err := open(&c)
	if err != nil {
		return nil, err
	}
	s := &Store{engine: e, life: c.Member + rand.Text(), reaperInterval: c.ReaperInterval, mutant: c.Mutant}
	if _, err := s.Exists(ctx, "anybody"); err != nil && !errors.Is(err, session.ErrDown) {
		return nil, errors.Join(err, e.close())
	}
	if c.Mutant == noPatience {
		s.engine = hasty{e}
	}
	return s, nil
}

func open(c *Config) (engine, error) {
	if len(c.Servers) > 0 {
		return openJetStream(c)
	}
	return openRedis(c)
}

// Close gives the connections back.
func (s *Store) Close() error { return s.engine.close() }

// Apart is true: an attribute is written and removed by itself (G2).
func (s *Store) Apart() bool { return true }

// Holders is nil: the grid is nobody's.
func (s *Store) Holders(string) []string { return nil }

// change reads a session, lets a function change it and puts it back, again while somebody else is quicker. An attempt
// may have succeeded although nobody said so: the stamp tells.
func (s *Store) change(ctx context.Context, k session.Key, do func(*entry) error) error {
	if !fits(k.ID) {
		return session.ErrGone
	}
	stamp := fmt.Sprintf("%s-%d", s.life, s.changes.Add(1))
	for {
		old, err := s.get(ctx, k)
		if err != nil {
			return err
		}
		e, err := parse(k, old)
		if err != nil || e.Stamp == stamp {
			return err
		}
		if err = do(e); err != nil {
			return err
		}
		e.Stamp = stamp
		if err = s.put(ctx, k, old, e); !errors.Is(err, errOther) {
			return err
		}
	}
}

// get reads an entry. ErrGone, ErrDown.
func (s *Store) get(ctx context.Context, k session.Key) (old *kept, err error) {
	err = reach(ctx, s.engine, func(ctx context.Context) (err error) {
		old, err = s.engine.get(ctx, k)
		return err
	})
	if errors.Is(err, errNone) {
		err = session.ErrGone
	}
	return old, err
}

// put keeps an entry in place of an old one, nil for none. errOther, ErrTooLarge, ErrDown.
func (s *Store) put(ctx context.Context, k session.Key, old *kept, e *entry) error {
	value, err := json.Marshal(e)
	if err != nil {
		return err
	}
	if len(value) > largest {
		return fmt.Errorf("%w: %d bytes", session.ErrTooLarge, len(value))
	}
	return reach(ctx, s.engine, func(ctx context.Context) error { return s.engine.put(ctx, k, old, value) })
}

// Create puts the session there, without attributes (D1). One that is there already stays: by its time of last access
// the next touch finds that somebody else has the session.
func (s *Store) Create(ctx context.Context, r *session.Record) error {
	if !fits(r.ID) {
		return fmt.Errorf("%w: no entry can be called %.40q", session.ErrName, r.ID)
	}
	err := s.put(ctx, r.Key, nil,
		&entry{Stamp: s.life, CacheID: r.CacheID, Created: r.Created, LastAccess: r.LastAccess,
			Accessor: s.life, MaxInactive: r.MaxInactive, User: r.User})
	if errors.Is(err, errOther) {
		return nil
	}
	return err
}

// errMoved ends a change that is not to be made.
var errMoved = errors.New("another member has had the session")

// Touch is a compare and set (D2). An earlier one of this member may have succeeded although nobody said so, when the
// majority went away and came back: then nobody else has had the session.
func (s *Store) Touch(ctx context.Context, k session.Key, mine, now session.Millis) (bool, error) {
	err := s.change(ctx, k, func(e *entry) error {
		if e.LastAccess != mine && !(e.Accessor == s.life && s.isLate(k, e.LastAccess)) {
			return errMoved
		}
		e.LastAccess, e.Accessor = now, s.life
		return nil
	})
	s.note(k, now, errors.Is(err, session.ErrDown))
	if errors.Is(err, errMoved) || errors.Is(err, session.ErrGone) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) isLate(k session.Key, at session.Millis) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.late[k], at)
}

// note remembers a last access that may yet be set, or forgets those of a session about which there was an answer.
func (s *Store) note(k session.Key, at session.Millis, late bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !late {
		delete(s.late, k)
		return
	}
	if s.late == nil {
		s.late = map[session.Key][]session.Millis{}
	}
	s.late[k] = append(s.late[k], at)
}

// Load takes the session over, whoever had it (D4).
func (s *Store) Load(ctx context.Context, k session.Key, _ int, now session.Millis) (r *session.Record, err error) {
	err = s.change(ctx, k, func(e *entry) error {
		before := e.LastAccess
		e.LastAccess, e.Accessor = max(now, before+1), s.life
		r = e.record(k)
		r.Before = before
		return nil
	})
	if err != nil {
		return nil, err
	}
	return r, nil
}

// Attributes reads one attribute, or all where no name is given.
func (s *Store) Attributes(ctx context.Context, k session.Key, name string) (*session.Record, error) {
	if !fits(k.ID) {
		return nil, session.ErrGone
	}
	old, err := s.get(ctx, k)
	if err != nil {
		return nil, err
	}
	e, err := parse(k, old)
	if err != nil {
		return nil, err
	}
	r := e.record(k)
	if value, ok := r.Attributes[name]; name != "" {
		r.Attributes = map[string]json.RawMessage{}
		if ok {
			r.Attributes[name] = value
		}
	}
	return r, nil
}

// Write keeps a change and compares nothing, as a session cache does (G2): the last writer wins.
func (s *Store) Write(ctx context.Context, w *session.Write) (session.Ack, error) {
	if s.mutant == ackBeforeWrite {
		go s.write(context.WithoutCancel(ctx), w)
		return session.Ack{Replicas: 1}, nil
	}
	return s.write(ctx, w)
}

func (s *Store) write(ctx context.Context, w *session.Write) (session.Ack, error) {
	err := s.change(ctx, w.Key, func(e *entry) error {
		e.take(w)
		if w.TouchesAccess {
			e.Accessor = s.life
		}
		return nil
	})
	if err != nil {
		return session.Ack{}, err
	}
	return session.Ack{Replicas: 1}, nil
}

// Delete forgets a session, whatever it is (D10).
func (s *Store) Delete(ctx context.Context, k session.Key) error {
	s.note(k, 0, false)
	for fits(k.ID) {
		old, err := s.get(ctx, k)
		if errors.Is(err, session.ErrGone) {
			return nil
		}
		if err == nil {
			err = s.remove(ctx, k, old)
		}
		if !errors.Is(err, errOther) {
			return err
		}
	}
	return nil
}

// remove takes an entry away if it is still the one that was read. errOther, ErrDown.
func (s *Store) remove(ctx context.Context, k session.Key, old *kept) error {
	return reach(ctx, s.engine, func(ctx context.Context) error { return s.engine.remove(ctx, k, old) })
}

// Exists looks for a session of any application (S15). A JetStream server that has just lost the others still leads
// for some seconds and answers: what it knows counts as long as a majority is there.
func (s *Store) Exists(ctx context.Context, id string) (there bool, err error) {
	if !fits(id) {
		return false, nil
	}
	err = reach(ctx, s.engine, func(ctx context.Context) (err error) {
		there, err = s.engine.exists(ctx, id)
		return err
	})
	if there && !s.engine.hopeful(ctx, 1) {
		return false, fmt.Errorf("%w: the majority of its servers is gone", session.ErrDown)
	}
	return there, err
}
