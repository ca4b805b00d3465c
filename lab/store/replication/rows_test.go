package replication

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	_ "github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/lab/session"
)

var theKey = session.Key{App: "hit", ID: "s"}

// world is some members in a bubble, all ready.
type world struct {
	t      *testing.T
	cfg    Config
	net    *network
	stores map[string]*Store
}

func newWorld(t *testing.T, cfg Config) *world {
	w := &world{t: t, cfg: cfg, net: newNetwork(1), stores: map[string]*Store{}}
	for _, m := range cfg.Members {
		w.stores[m.Name] = open(t, w.net, cfg, m.Name)
	}
	for _, s := range w.stores {
		if err := s.joined(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(time.Second) // all have heard of it
	return w
}

// kill ends members at once.
func (w *world) kill(names string) {
	for _, name := range names {
		w.stores[string(name)].wire.close()
	}
	for _, name := range names {
		w.stores[string(name)].end()
		delete(w.stores, string(name))
	}
}

func (w *world) end() {
	for name := range w.stores {
		w.kill(name)
	}
	time.Sleep(10 * time.Second)
}

// start starts members again, and waits until they serve.
func (w *world) start(names string) {
	for _, name := range names {
		w.stores[string(name)] = open(w.t, w.net, w.cfg, string(name))
	}
	for _, name := range names {
		if err := w.stores[string(name)].joined(w.t.Context()); err != nil {
			w.t.Fatal(err)
		}
	}
}

func now() session.Millis { return session.Millis(time.Now().UnixMilli()) }

// create begins the session at a member.
func (w *world) create(member string) {
	r := &session.Record{Key: theKey, CacheID: 1, Created: now(), LastAccess: now(),
		MaxInactive: 1800, User: "anonymous"}
	if err := w.stores[member].Create(w.t.Context(), r); err != nil {
		w.t.Fatal(err)
	}
}

// write sets the count at its owner.
func (w *world) write(member string, count string) session.Ack {
	ack, err := w.stores[member].Write(w.t.Context(), countOf(count))
	if err != nil {
		w.t.Fatalf("write at %s: %v", member, err)
	}
	return ack
}

func countOf(count string) *session.Write {
	return &session.Write{Record: session.Record{Key: theKey, CacheID: 1, LastAccess: now(), MaxInactive: 1800,
		Attributes: map[string]json.RawMessage{"count": json.RawMessage(count)}}}
}

// find is the count that a member finds for a request that knows the session's first cache ID: "" empty, "gone".
func (w *world) find(member string) string {
	r, err := w.stores[member].Load(w.t.Context(), theKey, 1, now())
	switch {
	case errors.Is(err, session.ErrGone):
		return "gone"
	case err != nil:
		return err.Error()
	}
	return string(r.Attributes["count"])
}

// TestRows are rows 33 to 42 of the matrix as far as a store sees them: a owns a session that counts to 7.
func TestRows(t *testing.T) {
	second := time.Second
	for _, c := range []struct {
		name     string
		members  string
		replicas int
		set      func(*Config)
		do       func(w *world)
		serves   string
		finds    string
	}{
		{"33 two members", "ab", 1, nil, func(w *world) { w.kill("a") }, "b", "7"},
		{"34 the holder serves", "abc", 1, nil, func(w *world) { w.kill("a") }, "b", "7"},
		{"34 another fetches", "abc", 1, nil, func(w *world) { w.kill("a") }, "c", "7"},
		{"35 the holder, later the owner", "abc", 1, nil, killApart("b", "a"), "c", "7"},
		{"35 never", "abc", 1, func(c *Config) { c.Retarget = retargetNever },
			killApart("b", "a"), "c", "gone"},
		{"35 next write, none", "abc", 1, func(c *Config) { c.Retarget = retargetNextWrite },
			killApart("b", "a"), "c", "gone"},
		{"35 next write", "abc", 1, func(c *Config) { c.Retarget = retargetNextWrite },
			func(w *world) { w.kill("b"); time.Sleep(second); w.write("a", "8"); w.kill("a") }, "c", "8"},
		{"35 never, written", "abc", 1, func(c *Config) { c.Retarget = retargetNever },
			func(w *world) { w.kill("b"); time.Sleep(second); w.write("a", "8"); w.kill("a") }, "c", "gone"},
		{"36 both at once", "abc", 1, nil, func(w *world) { w.kill("ab") }, "c", "gone"},
		{"37 two at once, two replicas", "abc", 2, nil, func(w *world) { w.kill("ab") }, "c", "7"},
		{"37 two at once, entire domain", "abc", everyMember, nil, func(w *world) { w.kill("ab") }, "c", "7"},
		{"38 with all its holders", "abcde", 2, nil, func(w *world) { w.kill("abc") }, "d", "gone"},
		{"38 with others", "abcde", 2, nil, func(w *world) { w.kill("abd") }, "e", "7"},
		{"39 no replica", "abc", 0, nil, func(w *world) { w.kill("a") }, "b", "gone"},
		{"40 right after the answer", "abc", 1, func(c *Config) { c.Ack = ackAsync },
			func(w *world) { time.Sleep(second); w.write("a", "8"); w.kill("a") }, "b", "7"},
		{"40 a moment later", "abc", 1, func(c *Config) { c.Ack = ackAsync },
			func(w *world) { w.write("a", "8"); time.Sleep(second); w.kill("a") }, "b", "8"},
		{"40 orderly", "abc", 1, func(c *Config) { c.Ack = ackAsync }, func(w *world) {
			w.write("a", "8")
			w.stores["a"].Close(w.t.Context())
			delete(w.stores, "a")
		}, "b", "8"},
		{"41 client and server", "abr", 1, tiers, func(w *world) { w.kill("a") }, "b", "7"},
		{"41 the replicator dead", "abr", 1, tiers, killApart("r", "a"), "b", "gone"},
		{"41 two replicators", "abrs", 1, tiers, killApart("r", "a"), "b", "7"},
		{"42 one by one", "abc", 1, nil, func(w *world) {
			for _, name := range []string{"a", "b", "c"} {
				w.kill(name)
				time.Sleep(second)
				w.start(name)
				time.Sleep(second)
			}
		}, "b", "7"},
		{"42 at once", "abc", 1, nil, func(w *world) { w.kill("abc"); w.start("abc") }, "b", "gone"},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				cfg := domain(c.members, c.replicas)
				if c.set != nil {
					c.set(&cfg)
				}
				w := newWorld(t, cfg)
				defer w.end()
				w.create("a")
				w.write("a", "7")
				c.do(w)
				if got := w.find(c.serves); got != c.finds {
					t.Errorf("%s finds %s, want %s", c.serves, got, c.finds)
				}
			})
		})
	}
}

// killApart kills one member after the other, when the first death is got over.
func killApart(first, second string) func(*world) {
	return func(w *world) {
		w.kill(first)
		time.Sleep(time.Second)
		w.kill(second)
	}
}

// tiers makes a, b, c clients and the others servers (M2).
func tiers(c *Config) {
	for i := range c.Members {
		m := &c.Members[i]
		if m.Mode = Server; m.Name < "d" {
			m.Mode, m.Partition = Client, ""
		}
	}
}

// TestHungOwner is row 30: the owner rests inside a request while another member takes its session over.
func TestHungOwner(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.create("a")
		w.write("a", "3")
		awake := w.net.hang("a")
		time.Sleep(time.Second)
		if got := w.find("b"); got != "3" {
			t.Errorf("b finds %s", got)
		}
		w.write("b", "5")
		refused := make(chan error)
		go func() {
			_, err := w.stores["a"].Write(context.Background(), countOf("4"))
			refused <- err
		}()
		awake()
		if err := <-refused; !errors.Is(err, session.ErrNewer) {
			t.Errorf("a writes: %v, want refused", err)
		}
		if got := w.find("a"); got != "5" {
			t.Errorf("a reads %s again", got)
		}
	})
}

// where tells who owns a session, the number of its last write, and who holds that beside the owner, as far as this
// member knows. False: it has no copy.
func (s *Store) where(k session.Key) (owner string, writeNo uint64, holders []string, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	e := s.held.get(k)
	if e == nil || e.state != live {
		return "", 0, nil, false
	}
	for i := range e.at.all() {
		holders = append(holders, s.group.peers[i].Name)
	}
	return e.owner(), e.No, holders, true
}

// TestTakeOver: numbers go on, the former owner notices, and a session that is gone stays gone.
func TestTakeOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.create("a")
		w.write("a", "1")
		r, err := w.stores["c"].Load(t.Context(), theKey, 1, now())
		if err != nil || r.WriteNo != 1 || r.Owner != "a" || r.User != "anonymous" {
			t.Fatalf("c reads %+v, %v", r, err)
		}
		if ok, _ := w.stores["a"].Touch(t.Context(), theKey, r.Before, now()); ok {
			t.Error("a touches what c has taken over")
		}
		if ok, err := w.stores["c"].Touch(t.Context(), theKey, r.LastAccess, r.LastAccess+1); !ok || err != nil {
			t.Errorf("c touches its own: %v, %v", ok, err)
		}
		if ack := w.write("c", "2"); ack.Replicas != 1 {
			t.Errorf("%+v", ack)
		}
		owner, no, holders, ok := w.stores["c"].where(theKey)
		if got := fmt.Sprintln(owner, no, holders, ok); got != "c 2 [a] true\n" {
			t.Errorf("where: %s", got)
		}
		if _, _, _, ok := w.stores["b"].where(theKey); ok {
			t.Error("b still holds what c owns and a holds")
		}
		got, err := w.stores["c"].Attributes(t.Context(), theKey, "count")
		if err != nil || string(got.Attributes["count"]) != "2" {
			t.Errorf("%+v, %v", got, err)
		}
		if ok, _ := w.stores["b"].Exists(t.Context(), "s"); !ok {
			t.Error("b does not find the ID")
		}
		if err := w.stores["c"].Delete(t.Context(), theKey); err != nil {
			t.Fatal(err)
		}
		for name := range w.stores {
			if got := w.find(name); got != "gone" {
				t.Errorf("%s finds %s after the end", name, got)
			}
		}
		w.create("b") // the ID is used again
		w.write("b", "9")
		if got := w.find("a"); got != "9" {
			t.Errorf("a finds %s", got)
		}
	})
}

// TestGoneStaysGone: a member that was hung when a session was invalidated does not bring it back.
func TestGoneStaysGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 2))
		defer w.end()
		w.create("a")
		awake := w.net.hang("b")
		time.Sleep(time.Second)
		if err := w.stores["a"].Delete(t.Context(), theKey); err != nil {
			t.Fatal(err)
		}
		awake()
		time.Sleep(time.Second)
		w.kill("a")
		if got := w.find("b"); got != "gone" {
			t.Errorf("b finds %q", got)
		}
	})
}

// TestReap: the owner ends its sessions everywhere, the first holder those of a dead owner.
func TestReap(t *testing.T) {
	for _, dead := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			w := newWorld(t, domain("abc", 2))
			defer w.end()
			w.create("a")
			want := map[string]int{"a": 1, "b": 0, "c": 0}
			if dead {
				w.kill("a")
				time.Sleep(time.Second)
				if st := w.stores["b"].State(); st.Orphans != 1 {
					t.Errorf("%+v", st)
				}
				want = map[string]int{"b": 1, "c": 0}
			}
			for _, name := range []string{"c", "b", "a"} {
				s := w.stores[name]
				if s == nil {
					continue
				}
				early, _ := s.Reap(t.Context(), "hit", now()+1000)
				ended, err := s.Reap(t.Context(), "hit", now()+1801_000)
				if len(early) != 0 || len(ended) != want[name] || err != nil {
					t.Errorf("dead owner %v: %s ends %v, %v, %v", dead, name, early, ended, err)
				}
			}
			for name, s := range w.stores {
				if s.Reap(t.Context(), "hit", now()+7200_000); s.held.get(theKey) != nil {
					t.Errorf("%s still knows it", name)
				}
			}
		})
	}
}

// TestState: what a member says of itself, with a fault and when it is got over (L8, L9, L10).
func TestState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("ab", 1))
		defer w.end()
		w.create("a")
		if h := w.stores["b"].Holders("a"); !slices.Equal(h, []string{"b"}) || !w.stores["a"].Apart() {
			t.Errorf("holders of a: %v", h)
		}
		check := func(name string, want State) {
			t.Helper()
			got := w.stores[name].State()
			want.Version, want.Ready = got.Version, true
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s: %s", name, diff)
			}
		}
		both := []string{"a", "b"}
		check("a", State{Owned: 1, Living: both})
		check("b", State{Held: 1, Living: both})
		w.kill("b")
		time.Sleep(time.Second)
		check("a", State{Owned: 1, Unprotected: 1, Living: []string{"a"}})
		if ack := w.write("a", "2"); ack.Replicas != 0 {
			t.Errorf("%+v", ack)
		}
		w.start("b")
		time.Sleep(100 * time.Millisecond)
		check("b", State{Held: 1, Living: both})
		check("a", State{Owned: 1, Living: both})
	})
}

// TestPartedMembers: who hears nothing of another takes it for dead and asks the rest.
func TestPartedMembers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 1))
		defer w.end()
		w.create("a")
		w.write("a", "3")
		w.net.sever("c", "a", true) // they hear nothing of each other, b hears both
		time.Sleep(2 * time.Second)
		if got := w.find("c"); got != "3" {
			t.Errorf("c finds %s", got)
		}
	})
}

// TestLossyNetwork: a lost message is sent again, and a write that arrives twice counts once.
func TestLossyNetwork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, domain("abc", 2))
		defer w.end()
		w.create("a")
		w.net.lose(0.3)
		for i := range 20 {
			w.write("a", string(rune('0'+i%10)))
		}
		w.net.lose(0)
		time.Sleep(2 * time.Second)
		w.kill("a")
		if got := w.find("c"); got != "9" {
			t.Errorf("c finds %s", got)
		}
	})
}
