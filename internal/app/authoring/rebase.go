package authoring

import (
	"github.com/wasplug/wasplug/generate/rebase"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Rebase keeps what was edited by hand in a file that is generated anew.
type Rebase struct {
	Base, Edited, New string // files: what was generated, what became of it, what is generated now
	Prefer            rebase.Prefer
}

// Run merges the three files.
func (r *Rebase) Run(in app.Input) (*MergeAnswer, error) {
	a, files := new(MergeAnswer), diag.NewFiles()
	var input rebase.Input
	stdin := 0
	for _, f := range []struct {
		path string
		cfg  **parser.Config
	}{{r.Base, &input.Base}, {r.Edited, &input.Edited}, {r.New, &input.New}} {
		if f.path == "-" {
			stdin++
		}
		// Before the second is read: it would be empty.
		if stdin > 1 {
			return a, app.Misuse("only one of the files can be standard input")
		}
		cfg, err := readXML(in, f.path, files, &a.Notes)
		if err != nil {
			return a, err
		}
		*f.cfg = cfg
	}
	result, err := rebase.Rebase(files, input, r.Prefer)
	if err != nil {
		return a, err
	}
	a.XML, a.Conflicts = result.XML, result.Conflicts
	a.Notes.Add(files, a.Conflicts)
	return a, nil
}
