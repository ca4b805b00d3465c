package scenario_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/lab/store/database/pgtest"
	"github.com/wasplug/wasplug/routecheck/session"
)

// isLong says that all scenarios are to run, as .ci/run does: by default a few do.
func isLong() bool { return os.Getenv("WASPLUG_LONG") != "" }

// isKillRun says that members are to be killed for minutes, as a step of its own of .ci/run does.
func isKillRun() bool { return os.Getenv("WASPLUG_KILLS") != "" }

// kills is how many faults of each kind there are: 20 in the long run, all where WASPLUG_KILLS=all says so.
func kills(all int) int {
	switch {
	case os.Getenv("WASPLUG_KILLS") == "all":
		return all
	case isKillRun():
		return min(20, all)
	}
	return 1
}

func setup(t *testing.T, settings session.Settings) scenario.Setup {
	t.Helper()
	sem, err := scenario.Assumptions("")
	if err != nil {
		t.Fatal(err)
	}
	return scenario.Setup{Assumptions: sem, Processes: 1, Sessions: &scenario.Sessions{Settings: settings,
		SecurityIntegration: true, AllowOverflow: true}}
}

func replicas(n int) *int { return &n }

// stores are those of which nothing acknowledged as written may be lost.
var stores = map[string]session.Settings{
	"sqlite":   {Persistence: "database", WriteFrequency: "end of servlet service"},
	"postgres": {Persistence: "database", WriteFrequency: "end of servlet service"},
	"one replica": {Persistence: "memory-to-memory", Replicas: replicas(1),
		WriteFrequency: "end of servlet service"},
	"grid": {Persistence: "grid", WriteFrequency: "end of servlet service"},
	"two replicas": {Persistence: "memory-to-memory", Replicas: replicas(2),
		WriteFrequency: "end of servlet service"},
}

// TestKills: members die at random and at failpoints, and hang; nothing that was acknowledged as written is lost.
func TestKills(t *testing.T) {
	for name, settings := range stores {
		for how, all := range map[string]int{"kill": 100, "failpoint": 30, "stop": 30} {
			if few := name == "one replica" && how == "failpoint"; !few && !isKillRun() {
				continue
			}
			t.Run(name+"/"+how, func(t *testing.T) {
				t.Parallel() // most of the time is pauses
				killTest(t, settings, database(t, name), how, kills(all))
			})
		}
	}
}

// TestKillsOfTwo: two of five die at once while a third one hangs, which may be the last that has a session.
func TestKillsOfTwo(t *testing.T) {
	if !isKillRun() {
		t.Skip("takes a minute: WASPLUG_KILLS=20 runs it")
	}
	k := scenario.KillTest{Setup: setup(t, stores["two replicas"]), Kills: kills(60), How: "kill",
		AtOnce: 2, Halted: 1, Clients: 6, Astray: 0.05, Options: scenario.Options{Seed: 1}}
	r, err := k.Run(t.Context(), load(t, folder+"/five.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !r.History.Fine() || r.History.Written == 0 {
		t.Errorf("%d written, %+v", r.History.Written, r.History.Findings)
	}
}

// database is where a store keeps its table: a PostgreSQL of the test's own, or a SQLite file of the run.
func database(t *testing.T, store string) lab.Database {
	t.Helper()
	if store != "postgres" {
		return lab.Database{}
	}
	return lab.Database{Kind: store, DSN: pgtest.DSN(t)}
}

func killTest(t *testing.T, settings session.Settings, db lab.Database, how string, n int) {
	k := scenario.KillTest{Setup: setup(t, settings), Kills: n, How: how, Clients: 6, Astray: 0.05,
		Options: scenario.Options{Seed: 1, Database: db}}
	r, err := k.Run(t.Context(), load(t, folder+"/three.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if !r.History.Fine() {
		t.Errorf("%+v", r.History.Findings[:min(len(r.History.Findings), 10)])
	}
	if r.Faults != n || r.History.Written == 0 {
		t.Errorf("%d faults, %d acknowledged as written", r.Faults, r.History.Written)
	}
	t.Logf("%d faults, %d acknowledged, %d written, %d twice, %d lost, %d excused; gap median %s, "+
		"worst %s; restart median %s",
		r.Faults, r.History.Acknowledged, r.History.Written, r.History.Twice, r.History.Lost, r.History.Excused,
		scenario.Median(r.Gaps), last(r.Gaps), scenario.Median(r.Restarts))
}

func last(rising []time.Duration) time.Duration {
	if len(rising) == 0 {
		return 0
	}
	return rising[len(rising)-1]
}

// TestMutants: members that are broken on purpose are found out.
func TestMutants(t *testing.T) {
	if !isKillRun() {
		t.Skip("takes a minute: WASPLUG_KILLS=20 runs it")
	}
	for _, m := range []struct {
		store, mutant, how string
		astray             float64
	}{{"one replica", "ack-before-write", "kill", 0.2},
		{"one replica", "first-answer", "kill", 0.5}, {"grid", "ack-before-write", "kill", 0.2},
		{"grid", "no-patience", "kill", 0.5}} {
		t.Run(m.store+"/"+m.mutant, func(t *testing.T) {
			for seed := range uint64(15) { // by chance: every second run or so finds one
				k := scenario.KillTest{Setup: setup(t, stores[m.store]), Kills: 8, How: m.how, Clients: 6,
					Astray: m.astray, Mutant: m.mutant, Options: scenario.Options{Seed: seed + 1}}
				r, err := k.Run(t.Context(), load(t, folder+"/three.yaml"))
				if err != nil {
					t.Fatal(err)
				}
				if caught(r.History.Findings) {
					t.Logf("caught in run %d: %+v", seed+1, r.History.Findings[0])
					return
				}
			}
			t.Error("not caught")
		})
	}
	for _, m := range []struct{ mutant, file, topology, test string }{
		{"no-retarget", "replicas-left.yaml", "three.yaml", "the holder is killed, time passes, then the owner"},
		{"no-fencing", "hung-members.yaml", "impatient.yaml",
			"hung with a request inside, replicas have refused its write when the other one dies"},
	} {
		t.Run(m.mutant, func(t *testing.T) {
			f := read(t, folder+"/"+m.file)
			i := slices.IndexFunc(f.Tests, func(test *scenario.Test) bool { return test.Name.V == m.test })
			f.Tests[i].Setup.Mutant = m.mutant
			r := f.Run(t.Context(), f.Tests[i], load(t, folder+"/"+m.topology), &scenario.Options{})
			if r.History == nil || !caught(r.History.Findings) {
				t.Errorf("not caught: %+v", r)
			}
		})
	}
}

// caught reports a loss of what was written, or a cache ID that went back.
func caught(findings []history.Finding) bool {
	return slices.ContainsFunc(findings, func(f history.Finding) bool { return f.Check == "C1" || f.Check == "C4" })
}
