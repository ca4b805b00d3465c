//go:build !js

package lintreport

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = Lint.Add(forms.Form[*Findings]{Name: "junit", Place: 5, Escape: diag.XML, Write: lintJUnit, Own: ownJUnit})

// junitName names the run, by which a report of ours is known again.
const junitName = "wasplug lint"

// ownJUnit looks at the beginning alone: a report is large, and the name stands on its second line.
func ownJUnit(text []byte) bool {
	return bytes.Contains(text[:min(len(text), 200)], []byte(`<testsuites name="`+junitName+`"`))
}

// lintJUnit writes a suite for each file. What makes the run fail is a failure, all else the output of a passed case.
func lintJUnit(w io.Writer, r *Findings) error {
	var suites []forms.Suite
	for _, s := range r.suites() {
		suites = append(suites, r.junit(s))
	}
	return forms.JUnit(w, junitName, suites)
}

// junit has a case for each failing finding, named so that cases of one file differ. A file without any has one case
// that passed: so a report shows that the file was checked.
func (r *Findings) junit(of suite) forms.Suite {
	s := forms.Suite{Name: of.name}
	var quiet []string
	for _, f := range of.found {
		line := r.Files.Line(f.Diagnostic)
		if !r.Failing(f) {
			quiet = append(quiet, line)
			continue
		}
		at := r.place(f.Span)
		s.Cases = append(s.Cases, forms.Case{
			Name: fmt.Sprintf("%s %s at %d:%d", f.Rule.Code, f.Rule.Name, at.Line, at.Column), Class: s.Name,
			Failure: &forms.Failure{Message: f.Message, Type: f.Severity.String(), Text: line},
		})
	}
	if len(s.Cases) == 0 || len(quiet) > 0 {
		s.Cases = append(s.Cases, forms.Case{Name: "lint", Class: s.Name, Output: strings.Join(quiet, "\n")})
	}
	return s
}
