package scenario

import (
	"slices"
	"testing"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestKinds: a bench measures each persistence under both frequencies, PostgreSQL where its DSN is known, and a Redis
// where one is asked for, beside the JetStream servers.
func TestKinds(t *testing.T) {
	for _, tt := range []struct {
		options Options
		want    []string // of the first frequency; the second has the same, but for none
	}{
		{Options{}, []string{"none", "database, SQLite", "memory-to-memory, 1", "memory-to-memory, 2",
			"grid, JetStream"}},
		{Options{Database: lab.Database{DSN: "postgres://h/d"}, Grid: lab.Grid{Redis: "redis://h"}},
			[]string{"none", "database, SQLite", "database, PostgreSQL", "memory-to-memory, 1", "memory-to-memory, 2",
				"grid, JetStream", "grid, Redis"}},
		{Options{Grid: lab.Grid{Kind: "redis"}}, []string{"none", "database, SQLite", "memory-to-memory, 1",
			"memory-to-memory, 2", "grid, JetStream", "grid, Redis"}},
	} {
		named := map[session.Frequency][]string{}
		for _, k := range (&Bench{Options: tt.options}).kinds() {
			p, err := k.Policy("was")
			if err != nil {
				t.Fatal(err)
			}
			named[p.Frequency] = append(named[p.Frequency], (&stage{policy: p}).kind(&k))
		}
		if got := named[session.EndOfService]; !slices.Equal(got, tt.want) {
			t.Errorf("end of service: %q, want %q", got, tt.want)
		}
		if got := named[session.TimeBased]; !slices.Equal(got, tt.want[1:]) {
			t.Errorf("time based: %q, want %q", got, tt.want[1:])
		}
	}
}
