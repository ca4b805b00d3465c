package member

import (
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab/session"
)

// clock is the member's time: the system's, or one that stands until it is moved. No order moves it back: the order of
// accesses hangs on it.
type clock struct {
	manual bool
	mu     sync.Mutex
	time   session.Millis // manual: the time; otherwise how far it is ahead of the system's
}

func newClock(manual bool, start session.Millis) *clock {
	return &clock{manual: manual, time: start}
}

// Now is the time that sessions are made, touched and written at.
func (c *clock) Now() session.Millis {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.manual {
		return c.time
	}
	return session.Millis(time.Now().UnixMilli()) + c.time
}

// add moves the clock.
func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.time += session.Millis(d.Milliseconds())
}
