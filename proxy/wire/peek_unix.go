//go:build unix && !linux

package wire

import "syscall"

const canPeek = true

// peek looks at a socket of Go's, which never blocks.
func peek(fd uintptr) peekResult {
	var b [1]byte
	for {
		n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
		switch {
		case err == syscall.EINTR:
			continue
		case err == syscall.EAGAIN:
			return nothingYet
		case err != nil || n == 0:
			return hasClosed
		}
		return hasBytes
	}
}

// broken cannot always tell: bytes, or the end, may stand before the error.
func broken(fd uintptr) bool {
	var b [1]byte
	_, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
	return err != nil && err != syscall.EAGAIN && err != syscall.EINTR
}
