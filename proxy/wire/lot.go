package wire

import (
	"net"
	"sync"

	"github.com/wasplug/wasplug/routecheck/match"
)

// ParkAfter is how long a client waits for its next request in a goroutine of its own. Parking and taking up again
// cost about as much as a request does, so clients that ask again at once never pay for it.
const ParkAfter = match.Nanos(Tick) / 2 // the second tick from now finds it over

// Lot is where idle connections of clients wait: one poller watches them all, and none of them has a goroutine,
// buffers, or anything else that serves a request. A parked client costs what the kernel, package net and, over TLS,
// crypto/tls hold for its connection, and a spot with what its server keeps of it.
type Lot[Kept any] struct {
	// resume takes a connection up again. It is called with the lock held, so that whoever empties the lot knows it
	// empty.
	resume func(net.Conn, Kept)

	mu      sync.Mutex
	poll    *poller // nil: this system has none, or the lot is closed
	watched sync.WaitGroup
	started bool
	closed  bool
	spots   []spot[Kept] // by the number that the poller knows it by; those without a connection are free
	free    []int
}

type spot[Kept any] struct {
	conn  net.Conn
	until match.Nanos // the end of its IdleTimeout
	kept  Kept
}

// NewLot makes an empty lot.
func NewLot[Kept any](resume func(net.Conn, Kept)) *Lot[Kept] {
	return &Lot[Kept]{resume: resume, poll: newPoller()}
}

// CanPark reports whether the connection of a link can be watched where nobody waits for it.
func (l *Lot[Kept]) CanPark(link *Link) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.poll != nil && link.peeker != nil
}

// Put parks a connection. It is taken up again when there is something to read, or its time is over; at once, where it
// cannot be parked.
func (l *Lot[Kept]) Put(conn net.Conn, until match.Nanos, kept Kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed || l.poll == nil {
		l.resume(conn, kept)
		return
	}
	if poll := l.poll; !l.started {
		l.started = true
		l.watched.Go(func() { l.watch(poll) })
	}
	n, s := len(l.spots), spot[Kept]{conn, until, kept}
	if last := len(l.free) - 1; last >= 0 {
		n, l.free = l.free[last], l.free[:last]
		l.spots[n] = s
	} else {
		l.spots = append(l.spots, s)
	}
	if !l.poll.add(socketBelow(conn), n) {
		l.take(n)
	}
}

// take takes a connection up again. One that has gone already is no fault: the poller may tell of it too late.
func (l *Lot[Kept]) take(n int) {
	s := l.spots[n]
	if s.conn == nil {
		return
	}
	l.poll.remove(socketBelow(s.conn))
	l.spots[n] = spot[Kept]{}
	l.free = append(l.free, n)
	l.resume(s.conn, s.kept)
}

// watch waits for parked clients until the poller is closed.
func (l *Lot[Kept]) watch(poll *poller) {
	for {
		ready, err := poll.wait()
		if err != nil {
			return
		}
		l.mu.Lock()
		for _, n := range ready {
			l.take(n)
		}
		l.mu.Unlock()
	}
}

// Expire takes up those whose time is over: they find out by themselves.
func (l *Lot[Kept]) Expire(now match.Nanos) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := range l.spots {
		if now >= l.spots[n].until {
			l.take(n)
		}
	}
}

// Empty takes all of them up, and parks nobody from now on.
func (l *Lot[Kept]) Empty() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for n := range l.spots {
		l.take(n)
	}
}

// Close ends the watch. The lot is empty by then, and parks nobody.
func (l *Lot[Kept]) Close() {
	l.mu.Lock()
	poll := l.poll
	l.poll = nil
	l.mu.Unlock()
	if poll != nil {
		poll.close()
	}
	l.watched.Wait()
}
