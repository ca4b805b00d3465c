package scenario_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"testing"

	"github.com/wasplug/wasplug/generate"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/lab/store/grid/redistest"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestMain lets the test's own program stand for a member.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == "lab" && os.Args[2] == "member" {
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		if err := member.Run(ctx, os.Stdin, os.Stdout); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(3)
		}
		return
	}
	os.Setenv("GORACE", "atexit_sleep_ms=0") // or each member would sleep for a second under the race detector
	os.Exit(sharedtest.Waiting{M: m}.Run())
}

const folder = "../../testdata/lab"

// load compiles the topology of a scenario.
func load(t *testing.T, path string) *scenario.Source {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := diag.NewFiles()
	topology, reports := generate.Read(files, files.Add(path, src))
	if diag.Worst(reports) >= diag.Error {
		t.Fatal(reports)
	}
	outputs, _ := topology.Compile(generate.Options{})
	return &scenario.Source{Config: outputs[0].Config, Files: files, Policy: topology.SessionPolicy,
		Flavor: topology.Flavor.V}
}

func read(t *testing.T, path string) *scenario.File {
	t.Helper()
	src, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	files := diag.NewFiles()
	f, reports := scenario.Read(files, files.Add(path, src))
	for _, d := range reports {
		t.Errorf("%s: %s", files.Start(d.Span), d.Message)
	}
	if f == nil {
		t.FailNow()
	}
	return f
}

// TestScenarios runs what users are told about failover, as they would by "wasplug lab run".
func TestScenarios(t *testing.T) {
	t.Parallel()
	for _, path := range scenarios(t) {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			runFile(t, path, lab.Database{})
		})
	}
}

// TestMidAnswer: a member that dies when half of its answer is out leaves its client without one, and nobody sends the
// request again. What was written before that has counted, what was flushed has not.
func TestMidAnswer(t *testing.T) {
	f, said := parse(`config: topology.yaml
session: {persistence: database, writeFrequency: end of servlet service, writeContents: all session attributes}
tests:
  - name: written
    steps:
      - {get: /hitcount, as: u, repeat: 3, expect: {member: PluginMember1, count: 3}}
      - failpoint: {member: PluginMember1, at: mid-answer, do: kill}
      - {get: /hitcount, as: u, expect: {status: 0, user: send-again}}
      - {get: /hitcount, as: u, expect: {member: PluginMember2, session: kept, count: 5, lost: 0, late: 1}}
  - name: flushed
    steps:
      - {get: /hitcount, as: u, repeat: 3, expect: {member: PluginMember1, count: 3}}
      - failpoint: {member: PluginMember1, at: mid-answer, do: kill}
      - {get: "/hitcount?flush=1", as: u, expect: {status: 0, user: send-again}}
      - {get: /hitcount, as: u, expect: {member: PluginMember2, session: kept, count: 4, lost: 0, late: 0}}
`)
	if f == nil {
		t.Fatal(said)
	}
	for _, test := range f.Tests {
		r := f.Run(t.Context(), test, load(t, folder+"/topology.yaml"), &scenario.Options{})
		if r.Failed() || !r.History.Fine() {
			t.Errorf("%s: %s, %v", test.Name.V, r.Verdict, r.Err)
		}
		for _, s := range r.Steps {
			if s.Verdict != scenario.AsExpected {
				t.Errorf("%s: %s: %s: %+v", test.Name.V, s.What, s.Verdict, s.Failures)
			}
		}
	}
}

// scenarios are the files that have tests.
func scenarios(t *testing.T) (paths []string) {
	t.Helper()
	all, err := filepath.Glob(folder + "/*.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range all {
		if src, err := os.ReadFile(path); err != nil || bytes.Contains(src, []byte("\ntests:")) {
			paths = append(paths, path)
		}
	}
	return paths
}

// TestScenariosOnPostgres runs those again whose sessions are in a database.
func TestScenariosOnPostgres(t *testing.T) {
	if !isLong() {
		t.Skip("WASPLUG_LONG=1 runs it")
	}
	db := database(t, "postgres")
	for _, path := range scenarios(t) {
		t.Run(filepath.Base(path), func(t *testing.T) { runFile(t, path, db) })
	}
}

func runFile(t *testing.T, path string, db lab.Database) {
	f := read(t, path)
	tests := f.Tests
	if db.Kind != "" {
		tests = slices.DeleteFunc(tests, func(test *scenario.Test) bool {
			return test.Setup.Sessions.Persistence != "database"
		})
	}
	if !isLong() {
		tests = tests[:1]
	}
	for _, test := range tests {
		t.Run(test.Name.V, func(t *testing.T) {
			if test.Setup.Grid == "redis" {
				redistest.Program(t)
			}
			source := load(t, filepath.Join(filepath.Dir(path), f.Config.V))
			r := f.Run(t.Context(), test, source, &scenario.Options{Database: db})
			if r.Failed() {
				t.Errorf("%s: %v", r.Verdict, r.Err)
			}
			for _, s := range r.Steps {
				if s.Verdict != scenario.AsExpected {
					t.Errorf("%s: %s: %s: %+v %v", s.At, s.What, s.Verdict, s.Failures, s.Rules)
				}
			}
			if r.History != nil && !r.History.Fine() {
				t.Errorf("%+v", r.History.Findings)
			}
		})
	}
}
