package system

import (
	"os/exec"
	"syscall"
)

// EndsWithParent says that a process can be made to end with the thread that has started it.
const EndsWithParent = true

// EndWithParent makes it so. To be called behind [Detach].
func EndWithParent(cmd *exec.Cmd) { cmd.SysProcAttr.Pdeathsig = syscall.SIGKILL }
