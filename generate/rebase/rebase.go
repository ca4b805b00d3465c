package rebase

import (
	"fmt"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Prefer says which file counts where both changed one thing.
type Prefer uint8

const (
	Nobody Prefer = iota // a conflict is an error
	Edited
	New
)

// Preferences are the names of who may be preferred.
var Preferences = []string{"nobody", "edited", "new"}

// Input is the three files: Base is what was generated, Edited what became of it by hand, New what is generated now.
type Input struct{ Base, Edited, New *parser.Config }

// Result is the edited file with what New changed. With an error among the conflicts it must not be used.
type Result struct {
	XML       []byte
	Conflicts []diag.Diagnostic // at their places in the edited file, and in the new one where something stands there
}

// Rebase merges three files that were parsed without an error. The error says why there is no result.
// What New did not change keeps its bytes: the result is the edited file with edits on spans, and it is read back.
func Rebase(files *diag.Files, in Input, prefer Prefer) (*Result, error) {
	for _, cfg := range []*parser.Config{in.Base, in.Edited, in.New} {
		if cfg.Node == nil {
			return nil, fmt.Errorf("%s is not a whole plugin-cfg.xml", files.Name(cfg.Doc.File))
		}
	}
	m := &rebase{files: files, prefer: prefer}
	m.element(in.Base.Node, in.Edited.Node, in.New.Node)
	src := files.Source(in.Edited.Doc.File)
	out, err := diag.Apply(src, m.edits)
	if err != nil {
		return nil, err
	}
	if _, reports := parser.Parse(0, out); diag.Worst(reports) == diag.Error {
		return nil, fmt.Errorf("the merged file cannot be read back: %s", reports[0].Message)
	}
	diag.Sort(m.conflicts)
	return &Result{XML: out, Conflicts: m.conflicts}, nil
}

// rebase collects edits of the edited file. The three trees are walked together and never changed.
type rebase struct {
	files     *diag.Files
	prefer    Prefer
	edits     []diag.Edit
	conflicts []diag.Diagnostic
}

// conflict notes that both changed one thing, and reports whether New counts there.
func (m *rebase) conflict(at, other diag.Span, format string, args ...any) bool {
	d := diag.Diagnostic{Span: at, Severity: diag.Warning,
		Related: []diag.Related{{Span: other, Message: "the new file"}},
		Message: diag.Sprintf(format, args...) + diag.Sprintf(" (there at %s)", m.files.Start(other))}
	switch m.prefer {
	case Nobody:
		d.Severity = diag.Error
	case Edited:
		d.Message += "; the edited file counts"
	case New:
		d.Message += "; the new file counts"
	}
	m.conflicts = append(m.conflicts, d)
	return m.prefer == New
}

// element merges an element that the edited and the new file have; base is nil where both added it.
func (m *rebase) element(base, edited, renewed *parser.Node) {
	m.attributes(base, edited, renewed)
	m.children(base, edited, renewed)
}
