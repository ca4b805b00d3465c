package lintreport

import (
	"path/filepath"
	"regexp"
	"strings"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

// Findings are what lint has found, and what reports say beside that.
type Findings struct {
	*checks.LintAnswer
	Version string // of wasplug
	Base    string // folder that paths are relative to in formats that want such, "" when unknown
	Colour  bool   // text may hold escape sequences of a terminal
	Counts  bool   // text has how many findings each rule has, instead of the findings
}

// Lint are the formats of findings. Each adds itself where it stands; of those that other programs read a browser has
// none, where nobody would: what writes SARIF brings HTTP with it.
var Lint forms.List[*Findings]

// count returns the number of findings of each severity.
func count(findings []lint.Placed) (errors, warnings, infos int) {
	for i := range findings {
		switch findings[i].Severity {
		case diag.Error:
			errors++
		case diag.Warning:
			warnings++
		default:
			infos++
		}
	}
	return errors, warnings, infos
}

// relative returns the path of a file with slashes, relative to the base where it lies below it: programs look it up
// in a checkout, which lies elsewhere than where lint ran.
func (r *Findings) relative(id diag.FileID) string {
	name, _ := r.within(id)
	return name
}

// within returns the path of a file with slashes: relative to the base where it lies below it, else absolute. Without
// a base it is the name that the file was given.
func (r *Findings) within(id diag.FileID) (name string, inside bool) {
	if name = r.Files.Name(id); name == "<stdin>" { // which is no URI
		return "stdin", true
	}
	name = filepath.Clean(name)
	if r.Base == "" {
		return filepath.ToSlash(name), !filepath.IsAbs(name)
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.Base, name)
	}
	// Rel also answers with ../x, and on Windows fails between two drives; IsLocal tells the first.
	rel, err := filepath.Rel(r.Base, name)
	if err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), true
	}
	return filepath.ToSlash(name), false
}

// suite is a file with its findings, for formats that go file by file.
type suite struct {
	name  string
	found []*lint.Placed
}

// suites are the files that were checked, each also without findings, and behind them whatever else findings stand in:
// a baseline, where an entry matches nothing. What stands in no file is that of "wasplug".
func (r *Findings) suites() (all []suite) {
	places := map[diag.FileID]int{}
	add := func(id diag.FileID, name string) {
		places[id] = len(all)
		all = append(all, suite{name: name})
	}
	for _, id := range r.Checked {
		add(id, r.relative(id))
	}
	for i := range r.Findings {
		f := &r.Findings[i]
		id := f.Span.File
		if _, known := places[id]; !known && id == 0 {
			add(id, "wasplug")
		} else if !known {
			add(id, r.relative(id))
		}
		s := &all[places[id]]
		s.found = append(s.found, f)
	}
	return all
}

// place is a span as the formats want it: lines and columns from 1, columns in code points, the end behind the last
// one. A finding that stands in no file has an empty name and zeros, which most readers refuse: each format decides.
type place struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

func (r *Findings) place(s diag.Span) place {
	start, end := r.Files.Start(s), r.Files.End(s)
	return place{start.File, start.Line, start.Column, end.Line, end.Column}
}

// eachLine reports whether every line of a text has a form. It holds of no lines, too: a report without findings is
// empty in the formats that have a line for each.
func eachLine(text []byte, form *regexp.Regexp) bool {
	for line := range strings.Lines(string(text)) {
		if !form.MatchString(strings.TrimRight(line, "\n")) {
			return false
		}
	}
	return true
}
