package edit

import (
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// write sets an attribute. One that is not there is added at its alphabetical place, where the generators have it.
func write(n *parser.Node, name, value string) diag.Edit {
	if at := n.Attr(name); at != nil {
		return check.ValueEdit(at, value)
	}
	at := end(n, place(n, name))
	return check.WriteValue(diag.Span{File: n.NameSpan.File, Start: at, End: at}, " "+name+`="`, value, `"`)
}

// remove takes an attribute away, with the blanks before it: what write has added leaves nothing behind.
func remove(n *parser.Node, name string) diag.Edit {
	for i := range n.Attrs {
		if n.Attrs[i].Name == name {
			return diag.Edit{Span: diag.Span{File: n.NameSpan.File, Start: end(n, i), End: end(n, i+1)}}
		}
	}
	return diag.Edit{}
}

// place is how many attributes stand before one that is to be added.
func place(n *parser.Node, name string) int {
	for i := range n.Attrs {
		if n.Attrs[i].Name > name {
			return i
		}
	}
	return len(n.Attrs)
}

// end is where the first so many attributes of an element end, the quote of the last one included.
func end(n *parser.Node, attributes int) int32 {
	if attributes == 0 {
		return n.NameSpan.End
	}
	return n.Attrs[attributes-1].Span.End + 1
}
