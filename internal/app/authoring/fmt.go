package authoring

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
)

// Fmt lays a plugin-cfg.xml out as the generators do.
type Fmt struct{ Path string }

// FmtAnswer is the text before and after.
type FmtAnswer struct {
	Notes    app.Notes
	Old, New []byte
}

// Run lays the file out anew. One with an error is left alone: laying it out could turn the error into something else.
func (f *Fmt) Run(in app.Input) (*FmtAnswer, error) {
	a, name := new(FmtAnswer), app.DisplayName(f.Path)
	var err error
	if a.Old, err = in.Read(f.Path, nil); err != nil {
		return a, err
	}
	if content, _ := sniff.Bytes(a.Old); content == sniff.PlainText || content == sniff.Mapping {
		return a, fmt.Errorf("%s is left as it is: it is %s, and fmt lays out a plugin-cfg.xml", name,
			app.WhatItIs(a.Old))
	}
	files := diag.NewFiles()
	cfg, reports := parser.Parse(files.Add(name, a.Old), a.Old)
	// An attribute with a wrong value, say, is laid out as it is: only the syntax is asked about.
	broken := slices.DeleteFunc(reports, func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error || d.Rule.Code != diag.XMLSyntax
	})
	if len(broken) > 0 {
		a.Notes.Add(files, broken)
		return a, fmt.Errorf("%s is not well-formed, so it is left as it is", name)
	}
	var out bytes.Buffer
	if err := parser.Write(&out, cfg.Doc); err != nil {
		return a, err
	}
	a.New = out.Bytes()
	return a, nil
}
