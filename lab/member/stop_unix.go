//go:build unix

package member

import (
	"os"
	"os/signal"
	"syscall"
)

// stop halts the process until somebody lets it go on. The signal may reach another thread first, and on a busy
// machine this one runs on meanwhile: so it waits to be told that it goes on.
func stop() {
	goesOn := make(chan os.Signal, 1)
	signal.Notify(goesOn, syscall.SIGCONT)
	defer signal.Stop(goesOn)
	syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)
	<-goesOn
}
