package wire

import "sync/atomic"

// gate is where one goroutine waits for one kind of event of a socket. What is told while nobody waits lets the next
// one through. It holds no channel before somebody has slept, nor while its socket is parked, so that ten thousand
// idle connections hold none. A wake may be for nothing, and never is missing: who waits looks again.
type gate struct {
	at  atomic.Pointer[sleeper] // nil: shut; opened: open; else who sleeps
	own *sleeper                // of whoever waits here, nil before the first sleep
}

// sleeper is what a goroutine sleeps by. Its channel has room for one: whoever opens the gate, the waker among others,
// must not wait until the goroutine runs.
type sleeper struct{ wake chan struct{} }

func newSleeper() any { return &sleeper{make(chan struct{}, 1)} }

// opened stands in a gate that lets one through.
var opened = new(sleeper)

// open lets whoever waits, or will wait next, through.
func (g *gate) open() {
	if g.at.Load() == opened { // most often, where nobody waits; a load costs less than a swap
		return
	}
	if s := g.at.Swap(opened); s != nil && s != opened { // of several that open, one alone gets the sleeper
		s.wake <- struct{}{}
	}
}

// wait returns when the gate has been opened, and shuts it.
func (g *gate) wait(w *Waker) {
	if g.at.CompareAndSwap(opened, nil) {
		return
	}
	if g.own == nil {
		g.own = w.sleepers.Get().(*sleeper)
	}
	if g.at.CompareAndSwap(nil, g.own) { // not where the gate has been opened since
		<-g.own.wake
	}
	g.at.Store(nil) // what was told meanwhile is looked at now
}

// rest gives back what the gate holds, while nobody waits.
func (g *gate) rest(w *Waker) {
	if g.own != nil {
		w.sleepers.Put(g.own)
		g.own = nil
	}
}
