package wire

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// A buffer has its headroom before it, also one that has grown; a pool takes back what is of its size, and nothing
// else.
func TestBuffers(t *testing.T) {
	small, large := NewBuffers(10), NewBuffers(20)
	b := small.Get()
	copy(b.B, "0123456789")
	g := b.Grown(20, 4)
	for size, b := range map[int]*Buffer{10: b, 20: g} {
		if len(b.B) != size || len(b.All) != Headroom+size || &b.All[Headroom] != &b.B[0] {
			t.Errorf("%d bytes of %d, want %d", len(b.B), len(b.All), size)
		}
	}
	if string(g.B[:4]) != "0123" || g.B[4] != 0 {
		t.Errorf("%q has grown out of %q", g.B, b.B)
	}
	odd := newBuffer(15)
	for _, p := range []*Buffers{small, large} {
		for _, b := range []*Buffer{nil, odd, b, g} {
			p.Put(b)
		}
		for range 4 {
			if b := p.Get(); len(b.B) != p.size {
				t.Errorf("a pool of %d gives a buffer of %d", p.size, len(b.B))
			}
		}
	}
}

// The first address that answers is taken; the limit is for all of them and the handshake together.
func TestConnect(t *testing.T) {
	refused := &net.OpError{Op: "dial", Err: syscall.ECONNREFUSED}
	for _, tt := range []struct {
		name, addrs string // "r" refuses, "h" hangs, "a" answers
		limit       match.Nanos
		want        error // nil: it connects
		dials       int
	}{
		{"the first answers", "aa", 0, nil, 1},
		{"the second answers", "ra", 0, nil, 2},
		{"all refuse", "rr", 0, syscall.ECONNREFUSED, 2},
		{"the first hangs", "ha", match.Second, context.DeadlineExceeded, 2},
	} {
		synctest.Test(t, func(t *testing.T) {
			dials := 0
			d := Dialer{Waker: &Waker{}, Dial: func(ctx context.Context, _, addr string) (net.Conn, error) {
				dials++
				switch {
				case ctx.Err() != nil:
					return nil, ctx.Err()
				case addr == "h":
					<-ctx.Done()
					return nil, ctx.Err()
				case addr == "r":
					return nil, refused
				}
				near, far := net.Pipe()
				far.Close()
				return near, nil
			}}
			var addrs []string
			for _, a := range tt.addrs {
				addrs = append(addrs, string(a))
			}
			conn, err := d.Connect(t.Context(), addrs, nil, tt.limit)
			if !errors.Is(err, tt.want) || (conn == nil) != (tt.want != nil) || dials != tt.dials {
				t.Errorf("%s: %v, %v after %d dials", tt.name, conn, err, dials)
			}
		})
	}
}

// A handshake that fails is told from a connect that does, and closes the connection.
func TestConnectShakesHands(t *testing.T) {
	ours, others := certtest.NewAuthority(t), certtest.NewAuthority(t)
	trusts := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "shop"}
	trusts.RootCAs.AddCert(ours.Cert)
	for name, server := range map[string]*certtest.Authority{"trusted": ours, "of somebody else": others} {
		here, there := net.Pipe()
		d := Dialer{Waker: &Waker{}, Pool: NewBuffers(SmallBuffer),
			Dial: func(context.Context, string, string) (net.Conn, error) { return here, nil }}
		served := make(chan error, 1)
		go func() {
			c := tls.Server(there, &tls.Config{Certificates: []tls.Certificate{server.Pair(t, "shop")}})
			err := c.HandshakeContext(t.Context())
			if err == nil {
				_, err = c.Read(make([]byte, 1))
			}
			served <- err
		}()
		conn, err := d.Connect(t.Context(), []string{"a"}, trusts, 0)
		failed := errors.As(err, new(HandshakeError))
		if (conn == nil) != failed || failed != (server == others) {
			t.Errorf("%s: %v", name, err)
		}
		if conn != nil {
			conn.Close()
		}
		if _, err := here.Read(make([]byte, 1)); !errors.Is(err, io.ErrClosedPipe) {
			t.Errorf("%s: not closed here: %v", name, err)
		}
		if err := <-served; err == nil {
			t.Errorf("%s: the connection is open", name)
		}
	}
}

// What this machine lacks is told from what a member does.
func TestIsLocalWant(t *testing.T) {
	for err, want := range map[error]bool{
		syscall.EMFILE: true, syscall.ENFILE: true, syscall.EADDRNOTAVAIL: true, syscall.ENOMEM: true,
		syscall.ECONNREFUSED: false, syscall.EHOSTUNREACH: false, os.ErrDeadlineExceeded: false,
	} {
		wrapped := fmt.Errorf("dial: %w", &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", err)})
		if IsLocalWant(wrapped) != want {
			t.Errorf("%v is a want of this machine: %v", wrapped, !want)
		}
	}
	if IsLocalWant(nil) {
		t.Error("nothing lacks")
	}
}
