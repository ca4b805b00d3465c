package rules

import "github.com/wasplug/wasplug/parser"

// elements visits every element with what the table says of it in its place; typ is nil for what is unknown there,
// whose content is not visited.
func (p *pass) elements(visit func(n *parser.Node, typ *parser.ElementType)) {
	p.walkElements()
	for i := range p.index.elements {
		visit(p.index.elements[i].node, p.index.elements[i].typ)
	}
}

// attributes visits the written attributes of known elements with their row, nil for those that the element does not
// have.
func (p *pass) attributes(visit func(n *parser.Node, typ *parser.ElementType, at *parser.Attr,
	row *parser.Attribute)) {
	p.walkElements()
	for i := range p.index.elements {
		e := &p.index.elements[i]
		for k := range e.rows {
			visit(e.node, e.typ, &e.node.Attrs[k], e.rows[k])
		}
	}
}

// element is an element with its type and the rows of its attributes.
type element struct {
	node *parser.Node
	typ  *parser.ElementType
	rows []*parser.Attribute
}

// walkElements walks the tree once for all rules.
func (p *pass) walkElements() {
	if p.index.elements != nil {
		return
	}
	p.index.elements = []element{}
	rowFor := map[rowKey]*parser.Attribute{}
	var walk func(nodes []*parser.Node, parent *parser.ElementType)
	walk = func(nodes []*parser.Node, parent *parser.ElementType) {
		for _, n := range nodes {
			if n.Kind != parser.Element {
				continue
			}
			e := element{node: n, typ: parent.Child(n.Name)}
			if n.Parent == nil {
				e.typ = parser.TypeOf(n)
			}
			if e.typ != nil {
				e.rows = rowsOf(n, e.typ, rowFor)
			}
			p.index.elements = append(p.index.elements, e)
			if e.typ != nil {
				walk(n.Children, e.typ)
			}
		}
	}
	walk(p.Config.Doc.Nodes, nil)
}

type rowKey struct {
	typ  *parser.ElementType
	name string
}

func rowsOf(n *parser.Node, typ *parser.ElementType, known map[rowKey]*parser.Attribute) []*parser.Attribute {
	rows := make([]*parser.Attribute, len(n.Attrs))
	for i := range n.Attrs {
		if n.Name == "Property" {
			rows[i] = rowOf(n, typ, &n.Attrs[i])
			continue
		}
		key := rowKey{typ, n.Attrs[i].Name}
		row, ok := known[key]
		if !ok {
			row = typ.Attribute(n.Attrs[i].Name)
			known[key] = row
		}
		rows[i] = row
	}
	return rows
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
