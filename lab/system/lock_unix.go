//go:build linux || darwin || freebsd || netbsd || openbsd || dragonfly

package system

import (
	"os"
	"syscall"
)

// Hold takes the lock of a run's folder. The system gives it back when the process ends, however that comes about.
func Hold(f *os.File) bool { return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil }
