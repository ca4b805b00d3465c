//go:build !linux

package wire

import "net"

// poller exists on Linux only: elsewhere each idle client keeps its goroutine.
type poller struct{}

func newPoller() *poller { return nil }

func (*poller) add(net.Conn, int) bool { return false }
func (*poller) remove(net.Conn)        {}
func (*poller) wait() ([]int, error)   { return nil, net.ErrClosed }
func (*poller) close()                 {}
