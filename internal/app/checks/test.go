package checks

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/suite"
)

// Test runs test suites: requests, and what is expected of each.
type Test struct {
	Suites    []string
	Config    *app.Config // in place of the suites' own, nil for those
	Only      string      // a regular expression of the names of the tests that run, "" for all
	Coverage  bool        // find out what no test reaches
	FailUnder *float64    // least percentage that a suite is to cover, which takes Coverage; nil for none
}

// TestAnswer is what came of the suites, as schemas/test.schema.json describes it.
type TestAnswer struct {
	Notes   app.Notes     `json:"-"`
	Version int           `json:"version"`
	Passed  int           `json:"passed"`
	Failed  int           `json:"failed"`
	Suites  []TestedSuite `json:"suites"`
}

// TestedSuite is a suite that ran.
type TestedSuite struct {
	File     string    `json:"file"`
	Tests    []Tested  `json:"tests"`
	Coverage *Coverage `json:"coverage"` // nil where it was not asked for
}

// Tested is a test that ran.
type Tested struct {
	Name     string          `json:"name"`
	Passed   bool            `json:"passed"`
	At       diag.Position   `json:"at"`
	Requests []TestedRequest `json:"requests"`
}

// TestedRequest is a request of a test, and what came of it.
type TestedRequest struct {
	URL      string             `json:"url"`
	Answer   string             `json:"answer"`
	At       diag.Position      `json:"at"`
	Failures []TestFailure      `json:"failures"`
	Expected diag.Position      `json:"-"` // where the suite says what is expected
	Steps    []explain.StepNote `json:"-"` // that decided, where it failed
}

// TestFailure is an expected field that is not so.
type TestFailure struct {
	Field string `json:"field"`
	Want  string `json:"want"`
	Got   string `json:"got"`
}

// Coverage is how much of what is reachable the tests of a suite reach.
type Coverage struct {
	Percent float64        `json:"percent"`
	Kinds   []CoverageKind `json:"kinds"`
}

// CoverageKind counts routes, aliases, URIs or members.
type CoverageKind struct {
	Kind      string      `json:"kind"`
	Covered   int         `json:"covered"`
	Total     int         `json:"total"`
	Uncovered []Uncovered `json:"uncovered"`
}

// Uncovered is something that could be reached and was not.
type Uncovered struct {
	Name string        `json:"name"`
	At   diag.Position `json:"at"`
}

// Run runs the suites, up to the first that cannot be used.
func (t *Test) Run(in app.Input) (*TestAnswer, error) {
	a := &TestAnswer{Version: 1, Suites: []TestedSuite{}}
	run, err := regexp.Compile(t.Only)
	if err != nil {
		return a, app.Wrong("run", ": %w", err)
	}
	if t.FailUnder != nil && !(*t.FailUnder >= 0 && *t.FailUnder <= 100) {
		return a, app.Wrong("fail-under", " %v: want a percentage from 0 to 100", *t.FailUnder)
	}
	for _, path := range t.Suites {
		if err := t.suite(in, path, run, a); err != nil {
			return a, err
		}
	}
	return a, nil
}

func (t *Test) suite(in app.Input, path string, run *regexp.Regexp, a *TestAnswer) error {
	src, err := in.Read(path, nil)
	if err != nil {
		return err
	}
	return t.written(in, path, src, run, a)
}

// errUnfit says that a suite names what its configuration has not.
var errUnfit = errors.New("the suite does not fit its configuration")

// written runs a suite of this text.
func (t *Test) written(in app.Input, path string, src []byte, run *regexp.Regexp, a *TestAnswer) error {
	name, files := app.DisplayName(path), diag.NewFiles()
	s, reports := suite.Read(files, files.Add(name, src))
	if s == nil {
		a.Notes.Add(files, reports)
		return fmt.Errorf("%s: the suite cannot be used", name)
	}
	// Suite and configuration share their files: a failure may point into either.
	load := app.Load{Config: t.configOf(s, path), DecideBy: &s.Assumptions, Files: files}
	l, err := load.Run(in)
	a.Notes = append(a.Notes, l.Notes...)
	if err != nil {
		return err
	}
	// Only the configuration may say which web server it is for, and a suite that says so itself keeps its own.
	if err := s.On(l.Platform); err != nil {
		return err
	}
	results, reports := s.Run(files, l.Table, suite.Options{Run: run, Sessions: l.SessionPolicy(), Flavor: l.Flavor()})
	if len(reports) > 0 {
		a.Notes.Add(files, reports)
		return fmt.Errorf("%s: %w", name, errUnfit)
	}
	out := TestedSuite{File: name, Tests: []Tested{}}
	for i := range results {
		out.Tests = append(out.Tests, tested(files, &results[i]))
		if results[i].Failed() {
			a.Failed++
		} else {
			a.Passed++
		}
	}
	if t.Coverage || t.FailUnder != nil {
		out.Coverage = coverageOf(files, s.Cover(l.Table, results))
	}
	a.Suites = append(a.Suites, out)
	return nil
}

// configOf is the configuration of a suite, whose path leads there from the suite's folder.
func (t *Test) configOf(s *suite.Suite, path string) app.Config {
	if t.Config != nil {
		return *t.Config
	}
	return app.Config{Path: app.Beside(path, s.Config.V), WebServer: s.WebServer}
}

// Short returns the suites that cover less than they are to.
func (t *Test) Short(a *TestAnswer) (short []TestedSuite) {
	for _, s := range a.Suites {
		if t.FailUnder != nil && s.Coverage.Percent < *t.FailUnder {
			short = append(short, s)
		}
	}
	return short
}

// tested is a result with places in the file: the JSON has no spans. Lists are empty and never null.
func tested(files *diag.Files, r *suite.Result) Tested {
	t := Tested{Name: r.Test.Name.V, Passed: !r.Failed(), At: files.Start(r.Test.Name.Span()),
		Requests: []TestedRequest{}}
	for i := range r.Requests {
		q := &r.Requests[i]
		out := TestedRequest{
			URL: q.Request.URL.V, Answer: q.Answer, At: files.Start(q.Request.URL.Span()), Failures: []TestFailure{},
			Expected: files.Start(q.Request.Expect.At), Steps: q.Steps,
		}
		for _, f := range q.Failures {
			out.Failures = append(out.Failures, TestFailure(f))
		}
		t.Requests = append(t.Requests, out)
	}
	return t
}

func coverageOf(files *diag.Files, c suite.Coverage) *Coverage {
	out := &Coverage{Percent: c.Percent(), Kinds: []CoverageKind{}}
	for _, k := range c.Kinds {
		kind := CoverageKind{Kind: k.Kind, Covered: k.Covered, Total: k.Total, Uncovered: []Uncovered{}}
		for _, u := range k.Uncovered {
			kind.Uncovered = append(kind.Uncovered, Uncovered{u.Name, files.Start(u.At)})
		}
		out.Kinds = append(out.Kinds, kind)
	}
	return out
}
