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
	"github.com/wasplug/wasplug/routecheck"
)

// client is a connection from a client, and the request that it has sent last.
type client struct {
	link
	p    *Proxy
	from *Listener
	addr netip.Addr
	port int // the port it arrived on, as virtual hosts know it
	tls  *tls.ConnectionState
	idle atomic.Int32 // see isIdle

	until  routecheck.Nanos // when it will have been idle for too long, 0 while it is not idle
	parked bool             // the connection lives on in the lot

	in    *buffer // what was read: in.b[:n]; nil while the connection is idle
	n     int
	used  int    // bytes of in that the request at hand takes
	spill []byte // bytes of the next request that were read with this one's body

	rq      http1.Request
	req     routecheck.Request
	cookies [4]string
	host    []byte // see hostForMatching
	thread  uint64 // number of the connection in the plug-in's log
	x       exchange
	body    body
	kept    []byte // private header lines, the same for every request of the connection

	out     []byte // the request as members get it
	up      *stream
	close   bool // the connection ends with this answer
	started bool // part of an answer has gone out
	tunnel  bool // the connection has become something else
	trusted bool // its private headers are believed
	entry   entry
}

// The states of client.idle.
const (
	isBusy int32 = iota
	isIdle       // between two requests: may be closed at any time
	isEnding
)

func (p *Proxy) newClient(conn net.Conn, from *Listener) *client {
	c := &client{p: p, from: from}
	c.link.init(conn, p.sweeper)
	if a, ok := conn.RemoteAddr().(*net.TCPAddr); ok {
		c.addr = a.AddrPort().Addr().Unmap()
	}
	c.port = from.port(conn)
	return c
}

// resume takes a parked connection up again.
func (p *Proxy) resume(s spot) {
	c := p.newClient(s.conn, s.from)
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
	for c.head() && c.handle() {
		c.advance()
	}
}

func (c *client) end() {
	if fault := recover(); fault != nil { // a fault of ours costs one connection, not all of them
		c.p.log.Error("panic while serving a client", "fault", fault, "stack", string(debug.Stack()))
		c.close, c.parked = true, false
		c.release(false)
		c.body.file.close()
	}
	c.p.forget(c)
	c.p.small.put(c.in)
	if !c.parked {
		c.link.close()
		return
	}
	c.link.leave()
	c.p.lot.put(spot{c.conn, c.from, c.thread, c.until})
}

// handshake completes TLS, so that its certificate and cipher are known.
func (c *client) handshake() bool {
	t, ok := c.conn.(*secureConn)
	if !ok {
		return true
	}
	c.within(c.p.opt.HeadTimeout)
	if err := t.Handshake(); err != nil {
		tellPlain(err)
		return false
	}
	state := t.ConnectionState()
	c.tls = &state
	return true
}

// tellPlain answers a client that speaks plain HTTP to a TLS listener: a browser would show an empty page otherwise.
func tellPlain(err error) {
	var bad tls.RecordHeaderError
	if errors.As(err, &bad) && bad.Conn != nil && bad.RecordHeader[0] >= 'A' { // 'A' to 'Z' begin a method, TLS types are below
		io.WriteString(bad.Conn, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain\r\n\r\nThis port speaks HTTPS.\n")
	}
}

// head reads the next request head. It answers a bad one itself; false ends the connection.
func (c *client) head() bool {
	if !c.first() {
		return false
	}
	c.within(c.p.opt.HeadTimeout)
	c.rq.Reset()
	for {
		done, err := c.rq.Parse(c.in.b[:c.n], http1.Limits{Fields: c.p.gen.Load().fields})
		if done {
			return true
		}
		if err == nil {
			err = c.more()
		}
		if err != nil {
			c.refuse(err)
			return false
		}
	}
}

// first waits for the first byte of a request. No buffer is held meanwhile, and after a while the client is parked.
func (c *client) first() bool {
	if c.n > 0 {
		return true
	}
	c.p.small.put(c.in)
	c.in = nil
	now := c.p.sweeper.now() + routecheck.Nanos(tick) // never too early
	if c.until == 0 {
		c.until = now + c.p.opt.IdleTimeout
	}
	c.idle.Store(isIdle)
	if c.p.ending.Load() {
		return false
	}
	err := c.firstUntil(min(now+parkAfter, c.until))
	if err == errTimeout && c.p.sweeper.now() < c.until {
		if c.park() {
			return false
		}
		err = c.firstUntil(c.until)
	}
	c.until = 0
	return c.idle.CompareAndSwap(isIdle, isBusy) && err == nil
}

func (c *client) firstUntil(limit routecheck.Nanos) (err error) {
	c.limit.Store(int64(limit))
	c.in, c.n, err = c.wait(c.p.small)
	return err
}

// park decides that the connection is to be parked when this client ends. It is not where nothing can watch it, where bytes of it stand in
// memory, such as half a TLS record, or when Shutdown has ended it.
func (c *client) park() bool {
	c.parked = c.p.lot.poll != nil && c.peeker != nil && c.quiet() && c.idle.CompareAndSwap(isIdle, isBusy)
	return c.parked
}

// more reads more of a head. The buffer grows once, to what a head may have.
func (c *client) more() error {
	if c.n == len(c.in.b) {
		if c.n >= largeBuffer {
			return &http1.Error{Status: 431, Msg: "the head is too large"}
		}
		g := c.in.grown(largeBuffer, c.n)
		c.p.small.put(c.in)
		c.in = g
	}
	n, err := c.read(c.in.b[c.n:])
	c.n += n
	return err
}

// refuse answers what is no request, and reads on for a while: bytes that come for a closed socket would destroy the answer (RFC 9112, 9.6).
// A client that has left, or is too slow to have sent anything, gets nothing.
func (c *client) refuse(err error) {
	var bad *http1.Error
	c.p.counters.refused.Add(1)
	c.req, c.body = routecheck.Request{}, body{}
	switch {
	case errors.As(err, &bad):
		c.entry.begin(c)
		c.entry.cause = err
		c.close = true
		c.fail(bad.Status)
		c.linger(c.p.small)
	case errors.Is(err, errTimeout) && c.rq.Began():
		c.entry.begin(c)
		c.close = true
		c.fail(408)
	default:
		return
	}
	c.p.finish(c)
}

// handle answers the request whose head is at hand, and reports whether the connection lives on. The configuration is taken once: whatever is
// reloaded meanwhile, the request ends on the one it began with.
func (c *client) handle() bool {
	c.close = !c.rq.Persists() || c.p.ending.Load()
	c.started, c.tunnel, c.body = false, false, body{}
	c.used = c.rq.Size
	c.limit.Store(0)
	c.entry.begin(c)
	gen := c.p.current()
	c.describe()
	c.x.log = c.pluginLog(gen)
	m, ok := gen.table.Match(&c.req, &gen.sem)
	if err := c.refusal(gen, ok); err != nil {
		c.turnDown(err)
	} else if ok {
		c.x.log.matched(gen, &c.req, &m)
		c.carry(gen, &m)
	} else {
		c.x.log.matched(gen, &c.req, nil)
		c.skipBody()
		c.decline()
	}
	c.finishBody()
	c.p.finish(c)
	if c.tunnel {
		return false
	}
	if c.close && (c.body.overtaken || c.body.has && !c.body.whole) { // more may stand there that nobody reads
		c.linger(c.p.small)
	}
	return !c.close
}

// describe makes the request that decisions are made on. Its strings share the buffer of the head.
func (c *client) describe() {
	buf := c.in.b
	cookies := c.cookies[:0]
	for i := range c.rq.Fields {
		if f := &c.rq.Fields[i]; f.Kind == http1.Cookie {
			cookies = append(cookies, http1.View(f.Text(buf)))
		}
	}
	c.req = routecheck.Request{
		TLS: c.tls != nil, Host: http1.View(c.hostForMatching(c.rq.Host(buf))), Port: c.port, Target: http1.View(c.rq.Target(buf)),
		Cookies: cookies, Body: c.bodySize(),
	}
}

// bodySize is what the head says of the body: bytes, -1 unknown. Chunks of length 0 are a body whose size is known later.
func (c *client) bodySize() int64 {
	if c.rq.Chunked {
		return -1
	}
	return max(c.rq.Length, 0)
}

// carry sends the request through the cluster that matches.
func (c *client) carry(gen *generation, m *routecheck.Match) {
	c.x.gen, c.x.cluster, c.x.now = gen, &gen.clusters[m.Cluster], c.p.now
	c.entry.times = c.x.cluster.times
	c.x.flight = gen.table.Begin(&c.req, m, c.entry.start, &gen.sem, c.x.log.recorder())
	c.trusted = gen.table.Clusters[m.Cluster].KeepHeaders || len(gen.trusted) > 0 && gen.trusts(c.addr)
	if c.rq.HasBody() {
		if err := c.prepare(&gen.table.Clusters[m.Cluster]); err != nil {
			c.badBody(err)
			return
		}
	}
	c.out = c.appendHead(c.out[:0], false)
	c.x.run(c)
	c.partner.Store(nil)
	c.release(false)
}

// advance makes room for the next request, the beginning of which may have come with this one (pipelining). A head that has grown large is
// not kept for all the small ones that follow.
func (c *client) advance() {
	c.x.gen, c.x.cluster = nil, nil // an old configuration is not held by clients that are idle
	c.out = c.out[:0]
	if cap(c.out) > smallBuffer {
		c.out = nil
	}
	rest := c.in.b[c.used:c.n]
	if len(c.spill) > 0 {
		rest, c.spill = c.spill, nil
	}
	for len(rest) > len(c.in.b) {
		c.in = c.in.grown(2*len(c.in.b), 0)
	}
	c.n = copy(c.in.b, rest)
}

// cut ends the connection in the middle of an answer (R58).
func (c *client) cut() {
	c.close = true
	c.release(false)
}

// release is done with the stream at hand: it is queued when it can be used again, else closed.
func (c *client) release(reuse bool) {
	s := c.up
	if s == nil {
		return
	}
	c.up = nil
	c.partner.Store(nil)
	c.p.recycle(s.in)
	s.in = nil
	if !reuse || !s.quiet() {
		s.close()
		return
	}
	s.transport.put(s, c.x.at)
}
