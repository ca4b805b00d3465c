package simulatereport_test

import (
	"math"
	"testing"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/report/simulatereport"
	"github.com/wasplug/wasplug/internal/reporttest"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
)

// played is a scenario that was played: a member that is down for a while, and an expectation that is not met.
func played(t *testing.T, compare string) *answers.Simulation {
	t.Helper()
	in := apptest.Memory(t, map[string]string{"s.yaml": "config: figure.xml\n" +
		"arrivals: {uniform: 10/s}\nrequests: 30\n" +
		"processes: 2\nurls: [{url: \"http://h/snoop?secret=1\"}]\n" +
		"faults: [{member: PluginMember1, do: refused, at: 500ms, until: 1s}]\n" +
		"expect: {errors: 0..0, failedOver: <= 1}\n"})
	ask := answers.Simulate{File: "s.yaml", Compare: compare, Workers: 1}
	a, err := ask.Run(in)
	if err != nil {
		t.Fatal(err, apptest.Noted(a.Notes))
	}
	return a
}

// run is a run whose figures are all of one kind: n of everything, and a member called so.
func run(n uint64, member string) answers.SimulationRun {
	longest := &simulate.Request{Process: 0, Server: -1, Status: 500, Attempts: []simulate.Attempt{
		{Member: 0, Outcome: explain.Timeout, End: match.Second}}}
	one := simulate.Outcomes{Requests: 4 * n, OK: n, FailedOver: n, Declined: n,
		Errors: []simulate.StatusCount{{Status: 500, Count: n}}}
	return answers.SimulationRun{Config: member, Scenario: &simulate.Scenario{Processes: int(n),
		URLs: []simulate.URL{{Text: "http://h/a;jsessionid=secret"}},
		Faults: []simulate.Fault{{Cluster: "c", Member: member, From: match.Second,
			Do: explain.Refused}}},
		Result: &simulate.Result{Outcomes: one, Unended: n, Step: match.Second,
			Series: []simulate.Outcomes{one, {}, {Requests: 1}},
			Members: []simulate.Member{{MemberName: simulate.MemberName{Cluster: "c", Member: member},
				New: n, Affinity: n,
				Failed: []simulate.FailureCount{{Outcome: explain.Refused, Count: n}}, ProbesFailed: []uint32{0, 1}}},
			Sessions: simulate.SessionCounts{Began: n, Moved: n, Kept: n, Lost: n, Open: n, ChangesLost: n},
			Waits:    simulate.Waits{Max: match.Second, Longest: longest},
			Faults:   []simulate.Noticed{{Marked: []match.Nanos{match.Second}}}},
		Forms: []simulate.Form{{Name: "F1", Of: "new requests", Value: 0.5, Observed: 1234.6, Sigma: -2.25},
			{Name: "F3", Of: "failed probes", Sigma: math.NaN()}},
		Expected: []answers.Expected{{Name: "errors", Want: "at most 0", Got: "1",
			At: diag.Position{File: "s.yaml", Line: 7, Column: 3}}}}
}

// TestSimulation: nothing at all, one of everything, many with a hostile name, and two runs side by side, of which one
// has a member that the other has not.
func TestSimulation(t *testing.T) {
	empty := answers.SimulationRun{Config: "a.xml", Scenario: &simulate.Scenario{Processes: 1},
		Result: &simulate.Result{}}
	reporttest.Kind[*answers.Simulation]{Name: "simulation", Formats: simulatereport.Simulation, Schema: "simulate",
		Answers: map[string]*answers.Simulation{
			"empty":           {Runs: []answers.SimulationRun{empty}},
			"one":             {Runs: []answers.SimulationRun{run(1, "m1")}},
			"hostile":         {Runs: []answers.SimulationRun{run(1234567, reporttest.Hostile)}},
			"compared":        {Runs: []answers.SimulationRun{run(1000, "m1"), run(1, reporttest.Hostile)}},
			"compared-empty":  {Runs: []answers.SimulationRun{empty, empty}},
			"played":          played(t, ""),
			"played-compared": played(t, "figure.xml"),
		}}.Run(t)
}
