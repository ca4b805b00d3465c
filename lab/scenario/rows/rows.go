// Package rows reads the matrix of what becomes of sessions, and which tests of scenario files stage each of its rows.
package rows

import (
	"bytes"
	"fmt"
	"io/fs"
	"strings"

	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/parser/diag"
)

// Row is a row of the matrix: what happens under which settings, and the tests that stage it.
type Row struct {
	Number, Persistence, Settings, Happens, Outcome string

	Unstaged string // why no test stages it, "" where some do
	Tests    []Test
}

// Test is a test of a scenario file.
type Test struct {
	Name string // of the file
	File *scenario.File
	Test *scenario.Test
}

// Needs is a program that the test needs, "" for none.
func (t *Test) Needs() string {
	if t.Test.Setup.Grid == "redis" {
		return "redis-server"
	}
	return ""
}

// Read reads rows.tsv and the scenarios beside it; what has no tests is a topology. Every row has a test or a
// reason why it has none, and no test names a row that there is not.
func Read(from fs.FS) ([]*Row, error) {
	text, err := fs.ReadFile(from, "rows.tsv")
	if err != nil {
		return nil, err
	}
	var rows []*Row
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		f := strings.Split(line, "\t")
		switch {
		// the names of the columns
		case i == 0:
		case len(f) == 5:
			rows = append(rows, &Row{Number: f[0], Persistence: f[1], Settings: f[2], Happens: f[3], Outcome: f[4]})
		case len(f) == 6:
			rows = append(rows, &Row{f[0], f[1], f[2], f[3], f[4], f[5], nil})
		default:
			return nil, fmt.Errorf("rows.tsv:%d: want 6 columns, got %d", i+1, len(f))
		}
	}
	names, err := fs.Glob(from, "*.yaml")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if err := addTests(rows, from, name); err != nil {
			return nil, err
		}
	}
	for _, r := range rows {
		if (len(r.Tests) == 0) == (r.Unstaged == "") {
			return nil, fmt.Errorf("rows.tsv: row %s: want a test, or a reason why there is none", r.Number)
		}
	}
	return rows, nil
}

// addTests gives each test of a file to its row.
func addTests(rows []*Row, from fs.FS, name string) error {
	src, err := fs.ReadFile(from, name)
	if err != nil || !bytes.Contains(src, []byte("\ntests:")) { // a topology
		return err
	}
	files := diag.NewFiles()
	f, faults := scenario.Read(files, files.Add(name, src))
	if f == nil {
		return fmt.Errorf("%s: %s", files.Start(faults[0].Span), faults[0].Message)
	}
	for _, t := range f.Tests {
		found := t.Row == ""
		for _, r := range rows {
			if r.Number == t.Row {
				r.Tests, found = append(r.Tests, Test{name, f, t}), true
			}
		}
		if !found {
			return fmt.Errorf("%s: there is no row %s", files.Start(t.Name.Span()), t.Row)
		}
	}
	return nil
}
