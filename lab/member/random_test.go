package member

import (
	"sync"
	"testing"
)

// TestRandom: requests at the same time draw different session IDs, also from a seed.
func TestRandom(t *testing.T) {
	t.Parallel()
	source := random(7)
	var mu sync.Mutex
	var all sync.WaitGroup
	seen := map[string]bool{}
	for range 8 {
		all.Go(func() {
			for range 1000 {
				var id [17]byte
				source.Read(id[:])
				mu.Lock()
				if seen[string(id[:])] {
					t.Errorf("%x was drawn twice", id)
				}
				seen[string(id[:])] = true
				mu.Unlock()
			}
		})
	}
	all.Wait()
}
