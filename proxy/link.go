package proxy

import (
	"errors"
	"net"
	"os"
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/routecheck"
)

var (
	errAborted  = errors.New("given up")
	errStale    = errors.New("closed while idle")
	errSpurious = errors.New("woken for nothing")
)

// errTimeout is the end of a time limit. It is a temporary net.Error, for after any other crypto/tls reads no more.
var errTimeout error = timedOut{}

type timedOut struct{}

func (timedOut) Error() string   { return "timed out" }
func (timedOut) Timeout() bool   { return true }
func (timedOut) Temporary() bool { return true }

// link is one end of a connection, to a client or to a member. On a plain socket it reads and writes through RawConn and without telling
// the scheduler, for the socket never blocks: that saves a good part of what a system call costs. Anything else goes through net.Conn.
// One goroutine reads and one writes at a time.
type link struct {
	conn   net.Conn
	fast   *fastPath   // nil: conn is used
	secure *secureConn // conn, where that is TLS
	peeker *peeker     // of the socket below, nil: nobody can tell what stands there

	sweeper *sweeper
	slot    int                  // place in the sweeper's list
	limit   atomic.Int64         // the time at which waiting ends, 0 never
	quit    atomic.Bool          // whoever waits here gives up
	partner atomic.Pointer[link] // of a client's link: the member's link that its request waits on
	boss    *link                // of a member's link: the client's link that it works for
	one     [1]byte
}

// init puts a link on a connection.
func (l *link) init(conn net.Conn, s *sweeper) {
	l.conn, l.sweeper = conn, s
	if t, ok := conn.(*secureConn); ok {
		t.records.attach(l)
		l.secure, l.peeker = t, t.records.peeker
	} else {
		l.fast, l.peeker = newFastPath(conn), newPeeker(conn)
	}
	s.add(l)
}

// leave lets go of the connection, which stays open.
func (l *link) leave() {
	l.sweeper.remove(l)
	if l.secure != nil {
		l.secure.records.detach()
	}
}

func (l *link) close() {
	l.sweeper.remove(l)
	l.conn.Close()
}

// within limits waiting to d from now; 0 lifts the limit.
func (l *link) within(d routecheck.Nanos) {
	if d != 0 {
		d += l.sweeper.now() + routecheck.Nanos(tick) // never too early
	}
	l.limit.Store(int64(d))
}

// abort lets whoever waits here return with errAborted, now and later. Any goroutine may call it.
func (l *link) abort() {
	l.quit.Store(true)
	l.wake()
}

// wake ends the wait at hand; the waiting goroutine finds out whether there is a reason.
func (l *link) wake() { l.conn.SetDeadline(time.Unix(1, 0)) }

// reason turns the error of an interrupted wait into its cause.
func (l *link) reason(err error) error {
	if err == nil || !errors.Is(err, os.ErrDeadlineExceeded) {
		return err
	}
	if l.quit.Load() || l.boss != nil && l.boss.quit.Load() {
		return errAborted
	}
	l.conn.SetDeadline(time.Time{})
	if at := l.limit.Load(); at != 0 && int64(l.sweeper.now()) >= at {
		return errTimeout
	}
	return errSpurious
}

// read reads what there is, at least one byte. A clean end is io.EOF.
func (l *link) read(p []byte) (int, error) {
	for {
		n, err := l.readOnce(p)
		if err = l.reason(err); err != errSpurious {
			return n, err
		}
	}
}

func (l *link) readOnce(p []byte) (int, error) {
	if l.fast != nil {
		return l.fast.read(p)
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

// write writes all of p and says how much of it has gone out.
func (l *link) write(p []byte) (sent int, err error) {
	for sent < len(p) {
		n, err := l.writeOnce(p[sent:])
		sent += n
		if err = l.reason(err); err != nil && err != errSpurious {
			return sent, err
		}
	}
	return sent, nil
}

func (l *link) writeOnce(p []byte) (int, error) {
	if l.fast != nil {
		return l.fast.write(p)
	}
	return l.conn.Write(p)
}

// wait waits for bytes and holds a buffer of the pool only when they have come: n of them are in b.
func (l *link) wait(pool *buffers) (b *buffer, n int, err error) {
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

// waitSlowly reads one byte; the next read gets the others without waiting.
func (l *link) waitSlowly(pool *buffers) (*buffer, int, error) {
	n, err := l.conn.Read(l.one[:])
	if n == 0 {
		return nil, 0, something(n, err)
	}
	b := pool.get()
	b.b[0] = l.one[0]
	return b, 1, nil
}

// turn writes a request and waits for the first bytes of what comes back. With check, a stream that has been closed, or has sent what
// nobody asked for, while it was idle gives errStale before anything is sent.
func (l *link) turn(p []byte, check bool, pool *buffers) (sent int, b *buffer, n int, err error) {
	if l.fast != nil {
		sent, b, n, err = l.fast.turn(p, check, pool)
		if err = l.reason(err); err != errSpurious && (err != nil || n > 0) {
			return sent, b, n, err
		}
	} else if check && l.stirred() {
		return 0, nil, 0, errStale
	}
	more, err := l.write(p[sent:])
	if sent += more; err != nil {
		return sent, nil, 0, err
	}
	b, n, err = l.wait(pool)
	return sent, b, n, err
}

// quiet reports whether everything that was read from a link has been taken, so that a look at its socket will tell whether it may be used
// again. It is false where nobody can tell.
func (l *link) quiet() bool {
	if l.secure != nil {
		return l.secure.quiet()
	}
	return l.peeker != nil
}

// stirred reports whether an idle link has been closed or has bytes to read, or nobody can tell. It never waits.
func (l *link) stirred() bool {
	if l.secure != nil {
		return !l.secure.silent()
	}
	return l.peeker.peek() != nothingYet
}

// left reports whether the other side has closed. It never waits, and cannot always tell: bytes may stand before the end.
func (l *link) left() bool { return l.peeker.peek() == hasClosed }

// closeWrite tells the other side that nothing more comes.
func (l *link) closeWrite() {
	if c, ok := l.conn.(interface{ CloseWrite() error }); ok {
		c.CloseWrite()
	}
}

// linger reads what the other side still sends, for a while: closing at once would destroy the answer on its way.
func (l *link) linger(pool *buffers) {
	l.closeWrite()
	l.within(lingerTime)
	b := pool.get()
	defer pool.put(b)
	for total := 0; total < lingerBytes; {
		n, err := l.read(b.b)
		if err != nil {
			return
		}
		total += n
	}
}

const (
	lingerTime  = 2 * routecheck.Nanos(time.Second)
	lingerBytes = 1 << 20
)
