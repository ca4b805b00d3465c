package proxy

import (
	"context"
	"sync"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/routecheck"
)

const tick = 250 * time.Millisecond

// sweeper keeps time limits for all links: a look at each of them four times a second costs less than a timer for each wait.
type sweeper struct {
	start time.Time
	clock func() routecheck.Nanos // since start
	time  atomic.Int64            // of the last tick
	mu    sync.Mutex
	links []*link
	idle  func() // looks after idle streams, once a second

	waiting []*link // room for what sweep looks at
}

// newSweeper makes a sweeper; its clock starts at 0.
func newSweeper() *sweeper {
	s := &sweeper{start: time.Now()}
	s.clock = func() routecheck.Nanos { return routecheck.Nanos(time.Since(s.start)) }
	return s
}

// now returns the time of the last tick. It is cheap, and at most a tick behind.
func (s *sweeper) now() routecheck.Nanos { return routecheck.Nanos(s.time.Load()) }

func (s *sweeper) add(l *link) {
	s.mu.Lock()
	l.slot = len(s.links)
	s.links = append(s.links, l)
	s.mu.Unlock()
}

// remove takes a link off the list; the last one takes its place.
func (s *sweeper) remove(l *link) {
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

// run ticks until ctx ends.
func (s *sweeper) run(ctx context.Context) {
	t := time.NewTicker(tick)
	defer t.Stop()
	for n := 1; ; n++ {
		select {
		case <-ctx.Done():
			return
		case <-t.C:
		}
		now := s.clock()
		s.time.Store(int64(now))
		s.sweep(now, n%4 == 0)
		if n%4 == 0 && s.idle != nil {
			s.idle()
		}
	}
}

// sweep wakes the links whose time is up and, when asked to, the members' links whose client has left. Whether one has
// left is a question to the kernel, so the list is not locked for it.
func (s *sweeper) sweep(now routecheck.Nanos, clients bool) {
	for _, l := range s.wakeLate(now, clients) {
		if l.left() {
			s.giveUp(l)
		}
	}
	clear(s.waiting)
}

// wakeLate wakes the links whose time is up. With clients it returns those of clients that wait for a member.
func (s *sweeper) wakeLate(now routecheck.Nanos, clients bool) []*link {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.waiting = s.waiting[:0]
	for _, l := range s.links {
		if at := l.limit.Load(); at != 0 && int64(now) >= at {
			l.wake()
		}
		if clients && l.partner.Load() != nil {
			s.waiting = append(s.waiting, l)
		}
	}
	return s.waiting
}

// giveUp ends the wait for a member whose client has left, unless that wait, or the connection, has ended meanwhile.
func (s *sweeper) giveUp(l *link) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if m := l.partner.Load(); m != nil && l.slot >= 0 {
		l.quit.Store(true)
		m.wake() // whoever waits there now looks whether its own client has left
	}
}
