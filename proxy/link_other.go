//go:build !linux

package proxy

import "net"

// fastPath exists on Linux only.
type fastPath struct{}

func newFastPath(net.Conn) *fastPath { return nil }

func (*fastPath) read([]byte) (int, error)  { panic("no fast path") }
func (*fastPath) write([]byte) (int, error) { panic("no fast path") }

func (*fastPath) wait(*buffers) (*buffer, int, error) { panic("no fast path") }

func (*fastPath) turn([]byte, bool, *buffers) (int, *buffer, int, error) { panic("no fast path") }
