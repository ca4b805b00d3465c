// Package report writes the findings of lint in the formats that people and CI systems read.
package report

import (
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

// Report is what a run of lint has found.
type Report struct {
	Files    *diag.Files
	Findings []lint.Placed
	Checked  []diag.FileID // in the order of their names
	FailOn   diag.Severity // least severity that fails, 0 none
	Version  string        // of wasplug
	Base     string        // folder that paths are relative to in formats that want such, "" when unknown
	Colour   bool          // text may hold escape sequences of a terminal
}

type writer func(*Report, io.Writer) error

// form is how a format escapes what no terminal may get.
var formats = []struct {
	name  string
	write writer
	form  diag.Form
}{
	{"text", (*Report).text, diag.Text}, {"oneline", (*Report).oneline, diag.Text}, {"json", (*Report).json, diag.JSON}, {"sarif", (*Report).sarif, diag.JSON},
	{"junit", (*Report).junit, diag.XML}, {"github", (*Report).github, diag.Text}, {"gitlab", (*Report).gitlab, diag.JSON},
}

// Formats lists the names of the formats.
func Formats() []string {
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = f.name
	}
	return names
}

// Write writes the report in a format. An unknown format is an error that names those that there are.
func (r *Report) Write(w io.Writer, format string) error {
	for _, f := range formats {
		if f.name == format {
			if f.name == "text" {
				return f.write(r, w) // it colours
			}
			return f.write(r, diag.VisibleWriter{To: w, Form: f.form})
		}
	}
	return diag.Errorf("no format is called %q: want one of %s", format, strings.Join(Formats(), ", "))
}

// counts returns the number of findings of each severity.
func (r *Report) counts() (errors, warnings, infos int) {
	for i := range r.Findings {
		switch r.Findings[i].Severity {
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

func (r *Report) oneline(w io.Writer) error {
	for i := range r.Findings {
		if _, err := fmt.Fprintln(w, r.Files.Line(r.Findings[i].Diagnostic)); err != nil {
			return err
		}
	}
	return nil
}

// relative returns the path of a file with slashes, relative to the base where it lies below it.
func (r *Report) relative(id diag.FileID) string {
	name, _ := r.within(id)
	return name
}

// within returns the path of a file with slashes: relative to the base where it lies below it, else absolute. Without a base it is the name
// that the file was given.
func (r *Report) within(id diag.FileID) (name string, inside bool) {
	if name = r.Files.Name(id); name == "<stdin>" {
		return "stdin", true
	}
	name = filepath.Clean(name)
	if r.Base == "" {
		return filepath.ToSlash(name), !filepath.IsAbs(name)
	}
	if !filepath.IsAbs(name) {
		name = filepath.Join(r.Base, name)
	}
	rel, err := filepath.Rel(r.Base, name)
	if err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel), true
	}
	return filepath.ToSlash(name), false
}

// spot is a span as the formats want it: lines and columns from 1, columns in code points, the end behind the last one.
type spot struct {
	File      string `json:"file"`
	Line      int    `json:"line"`
	Column    int    `json:"column"`
	EndLine   int    `json:"endLine"`
	EndColumn int    `json:"endColumn"`
}

func (r *Report) spot(s diag.Span) spot {
	start, end := r.Files.Start(s), r.Files.End(s)
	return spot{start.File, start.Line, start.Column, end.Line, end.Column}
}

// failing reports whether a finding makes the run fail.
func (r *Report) failing(f *lint.Placed) bool { return r.FailOn != 0 && f.Severity >= r.FailOn }
