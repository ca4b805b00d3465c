package parser

import (
	"iter"

	"github.com/wasplug/wasplug/parser/diag"
)

// Kind tells the nodes of a Document apart.
type Kind uint8

const (
	Element     Kind = iota + 1
	Text             // character data that is not white space alone, which is layout and not kept
	Comment          // <!-- ... -->, Text holds what stands between the marks
	CDATA            // <![CDATA[ ... ]]>
	Declaration      // <?xml ...?> and every other processing instruction
	Doctype          // <!DOCTYPE ...>: not read, kept only so that nothing is lost
)

// Document is the lossless tree of a file: writing it unchanged gives the same elements, attributes, values and
// comments.
type Document struct {
	File diag.FileID
	CRLF bool // lines end in CR LF, and Write keeps it so
	// what stands at the top level, in file order: declaration, comments, one root, or several in a fragment
	Nodes []*Node
}

// Node is a node of a Document. A node that was built rather than parsed has spans in the file it was built from
// (a topology, say), or zero spans.
type Node struct {
	Kind     Kind
	Name     string // of an element
	Text     string // of every other kind, references resolved
	Attrs    []Attr
	Children []*Node
	Parent   *Node // nil at the top level

	Span     diag.Span // from the first "<" to the last ">" of the construct
	NameSpan diag.Span // the name in the start tag
	Tag      diag.Span // the whole start tag
	Closed   bool      // false when the end tag is missing: the fault has a diagnostic of its own
	Inline   bool      // of a comment: it follows what is before it on the same line, and Write keeps it there
}

// Attr is an attribute as it was written.
type Attr = diag.Attr

// Attr returns the first attribute of that name, nil when there is none.
func (n *Node) Attr(name string) *Attr {
	if n == nil {
		return nil
	}
	for i := range n.Attrs {
		if n.Attrs[i].Name == name {
			return &n.Attrs[i]
		}
	}
	return nil
}

// Elements returns the child elements of that name in file order; every child element for "".
func (n *Node) Elements(name string) []*Node {
	var found []*Node
	for _, c := range n.Children {
		if c.Kind == Element && (name == "" || c.Name == name) {
			found = append(found, c)
		}
	}
	return found
}

// All returns every element in file order, the ones around it before those within.
func (d *Document) All() iter.Seq[*Node] {
	return func(yield func(*Node) bool) { walk(d.Nodes, yield) }
}

func walk(nodes []*Node, yield func(*Node) bool) bool {
	for _, n := range nodes {
		if n.Kind == Element && (!yield(n) || !walk(n.Children, yield)) {
			return false
		}
	}
	return true
}
