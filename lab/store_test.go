package lab_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
	"github.com/wasplug/wasplug/lab/store/grid"
	"github.com/wasplug/wasplug/lab/store/grid/redistest"
)

// endOfService are sessions that each request writes.
func endOfService(persistence string) func(string) lab.Sessions {
	return func(string) lab.Sessions {
		s := lab.Sessions{Config: session.Default(), Persistence: persistence, Replicas: 1}
		s.WriteFrequency = session.EndOfService
		return s
	}
}

func noDatabase(*testing.T) lab.Database { return lab.Database{} }

// TestKept: with a store a session outlives its member, and goes back to it.
func TestKept(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name     string
		sessions func(string) lab.Sessions
		database func(t *testing.T) lab.Database
		cookies  []string // first, at the other member
		grid     lab.Grid
	}{
		{"sqlite", endOfService("database"), noDatabase,
			[]string{"0001ID:clone1", "0002ID:clone1:clone2"}, lab.Grid{}},
		{"grid", endOfService("grid"), noDatabase,
			[]string{"0001ID:clone1", "0002ID:clone1:clone2"}, lab.Grid{}},
		{"grid in a Redis of the lab", endOfService("grid"), noDatabase,
			[]string{"0001ID:clone1", "0002ID:clone1:clone2"}, lab.Grid{Kind: "redis"}},
		{"postgres", endOfService("database"),
			func(t *testing.T) lab.Database { return lab.Database{Kind: "postgres", DSN: pgtest.DSN(t)} },
			[]string{"0001ID:clone1", "0002ID:clone1:clone2"}, lab.Grid{}},
		{"client and server", func(cluster string) lab.Sessions {
			s := endOfService("memory-to-memory")(cluster)
			s.Mode = "client"
			return s
		}, noDatabase,
			[]string{"0001ID:clone1", "0002ID:clone1:clone2"}, lab.Grid{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			if tt.grid.Kind == "redis" {
				redistest.Program(t)
			}
			l := start(t, file("m1", "m2"), func(o *lab.Options) {
				o.Sessions, o.Database, o.Replicators, o.Grid = tt.sessions, tt.database(t), 1, tt.grid
			})
			b := browse(t, l)
			cookie := func(want string) {
				t.Helper()
				if got := b.cookie(); got != want {
					t.Errorf("cookie %s, want %s", got, want)
				}
			}
			b.want("/hitcount", "200 m1 Hit count: 1")
			b.want("/hitcount", "200 m1 Hit count: 2")
			cookie(tt.cookies[0])
			l.Member("m1").Kill()
			b.want("/hitcount", "200 m2 Hit count: 3")
			cookie(tt.cookies[1])
		})
	}
}

// TestTwoStores: where one cluster keeps its sessions in PostgreSQL and another in a Redis, nothing is left in either
// when the lab is closed.
func TestTwoStores(t *testing.T) {
	dsn, redis := pgtest.DSN(t), redistest.Start(t).URL
	second := strings.NewReplacer(`"C"`, `"D"`, `"all"`, `"other"`, `"/*"`, `"/other/*"`, "m1", "m2", "clone1", "clone2")
	one := file("m1")
	begin, end := strings.Index(one, "<ServerCluster"), strings.Index(one, "</Config>")
	src := one[:end] + second.Replace(one[begin:end]) + one[end:]
	l, err := lab.Start(t.Context(), options(src, func(o *lab.Options) {
		o.Sessions = func(cluster string) lab.Sessions {
			return endOfService(map[string]string{"C": "database", "D": "grid"}[cluster])(cluster)
		}
		o.Database, o.Grid = lab.Database{Kind: "postgres", DSN: dsn}, lab.Grid{Redis: redis}
	}))
	if err != nil {
		t.Fatal(err)
	}
	browse(t, l).want("/hitcount", "200 m1 Hit count: 1")
	browse(t, l).want("/other/hitcount", "200 m2 Hit count: 1")
	schema, err := os.ReadFile(filepath.Join(l.Folder(), "schema"))
	if err != nil {
		t.Error(err)
	}
	if err := l.Close(); err != nil {
		t.Error(err)
	}
	if there, err := database.DropSchema(t.Context(), dsn, string(schema)); there || err != nil {
		t.Errorf("the schema was there: %t, %v", there, err)
	}
	if left, err := grid.Count(t.Context(), redis, 0); err != nil || left.Rows != 0 {
		t.Errorf("in the Redis: %+v, %v", left, err)
	}
}

// TestDatabaseDown: memory goes on being served, and nothing is written.
func TestDatabaseDown(t *testing.T) {
	l := start(t, file("m1"), func(o *lab.Options) { o.Sessions = endOfService("database") })
	b, m1 := browse(t, l), l.Member("m1")
	written := func(want bool) {
		t.Helper()
		answer, err := b.Get(b.url + "/hitcount")
		if err != nil {
			t.Fatal(err)
		}
		answer.Body.Close()
		if got := answer.Header.Get("X-Lab-Written"); answer.StatusCode != 200 || (got != "no") != want {
			t.Errorf("status %d, X-Lab-Written %s", answer.StatusCode, got)
		}
	}
	written(true)
	for _, down := range []string{"1", "0"} {
		if _, err := m1.Control(t.Context(), "/store", "down="+down); err != nil {
			t.Fatal(err)
		}
		written(down == "0")
	}
}

// TestPeers: in peer-to-peer replication the cookie carries a partition ID, by which the session stays with its
// member; whoever takes it over goes on with it, and the partition moves there.
func TestPeers(t *testing.T) {
	l := start(t, file("m1", "m2", "m3"), func(o *lab.Options) { o.Sessions = endOfService("memory-to-memory") })
	b := browse(t, l)
	for i := range 3 {
		b.want("/hitcount", fmt.Sprintf("200 m1 Hit count: %d", i+1))
	}
	before := b.cookie()
	l.Member("m1").Kill()
	got := b.get("/hitcount")
	if !strings.HasSuffix(got, "Hit count: 4") {
		t.Errorf("got %q", got)
	}
	b.want("/hitcount", strings.Replace(got, "4", "5", 1))
	_, partition, _ := strings.Cut(before, ":")
	if _, err := strconv.ParseUint(partition, 10, 64); err != nil || !strings.HasSuffix(b.cookie(), ":"+partition) {
		t.Errorf("cookie %s, then %s", before, b.cookie())
	}
}

// TestOrderlyStop: under time based writes a member that is stopped in order writes first (D11), one that is killed
// has lost what no look has written (W4).
func TestOrderlyStop(t *testing.T) {
	for _, tt := range []struct {
		name string
		end  func(*lab.Member) error
		want string
	}{
		{"stopped", func(m *lab.Member) error { return m.Shutdown(t.Context()) }, "200 m2 Hit count: 4"},
		{"killed", (*lab.Member).Kill, "200 m2 Hit count: 3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := start(t, file("m1", "m2"), func(o *lab.Options) {
				o.Manual = true
				o.Sessions = func(string) lab.Sessions {
					return lab.Sessions{Config: session.Default(), Persistence: "database"}
				}
			})
			b := browse(t, l)
			b.want("/hitcount", "200 m1 Hit count: 1")
			b.want("/hitcount", "200 m1 Hit count: 2")
			if err := l.Tick(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.want("/hitcount", "200 m1 Hit count: 3")
			if err := tt.end(l.Member("m1")); err != nil {
				t.Fatal(err)
			}
			b.want("/hitcount", tt.want)
		})
	}
}

// TestRemote: a DSN of another host is refused unless it is allowed.
func TestRemote(t *testing.T) {
	_, err := lab.Start(t.Context(), options(file("m1"), func(o *lab.Options) {
		o.Sessions, o.Database = endOfService("database"),
			lab.Database{Kind: "postgres", DSN: "postgres://db.example.com/x"}
	}))
	if err == nil || !strings.Contains(err.Error(), "another host") {
		t.Errorf("got %v", err)
	}
}
