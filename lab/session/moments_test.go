package session_test

import (
	"errors"
	"slices"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// asks compares what the store was asked since the last time.
func (w *world) asks(moment, want string) {
	w.t.Helper()
	if got := w.table.seen(); got != want {
		w.t.Errorf("%s: the store was asked %q, want %q", moment, got, want)
	}
}

func nothing(*session.Session) {}

func TestMomentsEndOfService(t *testing.T) {
	w := newWorld(t)
	only := func(c *session.Config) { c.WriteContents = session.OnlyUpdated }
	a, b := w.persistent("a", only), w.persistent("b", only)
	user := &browser{t: t}
	user.get(a, nothing)
	w.asks("D1, D5 with nothing to write", "create")
	user.get(a, set("n", 1))
	w.asks("D2, D5", "touch; write(n=1 whole)")
	user.get(a, nothing)
	w.asks("D2, nothing changed", "touch")
	user.get(a, func(s *session.Session) { s.SetMaxInactive(60) })
	w.asks("D5, a plain column", "touch; write(inactive)")
	user.get(a, func(s *session.Session) { s.Remove("n") })
	w.asks("D5, removed", "touch; write(-n whole)")
	user.get(a, func(s *session.Session) { _ = s.Set("n", 2); _ = s.Sync(); _ = s.Set("m", 3) })
	w.asks("D8", "touch; write(n=2 access whole); write(m=3 n=2 whole)")
	user.get(b, nothing)
	w.asks("D4, no attribute read", "load")
	user.get(b, func(s *session.Session) { s.Get("n"); s.Get("m") })
	w.asks("D4, the attributes at the first get", "touch; attributes(n)")
	user.get(a, nothing)
	w.asks("S5 at a", "load")
	user.get(a, (*session.Session).Invalidate)
	w.asks("D10", "touch; delete")
	user.get(a, nothing)
	w.asks("D10, the store is not asked for what was just invalidated; S15 asks for the ID", "exists; create")
	a.Stop()
	w.asks("D11", "")
	a.Reap(w.now())
	w.asks("D9", "reap")
	a.Scan(w.now())
	w.asks("D7 is none", "")
}

func TestMomentsSomebodyElseHadIt(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", nil), w.persistent("b", nil)
	user := &browser{t: t}
	user.get(a, set("n", 1))
	other := &browser{t: t, cookie: user.cookie}
	w.pass(1)
	other.get(b, set("n", 2)) // the same cookie at another member
	w.table.seen()
	w.pass(1)
	var n any
	cookie := user.get(a, func(s *session.Session) { n = s.Get("n") })
	w.asks("D2 that fails", "touch; load; attributes(n); write(n=2 whole)")
	if n != 2.0 || cookie != "0002"+idA+":a" {
		t.Errorf("a answered %v with %s", n, cookie)
	}
}

func TestMomentsTimeBased(t *testing.T) {
	w := newWorld(t)
	timed := func(c *session.Config) { c.WriteFrequency, c.WriteContents = session.TimeBased, session.OnlyUpdated }
	a := w.persistent("a", timed)
	user := &browser{t: t}
	user.get(a, set("n", 1))
	w.asks("D1, D6", "create")
	user.get(a, set("n", 2))
	w.asks("D3, D6", "")
	a.Scan(w.now())
	w.asks("D7, never written", "write(n=2 access whole)")
	a.Scan(w.now())
	w.asks("D7, not due", "")
	user.get(a, set("n", 3))
	w.pass(5)
	a.Reap(w.now())
	w.asks("D9, the access first", "write(access); reap")
	a.Stop()
	w.asks("D11", "write(n=3 access whole)")
}

func TestMomentsManual(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", func(c *session.Config) { c.WriteFrequency = session.Manual })
	user := &browser{t: t}
	user.get(a, set("n", 1))
	a.Scan(w.now())
	a.Stop()
	w.asks("D1, W2, D11", "create")
	user.get(a, func(s *session.Session) { _ = s.Sync() })
	w.asks("D8", "write(n=1 access whole)")
	w.pass(1)
	user.get(a, nothing)
	a.Reap(w.now())
	w.asks("D9, the access first", "write(access); reap")
}

func TestMomentsScheduledInvalidation(t *testing.T) {
	w := newWorld(t)
	w.clock = 0 // midnight
	a := w.persistent("a", func(c *session.Config) {
		c.ScheduledInvalidation, c.WriteContents = []int{0, 2}, session.OnlyUpdated
	})
	user := &browser{t: t}
	user.get(a, set("n", 1))
	user.get(a, nothing)
	w.asks("D3, D5 with the access", "create; write(n=1 access whole); write(access)")
	a.Reap(w.now())
	w.asks("D9 in its hour", "reap")
	w.pass(3600)
	a.Reap(w.now())
	w.asks("D9 outside of its hours", "")
	if got, want := user.get(a, nothing), "0002"+idA+":a"; got != want {
		t.Errorf("what timed out and was not reaped is given out: %s, want %s", got, want)
	}
}

func TestNewSessionWrittenAtEndOfService(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", func(c *session.Config) {
		c.WriteFrequency, c.NewSessionWrite = session.TimeBased, "end-of-service"
	})
	user := &browser{t: t}
	user.get(a, set("n", 1))
	user.get(a, set("n", 2))
	w.asks("W3", "create; write(n=1 access whole)")
}

func TestStoreDown(t *testing.T) {
	w := newWorld(t)
	only := func(c *session.Config) { c.WriteContents = session.OnlyUpdated }
	a, b := w.persistent("a", only), w.persistent("b", only)
	user, late := &browser{t: t}, &browser{t: t}
	user.get(a, set("n", 1))
	w.table.fails = session.ErrDown
	user.get(a, set("n", 2))
	late.get(a, set("n", 1))
	if st := a.State(); !st[0].Unwritten || st[0].Written != 1 || !st[1].Unwritten {
		t.Errorf("not written, but told to be: %+v", st)
	}
	if got, want := user.get(b, nothing), "0001CCCCCCCCCCCCCCCCCCCCCCC:b"; got != want {
		t.Errorf("a take-over finds nothing: %s, want %s", got, want)
	}
	w.table.fails = nil
	w.table.seen()
	user.cookie = "JSESSIONID=0001" + idA + ":a"
	w.pass(1)
	user.get(a, nothing)
	w.asks("the change goes with the next write", "touch; write(n=2 whole)")
	late.get(a, nothing)
	w.asks("the row is inserted later", "create; write(n=1 whole)")
}

// TestStoreDownStaleCopy is row 24: what a member has in memory is served as it was.
func TestStoreDownStaleCopy(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", nil), w.persistent("b", nil)
	user := &browser{t: t}
	for i, m := range []*session.Manager{a, b, a} {
		w.pass(1)
		user.get(m, set("n", i))
	}
	w.table.fails = session.ErrDown
	var n any
	if got, want := user.get(b, func(s *session.Session) { n = s.Get("n") }),
		"0003"+idA+":a:b"; got != want || n != 1.0 {
		t.Errorf("%s with n = %v, want %s with n = 1", got, n, want)
	}
}

func TestOutrunOwner(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", nil)
	user := &browser{t: t}
	user.get(a, set("n", 1))
	x := begin(a, user.cookie)
	s, _ := x.Get(true)
	_ = s.Set("n", 2)
	w.table.fails = session.ErrNewer
	if err := s.Sync(); !errors.Is(err, session.ErrNewer) {
		t.Errorf("sync: %v", err)
	}
	w.table.fails = nil
	x.End()
	if len(a.State()) != 0 || !s.State().Unwritten {
		t.Errorf("the copy is to be dropped, its change is not written: %+v", s.State())
	}
	var n any
	user.get(a, func(s *session.Session) { n = s.Get("n") })
	if n != 1.0 {
		t.Errorf("read again: n = %v, want 1", n)
	}
}

// TestAsynchronous: a write that the store does not wait for is done, and not acknowledged (M8).
func TestAsynchronous(t *testing.T) {
	for _, async := range []bool{false, true} {
		w := newWorld(t)
		w.table.async = async
		a := w.persistent("a", nil)
		(&browser{t: t}).get(a, set("n", 1))
		if st := a.State()[0]; st.Unwritten || st.WriteNo != 1 || (st.Written == 1) == async {
			t.Errorf("asynchronous %v: %+v", async, st)
		}
	}
}

// TestCrossover is D12: two members write one session within one request's time. The last writer wins, and it is told.
func TestCrossover(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", nil), w.persistent("b", nil)
	user := &browser{t: t}
	user.get(a, set("n", 1))
	at := begin(a, user.cookie)
	s, _ := at.Get(true)
	w.pass(1)
	other := &browser{t: t, cookie: user.cookie}
	other.get(b, set("n", 2))
	w.pass(1)
	_ = s.Set("n", 3)
	at.End()
	if slices.Contains(w.events, session.Crossover) {
		t.Error("told before anybody can know")
	}
	w.pass(1)
	user.get(a, func(s *session.Session) {
		if s.Get("n") != 3.0 {
			t.Errorf("n is %v: the last writer does not win", s.Get("n"))
		}
	})
	if !slices.Contains(w.events, session.Crossover) {
		t.Errorf("not told: %v", w.events)
	}
}

// TestNoCrossover: a session that goes from member to member, one request after the other, crosses nobody's way.
func TestNoCrossover(t *testing.T) {
	w := newWorld(t)
	members := []*session.Manager{w.persistent("a", nil), w.persistent("b", nil)}
	user := &browser{t: t}
	for i := range 10 {
		user.get(members[i%2], set("n", i))
		w.clock += session.Millis(i % 3)
	}
	if slices.Contains(w.events, session.Crossover) {
		t.Errorf("events: %v", w.events)
	}
}

// TestWriteNumbersGoOn: a store that remembers an earlier session of the ID is not sent a number again.
func TestWriteNumbersGoOn(t *testing.T) {
	w := newWorld(t)
	w.table.wrote = 7
	a := w.persistent("a", nil)
	(&browser{t: t}).get(a, set("n", 1))
	if st := a.State()[0]; st.Written != 8 {
		t.Errorf("%+v", st)
	}
}
