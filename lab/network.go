package lab

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"

	"github.com/wasplug/wasplug/proxy/wire"
)

// network stands for the one that the file speaks of: each host name has a loopback address that nobody listens on,
// and a connection to it is one to a member. So the proxy runs the file as it is, with its hosts and ports, and what
// it logs and explains names them.
type network struct {
	mu    sync.Mutex
	hosts map[string]netip.Addr
	ports map[string]string // HOST:PORT of the file, by an address of ours: where the member listens
}

// LookupNetIP gives each name an address of its own, in 127.64.0.0/10: so hosts are told apart as they are on a
// network.
func (n *network) LookupNetIP(_ context.Context, _, host string) ([]netip.Addr, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return []netip.Addr{n.addressOf(strings.ToLower(host))}, nil
}

// addressOf is that of a host; n.mu is held.
func (n *network) addressOf(host string) netip.Addr {
	a, ok := n.hosts[host]
	if !ok {
		i := len(n.hosts)
		// the last byte is 1 to 250: neither a network's address nor a broadcast
		a = netip.AddrFrom4([4]byte{127, byte(64 + i/250/250), byte(i / 250), byte(i%250 + 1)})
		n.hosts[host] = a
	}
	return a
}

// lead leads an address of the file to a member.
func (n *network) lead(host, port, to string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.ports[net.JoinHostPort(n.addressOf(host).String(), port)] = to
}

// dial connects to the member behind an address. Where none runs, nobody listens either.
func (n *network) dial(ctx context.Context, network, address string) (net.Conn, error) {
	n.mu.Lock()
	to, ok := n.ports[address]
	n.mu.Unlock()
	if !ok {
		return nil, fmt.Errorf("no member of the lab is at %s: %w", address, syscall.ECONNREFUSED)
	}
	return wire.Dial(ctx, network, to)
}
