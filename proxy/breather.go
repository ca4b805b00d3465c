package proxy

import (
	"sync"
	"time"
)

// breather lets requests have their turn while a configuration is read and made ready. With GOMAXPROCS=1 the
// scheduler would interrupt that work every 10 ms only, and look at the network no sooner, not even after
// runtime.Gosched: the worker has to sleep. It leaves three quarters of the time to requests; when none come the
// reload takes longer, and nobody waits for it.
type breather struct {
	mu    sync.Mutex // whoever else works on the same configuration pauses, too
	since time.Time  // when the work at hand began
}

const (
	workTime = 200 * time.Microsecond
	restTime = 3 * workTime
)

func newBreather() *breather { return &breather{since: time.Now()} }

// pause rests when it is time to.
func (b *breather) pause() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if time.Since(b.since) >= workTime {
		time.Sleep(restTime)
		b.since = time.Now()
	}
}
