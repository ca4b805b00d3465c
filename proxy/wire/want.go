package wire

import (
	"errors"
	"slices"
	"syscall"
)

// IsLocalWant reports whether this process or this machine lacks something: descriptors, ports or memory. No member
// is to blame for that, and another one would not help.
func IsLocalWant(err error) bool {
	wants := []error{syscall.EMFILE, syscall.ENFILE, syscall.EADDRNOTAVAIL, syscall.ENOBUFS, syscall.ENOMEM}
	return slices.ContainsFunc(wants, func(want error) bool { return errors.Is(err, want) })
}
