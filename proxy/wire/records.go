package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"sync/atomic"
)

// secureConn is a TLS connection that can tell whether the other side has been silent. crypto/tls keeps what it has
// read to itself, so its records come through a reader that never hands on more than the one that is asked for:
// whatever else has come stands there to be seen.
type secureConn struct {
	*tls.Conn
	records *records
	drained bool // crypto/tls holds no content that nobody has taken; written by whoever reads
}

// Read reads content. When it is less than was asked for, it is all that crypto/tls had. When it is as much, nobody
// knows: drained is false then, which costs a look that finds nothing, and never a wrong answer.
func (s *secureConn) Read(p []byte) (int, error) {
	n, err := s.Conn.Read(p)
	s.drained = n < len(p)
	return n, err
}

// await waits until something has come, and reports whether that is a whole record: reading it does not wait. Where it
// is not, a buffer for content would be held while the rest is waited for.
func (s *secureConn) await() (whole bool, err error) {
	r := s.records
	if s.drained && r.held == nil {
		err = r.fill()
	}
	return err == nil && r.held != nil && r.n-r.at >= r.most(r.held.B[r.at:r.n]), err
}

// Close says goodbye where the other side still listens, for at most five seconds.
func (s *secureConn) Close() error {
	s.records.ending.Store(true)
	return s.Conn.Close()
}

// CloseWrite says goodbye; what the other side still sends can be read.
func (s *secureConn) CloseWrite() error {
	s.records.ending.Store(true)
	return s.Conn.CloseWrite()
}

// quiet reports whether nothing that has come is left in memory. It makes no system call.
func (s *secureConn) quiet() bool {
	return s.records.looker != nil && (s.drained && s.records.between() || s.nothingUpTo(inMemory))
}

// silent reports whether nothing has come but what belongs to TLS itself: session tickets and new keys are taken in.
// Half a record may become anything, so it is no silence.
func (s *secureConn) silent() bool {
	if s.records.looker == nil {
		return false
	}
	if s.drained && s.records.between() && s.records.looker.peek() == nothingYet {
		return true
	}
	return s.nothingUpTo(inSocket)
}

// nothingUpTo reads without waiting, and reports whether there was nothing to read. What it does read is lost: a link
// that is neither quiet nor silent is closed, or its last read has shown that no content is there.
func (s *secureConn) nothingUpTo(reach reach) bool {
	s.records.reach = reach
	var one [1]byte
	n, err := s.Conn.Read(one[:])
	s.records.reach = everything
	s.drained = n == 0
	return errors.Is(err, errNotYet) && s.records.between()
}

// reach is how far a read goes for records. It lets crypto/tls take in what belongs to TLS itself, which only its own
// Read does, without waiting for content.
type reach uint8

const (
	everything reach = iota // it waits until some come
	inSocket                // it takes what has come
	inMemory                // it takes what was read before
)

// errNotYet ends a read that goes no further. It is a temporary net.Error, for after any other crypto/tls reads no
// more.
var errNotYet error = notYet{}

type notYet struct{}

func (notYet) Error() string   { return "nothing has come yet" }
func (notYet) Timeout() bool   { return true }
func (notYet) Temporary() bool { return true }

// recordHeader is the size of what stands before each TLS record; its last two bytes are the length (RFC 8446, 5.1).
const recordHeader = 5

// records is the connection below TLS. It divides what comes at the ends of records, and holds memory only while it
// holds bytes.
//
// Two things are counted: which bytes of what was read stand in held, and where in the record they belong (header,
// got, left). A record may be longer than held, and held may have several.
type records struct {
	net.Conn
	owner  *Link   // says why a wait was interrupted; nil during a member's handshake and while parked
	fast   *socket // nil: Conn is used
	looker looker  // nil: nobody can tell what stands in the socket
	pool   *Buffers
	reach  reach
	ending atomic.Bool // crypto/tls limits the writes that remain by itself

	held   *Buffer
	at, n  int // held.B[at:n] has not been handed on; held is nil where all has
	header [recordHeader]byte
	got    int // bytes of the header at hand that have been handed on
	left   int // bytes of the record behind it that have not
}

// Server puts TLS on the connection of a client. The handshake is done by the first read, or by who asks for it.
func Server(conn net.Conn, cfg *tls.Config, pool *Buffers) net.Conn {
	r := newRecords(conn, pool)
	return &secureConn{Conn: tls.Server(r, cfg), records: r, drained: true}
}

// startTLS puts TLS on the connection to a member, and does the handshake. It closes the connection when that fails.
func startTLS(ctx context.Context, conn net.Conn, cfg *tls.Config, pool *Buffers) (net.Conn, error) {
	r := newRecords(conn, pool)
	c := &secureConn{Conn: tls.Client(r, cfg), records: r, drained: true}
	if err := c.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return c, nil
}

func newRecords(conn net.Conn, pool *Buffers) *records {
	r := &records{Conn: conn, fast: socketBelow(conn), pool: pool}
	r.attach(nil)
	return r
}

// attach gives the connection to whoever is to wait for it.
func (r *records) attach(owner *Link) {
	r.owner = owner
	if r.looker == nil {
		r.looker = lookerAt(r.Conn)
	}
}

// detach is for a time in which nobody reads or writes: it keeps what the connection needs, and no more.
func (r *records) detach() { r.owner, r.looker = nil, nil }

// between reports whether every record of which anything has been read was handed on whole.
func (r *records) between() bool { return r.held == nil && r.got == 0 && r.left == 0 }

// Read hands on what belongs to one record.
func (r *records) Read(p []byte) (int, error) {
	if r.held == nil {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	part := r.held.B[r.at:r.n]
	n := copy(p, part[:min(len(part), r.most(part))])
	r.follow(part[:n])
	if r.at += n; r.at == r.n {
		r.pool.Put(r.held)
		r.held = nil
	}
	return n, nil
}

// most is how many bytes there are to the end of the record, or of its header where that has not come whole: then it
// is too many, and part ends before. The header is a copy: follow alone notes what has been handed on.
func (r *records) most(part []byte) int {
	if r.left > 0 {
		return r.left
	}
	header := r.header
	if r.got+copy(header[r.got:], part) < recordHeader {
		return recordHeader
	}
	return recordHeader - r.got + length(header)
}

func length(header [recordHeader]byte) int { return int(header[3])<<8 | int(header[4]) }

// follow notes what has been handed on, which never reaches beyond one record.
func (r *records) follow(p []byte) {
	if r.left == 0 {
		n := copy(r.header[r.got:], p)
		if r.got += n; r.got < recordHeader {
			return
		}
		p, r.got, r.left = p[n:], 0, length(r.header)
	}
	r.left -= len(p)
}

// fill reads from the socket, as far as the reach of the read goes.
func (r *records) fill() (err error) {
	if r.reach == inMemory || r.reach == inSocket && r.looker.peek() == nothingYet {
		return errNotYet
	}
	for {
		if r.fast != nil {
			r.held, r.n, err = r.fast.wait(r.pool)
		} else {
			r.held, r.n, err = readInto(r.Conn, r.pool)
		}
		if r.at, err = 0, r.reason(err); err != errSpurious {
			return err
		}
	}
}

// readInto reads into a buffer of the pool.
func readInto(conn net.Conn, pool *Buffers) (*Buffer, int, error) {
	b := pool.Get()
	n, err := conn.Read(b.B)
	if n > 0 {
		return b, n, nil
	}
	pool.Put(b)
	return nil, 0, something(n, err)
}

// Write writes all of p. A wake for nothing does not reach crypto/tls, which would never write again. With ending it
// is a goodbye, whose limit is a deadline that crypto/tls has set: its end is not asked for a reason, and not
// repeated.
func (r *records) Write(p []byte) (sent int, err error) {
	for sent < len(p) {
		var n int
		n, err = r.Conn.Write(p[sent:])
		if sent += n; r.ending.Load() {
			return sent, err
		}
		if err = r.reason(err); err != nil && err != errSpurious {
			return sent, err
		}
	}
	return sent, nil
}

// reason asks the link that waits; without one the caller, crypto/tls, gets the error as it is.
func (r *records) reason(err error) error {
	if r.owner == nil {
		return err
	}
	return r.owner.reason(err)
}
