//go:build !linux

package port

import "net"

// Reserve finds out that the port of an address HOST:PORT is free, or which one is where PORT is 0. Elsewhere than on
// Linux it cannot be kept for a server of another socket.
func Reserve(address string) (reserved string, release func(), err error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return "", nil, err
	}
	return l.Addr().String(), func() {}, l.Close()
}
