package database_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/lab/session"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
)

func TestCount(t *testing.T) {
	t.Parallel()
	for _, engine := range engines {
		t.Run(engine.name+" single row", func(t *testing.T) {
			t.Parallel()
			dsn := engine.dsn(t)
			s := open(t, database.Config{DSN: dsn})
			put(t, s, "written", now-50_000, `1`)
			put(t, s, "never", now-700_000)
			put(t, s, "stale", now-2_000_000, `22`)
			looked := now - 5_000_000
			check(t, second(s.Reap(t.Context(), "shop", looked)))
			counted(t, dsn, 4, []database.ApplicationCount{{Name: "shop", Sessions: 3, Empty: 1, OverTime: 1,
				LastLook: &looked}},
				[]int{1, 0, 1, 1, 0, 0}, []database.ColumnCount{{Name: "small", Rows: 2, Bytes: 115, Largest: 58},
					{Name: "medium"}, {Name: "large"}})
		})
		t.Run(engine.name+" multi-row", func(t *testing.T) {
			t.Parallel()
			dsn := engine.dsn(t)
			s := open(t, database.Config{DSN: dsn, Multirow: true})
			put(t, s, "written", now-50_000, `1`, `2`)
			put(t, s, "never", now-4_000)
			put(t, s, "dead", now-2_000_000, `1`)
			alone := open(t, database.Config{DSN: dsn}) // deletes no attributes, as a member that dies in between
			looked := now
			check(t, second(alone.Reap(t.Context(), "shop", looked)))
			counted(t, dsn, 6,
				[]database.ApplicationCount{{Name: "shop", Sessions: 2, Empty: 1, Attributes: 3, Orphans: 1,
					LastLook: &looked}}, []int{2, 0, 0, 0, 0, 0},
				[]database.ColumnCount{{Name: "small", Rows: 3, Bytes: 171, Largest: 57},
					{Name: "medium"}, {Name: "large"}})
		})
	}
}

// put creates a session and writes attributes of the given values.
func put(t *testing.T, s *database.Store, id string, at session.Millis, values ...string) {
	t.Helper()
	r := newSession(id)
	r.LastAccess = at
	check(t, s.Create(t.Context(), r))
	if len(values) == 0 {
		return
	}
	w := &session.Write{Record: *r, Whole: true}
	w.Attributes = map[string]json.RawMessage{}
	for i, v := range values {
		w.Attributes[string(rune('a'+i))] = json.RawMessage(v)
	}
	check(t, second(s.Write(t.Context(), w)))
}

func counted(t *testing.T, dsn string, rows int, applications []database.ApplicationCount, ages []int,
	columns []database.ColumnCount) {
	t.Helper()
	c, err := database.Count(t.Context(), dsn, now)
	check(t, err)
	got := []int{}
	for _, a := range c.Ages {
		got = append(got, a.Sessions)
	}
	if c.Rows != rows {
		t.Errorf("%d rows, want %d", c.Rows, rows)
	}
	if diff := cmp.Diff(applications, c.Applications); diff != "" {
		t.Errorf("applications (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(ages, got); diff != "" {
		t.Errorf("ages (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(columns, c.Columns); diff != "" {
		t.Errorf("columns (-want +got):\n%s", diff)
	}
}

// What is no table is said, and nothing is made.
func TestCountNothing(t *testing.T) {
	path := filepath.Join(t.TempDir(), "none.db")
	if _, err := database.Count(t.Context(), path, now); err == nil {
		t.Error("a file that is not there was counted")
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("the file was created")
	}
	check(t, os.WriteFile(path, bytes.Repeat([]byte("no database "), 100), 0o600))
	if _, err := database.Count(t.Context(), path, now); err == nil {
		t.Error("a text was counted")
	}
}

// A table that is not in the search path is named with the schema that it is in, as that of a lab is.
func TestCountElsewhere(t *testing.T) {
	t.Parallel()
	put(t, open(t, database.Config{DSN: pgtest.Schema(t)}), "written", now, `1`)
	if _, err := database.Count(t.Context(), pgtest.DSN(t), now); err == nil ||
		!strings.Contains(err.Error(), "add ?search_path=wasplug_lab_test_") {
		t.Errorf("%v, want the schema", err)
	}
}
