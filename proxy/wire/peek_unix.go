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

// left cannot always tell: bytes may stand before the end or the error, and the end before the error.
func left(fd uintptr, byEnding bool) bool {
	var b [1]byte
	n, _, err := syscall.Recvfrom(int(fd), b[:], syscall.MSG_PEEK)
	if err == nil {
		return byEnding && n == 0
	}
	return err != syscall.EAGAIN && err != syscall.EINTR
}
