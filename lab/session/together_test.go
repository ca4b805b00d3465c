package session_test

import (
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// TestTogether sends requests of one session to one member at once, while the write thread and the reaper run: with
// serial access (S20) no increment is lost, and what was acknowledged as written is in the store.
func TestTogether(t *testing.T) {
	for _, frequency := range []session.Frequency{session.EndOfService, session.TimeBased} {
		w := newWorld(t)
		a := w.persistent("a", func(c *session.Config) { c.WriteFrequency, c.SerialAccess = frequency, true })
		user := &browser{t: t}
		user.get(a, set("n", 0))
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() {
				own := &browser{t: t, cookie: user.cookie}
				for range 25 {
					own.get(a, func(s *session.Session) { _ = s.Set("n", s.Get("n").(float64)+1) })
					w.pass(1)
				}
			})
		}
		all.Go(func() {
			for range 50 {
				a.Scan(w.now())
				a.Reap(w.now())
				a.State()
			}
		})
		all.Wait()
		a.Stop()
		user.get(a, func(s *session.Session) {
			if n := s.Get("n"); n != 200.0 {
				t.Errorf("%s: %v increments of 200", frequency, n)
			}
		})
		for _, row := range w.table.rows {
			if got := string(row.Attributes["n"]); got != "200" {
				t.Errorf("%s: the store has %s", frequency, got)
			}
		}
	}
}

// TestTakeOverTogether: many requests at once that a member has to read from the store get one copy.
func TestTakeOverTogether(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", nil), w.persistent("b", nil)
	user := &browser{t: t}
	user.get(a, set("n", 1))
	w.table.seen()
	var all, begun sync.WaitGroup
	begun.Add(8)
	w.table.wait = func() {
		begun.Wait()
		for range 1000 {
			runtime.Gosched()
		}
	}
	cookies := make([]string, 8)
	for i := range cookies {
		all.Go(func() {
			own := &browser{t: t, cookie: user.cookie}
			begun.Done()
			cookies[i] = own.get(b, func(s *session.Session) { s.InPlace("n", func(v any) any { return v }) })
		})
	}
	all.Wait()
	for _, c := range cookies {
		if short(c) != "0002ID:a:b" {
			t.Errorf("one of them answered %s", short(c))
		}
	}
	if got := w.table.seen(); strings.Count(got, "load") != 1 {
		t.Errorf("it was read more than once: %s", got)
	}
}

// TestCreateTogether: new sessions of many clients and two applications at once have IDs of their own.
func TestCreateTogether(t *testing.T) {
	w := newWorld(t)
	mb := w.member("a", true)
	managers := []*session.Manager{w.manager(mb, "/one", nil), w.manager(mb, "/two", nil)}
	var all sync.WaitGroup
	for i := range 20 {
		all.Go(func() { (&browser{t: t}).get(managers[i%2], set("n", i)) })
	}
	all.Wait()
	if got := len(managers[0].State()) + len(managers[1].State()); got != 20 {
		t.Errorf("%d sessions of 20", got)
	}
}
