package wire

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// A quarter of the time at most is worked.
func TestBreather(t *testing.T) {
	synctest.Test(t, func(*testing.T) {
		start := time.Now()
		b := newBreather(func() match.Nanos { return match.Nanos(time.Since(start)) })
		const pieces = 1000
		for range pieces {
			time.Sleep(workTime / 4) // the work
			b.Pause()
		}
		if took := time.Since(start); took != pieces/4*(workTime+restTime) {
			t.Errorf("took %v", took)
		}
	})
}
