package wire

import (
	"net"
	"os"
	"syscall"
)

// poller watches sockets by an epoll of its own. That of the Go runtime wakes goroutines, and thousands of idle
// clients had thousands of stacks. It is a file like others, so whoever waits for it blocks no thread.
type poller struct {
	fd     int
	file   *os.File
	raw    syscall.RawConn
	events [128]syscall.EpollEvent
	ready  []int
}

// newPoller returns nil where the system gives none: then nobody is parked.
func newPoller() *poller {
	fd, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil
	}
	syscall.SetNonblock(fd, true) // the sign by which package os knows that it can be waited for
	p := &poller{fd: fd, file: os.NewFile(uintptr(fd), "epoll")}
	if p.raw, err = p.file.SyscallConn(); err != nil {
		p.file.Close()
		return nil
	}
	return p
}

// add has a socket watched, under a number. Bytes that stand there already count.
func (p *poller) add(conn net.Conn, number int) bool {
	e := syscall.EpollEvent{Events: syscall.EPOLLIN | syscall.EPOLLRDHUP, Fd: int32(number)}
	return p.control(syscall.EPOLL_CTL_ADD, conn, &e)
}

func (p *poller) remove(conn net.Conn) { p.control(syscall.EPOLL_CTL_DEL, conn, nil) }

func (p *poller) control(what int, conn net.Conn, e *syscall.EpollEvent) bool {
	sc, ok := conn.(syscall.Conn)
	if !ok {
		return false
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return false
	}
	var failed error
	err = raw.Control(func(fd uintptr) { failed = syscall.EpollCtl(p.fd, what, int(fd), e) })
	return err == nil && failed == nil
}

// wait returns the numbers of sockets that have something to read or are closed. The list is good until the next
// call. The error says that the poller is closed.
func (p *poller) wait() ([]int, error) {
	p.ready = p.ready[:0]
	err := p.raw.Read(func(fd uintptr) bool {
		n, err := syscall.EpollWait(int(fd), p.events[:], 0)
		for err == syscall.EINTR {
			n, err = syscall.EpollWait(int(fd), p.events[:], 0)
		}
		for i := range n {
			p.ready = append(p.ready, int(p.events[i].Fd))
		}
		return n > 0
	})
	return p.ready, err
}

func (p *poller) close() { p.file.Close() }
