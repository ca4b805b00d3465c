package question

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// answered is a run in which a plug-in of some assumptions answers all questions of a plan.
func answered(p *Planner, plan *Plan, truth *choices.Assumptions) *Run {
	run := &Run{}
	asked := map[match.ClusterID][]*Question{}
	for _, q := range plan.Questions {
		before := asked[q.Cluster]
		if q.Routing {
			before = nil
		}
		seen, _ := p.tell(before, q, truth, p.Seed)
		run.Asked = append(run.Asked, seen[len(seen)-len(q.Steps):]...)
		if !q.Routing {
			asked[q.Cluster] = append(before, q)
		}
	}
	return run
}

// TestSettled: what a plug-in of each value of a choice shows leaves that value alone, and contradicts nothing.
func TestSettled(t *testing.T) {
	sharedtest.Computes(t)
	table := made(t)
	for _, c := range []choices.Choice{choices.ScoreTie, choices.PathParams, choices.AffinityToBackup,
		choices.ManyCookies, choices.AllDown, choices.EarlyClose, choices.WeightZero, choices.PostLimitStatus} {
		p := &Planner{Judge: Judge{Table: table, Base: choices.Latest(), Among: 1 << c}, Members: true, Alone: true}
		plan := p.Plan()
		if !plan.Settles(c) {
			t.Errorf("the plan does not settle %s", c)
		}
		for v := range c.NumValues() {
			truth := p.Base.With(c, v)
			f := p.Findings(answered(p, plan, &truth))
			if len(f.Contradictions)+len(f.Unfinished)+len(f.Untold) > 0 {
				t.Errorf("%s contradicts itself: %+v", SettingWords(c, v), f)
			}
			if len(f.Choices) != 1 {
				t.Fatalf("%d choices are told of, not %s alone", len(f.Choices), c)
			}
			if got, ok := f.Choices[0].Settled(); !ok || got != v {
				t.Errorf("%s: %v agree", SettingWords(c, v), f.Choices[0].Agrees)
			}
			for _, out := range f.Choices[0].RuledOut {
				if out.Asked == nil || len(out.Expected) == 0 && !out.Unlikely {
					t.Errorf("%s: nothing shows that %s is ruled out", SettingWords(c, v), SettingWords(c, out.Value))
				}
			}
		}
	}
}

// TestContradicted: a request that goes where no value of any choice sends it is told with what was expected of it.
func TestContradicted(t *testing.T) {
	p := &Planner{Judge: Judge{Table: made(t), Base: choices.Latest(), Among: 1 << choices.ScoreTie}, Alone: true,
		Members: true}
	plan := p.Plan()
	run := answered(p, plan, &p.Base)
	at := slices.IndexFunc(run.Asked, func(a Asked) bool { return a.Question.Routing && len(a.Seen.Arrived) > 0 })
	if at < 0 {
		t.Fatal("nothing is asked")
	}
	elsewhere, _ := p.Table.ClusterByName("wasplug-down")
	run.Asked[at].Seen.Arrived = []Arrival{{Cluster: elsewhere}}
	f := p.Findings(run)
	if len(f.Contradictions) == 0 || f.Contradictions[0].Asked.Question != run.Asked[at].Question ||
		!slices.ContainsFunc(f.Contradictions[0].Expected, func(text string) bool {
			return strings.HasPrefix(text, "cluster wasplug-alone-")
		}) {
		t.Errorf("%+v", f.Contradictions)
	}
}

// TestSessionsContradictEachOther: two answers of which each leaves a value, and both together none.
func TestSessionsContradictEachOther(t *testing.T) {
	p := &Planner{Judge: Judge{Table: made(t), Base: choices.Latest(), Among: 1 << choices.ScoreTie}, Alone: true,
		Members: true}
	plan, run := p.Plan(), &Run{}
	for v := range choices.ScoreTie.NumValues() {
		truth := p.Base.With(choices.ScoreTie, v)
		run.Asked = append(run.Asked, answered(p, plan, &truth).Asked...)
	}
	f := p.Findings(run)
	if len(f.Contradictions) == 0 {
		t.Errorf("nothing contradicts, %v agree", f.Choices[0].Agrees)
	}
	if len(f.Choices[0].Agrees) != 1 {
		t.Errorf("%v agree with what came first", f.Choices[0].Agrees)
	}
}

// TestSessions: requests of one cluster are judged together, in their order; alone are those about routing, those of
// whom nobody knows what arrived, and those of a cluster that others have disturbed.
func TestSessions(t *testing.T) {
	route := &Question{Name: "route", Cluster: 0, Routing: true, Steps: make([]Step, 1)}
	story := &Question{Name: "story", Cluster: 0, Steps: make([]Step, 2)}
	fails := &Question{Name: "fails", Cluster: 0, Steps: []Step{{Hold: true}}}
	other := &Question{Name: "other", Cluster: 1, Steps: make([]Step, 1)}
	to := func(c match.ClusterID) Seen { return Seen{Arrived: []Arrival{{Cluster: c}}} }
	asked := []Asked{{route, 0, to(0)}, {route, 0, Seen{Status: 404}}, {story, 0, to(0)}, {other, 0, to(1)},
		{story, 1, to(0)}, {fails, 0, to(0)}}
	for _, tt := range []struct {
		name string
		run  Run
		want string
	}{
		{"nobody else", Run{}, "route! route! route+story+story+fails other"},
		{"several processes", Run{RoutingOnly: true}, "route! route!"},
		{"disturbed", Run{Disturbed: []match.ClusterID{0}}, "route! route! story story other"},
		{"reached before", Run{Stale: []match.ClusterID{0}}, "route! route! other"},
		{"both", Run{Stale: []match.ClusterID{0}, Disturbed: []match.ClusterID{0}}, "route! route! other"},
	} {
		tt.run.Asked = asked
		var got []string
		for _, s := range sessions(&tt.run) {
			var names []string
			for _, a := range s.asked {
				names = append(names, a.Question.Name)
			}
			got = append(got, strings.Join(names, "+")+map[bool]string{true: "!"}[s.routing])
		}
		if text := strings.Join(got, " "); text != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, text, tt.want)
		}
	}
}

// TestSessionsOfBlind: of servers that are not ours each request is judged alone.
func TestSessionsOfBlind(t *testing.T) {
	q := &Question{Name: "q", Steps: make([]Step, 2)}
	run := &Run{Asked: []Asked{{q, 0, Seen{Blind: true}}, {q, 1, Seen{Blind: true}}}}
	if all := sessions(run); len(all) != 2 || len(all[0].asked) != 1 {
		t.Errorf("%d sessions", len(all))
	}
}

// TestOtherForms: a URL is also asked in the forms that values of open choices read in several ways.
func TestOtherForms(t *testing.T) {
	for url, want := range map[string]string{
		"http://h/a/b": "http://h/a/b;jsessionid=0000x http://h/a/b;wasplug=1 http://h//a/b " +
			"http://h/wasplug-verify/../a/b http://h/%61/b http://h/a",
		"http://h/": "http://h/;jsessionid=0000x http://h/;wasplug=1 http://h// http://h/wasplug-verify/../",
		"http://h":  "",
	} {
		if got := strings.Join(otherForms(url), " "); got != want {
			t.Errorf("%s: %s, want %s", url, got, want)
		}
	}
}

// TestSwapCase: a clone ID in the other letter case, and back again.
func TestSwapCase(t *testing.T) {
	for text, want := range map[string]string{"aBc1-": "AbC1-", "": "", "v544D": "V544d"} {
		if got := swapCase(text); got != want || swapCase(got) != text {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestStepWords: a request is told as people would send it.
func TestStepWords(t *testing.T) {
	for want, rq := range map[string]match.Request{
		"GET http://h/x":                        {Host: "h", Target: "/x"},
		"GET https://h/x, Cookie: a=b; c=d":     {Host: "h", Target: "/x", TLS: true, Cookies: []string{"a=b", "c=d"}},
		"POST http://h:1/, a body of 100 bytes": {Host: "h:1", Target: "/", Body: 100},
	} {
		if got := (&Step{Request: rq}).Words(); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	told := Told([]Pair{{choices.ScoreTie, 0, 1}, {choices.ScoreTie, 1, 0}, {choices.AllDown, 0, 1}})
	if got := fmt.Sprint(told); got != "[score-tie (first, last) all-down ("+choices.AllDown.ValueName(0)+", "+
		choices.AllDown.ValueName(1)+")]" {
		t.Error(got)
	}
}

// TestAgrees: a course explains what was seen where the same members got the same, in the same order, and the client
// the same status; of servers that are not ours only who answered counts, and of a question about routing the cluster.
func TestAgrees(t *testing.T) {
	on := func(c match.ClusterID, r explain.Result, attempts ...explain.Attempt) *explain.Course {
		r.Matched, r.Match.Cluster, r.Attempts = true, c, attempts
		return &explain.Course{Result: r}
	}
	refused := explain.Attempt{Member: 0, Outcome: explain.Refused}
	busy := explain.Attempt{Member: 0, Outcome: explain.Busy}
	well, again := explain.Attempt{Member: 1}, explain.Attempt{Member: 1, Failover: true}
	declined, rejected := &explain.Course{}, &explain.Course{Result: explain.Result{Rejected: true}}
	one := on(0, explain.Result{Member: 1}, well)
	after := on(0, explain.Result{Member: 1}, refused, again) // the refused connect leaves no trace
	error500 := on(0, explain.Result{Member: match.NoMember, Status: 500}, refused)
	passedOn := on(0, explain.Result{Member: 0, Status: 503}, busy)
	for name, tt := range map[string]struct {
		step   Step
		seen   Seen
		course *explain.Course
		agrees bool
		routed bool // where only the cluster counts
	}{
		"the same":          {Step{}, Seen{Status: 200, Arrived: []Arrival{{Member: 1}}}, one, true, true},
		"another status":    {Step{}, Seen{Status: 502, Arrived: []Arrival{{Member: 1}}}, one, false, true},
		"of another client": {Step{Unwatched: true}, Seen{Arrived: []Arrival{{Member: 1}}}, one, true, true},
		"held back":         {Step{Hold: true}, Seen{Arrived: []Arrival{{Member: 1}}}, one, true, true},
		"another member":    {Step{}, Seen{Status: 200, Arrived: []Arrival{{}}}, one, false, true},
		"another cluster": {Step{}, Seen{Status: 200, Arrived: []Arrival{{Cluster: 1, Member: 1}}}, one, false,
			false},
		"behind a refusal": {Step{}, Seen{Status: 200, Arrived: []Arrival{{Member: 1, Failover: true}}}, after, true,
			true},
		"without $WSFO": {Step{}, Seen{Status: 200, Arrived: []Arrival{{Member: 1}}}, after, false, true},
		"twice": {Step{}, Seen{Status: 200, Arrived: []Arrival{{Member: 1}, {Member: 1}}}, one,
			false, true},
		"an error":           {Step{}, Seen{Status: 500}, error500, true, true},
		"an error, declined": {Step{}, Seen{Status: 500}, declined, false, false}, // it is some cluster's
		"declined":           {Step{}, Seen{Status: 404}, declined, true, true},
		"declined, matched":  {Step{}, Seen{Status: 404}, error500, false, false},
		"413 is no decline":  {Step{}, Seen{Status: 413}, declined, false, false},
		"no answer":          {Step{}, Seen{}, declined, false, false},
		"a 503":              {Step{}, Seen{Status: 503, Arrived: []Arrival{{}}}, passedOn, true, true},
		"rejected":           {Step{}, Seen{Status: 404}, rejected, false, true},
		"blind": {Step{}, Seen{Blind: true, Status: 502, Arrived: []Arrival{{Member: 1}}}, after,
			true, true},
		"blind, another": {Step{}, Seen{Blind: true, Arrived: []Arrival{{}}}, after, false, true},
		"blind, nobody":  {Step{}, Seen{Blind: true}, after, true, true},
	} {
		if got := tt.step.agrees(&tt.seen, tt.course); got != tt.agrees {
			t.Errorf("%s: agrees %v", name, got)
		}
		if got := routed(&tt.seen, tt.course); got != tt.routed {
			t.Errorf("%s: where it was routed agrees %v", name, got)
		}
	}
}

// TestDraw: a course is drawn by its share of all of them.
func TestDraw(t *testing.T) {
	courses := []explain.Course{{Share: 0.1}, {Share: 0}, {Share: 0.3}, {Share: 0.1}}
	for x, want := range map[float64]int{0: 0, 0.19: 0, 0.21: 2, 0.79: 2, 0.81: 3, 0.999: 3} {
		if got := draw(courses, x); got != want {
			t.Errorf("%v draws %d, want %d", x, got, want)
		}
	}
	if draw(nil, 0.5) != -1 {
		t.Error("one of none is drawn")
	}
}
