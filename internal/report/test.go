package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/forms"
)

// Tests are suites that ran, and what of it is shown.
type Tests struct {
	*checks.TestAnswer
	OnlyFailures bool // leave out what passed, in text and JSON
	Coverage     bool // show it in text; JSON holds it where it is known
}

// Test are the formats of suites that ran.
var Test forms.List[Tests]

var _ = Test.Add(forms.AsText(testText))

// testText has a line for each test, and all that is needed to understand one that failed; the counts stand last.
func testText(w io.Writer, t Tests) error {
	for i := range t.Suites {
		s := &t.Suites[i]
		for j := range s.Tests {
			if test := &s.Tests[j]; !test.Passed {
				textFailure(w, test)
			} else if !t.OnlyFailures {
				fmt.Fprintf(w, "ok    %s\n", test.Name)
			}
		}
		if t.Coverage {
			textCoverage(w, s)
		}
	}
	_, err := fmt.Fprintf(w, "%d passed, %d failed\n", t.Passed, t.Failed)
	return err
}

// textFailure shows a failed test: field by field what was expected and what came, then the steps that decided.
func textFailure(w io.Writer, t *checks.Tested) {
	fmt.Fprintf(w, "FAIL  %s\n", t.Name)
	for i := range t.Requests {
		q := &t.Requests[i]
		if len(q.Failures) == 0 {
			continue
		}
		fmt.Fprintf(w, "  request %d: %s\n  %s\n", i+1, q.URL, q.Expected)
		for _, f := range q.Failures {
			fmt.Fprintf(w, "    %s\n      - %s\n      + %s\n", f.Field, f.Want, f.Got)
		}
		for j, step := range q.Steps {
			fmt.Fprintf(w, "    %3d. %s [%s]\n", j+1, step.Text, step.Rule)
		}
	}
}

// textCoverage lists what no test reaches, with its place in the configuration.
func textCoverage(w io.Writer, s *checks.TestedSuite) {
	fmt.Fprintf(w, "\ncoverage of %s: %.1f %% of what is reachable\n", s.File, s.Coverage.Percent)
	for _, k := range s.Coverage.Kinds {
		fmt.Fprintf(w, "  %-8s %d of %d\n", k.Kind, k.Covered, k.Total)
		for _, u := range k.Uncovered {
			fmt.Fprintf(w, "    %s: not covered: %s\n", u.At, u.Name)
		}
	}
}

var _ = Test.Add(forms.AsJSON(testJSON))

// testJSON writes the answer as it is; test.schema.json describes it. Counts are of all tests, also of those left out.
func testJSON(w io.Writer, t Tests) error {
	if !t.OnlyFailures {
		return forms.JSON(w, t.TestAnswer)
	}
	failed := *t.TestAnswer
	failed.Suites = slices.Clone(failed.Suites)
	for i := range failed.Suites {
		s := &failed.Suites[i]
		s.Tests = slices.DeleteFunc(slices.Clone(s.Tests), func(t checks.Tested) bool { return t.Passed })
	}
	return forms.JSON(w, &failed)
}

var _ = Test.Add(forms.AsJUnit(3, testJUnit))

// testJUnit has a suite for each file and a case for each test.
func testJUnit(w io.Writer, t Tests) error {
	var suites []forms.Suite
	for _, s := range t.Suites {
		suite := forms.Suite{Name: s.File}
		for i := range s.Tests {
			c := forms.Case{Name: s.Tests[i].Name, Class: s.File}
			if !s.Tests[i].Passed {
				var text strings.Builder
				textFailure(&text, &s.Tests[i])
				c.Failure = &forms.Failure{Message: firstFailure(&s.Tests[i]), Text: text.String()}
			}
			suite.Cases = append(suite.Cases, c)
		}
		suites = append(suites, suite)
	}
	return forms.JUnit(w, "", suites)
}

// firstFailure is the message of a JUnit case, of which CI systems show one line.
func firstFailure(t *checks.Tested) string {
	for i := range t.Requests {
		for _, f := range t.Requests[i].Failures {
			return fmt.Sprintf("%s: %s: want %s, got %s", t.Requests[i].URL, f.Field, f.Want, f.Got)
		}
	}
	return ""
}
