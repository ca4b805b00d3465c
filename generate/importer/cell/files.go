package cell

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// read reads one file of the folder and gives its root element; nil where there is no such file, or none that can be
// read, which is then told.
func (c *cell) read(name string) *parser.Node { return c.open(name).root }

// document is a file of the folder; without a root where there is none that can be read.
type document struct {
	name string
	file diag.FileID
	src  []byte
	root *parser.Node
}

// open is read, with the file itself. Passwords are masked in it: a warning shows the line that it is about.
func (c *cell) open(name string) document {
	d := document{name: path.Join(c.name, name)}
	src, err := c.load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return d
	}
	d.src = liberty.Masked(src)
	d.file = c.files.Add(d.name, d.src)
	if err != nil {
		c.warn(diag.Span{File: d.file}, "cannot be read: %v; nothing of it is taken over", err)
		return d
	}
	doc, reports := parser.ParseXML(d.file, d.src)
	if diag.Worst(reports) >= diag.Error {
		c.warn(reports[0].Span, "this file is no whole XML: nothing of it is taken over")
		return d
	}
	for _, n := range doc.Nodes {
		if n.Kind == parser.Element {
			d.root = n
		}
	}
	return d
}

// load reads no more than the parser takes, and one byte. A pipe is not opened: who writes into it may never come.
// The byte more lets the parser see, and say, that the file is too large.
func (c *cell) load(name string) ([]byte, error) {
	info, err := fs.Stat(c.folder, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, errors.New("it is no file")
	}
	if c.size += info.Size(); c.size > mostOfAll {
		return nil, fmt.Errorf("all files together have more than %d MB", mostOfAll>>20)
	}
	f, err := c.folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, parser.MaxSize+1))
}

// mostOfAll is how many bytes are read of one cell: all files that are told of are kept.
const mostOfAll = 4 * parser.MaxSize

// asWarnings lets one broken file of many be told without the rest being refused.
func asWarnings(reports []diag.Diagnostic) []diag.Diagnostic {
	for i := range reports {
		reports[i].Severity = min(reports[i].Severity, diag.Warning)
	}
	return reports
}

// glob lists the paths that a pattern names, sorted, so that the same folder gives the same topology.
func (c *cell) glob(pattern string) []string {
	names, err := fs.Glob(c.folder, pattern)
	if err != nil {
		c.warn(diag.Span{}, "%s: %v", path.Join(c.name, pattern), err)
	}
	return names
}

func (c *cell) fail(text string) {
	c.reports = append(c.reports, diag.Diagnostic{Severity: diag.Error, Message: c.name + ": " + text})
}

func (c *cell) warn(at diag.Span, format string, args ...any) {
	c.reports = append(c.reports,
		diag.Diagnostic{Span: at, Severity: diag.Warning, Message: diag.Sprintf(format, args...)})
}

// named are the elements of a name without its prefix, the root among them: several objects of one kind stand below
// an <xmi:XMI>, a single one is the root.
func named(root *parser.Node, name string) (all []*parser.Node) {
	if root == nil {
		return nil
	}
	if localName(root.Name) == name {
		return []*parser.Node{root}
	}
	for _, n := range root.Elements("") {
		if localName(n.Name) == name {
			all = append(all, n)
		}
	}
	return all
}
