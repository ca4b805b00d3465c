package wire

import (
	"net"
	"syscall"
)

// glimpse is what a look at a socket without reading shows.
type peekResult uint8

const (
	unknown peekResult = iota // this system, or what is no socket, does not tell
	nothingYet
	hasBytes
	hasClosed
)

// peeker looks at what stands in a socket and leaves it there. A nil one sees nothing.
type peeker struct {
	raw  syscall.RawConn
	fn   func(fd uintptr) // made once, for a closure made for each look would be garbage
	seen peekResult
}

// newPeeker returns nil where nothing can be seen.
func newPeeker(conn net.Conn) *peeker {
	sc, ok := conn.(syscall.Conn)
	if !ok || !canPeek {
		return nil
	}
	raw, err := sc.SyscallConn()
	if err != nil {
		return nil
	}
	p := &peeker{raw: raw}
	p.fn = func(fd uintptr) { p.seen = peek(fd) }
	return p
}

// peek never waits.
func (p *peeker) peek() peekResult {
	if p == nil {
		return unknown
	}
	p.seen = hasClosed // of a socket that is closed on our side
	p.raw.Control(p.fn)
	return p.seen
}
