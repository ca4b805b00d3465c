package wire

import (
	"crypto/tls"
	"errors"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Why a wait ended without what was waited for.
var (
	ErrAborted  = errors.New("given up")
	ErrStale    = errors.New("closed while idle")
	errSpurious = errors.New("woken for nothing")
)

// ErrTimeout is the end of a time limit. It is a temporary net.Error, for after any other crypto/tls reads no more.
var ErrTimeout error = timedOut{}

type timedOut struct{}

func (timedOut) Error() string   { return "timed out" }
func (timedOut) Timeout() bool   { return true }
func (timedOut) Temporary() bool { return true }

// Link is one end of a connection, to a client or to a member: a socket, or anything else that is a net.Conn. One
// goroutine reads and one writes at a time; any may call Abort, Wake, Within and Until. The limit is one for reading
// and writing: where both go on at once, as while a body is pumped, one of them has it to set.
type Link struct {
	conn   net.Conn
	fast   *socket     // nil: conn is used
	secure *secureConn // conn, where that is TLS
	looker looker      // at the socket below, nil: nobody can tell what stands there

	sweeper *Sweeper
	slot    int                  // place in the sweeper's list, -1 in none; guarded by the sweeper's lock
	limit   atomic.Int64         // the time at which waiting ends, 0 never
	quit    atomic.Bool          // whoever waits here gives up
	peer    atomic.Pointer[Link] // of a client's link: the member's link that its request waits on
	owner   *Link                // of a member's link: the client's link that it works for, nil while it is idle
	one     [1]byte              // what waitSlowly reads into: a local one would be garbage
}

// Init puts a link on a connection. From then on the sweeper looks at it, until Leave or Close.
func (l *Link) Init(conn net.Conn, s *Sweeper) {
	l.conn, l.sweeper = conn, s
	if t, ok := conn.(*secureConn); ok {
		t.records.attach(l)
		l.secure, l.looker = t, t.records.looker
	} else {
		l.fast, l.looker = socketBelow(conn), lookerAt(conn)
	}
	s.add(l)
}

// socketBelow is the socket of a connection, below TLS where there is TLS; nil where package net has it, or nobody.
func socketBelow(conn net.Conn) *socket {
	if t, ok := conn.(*secureConn); ok {
		conn = t.records.Conn
	}
	s, _ := conn.(*socket)
	return s
}

// Leave lets go of the connection, which stays open: it is to be parked.
func (l *Link) Leave() {
	l.sweeper.remove(l)
	if l.secure != nil {
		l.secure.records.detach()
	}
}

// Close ends the connection.
func (l *Link) Close() {
	l.sweeper.remove(l)
	l.conn.Close()
}

// Within limits waiting to d from now; 0 lifts the limit. It counts from the last tick, which may be a tick ago: hence
// the tick more.
func (l *Link) Within(d match.Nanos) {
	if d != 0 {
		d += l.sweeper.Now() + match.Nanos(Tick) // never too early
	}
	l.limit.Store(int64(d))
}

// Until sets the time at which waiting ends, 0 for none.
func (l *Link) Until(at match.Nanos) { l.limit.Store(int64(at)) }

// Abort lets whoever waits here return with ErrAborted, now and later. Any goroutine may call it.
func (l *Link) Abort() {
	l.quit.Store(true)
	l.Wake()
	if m := l.peer.Load(); m != nil {
		m.Wake() // whoever waits there now looks whether its owner gives up
	}
}

// WaitFor says that the request of a client's link waits on a member's link: who aborts the one aborts the other. The
// owner is written before peer, which other goroutines read.
func (l *Link) WaitFor(member *Link) {
	member.owner = l
	l.peer.Store(member)
}

// Peer is the member's link that the request of a client's link waits on, nil when it waits on none.
func (l *Link) Peer() *Link { return l.peer.Load() }

// WaitForNone says that it waits on none any more.
func (l *Link) WaitForNone() { l.peer.Store(nil) }

// Rest is for a member's link that nobody uses for the time being: its stream goes into the queue, and how long it may
// stay there is the queue's to say (R65).
func (l *Link) Rest() {
	l.owner = nil
	l.limit.Store(0)
}

// Ends are the two ends of a TCP connection, ours (as the listener has it) and the other one; of anything else it
// knows none.
func (l *Link) Ends() (local, remote netip.AddrPort) {
	if s := socketBelow(l.conn); s != nil {
		return s.local, s.remote
	}
	return addrPort(l.conn.LocalAddr()), addrPort(l.conn.RemoteAddr())
}

func addrPort(a net.Addr) netip.AddrPort {
	if tcp, ok := a.(*net.TCPAddr); ok {
		return tcp.AddrPort()
	}
	return netip.AddrPort{}
}

// Conn is the connection below.
func (l *Link) Conn() net.Conn { return l.conn }

// TLS is the connection below where it is TLS, nil otherwise.
func (l *Link) TLS() *tls.Conn {
	if l.secure == nil {
		return nil
	}
	return l.secure.Conn
}

// Wake ends the wait at hand; the waiting goroutine finds out whether there is a reason. A deadline long past does
// that to any net.Conn, and it stays: a wait that begins only then ends as well.
func (l *Link) Wake() { l.conn.SetDeadline(time.Unix(1, 0)) }

// reason turns the error of an interrupted wait into its cause. The deadline is lifted before anything is looked at:
// who wakes behind that interrupts anew, and who woke before has left its cause. An abort is for good, so its deadline
// is set again.
func (l *Link) reason(err error) error {
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	l.conn.SetDeadline(time.Time{})
	if l.quit.Load() || l.owner != nil && l.owner.quit.Load() {
		l.Wake()
		return ErrAborted
	}
	if at := l.limit.Load(); at != 0 && int64(l.sweeper.Now()) >= at {
		return ErrTimeout
	}
	return errSpurious
}

// Read reads what there is, at least one byte. A clean end is io.EOF.
func (l *Link) Read(p []byte) (int, error) {
	for {
		n, err := l.readOnce(p)
		if err = l.reason(err); err != errSpurious {
			return n, err
		}
	}
}

// readOnce may return for nothing. A socket of ours gives bytes or an error; a net.Conn of others may give both, or
// neither.
func (l *Link) readOnce(p []byte) (int, error) {
	if l.fast != nil {
		return l.fast.Read(p)
	}
	n, err := l.conn.Read(p)
	return n, something(n, err)
}

// something lets a read that gave bytes succeed, and one that gave neither bytes nor an error be tried again.
func something(n int, err error) error {
	switch {
	case n > 0:
		return nil
	case err == nil:
		return errSpurious
	}
	return err
}

// Write writes all of p and says how much of it has gone out: that decides what may be repeated.
func (l *Link) Write(p []byte) (sent int, err error) {
	for sent < len(p) {
		n, err := l.writeOnce(p[sent:])
		sent += n
		if err = l.reason(err); err != nil && err != errSpurious {
			return sent, err
		}
	}
	return sent, nil
}

// writeOnce may write a part: where the socket is full, and somebody wakes the wait.
func (l *Link) writeOnce(p []byte) (int, error) {
	if l.fast != nil {
		return l.fast.Write(p)
	}
	return l.conn.Write(p)
}

// Wait waits for bytes and holds a buffer of the pool only when they have come: n of them are in b.
func (l *Link) Wait(pool *Buffers) (b *Buffer, n int, err error) {
	for {
		if l.fast != nil {
			b, n, err = l.fast.wait(pool)
		} else {
			b, n, err = l.waitSlowly(pool)
		}
		if err = l.reason(err); err != errSpurious {
			return b, n, err
		}
	}
}

// waitSlowly reads one byte; the next read gets the others without waiting. Over TLS it reads all at once where a
// record has come whole.
func (l *Link) waitSlowly(pool *Buffers) (*Buffer, int, error) {
	if l.secure != nil {
		whole, err := l.secure.await()
		if err != nil {
			return nil, 0, err
		}
		if whole {
			return readInto(l.secure, pool)
		}
	}
	n, err := l.conn.Read(l.one[:])
	if n == 0 {
		return nil, 0, something(n, err)
	}
	b := pool.Get()
	b.B[0] = l.one[0]
	return b, 1, nil
}

// RoundTrip writes a request and waits for the first bytes of what comes back. With check, a stream that has been
// closed, or has sent what nobody asked for, while it was idle gives ErrStale before anything is sent.
func (l *Link) RoundTrip(p []byte, check bool, pool *Buffers) (sent int, b *Buffer, n int, err error) {
	if l.fast != nil {
		sent, b, n, err = l.fast.roundTrip(p, check, pool)
		if err = l.reason(err); err != errSpurious && (err != nil || n > 0) {
			return sent, b, n, err
		}
		// woken for nothing, or there was no room for all of it: what is left goes the slow way
	} else if check && l.Readable() {
		return 0, nil, 0, ErrStale
	}
	more, err := l.Write(p[sent:])
	if sent += more; err != nil {
		return sent, nil, 0, err
	}
	b, n, err = l.Wait(pool)
	return sent, b, n, err
}

// Quiet reports whether everything that was read from a link has been taken, so that a look at its socket will tell
// whether it may be used again. It is false where nobody can tell.
func (l *Link) Quiet() bool {
	if l.secure != nil {
		return l.secure.quiet()
	}
	return l.looker != nil
}

// Readable reports whether an idle link has been closed or has bytes to read, or nobody can tell. It never waits.
func (l *Link) Readable() bool {
	if l.secure != nil {
		return !l.secure.silent()
	}
	return l.looker == nil || l.looker.peek() != nothingYet
}

// left reports whether nobody is there any more to whom an answer could be sent. It never waits.
func (l *Link) left() bool { return l.looker != nil && l.looker.left(l.sweeper.AbortOnClose) }

// closeWrite tells the other side that nothing more comes.
func (l *Link) closeWrite() {
	if c, ok := l.conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
}

// Linger reads what the other side still sends, for a while: closing at once would destroy the answer on its way.
func (l *Link) Linger(pool *Buffers) {
	l.closeWrite()
	l.Within(LingerTime)
	b := pool.Get()
	defer pool.Put(b)
	for total := 0; total < lingerBytes; {
		n, err := l.Read(b.B)
		if err != nil {
			return
		}
		total += n
	}
}

// For how long, and how many bytes, somebody is read from who has got an answer before the end of its request: by then
// a client that reads has it, and whoever sends on regardless is cut off.
const (
	LingerTime  = 2 * match.Nanos(time.Second)
	lingerBytes = 1 << 20
)
