package proxy

import (
	"crypto/tls"
	"errors"
	"io"
	"net"
	"slices"
	"syscall"
	"time"
)

// isLocalWant reports whether this process or this machine lacks something: descriptors, ports or memory. No member
// is to blame for that, and another one would not help.
func isLocalWant(err error) bool {
	wants := []error{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM}
	return slices.ContainsFunc(wants, func(want error) bool { return errors.Is(err, want) })
}

const (
	maxRefusals = 32 // refused at once in words; whoever comes beyond them is closed
	refusalTime = second
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
		io.Copy(io.Discard, talk)
	})
}

// logWant says once a minute that something is lacking.
func (p *Proxy) logWant(err error) {
	now := int64(p.sweeper.Clock())
	last := p.wantLogged.Load()
	if last != 0 && now-last < int64(time.Minute) || !p.wantLogged.CompareAndSwap(last, now) {
		return
	}
	p.log.Error("requests get 503: this process lacks descriptors, ports or memory", "error", err)
}
