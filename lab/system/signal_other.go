//go:build !unix

package system

import (
	"errors"
	"os"
	"os/exec"
)

var errNoSignal = errors.New("this system has no signal to halt a process")

func Detach(*exec.Cmd) {}

func Halt(*os.Process) error        { return errNoSignal }
func Resume(*os.Process) error      { return errNoSignal }
func Terminate(p *os.Process) error { return p.Kill() }
