package generate

import (
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// element is a node under construction. What is written by default carries the span of what caused the element.
type element struct {
	*parser.Node
	at diag.Span
}

// The capacities are those of the generators' forms: large topologies have tens of thousands of Uris.
func newElement(name string, at diag.Span) element {
	n := &parser.Node{Kind: parser.Element, Name: name, Span: at, NameSpan: at, Tag: at, Closed: true}
	switch name {
	case "Config", "ServerCluster", "Server":
		n.Attrs = make([]parser.Attr, 0, 12)
	case "Uri", "Transport", "Route":
		n.Attrs = make([]parser.Attr, 0, 3)
	}
	return element{n, at}
}

func (e element) add(children ...element) {
	for _, c := range children {
		c.Parent = e.Node
		e.Children = append(e.Children, c.Node)
	}
}

// put sets an attribute, in place of one of that name.
// The order of attributes does not matter: the writer sorts them, as IBM's tools do.
func (e element) put(name, value string, nameSpan, span diag.Span) {
	attr := parser.Attr{Name: name, Value: value, NameSpan: nameSpan, Span: span}
	if old := e.Attr(name); old != nil {
		*old = attr
		return
	}
	e.Attrs = append(e.Attrs, attr)
}

// drop takes an attribute away, be it a default or not; one that is not there is no mistake.
func (e element) drop(name string) {
	for i := range e.Attrs {
		if e.Attrs[i].Name == name {
			e.Attrs = append(e.Attrs[:i], e.Attrs[i+1:]...)
			return
		}
	}
}

// putDefaults sets what a generator writes when nobody says otherwise. Its name stands nowhere: an empty span says so.
func (e element) putDefaults(pairs ...pair) {
	for _, p := range pairs {
		e.put(p.name, p.value, start(e.at), e.at)
	}
}

// set sets an attribute from a value that may not be written.
func (e element) set(name string, v text) {
	if v.Set() {
		e.put(name, v.V, v.Span(), v.Span())
	}
}

// setOrDrop sets an attribute, or leaves it out when the topology says so.
func (e element) setOrDrop(name string, v text, drop bool) {
	if drop {
		e.drop(name)
		return
	}
	e.set(name, v)
}

// keys sets the attributes for which the topology has keys of its own.
func (e element) keys(n *yamldoc.Node, keys []pair) {
	if n == nil {
		return
	}
	for _, k := range keys {
		if f := n.Field(k.name); f != nil {
			e.put(k.value, f.Value.Text, f.NameSpan, f.Value.Span)
		}
	}
}

// override sets attributes by their own names; an empty value leaves one out.
func (e element) override(n *yamldoc.Node) {
	if n == nil {
		return
	}
	for _, f := range n.Fields {
		if f.Value.Null() {
			e.drop(f.Name)
		} else {
			e.put(f.Name, f.Value.Text, f.NameSpan, f.Value.Span)
		}
	}
}

// raw adds elements that the topology writes out, last in their parent. They are what no key stands for, so that any
// file can be imported.
func (e element) raw(n *yamldoc.Node) {
	if n == nil {
		return
	}
	for _, item := range n.Items {
		child := newElement(item.Get("element").Str().V, item.Span)
		child.override(item.Get("attributes"))
		if t := item.Get("text").Str(); t.Set() {
			child.Children = append(child.Children, &parser.Node{Kind: parser.Text, Text: t.V, Parent: child.Node,
				Span: t.Span(), Closed: true})
		}
		child.raw(item.Get("elements"))
		e.add(child)
	}
}

// property makes a Property; a value that is not Set leaves the attribute out.
func property(name, value text, at diag.Span) element {
	p := newElement("Property", at)
	p.set("Name", name)
	p.set("Value", value)
	return p
}

// properties adds the Property elements of a node that has the keys properties and propertyList: the default ones in
// their order, changed or left out as properties says, then its others; or exactly propertyList.
func (e element) properties(n *yamldoc.Node, defaults []element) {
	if list := n.Get("propertyList"); list != nil {
		for _, item := range list.Items {
			e.add(property(item.Get("name").Str(), item.Get("value").Str(), item.Span))
		}
		return
	}
	written := n.Get("properties")
	used := map[string]bool{}
	for _, p := range defaults {
		name := p.Attr("Name").Value
		if f := written.Field(name); f != nil {
			used[name] = true
			if f.Value.Null() {
				continue
			}
			p = property(diag.Written(name, f.NameSpan), f.Value.Str(), f.NameSpan.To(f.Value.Span))
		}
		e.add(p)
	}
	if written == nil {
		return
	}
	for _, f := range written.Fields {
		if !used[f.Name] && !f.Value.Null() {
			e.add(property(diag.Written(f.Name, f.NameSpan), f.Value.Str(), f.NameSpan.To(f.Value.Span)))
		}
	}
}
