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

// looker looks at what stands in a socket, and leaves it there. It never waits.
type looker interface {
	peek() peekResult
	// left reports whether the other side has reset the connection, or ours has closed it. With byEnding an end is
	// enough: without, it is no sign, for who has said all may close its sending side and wait for the answer.
	left(byEnding bool) bool
}

// lookerAt returns nil where nothing can be seen.
func lookerAt(conn net.Conn) looker {
	if s := socketBelow(conn); s != nil {
		return s
	}
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

// peeker looks at a socket that package net has.
type peeker struct {
	lender lender
	fn     func(fd uintptr) // made once, for a closure made for each look would be garbage
	seen   peekResult
}

// lender lends a descriptor: during the call it is not closed. syscall.RawConn is one.
type lender interface {
	Control(f func(fd uintptr)) error
}

// peek is for one goroutine at a time, as the closure writes into p; left, which the sweeper calls beside it, has its
// own.
func (p *peeker) peek() peekResult {
	p.seen = hasClosed // of a socket that is closed on our side
	p.lender.Control(p.fn)
	return p.seen
}

func (p *peeker) left(byEnding bool) (yes bool) {
	yes = true // as above
	p.lender.Control(func(fd uintptr) { yes = left(fd, byEnding) })
	return yes
}
