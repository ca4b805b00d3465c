package database_test

import (
	"context"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
)

func TestRemote(t *testing.T) {
	t.Setenv("PGHOST", "")
	for dsn, want := range map[string]bool{
		"/tmp/lab.db": false,
		"postgres://lab@127.0.0.1:5432/x?search_path=y": false,
		"postgres://localhost/x":                        false,
		"postgresql://[::1]/x":                          false,
		"postgres:///x?host=/var/run/postgresql":        false,
		"postgres://db.example.com/x":                   true,
		"postgres://192.0.2.1/x":                        true,
		"postgres://127.0.0.1,db.example.com/x":         true,
		"postgres://127.0.0.1.example.com/x":            true,
		"postgres://localhost/x?host=db.example.com":    true,
	} {
		if got, err := database.Remote(dsn); got != want || err != nil {
			t.Errorf("%s: %t, %v; want %t", dsn, got, err, want)
		}
	}
}

// Two runs in one database do not see each other, and leave nothing behind.
func TestSchemaOfARun(t *testing.T) {
	dsn := pgtest.DSN(t)
	var stores []*database.Store
	for _, run := range []string{"one", "two"} {
		member, drop, err := database.CreateSchema(t.Context(), dsn, run)
		check(t, err)
		stores = append(stores, open(t, database.Config{DSN: member}))
		t.Cleanup(func() {
			check(t, drop(context.Background()))
			if _, again, err := database.CreateSchema(context.Background(), dsn, run); err != nil {
				t.Errorf("the schema was not dropped: %v", err)
			} else {
				check(t, again(context.Background()))
			}
		})
	}
	check(t, stores[0].Create(t.Context(), newSession("there")))
	if there, err := stores[1].Exists(t.Context(), "there"); there || err != nil {
		t.Errorf("seen by another run: %t, %v", there, err)
	}
}

func TestRefused(t *testing.T) {
	for _, c := range []struct{ dsn, run, want string }{
		{"postgres://localhost/x", "a; drop schema public", "is called by letters"},
		{"postgres://localhost/x", "", "is called by letters"},
		{"host=localhost", "one", "is a URL"},
		{"postgres://localhost/x?search_path=mine", "one", "a schema of its own"},
		{"postgres://localhost/x#", "one", "a schema of its own"},
	} {
		_, _, err := database.CreateSchema(t.Context(), c.dsn, c.run)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s, %s: %v, want %s", c.dsn, c.run, err, c.want)
		}
	}
	for _, dsn := range []string{"", "postgres://localhost:port/x"} {
		if _, err := database.Open(database.Config{DSN: dsn}); err == nil {
			t.Errorf("%q was opened", dsn)
		}
	}
}
