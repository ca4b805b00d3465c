package replication

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// This file is how a write gets to its holders (L3, L5), and what happens when they change (L8, L9).

const (
	mostWait = 5 * time.Second // for the answer of a member that lives (M6)
	// tryAgain is for the answer to one message, which may have been lost with a connection. To send it again is
	// harmless: a holder knows a write by its number.
	tryAgain = time.Second
)

// errNobody: nobody answers to the name of a member. Where its process is gone, too, it is dead at once (L6).
var errNobody = errors.New("no such member is there")

// transport carries messages between the members of a domain. That of NATS may lose them with a route, that of the
// tests loses, delays and repeats them: nothing here relies on more.
type transport interface {
	// listen begins to bring what others send.
	listen(receiver) error
	// request sends a message to a member and waits for what it says to it. errNobody.
	request(ctx context.Context, kind, member string, data []byte) ([]byte, error)
	// tell sends a heartbeat to all.
	tell(data []byte) error
	// lives reports whether the process of a member may be there, hung or not. False: what it held is lost.
	lives(member string) bool
	close()
}

// call asks one member until it has answered (true), is dead or silent, or mostWait is over. The end of the member's
// life ends the waiting, whoever finds out.
func (s *Store) call(ctx context.Context, kind string, member int, question, reply any) bool {
	life := s.lifeOf(member)
	ctx, cancel := context.WithTimeout(ctx, mostWait)
	defer cancel()
	defer context.AfterFunc(life, cancel)()
	return s.insist(ctx, life, kind, member, question, reply)
}

// insist asks one member until it has answered (true), is found dead, or nobody waits any longer. Where nobody answers
// to its name and its process is there, a route is broken, or not there yet.
func (s *Store) insist(ctx, life context.Context, kind string, member int, question, reply any) bool {
	data := encode(question)
	for ctx.Err() == nil {
		try, end := context.WithTimeout(ctx, tryAgain)
		text, err := s.wire.request(try, kind, s.cfg.Members[member].Name, data)
		end()
		switch {
		case err == nil:
			return json.Unmarshal(text, reply) == nil
		case errors.Is(err, errNobody) && !s.wire.lives(s.cfg.Members[member].Name):
			s.found(member, life)
			return false
		}
		rest(ctx, beatEvery/10)
	}
	return false
}

// lifeOf ends when the member as it lives now is found dead.
func (s *Store) lifeOf(member int) context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.lifes[member].ctx
}

// rest waits a moment before something is tried again.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// found: a member was asked, and its process is gone. It need not be missed for deadAfter first; life is that in
// which it was asked, for it may have been started again since.
func (s *Store) found(member int, life context.Context) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.lifes[member].ctx == life && s.group.lost(member) {
		s.buried(one(member))
	}
}

// each does something for every member of a set at once, and waits. One alone, as with one replica, needs no
// goroutine.
func each(members set, do func(i int)) {
	if members.len() == 1 {
		for i := range members.all() {
			do(i)
		}
		return
	}
	var all sync.WaitGroup
	for i := range members.all() {
		all.Go(func() { do(i) })
	}
	all.Wait()
}

// putAll sends a write to members, notes who took it, and reports whether one of them knows a newer one.
func (s *Store) putAll(ctx context.Context, m *message, to set) (refused bool) {
	var mu sync.Mutex
	each(to, func(i int) {
		v := s.put(ctx, i, m)
		mu.Lock()
		defer mu.Unlock()
		refused = refused || v == newer
	})
	return refused
}

// put sends a write to one member, all of it when its delta does not fit there (L3). What a member said in an earlier
// life is no copy: it has lost all since. An answer that is missing is no holder, and no refusal either.
func (s *Store) put(ctx context.Context, i int, m *message) (v verdict) {
	life := s.lifeOf(i)
	if !s.call(ctx, kindPut, i, m, &v) || v == newer {
		return v
	}
	s.mu.Lock()
	e := s.held.get(m.key())
	if e == nil || e.stamp != m.stamp {
		s.mu.Unlock()
		return newer // it was taken over meanwhile
	}
	if v == wantAll {
		whole := e.message(m.key())
		s.mu.Unlock()
		return s.put(ctx, i, whole)
	}
	if life.Err() == nil {
		e.at |= one(i)
		e.old &^= one(i)
	}
	s.mu.Unlock()
	return v
}

// keep sends a write to the holders that have it not yet. Where one dies the next one is asked in its place (L5). The
// caller has the session's lock.
func (s *Store) keep(ctx context.Context, k session.Key, m *message) (holders int, err error) {
	ctx = context.WithoutCancel(ctx) // what is begun is brought to its end, though the client may have gone
	for tried := make([]context.Context, len(s.lifes)); ; {
		s.mu.Lock()
		e := s.held.get(k)
		if e == nil || e.stamp != m.stamp {
			s.mu.Unlock()
			return 0, session.ErrNewer // it was taken over meanwhile
		}
		targets := s.group.targets(s.group.self)
		todo, at := s.untried(targets&^e.at, tried), targets&e.at
		s.mu.Unlock()
		switch {
		case s.ctx.Err() != nil:
			return 0, session.ErrDown
		// nobody has it, and who is silent may be back in a moment: better late than unprotected (L10)
		case todo == 0 && at == 0 && s.hopes():
			rest(ctx, beatEvery/10)
			continue
		case todo == 0:
			return s.kept(ctx, k, m.stamp), nil
		}
		if s.putAll(ctx, m, todo) {
			s.disown(m)
			return 0, session.ErrNewer
		}
	}
}

// untried leaves out the members that have been asked in this life of theirs, and notes the others. Who was found dead
// and is heard of again is asked once more.
func (s *Store) untried(members set, tried []context.Context) (todo set) {
	for i := range members.all() {
		if life := s.lifes[i].ctx; tried[i] != life {
			tried[i] = life
			todo |= one(i)
		}
	}
	return todo
}

// kept counts the holders of a write. Copies that are no longer needed are dropped once all those that are needed are
// there (L9): never before, or a death in between would find too few.
func (s *Store) kept(ctx context.Context, k session.Key, written stamp) int {
	s.mu.Lock()
	e := s.held.get(k)
	if e == nil || e.stamp != written {
		s.mu.Unlock()
		return 0
	}
	needed := s.group.targets(s.group.self)
	n, over := (e.at & needed).len(), set(0)
	if needed&^e.at == 0 {
		// a dead member has nothing left to drop
		over = (e.at | e.old) &^ needed & s.group.living()
		e.at, e.old = needed, 0
	}
	s.mu.Unlock()
	m := &message{App: k.App, ID: k.ID, stamp: written}
	each(over, func(i int) { s.call(ctx, kindDrop, i, m, new(bool)) })
	return n
}

// disown is what an owner does that was refused: its copy counts no more than what others have, and its manager reads
// again (L2).
func (s *Store) disown(m *message) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if e := s.held.get(m.key()); e != nil && e.stamp == m.stamp {
		e.mine, e.refused = false, true
	}
}

// rehold brings one session of this member to where it must be: after an asynchronous write, at once, or because the
// holders have changed. They also hear when it was last used. The copy is looked at when its turn has come: what was
// to be moved may have been written, or taken over, since.
func (s *Store) rehold(ctx context.Context, k session.Key, written bool) {
	defer s.writing.lock(k)()
	s.mu.Lock()
	e := s.held.get(k)
	if !s.owns(e) {
		s.mu.Unlock()
		return
	}
	m, stale, at, goOn := e.message(k), e.stale, e.at, written || s.misplaced(e)
	e.stale = false
	s.mu.Unlock()
	if stale {
		// A delta of nothing on the write that they have: only the last access is new.
		light := *m
		light.Whole, light.Base, light.Attributes = false, m.No, nil
		s.putAll(ctx, &light, at)
	}
	if goOn {
		s.keep(ctx, k, m)
	}
}
