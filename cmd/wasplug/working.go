package main

import (
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
)

// silence is how long a command may work on a terminal without a word.
const silence = time.Second

// working says on a terminal what a command is doing when it takes long. The line is gone when done returns.
func working(c *cli.Context, doing string) (done func()) {
	out, _ := c.App.ErrWriter.(diag.VisibleWriter)
	if !isTerminal(out.To) {
		return func() {}
	}
	return sayWorking(out.To, string(diag.AppendVisible(nil, doing, diag.Text, "")))
}

func sayWorking(terminal io.Writer, doing string) (done func()) {
	var mu sync.Mutex
	var said, over bool
	timer := time.AfterFunc(silence, func() {
		mu.Lock()
		defer mu.Unlock()
		if said = !over; said {
			fmt.Fprintf(terminal, "%s ...", doing)
		}
	})
	return func() {
		timer.Stop()
		mu.Lock()
		defer mu.Unlock()
		if said && !over {
			fmt.Fprint(terminal, "\r\x1b[K")
		}
		over = true
	}
}
