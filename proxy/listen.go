package proxy

import (
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Listener is where clients connect.
type Listener struct {
	net.Listener
	TLS  *tls.Config // nil: plain
	Port int         // the port that virtual hosts are matched with, 0 that of the connection

	name      string // HOST:PORT for requests without Host; the port is the one that it stands for
	matchPort string // Port in digits
}

// Serve accepts clients until Shutdown. It returns nil then, else why it cannot accept. Each listener has a call, and
// a goroutine, of its own.
func (p *Proxy) Serve(l *Listener) error {
	l.name, l.matchPort = l.Addr().String(), strconv.Itoa(l.Port)
	if host, _ := match.SplitHost(l.name); l.Port != 0 {
		l.name = host + ":" + l.matchPort
	}
	p.mu.Lock()
	if p.ending.Load() { // under the lock by which it is set, so that Shutdown waits for every listener that begins
		p.mu.Unlock()
		l.Close()
		return nil
	}
	inner := p.waker.Listener(l.Listener)
	p.listeners = append(p.listeners, inner)
	p.working.Add(1)
	p.mu.Unlock()
	defer p.working.Done()
	for {
		conn, err := inner.Accept()
		switch {
		case err == nil:
			p.admit(conn, l)
		case p.ending.Load():
			return nil
		case isTemporary(err):
			p.log.Warn("cannot accept a connection", "error", err)
			p.sweeper.Rest(p.ctx, second/20)
		default:
			return err
		}
	}
}

// isTemporary reports whether accepting may work again, as when file descriptors have run out.
func isTemporary(err error) bool {
	var t interface{ Temporary() bool }
	return errors.As(err, &t) && t.Temporary()
}

// admit starts a connection, or ends it when Shutdown has come between. TLS is put on the connection, but its
// handshake is for the client's goroutine: a client that says nothing must not hold up the others.
func (p *Proxy) admit(conn net.Conn, l *Listener) {
	if p.full() {
		p.refuseFull(conn, l.TLS)
		return
	}
	conn = p.waker.Adopt(conn)
	if l.TLS != nil {
		conn = wire.Server(conn, l.TLS, p.small)
	}
	c := p.newClient(conn, l)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ending.Load() {
		c.Close()
		return
	}
	p.clients[c] = struct{}{}
	p.working.Go(c.serve)
}

// full reports whether there are as many clients as there may be.
func (p *Proxy) full() bool {
	return p.opt.MaxClients > 0 && p.connections() >= p.opt.MaxClients
}

// connections is how many clients are connected, parked ones included.
func (p *Proxy) connections() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	return len(p.clients) + p.parked
}

// Refusing costs a goroutine and, over TLS, a handshake: these bound what a flood of clients can make it cost.
const (
	maxRefusals = 32     // refused at once in words; whoever comes beyond them is closed
	refusalTime = second // for handshake, first byte and what still comes behind the answer, together
)

const fullAnswer = "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1\r\n" +
	"Content-Type: text/plain\r\nContent-Length: 24\r\n\r\n503 Service Unavailable\n"

// refuseFull answers a connection beyond MaxClients as soon as it asks for something, and reads on for a moment:
// closing at once would destroy the answer.
func (p *Proxy) refuseFull(conn net.Conn, cfg *tls.Config) {
	p.counters.full.Add(1)
	if p.refusing.Add(1) > maxRefusals {
		p.refusing.Add(-1)
		conn.Close()
		return
	}
	p.working.Go(func() {
		defer p.refusing.Add(-1)
		defer conn.Close()
		defer p.sweeper.Later(refusalTime, func() { conn.Close() })()
		talk := conn
		if cfg != nil {
			talk = tls.Server(conn, cfg)
		}
		var first [1]byte
		if n, _ := talk.Read(first[:]); n == 0 { // an answer to nothing would confuse the client
			return
		}
		if _, err := talk.Write([]byte(fullAnswer)); err != nil {
			return
		}
		if c, ok := talk.(interface{ CloseWrite() error }); ok {
			c.CloseWrite()
		}
		io.Copy(io.Discard, talk) // until the client closes, or Later does
	})
}

// Serves lists the virtual hosts of the configuration in use that requests to a listener can match; idle says why no
// request can match at all, "" where one can.
func (p *Proxy) Serves(l *Listener) (aliases []string, idle string) {
	port := l.Port
	if a, ok := l.Addr().(*net.TCPAddr); ok && port == 0 {
		port = a.Port
	}
	g := p.gen.Load()
	switch g.Table.IdleAt(port, &g.Sem) {
	case match.AtRunTime:
		idle = "the file has no Route: IntelligentManagement gives the routing at run time, and its controllers are " +
			"not asked here, so all requests are declined"
	case match.NoMatch:
		idle = "no Route has an alias and a Uri that could match, so all requests are declined"
	case match.OtherPorts:
		idle = fmt.Sprintf("no virtual host has the port that requests arrive with, so all are declined; say which "+
			"port is meant with %s=PORT", l.Addr())
	}
	return g.Table.AliasesFor(port), idle
}
