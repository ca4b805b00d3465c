package labreport_test

import (
	"errors"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/internal/reporttest"
	"github.com/wasplug/wasplug/lab/check"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/lab/scenario/rows"
	"github.com/wasplug/wasplug/lab/store/database"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

const hostile = "hostile"

// TestBench: nothing measured, a first figure of nothing, whose ratio divides by it, and one without memory.
func TestBench(t *testing.T) {
	reporttest.Kind[*labreport.BenchRun]{Name: "bench", Formats: labreport.Bench, Schema: "lab-bench",
		Answers: map[string]*labreport.BenchRun{
			"none": {Clients: 1},
			"zero": {Clients: 2, Figures: []scenario.Figure{{Persistence: "none", Frequency: "-"},
				{Persistence: "database", Frequency: "time based", PerSecond: 12.5}}},
			"two": {Clients: 12, Figures: []scenario.Figure{
				{Persistence: "none", Frequency: "-", PerSecond: 1000, Median: 1234567, P99: time.Second,
					FirstAnswer: 2345 * time.Millisecond},
				{Persistence: reporttest.Hostile, Frequency: "end of servlet service", PerSecond: 250,
					Memory: 123456789, Beside: 1}}},
		}}.Run(t)
}

// TestHistory: of one thing it speaks in the singular, of what did not happen not at all.
func TestHistory(t *testing.T) {
	finding := history.Finding{Check: "C1", Line: 7, Client: reporttest.Hostile, Text: "lost " + reporttest.Hostile}
	answers := map[string]*history.Report{
		"empty": {},
		"one": {Clients: 1, Operations: 1, Acknowledged: 1, Written: 1, Faults: 1, Lost: 1, Excused: 1, Twice: 1,
			Crossovers: 1},
		hostile: {Clients: 2, Operations: 3, Findings: []history.Finding{finding}},
		"two":   {Clients: 2, Operations: 30, Faults: 2, Findings: []history.Finding{finding, finding}},
	}
	checked, killed := map[string]labreport.Checked{}, map[string]*scenario.KillReport{}
	for name, r := range answers {
		checked[name] = labreport.Checked{File: "h.ndjson", Report: r}
		killed[name] = &scenario.KillReport{History: r, Faults: r.Faults}
	}
	killed["one"].Took, killed["one"].Gaps = 1500*time.Millisecond, []time.Duration{20 * time.Millisecond}
	killed["one"].Restarts = []time.Duration{time.Second, 3 * time.Second}
	reporttest.Kind[labreport.Checked]{Name: "history", Formats: labreport.History, Schema: "lab-history",
		Answers: checked}.Run(t)
	reporttest.Kind[*scenario.KillReport]{Name: "kill", Formats: labreport.KillTest, Schema: "lab-kill-test",
		Answers: killed}.Run(t)
}

// results are tests that ran: none, one as expected, and three that went wrong each in its own way.
func results() map[string][]*scenario.Result {
	named := func(name string) *scenario.Test { return &scenario.Test{Name: diag.Val[string]{V: name}} }
	at := diag.Position{File: "s.yaml", Line: 3, Column: 5}
	return map[string][]*scenario.Result{
		"none": nil,
		"fine": {{Test: named("it passes"), At: at, Verdict: scenario.AsExpected, Took: 1500 * time.Microsecond,
			Steps: []scenario.StepResult{{At: at, What: "request", Verdict: scenario.AsExpected, Late: 1}}}},
		hostile: {
			{Test: named(reporttest.Hostile), At: at, Verdict: scenario.AsExpected,
				Err: errors.New("no port for " + reporttest.Hostile)},
			{Test: named("a step"), At: at, Verdict: scenario.NotAsExpected, Steps: []scenario.StepResult{{At: at,
				What: "request", Verdict: scenario.NotAsExpected, Rules: []string{"S4", "W3"},
				Failures: []scenario.Failure{{Field: "member", Want: "m1", Got: reporttest.Hostile}}}}},
			{Test: named("a check"), At: at, Verdict: scenario.Differs, History: &history.Report{
				Findings: []history.Finding{{Check: "C3", Client: "u", Text: "sees " + reporttest.Hostile}}},
				Failovers: []scenario.Failover{{Client: "u", Path: "/hitcount", Sent: 2, Acknowledged: 1, Lost: 1,
					Died:  []scenario.Death{{Member: "m1", How: "kill", Ago: time.Second}},
					Steps: []scenario.TimedStep{{Rule: "R22", Text: "asked", After: -1}, {Rule: "R37", After: 2e6}}}}},
		},
	}
}

// TestRuns: what is wrong with a test is told in every format, whichever of the three ways it went wrong in.
func TestRuns(t *testing.T) {
	runs, sets := map[string]*labreport.Run{}, map[string]*labreport.RowSet{}
	for name, list := range results() {
		runs[name] = &labreport.Run{Files: []labreport.File{{Name: "s.yaml", Results: list}}}
		row := labreport.Row{Row: &rows.Row{Number: "1", Outcome: "lost", Unstaged: "nobody can"}}
		for _, r := range list {
			row.Results = append(row.Results, labreport.RowResult{File: "s.yaml", Result: r})
			row.Skipped = []string{"other.yaml: needs redis-server"}
		}
		sets[name] = &labreport.RowSet{Rows: []labreport.Row{row}}
	}
	reporttest.Kind[*labreport.Run]{Name: "run", Formats: labreport.Runs, Schema: "lab-run", Answers: runs}.Run(t)
	reporttest.Kind[*labreport.RowSet]{Name: "rows", Formats: labreport.Rows, Schema: "lab-run", Answers: sets}.Run(t)
}

// TestServerCheck: nothing happened, one session was lost, and one moved though nothing had happened.
func TestServerCheck(t *testing.T) {
	move := check.Move{Client: "u1", Cause: check.ByKill, From: "m1", To: reporttest.Hostile, Session: "new",
		Before: 3, Lost: 3, Twice: 1, Gap: 2 * time.Second, Had: "0000a:m1", Has: "0000b:m2"}
	elsewhere := move
	elsewhere.Cause = check.ByNone
	predicted := move
	predicted.Predicted = &check.Prediction{Session: "kept", Rules: []string{"S4"}}
	predicted.Differs = []string{"session: predicted kept, seen new"}
	again := 4 * time.Second
	reporttest.Kind[*check.Result]{Name: "check", Formats: labreport.ServerCheck, Schema: "lab-check",
		Answers: map[string]*check.Result{
			"empty": {URL: "http://h/", Facts: check.Facts{CacheID: -1}, Report: &history.Report{}},
			"lost": {URL: "http://h/", Sent: 1, Answered: 1, Victim: "m1", Servers: []string{"m1"},
				Clients: []check.Client{{Name: "u1", Server: "m1", Failover: &move}}, Moves: []check.Move{move},
				Facts: check.Facts{IDLength: 1, Example: "0000a", Keeps: "off"}, Report: &history.Report{}},
			hostile: {URL: "http://h/", Sent: 9, Answered: 7, Failed: 2, FirstFailure: reporttest.Hostile,
				Victim: "m1", Started: true, ServesAgain: &again, Unrecovered: 1,
				Clients: []check.Client{{Name: "u1", Failover: &predicted}, {Name: "u2", Recovered: true},
					{Name: reporttest.Hostile}},
				Moves:  []check.Move{predicted, elsewhere},
				Facts:  check.Facts{CacheID: 1, Servers: []string{"m1", "m2"}},
				Report: &history.Report{Findings: []history.Finding{{Check: "C4", Client: "u1", Text: "went back"}}}},
		}}.Run(t)
}

// TestSessionTable: a table without rows has no sections; what means something is said once for all applications.
func TestSessionTable(t *testing.T) {
	reporttest.Kind[*database.Census]{Name: "table", Formats: labreport.SessionTable, Schema: "lab-table",
		Answers: map[string]*database.Census{
			"empty": {Table: "sessions", Applications: []database.ApplicationCount{}, Ages: []database.AgeCount{},
				Columns: []database.ColumnCount{}},
			hostile: {Table: reporttest.Hostile, Rows: 1,
				Applications: []database.ApplicationCount{{Name: "b", Sessions: 1},
					{Name: reporttest.Hostile, Sessions: 2, Empty: 1, Orphans: 1}},
				Ages:    []database.AgeCount{{Under: 60, Sessions: 1}, {Under: 7200, Sessions: 2}, {Sessions: 3}},
				Columns: []database.ColumnCount{{Name: "small", Rows: 1, Bytes: 2, Largest: 2}}},
		}}.Run(t)
}

// TestCells: a line that was predicted only has nothing observed.
func TestCells(t *testing.T) {
	m, err := session.ReadMatrix("persistence\treplicas\tdead\tfrequency\tcontents\tschema\tchange\tmoment\n" +
		"database\t-\ta\teos\tall\tsingle-row\tset\tafter-write\n")
	if err != nil {
		t.Fatal(err)
	}
	reporttest.Kind[*labreport.CellSet]{Name: "cells", Formats: labreport.Cells, Schema: "lab-matrix",
		Answers: map[string]*labreport.CellSet{
			"none":      {File: "t.tsv"},
			"predicted": {File: "t.tsv", Cells: []labreport.Cell{{Cell: &m.Cells[0]}}},
			"differs": {File: "t.tsv", Cells: []labreport.Cell{{Cell: &m.Cells[0],
				Observed: map[string]string{"session": "kept", "changeFound": "1", "appliedLeast": "2",
					"appliedMost": "2", "cookie": "0002ID"}, Differs: []string{"session: " + reporttest.Hostile}}}},
		}}.Run(t)
}
