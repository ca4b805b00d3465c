package merge

import "github.com/wasplug/wasplug/parser"

// clone copies a node with everything inside it.
func clone(n *parser.Node) *parser.Node {
	c := shallow(n)
	for _, child := range n.Children {
		add(c, clone(child))
	}
	return c
}

// shallow copies a node without its children.
// Spans are kept: they say where in the inputs a finding of lint about the output stands.
func shallow(n *parser.Node) *parser.Node {
	c := *n
	c.Attrs = append([]parser.Attr(nil), n.Attrs...)
	c.Children, c.Parent = nil, nil
	return &c
}

func add(parent, child *parser.Node) {
	child.Parent = parent
	parent.Children = append(parent.Children, child)
}

// setAttr sets an attribute and keeps where it stood.
func setAttr(n *parser.Node, name, value string) {
	if a := n.Attr(name); a != nil {
		a.Value = value
		return
	}
	n.Attrs = append(n.Attrs, parser.Attr{Name: name, Value: value})
}

func element(name string) *parser.Node {
	return &parser.Node{Kind: parser.Element, Name: name, Closed: true}
}
