package main

import (
	"bufio"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/suite"
)

func reportTests(c *cli.Context, format string, all []tested) error {
	switch format {
	case "json":
		return testsJSON(c, all)
	case "junit":
		return testsJUnit(c.App.Writer, all)
	}
	return testsText(c, all)
}

func testsText(c *cli.Context, all []tested) error {
	out := bufio.NewWriter(c.App.Writer)
	w := readable(out, "text")
	ran, failed := 0, 0
	for _, s := range all {
		for i := range s.results {
			r := &s.results[i]
			ran++
			if r.Failed() {
				failed++
				textFailure(w, &s, r)
			} else if !c.Bool("only-failures") {
				fmt.Fprintf(w, "ok    %s\n", r.Test.Name.V)
			}
		}
		if c.Bool("coverage") {
			textCoverage(w, &s)
		}
	}
	fmt.Fprintf(w, "%d passed, %d failed\n", ran-failed, failed)
	return out.Flush()
}

// textFailure shows a failed test: field by field what was expected and what came, then the steps that decided.
func textFailure(w io.Writer, s *tested, r *suite.Result) {
	fmt.Fprintf(w, "FAIL  %s\n", r.Test.Name.V)
	for i := range r.Requests {
		q := &r.Requests[i]
		if len(q.Failures) == 0 {
			continue
		}
		fmt.Fprintf(w, "  request %d: %s\n  %s\n", i+1, q.Request.URL.V, s.files.Start(q.Request.Expect.At))
		for _, f := range q.Failures {
			fmt.Fprintf(w, "    %s\n      - %s\n      + %s\n", f.Field, f.Want, f.Got)
		}
		for j, step := range q.Steps {
			fmt.Fprintf(w, "    %3d. %s [%s]\n", j+1, step.Text, step.Rule)
		}
	}
}

func textCoverage(w io.Writer, s *tested) {
	fmt.Fprintf(w, "\ncoverage of %s: %.1f %% of what is reachable\n", s.name, s.coverage.Percent())
	for _, k := range s.coverage.Kinds {
		fmt.Fprintf(w, "  %-8s %d of %d\n", k.Kind, k.Covered, k.Total)
		for _, u := range k.Uncovered {
			fmt.Fprintf(w, "    %s: not covered: %s\n", s.files.Start(u.At), u.Name)
		}
	}
}

// The JSON of a run, schemas/test.schema.json.
type (
	jsonRun struct {
		Version int         `json:"version"`
		Passed  int         `json:"passed"`
		Failed  int         `json:"failed"`
		Suites  []jsonSuite `json:"suites"`
	}
	jsonSuite struct {
		File     string        `json:"file"`
		Tests    []jsonTest    `json:"tests"`
		Coverage *jsonCoverage `json:"coverage"`
	}
	jsonTest struct {
		Name     string        `json:"name"`
		Passed   bool          `json:"passed"`
		At       diag.Position `json:"at"`
		Requests []jsonRequest `json:"requests"`
	}
	jsonRequest struct {
		URL      string        `json:"url"`
		Answer   string        `json:"answer"`
		At       diag.Position `json:"at"`
		Failures []jsonFailure `json:"failures"`
	}
	jsonFailure struct {
		Field string `json:"field"`
		Want  string `json:"want"`
		Got   string `json:"got"`
	}
	jsonCoverage struct {
		Percent float64    `json:"percent"`
		Kinds   []jsonKind `json:"kinds"`
	}
	jsonKind struct {
		Kind      string          `json:"kind"`
		Covered   int             `json:"covered"`
		Total     int             `json:"total"`
		Uncovered []jsonUncovered `json:"uncovered"`
	}
	jsonUncovered struct {
		Name string        `json:"name"`
		At   diag.Position `json:"at"`
	}
)

func testsJSON(c *cli.Context, all []tested) error {
	run := jsonRun{Version: 1, Suites: []jsonSuite{}}
	for i := range all {
		s := jsonSuite{File: all[i].name, Tests: []jsonTest{}}
		for j := range all[i].results {
			r := &all[i].results[j]
			if r.Failed() {
				run.Failed++
			} else if run.Passed++; c.Bool("only-failures") {
				continue
			}
			s.Tests = append(s.Tests, jsonOf(all[i].files, r))
		}
		if c.Bool("coverage") || c.IsSet("fail-under") {
			s.Coverage = jsonCoverageOf(&all[i])
		}
		run.Suites = append(run.Suites, s)
	}
	enc := json.NewEncoder(readable(c.App.Writer, "json"))
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(run)
}

func jsonOf(files *diag.Files, r *suite.Result) jsonTest {
	t := jsonTest{Name: r.Test.Name.V, Passed: !r.Failed(), At: files.Start(r.Test.Name.Span()), Requests: []jsonRequest{}}
	for i := range r.Requests {
		q := &r.Requests[i]
		out := jsonRequest{URL: q.Request.URL.V, Answer: q.Answer, At: files.Start(q.Request.URL.Span()), Failures: []jsonFailure{}}
		for _, f := range q.Failures {
			out.Failures = append(out.Failures, jsonFailure(f))
		}
		t.Requests = append(t.Requests, out)
	}
	return t
}

func jsonCoverageOf(s *tested) *jsonCoverage {
	out := &jsonCoverage{Percent: s.coverage.Percent(), Kinds: []jsonKind{}}
	for _, k := range s.coverage.Kinds {
		kind := jsonKind{Kind: k.Kind, Covered: k.Covered, Total: k.Total, Uncovered: []jsonUncovered{}}
		for _, u := range k.Uncovered {
			kind.Uncovered = append(kind.Uncovered, jsonUncovered{u.Name, s.files.Start(u.At)})
		}
		out.Kinds = append(out.Kinds, kind)
	}
	return out
}

// The JUnit form that CI systems read: a testsuite for each file, a testcase for each test.
type (
	junitRun struct {
		XMLName  xml.Name     `xml:"testsuites"`
		Tests    int          `xml:"tests,attr"`
		Failures int          `xml:"failures,attr"`
		Suites   []junitSuite `xml:"testsuite"`
	}
	junitSuite struct {
		Name     string      `xml:"name,attr"`
		Tests    int         `xml:"tests,attr"`
		Failures int         `xml:"failures,attr"`
		Cases    []junitCase `xml:"testcase"`
	}
	junitCase struct {
		Name    string        `xml:"name,attr"`
		Class   string        `xml:"classname,attr"`
		Failure *junitFailure `xml:"failure"`
	}
	junitFailure struct {
		Message string `xml:"message,attr"`
		Text    string `xml:",chardata"`
	}
)

func testsJUnit(w io.Writer, all []tested) error {
	var run junitRun
	for i := range all {
		s := junitSuite{Name: all[i].name, Tests: len(all[i].results)}
		for j := range all[i].results {
			r := &all[i].results[j]
			c := junitCase{Name: r.Test.Name.V, Class: all[i].name}
			if r.Failed() {
				s.Failures++
				var text strings.Builder
				textFailure(&text, &all[i], r)
				c.Failure = &junitFailure{firstFailure(r), text.String()}
			}
			s.Cases = append(s.Cases, c)
		}
		run.Tests, run.Failures = run.Tests+s.Tests, run.Failures+s.Failures
		run.Suites = append(run.Suites, s)
	}
	out, err := xml.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(readable(w, "junit"), "%s%s\n", xml.Header, out)
	return err
}

func firstFailure(r *suite.Result) string {
	for i := range r.Requests {
		for _, f := range r.Requests[i].Failures {
			return fmt.Sprintf("%s: %s: want %s, got %s", r.Requests[i].Request.URL.V, f.Field, f.Want, f.Got)
		}
	}
	return ""
}
