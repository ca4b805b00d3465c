package scenario

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/suite"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Read reads a scenario file. It is nil when the file has an error; the diagnostics hold every one of them. What the
// schema can say is checked first (schemas.Load), so the reader need not look whether a key exists or a value is a
// number.
func Read(files *diag.Files, id diag.FileID) (*File, []diag.Diagnostic) {
	root, reports := schemas.Load(files, id, "lab")
	if diag.Worst(reports) >= diag.Error {
		return nil, reports
	}
	r := &reader{reports: reports}
	f := &File{Config: root.Get("config").Str(), WebServer: root.Get("webServer").Str().V, files: files}
	names := map[string]bool{}
	for _, n := range root.Get("tests").AllItems() {
		for _, t := range r.variants(root, n) {
			if names[t.Name.V] {
				r.report(t.Name.Span(), "a test named %q stands above: --run could not tell them apart", t.Name.V)
			}
			names[t.Name.V] = true
			f.Tests = append(f.Tests, t)
		}
	}
	diag.Sort(r.reports)
	if diag.Worst(r.reports) >= diag.Error {
		return nil, r.reports
	}
	return f, r.reports
}

type reader struct {
	reports    []diag.Diagnostic // those of the schema first, then the reader's own
	peerToPeer bool              // the test's cookies carry a partition ID
}

// report says what is wrong, once: blocks of the file are read for each of its tests, and a test for each of its
// variants.
func (r *reader) report(span diag.Span, format string, args ...any) {
	d := diag.Diagnostic{Span: span, Severity: diag.Error, Message: diag.Sprintf(format, args...)}
	same := func(told diag.Diagnostic) bool { return told.Span == span && told.Message == d.Message }
	if !slices.ContainsFunc(r.reports, same) {
		r.reports = append(r.reports, d)
	}
}

// texts returns a scalar or a list.
func texts(n *yamldoc.Node) (out []diag.Val[string]) {
	if n == nil {
		return nil
	}
	if n.Kind == yamldoc.Scalar {
		return []diag.Val[string]{n.Str()}
	}
	for _, item := range n.Items {
		out = append(out, item.Str())
	}
	return out
}

// test reads one test: what the file says for all of them, and its own.
func (r *reader) test(root, n *yamldoc.Node) *Test {
	t := &Test{Name: n.Get("name").Str(), Row: n.Get("row").Str().V, next: n.Get("next").Str(),
		seed: uint64(n.Get("seed").Int().V), refused: n.Get("refused").Str()}
	t.Setup = r.setup(root, n)
	for _, s := range n.Get("steps").AllItems() {
		t.Steps = append(t.Steps, r.step(s))
	}
	return t
}

// setup is what the file says, with what the test says in its place, block by block: a test with a session block has
// nothing of the file's, so what a reader sees in one block is all there is.
func (r *reader) setup(root, n *yamldoc.Node) (s Setup) {
	own := func(key string) *yamldoc.Node {
		if block := n.Get(key); block != nil {
			return block
		}
		return root.Get(key)
	}
	if block := own("session"); block != nil {
		s.Sessions = r.sessions(block)
	}
	lab := own("lab")
	s.Store, s.Real = lab.Get("store").Str().V, lab.Get("clock").Str().V == "real"
	s.Grid = lab.Get("grid").Str().V
	s.Replicators, s.Processes = lab.Get("replicators").Int().V, max(lab.Get("processes").Int().V, 1)
	s.Distributable, s.LargestColumn = lab.Get("distributable").Bool().V, lab.Get("largestColumn").Int().V
	// The level is the file's alone: tests of one file are about one plug-in.
	level := root.Get("pluginLevel").Str()
	s.Assumptions = r.semantics(level, root.Get("assume"), n.Get("assume"))
	return s
}

// semantics are the open choices: the plug-in's at its level, the sessions' as the lab behaves, then as the file
// says, and last as the test does. Later ones win.
func (r *reader) semantics(level diag.Val[string], blocks ...*yamldoc.Node) choices.Assumptions {
	sem, err := Assumptions(level.V)
	if err != nil {
		r.report(level.Span(), "%v", err)
	}
	for _, block := range blocks {
		for _, f := range block.AllFields() {
			if _, err := sem.Assume(f.Name + "=" + f.Value.Str().V); err != nil {
				r.report(f.NameSpan, "%v", err)
			}
		}
	}
	return sem
}

// Assumptions are the open choices as the lab behaves: the bundled proxy at a level of the plug-in ("" the latest),
// and of the sessions' choices those that the lab has made (L4, L5).
func Assumptions(level string) (choices.Assumptions, error) {
	if level == "" {
		level = "latest"
	}
	sem, err := choices.Defaults(level, "proxy")
	if err != nil {
		return sem, err
	}
	for _, own := range []string{"replica-holder=next-in-list", "replication-ack=wait"} {
		if _, err := sem.Assume(own); err != nil {
			return sem, err
		}
	}
	return sem, nil
}

// sessions reads a session block: the settings that suites have, too, are read where suites read theirs, the rest is
// the lab's. Security integration and overflow are on unless they are said to be off, as in WAS V8.5 and V9 (S18,
// S19).
func (r *reader) sessions(n *yamldoc.Node) *Sessions {
	settings, err := suite.ReadSettings(n)
	if err != nil {
		r.report(n.Span, "%v", err)
	}
	s := &Sessions{Settings: settings, Timeout: r.duration(n.Get("timeout")),
		ReaperInterval: r.duration(n.Get("reaperInterval")), IDLength: n.Get("idLength").Int().V,
		MaxInMemory: n.Get("maxInMemory").Int().V, SecurityIntegration: true, AllowOverflow: true,
		OptimizeCacheIDIncrements: n.Get("optimizeCacheIdIncrements").Bool().V,
		Domain:                    n.Get("domain").Str().V, Encryption: n.Get("encryption").Str().V}
	for _, hour := range n.Get("scheduledInvalidation").AllItems() {
		s.ScheduledInvalidation = append(s.ScheduledInvalidation, hour.Int().V)
	}
	if b := n.Get("securityIntegration").Bool(); b.Set() {
		s.SecurityIntegration = b.V
	}
	if b := n.Get("allowOverflow").Bool(); b.Set() {
		s.AllowOverflow = b.V
	}
	return s
}

// duration reads 10s, 500ms or a bare number of seconds; 0 where nothing is written. The bound of a bare number keeps
// the product within what a Duration can hold.
func (r *reader) duration(n *yamldoc.Node) time.Duration {
	s := n.Str()
	if !s.Set() {
		return 0
	}
	if seconds, err := strconv.ParseFloat(s.V, 64); err == nil && seconds >= 0 && seconds < 1e9 {
		return time.Duration(seconds * 1e9)
	}
	d, err := time.ParseDuration(s.V)
	if err != nil || d < 0 {
		r.report(s.Span(), "%q is no time: want 10s, 500ms or 2m", s.V)
	}
	return d
}

// modifiers are the keys of a step that do nothing by themselves. Every other key is a deed, of which a step has one;
// expect is both: alone in a step it asks for a state.
var modifiers = []string{"form", "as", "repeat", "via", "to", "after", "host", "new", "next", "expect"}

// step reads a step: one deed, and what belongs to it.
func (r *reader) step(n *yamldoc.Node) *Step {
	s := &Step{At: n.Span}
	var deeds []yamldoc.Field
	for _, f := range n.Fields {
		if !slices.Contains(modifiers, f.Name) {
			deeds = append(deeds, f)
		}
	}
	e := n.Get("expect")
	switch {
	case len(deeds) == 0 && e != nil:
		s.do, s.At = doExpect, n.Field("expect").NameSpan
		s.expect = r.expectation(e, stateFields)
		return s
	case len(deeds) != 1:
		r.report(n.Span, "a step does one thing, and this one %s", several(deeds))
		return s
	}
	s.At = deeds[0].NameSpan
	if e != nil {
		s.expect = r.expectation(e, answerFields)
	}
	r.deed(s, n, deeds[0])
	if s.do != doRequest {
		for _, name := range modifiers {
			if f := n.Field(name); f != nil && !(name == "next" && s.do == doNewProcess) {
				r.report(f.NameSpan, "%s belongs to a request, and this step is %s", name, s.do)
			}
		}
	}
	return s
}

func several(deeds []yamldoc.Field) string {
	var names []string
	for _, f := range deeds {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return "nothing: want get, kill, tick or another"
	}
	return strings.Join(names, " and ")
}

// deed reads the one key of a step that says what is done. The word of an order that only names members (kill, tick,
// start ...) is the key itself.
func (r *reader) deed(s *Step, n *yamldoc.Node, f yamldoc.Field) {
	s.do = f.Name
	switch f.Name {
	case "get", "post":
		s.do = doRequest
		s.request = r.request(n, f)
	case doParallel:
		for _, item := range f.Value.Items {
			one := r.step(item)
			if one.do == doParallel || one.do == doExpect {
				r.report(one.At, "requests and orders are done at the same time, and this step is %s", one.do)
			}
			s.steps = append(s.steps, one)
		}
	case doAdvance, doSleep:
		s.wait = r.duration(f.Value)
	case doStore:
		if s.down = f.Value.Str().V == "down"; !s.down && f.Value.Str().V != "up" {
			r.report(f.Value.Span, "the store is down or up")
		}
	case doNewProcess:
		s.process, s.next = f.Value.Int().V-1, n.Get("next").Str().V
	case doFailpoint, doFault:
		s.members, s.moment, s.how = texts(f.Value.Get("member")), f.Value.Get("at").Str().V, f.Value.Get("do").Str().V
		s.wait, s.times = r.duration(f.Value.Get("for")), max(f.Value.Get("times").Int().V, 1)
		// A failpoint without a deed kills, since that is what most are for; the schema lets no fault be without.
		if s.how == "" {
			s.how = doKill
		}
	default:
		s.members = texts(f.Value)
	}
}

// request reads what a client sends. Defaults stand here, so that whoever runs it finds values: once, through the
// first process, by the client without a name.
func (r *reader) request(n *yamldoc.Node, f yamldoc.Field) *request {
	q := &request{method: strings.ToUpper(f.Name), path: f.Value.Str().V, client: n.Get("as").Str().V,
		host: n.Get("host").Str().V, to: n.Get("to").Str().V, repeat: max(n.Get("repeat").Int().V, 1),
		process: max(n.Get("via").Int().V, 1) - 1,
		fresh:   n.Get("new").Bool().V, after: r.duration(n.Get("after"))}
	if !strings.HasPrefix(q.path, "/") {
		r.report(f.Value.Span, "%q is no path: it begins with a slash", q.path)
	}
	form := n.Field("form")
	if form == nil {
		return q
	}
	if f.Name == "get" {
		r.report(form.NameSpan, "form belongs to a post")
	}
	q.form = url.Values{}
	for _, field := range form.Value.Fields {
		q.form.Set(field.Name, field.Value.Str().V)
	}
	return q
}

// The fields that an answer has, and those of a state. expectation tells by which of the two lists it is given what
// it reads.
var (
	answerFields = []string{"status", "member", "attempts", "marked", "cookie", "session", "count", "lost", "applied",
		"late", "written", "replicas", "steps", "user", "text", "header", "location"}
	stateFields = []string{"owner", "holders", "unprotected", "crossovers", "written", "up"}
)

// expectation reads what must be so, of an answer or of a state. A field of the other kind is named as such, with
// what there is in its place: that a state needs a step of its own is what people get wrong here.
func (r *reader) expectation(n *yamldoc.Node, known []string) expectation {
	e := expectation{}
	isState := &known[0] == &stateFields[0]
	for _, f := range n.Fields {
		switch {
		case isState && f.Name == "as":
			e.client = f.Value.Str().V
		case !isState && f.Name == "predicted":
			e.predicted = f.Value.Bool()
		case !isState && f.Name == "certain":
			e.certain = f.Value.Bool()
		case f.Name == "header":
			for _, h := range f.Value.Fields {
				e.fields = append(e.fields, wanted{"header " + h.Name, []string{h.Value.Str().V}, h.NameSpan})
			}
		case f.Name == "cookie" && r.peerToPeer:
			e.fields = append(e.fields, wanted{f.Name, []string{withPartition(f.Value.Str().V)}, f.NameSpan})
		case slices.Contains(known, f.Name):
			e.fields = append(e.fields, wanted{f.Name, plain(texts(f.Value)), f.NameSpan})
		case isState:
			r.report(f.NameSpan, "%s belongs behind a request; what must be so without one is %s", f.Name,
				strings.Join(stateFields, ", "))
		default:
			r.report(f.NameSpan, "%s is a state, and belongs into a step of its own; an answer has %s", f.Name,
				strings.Join(answerFields, ", "))
		}
	}
	return e
}

func plain(values []diag.Val[string]) []string {
	out := []string{}
	for _, v := range values {
		out = append(out, v.V)
	}
	return out
}
