package wire

import (
	"io"
	"net"
	"net/netip"
	"os"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// socket is a TCP connection that waits by a waker. Its descriptor never blocks, so system calls are made without
// telling the scheduler: that saves a good part of what they cost. One goroutine reads and one writes at a time.
type socket struct {
	fd            int
	users         atomic.Int32 // how many use fd now; closing is set when the last of them is to close it
	waker         *Waker
	local, remote netip.AddrPort // local of one that was accepted is the listener's: no system call for each
	goodbye       *time.Timer    // see SetWriteDeadline

	in, out     gate        // opened when the waker tells of something
	empty       bool        // a read has taken all: the waker will tell of more; whoever reads has it
	ended       atomic.Bool // the other side has closed, perhaps with its last bytes: that is told once
	interrupted atomic.Bool // see SetDeadline
	parked      atomic.Bool // it waits in the lot
}

func newSocket(fd int, w *Waker, local, remote netip.AddrPort) *socket {
	return &socket{
		fd: fd, waker: w, local: local, remote: remote,
		empty: true, // the waker tells of what stands there from the start
	}
}

// What an event of the waker means: a read tells of an end or an error, and a write of an error.
const (
	mayRead  = syscall.EPOLLIN | mayEnd
	mayWrite = syscall.EPOLLOUT | syscall.EPOLLHUP | syscall.EPOLLERR
	mayEnd   = syscall.EPOLLRDHUP | syscall.EPOLLHUP | syscall.EPOLLERR
)

// tell lets whoever waits, or will wait next, have a look.
func (s *socket) tell(events uint32) {
	if events&mayEnd != 0 {
		s.ended.Store(true)
	}
	if events&mayRead != 0 {
		s.in.open()
	}
	if events&mayWrite != 0 {
		s.out.open()
	}
}

// closing is a bit of users beyond any number of them.
const closing = 1 << 30

// enter keeps the descriptor open until leave, so that no system call meets another connection under its number.
func (s *socket) enter() error {
	for {
		n := s.users.Load()
		if n&closing != 0 {
			return net.ErrClosed
		}
		if s.users.CompareAndSwap(n, n+1) {
			return nil
		}
	}
}

// leave ends what enter began. The last one out closes, with no lock: nobody can enter any more.
func (s *socket) leave() {
	if s.users.Add(-1) == closing {
		syscall.Close(s.fd)
	}
}

// Close lets whoever waits here go, and the descriptor with the last of them. The waker forgets the socket before: the
// number may be another connection's the moment it is free.
func (s *socket) Close() error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	if s.users.Or(closing)&closing != 0 {
		return net.ErrClosed
	}
	s.waker.forget(s)
	s.tell(mayRead | mayWrite)
	return nil
}

// CloseWrite tells the other side that nothing more comes.
func (s *socket) CloseWrite() error {
	return s.Control(func(fd uintptr) { syscall.Shutdown(int(fd), syscall.SHUT_WR) })
}

// SetDeadline interrupts whoever waits, now and later, by any time, and no longer by none. Time limits are the
// sweeper's: a Link asks here for interruptions alone.
func (s *socket) SetDeadline(t time.Time) error {
	s.interrupted.Store(!t.IsZero())
	if !t.IsZero() {
		s.tell(syscall.EPOLLIN | syscall.EPOLLOUT)
	}
	return nil
}

func (s *socket) SetReadDeadline(t time.Time) error { return s.SetDeadline(t) }

// SetWriteDeadline is for crypto/tls, which sets one for its goodbye, and another that is over behind it. That second
// one interrupts reads as well. Nobody needs them then except whoever lingers after CloseWrite, whose link lifts it.
func (s *socket) SetWriteDeadline(t time.Time) error {
	if s.goodbye != nil {
		s.goodbye.Stop()
	}
	if !t.IsZero() {
		s.goodbye = time.AfterFunc(time.Until(t), func() { s.SetDeadline(t) })
	}
	return nil
}

func (s *socket) LocalAddr() net.Addr  { return net.TCPAddrFromAddrPort(s.local) }
func (s *socket) RemoteAddr() net.Addr { return net.TCPAddrFromAddrPort(s.remote) }

// Control lends the descriptor.
func (s *socket) Control(f func(fd uintptr)) error {
	if err := s.enter(); err != nil {
		return err
	}
	defer s.leave()
	f(uintptr(s.fd))
	return nil
}

func (s *socket) peek() peekResult {
	if s.enter() != nil {
		return hasClosed
	}
	seen := peek(uintptr(s.fd))
	s.leave()
	return seen
}

// left enters, as every other use of the descriptor does: the sweeper asks while the connection may be closed.
func (s *socket) left(byEnding bool) bool {
	if s.enter() != nil {
		return true
	}
	defer s.leave()
	return left(uintptr(s.fd), byEnding)
}

// rest gives back what a socket needs that somebody waits for.
func (s *socket) rest() {
	s.in.rest(s.waker)
	s.out.rest(s.waker)
}

// ready waits until there may be something to read, and enters. Once an end has been told of, nothing more is told: it
// does not wait, and the read finds the end.
func (s *socket) ready() error {
	for s.empty && !s.ended.Load() && !s.interrupted.Load() {
		s.in.wait(s.waker)
		s.empty = false
	}
	return s.begin()
}

// begin enters unless the socket is interrupted. A write does not wait before it: it tells itself whether there is
// room.
func (s *socket) begin() error {
	if s.interrupted.Load() {
		return os.ErrDeadlineExceeded
	}
	return s.enter()
}

// Read reads what there is, at least one byte.
func (s *socket) Read(p []byte) (int, error) {
	for {
		if err := s.ready(); err != nil {
			return 0, err
		}
		n, err := s.receive(p)
		if err != syscall.EAGAIN {
			return n, err
		}
	}
}

// wait holds no buffer while it sleeps, so that ten thousand idle connections hold none.
func (s *socket) wait(pool *Buffers) (*Buffer, int, error) {
	for {
		if err := s.ready(); err != nil {
			return nil, 0, err
		}
		b := pool.Get()
		n, err := s.receive(b.B)
		if err == nil {
			return b, n, nil
		}
		pool.Put(b)
		if err != syscall.EAGAIN {
			return nil, 0, err
		}
	}
}

// receive reads once, and leaves. Less than there was room for is all that stood there, so the next read need not try.
// Nothing at all also takes back an end: it was told of the connection that had this descriptor before (see forget).
func (s *socket) receive(p []byte) (int, error) {
	n, errno := receive(s.fd, p, 0)
	s.leave()
	switch {
	case errno == syscall.EAGAIN:
		s.empty = true
		s.ended.Store(false)
		return 0, errno
	case errno != 0:
		return 0, errno
	case n == 0:
		return 0, io.EOF
	}
	s.empty = n < len(p)
	return n, nil
}

// Write writes all of p, or says how much of it.
func (s *socket) Write(p []byte) (sent int, err error) {
	for {
		if err := s.begin(); err != nil {
			return sent, err
		}
		n, errno := send(s.fd, p[sent:])
		s.leave()
		sent += n
		switch {
		case errno != 0 && errno != syscall.EAGAIN:
			return sent, errno
		case sent == len(p):
			return sent, nil
		}
		s.out.wait(s.waker)
	}
}

// roundTrip writes a request and waits for the first bytes of what comes back. With check, a stream that something
// stands in already is ErrStale. No bytes and no error: there was no room for all of the request.
func (s *socket) roundTrip(p []byte, check bool, pool *Buffers) (sent int, b *Buffer, n int, err error) {
	if err := s.begin(); err != nil {
		return 0, nil, 0, err
	}
	if check && peek(uintptr(s.fd)) != nothingYet {
		s.leave()
		return 0, nil, 0, ErrStale
	}
	sent, errno := send(s.fd, p)
	s.leave()
	switch {
	case errno != 0 && errno != syscall.EAGAIN:
		return sent, nil, 0, errno
	case sent < len(p):
		return sent, nil, 0, nil
	}
	b, n, err = s.wait(pool)
	return sent, b, n, err
}

const canPeek = true

// peek leaves what it sees in the socket: bytes of a stream that nobody asked for say that it cannot be used, not
// what they are.
func peek(fd uintptr) peekResult {
	var b [1]byte
	n, errno := receive(int(fd), b[:], syscall.MSG_PEEK|syscall.MSG_DONTWAIT)
	switch {
	case errno == syscall.EAGAIN:
		return nothingYet
	case errno != 0 || n == 0:
		return hasClosed
	}
	return hasBytes
}

// left asks for the state, not for bytes: an end may stand behind bytes that nobody has read, over TLS behind those of
// its goodbye, and behind an end, a read tells of no reset.
func left(fd uintptr, byEnding bool) bool {
	ask := struct {
		fd              int32
		asked, answered int16
	}{fd: int32(fd)}
	signs := int16(syscall.EPOLLERR | syscall.EPOLLHUP) // poll has the same bits
	if byEnding {
		ask.asked = syscall.EPOLLRDHUP
		signs |= syscall.EPOLLRDHUP
	}
	var atOnce syscall.Timespec
	syscall.RawSyscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&ask)), 1, uintptr(unsafe.Pointer(&atOnce)), 0, 0, 0)
	return ask.answered&signs != 0
}

// receive is one system call: recvfrom, which gets to the socket on a shorter way through the kernel than read does.
func receive(fd int, p []byte, flags uintptr) (int, syscall.Errno) {
	return transfer(syscall.SYS_RECVFROM, fd, p, flags)
}

// send writes without SIGPIPE, which would end the process for a connection that the other side has closed.
func send(fd int, p []byte) (int, syscall.Errno) {
	return transfer(syscall.SYS_SENDTO, fd, p, syscall.MSG_NOSIGNAL)
}

// transfer handles EINTR, which the standard library would hide. RawSyscall does not tell the scheduler, which is
// right for calls that never block (see socket), and wrong for all others.
func transfer(call uintptr, fd int, p []byte, flags uintptr) (int, syscall.Errno) {
	for {
		at := unsafe.Pointer(unsafe.SliceData(p))
		n, _, errno := syscall.RawSyscall6(call, uintptr(fd), uintptr(at), uintptr(len(p)), flags, 0, 0)
		switch errno {
		case syscall.EINTR:
		case 0:
			return int(n), 0
		default:
			return 0, errno
		}
	}
}
