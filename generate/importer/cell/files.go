package cell

import (
	"errors"
	"io"
	"io/fs"
	"path"

	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// read reads one file of the folder and gives its root element; nil where there is no such file, or none that can be
// read, which is then told.
func (c *cell) read(name string) *parser.Node {
	_, _, root := c.open(name)
	return root
}

// open is read, with the file itself. Passwords are masked in it: a warning shows the line that it is about.
func (c *cell) open(name string) (diag.FileID, []byte, *parser.Node) {
	src, err := c.load(name)
	if errors.Is(err, fs.ErrNotExist) {
		return 0, nil, nil
	}
	src = liberty.Masked(src)
	file := c.files.Add(path.Join(c.name, name), src)
	if err != nil {
		c.warn(diag.Span{File: file}, "cannot be read: %v; nothing of it is taken over", err)
		return file, nil, nil
	}
	doc, reports := parser.ParseXML(file, src)
	if diag.Worst(reports) >= diag.Error {
		c.reports = append(c.reports, asWarnings(reports)...)
		c.warn(diag.Span{File: file}, "this file is no whole XML: nothing of it is taken over")
		return file, nil, nil
	}
	for _, n := range doc.Nodes {
		if n.Kind == parser.Element {
			return file, src, n
		}
	}
	return file, src, nil
}

// load reads no more than the parser takes, and one byte.
func (c *cell) load(name string) ([]byte, error) {
	f, err := c.folder.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, parser.MaxSize+1))
}

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
