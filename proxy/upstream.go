package proxy

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"sync"

	"github.com/wasplug/wasplug/proxy/http1"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// transport is an address of a member, and the queue of idle streams to it (R66).
type transport struct {
	name  string   // HOST:PORT as the file says
	addrs []string // as resolved at load
	err   error    // why it could not be resolved
	tls   *tls.Config
	spare bool        // a certificate with another host name does not mark the member down
	ttl   match.Nanos // R65, 0 no limit

	mu     sync.Mutex
	queue  failover.StreamQueue[*stream]
	closed bool
}

// stream is a connection to a member.
type stream struct {
	wire.Link
	transport *transport
	rs        http1.Response
	in        *wire.Buffer // what was read and not yet passed on: in.b[off:n]
	off, n    int
	reused    bool
	unusable  bool // cannot be used again
	large     bool // its last answer was large: read the next one in large pieces from the start
}

// take gives an idle stream that is not too old, nil when there is none (R65, R66).
func (t *transport) take(now match.Nanos) *stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Expire(now, t.ttl, func(s *stream) { s.Close() })
	s, ok := t.queue.Take()
	if !ok {
		return nil
	}
	s.reused = true
	return s
}

// put queues a stream for the next request.
func (t *transport) put(s *stream, now match.Nanos) {
	s.Rest()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		s.Close()
		return
	}
	t.queue.Put(s, now)
}

// close is for a configuration that has been replaced: streams that are still in use are closed when they are put
// back.
func (t *transport) close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.queue.Remove(func(s *stream) bool { s.Close(); return true })
}

// sweep drops streams that are too old (R65), and those that the member has closed: a request that finds one would
// have to begin again.
func (t *transport) sweep(now match.Nanos) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Expire(now, t.ttl, func(s *stream) { s.Close() })
	t.queue.Remove(func(s *stream) bool {
		gone := s.Readable()
		if gone {
			s.Close()
		}
		return gone
	})
}

// idle returns how many streams can be taken.
func (t *transport) idle(now match.Nanos) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Expire(now, t.ttl, func(s *stream) { s.Close() })
	return t.queue.Len()
}

// open connects. The event says what went wrong: ConnectFailed, ConnectTimeout or NameDiffers, 0 when nothing did.
func (p *Proxy) open(ctx context.Context, t *transport, limit match.Nanos) (*stream, failover.EventKind,
	error) {
	if t.err != nil {
		return nil, failover.ConnectFailed, t.err
	}
	conn, err := p.dialer.Connect(ctx, t.addrs, t.tls, limit)
	switch {
	case err == nil:
		s := &stream{transport: t}
		s.Init(conn, p.sweeper)
		return s, 0, nil
	case isTimeout(err):
		return nil, failover.ConnectTimeout, err
	case t.spare && errors.As(err, new(x509.HostnameError)):
		return nil, failover.NameDiffers, err
	}
	return nil, failover.ConnectFailed, err
}

func isTimeout(err error) bool {
	var ne net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &ne) && ne.Timeout()
}

// poolFor returns where the buffer for an answer comes from.
func (p *Proxy) poolFor(s *stream) *wire.Buffers {
	if s.large {
		return p.large
	}
	return p.small
}

// recycle takes a buffer of either size back.
func (p *Proxy) recycle(b *wire.Buffer) {
	p.small.Put(b)
	p.large.Put(b)
}
