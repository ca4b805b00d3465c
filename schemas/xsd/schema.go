package xsd

import (
	"bytes"
	"slices"

	"github.com/wasplug/wasplug/parser"
)

// Name is the name by which the schema is asked for.
const Name = "plugin-cfg"

// Schema returns the text of the schema. Only Config may be the root.
func Schema() []byte {
	w := &writer{types: parser.ElementTypes()}
	root := el("schema", "xmlns:xs", "http://www.w3.org/2001/XMLSchema").with(
		documented("plugin-cfg.xml of the web server plug-in of WebSphere Application Server and Liberty, " +
			"as wasplug knows it."))
	for _, t := range w.types {
		if isRoot(t) {
			root.with(w.element(t, t.Name))
		}
	}
	for _, t := range w.types {
		// Those that share their type with another one have it from there.
		if w.typeName(t) == w.ownName(t) {
			root.with(w.groups(t)...).with(w.complexType(t))
		}
	}
	b := bytes.NewBufferString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n")
	root.write(b, 0)
	return b.Bytes()
}

// writer knows all element types, in the order of the table.
type writer struct{ types []*parser.ElementType }

// ownName tells a Server of a cluster from one of a list. Names of types count in the whole schema: the first of a
// name has it alone, another one that of its parent, too.
func (w *writer) ownName(t *parser.ElementType) string {
	for _, other := range w.types {
		if other == t {
			return t.Name
		}
		if other.Name == t.Name {
			break
		}
	}
	return t.Parents[0] + "." + t.Name
}

// typeName is the name of the last type with the same attributes and children: a ServerGroup of V4 is a ServerCluster.
func (w *writer) typeName(t *parser.ElementType) string {
	for _, other := range slices.Backward(w.types) {
		if len(t.Children) > 0 && slices.Equal(other.Attributes, t.Attributes) &&
			slices.Equal(other.Children, t.Children) {
			return w.ownName(other)
		}
	}
	return w.ownName(t)
}

func isRoot(t *parser.ElementType) bool { return slices.Contains(t.Parents, "") }

// element declares an element. What must be unique in it goes by the path to it, for names of constraints count in the
// whole schema.
func (w *writer) element(t *parser.ElementType, path string) *node {
	return el("element", "name", t.Name, "type", w.typeName(t)).
		with(documented(elementText(t)...)).with(w.constraints(t, path)...)
}

// complexType declares what stands in an element and which attributes it has.
func (w *writer) complexType(t *parser.ElementType) *node {
	c := el("complexType", "name", w.ownName(t)).with(w.content(t))
	for _, a := range t.Attributes {
		c.with(attribute(t, a))
	}
	if isRoot(t) { // attributes that IBM's support hands out
		c.with(el("anyAttribute", "processContents", "lax"))
	}
	return c
}
