package xsd

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// content is the content model of an element, nil where it has none. Its children stand in any order.
func (w *writer) content(t *parser.ElementType) *node {
	once, often := split(t)
	switch {
	case len(t.Children) == 0:
		return nil
	case len(once) > 0:
		return el("group", "ref", left(w.ownName(t), once))
	}
	least := "0"
	if t.Child("Transport") != nil { // WP108; another element without children is at most empty of effect
		least = "1"
	}
	return el("choice", "minOccurs", least, "maxOccurs", "unbounded").with(w.elements(t, often)...)
}

// split divides the children of an element by how often they may stand there.
func split(t *parser.ElementType) (once, often []*parser.ElementType) {
	for _, c := range t.Children {
		if c.Doc.Once() {
			once = append(once, c)
		} else {
			often = append(often, c)
		}
	}
	return once, often
}

// elements declares the children of an element.
func (w *writer) elements(t *parser.ElementType, children []*parser.ElementType) (all []*node) {
	for _, c := range children {
		all = append(all, w.element(c, w.ownName(t)+"."+c.Name))
	}
	return all
}

// groups says in the way of a grammar that some children stand at most once, in whatever order: a group for each set
// of those that may still come. It names them: Config.may.Log.RequestMetrics is any number of other elements, then
// perhaps a Log and Config.may.RequestMetrics, or a RequestMetrics and Config.may.Log. XML Schema 1.0 has no other
// way: in its xs:all no element may stand more than once. For n such children there are 2^n groups, and Config has the
// most of them.
func (w *writer) groups(t *parser.ElementType) []*node {
	once, often := split(t)
	if len(once) == 0 {
		return nil
	}
	name := w.ownName(t)
	others := el("choice").with(w.elements(t, often)...).with(ignored(t)...)
	groups := []*node{el("group", "name", name+".others").with(others)}
	for _, c := range once {
		groups = append(groups, el("group", "name", name+"."+c.Name).
			with(el("sequence").with(w.element(c, name+"."+c.Name))))
	}
	for set := range 1 << len(once) {
		var may []*parser.ElementType
		for i, c := range once {
			if set>>i&1 == 1 {
				may = append(may, c)
			}
		}
		groups = append(groups, el("group", "name", left(name, may)).with(rest(name, may)))
	}
	return groups
}

// left names the group of what may stand in an element while the children of a list may still come.
func left(name string, may []*parser.ElementType) string {
	var b strings.Builder
	b.WriteString(name + ".may")
	for _, c := range may {
		b.WriteString("." + c.Name)
	}
	return b.String()
}

// rest is the content of such a group. The next element always tells which of the choices it belongs to, as XML Schema
// demands: each choice begins with another name.
func rest(name string, may []*parser.ElementType) *node {
	body := el("sequence").with(el("group", "ref", name+".others", "minOccurs", "0", "maxOccurs", "unbounded"))
	next := el("choice", "minOccurs", "0")
	for i, c := range may {
		others := append(append([]*parser.ElementType(nil), may[:i]...), may[i+1:]...)
		next.with(el("sequence").with(el("group", "ref", name+"."+c.Name), el("group", "ref", left(name, others))))
	}
	if len(may) > 0 {
		body.with(next)
	}
	return body
}

// ignored declares the elements that are seen in files and mean nothing: ConfigHash, in the form of older Liberty.
func ignored(t *parser.ElementType) (all []*node) {
	for _, a := range t.Attributes {
		if a.Ignored && strings.Contains(a.Doc.Liberty, "child element "+a.Name) {
			all = append(all, el("element", "name", a.Name, "type", "xs:string").with(documented(attributeText(a)...)))
		}
	}
	return all
}
