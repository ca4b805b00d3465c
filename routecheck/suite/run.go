package suite

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/session"
)

// Options say how to run a suite.
type Options struct {
	Run *regexp.Regexp // names of the tests to run, nil for all
	// Sessions is what a topology says of a cluster's sessions, nil when there is none.
	Sessions func(cluster string) session.Policy
	Flavor   string // of the servers, was where it is ""
}

// Result is what came of one test.
type Result struct {
	Test     *Test
	Requests []RequestResult
}

// Failed reports whether any request failed.
func (r *Result) Failed() bool {
	return slices.ContainsFunc(r.Requests, func(q RequestResult) bool { return len(q.Failures) > 0 })
}

// RequestResult is what came of one request.
type RequestResult struct {
	Request  *Request
	Answer   string // in words
	Failures []Failure
	Steps    []explain.StepNote // the deciding steps, of a failed request only
	Ends     []explain.Answer
	Match    match.Match
	Matched  bool
	Tried    []match.MemberID
}

// Failure is one expected field that is not so.
type Failure struct{ Field, Want, Got string }

// Run runs a suite over a table. The diagnostics are of what shows only with the configuration, such as an unknown
// member; with an error among them there are no results.
func (s *Suite) Run(files *diag.Files, table *match.Table, o Options) ([]Result, []diag.Diagnostic) {
	run := &runner{suite: s, files: files, table: table, options: o}
	var scenarios []*explain.Scenario
	var tests []*Test
	for _, t := range s.Tests {
		if o.Run == nil || o.Run.MatchString(t.Name.V) {
			tests, scenarios = append(tests, t), append(scenarios, run.scenario(t))
		}
	}
	// All tests are resolved before the first one runs: a suite that does not fit its configuration has no results.
	if len(run.reports) > 0 {
		diag.Sort(run.reports)
		return nil, run.reports
	}
	var results []Result
	for i, t := range tests {
		results = append(results, run.test(t, scenarios[i]))
	}
	return results, nil
}

type runner struct {
	suite   *Suite
	files   *diag.Files
	table   *match.Table
	options Options
	reports []diag.Diagnostic
}

func (r *runner) report(span diag.Span, format string, args ...any) {
	r.reports = append(r.reports, diag.Diagnostic{Span: span, Severity: diag.Error,
		Message: diag.Sprintf(format, args...)})
}

// scenario resolves the members of a test.
func (r *runner) scenario(t *Test) *explain.Scenario {
	sc := &explain.Scenario{Seed: t.seed, Sessions: &explain.Sessions{Policy: r.policy,
		Settled: choices.SessionChoices(r.suite.Settled)}}
	for _, f := range t.facts {
		cluster, member, err := names.Member(r.table, f.member.V)
		if err != nil {
			r.report(f.member.Span(), "%v", err)
			continue
		}
		stateErr, downErr := f.AddTo(sc, r.table, cluster, member)
		if stateErr != nil {
			r.report(f.member.Span(), "%v", stateErr)
		}
		if downErr != nil {
			r.report(f.down, "%v", downErr)
		}
	}
	for id, member := range t.partition {
		entry := explain.PartitionEntry{ID: id}
		var err error
		if entry.Cluster, entry.Member, err = names.Member(r.table, member.V); err == nil {
			err = explain.FitsPartition(r.table, entry)
		}
		if err != nil {
			r.report(member.Span(), "%v", err)
		}
		sc.Partition = append(sc.Partition, entry)
	}
	for _, q := range t.Requests {
		sc.Requests = append(sc.Requests, q.Timed)
		r.checkExpect(&q.Expect)
	}
	return sc
}

// checkExpect refuses expectations that name nobody: they would fail for the wrong reason, or pass for none.
func (r *runner) checkExpect(e *Expect) {
	if e.Bare.Set() && e.Bare.V != explain.Declined {
		if _, err := strconv.Atoi(e.Bare.V); err != nil && !r.known(e.Bare.V) {
			r.report(e.Bare.Span(), "%q is no member and no cluster of the configuration; want one of them, declined "+
				"or a status", e.Bare.V)
		}
	}
	if e.Cluster.Set() {
		if _, err := names.Cluster(r.table, e.Cluster.V); err != nil {
			r.report(e.Cluster.Span(), "%v", err)
		}
	}
	for _, m := range slices.Concat(e.Members, e.Attempts, e.Marked) {
		if err := r.member(m); err != nil {
			r.report(e.At, "%v", err)
		}
	}
}

func (r *runner) known(name string) bool {
	_, isCluster := r.table.ClusterByName(name)
	return isCluster || r.member(name) == nil
}

// member reports a name that no member has; one that several have is fine in an expectation.
func (r *runner) member(name string) error {
	_, _, err := names.Member(r.table, name)
	if several := (*names.AmbiguousMember)(nil); errors.As(err, &several) {
		return nil
	}
	return err
}

func (r *runner) test(t *Test, sc *explain.Scenario) Result {
	// Certainty costs many runs, and steps a copy of the process: they are worked out where somebody reads them.
	var detail explain.Detail
	for _, q := range t.Requests {
		if q.Expect.Certain.Set() {
			detail |= explain.WithCertainty
		}
	}
	decisions := explain.Explain(r.table, r.files, sc, r.suite.Assumptions, r.suite.Settled, detail)
	out := Result{Test: t}
	for i, q := range t.Requests {
		out.Requests = append(out.Requests, r.judge(q, &decisions[i]))
	}
	if out.Failed() {
		// The same scenario gives the same answer, so asking again for the steps of what failed is right.
		steps := explain.Explain(r.table, r.files, sc, r.suite.Assumptions, r.suite.Settled, detail|explain.WithSteps)
		for i := range out.Requests {
			if len(out.Requests[i].Failures) > 0 {
				out.Requests[i].Steps = steps[i].Steps
			}
		}
	}
	return out
}

// judge compares one decision with what is expected, field by field.
func (r *runner) judge(q *Request, d *explain.Decision) RequestResult {
	out := RequestResult{Request: q, Answer: d.Answers, Ends: d.Ends, Match: d.Result.Match, Matched: d.Result.Matched}
	for _, a := range d.Result.Attempts {
		out.Tried = append(out.Tried, a.Member)
	}
	e := &q.Expect
	check := func(field string, set bool, want, got string) {
		if set && want != got {
			out.Failures = append(out.Failures, Failure{field, want, got})
		}
	}
	members := r.members(d)
	bare(e, d, members, check)
	check("declined", e.Declined.Set(), strconv.FormatBool(e.Declined.V),
		strconv.FormatBool(d.Decision == explain.Declined))
	check("status", e.Status.Set(), strconv.Itoa(e.Status.V), status(d))
	check("cluster", e.Cluster.Set(), e.Cluster.V, orNone(d.Cluster))
	// Members are compared as a set, attempts in their order.
	check("member", e.Members != nil, list(sorted(InCluster(d.Cluster, e.Members))), list(sorted(members)))
	check("attempts", e.Attempts != nil, list(InCluster(d.Cluster, e.Attempts)), attempts(d))
	check("marked", e.Marked != nil, list(sorted(InCluster(d.Cluster, e.Marked))), marked(d))
	check("certain", e.Certain.Set(), strconv.FormatBool(e.Certain.V), strconv.FormatBool(d.Certain))
	check("session", e.Session.Set(), e.Session.V, fate(d))
	for _, part := range e.Outcome {
		check("session "+part.Name, true, part.Want, outcome(d)[part.Name])
	}
	return out
}

// bare compares with the one word that a short expectation is.
func bare(e *Expect, d *explain.Decision, members []string, check func(field string, set bool, want, got string)) {
	if !e.Bare.Set() {
		return
	}
	word := e.Bare.V
	_, err := strconv.Atoi(word)
	switch {
	case word == explain.Declined:
		check("decision", true, word, d.Decision)
	case err == nil:
		check("status", true, word, status(d))
	// A word that is a cluster and a member is the member where one of that name can answer.
	case d.Cluster == word && !slices.Contains(members, word):
		// the cluster is as expected
	default:
		check("answer", true, InCluster(d.Cluster, []string{word})[0], d.Answers[:len(d.Answers)-suffixLen(d)])
	}
}

// suffixLen is the length of " of CLUSTER" in the words of a forwarded answer, so that a bare member name compares
// with the member.
func suffixLen(d *explain.Decision) int {
	if d.Decision == explain.Forward {
		return len(" of ") + len(d.Cluster)
	}
	return 0
}

// members lists the members that can answer, and the errors that the client may get instead.
func (r *runner) members(d *explain.Decision) []string {
	names := []string{}
	for _, a := range d.Ends {
		switch {
		case a.Decision == explain.Forward:
			names = append(names, r.table.MemberName(a.Cluster, a.Member))
		case a.Decision == explain.Errored:
			names = append(names, fmt.Sprintf("(error %d)", a.Status))
		}
	}
	return names
}

const byChance = "(a matter of chance)"

// attempts tells who was tried. Attempts of the decision are empty where chance changes them, those of its run are
// not.
func attempts(d *explain.Decision) string {
	if len(d.Attempts) == 0 && len(d.Result.Attempts) > 0 {
		return byChance
	}
	names := []string{}
	for _, a := range d.Attempts {
		names = append(names, a.Member)
	}
	return list(names)
}

func marked(d *explain.Decision) string {
	if d.Marked == nil {
		return byChance
	}
	return list(sorted(d.Marked))
}

func status(d *explain.Decision) string {
	if d.Status == nil {
		return "(none)"
	}
	return strconv.Itoa(*d.Status)
}

func orNone(s string) string {
	if s == "" {
		return "(none)"
	}
	return s
}

// InCluster returns names of members as answers in a cluster have them: CLUSTER/MEMBER without its cluster. That of
// another cluster stays as it is, so that it is nobody here.
func InCluster(cluster string, names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = strings.TrimPrefix(n, cluster+"/")
	}
	return out
}

// sorted returns names in order, for those that are compared as a set.
func sorted(names []string) []string {
	out := slices.Clone(names)
	slices.Sort(out)
	return out
}

func list(names []string) string {
	if len(names) == 0 {
		return "(none)"
	}
	return strings.Join(names, ", ")
}
