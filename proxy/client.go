package proxy

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"net/netip"
	"runtime/debug"
	"sync/atomic"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/match"
)

// client is a connection from a client. It reads one head after the other, has each answered, and is parked or ends.
// One goroutine serves it. Of others, Shutdown looks at idle and ends the link, the sweeper watches the link, a pump
// reads the rest of a body (body.go), and a tunnel has a second goroutine.
type client struct {
	wire.Link
	p    *Proxy
	from *Listener
	addr netip.Addr
	port int                  // the port it arrived on, as virtual hosts know it
	tls  *tls.ConnectionState // nil: plain; set by the handshake
	idle atomic.Int32         // see isIdle

	until  match.Nanos // when it will have been idle for too long, 0 while it is not idle
	parked bool        // the connection lives on in the lot

	in     *wire.Buffer // what was read: in.B[:n]; nil while the connection is idle
	n      int
	out    []byte // room for what is written whole: a head for members, an answer of our own
	kept   []byte // private header lines, the same for every request of the connection; nil before the first
	thread uint64 // number of the connection in the plug-in's log
	rq     request
}

// The states of client.idle. Every way out of isIdle is a compare-and-swap, so a request that has begun to arrive is
// either answered, or lost with its connection before anybody looked at it.
const (
	isBusy   int32 = iota
	isIdle         // between two requests: may be closed at any time
	isEnding       // Shutdown has closed it while it was idle
)

// newClient is for new connections and for those that come back from the lot. The request and its forwarder are parts
// of the client: a connection costs one piece of memory, and a request none.
func (p *Proxy) newClient(conn net.Conn, from *Listener) *client {
	c := &client{p: p, from: from}
	c.rq.c, c.rq.fw.c, c.rq.fw.r = c, c, &c.rq
	c.Init(conn, p.sweeper)
	local, remote := c.Ends()
	c.addr, c.port = remote.Addr().Unmap(), from.Port
	if c.port == 0 {
		c.port = int(local.Port())
	}
	return c
}

// parked is all that is kept of a client that is parked, beside its connection.
type parked struct {
	from   *Listener
	thread uint64      // see client
	until  match.Nanos // see client
}

// resume takes a parked connection up again. The lot calls it under its own lock, so p.mu must never be held when the
// lot is asked for something.
func (p *Proxy) resume(conn net.Conn, s parked) {
	c := p.newClient(conn, s.from)
	c.thread, c.until = s.thread, s.until
	p.mu.Lock()
	defer p.mu.Unlock()
	p.parked--
	p.clients[c] = struct{}{}
	p.working.Go(c.serve)
}

// serve answers requests until the connection ends or is parked.
func (c *client) serve() {
	defer c.end()
	if !c.handshake() {
		return
	}
	for c.readHead() && c.rq.handle() {
		c.advance()
	}
}

// end closes or parks the connection. The client is forgotten before it is parked: the lot may take the connection up
// again at once, and p.parked would go below 0.
func (c *client) end() {
	if problem := recover(); problem != nil { // a bug of ours costs one connection, not all of them
		c.p.log.Error("panic while serving a client", "panic", problem, "stack", string(debug.Stack()))
		c.rq.close, c.parked = true, false
		c.rq.fw.release(false)
		c.rq.body.file.close()
	}
	c.p.forget(c)
	c.p.small.Put(c.in)
	if !c.parked {
		c.Close()
		return
	}
	c.Leave()
	c.p.lot.Put(c.Conn(), c.until, parked{c.from, c.thread, c.until})
}

// handshake completes TLS, so that its certificate and cipher are known.
func (c *client) handshake() bool {
	t := c.TLS()
	if t == nil {
		return true
	}
	c.Within(c.p.opt.HeadTimeout)
	if err := t.Handshake(); err != nil {
		answerPlain(err)
		return false
	}
	state := t.ConnectionState()
	c.tls = &state
	return true
}

// plainAnswer has no length: the connection ends with it.
const plainAnswer = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\n" +
	"This port speaks HTTPS.\n"

// answerPlain answers a client that speaks plain HTTP to a TLS listener: a browser would show an empty page otherwise.
func answerPlain(err error) {
	var bad tls.RecordHeaderError
	// 'A' to 'Z' begin a method, TLS types are below
	if errors.As(err, &bad) && bad.Conn != nil && bad.RecordHeader[0] >= 'A' {
		io.WriteString(bad.Conn, plainAnswer)
	}
}

// readHead reads the next request head. It answers a bad one itself; false ends the connection.
func (c *client) readHead() bool {
	if !c.first() {
		return false
	}
	c.Within(c.p.opt.HeadTimeout)
	c.rq.head.Reset()
	for {
		done, err := c.rq.head.Parse(c.in.B[:c.n], http1.Limits{Fields: c.p.gen.Load().Fields})
		if done {
			return true
		}
		if err == nil {
			err = c.more()
		}
		if err != nil {
			c.rq.refuse(err)
			return false
		}
	}
}

// first waits for the first byte of a request. No buffer is held meanwhile, and after a while the client is parked.
// false ends the goroutine; whether the connection lives on is c.parked.
func (c *client) first() bool {
	if c.n > 0 { // it came with the request before (pipelining)
		return true
	}
	c.p.small.Put(c.in)
	c.in = nil
	now := c.p.sweeper.Now() + match.Nanos(wire.Tick) // never too early
	if c.until == 0 {
		c.until = now + c.p.opt.IdleTimeout
	}
	c.idle.Store(isIdle)
	if c.p.ending.Load() { // after the store: Shutdown sets ending, then looks who is idle, so one sees the other
		return false
	}
	err := c.firstUntil(min(now+wire.ParkAfter, c.until))
	if err == wire.ErrTimeout && c.p.sweeper.Now() < c.until {
		if c.park() {
			return false
		}
		err = c.firstUntil(c.until)
	}
	c.until = 0
	return c.idle.CompareAndSwap(isIdle, isBusy) && err == nil
}

// firstUntil waits up to a time, not for one: IdleTimeout counts from the request before, however often the client is
// parked and taken up.
func (c *client) firstUntil(limit match.Nanos) (err error) {
	c.Until(limit)
	c.in, c.n, err = c.Wait(c.p.small)
	return err
}

// park decides that the connection is to be parked when this client ends. It is not where nothing can watch it, where
// bytes of it stand in memory, such as half a TLS record, or when Shutdown has ended it.
func (c *client) park() bool {
	c.parked = c.p.lot.CanPark(&c.Link) && c.Quiet() && c.idle.CompareAndSwap(isIdle, isBusy)
	return c.parked
}

// more reads more of a head. The buffer grows once, to what a head may have.
func (c *client) more() error {
	if c.n == len(c.in.B) {
		if c.n >= wire.LargeBuffer {
			return &http1.Error{Status: 431, Msg: "the head is too large"}
		}
		g := c.in.Grown(wire.LargeBuffer, c.n)
		c.p.small.Put(c.in)
		c.in = g
	}
	n, err := c.Read(c.in.B[c.n:])
	c.n += n
	return err
}

// advance makes room for the next request, the beginning of which may have come with this one (pipelining). A head
// that has grown large is not kept for all the small ones that follow.
func (c *client) advance() {
	c.rq.fw.x.gen, c.rq.fw.x.cluster = nil, nil // an old configuration is not held by clients that are idle
	c.out = c.out[:0]
	if cap(c.out) > wire.SmallBuffer {
		c.out = nil
	}
	rest := c.in.B[c.rq.used:c.n]
	if len(c.rq.spill) > 0 {
		rest, c.rq.spill = c.rq.spill, nil
	}
	for len(rest) > len(c.in.B) {
		c.in = c.in.Grown(2*len(c.in.B), 0)
	}
	c.n = copy(c.in.B, rest) // to the front, so that offsets of the next head begin at 0
}
