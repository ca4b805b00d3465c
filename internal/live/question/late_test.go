package question

import (
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestLate: a member that refused is passed over although its RetryInterval is over since the request came. Where an
// answer took as long since then, a busy web server has marked it late, and that contradicts nothing; else it does.
// More than a quarter of the interval excuses nothing, but tells nothing either.
func TestLate(t *testing.T) {
	xml := sharedtest.ClusterXML("", `RetryInterval="10"`, sharedtest.Server("a", `CloneID="a"`)+
		sharedtest.Server("b", `CloneID="b"`)+sharedtest.Lists("a b", ""))
	cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
	table, _ := routecheck.New(cfg)
	home := Step{Request: match.Request{Host: "h", Target: "/x", Port: 80, Cookies: []string{"JSESSIONID=0000id:a"}}}
	q := &Question{Cluster: 0, Names: []string{"a", "b"}, Steps: []Step{home, begin(home, Fault{0, explain.Refused}),
		after(9*match.Second, begin(home, Fault{0, explain.Healthy}))}}
	const s, refused = match.Second, 100 * match.Second
	for _, tt := range []struct {
		name               string
		before, took, last match.Nanos // of the answers
		since              match.Nanos // from the request that is refused to the last one
		late               match.Nanos
		excused            match.Nanos // what the request that contradicts hangs on came late by
		contradicted       bool
		untold             bool
	}{
		{name: "in time", since: 9 * s},
		{name: "not retried", since: 11 * s, contradicted: true},
		{name: "marked late", took: 2 * s, since: 11 * s, late: 2 * s},
		{name: "asked late", last: 2 * s, since: 11 * s, late: 2 * s},
		{name: "a rule broken by more than what was late", took: 2 * s, since: 13 * s, late: 2 * s, excused: 2 * s,
			contradicted: true},
		{name: "late before the mark", before: 2 * s, since: 11 * s, late: 2 * s, contradicted: true},
		{name: "very late before the mark", before: 30 * s, since: 35 * s, late: 30 * s, contradicted: true},
		{name: "too late to tell", took: 30 * s, since: 35 * s, late: 30 * s, untold: true},
		{name: "late by more than a quarter, within which it is explained", took: 3 * s, since: 12 * s, late: 3 * s},
		{name: "late by more than a quarter", took: 3 * s, since: 12*s + 800*s/1000, late: 3 * s, untold: true},
		{name: "broken by more than what was too late", took: 3 * s, since: 14 * s, late: 3 * s, excused: 3 * s,
			contradicted: true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			toA, at := []Arrival{{Cluster: 0, Member: 0}}, refused+tt.since
			run := &Run{Asked: []Asked{{q, 0, Seen{End: tt.before, Status: 200, Arrived: toA}},
				{q, 1, Seen{Start: refused, End: refused + tt.took, Status: 200,
					Arrived: []Arrival{{Cluster: 0, Member: 1, Failover: true}}}},
				{q, 2, Seen{Start: at, End: at + tt.last, Status: 200, Arrived: []Arrival{{Cluster: 0, Member: 1}}}}}}
			j := Judge{Table: table, Base: choices.Latest(), Among: 1<<choices.NumChoices - 1}
			f := j.Findings(run)
			if (len(f.Contradictions) > 0) != tt.contradicted || (len(f.Untold) > 0) != tt.untold ||
				f.Late != tt.late {
				t.Errorf("%d contradictions, %d cannot be told, late by %v",
					len(f.Contradictions), len(f.Untold), f.Late)
			}
			for _, c := range f.Contradictions {
				if c.Late != tt.excused {
					t.Errorf("the contradiction is late by %v", c.Late)
				}
			}
		})
	}
}
