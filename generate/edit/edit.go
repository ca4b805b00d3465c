package edit

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// File is a plugin-cfg.xml that is to be changed.
type File struct {
	Config *parser.Config
	Table  *routecheck.Table

	files *diag.Files
	id    diag.FileID
	sem   choices.Assumptions
}

// Change is what is to be written, and what there is to say of it.
// Edits are on spans of the file as it was read, do not overlap, and are none where there is nothing to do; Notes are
// there then, too.
type Change struct {
	Edits []diag.Edit
	Notes []string
}

// Refusal says why a change is not made although it could be.
type Refusal struct {
	Text  string
	Force bool // --force makes it all the same
}

func (r *Refusal) Error() string { return r.Text }

// Unknown says that what was asked for names nothing of the file, or asks for no value: the request is wrong.
type Unknown struct{ err error }

func (u *Unknown) Error() string { return u.err.Error() }
func (u *Unknown) Unwrap() error { return u.err }

func unknown(format string, args ...any) error { return &Unknown{diag.Errorf(format, args...)} }

func refused(force bool, format string, args ...any) error {
	return &Refusal{fmt.Sprintf(format, args...), force}
}

// Read takes the bytes of a file. One that is not well-formed is an error, with what is reported: what its elements
// are is a guess.
// Everything else that lint would find is no reason to refuse: a file that is in use must be drainable, faults and
// all.
func Read(files *diag.Files, id diag.FileID) (*File, []diag.Diagnostic, error) {
	cfg, reports := parser.Parse(id, files.Source(id))
	broken := slices.DeleteFunc(reports, func(d diag.Diagnostic) bool {
		return d.Severity != diag.Error || d.Rule.Code != diag.XMLSyntax
	})
	if len(broken) > 0 {
		return nil, broken, fmt.Errorf("%s is not well-formed, so it is left as it is", files.Name(id))
	}
	table, _ := routecheck.New(cfg)
	sem, err := choices.Defaults("latest", choices.Platforms()[0])
	return &File{Config: cfg, Table: table, files: files, id: id, sem: sem}, nil, err
}

// Apply returns the bytes of the file after a change.
func (f *File) Apply(c *Change) ([]byte, error) { return diag.Apply(f.files.Source(f.id), c.Edits) }

// after is the file as a change makes it, for the questions that are asked before it is written.
func (f *File) after(c *Change) (*File, error) {
	src, err := f.Apply(c)
	if err != nil {
		return nil, err
	}
	files := diag.NewFiles()
	changed, _, err := Read(files, files.Add(f.files.Name(f.id), src))
	return changed, err
}

func (c *Change) note(format string, args ...any) {
	c.Notes = append(c.Notes, fmt.Sprintf(format, args...))
}

// raw is what is written at a span, references and all.
// What is put back later must be these bytes, not the value that they mean: &amp; stays &amp;.
func (f *File) raw(s diag.Span) string { return f.files.Text(s) }
