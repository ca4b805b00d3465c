// Package upstream is the way to a member: one of its addresses, the idle streams that wait there for a request, and
// how a new one is opened.
//
// It knows connections, and of the core the queue that says which stream is taken and which is too old. It knows
// neither requests nor the state of a member: who sends a request on a stream says whether it may be queued again.
//
// Start with Take, Open and Queue, the life of a stream.
package upstream

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
	"github.com/wasplug/wasplug/routecheck/streams"
)

// Transport is an address of a member, and the queue of idle streams to it (R66).
type Transport struct {
	Name            string   // HOST:PORT as the file says
	Addrs           []string // as resolved at load
	Err             error    // why it could not be resolved
	TLS             *tls.Config
	SparesWrongName bool        // a certificate with another host name does not mark the member down
	TTL             match.Nanos // R65, 0 no limit

	mu     sync.Mutex
	queue  streams.Queue[*Stream] // which one is taken, and which is too old, the core says
	closed bool                   // by a reload: what comes back is closed
}

// Stream is a connection to a member, and what has come of the answer that is being read from it. It is either in its
// queue or one request's, which alone touches what stands here; a pump of that request writes to the link.
type Stream struct {
	wire.Link
	transport *Transport
	Head      http1.Response // of the answer
	In        *wire.Buffer   // what was read and not yet passed on: In.B[Off:N]; nil in the queue
	Off, N    int            // Off is where the final head begins, behind interim ones
	Reused    bool           // it comes from the queue: a member may have closed it in the meantime (R50c)
	Unusable  bool           // cannot be used again
	Large     bool           // its last answer was large: read the next one in large pieces from the start
}

// Take gives an idle stream that is not too old, nil when there is none (R65, R66).
func (t *Transport) Take(now match.Nanos) *Stream {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Expire(now, t.TTL, func(s *Stream) { s.Close() })
	s, ok := t.queue.Take()
	if !ok {
		return nil
	}
	s.Reused = true
	return s
}

// Queue queues a stream for the next request. The caller has read all of its answer, and knows that nothing follows.
func (s *Stream) Queue(now match.Nanos) {
	t := s.transport
	s.Rest()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		s.Close()
		return
	}
	t.queue.Put(s, now)
}

// Close is for a configuration that has been replaced: streams that are still in use are closed when they are put
// back.
func (t *Transport) Close() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.closed = true
	t.queue.Remove(func(s *Stream) bool { s.Close(); return true })
}

// Sweep drops streams that are too old (R65), and those that the member has closed: a request that finds one would
// have to begin again.
func (t *Transport) Sweep(now match.Nanos) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Expire(now, t.TTL, func(s *Stream) { s.Close() })
	t.queue.Remove(func(s *Stream) bool {
		gone := s.Readable()
		if gone {
			s.Close()
		}
		return gone
	})
}

// Idle returns how many streams can be taken now; the others it closes.
func (t *Transport) Idle(now match.Nanos) int {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.queue.Expire(now, t.TTL, func(s *Stream) { s.Close() })
	return t.queue.Len()
}

// Dialer opens streams.
type Dialer struct {
	wire.Dialer
	Sweeper *wire.Sweeper // of the links of streams
}

// Open connects. The event says what went wrong: ConnectFailed, ConnectTimeout or NameDiffers, 0 when nothing did.
func (d *Dialer) Open(ctx context.Context, t *Transport, limit match.Nanos) (*Stream, failover.EventKind, error) {
	if t.Err != nil {
		return nil, failover.ConnectFailed, t.Err
	}
	conn, err := d.Connect(ctx, t.Addrs, t.TLS, limit)
	switch {
	case err == nil:
		s := &Stream{transport: t}
		s.Init(conn, d.Sweeper)
		return s, 0, nil
	case isTimeout(err):
		return nil, failover.ConnectTimeout, err
	case t.SparesWrongName && errors.As(err, new(x509.HostnameError)):
		return nil, failover.NameDiffers, err
	}
	return nil, failover.ConnectFailed, err
}

// isTimeout tells an expired ConnectTimeout, ours or that of the system, from a refusal: both are R50, but the log and
// "why" have a word for each.
func isTimeout(err error) bool {
	var ne net.Error
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded) ||
		errors.As(err, &ne) && ne.Timeout()
}
