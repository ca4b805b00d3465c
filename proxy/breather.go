package proxy

import (
	"sync"
	"time"

	"github.com/wasplug/wasplug/routecheck/match"
)

// breather lets requests have their turn while a configuration is read and made ready. With GOMAXPROCS=1 the
// scheduler would interrupt that work every 10 ms only, and look at the network no sooner, not even after
// runtime.Gosched: the worker has to sleep. It leaves three quarters of the time to requests; when none come the
// reload takes longer, and nobody waits for it.
type breather struct {
	mu    sync.Mutex // whoever else works on the same configuration pauses, too
	clock func() match.Nanos
	since match.Nanos // when the work at hand began
}

const (
	workTime = 200 * time.Microsecond
	restTime = 3 * workTime
)

func newBreather(clock func() match.Nanos) *breather {
	return &breather{clock: clock, since: clock()}
}

// pause rests when it is time to.
func (b *breather) pause() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.clock()-b.since >= match.Nanos(workTime) {
		time.Sleep(restTime)
		b.since = b.clock()
	}
}
