package member

import (
	"fmt"
	"maps"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
)

// Moments of a request at which a member can be told to die, to stop or to wait, in the order in which they come.
const (
	beforeService = "before-service"
	during        = "during" // the servlet has made its change
	beforeWrite   = "before-write"
	afterWrite    = "after-write"
	beforeAnswer  = "before-answer"
	midAnswer     = "mid-answer" // one half of the body is out
)

func moments() []string {
	return []string{beforeService, during, beforeWrite, afterWrite, beforeAnswer, midAnswer}
}

// failpoint is what happens at a moment, once.
type failpoint struct {
	do   string // kill, stop or delay
	wait time.Duration
}

// failpoints are those that are set, by moment: one for each. The first request that reaches the moment takes it,
// whichever that is.
type failpoints struct {
	mu  sync.Mutex
	set map[string]failpoint
}

// arm sets a failpoint; the word none takes it away.
func (f *failpoints) arm(at, do string, wait time.Duration) error {
	if !slices.Contains(moments(), at) {
		return fmt.Errorf("at=%s: want one of %s", at, strings.Join(moments(), " "))
	}
	if !slices.Contains([]string{"kill", "stop", "delay", "none"}, do) {
		return fmt.Errorf("do=%s: want kill, stop, delay or none", do)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if do == "none" {
		delete(f.set, at)
		return nil
	}
	if f.set == nil {
		f.set = map[string]failpoint{}
	}
	f.set[at] = failpoint{do, wait}
	return nil
}

// ahead are the moments at which something is still to happen.
func (f *failpoints) ahead() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Sorted(maps.Keys(f.set))
}

// take returns what is to happen at a moment, and forgets it.
func (f *failpoints) take(at string) failpoint {
	f.mu.Lock()
	defer f.mu.Unlock()
	p := f.set[at]
	delete(f.set, at)
	return p
}

// reach is the moment itself. A killed member does not return from it. Nothing is locked meanwhile: other requests
// pass, and orders are obeyed, while one waits here.
func (f *failpoints) reach(at string) {
	switch p := f.take(at); p.do {
	case "kill":
		kill()
	case "stop":
		stop()
	case "delay":
		time.Sleep(p.wait)
	}
}

// kill ends the process as kill -9 does: nothing is flushed, closed or written any more, so what others find is what
// had been written before.
func kill() {
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		self.Kill()
	}
	select {} // until the signal has come
}
