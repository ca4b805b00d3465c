package wire

import (
	"net"
	"syscall"
)

// peekResult is what a look at a socket without reading shows.
type peekResult uint8

const (
	unknown peekResult = iota // this system, or what is no socket, does not tell
	nothingYet
	hasBytes
	hasClosed
)

// peeker looks at what stands in a socket and leaves it there. A nil one sees nothing.
type peeker struct {
	lender lender
	fn     func(fd uintptr) // made once, for a closure made for each look would be garbage
	seen   peekResult
}

// lender lends a descriptor.
type lender interface {
	Control(f func(fd uintptr)) error
}

// newPeeker returns nil where nothing can be seen.
func newPeeker(conn net.Conn) *peeker {
	p := &peeker{}
	switch c := conn.(type) {
	case lender:
		p.lender = c
	case syscall.Conn:
		if raw, err := c.SyscallConn(); err == nil {
			p.lender = raw
		}
	}
	if p.lender == nil || !canPeek {
		return nil
	}
	p.fn = func(fd uintptr) { p.seen = peek(fd) }
	return p
}

// peek never waits.
func (p *peeker) peek() peekResult {
	if p == nil {
		return unknown
	}
	p.seen = hasClosed // of a socket that is closed on our side
	p.lender.Control(p.fn)
	return p.seen
}
