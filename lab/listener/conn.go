package listener

import (
	"bufio"
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
)

// headLimit is how long a head may be.
const headLimit = 128 << 10

var errHeadTooLong = errors.New("the head is too long")

// conn is one connection of a client. One goroutine serves it; others use raw and the two flags, too.
type conn struct {
	listener *Listener
	raw      net.Conn // the socket, below TLS: what resets and cuts goes past it
	net.Conn
	number uint64 // of the listener, from 1 on
	tap    *tap
	in     *bufio.Reader
	// busy: a request is being read or answered. It is set before ending is read, and ending before busy is: so
	// closeIdle never cuts a request that goes on.
	busy, ending atomic.Bool // ending: no further request
}

func newConn(l *Listener, raw net.Conn, number uint64) *conn {
	return &conn{listener: l, raw: raw, Conn: raw, number: number}
}

// handshake is the first byte of a client that begins with TLS.
const handshake = 22

// begun is a connection of which some bytes have been read ahead: the first tells TLS from plain HTTP on one port.
type begun struct {
	net.Conn
	from *bufio.Reader
}

func (b *begun) Read(p []byte) (int, error) { return b.from.Read(p) }

// open looks whether the client speaks TLS, where the listener can.
func (c *conn) open() error {
	if c.listener.opt.TLS != nil {
		ahead := &begun{c.raw, bufio.NewReader(c.raw)}
		first, err := ahead.from.Peek(1)
		if err != nil {
			return err
		}
		if c.Conn = ahead; first[0] == handshake {
			c.Conn = tls.Server(ahead, c.listener.opt.TLS)
		}
	}
	c.tap = &tap{from: c.Conn}
	c.in = bufio.NewReader(c.tap)
	return nil
}

// tap keeps what is read for as long as a head may be under way: http.ReadRequest gives the head parsed, and what
// matters here is each byte of it, in its order and case.
type tap struct {
	from  io.Reader
	kept  []byte
	total int
	open  bool
}

func (t *tap) Read(p []byte) (int, error) {
	if t.open && len(t.kept) > headLimit {
		return 0, errHeadTooLong
	}
	n, err := t.from.Read(p)
	t.total += n
	if t.open {
		t.kept = append(t.kept, p[:n]...)
	}
	return n, err
}

// serve answers one request after the other.
func (c *conn) serve() {
	defer c.listener.forget(c)
	defer c.Close()
	if c.open() != nil {
		return
	}
	for nth := 1; c.next(nth); nth++ {
	}
}

// next reads and answers a request; false: the connection has come to its end. A request is noted before its fault is
// looked up, and its size after the answer, since the servlet reads the body: whoever asks in between sees it with
// size 0.
func (c *conn) next(nth int) bool {
	if _, err := c.in.Peek(1); err != nil || !c.begin() {
		return false
	}
	defer c.busy.Store(false)
	rq, head, err := c.readHead()
	if err != nil {
		return false
	}
	before := c.consumed()
	entry := c.listener.opt.Recorder.arrived(
		Seen{Member: c.listener.opt.Name, Connection: c.number, Request: nth, TLS: rq.TLS != nil, Head: head})
	fault := c.listener.faults.take(nth > 1)
	c.listener.opt.Recorder.met(entry, fault.Do)
	goesOn := c.answer(rq, head, fault)
	if goesOn && !unasked(rq) {
		_, err = io.Copy(io.Discard, rq.Body)
	}
	c.listener.opt.Recorder.sized(entry, c.consumed()-before)
	return goesOn && err == nil && !rq.Close && !c.ending.Load()
}

// begin takes a request up, unless the connection is to end.
func (c *conn) begin() bool {
	c.busy.Store(true)
	return !c.ending.Load()
}

// closeIdle ends the connection where no request is under way, else behind it.
func (c *conn) closeIdle() {
	c.ending.Store(true)
	if !c.busy.Load() {
		c.raw.Close()
	}
}

// readHead reads a head and keeps it as it came. What a client has sent behind it, a body or the next request, may
// have been read in one piece with it: it still stands in the buffer, and is cut off the end.
func (c *conn) readHead() (*http.Request, string, error) {
	buffered, err := c.in.Peek(c.in.Buffered())
	if err != nil {
		return nil, "", err
	}
	c.tap.kept, c.tap.open = append(c.tap.kept[:0], buffered...), true
	rq, err := http.ReadRequest(c.in)
	c.tap.open = false
	if err != nil {
		return nil, "", err
	}
	rq.RemoteAddr = c.RemoteAddr().String()
	if tlsConn, ok := c.Conn.(*tls.Conn); ok {
		state := tlsConn.ConnectionState()
		rq.TLS = &state
	}
	if strings.EqualFold(rq.Header.Get("Expect"), "100-continue") && rq.Body != http.NoBody {
		rq.Body = &continued{ReadCloser: rq.Body, to: c}
	}
	return rq, string(c.tap.kept[:len(c.tap.kept)-c.in.Buffered()]), nil
}

// consumed is how many bytes of the connection have been used up.
func (c *conn) consumed() int { return c.tap.total - c.in.Buffered() }

// continued is a body whose sender waits to be asked for it: it is asked when a servlet first reads. One that does not
// leaves the body with the client, and the connection ends, since nobody could tell whether the body still comes.
type continued struct {
	io.ReadCloser
	to    io.Writer
	asked bool
}

func (b *continued) Read(p []byte) (int, error) {
	if !b.asked {
		b.asked = true
		if _, err := io.WriteString(b.to, "HTTP/1.1 100 Continue\r\n\r\n"); err != nil {
			return 0, err
		}
	}
	return b.ReadCloser.Read(p)
}

// unasked reports a body that its sender still keeps back.
func unasked(rq *http.Request) bool {
	b, ok := rq.Body.(*continued)
	return ok && !b.asked
}
