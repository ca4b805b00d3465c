package replication

import (
	"context"
	"time"
)

// This file tells the dead from the silent (L6). The process of a dead member is gone, and with it what it held. That
// of a silent one is there: it is hung, or slow, or has lost its routes, and comes back with all it holds, perhaps
// with the last copy of a session. Others take its place in the meantime, but nobody takes a session over without
// having waited for it where it may know better than those that answer.

// lastHope is how long a write that nobody else would hold waits for those who are silent, from the last sign of them:
// one that was hung for less than that holds it then.
const lastHope = 2 * deadAfter

// watch finds out who of the silent is dead, and who of the dead is started again.
func (s *Store) watch() {
	tick := time.NewTicker(beatEvery)
	defer tick.Stop()
	for {
		s.census()
		select {
		case <-s.ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// census looks for the processes of those that are not heard of. What is learnt of a life that has been heard of
// meanwhile is thrown away: the dial may be older than the heartbeat.
func (s *Store) census() {
	s.mu.Lock()
	away := s.group.away()
	s.mu.Unlock()
	for i := range away.all() {
		life := s.lifeOf(i)
		// not under the lock: it may take a second
		there := s.wire.lives(s.cfg.Members[i].Name)
		s.mu.Lock()
		switch {
		case s.lifes[i].ctx != life: // it has been heard of
		case there:
			s.group.stirs(i, time.Now())
		default:
			s.group.lost(i)
			s.arrive()
		}
		s.mu.Unlock()
	}
}

// hopes reports that somebody may be back in a moment who can hold a copy.
func (s *Store) hopes() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := range s.group.silent(time.Now().Add(-lastHope)).all() {
		if s.group.peers[i].Mode != Client {
			return s.group.replicas != 0
		}
	}
	return false
}

// callSilent asks a member that is silent until it has answered (true), is dead, or nothing has been heard of it for
// mostWait.
func (s *Store) callSilent(ctx context.Context, kind string, member int, question, reply any) bool {
	s.mu.Lock()
	life, until := s.lifes[member].ctx, s.group.peers[member].seen.Add(mostWait)
	s.mu.Unlock()
	ctx, cancel := context.WithDeadline(ctx, until)
	defer cancel()
	defer context.AfterFunc(s.ctx, cancel)()
	return s.insist(ctx, life, kind, member, question, reply)
}

// inquiry is what members have said of a session, and which of them have said something.
type inquiry struct {
	answers []answer
	from    set
}

func (q *inquiry) add(i int, a answer) {
	q.answers, q.from = append(q.answers, a), q.from|one(i)
}

// missing are those who may know a later write than all that have answered, be it that they have been silent for a
// moment. The owner of the best copy does not when it has given it, nor where it is silent and a holder of its last
// write must be among them: nobody else is missing, and fewer are dead than there are holders.
func (s *Store) missing(q *inquiry) set {
	s.mu.Lock()
	defer s.mu.Unlock()
	living, silent := s.group.living()&^q.from, s.group.silent(time.Now().Add(-mostWait))&^q.from
	if best, _ := highest(q.answers); best != nil {
		owner := s.group.find(best.owner())
		if best.mine || living == 0 && owner >= 0 && silent == one(owner) && s.group.fewLost(owner) {
			return 0
		}
	}
	return living | silent
}

// fewLost reports that of the holders of what a silent owner wrote last at least one has it yet. What it wrote before
// it fell silent is lost with those that have died since, even where they have been started again.
func (g *group) fewLost(owner int) bool {
	last := g.peers[owner].told
	hold := g.where(func(p *peer) bool { return p.Mode != Client }) &^ one(owner)
	lost := g.where(func(p *peer) bool { return !p.alive || p.whole.IsZero() || p.whole.After(last) })
	copies := g.replicas
	if copies == everyMember {
		copies = hold.len()
	}
	return (lost & hold).len() < copies
}

// callPatiently asks a member whether it lives or is silent.
func (s *Store) callPatiently(ctx context.Context, kind string, member int, question, reply any) bool {
	s.mu.Lock()
	silent := s.group.peers[member].silent
	s.mu.Unlock()
	if silent {
		return s.callSilent(ctx, kind, member, question, reply)
	}
	return s.call(ctx, kind, member, question, reply)
}
