package suite

import (
	"fmt"
	"strconv"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Suite is a file of tests, see schemas/suite.schema.json.
type Suite struct {
	Config      diag.Val[string] // path of the configuration, relative to the suite's file
	WebServer   string
	Assumptions choices.Assumptions // at its level and on its platform, with what it settles
	Settled     []choices.Choice
	Sessions    *session.Settings // nil: what the topology says
	Tests       []*Test

	level, platform string   // as written
	assumed         []string // CHOICE=VALUE, as written
}

// Test is requests to one process.
type Test struct {
	Name     diag.Val[string]
	Requests []*Request

	facts     []fact // with names that the configuration must have; resolved when it runs
	partition map[string]diag.Val[string]
	seed      *uint64
}

// Conditions are how members fail while the test runs. The error says what keeps it from being asked of a plug-in that
// runs: members cannot be put into a state from outside.
func (t *Test) Conditions(table *match.Table) (out []explain.MemberCondition, err error) {
	if len(t.partition) > 0 {
		return nil, fmt.Errorf("it sets a partition table")
	}
	for _, f := range t.facts {
		sc := &explain.Scenario{}
		cluster, member, err := names.Member(table, f.member.V)
		switch {
		case err != nil:
			return nil, err
		case f.State != nil:
			return nil, fmt.Errorf("it sets a state of member %s", f.member.V)
		}
		if _, err := f.AddTo(sc, table, cluster, member); err != nil {
			return nil, err
		}
		out = append(out, sc.Conditions...)
	}
	return out, nil
}

// Request is one request and what is expected of it.
type Request struct {
	URL    diag.Val[string]
	Timed  explain.Timed
	Expect Expect
}

// Expect is what a request must come to; what is not Set is not looked at.
type Expect struct {
	At               diag.Span
	Bare             diag.Val[string] // declined, a status, a member or a cluster
	Declined         diag.Val[bool]
	Certain          diag.Val[bool]
	Status           diag.Val[int]
	Cluster          diag.Val[string]
	Session          diag.Val[string] // the fate in a word
	Outcome          []Part           // parts of what becomes of the session
	Members          []string         // all that chance can choose; nil when not expected
	Attempts, Marked []string         // nil when not expected
}

// fact is a Fact whose member is not yet looked up.
type fact struct {
	Fact
	member diag.Val[string]
	down   diag.Span // where it says how attempts end
}

// Read reads a suite. It is nil when the file has an error; the diagnostics hold every one of them.
func Read(files *diag.Files, id diag.FileID) (*Suite, []diag.Diagnostic) {
	root, reports := schemas.Load(files, id, "suite")
	if diag.Worst(reports) >= diag.Error {
		return nil, reports
	}
	r := &reader{reports: reports}
	s := &Suite{Config: root.Get("config").Str(), WebServer: root.Get("webServer").Str().V}
	r.semantics(s, root)
	if n := root.Get("session"); n != nil {
		settings, err := ReadSettings(n)
		if err != nil {
			r.report(n.Span, "%v", err)
		}
		s.Sessions = &settings
	}
	names := map[string]bool{}
	for _, n := range root.Get("tests").AllItems() {
		t := r.test(n)
		if names[t.Name.V] {
			r.report(t.Name.Span(), "a test named %q stands above: --run could not tell them apart", t.Name.V)
		}
		names[t.Name.V] = true
		s.Tests = append(s.Tests, t)
	}
	diag.Sort(r.reports)
	if diag.Worst(r.reports) >= diag.Error {
		return nil, r.reports
	}
	return s, r.reports
}

type reader struct{ reports []diag.Diagnostic }

func (r *reader) report(span diag.Span, format string, args ...any) {
	r.reports = append(r.reports, diag.Diagnostic{Span: span, Severity: diag.Error,
		Message: diag.Sprintf(format, args...)})
}

func (r *reader) semantics(s *Suite, root *yamldoc.Node) {
	level := root.Get("pluginLevel").Str()
	var err error
	// Asked for by itself, so that an unknown level and an unknown platform are reported where each stands.
	if s.Assumptions, err = choices.Level(level.V); err != nil {
		r.report(level.Span(), "%v", err)
		return
	}
	platform := root.Get("platform").Str()
	s.level, s.platform = level.V, platform.V
	if s.Assumptions, err = choices.Defaults(level.V, platform.V); err != nil {
		r.report(platform.Span(), "%v", err)
	}
	assume := root.Get("assume")
	if assume == nil {
		return
	}
	for _, f := range assume.Fields {
		assignment := f.Name + "=" + f.Value.Str().V
		choice, err := s.Assumptions.Assume(assignment)
		if err != nil {
			r.report(f.NameSpan, "%v", err)
			continue
		}
		s.Settled = append(s.Settled, choice)
		s.assumed = append(s.assumed, assignment)
	}
}

// On takes the web server of the configuration for the one that the plug-in sits in, one of [routecheck.Platforms] or
// "", unless the suite names its own. What the suite settles holds on either.
func (s *Suite) On(platform string) error {
	if s.platform != "" || platform == "" {
		return nil
	}
	sem, err := choices.Defaults(s.level, platform)
	if err != nil {
		return err
	}
	for _, assignment := range s.assumed {
		if _, err := sem.Assume(assignment); err != nil {
			return err
		}
	}
	s.Assumptions = sem
	return nil
}

// test reads one test. Names of members stay as they are written: there is no configuration yet.
func (r *reader) test(n *yamldoc.Node) *Test {
	t := &Test{Name: n.Get("name").Str()}
	if seed := n.Get("seed").Int(); seed.Set() {
		v := uint64(seed.V)
		t.seed = &v
	}
	for _, f := range n.Get("facts").AllItems() {
		t.facts = append(t.facts, r.fact(f))
	}
	if p := n.Get("partition"); p != nil {
		t.partition = map[string]diag.Val[string]{}
		for _, f := range p.Fields {
			t.partition[f.Name] = f.Value.Str()
		}
	}
	for _, q := range n.Get("requests").AllItems() {
		t.Requests = append(t.Requests, r.request(q))
	}
	return t
}

func (r *reader) fact(n *yamldoc.Node) fact {
	f := fact{member: n.Get("member").Str(), Fact: Fact{From: r.duration(n.Get("from")), To: r.duration(n.Get("to"))}}
	if down := n.Get("down").Str(); down.Set() {
		how, _ := explain.ParseFailureMode(down.V) // the schema lists them
		f.Down, f.down = &how, down.Span()
	}
	f.State = r.state(n)
	switch {
	case f.Down == nil && f.State == nil:
		r.report(n.Span, "this fact says nothing: give down, marked, pending, weight or next")
	case f.Down == nil && (n.Get("from") != nil || n.Get("to") != nil):
		r.report(n.Span, "from and to belong to down: the rest holds at the start")
	case f.To != 0 && f.To <= f.From:
		r.report(n.Get("to").Span, "to is not after from: the fact would never hold")
	}
	return f
}

// state reads what a fact says of the start, nil for nothing.
func (r *reader) state(n *yamldoc.Node) *explain.MemberFact {
	var s explain.MemberFact
	if marked := n.Get("marked"); marked != nil {
		ago := r.duration(marked)
		s.Marked = &ago
	}
	if pending := n.Get("pending").Int(); pending.Set() {
		v := int32(pending.V)
		s.Pending = &v
	}
	if weight := n.Get("weight").Int(); weight.Set() {
		v := int32(weight.V)
		s.Weight = &v
	}
	s.Next = n.Get("next").Bool().V
	// A fact about attempts alone sets no state: a plug-in that runs can be asked about it, see Conditions.
	if s.Marked == nil && s.Pending == nil && s.Weight == nil && !s.Next {
		return nil
	}
	return &s
}

// duration reads 10s, 500ms or a bare number of seconds.
func (r *reader) duration(n *yamldoc.Node) match.Nanos {
	s := n.Str()
	if !s.Set() {
		return 0
	}
	if seconds, err := strconv.ParseFloat(s.V, 64); err == nil && seconds >= 0 && seconds < 1e9 {
		return match.Nanos(seconds * 1e9)
	}
	d, err := time.ParseDuration(s.V)
	if err != nil || d < 0 {
		r.report(s.Span(), "%q is no time: want 10s, 500ms or 2m", s.V)
	}
	return match.Nanos(d)
}

func (r *reader) request(n *yamldoc.Node) *Request {
	q := &Request{URL: n.Get("url").Str()}
	rq, err := written.URL(q.URL.V)
	if err != nil {
		r.report(q.URL.Span(), "%v", err)
	}
	for _, f := range n.Get("headers").AllFields() {
		if err := written.Header(&rq, f.Name, f.Value.Str().V); err != nil {
			r.report(f.Value.Span, "%v", err)
		}
	}
	for _, f := range n.Get("cookies").AllFields() {
		if err := written.Cookie(&rq, f.Name+"="+f.Value.Str().V); err != nil {
			r.report(f.Value.Span, "%v", err)
		}
	}
	if port := n.Get("port").Int(); port.Set() {
		rq.Port = port.V
	}
	rq.Body = int64(n.Get("bodySize").Int().V)
	q.Timed = explain.Timed{Request: rq, At: r.duration(n.Get("at"))}
	q.Expect = expect(n.Get("expect"))
	return q
}

// expect reads an expectation: one word, or a map of fields. A field that is not there is not looked at; an empty list
// expects nobody.
func expect(n *yamldoc.Node) Expect {
	e := Expect{At: n.Span}
	if n.Kind == yamldoc.Scalar {
		e.Bare = n.Str()
		return e
	}
	e.Declined, e.Certain = n.Get("declined").Bool(), n.Get("certain").Bool()
	e.Status = n.Get("status").Int()
	e.Cluster = n.Get("cluster").Str()
	e.session(n.Get("session"))
	if m := n.Get("member"); m != nil {
		e.Members = texts(m)
	}
	if a := n.Get("attempts"); a != nil {
		e.Attempts = texts(a)
	}
	if m := n.Get("marked"); m != nil {
		e.Marked = texts(m)
	}
	return e
}

// texts returns a scalar or a list as a list that is not nil.
func texts(n *yamldoc.Node) []string {
	out := []string{}
	if n.Kind == yamldoc.Scalar {
		return append(out, n.Str().V)
	}
	for _, item := range n.Items {
		out = append(out, item.Str().V)
	}
	return out
}
