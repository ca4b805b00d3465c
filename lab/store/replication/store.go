package replication

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// Store is the sessions of one member and the copies that it holds for others. It is a [session.Store].
//
// Two kinds of lock: writing is held for one session while other members are waited for; mu is for a moment, and
// never held while one is asked. writing comes first.
type Store struct {
	cfg  Config
	life uint64
	wire transport

	ctx     context.Context // ends when the member stops
	stop    context.CancelFunc
	working sync.WaitGroup
	sending sync.WaitGroup // asynchronous writes
	changed chan struct{}  // holds one: somebody left or is ready, holders are looked at again
	arrived chan struct{}  // holds one: somebody came, or was found dead
	writing keyLocks

	mu     sync.Mutex // of what follows
	group  group
	held   held
	lifes  []lifetime    // of the members, by place
	ready  chan struct{} // closed once this member has what it must hold
	table  table
	ticked time.Time // when this member last ran for certain
	moving int       // rounds of moving copies that are under way
}

// lifetime ends when a member is found dead, and with it all that waits for its answer.
type lifetime struct {
	ctx context.Context
	end context.CancelFunc
}

var _ session.Store = (*Store)(nil)

// Create begins a session: it is there, also at the holders, before it has attributes (D1).
func (s *Store) Create(ctx context.Context, r *session.Record) error {
	defer s.writing.lock(r.Key)()
	s.mu.Lock()
	if e := s.held.get(r.Key); e != nil {
		top, _ := e.top()
		r.WriteNo = max(r.WriteNo, top+1) // the ID had a session before that was invalidated
	}
	e := &entry{stamp: stamp{No: r.WriteNo, Owner: s.cfg.Member}, created: r.Created, access: r.LastAccess,
		user: same(r.User), attributes: packed(r.Attributes), maxInactive: int32(r.MaxInactive),
		cacheID: int32(r.CacheID), mine: true}
	s.held.set(r.Key, e)
	m := e.message(r.Key)
	s.mu.Unlock()
	_, err := s.keep(ctx, r.Key, m)
	return err
}

// Touch moves the last access where this member is still the owner, as far as it has heard: the cache ID of the
// request (S5) and the fence (L2) catch what it has not. The holders hear of it later, within tellAccess: a message
// for each request would cost as much as a write.
func (s *Store) Touch(_ context.Context, k session.Key, mine, now session.Millis) (bool, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.held.own(k)
	if e == nil || e.access != mine {
		return false, nil
	}
	e.access, e.stale = now, true
	return true, nil
}

// Attributes reads what Load has brought here.
func (s *Store) Attributes(_ context.Context, k session.Key, name string) (*session.Record, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.held.get(k)
	if e == nil || e.state != live {
		return nil, session.ErrGone
	}
	r := e.record(k)
	if name != "" {
		value, ok := r.Attributes[name]
		if r.Attributes = map[string]json.RawMessage{}; ok {
			r.Attributes[name] = value
		}
	}
	return r, nil
}

// Write gives a session its next number and waits for the holders, unless replication is asynchronous (L2, L5). The
// own copy is changed first: a take-over that asks in between gets the new write though nobody has acknowledged it,
// which is more than was promised, never less.
func (s *Store) Write(ctx context.Context, w *session.Write) (session.Ack, error) {
	unlock := s.writing.lock(w.Key)
	m, err := s.next(w)
	if err == nil && s.cfg.Ack == ackWait && s.cfg.Mutant != mutantAckBeforeWrite {
		defer unlock()
		n, err := s.keep(ctx, w.Key, m)
		return session.Ack{Replicas: n}, err
	}
	unlock()
	if err != nil {
		return session.Ack{}, err
	}
	s.sendLater(w.Key)
	return session.Ack{Replicas: s.targets().len(), Pending: s.cfg.Mutant == ""}, nil
}

// sendLater sends the whole session, as it is by then (M8).
func (s *Store) sendLater(k session.Key) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ctx.Err() == nil {
		s.sending.Go(func() { s.rehold(s.ctx, k, true) })
	}
}

// next makes a write part of the own copy. What goes out is the delta where that is enough; the holders that have the
// write before need no more, and the others say so (wantAll). The entry is replaced, not changed: the attributes of
// the old one may be in a message.
func (s *Store) next(w *session.Write) (*message, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.held.get(w.Key)
	switch {
	case e == nil || e.state == gone:
		return nil, session.ErrGone
	case (s.held.own(w.Key) == nil || w.WriteNo != 0 && w.WriteNo <= e.No) && !s.held.unfenced:
		return nil, session.ErrNewer
	}
	n := *e
	n.stamp = stamp{No: max(w.WriteNo, e.No+1, e.Fence), Owner: s.cfg.Member} // what was reserved at a take-over
	n.at, n.old, n.state, n.mine, n.stale = 0, e.at|e.old, live, true, false
	n.access, n.maxInactive, n.cacheID = max(e.access, w.LastAccess), int32(w.MaxInactive), int32(w.CacheID)
	if w.User != "" {
		n.user = same(w.User)
	}
	m := n.message(w.Key)
	m.Whole, m.Base, m.Attributes, m.Removed = w.Whole, e.No, packed(w.Attributes), w.Removed
	switch {
	case len(w.Attributes)+len(w.Removed) == 0: // they are as they were
		m.Whole = false
	case w.Whole:
		n.attributes, m.Removed = m.Attributes, nil
	default:
		n.attributes = merged(e.attributes, m.Attributes, w.Removed)
	}
	s.held.set(w.Key, &n)
	return m, nil
}

// Delete forgets a session everywhere. Who has a copy keeps that it is gone, so that no late copy brings it back
// (D10). All living members are told, not only holders: any of them may have an old copy.
func (s *Store) Delete(ctx context.Context, k session.Key) error {
	defer s.writing.lock(k)()
	s.mu.Lock()
	e := s.held.get(k)
	if e == nil || e.state != live {
		s.mu.Unlock()
		return nil
	}
	top, owner := e.top()
	if owner != s.cfg.Member {
		s.mu.Unlock()
		return session.ErrNewer
	}
	bye := &entry{stamp: stamp{No: top + 1, Owner: owner}, access: e.access, maxInactive: e.maxInactive, state: gone}
	s.held.set(k, bye)
	m, all := bye.message(k), s.others(s.group.living())
	s.mu.Unlock()
	if s.putAll(ctx, m, all) {
		return session.ErrNewer
	}
	return nil
}

// Exists asks this member, then all others that are ready. It decides no more than whether a new session may keep the
// ID of its request (S15), so nobody waits here for those that join or are silent.
func (s *Store) Exists(ctx context.Context, id string) (bool, error) {
	s.mu.Lock()
	here := s.held.anyApp(id)
	s.mu.Unlock()
	if here {
		return true, nil
	}
	var found inquiry
	s.askAll(ctx, question{ID: id}, s.readyOthers(), s.call, &found)
	for _, a := range found.answers {
		if a.Session != nil {
			return true, nil
		}
	}
	return false, nil
}

// Apart is true: a delta carries attributes each by itself (L3).
func (s *Store) Apart() bool { return true }

// Holders are the members that hold copies of an owner's sessions now (L4).
func (s *Store) Holders(owner string) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.group.find(owner)
	if i < 0 {
		return nil
	}
	return s.group.names(s.group.holders(i))
}

// others leaves this member out of a set.
func (s *Store) others(all set) set { return all &^ one(s.group.self) }

func (s *Store) targets() set {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.group.targets(s.group.self)
}

func (s *Store) readyOthers() set {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.others(s.group.ready())
}
