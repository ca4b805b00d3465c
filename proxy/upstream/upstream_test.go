package upstream_test

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"syscall"
	"testing"

	"github.com/wasplug/wasplug/internal/certtest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/proxy/upstream"
	"github.com/wasplug/wasplug/proxy/wire"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// member is a server whose connections are the test's.
type member struct {
	net.Listener
	upstream.Dialer
	upstream.Transport
}

func newMember(t *testing.T) *member {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	waker := wire.NewWaker()
	m := &member{Listener: l, Dialer: upstream.Dialer{
		Dialer:  wire.Dialer{Dial: wire.Dial, Waker: waker, Pool: wire.NewBuffers(wire.SmallBuffer)},
		Sweeper: wire.NewSweeper(),
	}}
	m.Addrs = []string{l.Addr().String()}
	t.Cleanup(func() { m.Transport.Close(); l.Close(); waker.Close() })
	return m
}

// open opens a stream, and returns its other end, too.
func (m *member) open(t *testing.T) (s *upstream.Stream, there net.Conn) {
	t.Helper()
	s, _, err := m.Open(t.Context(), &m.Transport, 0)
	if err != nil {
		t.Fatal(err)
	}
	if there, err = m.Accept(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close(); there.Close() })
	return s, there
}

// A stream that was queued is taken again, as one that is used again, until it is too old.
func TestTake(t *testing.T) {
	m := newMember(t)
	m.TTL = 10
	if s := m.Take(0); s != nil {
		t.Fatal("a stream out of nothing")
	}
	s, _ := m.open(t)
	if s.Reused {
		t.Error("a new one has been used before")
	}
	s.Queue(5)
	if n := m.Idle(6); n != 1 {
		t.Errorf("%d idle", n)
	}
	if got := m.Take(14); got != s || !s.Reused {
		t.Errorf("%v, used before: %v", got, s.Reused)
	}
	if got := m.Take(14); got != nil {
		t.Error("one stream for two")
	}
	for name, drop := range map[string]func() bool{
		"Take": func() bool { return m.Take(31) == nil }, "Idle": func() bool { return m.Idle(31) == 0 },
	} {
		s, _ := m.open(t)
		s.Queue(20)
		if !drop() {
			t.Errorf("%s: a stream that is too old", name)
		}
		if _, err := s.Write([]byte("x")); err == nil {
			t.Errorf("%s: it was dropped, and is open", name)
		}
	}
}

// The sweep drops streams that their member has closed, or on which something came unasked, and leaves the others.
func TestSweep(t *testing.T) {
	m := newMember(t)
	for _, end := range []func(net.Conn){func(net.Conn) {}, func(c net.Conn) { c.Close() },
		func(c net.Conn) { c.Write([]byte("HTTP/1.1 408 Late\r\n\r\n")) }} {
		s, there := m.open(t)
		if !s.Quiet() {
			t.Skip("nobody can look at a socket on this system")
		}
		end(there)
		s.Queue(0)
	}
	for m.Sweep(0); m.Idle(0) > 1; m.Sweep(0) { // the ends may still be on their way
	}
	s := m.Take(0)
	if s == nil {
		t.Fatal("the good one is gone, too")
	}
	if _, err := s.Write([]byte("x")); err != nil {
		t.Errorf("the good one is closed: %v", err)
	}
}

// Behind a reload idle streams are closed at once, and those in use when they come back.
func TestClose(t *testing.T) {
	m := newMember(t)
	idle, _ := m.open(t)
	busy, _ := m.open(t)
	idle.Queue(0)
	m.Transport.Close()
	if _, err := idle.Write([]byte("x")); err == nil {
		t.Error("an idle one is open")
	}
	if _, err := busy.Write([]byte("x")); err != nil {
		t.Errorf("one in use is closed: %v", err)
	}
	busy.Queue(0)
	if _, err := busy.Write([]byte("x")); err == nil || m.Idle(0) != 0 {
		t.Error("one that comes back is kept")
	}
}

// What went wrong with a connect is told as the core asks for it.
func TestOpenTells(t *testing.T) {
	ours, others := certtest.NewAuthority(t), certtest.NewAuthority(t)
	trusts := &tls.Config{RootCAs: x509.NewCertPool(), ServerName: "m1"}
	trusts.RootCAs.AddCert(ours.Cert)
	for _, tt := range []struct {
		name  string
		of    *upstream.Transport
		dial  error // what the dialer says, nil: it connects
		shows *tls.Config
		want  failover.EventKind
	}{
		{name: "unresolved", of: &upstream.Transport{Err: errors.New("no such host")}, want: failover.ConnectFailed},
		{name: "refused", of: new(upstream.Transport), dial: syscall.ECONNREFUSED, want: failover.ConnectFailed},
		{name: "no answer in time", of: new(upstream.Transport), dial: context.DeadlineExceeded,
			want: failover.ConnectTimeout},
		{name: "nor by the system", of: new(upstream.Transport), dial: syscall.ETIMEDOUT,
			want: failover.ConnectTimeout},
		{name: "plain", of: new(upstream.Transport)},
		{name: "TLS", of: &upstream.Transport{TLS: trusts}, shows: shown(t, ours, "m1")},
		{name: "of another authority", of: &upstream.Transport{TLS: trusts}, shows: shown(t, others, "m1"),
			want: failover.ConnectFailed},
		{name: "another name", of: &upstream.Transport{TLS: trusts}, shows: shown(t, ours, "m2"),
			want: failover.ConnectFailed},
		{name: "another name, which is spared", of: &upstream.Transport{TLS: trusts, SparesWrongName: true},
			shows: shown(t, ours, "m2"), want: failover.NameDiffers},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dial := func(context.Context, string, string) (net.Conn, error) {
				if tt.dial != nil {
					return nil, &net.OpError{Op: "dial", Err: tt.dial}
				}
				near, far := net.Pipe()
				t.Cleanup(func() { far.Close() })
				if tt.shows != nil {
					go io.Copy(io.Discard, tls.Server(far, tt.shows)) // the handshake, and the goodbye
				}
				return near, nil
			}
			d := upstream.Dialer{Sweeper: wire.NewSweeper(), Dialer: wire.Dialer{Dial: dial, Waker: new(wire.Waker),
				Pool: wire.NewBuffers(wire.SmallBuffer)}}
			tt.of.Addrs = []string{"192.0.2.1:9080"}
			s, kind, err := d.Open(t.Context(), tt.of, match.Second)
			if kind != tt.want || (s == nil) != (tt.want != 0) || (err == nil) != (tt.want == 0) {
				t.Errorf("%v, %v; want %v", kind, err, tt.want)
			}
			if s != nil {
				s.Link.Close()
			}
		})
	}
}

// shown is what a member shows.
func shown(t *testing.T, a *certtest.Authority, name string) *tls.Config {
	return &tls.Config{Certificates: []tls.Certificate{a.Pair(t, name)}}
}
