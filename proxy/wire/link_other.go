//go:build !linux

package wire

import "net"

// fastPath exists on Linux only.
type fastPath struct{}

func newFastPath(net.Conn) *fastPath { return nil }

func (*fastPath) read([]byte) (int, error)  { panic("no fast path") }
func (*fastPath) write([]byte) (int, error) { panic("no fast path") }

func (*fastPath) wait(*Buffers) (*Buffer, int, error) { panic("no fast path") }

func (*fastPath) roundTrip([]byte, bool, *Buffers) (int, *Buffer, int, error) { panic("no fast path") }
