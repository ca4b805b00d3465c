//go:build !unix

package check

import (
	"context"
	"os/exec"
)

// shell makes a command of words.
func shell(ctx context.Context, words string) *exec.Cmd {
	return exec.CommandContext(ctx, "cmd", "/C", words)
}
