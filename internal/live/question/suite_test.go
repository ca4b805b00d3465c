package question

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestFail: members fail and are well again before the steps at which they do, and what comes behind waits until they
// are due for a retry, once.
func TestFail(t *testing.T) {
	xml := sharedtest.ClusterXML("", `RetryInterval="10"`, sharedtest.Server("m1", `CloneID="a"`)+
		sharedtest.Server("m2", `CloneID="b"`))
	cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
	table, _ := match.New(cfg)
	sem := choices.Latest()
	rq := (&Planner{Judge: Judge{Table: table, Base: sem}}).kits()[0].rq
	three := func() *Question {
		return &Question{Cluster: -1, Steps: []Step{{Request: rq}, {Request: rq}, {Request: rq}}}
	}
	times := []match.Nanos{0, match.Second, 3 * match.Second}
	at := func(step int) match.Nanos { return times[step] }
	q, quiet, last := three(), three(), three()
	failing := []explain.MemberCondition{{Member: 0, Failure: explain.Refused, To: match.Second},
		{Member: 0, Failure: explain.Busy, From: 3 * match.Second},
		{Member: 1, Failure: explain.Reset, From: match.Second}}
	if err := q.Fail(table, failing, at); err != nil {
		t.Fatal(err)
	}
	marks := MarksOf(table, &sem, []*Question{q})
	marks.Outlast(quiet)
	marks.Outlast(last)
	want := three()
	want.Cluster, want.Names = 0, []string{"m1", "m2"}
	want.Steps[0].Set = []Fault{{0, explain.Refused}}
	want.Steps[1].Wait, want.Steps[1].Set = match.Second, []Fault{{0, explain.Healthy}, {1, explain.Reset}}
	want.Steps[2].Wait, want.Steps[2].Set = 2*match.Second, []Fault{{0, explain.Busy}}
	if diff := cmp.Diff(want, q); diff != "" {
		t.Error(diff)
	}
	if quiet.Steps[0].Wait != 10*match.Second+margin || last.Steps[0].Wait != 0 {
		t.Errorf("waits %d and %d", quiet.Steps[0].Wait, last.Steps[0].Wait)
	}
	for _, bad := range [][]explain.MemberCondition{{{Failure: explain.Timeout}},
		{{Failure: explain.Reset}, {Cluster: 1, Failure: explain.Reset}}} {
		if err := three().Fail(table, bad, at); err == nil {
			t.Errorf("no error for %v", bad)
		}
	}
}
