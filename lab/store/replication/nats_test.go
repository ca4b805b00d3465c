//go:build !aix

package replication

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"os"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/certtest"
	"github.com/wasplug/wasplug/internal/port/porttest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab/session"
)

// TestMain: the tests wait for members that are silent more than they work.
func TestMain(m *testing.M) { os.Exit(sharedtest.Waiting{M: m}.Run()) }

// routes gives members ports.
func routes(t testing.TB, cfg Config) Config {
	for i := range cfg.Members {
		cfg.Members[i].Route = porttest.Keep(t)
	}
	cfg.User, cfg.Password = "run", "secret"
	return cfg
}

// openAll opens members at once, as the lab does.
func openAll(t testing.TB, cfg Config, names ...string) map[string]*Store {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	var mu sync.Mutex
	var all sync.WaitGroup
	stores := map[string]*Store{}
	for _, name := range names {
		all.Go(func() {
			own := cfg
			own.Member = name
			s, err := Open(ctx, own)
			mu.Lock()
			defer mu.Unlock()
			if stores[name] = s; err != nil {
				t.Errorf("%s: %v", name, err)
			}
		})
	}
	all.Wait()
	if t.Failed() {
		t.FailNow()
	}
	return stores
}

// TestNATS: three servers in one process; one is killed, the others go on, it comes back.
func TestNATS(t *testing.T) {
	t.Parallel()
	for _, encryption := range []string{"none", "tls"} {
		t.Run(encryption, func(t *testing.T) {
			t.Parallel()
			cfg := routes(t, domain("abc", 1))
			cfg.Members[2].Name, cfg.Encryption = "c.with a dot", encryption
			pair := certtest.NewAuthority(t)
			key := certtest.NewKey(t)
			cfg.Cert = pemText(certtest.CertBlock(pair.Sign(t, "lab", key)), certtest.CertBlock(pair.Cert))
			cfg.Key = pemText(certtest.KeyBlock(t, key))
			testNATS(t, cfg)
		})
	}
}

func pemText(blocks ...*pem.Block) (text string) {
	for _, b := range blocks {
		text += string(pem.EncodeToMemory(b))
	}
	return text
}

func testNATS(t *testing.T, cfg Config) {
	third := cfg.Members[2].Name
	stores := openAll(t, cfg, "a", "b", third)
	defer func() {
		for _, s := range stores {
			s.Close(context.WithoutCancel(t.Context()))
		}
	}()
	if addr := stores["a"].wire.(*wire).server.Addr(); addr != nil {
		t.Errorf("clients could come at %s", addr)
	}
	create(t, stores["a"], "s", "1")
	if got := load(t, stores[third], "s"); got != "1" {
		t.Errorf("c reads %s", got)
	}
	write(t, stores[third], "s", "2")
	kill(stores["a"]) // the holder of c
	write(t, stores[third], "s", "3")
	if st := stores[third].State(); slices.Contains(st.Living, "a") || st.Unprotected != 0 {
		t.Errorf("after the death of a: %+v", st)
	}
	stores["a"] = openAll(t, cfg, "a")["a"]
	kill(stores[third])
	delete(stores, third)
	if got := load(t, stores["b"], "s"); got != "3" {
		t.Errorf("b reads %s", got)
	}
	if err := stores["b"].Close(t.Context()); err != nil {
		t.Error(err)
	}
	delete(stores, "b")
	if got := load(t, stores["a"], "s"); got != "3" {
		t.Errorf("a reads %s", got)
	}
}

// TestStrangerIsRefused: a member without the password of the run hears nothing and finds nobody.
func TestStrangerIsRefused(t *testing.T) {
	t.Parallel()
	cfg := routes(t, domain("ab", 1))
	stores := openAll(t, cfg, "a")
	defer stores["a"].Close(t.Context())
	create(t, stores["a"], "s", "1")
	cfg.Password = "guessed"
	stranger := openAll(t, cfg, "b")["b"]
	defer stranger.Close(t.Context())
	if st := stranger.State(); len(st.Living) != 1 {
		t.Errorf("%+v", st)
	}
	stranger.mu.Lock()
	a := &stranger.group.peers[stranger.group.find("a")]
	a.seen = a.seen.Add(-mostWait) // whoever has been silent for so long is not waited for (M6)
	stranger.mu.Unlock()
	if _, err := stranger.Load(t.Context(), session.Key{App: "hit", ID: "s"}, 1,
		now()); !errors.Is(err, session.ErrGone) {
		t.Error(err)
	}
}

func create(t testing.TB, s *Store, id, count string) {
	t.Helper()
	k := session.Key{App: "hit", ID: id}
	r := &session.Record{Key: k, CacheID: 1, Created: now(), LastAccess: now(), MaxInactive: 1800, User: "anonymous"}
	if err := s.Create(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	write(t, s, id, count)
}

func write(t testing.TB, s *Store, id, count string) {
	t.Helper()
	w := &session.Write{Record: session.Record{Key: session.Key{App: "hit", ID: id}, CacheID: 1, LastAccess: now(),
		MaxInactive: 1800, Attributes: map[string]json.RawMessage{"count": json.RawMessage(count)}}}
	if _, err := s.Write(t.Context(), w); err != nil {
		t.Fatal(err)
	}
}

func load(t testing.TB, s *Store, id string) string {
	t.Helper()
	r, err := s.Load(t.Context(), session.Key{App: "hit", ID: id}, 1, now())
	if err != nil {
		t.Fatal(err)
	}
	return string(r.Attributes["count"])
}

// TestRouteMustBeHere: no replication server listens for another machine.
func TestRouteMustBeHere(t *testing.T) {
	for _, route := range []string{"0.0.0.0:4222", "192.0.2.1:4222", "localhost:4222", "127.0.0.1", ""} {
		cfg := domain("a", 1)
		cfg.Member, cfg.Members[0].Route = "a", route
		if _, err := Open(t.Context(), cfg); err == nil ||
			!strings.Contains(err.Error(), "an address of this machine") {
			t.Errorf("%s: %v", route, err)
		}
	}
}

// BenchmarkWrite is one acknowledged write with one replica.
func BenchmarkWrite(b *testing.B) {
	stores := openAll(b, routes(b, domain("abc", 1)), "a", "b", "c")
	create(b, stores["a"], "s", "0")
	for b.Loop() {
		write(b, stores["a"], "s", "1")
	}
	b.StopTimer()
	for _, s := range stores {
		s.Close(b.Context())
	}
}

// TestMemory: what a session of one counter costs a member that has it, and one that holds its copy.
func TestMemory(t *testing.T) {
	const many = 10_000
	heap := func() uint64 {
		var m runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	var h held
	before := heap()
	for i := range many {
		h.put(&message{App: "hit", ID: fmt.Sprintf("%023d", i), stamp: stamp{No: 1, Owner: "a"}, User: "anonymous",
			Whole: true, Attributes: json.RawMessage(`{"count":12345}`)})
	}
	if used := int(heap() - before); used > 300*many {
		t.Errorf("%d bytes a session", used/many)
	} else {
		t.Logf("%d bytes a session, %.1f MB for %d", used/many, float64(used)/1e6, many)
	}
	runtime.KeepAlive(&h)
}
