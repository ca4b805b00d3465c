package app

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Fmt lays a plugin-cfg.xml out as the generators do.
type Fmt struct{ Path string }

// FmtAnswer is the text before and after.
type FmtAnswer struct {
	Notes    Notes
	Old, New []byte
}

// Run lays the file out anew. One with a fault is left alone: laying it out could turn the fault into something else.
func (f *Fmt) Run(in Input) (*FmtAnswer, error) {
	a, name := new(FmtAnswer), DisplayName(f.Path)
	var err error
	if a.Old, err = in.read(f.Path, nil); err != nil {
		return a, err
	}
	if content, _ := parser.Sniff(a.Old); content == parser.PlainText || content == parser.Mapping {
		return a, fmt.Errorf("%s is left as it is: it is %s, and fmt lays out a plugin-cfg.xml", name, whatItIs(a.Old))
	}
	files := diag.NewFiles()
	cfg, faults := parser.Parse(files.Add(name, a.Old), a.Old)
	broken := slices.DeleteFunc(faults, func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error || d.Rule.Code != diag.XMLSyntax
	})
	if len(broken) > 0 {
		a.Notes.add(files, broken)
		return a, fmt.Errorf("%s is not well-formed, so it is left as it is", name)
	}
	var out bytes.Buffer
	if err := parser.Write(&out, cfg.Doc); err != nil {
		return a, err
	}
	a.New = out.Bytes()
	return a, nil
}
