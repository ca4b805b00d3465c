package replication

import (
	"context"
	"encoding/json"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// This file is who lives (L6), and what happens when a member comes (L9) or goes (L8).

const (
	together   = 16          // sessions that are on their way to other holders at once
	tellAccess = time.Second // how old the last access may be that holders know
)

// start begins the life of a member on a transport. It is ready once [Store.joined] is. It listens before it says
// that it is there, for who hears of it may write to it at once. Four goroutines work until end: heartbeats, moving
// copies, the search for processes, and joining, which ends by itself.
func start(cfg Config, life uint64, wire transport) (*Store, error) {
	s := &Store{cfg: cfg, life: life, wire: wire, changed: make(chan struct{}, 1), arrived: make(chan struct{}, 1),
		group: newGroup(&cfg, life),
		ready: make(chan struct{}), lifes: make([]lifetime, len(cfg.Members))}
	s.held.unfenced = cfg.Mutant == mutantNoFencing
	s.ticked = time.Now()
	s.group.pardon(s.ticked)
	s.ctx, s.stop = context.WithCancel(context.Background())
	for i := range s.lifes {
		s.lifes[i].ctx, s.lifes[i].end = context.WithCancel(s.ctx)
	}
	if err := wire.listen(s); err != nil {
		s.stop()
		wire.close()
		return nil, err
	}
	s.beat()
	s.working.Go(s.live)
	s.working.Go(s.move)
	s.working.Go(s.watch)
	s.working.Go(s.join)
	return s, nil
}

// receiver is what a transport brings its messages to. receive answers one from another member, kind being a word of
// L1; nil where it cannot be read, which counts as no answer.
type receiver interface {
	receive(kind string, data []byte) (reply []byte)
	heard(data []byte)
}

// receive answers the other members.
func (s *Store) receive(kind string, data []byte) []byte {
	switch kind {
	case kindPut:
		return handle(s, data, func(m *message) any { return s.held.put(m) })
	case kindDrop:
		return handle(s, data, func(m *message) any { s.held.drop(m); return true })
	case kindGet:
		return handle(s, data, func(q *question) any { return s.ask(*q) })
	case kindState:
		if b := (beat{}); json.Unmarshal(data, &b) == nil {
			// It calls other members, so no lock is held, and wire.listen gives it a goroutine of its own.
			s.handOver(b)
		}
		return encode(true)
	}
	return nil
}

// handle reads a message, does what it asks for under the lock, and packs the answer: no message is half done when
// the next one comes.
func handle[M any](s *Store, data []byte, do func(*M) any) []byte {
	var m M
	if json.Unmarshal(data, &m) != nil {
		return nil
	}
	s.mu.Lock()
	reply := do(&m)
	s.mu.Unlock()
	return encode(reply)
}

// ask answers a question. One that has hung, or is about to find that out, is not sure of its own sessions: others
// may have taken them over meanwhile. Then it gives them as a holder would, and who asks goes on asking. The caller
// holds mu.
func (s *Store) ask(q question) answer {
	a := s.held.ask(q)
	a.Mine = a.Mine && s.group.ready().has(s.group.self) && time.Since(s.ticked) < deadAfter
	return a
}

// live sends heartbeats and listens for those of others. A tick that comes late says that this process stood still:
// by deadAfter or more, and the others have buried it, so it joins anew; by less, and their silence in that time is
// its own.
func (s *Store) live() {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for last, told := time.Now(), time.Now(); ; {
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
		now := time.Now()
		still := max(now.Sub(last)-beatEvery, 0)
		// Before anything else: what is found late below would be the others' death.
		if now.Sub(last) >= deadAfter {
			s.wasHung(now)
		}
		if last = now; now.Sub(told) >= tellAccess {
			told = now
			s.look()
		}
		s.mu.Lock()
		s.ticked = now
		s.group.stood(still, now)
		s.buried(s.group.late(now))
		s.mu.Unlock()
		s.beat()
	}
}

func (s *Store) beat() {
	s.mu.Lock()
	b := beat{Member: s.cfg.Member, Life: s.life, Ready: s.group.peers[s.group.self].ready, Version: s.table.version}
	s.mu.Unlock()
	s.wire.tell(encode(b)) // a member that cannot be told finds this one dead
}

// heard takes the heartbeat of another member. A newcomer hears from this one at once: it waits for all that are
// there before it joins (meet).
func (s *Store) heard(data []byte) {
	var b beat
	if json.Unmarshal(data, &b) != nil {
		return
	}
	if s.listen(b) == came {
		s.beat()
	}
}

// listen notes a heartbeat and what follows from it. What a member held before it came counts no more, whether it was
// restarted or only slow, and a life of it begins: whoever asks it from now on waits until that one ends.
func (s *Store) listen(b beat) news {
	s.mu.Lock()
	defer s.mu.Unlock()
	i := s.group.find(b.Member)
	if i < 0 || i == s.group.self {
		return nothing
	}
	what := s.group.heard(i, b, time.Now())
	s.table.seen = max(s.table.seen, b.Version)
	switch what {
	case came:
		s.forget(one(i))
		s.lifes[i].ctx, s.lifes[i].end = context.WithCancel(s.ctx)
		s.arrive()
		if b.Ready { // it was only slow, and is a holder again at once
			s.tableChanged()
			s.look()
		}
	case departed:
		s.buried(one(i))
	case readied:
		s.tableChanged()
		s.look()
	}
	return what
}

// buried does what the death of members asks for: nobody waits for them, their copies are gone, others get them (L8).
// The caller holds mu.
func (s *Store) buried(dead set) {
	if dead == 0 {
		return
	}
	s.forget(dead)
	s.tableChanged()
	s.look()
}

// forget ends the lives of members: what they held is nowhere.
func (s *Store) forget(dead set) {
	for i := range dead.all() {
		s.lifes[i].end()
	}
	for _, e := range s.held.all() {
		e.at, e.old = e.at&^dead, e.old&^dead
	}
}

// look wakes move. One look that is due covers all reasons for it, so a full channel is enough.
func (s *Store) look() {
	select {
	case s.changed <- struct{}{}:
	default:
	}
}

// move brings the sessions of this member to the holders that they have now.
func (s *Store) move() {
	for {
		select {
		case <-s.ctx.Done():
			return
		case <-s.changed:
			s.reholdAll(false)
		}
	}
}

// owns reports whether a session, or a copy that came back to this member, is its to write: a restarted owner gets
// what it had written from its holders (handOver), and owns it without having written it in this life.
func (s *Store) owns(e *entry) bool {
	return e != nil && e.state == live && !e.refused && e.owner() == s.cfg.Member
}

// misplaced: a member holds a session of this one that need not, or one that must does not. The latter waits for the
// next write where replica-retarget says so. The caller holds mu.
func (s *Store) misplaced(e *entry) bool {
	targets := s.group.targets(s.group.self)
	atOnce := s.cfg.Retarget != retargetNextWrite && s.cfg.Mutant != mutantNoRetarget
	return atOnce && targets&^e.at != 0 || (e.at|e.old)&^targets != 0
}

// reholdAll moves the sessions of this member that must, or all, 16 (together) at a time. It returns when they are
// there, or their holders cannot be reached.
func (s *Store) reholdAll(all bool) {
	s.mu.Lock()
	s.moving++
	keys := s.held.keys(func(e *entry) bool { return s.owns(e) && (all || e.stale || s.misplaced(e)) })
	s.mu.Unlock()
	eachOf(keys, func(k session.Key) { s.rehold(s.ctx, k, all) })
	s.mu.Lock()
	s.moving--
	s.mu.Unlock()
}

// eachOf does something for some sessions at a time.
func eachOf(keys []session.Key, do func(session.Key)) {
	var all sync.WaitGroup
	turns := make(chan struct{}, together)
	for _, k := range keys {
		turns <- struct{}{}
		all.Go(func() { do(k); <-turns })
	}
	all.Wait()
}

// join meets the others, gets what this member must hold (L9), and is ready. Nothing is waited for longer than M6
// says. The others are asked all at once and each answers when it has handed over; only then does this member say
// that it is ready, and only then does a web server process hear that it has copies.
func (s *Store) join() {
	s.meet()
	s.mu.Lock()
	others := s.others(s.group.living())
	hello := beat{Member: s.cfg.Member, Life: s.life}
	ready := s.ready
	s.mu.Unlock()
	each(others, func(i int) { s.call(s.ctx, kindState, i, hello, new(bool)) })
	if s.ctx.Err() != nil {
		return
	}
	s.mu.Lock()
	s.group.peers[s.group.self].serves(time.Now())
	s.tableChanged()
	s.mu.Unlock()
	close(ready)
	s.beat()
	s.reholdAll(true) // after a rest the holders may have changed, or the sessions their owner
}

// meet waits until all members have been heard of whose processes are there; not for longer than silence counts as
// death.
func (s *Store) meet() {
	patience := time.NewTimer(deadAfter)
	defer patience.Stop()
	for {
		s.mu.Lock()
		missing := s.group.where(func(p *peer) bool { return p.silent })
		s.mu.Unlock()
		if missing == 0 {
			return
		}
		select {
		case <-s.arrived:
		case <-patience.C:
			return
		case <-s.ctx.Done():
			return
		}
	}
}

// arrive wakes meet.
func (s *Store) arrive() {
	select {
	case s.arrived <- struct{}{}:
	default:
	}
}

// joined waits until this member serves (L9).
func (s *Store) joined(ctx context.Context) error {
	s.mu.Lock()
	ready := s.ready
	s.mu.Unlock()
	select {
	case <-ready:
		return nil
	case <-ctx.Done():
		return session.ErrDown
	case <-s.ctx.Done():
		return session.ErrDown
	}
}

// wasHung: this member stood still for so long that the others think it dead. It comes back as one that joins.
func (s *Store) wasHung(now time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	// Its own silence says nothing of the others.
	s.group.pardon(now)
	self := &s.group.peers[s.group.self]
	if !self.ready {
		return
	}
	self.ready, s.ready = false, make(chan struct{})
	for _, e := range s.held.all() {
		// Holders may have dropped copies, or taken sessions over, while they took this member for dead.
		e.at, e.old = 0, e.old|e.at // to be seen
	}
	s.working.Go(s.join)
}

// handOver gives a member that joins what it must hold: the sessions of this one, and its own that it has lost.
func (s *Store) handOver(b beat) {
	s.listen(b)
	s.reholdAll(true)
	s.mu.Lock()
	i := s.group.find(b.Member)
	lost := s.held.keys(func(e *entry) bool { return e.state == live && e.owner() == b.Member })
	s.mu.Unlock()
	if i < 0 {
		return
	}
	eachOf(lost, func(k session.Key) {
		s.mu.Lock()
		e := s.held.get(k)
		if e == nil || e.state != live {
			s.mu.Unlock()
			return
		}
		m := e.message(k)
		s.mu.Unlock()
		s.call(s.ctx, kindPut, i, m, new(verdict))
	})
}
