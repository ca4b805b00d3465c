package check

import "github.com/wasplug/wasplug/parser"

// Elements visits every element with what the table says of it in its place; typ is nil for what is unknown there,
// whose content is not visited.
func (p *Pass) Elements(visit func(n *parser.Node, typ *parser.ElementType)) {
	for _, e := range p.AllElements() {
		visit(e.Node, e.Typ)
	}
}

// Attributes visits the written attributes of known elements with their row, nil for those that the element does not
// have.
func (p *Pass) Attributes(visit func(n *parser.Node, typ *parser.ElementType, at *parser.Attr,
	row *parser.Attribute)) {
	for _, e := range p.AllElements() {
		for k := range e.Rows {
			visit(e.Node, e.Typ, &e.Node.Attrs[k], e.Rows[k])
		}
	}
}

// Element is an element with its type and the rows of its attributes.
type Element struct {
	Node *parser.Node
	Typ  *parser.ElementType
	Rows []*parser.Attribute
}

// AllElements walks the tree once for all rules.
func (p *Pass) AllElements() []Element { return p.walked() }

// walk lists the elements in the order of the file. The content of an unknown one is left out: whatever is in it is as
// unknown.
func walk(nodes []*parser.Node) []Element {
	all := make([]Element, 0, elementsIn(nodes))
	last := map[*parser.ElementType][]*parser.Attribute{}
	var below func(nodes []*parser.Node, parent *parser.ElementType)
	below = func(nodes []*parser.Node, parent *parser.ElementType) {
		for _, n := range nodes {
			if n.Kind != parser.Element {
				continue
			}
			e := Element{Node: n, Typ: parent.Child(n.Name)}
			if n.Parent == nil {
				e.Typ = parser.TypeOf(n)
			}
			if e.Typ != nil {
				e.Rows = rowsOf(n, e.Typ, last[e.Typ])
				last[e.Typ] = e.Rows
			}
			all = append(all, e)
			if e.Typ != nil {
				below(n.Children, e.Typ)
			}
		}
	}
	below(nodes, nil)
	return all
}

func elementsIn(nodes []*parser.Node) (n int) {
	for _, node := range nodes {
		if node.Kind == parser.Element {
			n += 1 + elementsIn(node.Children)
		}
	}
	return n
}

// rowsOf returns the rows of the attributes of an element. Most elements have those of the last one of their type,
// whose rows they share.
func rowsOf(n *parser.Node, typ *parser.ElementType, last []*parser.Attribute) []*parser.Attribute {
	if n.Name != "Property" && len(last) == len(n.Attrs) && named(n.Attrs, last) {
		return last
	}
	rows := make([]*parser.Attribute, len(n.Attrs))
	for i := range n.Attrs {
		rows[i] = rowOf(n, typ, &n.Attrs[i])
	}
	return rows
}

// named reports whether the rows are those of the attributes.
func named(attrs []parser.Attr, rows []*parser.Attribute) bool {
	for i, row := range rows {
		if row == nil || row.Name != attrs[i].Name {
			return false
		}
	}
	return true
}

// rowOf returns the row for an attribute. The Value of a Property of a known name has a row of its own.
func rowOf(n *parser.Node, typ *parser.ElementType, at *parser.Attr) *parser.Attribute {
	if n.Name == "Property" && at.Name == "Value" && n.Parent != nil {
		if name := n.Attr("Name"); name != nil {
			if row := parser.TypeOf(n.Parent).Property(name.Value); row != nil {
				return row
			}
		}
	}
	return typ.Attribute(at.Name)
}
