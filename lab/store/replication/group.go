package replication

import (
	"iter"
	"math/bits"
	"time"
)

const (
	// Four heartbeats in a row must be missing: one that is late on a busy machine is no death.
	beatEvery = 150 * time.Millisecond // L6
	deadAfter = 600 * time.Millisecond
)

// set is a set of members by their place in the order of names, which is the same at each of them.
type set uint32

func one(i int) set          { return 1 << i }
func (s set) has(i int) bool { return s&one(i) != 0 }
func (s set) len() int       { return bits.OnesCount32(uint32(s)) }
func (s set) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for ; s != 0; s &= s - 1 {
			if !yield(bits.TrailingZeros32(uint32(s))) {
				return
			}
		}
	}
}

// peer is what is known of a member now.
type peer struct {
	Member
	life         uint64    // the beat's; another one: it was restarted, and has lost what it held
	seen         time.Time // when its last heartbeat came, or can be taken to have come
	told         time.Time // when it came
	whole        time.Time // when it was first heard of ready in this life; zero: it was not
	alive, ready bool      // alive: it is heard of (L6); ready: it has what it must hold (L9)
	// silent: it is not heard of, and its process may be there all the same, hung or slow. What it holds is not lost.
	silent bool
}

// news is what a heartbeat tells.
type news int

const (
	nothing  news = iota
	came          // it was not there before, or has restarted since and lost what it held
	readied       // it has got what it must hold
	departed      // it stops in order
)

// group knows the members of a domain, who of them lives (L6), and who holds whose sessions (L4). It has no clock:
// times are arguments, so tests play any order of events. Store.mu guards it.
type group struct {
	self     int
	peers    []peer // in the order of names
	replicas int
	fixed    bool // no other holder in place of a dead one (replica-retarget: never)
}

func newGroup(c *Config, life uint64) group {
	g := group{replicas: c.Replicas, fixed: c.Retarget == retargetNever}
	for i, m := range c.Members {
		p := peer{Member: m}
		// nobody has been heard of yet, and anybody's process may be there
		p.silent = m.Name != c.Member
		if !p.silent {
			g.self, p.alive, p.life = i, true, life
		}
		g.peers = append(g.peers, p)
	}
	return g
}

// find needs no lock, for it looks at nothing but names.
func (g *group) find(name string) int {
	for i := range g.peers {
		if g.peers[i].Name == name {
			return i
		}
	}
	return -1
}

// heard takes a heartbeat of the member at i. Its life tells a member that was only slow, and has all it held, from
// one that was restarted within the time in which nobody would have missed it.
func (g *group) heard(i int, b beat, now time.Time) news {
	p := &g.peers[i]
	was := *p
	p.life, p.seen, p.told, p.silent = b.Life, now, now, false
	p.alive, p.ready = !b.Leaving, b.Ready && !b.Leaving
	if was.life != b.Life {
		p.whole = time.Time{}
	}
	if p.ready {
		p.serves(now)
	}
	switch {
	case b.Leaving && was.alive:
		return departed
	case b.Leaving:
		return nothing
	case !was.alive || was.life != b.Life:
		return came
	case p.ready && !was.ready:
		return readied
	}
	return nothing
}

// serves notes that a member has got what it must hold.
func (p *peer) serves(now time.Time) {
	p.ready = true
	if p.whole.IsZero() {
		p.whole = now
	}
}

// lost marks a member dead. False: it was already.
func (g *group) lost(i int) bool {
	p := &g.peers[i]
	was := p.alive
	p.alive, p.ready, p.silent = false, false, false
	return was
}

// stirs: the process of a member that was dead is there. It may have been given copies before it is heard of here.
func (g *group) stirs(i int, now time.Time) {
	if p := &g.peers[i]; !p.alive && !p.silent {
		p.silent, p.seen = true, now
	}
}

// late returns those whose last heartbeat is too old, and counts them as dead, though their processes may be there.
func (g *group) late(now time.Time) (dead set) {
	for i := range g.peers {
		if i != g.self && g.peers[i].alive && now.Sub(g.peers[i].seen) >= deadAfter {
			g.lost(i)
			g.peers[i].silent = true
			dead |= one(i)
		}
	}
	return dead
}

// stood: this member did nothing for a while, so that it cannot tell silence of the others from its own. That while
// does not count against them.
func (g *group) stood(still time.Duration, now time.Time) {
	for i := range g.peers {
		p := &g.peers[i]
		if p.seen = p.seen.Add(still); p.seen.After(now) {
			p.seen = now
		}
	}
}

// pardon counts all heartbeats as just heard: it was this member that was hung.
func (g *group) pardon(now time.Time) {
	for i := range g.peers {
		g.peers[i].seen = now
	}
}

func (g *group) where(is func(*peer) bool) (s set) {
	for i := range g.peers {
		if is(&g.peers[i]) {
			s |= one(i)
		}
	}
	return s
}

func (g *group) living() set { return g.where(func(p *peer) bool { return p.alive }) }

// away are those who do not live, so far as is known.
func (g *group) away() set { return g.where(func(p *peer) bool { return !p.alive }) }

// silent are those who may come back with all they hold, and have been heard of, or known to be there, for as long.
func (g *group) silent(since time.Time) set {
	return g.where(func(p *peer) bool { return p.silent && p.seen.After(since) })
}

// ready are the living that have what they must hold.
func (g *group) ready() set { return g.where(func(p *peer) bool { return p.alive && p.ready }) }

// holders are the first n living members behind an owner, ring-wise in the order of names, that store copies (L4).
// They belong to the owner, not to a session: so a partition ID stands for one list of members (L11).
func (g *group) holders(owner int) []int { return g.ring(owner, g.living()) }

// ring is holders among those that count as living. With fixed a dead member takes its place in the ring, and nobody
// comes in for it (replica-retarget: never).
func (g *group) ring(owner int, living set) (ring []int) {
	n := len(g.peers)
	want := g.replicas
	if want == everyMember {
		want = n
	}
	for step := 1; step < n && want > 0; step++ {
		i := (owner + step) % n
		if g.peers[i].Mode == Client || !g.fixed && !living.has(i) {
			continue
		}
		want--
		if living.has(i) {
			ring = append(ring, i)
		}
	}
	return ring
}

// targets are those that a write of an owner goes to: its holders as they will be when all that join are ready, and
// as they are until then. So a copy is never only where nobody asks (L9).
func (g *group) targets(owner int) (s set) {
	for _, living := range [2]set{g.living(), g.ready()} {
		for _, i := range g.ring(owner, living) {
			s |= one(i)
		}
	}
	return s
}

func (g *group) names(members []int) []string {
	names := make([]string, len(members))
	for i, m := range members {
		names[i] = g.peers[m].Name
	}
	return names
}
