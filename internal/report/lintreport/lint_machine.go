//go:build !js

package lintreport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
)

// ofPrograms are the formats that other programs read.
var ofPrograms = forms.List[*Findings]{
	{Name: "sarif", Write: lintSARIF}, {Name: "junit", Write: lintJUnit}, {Name: "github", Write: lintGitHub},
	{Name: "gitlab", Write: lintGitLab}, {Name: "checkstyle", Write: lintCheckstyle},
}

// lintGitHub writes workflow commands, which GitHub shows at the lines.
func lintGitHub(w io.Writer, r *Findings) error {
	data := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	property := strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
	for i := range r.Findings {
		f := &r.Findings[i]
		kind := f.Severity.String()
		if f.Severity == diag.Info {
			kind = "notice"
		}
		at := r.place(f.Span)
		place := ""
		if at.Line > 0 {
			place = fmt.Sprintf("file=%s,line=%d,endLine=%d,", property.Replace(r.relative(f.Span.File)),
				at.Line, at.EndLine)
			if at.Line == at.EndLine {
				place += fmt.Sprintf("col=%d,endColumn=%d,", at.Column, at.EndColumn)
			}
		}
		_, err := fmt.Fprintf(w, "::%s %stitle=%s::%s\n", kind, place, property.Replace(f.Rule.Code+" "+f.Rule.Name),
			data.Replace(f.Message))
		if err != nil {
			return err
		}
	}
	return nil
}

// lintJUnit writes a suite for each file. What makes the run fail is a failure, all else the output of a passed case.
func lintJUnit(w io.Writer, r *Findings) error {
	var suites []forms.Suite
	for _, id := range r.Checked {
		suites = append(suites, r.suite(id))
	}
	return forms.JUnit(w, "wasplug lint", suites)
}

func (r *Findings) suite(id diag.FileID) forms.Suite {
	s := forms.Suite{Name: r.relative(id)}
	var quiet []string
	for i := range r.Findings {
		f := &r.Findings[i]
		if f.Span.File != id {
			continue
		}
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

// lintGitLab writes the report of GitLab's code quality.
func lintGitLab(w io.Writer, r *Findings) error {
	type lines struct {
		Begin int `json:"begin"`
	}
	type location struct {
		Path  string `json:"path"`
		Lines lines  `json:"lines"`
	}
	type issue struct {
		Description string   `json:"description"`
		Check       string   `json:"check_name"`
		Fingerprint string   `json:"fingerprint"`
		Severity    string   `json:"severity"`
		Location    location `json:"location"`
	}
	severity := map[diag.Severity]string{diag.Error: "critical", diag.Warning: "minor", diag.Info: "info"}
	prints := r.fingerprints()
	out := []issue{}
	for i := range r.Findings {
		f := &r.Findings[i]
		out = append(out, issue{f.Message, f.Rule.Code + " " + f.Rule.Name, prints[i], severity[f.Severity],
			location{r.relative(f.Span.File), lines{max(r.place(f.Span).Line, 1)}}})
	}
	return forms.JSON(w, out)
}
