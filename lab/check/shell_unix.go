//go:build unix

package check

import (
	"context"
	"os/exec"
	"syscall"
)

// shell makes a command of words, in a process group of its own: at the limit all of it ends.
func shell(ctx context.Context, words string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "/bin/sh", "-c", words)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}
