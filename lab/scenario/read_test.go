package scenario_test

import (
	"reflect"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/parser/diag"
)

// parse reads a scenario from memory, and what is said of it.
func parse(src string) (*scenario.File, string) {
	files := diag.NewFiles()
	f, reports := scenario.Read(files, files.Add("s.yaml", []byte(src)))
	return f, sharedtest.Lines(files, reports)
}

// TestReadErrors: each thing that is wrong with a file is told where it stands, once, and says what there is instead.
func TestReadErrors(t *testing.T) {
	for name, tt := range map[string]struct{ src, want string }{
		"what the schema sees keeps the reader from looking": {`config: topology.yaml
tests:
  - name: nothing to do
  - name: a step of another kind
    steps: [{tock: m1}, {get: x}]
`,
			`s.yaml:3:5: error: tests[0] needs "steps" (a list: what is done, one after the other) or "refused" ` +
				`(text: the members do not start, and this is a part of the message)
s.yaml:5:14: error: unknown key "tock" in tests[1].steps[0] (did you mean "tick"?)
`},
		"of the file, though it has two tests": {`config: topology.yaml
pluginLevel: nine
session: {timeout: 9999999999}
assume: {replication-ack: perhaps, replica-holdr: unknown}
tests:
  - {name: one, steps: [{kill: a}]}
  - {name: two, steps: [{kill: a}]}
`,
			`s.yaml:2:14: error: plug-in level "nine": want "latest" or a version of at most four numbers, such as 8.5.5.20
s.yaml:3:20: error: "9999999999" is no time: want 10s, 500ms or 2m
s.yaml:4:10: error: choice replication-ack has no value "perhaps": want one of async, wait
s.yaml:4:36: error: no open choice is named "replica-holdr" (did you mean "replica-holder"?)
`},
		"steps": {`config: topology.yaml
tests:
  - name: deeds
    steps:
      - {kill: a, stop: b}
      - {form: {a: b}}
      - {get: x}
      - {get: /x, form: {a: b}}
      - {kill: a, as: u}
      - {advance: 2562048h}
      - {parallel: [{expect: {owner: a}}, {get: /x}]}
      - {newProcess: 1, next: a}
      - {kill: a, next: b}
  - name: deeds
    steps: [{kill: a}]
`,
			`s.yaml:5:9: error: a step does one thing, and this one kill and stop
s.yaml:6:9: error: a step does one thing, and this one nothing: want get, kill, tick or another
s.yaml:7:15: error: "x" is no path: it begins with a slash
s.yaml:8:19: error: form belongs to a post
s.yaml:9:19: error: as belongs to a request, and this step is kill
s.yaml:10:19: error: "2562048h" is no time: want 10s, 500ms or 2m
s.yaml:11:22: error: requests and orders are done at the same time, and this step is expect
s.yaml:13:19: error: next belongs to a request, and this step is kill
s.yaml:14:11: error: a test named "deeds" stands above: --run could not tell them apart
`},
		"expectations": {`config: topology.yaml
tests:
  - name: of an answer and of a state
    steps:
      - {expect: {count: 1}}
      - {get: /x, expect: {owner: a}}
`,
			`s.yaml:5:19: error: count belongs behind a request; what must be so without one is owner, holders, ` +
				`unprotected, crossovers, written, up
s.yaml:6:28: error: owner is a state, and belongs into a step of its own; an answer has status, member, attempts, ` +
				`marked, cookie, session, count, lost, applied, late, written, replicas, steps, user, text, header, location
`},
		"variants": {`config: topology.yaml
tests:
  - {name: no block, under: [database], steps: [{get: /x}]}
  - {name: twice read, session: {}, under: [database, grid], steps: [{get: x}]}
`,
			`s.yaml:3:22: error: under stands in place of the session block's persistence, and there is no such block
s.yaml:4:76: error: "x" is no path: it begins with a slash
`},
	} {
		t.Run(name, func(t *testing.T) {
			f, got := parse(tt.src)
			if diff := cmp.Diff(tt.want, got); diff != "" || f != nil {
				t.Errorf("a file: %t (-want +got):\n%s", f != nil, diff)
			}
		})
	}
}

// TestVariants: a test under several kinds of persistence is one test for each, with its name behind its own.
func TestVariants(t *testing.T) {
	f, said := parse(`config: topology.yaml
session: {persistence: none, writeFrequency: manual update}
tests:
  - {name: kept, under: [database, client-server, peer-to-peer, grid], steps: [{get: /x}]}
  - {name: alone, steps: [{get: /x}]}
`)
	if f == nil {
		t.Fatal(said)
	}
	type variant struct {
		Persistence, Mode string
		Replicators       int
	}
	got := map[string]variant{}
	for _, test := range f.Tests {
		s := &test.Setup
		got[test.Name.V] = variant{s.Sessions.Persistence, s.Sessions.Mode, s.Replicators}
		if s.Sessions.WriteFrequency != "manual update" {
			t.Errorf("%s: %s", test.Name.V, s.Sessions.WriteFrequency)
		}
	}
	want := map[string]variant{"kept (database)": {"database", "", 0},
		"kept (client-server)": {"memory-to-memory", "client", 1}, "kept (peer-to-peer)": {"memory-to-memory", "", 0},
		"kept (grid)": {"grid", "", 0}, "alone": {"none", "", 0}}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// TestSetup: a block of a test stands in place of the file's as a whole; choices add up.
func TestSetup(t *testing.T) {
	f, said := parse(`config: topology.yaml
session: {persistence: database, timeout: 90s, idLength: 30}
lab: {store: postgres, clock: real, processes: 2}
assume: {replication-ack: async}
tests:
  - {name: as the file, row: 5, steps: [{get: /x}]}
  - name: its own
    session: {persistence: grid, securityIntegration: false}
    lab: {grid: redis}
    assume: {takeover-id: same}
    steps: [{get: /x}]
`)
	if f == nil {
		t.Fatal(said)
	}
	file, own := &f.Tests[0].Setup, &f.Tests[1].Setup
	if s := file.Sessions; s.Persistence != "database" || s.Timeout != 90*time.Second || s.IDLength != 30 ||
		!s.SecurityIntegration || !s.AllowOverflow {
		t.Errorf("sessions of the file: %+v", s)
	}
	if file.Store != "postgres" || !file.Real || file.Processes != 2 || f.Tests[0].Row != "5" {
		t.Errorf("the lab of the file: %+v", file)
	}
	if s := own.Sessions; s.Persistence != "grid" || s.Timeout != 0 || s.IDLength != 0 || s.SecurityIntegration {
		t.Errorf("sessions of the test: %+v", s)
	}
	if own.Store != "" || own.Grid != "redis" || own.Real || own.Processes != 1 {
		t.Errorf("the lab of the test: %+v", own)
	}
	want, err := scenario.Assumptions("")
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		choice string
		setup  *scenario.Setup
	}{{"replication-ack=async", file}, {"takeover-id=same", own}} {
		if _, err := want.Assume(step.choice); err != nil || !reflect.DeepEqual(want, step.setup.Assumptions) {
			t.Errorf("%s: %v, got %+v", step.choice, err, step.setup.Assumptions)
		}
	}
}
