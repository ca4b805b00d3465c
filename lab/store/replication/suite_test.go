//go:build !aix

package replication

import (
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

// TestSuite is what every store must do, with messages in memory and, in the long form, between servers.
func TestSuite(t *testing.T) {
	t.Run("in memory", func(t *testing.T) {
		storetest.Run(t, func(t *testing.T) *storetest.Cluster {
			n, cfg := newNetwork(1), domain("abc", 1)
			n.delay = 10 * time.Microsecond
			stores := map[string]*Store{}
			for _, m := range cfg.Members {
				stores[m.Name] = open(t, n, cfg, m.Name)
			}
			return suite(t, stores)
		})
	})
	t.Run("servers", func(t *testing.T) {
		if !sharedtest.Long() {
			t.Skip("not the long form")
		}
		storetest.Run(t, func(t *testing.T) *storetest.Cluster {
			return suite(t, openAll(t, routes(t, domain("abc", 1)), "a", "b", "c"))
		})
	})
}

func suite(t *testing.T, stores map[string]*Store) *storetest.Cluster {
	for _, s := range stores {
		if err := s.joined(t.Context()); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { kill(s) })
	}
	return &storetest.Cluster{
		Store:  func(_ *testing.T, member string) session.Store { return stores[member] },
		Fences: true,
	}
}
