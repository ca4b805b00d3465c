//go:build !js

// No CI system runs in a browser, which would load encoding/xml for it.

package forms

import (
	"encoding/xml"
	"fmt"
	"io"

	"github.com/wasplug/wasplug/parser/diag"
)

// AsJUnit is the format of CI systems for what passes or fails; what writes it calls [JUnit].
func AsJUnit[T any](place int, write func(io.Writer, T) error) Form[T] {
	return Form[T]{Name: "junit", Place: place, Escape: diag.XML, Write: write}
}

// The JUnit form that CI systems read: suites of cases, each passed or failed. Nobody has fixed it; these are the
// elements that Jenkins, GitLab and others have in common. Counts are attributes, as readers take them from there and
// count not.
type (
	junitRun struct {
		XMLName  xml.Name `xml:"testsuites"`
		Name     string   `xml:"name,attr,omitempty"`
		Tests    int      `xml:"tests,attr"`
		Failures int      `xml:"failures,attr"`
		Suites   []Suite  `xml:"testsuite"`
	}
	Suite struct {
		Name     string `xml:"name,attr"`
		Tests    int    `xml:"tests,attr"`
		Failures int    `xml:"failures,attr"`
		Cases    []Case `xml:"testcase"`
	}
	Case struct {
		Name    string   `xml:"name,attr"`
		Class   string   `xml:"classname,attr"` // by which readers group cases, and name them together with Name
		Failure *Failure `xml:"failure"`        // nil: passed
		Output  string   `xml:"system-out,omitempty"`
	}
	Failure struct {
		Message string `xml:"message,attr"` // of one line, in lists; Text is what a click shows
		Type    string `xml:"type,attr,omitempty"`
		Text    string `xml:",chardata"`
	}
)

// JUnit counts and writes suites. A run with a name is known again by it.
func JUnit(w io.Writer, name string, suites []Suite) error {
	run := junitRun{Name: name, Suites: suites}
	for i := range suites {
		s := &suites[i]
		s.Tests = len(s.Cases)
		for _, c := range s.Cases {
			if c.Failure != nil {
				s.Failures++
			}
		}
		run.Tests, run.Failures = run.Tests+s.Tests, run.Failures+s.Failures
	}
	out, err := xml.MarshalIndent(run, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s%s\n", xml.Header, out)
	return err
}
