package replication

import (
	"testing"
	"testing/synctest"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

// TestManagers puts session managers on the stores: what one client has written is found wherever it goes.
func TestManagers(t *testing.T) {
	for _, replicas := range []int{0, 1, everyMember} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, domain("abc", replicas))
			defer w.end()
			storetest.Walk(t, func(_ *testing.T, member string) session.Store { return w.stores[member] })
		})
	}
}
