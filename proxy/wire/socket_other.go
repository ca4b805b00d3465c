//go:build !linux

package wire

import (
	"net"
	"net/netip"
	"sync/atomic"
)

// socket and Waker exist on Linux only: elsewhere connections stay with package net, and each idle client keeps
// its goroutine. No value of this type is ever made: it is here for the compiler, as socketBelow returns nil.
type socket struct {
	net.Conn
	fd int

	local, remote netip.AddrPort
	parked        atomic.Bool
}

func (*socket) wait(*Buffers) (*Buffer, int, error) { panic("no socket") }

func (*socket) roundTrip([]byte, bool, *Buffers) (int, *Buffer, int, error) { panic("no socket") }

func (*socket) peek() peekResult { panic("no socket") }

func (*socket) left(bool) bool { panic("no socket") }

func (*socket) rest() { panic("no socket") }

func (*socket) Control(func(uintptr)) error { panic("no socket") }

// Waker adopts nothing.
type Waker struct{ unpark func(int) }

// NewWaker makes one.
func NewWaker() *Waker { return &Waker{} }

// Adopt leaves a connection where it is.
func (*Waker) Adopt(conn net.Conn) net.Conn { return conn }

// Listener leaves a listener as it is.
func (*Waker) Listener(l net.Listener) net.Listener { return l }

// Close has nothing to end.
func (*Waker) Close() {}
