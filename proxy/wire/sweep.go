package wire

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Tick is how long the sweeper sleeps: limits are looked at once in that time.
const Tick = 100 * time.Millisecond

// Sweeper keeps time limits for all links: a look at each of them ten times a second costs less than a timer for
// each wait.
type Sweeper struct {
	// AbortOnClose: a client that has ended its side has left, whether or not it still waits for an answer. It is set
	// before the first link is.
	AbortOnClose bool

	start   time.Time
	time    atomic.Int64 // of the last tick
	mu      sync.Mutex
	links   []*Link // all that are open, in no order
	waiting []*Link // room for what sweep looks at; its goroutine's alone
}

// NewSweeper makes a sweeper; its clock starts at 0.
func NewSweeper() *Sweeper {
	return &Sweeper{start: time.Now()}
}

// Start is the time at which the clock stood at 0.
func (s *Sweeper) Start() time.Time { return s.start }

// Clock returns the time since the start, to the nanosecond.
func (s *Sweeper) Clock() match.Nanos { return match.Nanos(time.Since(s.start)) }

// WallTime is the time of day, for what people and other programs read.
func (s *Sweeper) WallTime() time.Time { return time.Now() }

// Now returns the time of the last tick. It is cheap, and at most a tick behind.
func (s *Sweeper) Now() match.Nanos { return match.Nanos(s.time.Load()) }

// Later calls a function when d is over, unless it is stopped.
func (s *Sweeper) Later(d match.Nanos, f func()) (stop func() bool) {
	return time.AfterFunc(time.Duration(d), f).Stop
}

// Rest returns when d is over, or ctx ends.
func (s *Sweeper) Rest(ctx context.Context, d match.Nanos) {
	select {
	case <-time.After(time.Duration(d)):
	case <-ctx.Done():
	}
}

// add and remove cost the same however many links there are: each knows its place.
func (s *Sweeper) add(l *Link) {
	s.mu.Lock()
	l.slot = len(s.links)
	s.links = append(s.links, l)
	s.mu.Unlock()
}

// remove takes a link off the list; the last one takes its place. It may be called twice.
func (s *Sweeper) remove(l *Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l.slot < 0 {
		return
	}
	last := s.links[len(s.links)-1]
	s.links[l.slot], last.slot = last, l.slot
	s.links[len(s.links)-1] = nil
	s.links = s.links[:len(s.links)-1]
	l.slot = -1
}

// Run ticks until ctx ends, and calls a function once a second. A tick that comes late, on a busy machine, is not made
// up for: the clock is read at each.
func (s *Sweeper) Run(ctx context.Context, everySecond func()) {
	t := time.NewTicker(Tick)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := s.Clock()
		s.time.Store(int64(now))
		second := n%int(time.Second/Tick) == 0
		s.sweep(now, second)
		if second {
			everySecond()
		}
	}
}

// sweep wakes the links whose time is up and, when asked to, the members' links whose client has left: one that has
// closed its sending side alone has not, but with AbortOnClose. Whether one has left is a question to the kernel, so
// the list is not locked for it.
func (s *Sweeper) sweep(now match.Nanos, clients bool) {
	for _, l := range s.wakeLate(now, clients) {
		if l.left() {
			s.giveUp(l)
		}
	}
	clear(s.waiting)
}

// wakeLate wakes the links whose time is up. With clients it returns those of clients that wait for a member.
func (s *Sweeper) wakeLate(now match.Nanos, clients bool) []*Link {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = s.waiting[:0]
	for _, l := range s.links {
		if at := l.limit.Load(); at != 0 && int64(now) >= at {
			l.Wake()
		}
		if clients && l.peer.Load() != nil {
			s.waiting = append(s.waiting, l)
		}
	}
	return s.waiting
}

// giveUp ends the wait for a member whose client has left, unless that wait, or the connection, has ended meanwhile:
// the link was looked at without the lock. m.Wake on a connection that is closed by now does nothing.
func (s *Sweeper) giveUp(l *Link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := l.peer.Load(); m != nil && l.slot >= 0 {
		l.quit.Store(true)
		m.Wake() // whoever waits there now looks whether its own client has left
	}
}
