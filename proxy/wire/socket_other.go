//go:build !linux

package wire

import (
	"net"
	"sync/atomic"
)

// socket and Waker exist on Linux only: elsewhere connections stay with package net, and each idle client keeps
// its goroutine.
type socket struct {
	net.Conn
	fd     int
	parked atomic.Bool
}

func (*socket) wait(*Buffers) (*Buffer, int, error) { panic("no socket") }

func (*socket) roundTrip([]byte, bool, *Buffers) (int, *Buffer, int, error) { panic("no socket") }

func (*socket) readable() bool { panic("no socket") }

func (*socket) Control(func(uintptr)) error { panic("no socket") }

// Waker adopts nothing.
type Waker struct{ unpark func(int) }

// NewWaker makes one.
func NewWaker() *Waker { return &Waker{} }

// Adopt leaves a connection where it is.
func (*Waker) Adopt(conn net.Conn) net.Conn { return conn }

// Close has nothing to end.
func (*Waker) Close() {}
