package session_test

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/lab/session"
)

func timed(interval int) func(*session.Config) {
	return func(c *session.Config) { c.WriteFrequency, c.WriteInterval = session.TimeBased, interval }
}

// TestBound is W4's B: how old a change gets before it is written, when the session is idle at each look. The look
// before the change has written the session.
func TestBound(t *testing.T) {
	for _, tt := range []struct {
		interval, bound int
		scan            string
	}{
		{5, 10, "fixed-10s"}, {9, 10, "fixed-10s"}, {10, 20, "fixed-10s"},
		{19, 20, "fixed-10s"}, {20, 30, "fixed-10s"},
		{300, 310, "fixed-10s"}, {10, 10, "exact"}, {120, 120, "exact"},
	} {
		t.Run(fmt.Sprintf("%d s %s", tt.interval, tt.scan), func(t *testing.T) {
			w := newWorld(t)
			var cfg session.Config
			a := w.persistent("a", func(c *session.Config) {
				timed(tt.interval)(c)
				c.TimeBasedScan = tt.scan
				cfg = *c
			})
			user := &browser{t: t}
			user.get(a, set("n", 1))
			a.Scan(w.now())
			user.get(a, set("n", 2))
			w.table.seen()
			every := int(cfg.LookEvery().Seconds())
			for age := every; ; age += every {
				w.pass(every)
				a.Scan(w.now())
				if w.table.seen() != "" {
					if age != tt.bound {
						t.Errorf("written after %d s, want %d", age, tt.bound)
					}
					return
				}
				if age > 1000 {
					t.Fatal("never written")
				}
			}
		})
	}
}

// TestInUse is W4's put off: five looks leave a session in use alone, the sixth writes it under the request, and what
// the request changes after that goes with the next one.
func TestInUse(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", timed(5))
	x := begin(a)
	s, _ := x.Get(true)
	_ = s.Set("n", 1)
	w.asks("D1", "create")
	for look := 1; look <= 6; look++ {
		w.pass(10)
		a.Scan(w.now())
		want := ""
		if look == 6 {
			want = "write(n=1 access whole)"
		}
		w.asks(fmt.Sprintf("look %d", look), want)
	}
	_ = s.Set("n", 2)
	x.End()
	w.pass(10)
	a.Scan(w.now())
	w.asks("the look after it", "write(n=2 access whole)")
	w.pass(10)
	a.Scan(w.now())
	w.asks("nothing is left", "")
}

// TestBusySession is W4's busy session with N = 10: written at every second look.
func TestBusySession(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", timed(10))
	user := &browser{t: t}
	writes := ""
	for second := range 60 {
		user.get(a, set("n", second))
		if second%10 == 9 {
			a.Scan(w.now())
			if w.table.seen() == "" {
				writes += "-"
			} else {
				writes += "w"
			}
		}
		w.pass(1)
	}
	if writes != "w-w-w-" {
		t.Errorf("writes at looks: %s", writes)
	}
}

// TestTakenOverChangeIsWritten: the change of the very request that takes a session over is written within B.
func TestTakenOverChangeIsWritten(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", timed(10)), w.persistent("b", timed(10))
	user := &browser{t: t}
	user.get(a, set("n", 1))
	a.Scan(w.now())
	w.table.seen()
	user.get(b, set("n", 2))
	w.asks("D4", "load")
	w.pass(10)
	b.Scan(w.now())
	w.pass(10)
	b.Scan(w.now())
	w.asks("20 s later", "attributes(); write(n=2 access whole)")
}

// TestNothingOlderThanBIsLost lets requests of any length come at any time, looks every 10 s, and compares what the
// store has with what it must have by W4.
func TestNothingOlderThanBIsLost(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t)
		interval := rapid.IntRange(1, 45).Draw(rt, "interval")
		bound := session.Millis(10*(interval/10+1)) * 1000
		a := w.persistent("a", timed(interval))
		user := &browser{t: t}
		user.get(a, set("n", 0))
		changes := []session.Millis{w.now()} // when n became its index
		var putOff session.Millis
		nextLook := w.now() + session.Millis(rapid.IntRange(0, 10_000).Draw(rt, "first look"))
		advance := func(by session.Millis, inUse bool) {
			for end := w.clock + by; ; {
				if nextLook > end {
					w.clock = end
					return
				}
				w.clock, nextLook = nextLook, nextLook+10_000
				if inUse {
					putOff = min(putOff+10_000, 50_000)
				}
				a.Scan(w.clock)
				must(rt, w, changes, bound+putOff)
			}
		}
		for range rapid.IntRange(1, 30).Draw(rt, "requests") {
			advance(session.Millis(rapid.IntRange(0, 40_000).Draw(rt, "pause")), false)
			x := begin(a, user.cookie)
			s, _ := x.Get(true)
			advance(session.Millis(rapid.IntRange(0, 15_000).Draw(rt, "service")), true)
			_ = s.Set("n", len(changes))
			changes = append(changes, w.now())
			x.End()
		}
		advance(bound+putOff, false)
	})
}

// must fails when a change that is older than the bound is not in the store.
func must(rt *rapid.T, w *world, changes []session.Millis, bound session.Millis) {
	stored := -1
	for _, row := range w.table.rows {
		_, _ = fmt.Sscan(string(row.Attributes["n"]), &stored)
	}
	for n, at := range changes {
		if n > stored && w.now()-at > bound {
			rt.Fatalf("change %d is %d ms old and not written, the bound is %d", n, w.now()-at, bound)
		}
	}
}
