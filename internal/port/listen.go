package port

import (
	"errors"
	"net"
	"syscall"
	"time"
)

// What is closed is gone within milliseconds; a second is for a machine with much else to do.
const (
	lingers = time.Second
	again   = time.Millisecond
)

// Listen listens at an address HOST:PORT that the caller keeps and has listened at before, perhaps a moment ago. A
// process that this one starts has all its sockets until its own program begins, so that one that was closed meanwhile
// listens on for so long, and the address counts as taken.
func Listen(address string) (net.Listener, error) {
	for until := time.Now().Add(lingers); ; time.Sleep(again) {
		l, err := net.Listen("tcp", address)
		if !errors.Is(err, syscall.EADDRINUSE) || time.Now().After(until) {
			return l, err
		}
	}
}
