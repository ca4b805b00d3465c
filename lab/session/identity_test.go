package session_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab/session"
)

// short makes literal cookies readable: ID is the first session's, NEW the next one's.
func short(s string) string {
	return strings.NewReplacer(idA, "ID", idB, "NEW", "JSESSIONID=", "", "; Path=/; HttpOnly", "").Replace(s)
}

func long(s string) string {
	return "JSESSIONID=" + strings.NewReplacer("ID", idA, "NEW", idB).Replace(s)
}

// TestFailover is the example of the specification's section 1, and what becomes of it by settings.
func TestFailover(t *testing.T) {
	front := func(c *session.Config) { c.NoAffinitySwitchBack = true }
	for _, tt := range []struct {
		name   string
		change func(*session.Config)
		memory bool
		path   string // members, in turn
		want   string
	}{
		{name: "persistent", path: "a a b b a a",
			want: "0001ID:a 0001ID:a 0002ID:a:b 0002ID:a:b 0003ID:a:b 0003ID:a:b"},
		{name: "no switch-back (S9)", change: front, path: "a b b", want: "0001ID:a 0002ID:b:a 0002ID:b:a"},
		{name: "no switch-back, back (S9)", change: front, path: "a b a", want: "0001ID:a 0002ID:b:a 0003ID:a:b"},
		{name: "memory (S15)", memory: true, path: "a b b", want: "0000ID:a 0000NEW:b 0000NEW:b"},
		{name: "memory, the ID again (S15)", memory: true, change: func(c *session.Config) { c.IDReuse = true },
			path: "a b", want: "0000ID:a 0000ID:a:b"},
		{name: "memory, takeover-id same", memory: true, change: func(c *session.Config) { c.TakeoverID = "same" },
			path: "a b", want: "0000ID:a 0000ID:a:b"},
		{name: "m1 is found in m10 (S10)", path: "m10 m1 m1", want: "0001ID:m10 0002ID:m10 0002ID:m10"},
		{name: "m1 cuts m10 to pieces (S10)", change: front, path: "m10 x m1",
			want: "0001ID:m10 0002ID:x:m10 0003ID:m1:x0"},
		{name: "an unexpected clone ID (S11)",
			change: func(c *session.Config) { c.ExpectedCloneIDs = []string{"b", "c"} },
			path:   "a b c", want: "0001ID:a 0002ID:b 0003ID:b:c"},
		{name: "the other separator (S1)", change: func(c *session.Config) { c.CloneSeparator = "+" }, path: "a b",
			want: "0001ID+a 0002ID+a+b"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			members := map[string]*session.Manager{}
			user := &browser{t: t}
			var got []string
			for name := range strings.FieldsSeq(tt.path) {
				if members[name] == nil {
					members[name] = w.manager(w.member(name, !tt.memory), "/app", tt.change)
				}
				w.pass(1)
				got = append(got, short(user.get(members[name], set("n", 1))))
			}
			if got := strings.Join(got, " "); got != tt.want {
				t.Errorf("got  %s\nwant %s", got, tt.want)
			}
		})
	}
}

// TestSetCookie has a session ID:a in memory and sends other cookies to its member.
func TestSetCookie(t *testing.T) {
	for _, tt := range []struct {
		name   string
		change func(*session.Config)
		memory bool
		cookie string // of the request, parted by blanks
		want   string // Set-Cookie; "-" for none
	}{
		{name: "nothing differs (S8)", cookie: "0001ID:a", want: "-"},
		{name: "no ID (S8)", cookie: "", want: "0001NEW:a"},
		{name: "another ID (S8)", cookie: "0001" + strings.Repeat("x", 23) + ":a:b", want: "0001NEW:a"},
		{name: "the cache ID differs (S8)", memory: true, cookie: "0007ID:a", want: "0000ID:a"},
		{name: "an older cache ID (S5, S8)", cookie: "0000ID:a", want: "0001ID:a"},
		{name: "a newer cache ID, the same copy in the store (S4)", cookie: "0004ID:a", want: "-"},
		{name: "not in the list (S8, S9)", cookie: "0001ID:b:c", want: "0001ID:b:c:a"},
		{name: "not in the list, no switch-back (S9)",
			change: func(c *session.Config) { c.NoAffinitySwitchBack = true },
			cookie: "0001ID:b:c", want: "0001ID:a:b:c"},
		{name: "no list (S8)", cookie: "0001ID", want: "0001ID:a"},
		{name: "too short (S6)", cookie: "0001short", want: "0001NEW:a"},
		{name: "too short, then the right one (S6, S7)", cookie: "0001short 0001ID:a", want: "-"},
		{name: "unknown, then the right one (S7)",
			cookie: "0001" + strings.Repeat("x", 23) + ":b 0001ID:a", want: "-"},
		{name: "separator too early (S6)", cookie: "001:IDID", want: "0001NEW:a"},
		{name: "ID too long (S6)", cookie: "0001IDx:a", want: "0001NEW:a"},
		{name: "the cache ID is no number (S6)", memory: true, cookie: "00x1ID:a", want: "-"},
		{name: "the last cache ID (S4)", memory: true, cookie: "9999ID:a", want: "0000ID:a"},
		{name: "longer than 1024 (S12)", cookie: "0001ID:a:" + strings.Repeat("b", 1024), want: "-"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			w := newWorld(t)
			m := w.manager(w.member("a", !tt.memory), "/app", tt.change)
			(&browser{t: t}).get(m, nil)
			var cookies []string
			for c := range strings.FieldsSeq(tt.cookie) {
				cookies = append(cookies, long(c))
			}
			x := begin(m, cookies...)
			if _, err := x.Get(true); err != nil {
				t.Fatal(err)
			}
			got := x.Commit()
			x.End()
			if got == "" {
				got = "-"
			} else if !strings.HasPrefix(got, "JSESSIONID=") || !strings.HasSuffix(got, "; Path=/; HttpOnly") {
				t.Errorf("not as S14 has it: %s", got)
			}
			if got := short(got); got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

// TestCacheIDTurns is S4's 9999.
func TestCacheIDTurns(t *testing.T) {
	w := newWorld(t)
	user := &browser{t: t}
	user.get(w.persistent("a", nil), nil)
	user.cookie = "JSESSIONID=9999" + idA + ":a"
	if got := short(user.get(w.persistent("b", nil), nil)); got != "0001ID:a:b" {
		t.Error(got)
	}
}

// TestOptimizeCacheIDIncrements is S4 under time based writes: a copy that nobody has outrun keeps its cache ID.
func TestOptimizeCacheIDIncrements(t *testing.T) {
	for i := range 4 {
		optimize, written := i&1 > 0, i&2 > 0 // the copy is as old as the store's, or newer
		w := newWorld(t)
		a := w.persistent("a", func(c *session.Config) {
			c.WriteFrequency, c.OptimizeCacheIDIncrements, c.Timeout = session.TimeBased, optimize, 60
		})
		user := &browser{t: t}
		user.get(a, set("n", 1))
		user.get(a, set("n", 2))
		if written {
			a.Scan(w.now())
		}
		w.pass(61) // the copy is not trusted any more (S5), the row not reaped yet
		want := map[bool]string{false: "0002ID:a", true: "0001ID:a"}[optimize]
		if got := short(user.get(a, nil)); got != want {
			t.Errorf("optimizeCacheIdIncrements %v, written %v: %s, want %s", optimize, written, got, want)
		}
	}
}

func TestIDs(t *testing.T) {
	w := newWorld(t)
	a := w.persistent("a", func(c *session.Config) { c.IDLength = 8 })
	for _, want := range []string{"0001AAAAAAAA:a", "0001BBBBBBBB:a"} { // S2
		if got := (&browser{t: t}).get(a, nil); got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	w.random.next = 63
	if got, want := (&browser{t: t}).get(a, nil), "0001________:a"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestNoAdditionalSessionInfo is S21.
func TestNoAdditionalSessionInfo(t *testing.T) {
	bare := func(c *session.Config) { c.NoAdditionalSessionInfo = true }
	for _, tt := range []struct {
		clone      string
		persistent bool
		want       string
	}{{"a", false, "ID:a"}, {"", false, "ID"}, {"a", true, "0001ID:a"}, {"", true, "0001ID"}} {
		w := newWorld(t)
		m := w.manager(w.member(tt.clone, tt.persistent), "/app", bare)
		user := &browser{t: t}
		user.get(m, nil)
		if got := short(user.get(m, nil)); got != tt.want {
			t.Errorf("%+v: got %s", tt, got)
		}
	}
}

// TestPartition is M10 and M14: the partition ID stays when another member takes over.
func TestPartition(t *testing.T) {
	for choice, want := range map[string]string{"same": "0002ID:111", "clone-appended": "0002ID:111:222"} {
		w := newWorld(t)
		user := &browser{t: t}
		for _, partition := range []string{"111", "222"} {
			mb := w.member("m"+partition, true)
			mb.Partition = partition
			user.get(w.manager(mb, "/app", func(c *session.Config) { c.PartitionAfterTakeover = choice }), nil)
		}
		if got := short(strings.TrimPrefix(user.cookie, "JSESSIONID=")); got != want {
			t.Errorf("%s: got %s, want %s", choice, got, want)
		}
	}
}

// TestApplications is S15: each application has its own session, under one ID.
func TestApplications(t *testing.T) {
	for _, persistent := range []bool{false, true} {
		w := newWorld(t)
		mb := w.member("a", persistent)
		one, two := w.manager(mb, "/one", nil), w.manager(mb, "/two", nil)
		user := &browser{t: t}
		first := user.get(one, set("n", 1))
		second := user.get(two, func(s *session.Session) {
			if !s.IsNew() || s.Get("n") != nil {
				t.Error("the other application's session is not of its own")
			}
		})
		if first != second {
			t.Errorf("the other application's session has another ID: %s, %s", first, second)
		}
		if !persistent {
			continue
		}
		mb = w.member("b", true) // the cache ID that one application has moved on is the other's, too
		third := user.get(w.manager(mb, "/one", nil), nil)
		if fourth := user.get(w.manager(mb, "/three", nil), nil); short(third) != "0002ID:a:b" || third != fourth {
			t.Errorf("another new application: %s, then %s", third, fourth)
		}
	}
}

// TestEndedInOneApplication is S15 and D10: a new session under the ID of one that was just invalidated is found.
func TestEndedInOneApplication(t *testing.T) {
	w := newWorld(t)
	mb := w.member("a", true)
	one, two := w.manager(mb, "/one", nil), w.manager(mb, "/two", nil)
	elsewhere := w.manager(w.member("b", true), "/one", nil)
	user := &browser{t: t}
	user.get(two, nil)
	user.get(one, (*session.Session).Invalidate)
	user.get(one, set("n", 1))
	user.get(elsewhere, set("n", 2))
	if got := short(user.get(one, func(s *session.Session) {
		if s.Get("n") != 2.0 {
			t.Errorf("n is %v", s.Get("n"))
		}
	})); got != "0003ID:a:b" {
		t.Error(got)
	}
}

// TestApplicationsElsewhere is S15 by the store: the other application's session was made on another member.
func TestApplicationsElsewhere(t *testing.T) {
	w := newWorld(t)
	user := &browser{t: t}
	user.get(w.manager(w.member("a", true), "/one", nil), nil)
	if got := short(user.get(w.manager(w.member("b", true), "/two", nil), nil)); got != "0001ID:a:b" {
		t.Error(got)
	}
}

// TestCommitted is S8: the cookie of a session that is made after the answer has begun is lost.
func TestCommitted(t *testing.T) {
	w := newWorld(t)
	x := begin(w.persistent("a", nil))
	if got := x.Commit(); got != "" {
		t.Errorf("a cookie without a session: %s", got)
	}
	if _, err := x.Get(true); err != nil {
		t.Fatal(err)
	}
	x.End()
	if x.Commit() != "" || !strings.Contains(strings.Join(w.events, " "), session.Warning) {
		t.Errorf("no warning: %v", w.events)
	}
}

// TestURL is S13.
func TestURL(t *testing.T) {
	w := newWorld(t)
	rewriting := func(c *session.Config) { c.URLRewriting = true }
	a := w.persistent("a", rewriting)
	x := begin(a)
	_, _ = x.Get(true)
	for _, tt := range []struct{ url, want string }{
		{"/shop", "/shop;jsessionid=0001ID:a"},
		{"/shop?x=1#y", "/shop;jsessionid=0001ID:a?x=1#y"},
		{"/shop#y?x", "/shop;jsessionid=0001ID:a#y?x"},
		{"/shop;jsessionid=0007old:b?x=1", "/shop;jsessionid=0001ID:a?x=1"},
		{"/shop;jsessionid=0007old:b;v=2", "/shop;jsessionid=0001ID:a;v=2"},
	} {
		if got := short(x.EncodeURL(tt.url)); got != tt.want {
			t.Errorf("%s: got %s, want %s", tt.url, got, tt.want)
		}
	}
	x.End()
	hostile := begin(a, long("0001ID:a:<b>"))
	if got := hostile.EncodeURL("/shop"); got != "/shop" {
		t.Errorf("an unsafe list was put into a URL: %s", got)
	}
	hostile.End()
	for _, tt := range []struct {
		name, cookie string
		m            *session.Manager
		found        bool
	}{
		{"no cookie", "", a, true},
		{"a cookie came", "0001short", a, false},
		{"rewriting is off", "", w.persistent("b", nil), false},
	} {
		r := httptest.NewRequest(http.MethodGet, "/shop;jsessionid=0001"+idA+":a", nil)
		if tt.cookie != "" {
			r.Header.Set("Cookie", long(tt.cookie))
		}
		x := tt.m.Begin(r)
		if s, _ := x.Get(false); (s != nil) != tt.found {
			t.Errorf("%s: session %v, want %v", tt.name, s != nil, tt.found)
		}
		x.End()
	}
}

func FuzzCookie(f *testing.F) {
	for _, seed := range []string{"", "0001" + idA + ":a", "0001:" + idA, "9999" + idA, ":::::", "00x1" + idA + ":b"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, value string) {
		w := newWorld(t)
		a, b := w.persistent("a", nil), w.persistent("b", nil)
		home := (&browser{t: t}).get(a, set("n", 1))
		user := &browser{t: t, cookie: "JSESSIONID=" + value}
		cookie := user.get(b, set("n", 2))
		again := user.get(b, func(s *session.Session) {
			if s.Get("n") != 2.0 {
				t.Errorf("%q gave %q, and that no session: n = %v", value, cookie, s.Get("n"))
			}
		})
		if again != cookie && !strings.HasPrefix(cookie, value) {
			t.Errorf("the cookie %q changed to %q without a cause (%s at home)", cookie, again, home)
		}
	})
}
