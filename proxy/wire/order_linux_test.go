//go:build !race

package wire

import (
	"net"
	"runtime"
	"slices"
	"sync"
	"testing"
)

// Who waits is served in the order in which bytes came. The last one of those that are woken at once may overtake the
// others, for the scheduler runs it first. Any goroutine may be interrupted at any time, so one good try of twenty is
// enough: the poller of the runtime has none. The race detector has the scheduler choose by chance.
func TestFirstComeFirstServed(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	w, l := wakerAndListener(t)
	const clients = 100
	var here [clients]*socket
	var there [clients]net.Conn
	for i := range clients {
		here[i], there[i] = adopted(t, w, l)
	}
	for range 20 {
		var wg sync.WaitGroup
		var mu sync.Mutex
		var order []int
		for i, s := range here {
			wg.Go(func() {
				s.Read(make([]byte, 10))
				mu.Lock()
				defer mu.Unlock()
				order = append(order, i)
			})
		}
		for _, c := range there {
			c.Write([]byte("x"))
		}
		wg.Wait()
		if inOrder(order) {
			return
		}
	}
	t.Error("out of order")
}

// inOrder reports whether hardly anybody comes before whoever is a batch earlier.
func inOrder(order []int) bool {
	overtook, least := 0, len(order)
	for _, i := range slices.Backward(order) {
		if least = min(least, i); least <= i-atOnce {
			overtook++
		}
	}
	return overtook <= len(order)/atOnce+1
}
