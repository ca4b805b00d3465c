//go:build !aix

package grid

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/port/porttest"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/grid/redistest"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

// line lies between a member and its engine. It can be cut, or its engine can lose the majority: then what is put is
// done, but nobody says so.
type line struct {
	engine
	cut, lonely atomic.Bool
}

var errCut = errors.New("the line is cut")

func (l *line) get(ctx context.Context, k session.Key) (*kept, error) {
	if l.cut.Load() {
		return nil, errCut
	}
	return l.engine.get(ctx, k)
}

func (l *line) put(ctx context.Context, k session.Key, old *kept, value []byte) error {
	if l.cut.Load() {
		return errCut
	}
	if err := l.engine.put(ctx, k, old, value); err != nil || !l.lonely.Load() {
		return err
	}
	return errCut
}

func (l *line) exists(ctx context.Context, id string) (bool, error) {
	if l.cut.Load() {
		return false, errCut
	}
	return l.engine.exists(ctx, id)
}

func (l *line) hopeful(ctx context.Context, n int) bool {
	return !l.cut.Load() && !l.lonely.Load() && l.engine.hopeful(ctx, n)
}

// members are three stores on one grid.
func members(t *testing.T, c Config) *storetest.Cluster {
	stores, lines := map[string]session.Store{}, map[string]*line{}
	for _, name := range []string{"a", "b", "c"} {
		c.Member = name
		s, err := Open(t.Context(), c)
		if err != nil {
			t.Fatal(err)
		}
		lines[name] = &line{engine: s.engine}
		s.engine, stores[name] = lines[name], s
		t.Cleanup(func() { s.Close() })
	}
	return &storetest.Cluster{
		Store: func(_ *testing.T, member string) session.Store { return stores[member] },
		Turns: true, Largest: largest,
		Down: func(_ *testing.T, member string, down bool) { lines[member].cut.Store(down) },
	}
}

// empty removes all that a grid has.
func empty(t *testing.T, s session.Store) {
	e := s.(*Store).engine
	err := e.each(t.Context(), "", func(k session.Key, old *kept) error { return e.remove(t.Context(), k, old) })
	if err != nil {
		t.Fatal(err)
	}
}

// impatient is an engine that never answers, and a caller that goes while it is asked.
type impatient struct {
	engine
	leave context.CancelFunc
}

func (i impatient) each(ctx context.Context, _ string, _ func(session.Key, *kept) error) error {
	i.leave()
	<-ctx.Done()
	return ctx.Err()
}

// TestWalkEndsWithItsCaller: the page of a lab waits for a second, however long the grid elects who leads.
func TestWalkEndsWithItsCaller(t *testing.T) {
	ctx, leave := context.WithCancel(t.Context())
	err := walkAll(ctx, impatient{leave: leave}, "", nil, func() {})
	if !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestSuite is what every store must do.
func TestSuite(t *testing.T) {
	t.Parallel()
	t.Run("JetStream", func(t *testing.T) {
		t.Parallel()
		c := members(t, serve(t))
		storetest.Run(t, func(t *testing.T) *storetest.Cluster {
			empty(t, c.Store(t, "a"))
			return c
		})
	})
	t.Run("Redis", func(t *testing.T) {
		t.Parallel()
		r := redistest.Start(t)
		storetest.Run(t, func(t *testing.T) *storetest.Cluster {
			return members(t, Config{Redis: r.URL, Prefix: "wasplug:lab:" + t.Name() + "[*]:"})
		})
	})
}

func serve(t *testing.T) Config {
	c, _ := serveAll(t)
	return c
}

// serveAll starts the three servers of a grid in this process.
func serveAll(t *testing.T) (Config, []*Server) {
	c := ServerConfig{User: "lab", Password: "secret"}
	for range copies {
		c.Servers, c.Routes = append(c.Servers, porttest.Keep(t)), append(c.Routes, porttest.Keep(t))
	}
	servers, started := make([]*Server, copies), make(chan error, copies)
	for i := range copies {
		one := c
		one.Name, one.Listen, one.Route = string(rune('1'+i)), c.Servers[i], c.Routes[i]
		one.Folder = filepath.Join(t.TempDir(), one.Name)
		go func() {
			var err error
			if servers[i], err = Serve(t.Context(), one); err == nil {
				t.Cleanup(func() { servers[i].Close() })
			}
			started <- err
		}()
	}
	for range copies {
		if err := <-started; err != nil {
			t.Fatal(err)
		}
	}
	return Config{Servers: c.Servers, User: c.User, Password: c.Password}, servers
}

// TestRedisKilled: a Redis that is killed is down, and has nothing when it is back.
func TestRedisKilled(t *testing.T) {
	t.Parallel()
	r := redistest.Start(t)
	s := members(t, Config{Redis: r.URL, Prefix: "wasplug:lab:"}).Store(t, "a")
	k := session.Key{App: "shop", ID: "there"}
	create := func() {
		t.Helper()
		if err := s.Create(t.Context(), &session.Record{Key: k, LastAccess: 1, MaxInactive: -1}); err != nil {
			t.Fatal(err)
		}
	}
	create()
	r.Kill()
	if _, err := s.Load(t.Context(), k, 1, 2); !errors.Is(err, session.ErrDown) {
		t.Errorf("killed: %v, want %v", err, session.ErrDown)
	}
	r.Restart(t)
	if ok, err := s.Touch(t.Context(), k, 1, 2); ok || err != nil {
		t.Errorf("back again: touched %t, %v", ok, err)
	}
	create()
}

// TestCounted: what a grid holds is counted and listed from outside, by its URL alone.
func TestCounted(t *testing.T) {
	t.Parallel()
	for name, config := range map[string]func(*testing.T) Config{
		"JetStream": serve,
		"Redis": func(t *testing.T) Config {
			return Config{Redis: redistest.Start(t).URL, Prefix: Prefix("run")}
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := config(t)
			s := members(t, c).Store(t, "a")
			for i, id := range []string{"one", "two", "three"} {
				r := &session.Record{Key: session.Key{App: "shop", ID: id}, LastAccess: session.Millis(1000 * i),
					MaxInactive: 10, User: "anonymous"}
				if err := s.Create(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			census, err := Count(t.Context(), c.URL(), 10_500)
			if err != nil || census.Rows != 3 || len(census.Applications) != 1 {
				t.Fatalf("%+v, %v", census, err)
			}
			if a := census.Applications[0]; a.Name != "shop" || a.Sessions != 3 || a.Empty != 3 || a.OverTime != 1 {
				t.Errorf("%+v", a)
			}
			if strings.Contains(census.Table, "secret") {
				t.Errorf("a password is told: %s", census.Table)
			}
			rows, err := Rows(t.Context(), c, 2)
			if err != nil || len(rows) != 2 || rows[0].ID != "three" || rows[1].ID != "two" || rows[0].Column != "" {
				t.Errorf("%+v, %v", rows, err)
			}
		})
	}
}

// TestMajority: a grid goes on while two of its three servers are there.
func TestMajority(t *testing.T) {
	t.Parallel()
	c, servers := serveAll(t)
	s := members(t, c).Store(t, "a")
	k := session.Key{App: "shop", ID: "there"}
	if err := s.Create(t.Context(), &session.Record{Key: k, LastAccess: 1, MaxInactive: -1}); err != nil {
		t.Fatal(err)
	}
	for i, want := range []error{nil, session.ErrDown} {
		servers[i].Close()
		if _, err := s.Load(t.Context(), k, 1, session.Millis(i+2)); !errors.Is(err, want) {
			t.Errorf("%d of three are gone: %v, want %v", i+1, err, want)
		}
	}
}

// TestLate: what a member asked of a leader without a majority may be done later. The member's session stays its own,
// and is nobody's any more when another member has had it. What such a leader knows of an ID does not count.
func TestLate(t *testing.T) {
	t.Parallel()
	c := members(t, serve(t))
	a, b := c.Store(t, "a").(*Store), c.Store(t, "b")
	k := session.Key{App: "shop", ID: "there"}
	if err := a.Create(t.Context(), &session.Record{Key: k, LastAccess: 1, MaxInactive: -1}); err != nil {
		t.Fatal(err)
	}
	a.engine.(*line).lonely.Store(true)
	if _, err := a.Touch(t.Context(), k, 1, 2); !errors.Is(err, session.ErrDown) {
		t.Errorf("alone: %v, want %v", err, session.ErrDown)
	}
	if there, err := a.Exists(t.Context(), k.ID); there || !errors.Is(err, session.ErrDown) {
		t.Errorf("alone: exists %t, %v", there, err)
	}
	a.engine.(*line).lonely.Store(false)
	if ok, err := a.Touch(t.Context(), k, 1, 3); !ok || err != nil {
		t.Errorf("together again: touched %t, %v", ok, err)
	}
	if r, err := b.Load(t.Context(), k, 1, 4); err != nil || r.Before != 3 {
		t.Errorf("taken over: %+v, %v", r, err)
	}
	if ok, err := a.Touch(t.Context(), k, 3, 5); ok || err != nil {
		t.Errorf("another member has had it: touched %t, %v", ok, err)
	}
}

// TestKeys: every ID and every context root has a subject of its own, which tells it again.
func TestKeys(t *testing.T) {
	for _, id := range []string{"A2MBr0nzeYl-_8uJ3kQx7Vd", "a.b", "a=2Eb", "*", ">", "\x01\xff", "=", "=4", turn} {
		for _, app := range []string{"/", "/shop", "", "shop.*", "caf\u00e9"} {
			k := session.Key{App: app, ID: id}
			if got := keyOf(subjectOf(k)); got != k {
				t.Errorf("%q became %q by way of %s", k, got, subjectOf(k))
			}
		}
	}
}

// TestOutside: servers of other machines are not gone to.
func TestOutside(t *testing.T) {
	if _, err := Open(t.Context(), Config{Servers: []string{"192.0.2.1:4222"}}); err == nil {
		t.Error("a server of another machine was taken")
	}
	for url, want := range map[string]bool{"redis://localhost:6379": false, "redis://:p@127.0.0.1": false,
		"redis://[::1]:1/2": false, "redis://cache.example.com": true, "rediss://10.0.0.1:6380": true,
		"unix:///run/redis.sock": false} {
		if got, err := RemoteRedis(url); got != want || err != nil {
			t.Errorf("%s: %t, %v", url, got, err)
		}
	}
	for url, want := range map[string]string{"http://cache": "scheme", "redis://h/x": "no number",
		"redis://h/-1": "no number", "redis://h?timeout=1s": "not known", "unix://": "no socket",
		"redis://h:port": "port"} {
		if _, err := RemoteRedis(url); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", url, err, want)
		}
	}
	at, err := parseRedis("rediss://u:p%40@h/3")
	if want := (redisURL{"tcp", "h:6379", "h", "u", "p@", 3}); at != want || err != nil {
		t.Errorf("%+v, %v", at, err)
	}
	if got := nameOfRedis("redis://u:secret@h:1/2"); got != "redis://h:1/2" {
		t.Error(got)
	}
}
