package wire

import (
	"net"
	"net/netip"
	"os"
	"syscall"
)

// Listener takes a TCP listener out of the hands of package net, as Adopt does with a connection: its connections
// begin as sockets of the waker. Package net would make its own of each first, which costs a dozen system calls in
// place of two. Any other listener stays as it is.
func (w *Waker) Listener(l net.Listener) net.Listener {
	tcp, ok := l.(*net.TCPListener)
	if !ok || w.raw == nil {
		return l
	}
	fd, ok := duplicate(tcp)
	if !ok {
		return l
	}
	a := &acceptor{newSocket(fd, w, addrPort(l.Addr()), netip.AddrPort{})}
	if !w.watch(a.s) {
		syscall.Close(fd)
		return l
	}
	inherit(fd)
	l.Close()
	return a
}

// inherit sets what connections inherit: what package net sets on each of them (no delay, and probes from 15 seconds
// of silence on, after nine of which the connection counts as broken).
func inherit(fd int) {
	for _, o := range [...]struct{ level, name, value int }{
		{syscall.IPPROTO_TCP, syscall.TCP_NODELAY, 1},
		{syscall.SOL_SOCKET, syscall.SO_KEEPALIVE, 1},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPIDLE, 15},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPINTVL, 15},
		{syscall.IPPROTO_TCP, syscall.TCP_KEEPCNT, 9},
	} {
		syscall.SetsockoptInt(fd, o.level, o.name, o.value)
	}
}

// acceptor is a listener whose connections are sockets. One goroutine accepts at a time.
type acceptor struct{ s *socket } // what stands there to be read are connections

func (a *acceptor) Addr() net.Addr { return a.s.LocalAddr() }
func (a *acceptor) Close() error   { return a.s.Close() }

// Accept has the errors of package net: whoever calls asks them whether they are temporary. A client that has left
// before it was accepted (ECONNABORTED) is none.
func (a *acceptor) Accept() (net.Conn, error) {
	for {
		if err := a.s.ready(); err != nil {
			return nil, a.failed(err)
		}
		fd, from, err := syscall.Accept4(a.s.fd, syscall.SOCK_NONBLOCK|syscall.SOCK_CLOEXEC)
		a.s.leave()
		switch err {
		case nil:
			return a.conn(fd, from)
		case syscall.EAGAIN:
			a.s.empty = true
		case syscall.EINTR, syscall.ECONNABORTED:
		default:
			return nil, a.failed(os.NewSyscallError("accept4", err))
		}
	}
}

func (a *acceptor) failed(err error) error {
	return &net.OpError{Op: "accept", Net: "tcp", Addr: a.Addr(), Err: err}
}

// conn leaves a connection to package net that the system does not want to watch.
func (a *acceptor) conn(fd int, from syscall.Sockaddr) (net.Conn, error) {
	s := newSocket(fd, a.s.waker, a.s.local, addrOf(from))
	if a.s.waker.watch(s) {
		return s, nil
	}
	f := os.NewFile(uintptr(fd), "")
	defer f.Close()
	return net.FileConn(f)
}

// addrOf is an address of the system as package net has it, with the name of the zone in place of its number.
func addrOf(a syscall.Sockaddr) netip.AddrPort {
	switch a := a.(type) {
	case *syscall.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(a.Addr), uint16(a.Port))
	case *syscall.SockaddrInet6:
		addr := netip.AddrFrom16(a.Addr)
		if i, err := net.InterfaceByIndex(int(a.ZoneId)); a.ZoneId != 0 && err == nil {
			addr = addr.WithZone(i.Name)
		}
		return netip.AddrPortFrom(addr, uint16(a.Port))
	}
	return netip.AddrPort{}
}
