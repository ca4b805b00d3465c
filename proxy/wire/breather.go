package wire

import (
	"sync"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Breather lets requests have their turn while a configuration is read and made ready. With GOMAXPROCS=1 the
// scheduler would interrupt that work every 10 ms only, and look at the network no sooner, not even after
// runtime.Gosched: the worker has to sleep. It leaves three quarters of the time to requests; when none come the
// reload takes longer, and nobody waits for it.
type Breather struct {
	mu    sync.Mutex // whoever else works on the same configuration pauses, too
	clock func() match.Nanos
	since match.Nanos // when the work at hand began
}

const (
	workTime = 200 * time.Microsecond // a request waits for about that long at most
	restTime = 3 * workTime
)

// Breather makes one for work that begins now.
func (s *Sweeper) Breather() *Breather { return newBreather(s.Clock) }

func newBreather(clock func() match.Nanos) *Breather {
	return &Breather{clock: clock, since: clock()}
}

// Pause rests when it is time to.
func (b *Breather) Pause() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.clock()-b.since >= match.Nanos(workTime) {
		time.Sleep(restTime)
		b.since = b.clock()
	}
}
