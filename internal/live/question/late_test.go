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

// TestLate: a member that refused is passed over although its RetryInterval is over since the request came. Where the
// answer took as long, a busy web server has marked it then, and that contradicts nothing; else it does.
func TestLate(t *testing.T) {
	xml := sharedtest.ClusterXML("", `RetryInterval="10"`, sharedtest.Server("a", `CloneID="a"`)+
		sharedtest.Server("b", `CloneID="b"`)+sharedtest.Lists("a b", ""))
	cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
	table, _ := routecheck.New(cfg)
	home := Step{Request: match.Request{Host: "h", Target: "/x", Port: 80, Cookies: []string{"JSESSIONID=0000id:a"}}}
	q := &Question{Cluster: 0, Names: []string{"a", "b"}, Steps: []Step{begin(home, Fault{0, explain.Refused}),
		after(9*match.Second, begin(home, Fault{0, explain.Healthy}))}}
	toB := []Arrival{{Cluster: 0, Member: 1, Failover: true}}
	for _, tt := range []struct {
		took, since, late match.Nanos // of the first answer; from the first request to the second
		contradicted      bool
	}{
		{took: 0, since: 9 * match.Second},
		{took: 0, since: 11 * match.Second, contradicted: true},
		{took: 2 * match.Second, since: 11 * match.Second, late: 2 * match.Second},
		{took: 2 * match.Second, since: 13 * match.Second, late: 2 * match.Second, contradicted: true},
	} {
		seen := []Seen{{End: tt.took, Status: 200, Arrived: toB},
			{Start: tt.since, End: tt.since, Status: 200, Arrived: []Arrival{{Cluster: 0, Member: 1}}}}
		run := &Run{Asked: []Asked{{q, 0, seen[0]}, {q, 1, seen[1]}}}
		j := Judge{Table: table, Base: choices.Latest(), Among: 1<<choices.NumChoices - 1}
		f := j.Findings(run)
		if (len(f.Contradictions) > 0) != tt.contradicted || f.Late != tt.late {
			t.Errorf("%+v: %d contradictions, late by %v", tt, len(f.Contradictions), f.Late)
		}
		for _, c := range f.Contradictions {
			if c.Late != tt.late {
				t.Errorf("%+v: the contradiction is late by %v", tt, c.Late)
			}
		}
	}
}
