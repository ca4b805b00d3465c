package wire

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"slices"
	"syscall"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Dial connects to a member.
func Dial(ctx context.Context, network, address string) (net.Conn, error) {
	return new(net.Dialer).DialContext(ctx, network, address)
}

// Dialer connects to members.
type Dialer struct {
	Dial  func(ctx context.Context, network, address string) (net.Conn, error)
	Waker *Waker   // adopts the connection
	Pool  *Buffers // for TLS
}

// Connect connects to the first address that answers, and puts TLS on the connection where there is a cfg, all of it
// within a limit; 0 is none. That is ConnectTimeout, which counts for all addresses of a member and the handshake
// together (R50).
func (d *Dialer) Connect(ctx context.Context, addrs []string, cfg *tls.Config, limit match.Nanos) (conn net.Conn,
	err error) {
	if limit > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Duration(limit))
		defer cancel()
	}
	for _, addr := range addrs {
		if conn, err = d.Dial(ctx, "tcp", addr); err == nil {
			break
		}
	}
	if err != nil {
		return nil, err
	}
	conn = d.Waker.Adopt(conn)
	if cfg == nil {
		return conn, nil
	}
	if conn, err = startTLS(ctx, conn, cfg, d.Pool); err != nil {
		return nil, HandshakeError{err}
	}
	return conn, nil
}

// HandshakeError is why a handshake with a member failed: for the core a failed connect (R50), for the log another
// line.
type HandshakeError struct{ error }

func (h HandshakeError) Unwrap() error { return h.error }

// IsLocalWant reports whether this process or this machine lacks something: descriptors, ports or memory. No member
// is to blame for that, and another one would not help.
func IsLocalWant(err error) bool {
	wants := []error{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM}
	return slices.ContainsFunc(wants, func(want error) bool { return errors.Is(err, want) })
}
