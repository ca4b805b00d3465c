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

// working says on a terminal what a command is doing when it takes long. The line is gone when done returns. done may
// be called before anything was said, and more than once.
func working(c *cli.Context, doing string) (done func()) {
	out, _ := c.App.ErrWriter.(diag.VisibleWriter)
	if !isTerminal(out.To) { // nothing may be left in a file or a pipe that cannot be taken back
		return func() {}
	}
	return sayWorking(out.To, string(diag.AppendVisible(nil, doing, diag.Text, "")))
}

// sayWorking waits for a second of silence. The timer runs in a goroutine of its own: said and over keep it from
// writing behind done.
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

// progress is a line on a terminal that says how much has been read. It is gone when all is.
type progress struct {
	terminal io.Writer
	size     int64

	mu   sync.Mutex
	read int64
	told time.Time
	over bool
}

// mostOften is how often the line is drawn anew: people see no more, and terminals are slow.
const mostOften = 100 * time.Millisecond

// add counts what was read, by however many readers. The line is cleared when all is read, before a report begins.
func (p *progress) add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.read += int64(n); p.read >= p.size {
		p.clear()
		return
	}
	if now := time.Now(); !p.over && now.Sub(p.told) >= mostOften {
		p.told = now
		fmt.Fprintf(p.terminal, "\rreading, %2d %% of %d MB", 100*p.read/p.size, p.size/1e6)
	}
}

func (p *progress) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
}

func (p *progress) clear() {
	if !p.over && !p.told.IsZero() {
		fmt.Fprint(p.terminal, "\r\x1b[K")
	}
	p.over = true
}
