package session_test

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/lab/session"
)

// TestTouched is S16: a request touches its session though the application does not ask for it.
func TestTouched(t *testing.T) {
	for _, only := range []bool{false, true} {
		w := newWorld(t)
		a := w.memory("a", func(c *session.Config) { c.OnlyCheckInCache = only })
		user := &browser{t: t}
		user.get(a, nil)
		before := a.State()[0].LastAccess
		w.pass(10)
		begin(a, user.cookie).End()
		if touched := a.State()[0].LastAccess > before; touched == only {
			t.Errorf("onlyCheckInCacheDuringPreInvoke %v: touched %v", only, touched)
		}
	}
}

// TestTimeout is S17: what timed out is given out until the reaper has been there.
func TestTimeout(t *testing.T) {
	for _, tt := range []struct {
		persistent bool
		late, gone string // cookies before and after the reaper
	}{{false, "0000ID:a", "0000NEW:a"}, {true, "0001ID:a", "0001NEW:a"}} {
		w := newWorld(t)
		m := w.manager(w.member("a", tt.persistent), "/app", nil)
		user := &browser{t: t}
		user.get(m, nil)
		w.pass(30*60 + 1)
		if got := short(user.get(m, nil)); got != tt.late {
			t.Errorf("persistent %v, not reaped: %s", tt.persistent, got)
		}
		w.pass(30 * 60)
		if n := m.Reap(w.now()); n != 0 {
			t.Errorf("persistent %v: reaped %d in time", tt.persistent, n)
		}
		w.pass(1)
		if n := m.Reap(w.now()); n != 1 {
			t.Errorf("persistent %v: reaped %d", tt.persistent, n)
		}
		if got := short(user.get(m, nil)); got != tt.gone {
			t.Errorf("persistent %v, reaped: %s", tt.persistent, got)
		}
	}
}

// TestTimeoutOfSession is a session's own time, and one that never ends.
func TestTimeoutOfSession(t *testing.T) {
	w := newWorld(t)
	a := w.memory("a", nil)
	for _, seconds := range []int{60, -1} {
		(&browser{t: t}).get(a, func(s *session.Session) { s.SetMaxInactive(seconds) })
	}
	w.pass(1_000_000)
	if n := a.Reap(w.now()); n != 1 || len(a.State()) != 1 {
		t.Errorf("reaped %d, %d are left", n, len(a.State()))
	}
}

// TestReapedInUse: the reaper leaves alone what a request uses.
func TestReapedInUse(t *testing.T) {
	w := newWorld(t)
	a := w.memory("a", nil)
	x := begin(a)
	_, _ = x.Get(true)
	w.pass(3600)
	if n := a.Reap(w.now()); n != 0 {
		t.Error("a session in use was reaped")
	}
	x.End()
	if n := a.Reap(w.now()); n != 1 {
		t.Error("it stays for ever")
	}
}

// TestOverflow is S18 without persistence.
func TestOverflow(t *testing.T) {
	w := newWorld(t)
	full := w.memory("a", func(c *session.Config) { c.MaxInMemory, c.AllowOverflow = 1, false })
	(&browser{t: t}).get(full, nil)
	x := begin(full)
	s, err := x.Get(true)
	if err != nil || !s.IsOverflow() || s.Set("n", 1) == nil {
		t.Errorf("an overflowing session: %+v, %v", s, err)
	}
	if again, _ := x.Get(true); again != s {
		t.Error("a request has two overflowing sessions")
	}
	x.End()
	if x.Commit() != "" || len(full.State()) != 1 {
		t.Error("it is saved, or in a cookie")
	}
	more := w.memory("b", func(c *session.Config) { c.MaxInMemory = 1 })
	for range 3 {
		(&browser{t: t}).get(more, nil)
	}
	if got := len(more.State()); got != 3 {
		t.Errorf("overflow is allowed, %d sessions of 3", got)
	}
}

// TestCache is S18 with persistence: the least recently used is thrown out, and written first under time based writes.
func TestCache(t *testing.T) {
	for frequency, written := range map[session.Frequency]bool{session.TimeBased: true, session.Manual: false} {
		w := newWorld(t)
		a := w.persistent("a", func(c *session.Config) { c.WriteFrequency, c.MaxInMemory = frequency, 2 })
		var users [3]*browser
		for i := range users {
			users[i] = &browser{t: t}
			users[i].get(a, set("n", i))
			if i == 1 {
				users[0].get(a, nil) // the second is the least recently used now
			}
		}
		want := "create; create; create"
		if written {
			want += "; write(n=1 access whole)"
		}
		w.asks(string(frequency), want)
		if st := a.State(); len(st) != 2 || !strings.HasPrefix(st[0].ID, "A") || !strings.HasPrefix(st[1].ID, "C") {
			t.Errorf("%s: in memory: %+v", frequency, st)
		}
		users[1].get(a, func(s *session.Session) {
			if got := s.Get("n") == 1.0; got != written {
				t.Errorf("%s: found again: %v", frequency, got)
			}
		})
	}
}

// TestSecurity is S19.
func TestSecurity(t *testing.T) {
	for _, tt := range []struct {
		name, owner, user string
		off, renew        bool
		want              string // whose session it is then
		err               error
	}{
		{name: "anonymous twice", want: "anonymous"},
		{name: "logged in since", user: "ann", want: "ann"},
		{name: "the same user", owner: "ann", user: "ann", want: "ann"},
		{name: "another user", owner: "ann", user: "bob", err: session.ErrUnauthorized},
		{name: "no user any more", owner: "ann", err: session.ErrUnauthorized},
		{name: "another user, integration off", owner: "ann", user: "bob", off: true, want: "ann"},
		{name: "another user, a new session", owner: "ann", user: "bob", renew: true, want: "bob"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			a := w.persistent("a", func(c *session.Config) {
				c.SecurityIntegration, c.InvalidateOnUnauthorized = !tt.off, tt.renew
			})
			x := begin(a)
			x.User = tt.owner
			_, _ = x.Get(true)
			cookie, _, _ := strings.Cut(x.Commit(), ";")
			x.End()
			x = begin(a, cookie)
			x.User = tt.user
			s, err := x.Get(true)
			if !errors.Is(err, tt.err) || err == nil && s.User() != tt.want {
				t.Fatalf("got %v, %v", s, err)
			}
			x.End()
			if err == nil && w.table.rows[session.Key{App: "/app", ID: s.ID()}].User != tt.want {
				t.Error("the store does not know the user")
			}
		})
	}
}

// TestConfig: what is not said is as WAS is installed, and what cannot work is refused.
func TestConfig(t *testing.T) {
	var c session.Config
	if err := json.Unmarshal([]byte(`{"writeInterval": 20, "scheduledInvalidation": [0, 2]}`), &c); err != nil {
		t.Fatal(err)
	}
	if c.WriteInterval != 20 || c.WriteFrequency != session.TimeBased || !c.AllowOverflow || c.IDLength != 23 {
		t.Errorf("%+v", c)
	}
	for _, tt := range []struct {
		json, want string
	}{
		{`{"timeout": 30, "writeInterval": 20}`, "at least twice"},
		{`{"idLength": 7}`, "8 to 128"},
		{`{"cloneSeparator": "."}`, "colon or a plus"},
		{`{"reaperInterval": 29}`, "30 s is the least"},
		{`{"maxInMemory": 0}`, "at least one"},
		{`{"writeFrequency": "often"}`, "write frequency: there is no often"},
		{`{"takeoverId": "old"}`, "takeover-id: there is no old"},
	} {
		var c session.Config
		if err := json.Unmarshal([]byte(tt.json), &c); err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		_, err := session.NewManager(w.member("a", true), "/app", c)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.json, err)
		}
	}
}

// TestReapEvery is S17's interval.
func TestReapEvery(t *testing.T) {
	for timeout, want := range map[int]float64{60: 30, 600: 60, 1800: 300, 3600: 360, -1: 360} {
		c := session.Default()
		if c.Timeout = timeout; c.ReapEvery().Seconds() != want {
			t.Errorf("timeout %d s: every %v", timeout, c.ReapEvery())
		}
	}
}

// TestNotDroppedUnwritten: what the store could not take goes there before the copy in memory is thrown out.
func TestNotDroppedUnwritten(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", func(c *session.Config) { c.MaxInMemory = 1 })
	user := &browser{t: t}
	user.get(a, set("n", 1))
	w.table.fails = session.ErrDown
	user.get(a, set("n", 2))
	(&browser{t: t}).get(a, nil)
	if got := len(a.State()); got != 2 {
		t.Errorf("%d sessions in memory while the store is down, want both", got)
	}
	w.table.fails = nil
	w.table.seen()
	(&browser{t: t}).get(a, nil)
	w.asks("S18", "create; write(n=2 whole); create; write(whole); write(whole)")
}

// TestNotReapedUnwritten: so does the reaper under time based writes.
func TestNotReapedUnwritten(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", func(c *session.Config) {
		c.WriteFrequency, c.Timeout, c.ScheduledInvalidation = session.TimeBased, 60, []int{9} // it is eight
	})
	(&browser{t: t}).get(a, set("n", 1))
	w.pass(61)
	a.Reap(w.now())
	w.asks("D9 outside of its hours", "create; write(n=1 access whole)")
}

// TestEvents: what becomes of a session is told, in order.
func TestEvents(t *testing.T) {
	w := newWorld(t)
	a, b := w.persistent("a", nil), w.persistent("b", nil)
	user := &browser{t: t}
	for _, m := range []*session.Manager{a, b, a} {
		w.pass(1)
		user.get(m, set("n", 1))
	}
	user.get(a, (*session.Session).Invalidate)
	(&browser{t: t}).get(b, nil)
	w.pass(3600)
	b.Reap(w.now())
	want := []string{session.Created, session.Written, session.TakenOver, session.Written, session.Dropped,
		session.TakenOver, session.Written, session.Invalidated, session.Created, session.Written, session.Dropped,
		session.Dropped, session.TimedOut}
	if diff := cmp.Diff(want, w.events); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}
