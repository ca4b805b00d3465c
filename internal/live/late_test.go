package live_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"
)

// reporter is what a run reports to: a test, or notes that are kept until it is known whether the run counts.
type reporter interface {
	Helper()
	Errorf(format string, args ...any)
}

type notes []string

func (*notes) Helper() {}

func (n *notes) Errorf(format string, args ...any) { *n = append(*n, fmt.Sprintf(format, args...)) }

const (
	// mostLate is how late the machine may be: there are some ten waits in a story of which all together may be late by
	// half a second.
	mostLate = 50 * time.Millisecond
	mostRuns = 4
)

// alone lets runs that are made again wait for each other.
var alone sync.Mutex

// inTime does what waits for intervals of a plug-in, which are times of the world. What it reports counts where it is
// reported by a second run, which no other runs beside, and the machine was not late meanwhile. On a machine that is
// late each time nothing can be told.
func inTime(t *testing.T, run func(t reporter)) {
	t.Helper()
	for n := 1; ; n++ {
		var bad notes
		late := lateness(func() { run(&bad) })
		switch text := strings.Join(bad, "\n"); {
		case text == "":
			return
		case n > 1 && late <= mostLate:
			t.Error(text)
			return
		case n == mostRuns:
			t.Skipf("the machine is late, by %v; the last of %d runs reported:\n%s", late, n, text)
		default:
			t.Logf("once more; the machine was late by %v when a run reported:\n%s", late, text)
		}
		if n == 1 {
			alone.Lock()
			defer alone.Unlock()
		}
	}
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
	do()
	close(done)
	return <-worst
}
