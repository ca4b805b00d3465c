package generate

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Origin says what in the topology made a line of the XML.
type Origin struct {
	Text  string // the line, without its indentation
	Span  diag.Span
	Attrs []AttrOrigin
}

// AttrOrigin is an attribute of the line. FlavorDefault: no word of the topology made it, it is the flavor's default.
type AttrOrigin struct {
	Name, Value   string
	Span          diag.Span
	FlavorDefault bool
}

// Origin returns the origin of a line, counted from 1, of the file that XML gives.
// The compiled tree has no lines: it is written, read back, and both trees are walked side by side.
func (o Output) Origin(line int) (Origin, error) {
	src, err := o.XML()
	if err != nil {
		return Origin{}, err
	}
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", src)
	written, _ := parser.Parse(id, src)
	node, text := find(files, o.Doc.Nodes, written.Doc.Nodes, line)
	if node == nil {
		return Origin{}, diag.Errorf("no element stands on line %d of the file of web server %q", line, o.WebServer)
	}
	origin := Origin{Text: text, Span: node.Span}
	for _, a := range node.Attrs {
		// what putDefaults wrote has the element's place and an empty one as that of its name
		origin.Attrs = append(origin.Attrs, AttrOrigin{a.Name, a.Value, a.Span,
			a.Span == node.Span && a.NameSpan == start(a.Span)})
	}
	// as the writer has them on the line
	slices.SortFunc(origin.Attrs, func(a, b AttrOrigin) int { return cmp.Compare(a.Name, b.Name) })
	return origin, nil
}

// find walks the tree that was compiled and the one that was read back side by side: they have the same elements.
func find(files *diag.Files, compiled, read []*parser.Node, line int) (*parser.Node, string) {
	compiled, read = elements(compiled), elements(read)
	for i := range min(len(compiled), len(read)) {
		c, r := compiled[i], read[i]
		from, to := files.Start(r.Span).Line, files.End(r.Span).Line
		if line < from || line > to {
			continue
		}
		if n, text := find(files, c.Children, r.Children, line); n != nil {
			return n, text
		}
		// an element of several lines that none of its children has: its first line is its tag, its last the end tag
		if line == to && line != from {
			return c, "</" + c.Name + ">"
		}
		return c, files.Text(r.Tag)
	}
	return nil, ""
}

func elements(nodes []*parser.Node) []*parser.Node {
	var all []*parser.Node
	for _, n := range nodes {
		if n.Kind == parser.Element {
			all = append(all, n)
		}
	}
	return all
}
