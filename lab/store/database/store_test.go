package database_test

import (
	"errors"
	"path/filepath"
	"sync"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
	"github.com/wasplug/wasplug/lab/store/storetest"
)

var engines = []struct {
	name    string
	dsn     func(t *testing.T) string
	largest int // bytes of the largest column
}{
	{"SQLite", func(t *testing.T) string { return filepath.Join(t.TempDir(), "a?b%20.db") }, 2 << 20},
	{"PostgreSQL", func(t *testing.T) string { return pgtest.Schema(t) }, 10 << 20},
}

func TestSuite(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		for schema, multirow := range map[string]bool{"single row": false, "multi-row": true} {
			t.Run(engine.name+" "+schema, func(t *testing.T) {
				t.Parallel()
				c, first := cluster(t, engine.dsn(t), multirow)
				c.Largest = engine.largest
				storetest.Run(t, func(t *testing.T) *storetest.Cluster {
					check(t, first.Empty(t.Context()))
					return c
				})
			})
		}
	}
}

// cluster is a table that members share, each over connections of its own, and the store of the first.
func cluster(t *testing.T, dsn string, multirow bool) (*storetest.Cluster, *database.Store) {
	stores, lines := map[string]*database.Store{}, map[string]*storetest.Recorder{}
	for _, member := range []string{"a", "b", "c"} {
		lines[member] = &storetest.Recorder{}
		stores[member] = open(t, database.Config{DSN: dsn, Multirow: multirow, Wrap: lines[member].Wrap})
	}
	return &storetest.Cluster{
		Turns: true,
		Store: func(_ *testing.T, member string) session.Store { return stores[member] },
		Down: func(_ *testing.T, member string, down bool) {
			connections := 0
			if down {
				connections = 1_000_000
			}
			lines[member].Cut(connections)
		},
	}, stores["a"]
}

func open(t *testing.T, c database.Config) *database.Store {
	t.Helper()
	s, err := database.Open(c)
	check(t, err)
	t.Cleanup(func() { check(t, s.Close()) })
	return s
}

// Members that start together must not be refused: SQLite tells all but one that it is busy, PostgreSQL that there is
// such a table, type or row already.
func TestCreateTableAtOnce(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name, func(t *testing.T) {
			t.Parallel()
			for range 5 {
				createAtOnce(t, engine.dsn(t))
			}
		})
	}
}

func createAtOnce(t *testing.T, dsn string) {
	var members sync.WaitGroup
	for range 6 {
		s := open(t, database.Config{DSN: dsn})
		members.Go(func() {
			if err := s.CreateTable(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	members.Wait()
}

// TestServerStopped stops PostgreSQL under a store that holds connections to it.
func TestServerStopped(t *testing.T) {
	dsn := pgtest.Schema(t)
	s := open(t, database.Config{DSN: dsn})
	check(t, s.Create(t.Context(), newSession("there")))
	pgtest.Stop(t)
	late := open(t, database.Config{DSN: dsn}) // a member that starts now
	for name, err := range map[string]error{
		"touch":  second(s.Touch(t.Context(), keyOf("there"), now, now+1)),
		"load":   second(s.Load(t.Context(), keyOf("there"), 1, now)),
		"create": late.Create(t.Context(), newSession("late")),
	} {
		if !errors.Is(err, session.ErrDown) {
			t.Errorf("%s: %v, want %v", name, err, session.ErrDown)
		}
	}
	pgtest.Continue(t)
	check(t, second(s.Touch(t.Context(), keyOf("there"), now, now+1)))
	check(t, second(s.Load(t.Context(), keyOf("there"), 1, now)))
	check(t, late.Create(t.Context(), newSession("late")))
}

func second[T any](_ T, err error) error { return err }

// TestRetries: a database that cannot be reached is asked twice more (ConnectionRetryCount).
func TestRetries(t *testing.T) {
	line := &storetest.Recorder{}
	s := open(t, database.Config{DSN: filepath.Join(t.TempDir(), "lab.db"), Wrap: line.Wrap})
	check(t, s.Create(t.Context(), newSession("there")))
	for refused, want := range map[int]error{1: nil, 2: nil, 3: session.ErrDown} {
		line.Cut(refused)
		if _, err := s.Exists(t.Context(), "there"); !errors.Is(err, want) {
			t.Errorf("%d connections refused: %v, want %v", refused, err, want)
		}
		line.Cut(0)
	}
}
