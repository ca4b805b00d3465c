package rebase

import (
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func quote(text string) string { return diag.Sprintf("%q", text) }

// attributes takes over what New changed of an element's attributes.
// For each attribute: where New says what base said, the edit stays; where both changed it to the same, too. base is
// nil where both added the element: then no attribute was there before.
func (m *rebase) attributes(base, edited, renewed *parser.Node) {
	for _, name := range attributeNames(base, renewed) {
		b, e, n := base.Attr(name), edited.Attr(name), renewed.Attr(name)
		if equal(e, n) || equal(b, n) {
			continue
		}
		if !equal(b, e) && !m.conflict(place(e, edited), place(n, renewed),
			"%s of %s is %s in the edited file, %s in the new one and %s in the base", name, label(edited),
			said(e), said(n), said(b)) {
			continue
		}
		m.edits = append(m.edits, m.write(edited, e, n))
	}
}

// attributeNames are those of base and New: what the edited file alone has is its own.
func attributeNames(nodes ...*parser.Node) (names []string) {
	seen := map[string]bool{}
	for _, n := range nodes {
		if n == nil {
			continue
		}
		for i := range n.Attrs {
			if name := n.Attrs[i].Name; !seen[name] {
				seen[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

func equal(a, b *parser.Attr) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Value == b.Value
}

func said(a *parser.Attr) string {
	if a == nil {
		return "absent"
	}
	return quote(a.Value)
}

// place is where an attribute stands, or its element where it is absent.
func place(a *parser.Attr, n *parser.Node) diag.Span {
	if a != nil {
		return a.Span
	}
	return n.NameSpan
}

// write makes an attribute what it is in the new file, in the text and the quotes of that file: nil takes it away.
func (m *rebase) write(in *parser.Node, old, renewed *parser.Attr) diag.Edit {
	switch {
	case renewed == nil:
		return diag.Edit{Span: in.Whole(old.Name)}
	case old == nil:
		return diag.Edit{Span: in.Room(renewed.Name), New: " " + renewed.Name + "=" + m.files.Text(quoted(renewed))}
	}
	return diag.Edit{Span: quoted(old), New: m.files.Text(quoted(renewed))}
}

// quoted is where a value stands with its quotes.
func quoted(a *parser.Attr) diag.Span {
	return diag.Span{File: a.Span.File, Start: a.Span.Start - 1, End: a.Span.End + 1}
}
