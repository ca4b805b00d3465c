package session_test

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/lab/session"
)

// TestOneClient walks a client through members in any order: cache IDs never go back within one ID (C4), under end of
// service nothing is lost, whatever the contents and however attributes lie in the store (C1), and what was
// invalidated does not come back (C5).
func TestOneClient(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		w.table.apart = rapid.Bool().Draw(rt, "apart")
		all := []session.Contents{session.OnlyUpdated, session.GetAndSet, session.All}
		contents := rapid.SampledFrom(all).Draw(rt, "contents")
		front := rapid.Bool().Draw(rt, "no switch-back")
		var members []*session.Manager
		for _, clone := range []string{"a", "b", "c"} {
			members = append(members, w.persistent(clone, func(c *session.Config) {
				c.WriteContents, c.NoAffinitySwitchBack, c.MaxInMemory = contents, front, 2
			}))
		}
		c := &client{browser: browser{t: t}, rt: rt, has: map[string]any{}}
		rt.Repeat(map[string]func(*rapid.T){
			"request": func(rt *rapid.T) { c.request(members[rapid.IntRange(0, 2).Draw(rt, "member")]) },
			"restart": func(rt *rapid.T) {
				i := rapid.IntRange(0, 2).Draw(rt, "which")
				clone := string(rune('a' + i))
				members[i] = w.persistent(clone, func(c *session.Config) { c.WriteContents = contents })
			},
			"stranger": func(rt *rapid.T) {
				(&browser{t: t}).get(members[rapid.IntRange(0, 2).Draw(rt, "member")], nil)
			},
			"time": func(rt *rapid.T) { w.clock += session.Millis(rapid.IntRange(0, 2000).Draw(rt, "ms")) },
		})
	})
}

// client is one that knows what its session must hold.
type client struct {
	browser
	rt      *rapid.T
	has     map[string]any
	id      string
	cacheID string
}

func (c *client) request(m *session.Manager) {
	name := rapid.SampledFrom([]string{"x", "y", "z"}).Draw(c.rt, "name")
	n := float64(rapid.IntRange(0, 99).Draw(c.rt, "value"))
	do := rapid.SampledFrom([]string{"read", "set", "set", "remove", "sync", "invalidate"}).Draw(c.rt, "do")
	cookie := c.get(m, func(s *session.Session) {
		for name, want := range c.has {
			if got := s.Get(name); got != want {
				c.rt.Fatalf("%s is %v, want %v", name, got, want)
			}
		}
		if names := s.Names(); len(names) != len(c.has) {
			c.rt.Fatalf("the session has %v, want %v", names, c.has)
		}
		c.change(s, do, name, n)
	})
	cacheID, id := cookie[:4], cookie[4:27]
	if id == c.id && cacheID < c.cacheID {
		c.rt.Fatalf("the cache ID went back from %s to %s", c.cacheID, cacheID)
	}
	c.id, c.cacheID = id, cacheID
}

func (c *client) change(s *session.Session, do, name string, n float64) {
	switch do {
	case "set":
		_ = s.Set(name, n)
		c.has[name] = n
	case "sync":
		_ = s.Set(name, n)
		c.has[name] = n
		_ = s.Sync()
	case "remove":
		s.Remove(name)
		delete(c.has, name)
	case "invalidate":
		s.Invalidate()
		clear(c.has)
	}
}
