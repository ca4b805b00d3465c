package check

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
)

// tail is as much as is shown of what a command has printed, in bytes from its end: what went wrong is said last.
const tail = 2000

// runCommand gives the user's own words to the shell and waits, at most as long as it may; flag names them in the
// error. A command that starts a server in the background ends itself, and what still holds its output is waited for
// no longer than a second.
func runCommand(ctx context.Context, flag, words string, limit time.Duration) error {
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := shell(ctx, words)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.WaitDelay = time.Second // whoever it has left behind may keep its output open
	err := cmd.Run()
	switch {
	case err == nil || errors.Is(err, exec.ErrWaitDelay):
		return nil
	case errors.Is(ctx.Err(), context.DeadlineExceeded):
		err = fmt.Errorf("it has not ended within %s, the limit of --command-timeout", limit)
	}
	said := strings.TrimSpace(out.String())
	if said != "" {
		said = "; it said: " + said[max(0, len(said)-tail):]
	}
	return diag.Errorf("--%s %q: %v%s", flag, words, err, said)
}
