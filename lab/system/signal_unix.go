//go:build unix

package system

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Detach gives a member a process group of its own: Ctrl-C is for the supervisor, and a halted member whose supervisor
// is killed is woken by the system, so that it can end (an orphaned group gets SIGHUP and SIGCONT).
func Detach(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// Halt returns when the process stands, as far as /proc tells: were the supervisor killed while it is still on its way
// there, the system would find no halted member to wake, and it would stand for ever.
func Halt(p *os.Process) error {
	if err := p.Signal(syscall.SIGSTOP); err != nil {
		return err
	}
	for range 1000 {
		if stands(p.Pid) {
			break
		}
		time.Sleep(time.Millisecond)
	}
	return nil
}

// stands reports that no thread of a process runs or waits: for the system a process is halted when the last of them
// is, which on a busy machine comes long after the first. Where there is no /proc, nobody knows better.
func stands(pid int) bool {
	threads, _ := filepath.Glob("/proc/" + strconv.Itoa(pid) + "/task/*/stat")
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		_, state, _ := strings.Cut(string(stat), ") ")
		if err == nil && state != "" && strings.Contains("RSD", state[:1]) {
			return false
		}
	}
	return true
}

// Resume lets a halted process go on; one that runs does not notice.
func Resume(p *os.Process) error { return p.Signal(syscall.SIGCONT) }

// Terminate asks a process to end in order.
func Terminate(p *os.Process) error { return p.Signal(syscall.SIGTERM) }
