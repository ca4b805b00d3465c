//go:build !aix

package grid

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

// memory is an engine in this process: what the store does with one shows without a server.
type memory struct {
	mu       sync.Mutex
	entries  map[session.Key]*kept
	revision uint64
	failures int // so many attempts fail from now on
	hopeless bool
}

var errAway = errors.New("nobody answers")

// fails counts an attempt; the caller holds mu.
func (m *memory) fails() bool {
	if m.failures == 0 {
		return false
	}
	m.failures--
	return true
}

func (m *memory) get(_ context.Context, k session.Key) (*kept, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	e := m.entries[k]
	switch {
	case m.fails():
		return nil, errAway
	case e == nil:
		return nil, errNone
	}
	return e, nil
}

func (m *memory) put(_ context.Context, k session.Key, old *kept, value []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails() {
		return errAway
	}
	if now := m.entries[k]; (now == nil) != (old == nil) || now != nil && now.revision != old.revision {
		return errOther
	}
	m.revision++
	m.entries[k] = &kept{value, m.revision}
	return nil
}

func (m *memory) remove(_ context.Context, k session.Key, old *kept) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails() {
		return errAway
	}
	if now := m.entries[k]; now == nil || now.revision != old.revision {
		return errOther
	}
	delete(m.entries, k)
	return nil
}

func (m *memory) exists(_ context.Context, id string) (bool, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fails() {
		return false, errAway
	}
	for k := range m.entries {
		if k.ID == id {
			return true, nil
		}
	}
	return false, nil
}

func (m *memory) each(_ context.Context, app string, give func(session.Key, *kept) error) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	for k, e := range m.entries {
		if app != "" && k.App != app {
			continue
		}
		if err := give(k, e); err != nil {
			return err
		}
		if m.fails() {
			return errAway // in the middle of the walk
		}
	}
	return nil
}

func (m *memory) hopeful(context.Context, int) bool {
	m.mu.Lock()
	defer m.mu.Unlock()
	return !m.hopeless
}

func (m *memory) close() error { return nil }

// storeOn is a member's store on an engine.
func storeOn(m engine, member string) *Store { return &Store{engine: m, life: member} }

func newMemory() *memory { return &memory{entries: map[session.Key]*kept{}} }

// TestSuiteInMemory is what every store must do, without a server.
func TestSuiteInMemory(t *testing.T) {
	storetest.Run(t, func(*testing.T) *storetest.Cluster {
		m := newMemory()
		stores := map[string]session.Store{}
		lines := map[string]*line{}
		for _, name := range []string{"a", "b", "c"} {
			lines[name] = &line{engine: m}
			stores[name] = storeOn(lines[name], name)
		}
		return &storetest.Cluster{
			Store: func(_ *testing.T, member string) session.Store { return stores[member] },
			Turns: true, Largest: largest,
			Down: func(_ *testing.T, member string, down bool) { lines[member].cut.Store(down) },
		}
	})
}

var shopping = session.Key{App: "shop", ID: "A2MBr0nzeYl-_8uJ3kQx7Vd"}

// TestAgain: an attempt that fails is made again while there is hope, and one that was done without an answer is not
// done twice.
func TestAgain(t *testing.T) {
	m := newMemory()
	s := storeOn(m, "a")
	if err := s.Create(t.Context(), &session.Record{Key: shopping, LastAccess: 1, MaxInactive: -1}); err != nil {
		t.Fatal(err)
	}
	before := m.revision
	write := &session.Write{Record: session.Record{Key: shopping, WriteNo: 1, LastAccess: 1}, Whole: true}
	write.Attributes = map[string]json.RawMessage{"count": json.RawMessage("1")}
	// The put is done and nobody says so: the second one is refused, and the stamp tells whose the entry is.
	lost := &lostAnswer{engine: m}
	s.engine = lost
	if _, err := s.Write(t.Context(), write); err != nil {
		t.Fatal(err)
	}
	if m.revision != before+1 || lost.puts != 2 {
		t.Errorf("%d changes by %d attempts, want one by two", m.revision-before, lost.puts)
	}
	m.failures, m.hopeless = 1, true
	if _, err := storeOn(m, "b").Load(t.Context(), shopping, 1, 2); !errors.Is(err, session.ErrDown) {
		t.Errorf("without hope: %v, want %v", err, session.ErrDown)
	}
	m.failures, m.hopeless = 1, false
	if r, err := storeOn(m, "b").Load(t.Context(), shopping, 1, 2); err != nil || r.WriteNo != 1 {
		t.Errorf("with hope: %+v, %v", r, err)
	}
}

// lostAnswer is an engine whose first put is done, and its answer lost.
type lostAnswer struct {
	engine
	puts int
}

func (l *lostAnswer) put(ctx context.Context, k session.Key, old *kept, value []byte) error {
	err := l.engine.put(ctx, k, old, value)
	if l.puts++; l.puts == 1 && err == nil {
		return errAway
	}
	return err
}

// TestWalkBeginsAgain: what a walk has counted before the grid was out of reach is not counted twice.
func TestWalkBeginsAgain(t *testing.T) {
	m := newMemory()
	s := storeOn(m, "a")
	for _, id := range []string{"one", "two", "three"} {
		k := session.Key{App: "shop", ID: id}
		if err := s.Create(t.Context(), &session.Record{Key: k, LastAccess: 1000, MaxInactive: 10}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.Reap(t.Context(), "shop", 5000); err != nil { // it leaves the entry whose turn it was
		t.Fatal(err)
	}
	m.failures = 1
	c, err := count(t.Context(), m, "here", 12_000)
	if err != nil {
		t.Fatal(err)
	}
	a := c.Applications[0]
	if c.Rows != 4 || len(c.Applications) != 1 || a.Sessions != 3 || a.Empty != 3 || a.OverTime != 3 ||
		a.LastLook == nil || *a.LastLook != 5000 {
		t.Errorf("%+v", c)
	}
	m.failures = 1
	gone, err := s.Reap(t.Context(), "shop", 12_000)
	if err != nil || len(gone) != 3 || len(m.entries) != 1 {
		t.Errorf("reaped %v, %v, left %d", gone, err, len(m.entries))
	}
}

// TestTurn: one member looks for what is over its time, and spares the others theirs for an interval.
func TestTurn(t *testing.T) {
	m := newMemory()
	a, b := storeOn(m, "a"), storeOn(m, "b")
	a.reaperInterval, b.reaperInterval = 60_000, 60_000
	for _, step := range []struct {
		who  *Store
		at   session.Millis
		turn bool
	}{{a, 1000, true}, {b, 1000, false}, {b, 60_999, false}, {b, 61_000, true}, {a, 61_000, false}, {a, 5000, false}} {
		if keys, err := step.who.Reap(t.Context(), "shop", step.at); (keys != nil) != step.turn || err != nil {
			t.Errorf("%s at %d: looked %t, %v", step.who.life, step.at, keys != nil, err)
		}
	}
	a.reaperInterval = 0
	for at, turn := range map[session.Millis]bool{61_000: false, 60_000: false} { // the same moment, and a clock behind
		if keys, err := a.Reap(t.Context(), "shop", at); (keys != nil) != turn || err != nil {
			t.Errorf("without an interval, at %d: looked %t, %v", at, keys != nil, err)
		}
	}
}

// TestTake: what of an entry a write changes (G2).
func TestTake(t *testing.T) {
	attributes := func(text string) (a map[string]json.RawMessage) {
		if err := json.Unmarshal([]byte(text), &a); err != nil {
			t.Fatal(err)
		}
		return a
	}
	was := func() *entry {
		return &entry{WriteNo: 3, CacheID: 1, Owner: "a", LastAccess: 10, MaxInactive: 60, User: "anonymous",
			Attributes: attributes(`{"x": 1, "y": 2}`)}
	}
	record := session.Record{WriteNo: 4, CacheID: 2, Owner: "b", LastAccess: 20, MaxInactive: 30, User: "bob"}
	for name, tt := range map[string]struct {
		write session.Write
		want  func(*entry)
	}{
		"nothing": {session.Write{Record: record}, func(*entry) {}},
		"plain columns": {
			session.Write{Record: record, TouchesAccess: true, TouchesUser: true, TouchesMaxInactive: true},
			func(e *entry) { e.LastAccess, e.MaxInactive, e.User = 20, 30, "bob" }},
		"some attributes": {session.Write{Record: record, Removed: []string{"y", "z"}},
			func(e *entry) {
				e.WriteNo, e.CacheID, e.Owner, e.Attributes = 4, 2, "b", attributes(`{"x": 1}`)
			}},
		"all attributes, of which there are none": {session.Write{Record: record, Whole: true},
			func(e *entry) { e.WriteNo, e.CacheID, e.Owner, e.Attributes = 4, 2, "b", attributes(`{}`) }},
	} {
		got, want := was(), was()
		got.take(&tt.write)
		tt.want(want)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", name, diff)
		}
	}
}

// TestWaits: an engine is asked for longer each time, and a caller that goes ends it.
func TestWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var waits []time.Duration
		ctx, leave := context.WithCancel(t.Context())
		defer leave()
		err := reach(ctx, newMemory(), func(ctx context.Context) error {
			deadline, _ := ctx.Deadline()
			waits = append(waits, time.Until(deadline))
			if len(waits) == 5 {
				leave()
			}
			return errAway
		})
		want := []time.Duration{firstWait, 2 * firstWait, 4 * firstWait, longest, longest}
		if diff := cmp.Diff(want, waits); diff != "" || !errors.Is(err, session.ErrDown) {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
	})
	for _, answer := range []error{nil, errNone, errOther, errStop} {
		asked := 0
		err := reach(t.Context(), newMemory(), func(context.Context) error { asked++; return answer })
		if asked != 1 || !errors.Is(err, answer) {
			t.Errorf("%v is an answer: asked %d times, %v", answer, asked, err)
		}
	}
}

// TestPlaces: where a grid is, and that no password is told.
func TestPlaces(t *testing.T) {
	c := Config{Servers: []string{"127.0.0.1:4222"}, User: "lab", Password: "secret"}
	back, ok := address(c.URL())
	if !ok || back.User != "lab" || back.Password != "secret" || back.Servers[0] != c.Servers[0] {
		t.Errorf("%s became %+v", c.URL(), back)
	}
	if got := c.name(); got != "nats://127.0.0.1:4222" {
		t.Error(got)
	}
	for text, want := range map[string]bool{"nats://h": true, "redis://h": true, "rediss://h": true, "unix:///s": true,
		"postgres://h": false, "sessions.db": false, "": false} {
		if IsURL(text) != want {
			t.Errorf("%q is the URL of a grid: %t", text, !want)
		}
	}
	for text, want := range map[string]bool{"nats://u:p@127.0.0.1:1": false, "nats://u:p@grid.example.com:1": true} {
		if remote, err := Remote(text); remote != want || err != nil {
			t.Errorf("%s is elsewhere: %t, %v", text, remote, err)
		}
	}
}
