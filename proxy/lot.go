package proxy

import (
	"net"
	"sync"

	"github.com/wasplug/wasplug/routecheck"
)

// parkAfter is how long a client waits for its next request in a goroutine of its own. Parking and taking up again cost about as much as a
// request does, so clients that ask again at once never pay for it.
const parkAfter = routecheck.Nanos(tick) / 2 // the second tick from now finds it over

// lot is where idle connections of clients wait: one poller watches them all, and none of them has a goroutine, buffers, or anything else that
// serves a request. A parked client costs what the kernel, package net and, over TLS, crypto/tls hold for its connection, and a spot.
type lot struct {
	resume func(spot) // takes a connection up again; called with the lock held, so that whoever empties the lot knows it empty
	poll   *poller    // nil: this system has none

	mu      sync.Mutex
	watched sync.WaitGroup
	started bool
	closed  bool
	spots   []spot // by the number that the poller knows it by; those without a connection are free
	free    []int
}

// spot is all that is kept of a parked client.
type spot struct {
	conn   net.Conn
	from   *Listener
	thread uint64           // see client
	until  routecheck.Nanos // the end of its IdleTimeout
}

// socket is the connection below TLS.
func (s *spot) socket() net.Conn {
	if t, ok := s.conn.(*secureConn); ok {
		return t.records.Conn
	}
	return s.conn
}

// put parks a connection. It is taken up again when there is something to read, or its time is over; at once, where it cannot be parked.
func (l *lot) put(s spot) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		l.resume(s)
		return
	}
	if !l.started {
		l.started = true
		l.watched.Go(l.watch)
	}
	n := len(l.spots)
	if last := len(l.free) - 1; last >= 0 {
		n, l.free = l.free[last], l.free[:last]
		l.spots[n] = s
	} else {
		l.spots = append(l.spots, s)
	}
	if !l.poll.add(s.socket(), n) {
		l.take(n)
	}
}

// take takes a connection up again. One that has gone already is no fault: the poller may tell of it too late.
func (l *lot) take(n int) {
	s := l.spots[n]
	if s.conn == nil {
		return
	}
	l.poll.remove(s.socket())
	l.spots[n] = spot{}
	l.free = append(l.free, n)
	l.resume(s)
}

// watch waits for parked clients until the poller is closed.
func (l *lot) watch() {
	for {
		ready, err := l.poll.wait()
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

// expire takes up those whose time is over: they find out by themselves.
func (l *lot) expire(now routecheck.Nanos) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for n := range l.spots {
		if now >= l.spots[n].until {
			l.take(n)
		}
	}
}

// empty takes all of them up, and parks nobody from now on.
func (l *lot) empty() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for n := range l.spots {
		l.take(n)
	}
}

// close ends the watch. The lot is empty by then.
func (l *lot) close() {
	if l.poll != nil {
		l.poll.close()
	}
	l.watched.Wait()
}
