package proxy

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"
)

// network connects the proxy with clients and members: loopback sockets, or pipes that work inside a synctest bubble.
type network struct {
	pipes   bool
	mu      sync.Mutex
	members map[string]net.Listener // by ADDRESS:PORT as the proxy dials it; none: refused
	dials   map[string]int
	hidden  bool           // connections to members show no socket
	dialled func(net.Conn) // looks at a connection first
	lacking syscall.Errno  // dialling fails with it, whoever is meant
	refusal syscall.Errno  // of members that are not there, default ECONNREFUSED
	front   net.Listener
}

func (n *network) listen(t *testing.T) net.Listener {
	if n.pipes {
		return &pipeListener{conns: make(chan net.Conn), closed: make(chan struct{})}
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// onDial lets a function look at each connection to a member first.
func (n *network) onDial(f func(net.Conn)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.dialled = f
}

func (n *network) dial(ctx context.Context, _, address string) (net.Conn, error) {
	n.mu.Lock()
	l, hidden, refusal := n.members[address], n.hidden, cmp.Or(n.refusal, syscall.ECONNREFUSED)
	lacking, dialled := n.lacking, n.dialled
	if lacking == 0 {
		n.dials[address]++
	}
	n.mu.Unlock()
	if lacking != 0 {
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("socket", lacking)}
	}
	if l == nil {
		return nil, &net.OpError{Op: "dial", Err: os.NewSyscallError("connect", refusal)}
	}
	c, err := connect(ctx, l)
	if dialled != nil && err == nil {
		dialled(c)
	}
	if hidden && err == nil {
		return struct{ net.Conn }{c}, nil
	}
	return c, err
}

func connect(ctx context.Context, l net.Listener) (net.Conn, error) {
	if p, ok := l.(*pipeListener); ok {
		here, there := net.Pipe()
		select {
		case p.conns <- there:
			return here, nil
		case <-p.closed:
			return nil, syscall.ECONNREFUSED
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	return new(net.Dialer).DialContext(ctx, "tcp", l.Addr().String())
}

// LookupNetIP gives member mN the address 10.0.0.N.
func (n *network) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	if a, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{a}, nil
	}
	if number, ok := strings.CutPrefix(host, "m"); ok {
		return []netip.Addr{netip.MustParseAddr("10.0.0." + number)}, nil
	}
	return nil, errors.New("no such host")
}

type pipeListener struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func (l *pipeListener) Accept() (net.Conn, error) {
	select {
	case c := <-l.conns:
		return c, nil
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

func (l *pipeListener) Close() error   { l.once.Do(func() { close(l.closed) }); return nil }
func (l *pipeListener) Addr() net.Addr { return pipeAddr{} }

type pipeAddr struct{}

func (pipeAddr) Network() string { return "pipe" }
func (pipeAddr) String() string  { return "front:80" }
