package wire

import (
	"net"
	"sync"

	"github.com/wasplug/wasplug/routecheck/match"
)

// ParkAfter is how long a client waits for its next request in a goroutine of its own. Parking and taking up again
// cost about as much as a request does, so clients that ask again at once never pay for it.
const ParkAfter = match.Nanos(Tick) / 2 // the second tick from now finds it over

// Lot is where idle connections of clients wait: the waker watches them all, and none of them has a goroutine,
// buffers, or anything else that serves a request. A parked client costs what the kernel, its socket and, over TLS,
// crypto/tls hold for its connection, and a spot with what its server keeps of it.
type Lot[Kept any] struct {
	// resume takes a connection up again. It is called with the lock held, so that whoever empties the lot knows it
	// empty.
	resume func(net.Conn, Kept)

	mu     sync.Mutex
	closed bool
	// spots are by descriptor, by which the waker tells of sockets. The system gives the lowest one that is free, so
	// few spots are for nobody, and parking needs no memory but the spot.
	spots []spot[Kept]
}

type spot[Kept any] struct {
	conn  net.Conn    // nil: the spot is free
	until match.Nanos // the end of its IdleTimeout
	kept  Kept
}

// NewLot makes an empty lot, for connections that the waker has adopted.
func NewLot[Kept any](w *Waker, resume func(net.Conn, Kept)) *Lot[Kept] {
	l := &Lot[Kept]{resume: resume}
	w.unpark = l.unpark
	return l
}

// CanPark reports whether the connection of a link can be watched where nobody waits for it.
func (l *Lot[Kept]) CanPark(link *Link) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return !l.closed && socketBelow(link.conn) != nil
}

// Put parks a connection. It is taken up again when there is something to read, or its time is over; at once, where
// nobody is parked any more.
func (l *Lot[Kept]) Put(conn net.Conn, until match.Nanos, kept Kept) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		l.resume(conn, kept)
		return
	}
	s := socketBelow(conn)
	for s.fd >= len(l.spots) {
		l.spots = append(l.spots, spot[Kept]{})
	}
	l.spots[s.fd] = spot[Kept]{conn, until, kept}
	s.rest()
	s.parked.Store(true)        // from now on the waker tells the lot, as soon as it gets the lock
	if s.peek() != nothingYet { // what came before that was told to a gate where nobody waits
		l.take(s.fd)
	}
}

// take takes a connection up again. One that has gone already is no error: the waker may tell of it too late.
func (l *Lot[Kept]) take(fd int) {
	s := l.spots[fd]
	if s.conn == nil {
		return
	}
	socketBelow(s.conn).parked.Store(false)
	l.spots[fd] = spot[Kept]{}
	l.resume(s.conn, s.kept)
}

// unpark is what the waker calls.
func (l *Lot[Kept]) unpark(fd int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.take(fd)
}

// Expire takes up those whose time is over: they find out by themselves. Free spots come by as well, for take to skip.
func (l *Lot[Kept]) Expire(now match.Nanos) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for fd := range l.spots {
		if now >= l.spots[fd].until {
			l.take(fd)
		}
	}
}

// Empty takes all of them up, and parks nobody from now on.
func (l *Lot[Kept]) Empty() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for fd := range l.spots {
		l.take(fd)
	}
}
