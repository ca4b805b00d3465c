package authoring

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/generate/merge"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

// Merge makes one plugin-cfg.xml of several.
type Merge struct {
	Files []string
	Base  string // the one of them whose Config, Log and Properties count; "" the first
	Mode  merge.Mode
	Allow []string // rules, by code or name, whose errors do not matter
}

// MergeAnswer is the merged file. With an error among the conflicts it must not be used.
type MergeAnswer struct {
	Notes     app.Notes
	XML       []byte
	Conflicts []diag.Diagnostic // which the notes tell
}

// Errors lists the rules of the conflicts that are errors.
func (a *MergeAnswer) Errors() (codes []string) {
	for _, d := range a.Conflicts {
		if d.Severity == diag.Error && !slices.Contains(codes, d.Rule.Code) {
			codes = append(codes, d.Rule.Code)
		}
	}
	return codes
}

// Run merges the files.
func (m *Merge) Run(in app.Input) (*MergeAnswer, error) {
	a := new(MergeAnswer)
	if first := slices.Index(m.Files, "-"); first >= 0 && slices.Contains(m.Files[first+1:], "-") {
		return a, app.Misuse("only one of the files can be standard input")
	}
	options, err := m.options()
	if err != nil {
		return a, err
	}
	files := diag.NewFiles()
	var inputs []merge.Input
	for _, path := range m.Files {
		cfg, err := readXML(in, path, files, &a.Notes)
		if err != nil {
			return a, err
		}
		inputs = append(inputs, merge.Input{Name: app.DisplayName(path), Config: cfg})
	}
	result, err := merge.Merge(files, inputs, options)
	// Its place is known to the files alone, not to the error.
	if refused := (*merge.RefusedError)(nil); errors.As(err, &refused) {
		err = fmt.Errorf("%s: %w", files.Start(refused.Span), err)
	}
	if err != nil {
		return a, err
	}
	a.XML, a.Conflicts = result.XML, result.Conflicts
	a.Notes.Add(files, a.Conflicts)
	return a, nil
}

// options checks what does not hang on the files' content.
func (m *Merge) options() (merge.Options, error) {
	options := merge.Options{Mode: m.Mode, Allow: m.Allow}
	if m.Base != "" {
		if options.Base = slices.Index(m.Files, m.Base); options.Base < 0 {
			return options, app.Wrong("base", " %s is none of the files to merge; with --edited FILE it is what that "+
				"was made of", m.Base)
		}
	}
	all := rules.All()
	for _, word := range m.Allow {
		if lint.Lookup(all, word) == nil {
			return options, app.Wrong("allow", " %q: no rule has this code or name%s", word,
				diag.DidYouMean(word, lint.Words(all)))
		}
	}
	return options, nil
}
