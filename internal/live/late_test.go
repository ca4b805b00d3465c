package live_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// reporter is what a run reports to: a test, or notes that are kept until it is known whether the run counts.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

type notes struct {
	texts []string
	late  match.Nanos // by which answers came, as far as the findings can tell
}

func (*notes) Helper() {}

func (n *notes) Errorf(format string, args ...any) {
	n.texts = append(n.texts, fmt.Sprintf(format, args...))
}

const (
	// mostLate is how late the machine may be: there are some ten waits in a story of which all together may be late
	// by half a second.
	mostLate = 50 * time.Millisecond
	// mostRuns is how often a machine that is late is given another chance. That it is late each time hides nothing.
	mostRuns = 6
)

// alone lets a run that is made again wait until no other run goes on, and others wait for it.
var alone sync.RWMutex

// inTime does what waits for intervals of a plug-in, which are times of the world. What a run reports counts where
// another one, which no other runs beside, reports something, too, and neither the answers of the plug-in nor the
// timers of this process came late meanwhile; or where all of some runs report something.
func inTime(t *testing.T, run func(t reporter)) {
	t.Helper()
	for n := 1; ; n++ {
		var bad notes
		late := among(n == 1, func() { run(&bad) })
		text := strings.Join(bad.texts, "\n")
		if text == "" {
			return
		}
		text = fmt.Sprintf("answers were late by %v, the machine by %v\n%s", time.Duration(bad.late), late, text)
		if n == mostRuns || n > 1 && late <= mostLate && bad.late == 0 {
			t.Error(text)
			return
		}
		t.Logf("once more: %s", text)
	}
}

// among does something beside other runs, or alone, and returns how late a timer came meanwhile. It does not nest.
func among(others bool, do func()) time.Duration {
	var lock sync.Locker = &alone
	if others {
		lock = alone.RLocker()
	}
	lock.Lock()
	defer lock.Unlock()
	return lateness(do)
}

// lateness is how late a timer comes at worst while something is done.
func lateness(do func()) time.Duration {
	done, worst := make(chan struct{}), make(chan time.Duration)
	go func() {
		late := time.Duration(0)
		for {
			due := time.Now().Add(time.Millisecond)
			select {
			case <-time.After(time.Until(due)):
				late = max(late, time.Since(due))
			case <-done:
				worst <- late
				return
			}
		}
	}()
	func() {
		defer close(done) // a test may end here
		do()
	}()
	return <-worst
}
