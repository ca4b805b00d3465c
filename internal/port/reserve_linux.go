package port

import (
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"
)

// Reserve keeps the port of an address HOST:PORT, or a free one where PORT is 0, until it is released: a socket is
// bound to it that does not listen. The system gives the port to nobody who asks for a free one or connects, and a
// connection to it is refused until a server listens, in this process or another. Such a server must set SO_REUSEADDR,
// as nearly all do. HOST is an IP address or a name of this machine.
func Reserve(address string) (reserved string, release func(), err error) {
	at, err := net.ResolveTCPAddr("tcp", address)
	if err != nil {
		return "", nil, err
	}
	ip := at.AddrPort()
	fd, bound, err := bind(netip.AddrPortFrom(ip.Addr().Unmap(), ip.Port()))
	if err != nil {
		return "", nil, &net.OpError{Op: "listen", Net: "tcp", Addr: at, Err: err} // as a server there would be told
	}
	return bound.String(), sync.OnceFunc(func() { syscall.Close(fd) }), nil
}

// bind makes a socket with an address, which processes that are started do not inherit.
func bind(at netip.AddrPort) (fd int, bound netip.AddrPort, err error) {
	family, name := syscall.AF_INET, sockaddr(at)
	if _, ok := name.(*syscall.SockaddrInet6); ok {
		family = syscall.AF_INET6
	}
	if fd, err = syscall.Socket(family, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0); err != nil {
		return 0, bound, os.NewSyscallError("socket", err)
	}
	if err = syscall.SetsockoptInt(fd, syscall.SOL_SOCKET, syscall.SO_REUSEADDR, 1); err == nil {
		err = syscall.Bind(fd, name)
	}
	if err == nil {
		name, err = syscall.Getsockname(fd)
	}
	if err != nil {
		syscall.Close(fd)
		return 0, bound, os.NewSyscallError("bind", err)
	}
	return fd, netip.AddrPortFrom(at.Addr(), portOf(name)), nil
}

func sockaddr(at netip.AddrPort) syscall.Sockaddr {
	if at.Addr().Is4() {
		return &syscall.SockaddrInet4{Port: int(at.Port()), Addr: at.Addr().As4()}
	}
	return &syscall.SockaddrInet6{Port: int(at.Port()), Addr: at.Addr().As16()}
}

func portOf(name syscall.Sockaddr) uint16 {
	if v4, ok := name.(*syscall.SockaddrInet4); ok {
		return uint16(v4.Port)
	}
	return uint16(name.(*syscall.SockaddrInet6).Port)
}
