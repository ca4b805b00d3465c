package editor

import (
	"github.com/wasplug/wasplug/internal/reference"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Hover returns what there is to say of what stands at a place, and where that stands: of an attribute its meaning,
// its default and the source of both, of a Uri who wins its requests; "" for nothing.
func (d *Document) Hover(place int32) (text string, at diag.Span) {
	s := d.at(place)
	switch {
	case s.attr != nil:
		at = s.attr.NameSpan
		if s.inValue {
			at = s.attr.Span
		}
		text = attributePage(s.node, s.attr)
		if s.node.Name == "Uri" && s.attr.Name == "Name" && s.inValue {
			text = d.URIAt(place).page() + "\n" + text
		}
	case s.node != nil && touches(s.node.NameSpan, place):
		at = s.node.NameSpan
		if t := parser.TypeOf(s.node); t != nil {
			text = reference.Page(t.Name)
		}
	}
	return text, at
}

// attributePage is that of the attribute, or of the Property that an element sets.
func attributePage(n *parser.Node, a *parser.Attr) string {
	if n.Name == "Property" && n.Parent != nil {
		if property := propertyOf(n); property != nil {
			return reference.Page(property.Element + "/" + property.Name)
		}
	}
	row := parser.AttributeOf(n, a.Name)
	if row == nil {
		return ""
	}
	return reference.Page(row.Element + "/" + row.Name)
}

// propertyOf is what the table knows of a Property element.
func propertyOf(n *parser.Node) *parser.Attribute {
	if name := n.Attr("Name"); name != nil {
		return parser.TypeOf(n.Parent).Property(name.Value)
	}
	return nil
}
