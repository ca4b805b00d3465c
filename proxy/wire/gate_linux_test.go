package wire

import (
	"sync"
	"testing"
)

// No word is lost between two that answer each other, whether it comes before the other one sleeps or after.
func TestGateLosesNothing(t *testing.T) {
	w := NewWaker()
	defer w.Close()
	var here, there gate
	var wg sync.WaitGroup
	answer := func(in, out *gate) {
		for range 10_000 {
			in.wait(w)
			out.open()
		}
	}
	wg.Go(func() { answer(&here, &there) })
	wg.Go(func() { answer(&there, &here) })
	here.open()
	wg.Wait()
}

// What is told twice while nobody waits lets one through, once.
func TestGateShutsBehindOne(t *testing.T) {
	w := NewWaker()
	defer w.Close()
	var g gate
	g.open()
	g.open()
	g.wait(w)
	if g.at.Load() != nil {
		t.Error("open behind the one that it let through")
	}
}
