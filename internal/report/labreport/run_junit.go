package labreport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lab/scenario"
)

var _ = Runs.Add(forms.AsJUnit(3, labJUnit))

// labJUnit has a suite for each file and a case for each test.
func labJUnit(w io.Writer, l *Run) error {
	var suites []forms.Suite
	for _, f := range l.Files {
		suite := forms.Suite{Name: f.Name}
		for _, r := range f.Results {
			c := forms.Case{Name: r.Test.Name.V, Class: f.Name}
			if r.Failed() {
				var text strings.Builder
				labFailures(&text, r)
				c.Failure = &forms.Failure{Message: labMessage(r), Text: text.String()}
			}
			suite.Cases = append(suite.Cases, c)
		}
		suites = append(suites, suite)
	}
	return forms.JUnit(w, "", suites)
}

// labMessage is the first thing that is wrong: a message is one line. Of a failed test without an error the history
// was checked, so that there is one, or a step failed.
func labMessage(r *scenario.Result) string {
	if r.Err != nil {
		return r.Err.Error()
	}
	for _, s := range r.Steps {
		for _, f := range s.Failures {
			return fmt.Sprintf("%s: %s: %s: want %s, got %s", s.What, s.Verdict, f.Field, f.Want, f.Got)
		}
	}
	for _, f := range r.History.Findings {
		return f.Check + ": " + f.Text
	}
	return string(r.Verdict)
}
