package question

import (
	"bytes"
	"slices"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// made is the table of an empty file with what --probe adds.
func made(t *testing.T) *match.Table {
	cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte("<Config/>"))
	cfg, err := probe.Add(cfg)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	parser.Write(&b, cfg.Doc)
	cfg, _ = parser.Parse(diag.NewFiles().Add("f", nil), b.Bytes())
	table, missing := routecheck.New(cfg)
	if len(missing) > 0 {
		t.Fatal(missing)
	}
	return table
}

// all choices are asked.
const every = 1<<choices.NumChoices - 1

// TestPlan: what --probe adds tells all values of all choices apart that can be told, within bounds; the others have a
// reason. The short form plans for every fourth choice: ever more of them take ever longer.
func TestPlan(t *testing.T) {
	sharedtest.Computes(t)
	among, least := uint64(every), 32
	if !sharedtest.Long() {
		among, least = every&0x1111111111111111, 8
	}
	p := Planner{Judge: Judge{Table: made(t), Base: choices.Latest(), Among: among}, TLS: true, Members: true}
	plan := p.Plan()
	t.Logf("%d requests, %v s of waiting", plan.Requests(), float64(plan.Waits())/float64(match.Second))
	if n := plan.Requests(); n > 400 {
		t.Errorf("%d requests", n)
	}
	if w := plan.Waits(); w > 30*match.Second {
		t.Errorf("it waits %v s", w/match.Second)
	}
	settled := 0
	for c := range choices.NumChoices {
		switch {
		case among>>c&1 == 0:
		case plan.Settles(c):
			settled++
		case Unseen(c) == "":
			t.Errorf("%s: neither told apart nor a reason", c)
		}
	}
	if settled < least {
		t.Errorf("%d choices are told apart", settled)
	}
	waits := false
	for _, q := range plan.Questions {
		if waits && q.waits() == 0 {
			t.Errorf("%s stands behind one that waits", q.Name)
		}
		waits = waits || q.waits() > 0
	}
}

// TestPlanOverTLS: a web server that takes TLS alone is asked over TLS, for all but what only plain requests show.
func TestPlanOverTLS(t *testing.T) {
	asked := []choices.Choice{choices.ScoreTie, choices.TLSDefaultPort, choices.TransportChoice, choices.AllDown}
	p := Planner{Judge: Judge{Table: made(t), Base: choices.Latest()}, TLS: true, TLSOnly: true, Members: true}
	for _, c := range append(asked, choices.SSLSessionCookie) {
		p.Among |= 1 << c
	}
	plan := p.Plan()
	for _, c := range asked {
		if !plan.Settles(c) {
			t.Errorf("%s is not told apart", c)
		}
	}
	if plan.Settles(choices.SSLSessionCookie) || !NeedsPlain(choices.SSLSessionCookie) {
		t.Error("the cookie of TLS sessions is told apart by requests over TLS")
	}
	for _, q := range plan.Questions {
		if slices.ContainsFunc(q.Steps, func(s Step) bool { return !s.Request.TLS }) {
			t.Errorf("%s is sent without TLS", q.Name)
		}
	}
}

// TestPlanOfEmptyClusters: a cluster without servers, or with backups alone, is asked about without any of its own.
func TestPlanOfEmptyClusters(t *testing.T) {
	for _, servers := range []string{"", sharedtest.Server("b", `CloneID="b"`) + sharedtest.Lists("", "b")} {
		xml := sharedtest.ClusterXML("", "", servers)
		cfg, _ := parser.Parse(diag.NewFiles().Add("f", nil), []byte(xml))
		table, _ := routecheck.New(cfg)
		p := Planner{Judge: Judge{Table: table, Base: choices.Latest(), Among: every}, TLS: true, Members: true}
		p.Plan()
	}
}

// TestPlanBeforeTheFix: a level before PM49491 asks what a 503 to a probe does.
func TestPlanBeforeTheFix(t *testing.T) {
	sem, err := choices.Level("7.0.0.13")
	if err != nil {
		t.Fatal(err)
	}
	p := Planner{Judge: Judge{Table: made(t), Base: sem, Among: 1 << choices.Probe503BeforeFix}, Members: true}
	if plan := p.Plan(); !plan.Settles(choices.Probe503BeforeFix) {
		t.Error("not told apart")
	}
}

// TestPlanWithoutMembers: of servers that are not ours only routing and affinity are asked, and none is made to fail.
func TestPlanWithoutMembers(t *testing.T) {
	p := Planner{Judge: Judge{Table: made(t), Base: choices.Latest(), Among: every}}
	plan := p.Plan()
	for _, q := range plan.Questions {
		if q.Disturbs() || q.overTLS() || q.waits() > 0 {
			t.Errorf("%s asks for more", q.Name)
		}
	}
	for _, c := range []choices.Choice{choices.ScoreTie, choices.PathParams, choices.SuffixPatterns} {
		if !plan.Settles(c) {
			t.Errorf("%s is not told apart", c)
		}
	}
}
