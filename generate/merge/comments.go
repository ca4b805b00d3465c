package merge

import (
	"fmt"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// comments says which comments of the inputs speak of which element, and which of them the output has already.
type comments struct {
	before map[*parser.Node][]*parser.Node // on the lines before an element
	behind map[*parser.Node][]*parser.Node // on its line
	last   map[*parser.Node][]*parser.Node // behind the last element inside
	all    [][]*parser.Node                // of each input
	placed map[*parser.Node]bool
}

func newComments(inputs []Input) *comments {
	c := &comments{map[*parser.Node][]*parser.Node{}, map[*parser.Node][]*parser.Node{},
		map[*parser.Node][]*parser.Node{}, nil, map[*parser.Node]bool{}}
	for _, in := range inputs {
		c.all = append(c.all, nil)
		c.read(nil, in.Config.Doc.Nodes)
	}
	return c
}

// read attaches the comments among the children of an element, nil for those of the document.
// A comment on a line of its own speaks of what follows, one behind an element on its line of that. The generators'
// stamp at the top is none: the output has a headline of its own.
func (c *comments) read(parent *parser.Node, children []*parser.Node) {
	all := &c.all[len(c.all)-1]
	var waiting []*parser.Node
	var last *parser.Node
	for _, n := range children {
		switch {
		case n.Kind == parser.Element:
			if waiting != nil {
				c.before[n] = waiting
			}
			waiting, last = nil, n
			c.read(n, n.Children)
		case n.Kind != parser.Comment || parent == nil && n.IsStamp():
		case n.Inline && last != nil:
			c.behind[last] = append(c.behind[last], n)
			*all = append(*all, n)
		default:
			waiting = append(waiting, n)
			*all = append(*all, n)
		}
	}
	if parent != nil && waiting != nil {
		c.last[parent] = waiting
	}
}

// add adds a child that stands for elements of the inputs, with what their comments say; each comment once.
func (c *comments) add(parent, child *parser.Node, of ...*parser.Node) {
	for _, n := range of {
		c.put(parent, c.before[n])
	}
	add(parent, child)
	for _, n := range of {
		c.put(parent, c.behind[n])
	}
}

// copy adds a copy of an element with everything inside it.
func (c *comments) copy(parent, n *parser.Node) {
	c.add(parent, clone(n), n)
	c.whole(n)
}

// whole notes that the output has all comments inside an element.
func (c *comments) whole(n *parser.Node) {
	for _, child := range n.Children {
		if child.Kind == parser.Comment {
			c.placed[child] = true
		}
		c.whole(child)
	}
}

// put adds comments that the output does not have yet.
func (c *comments) put(parent *parser.Node, list []*parser.Node) {
	for _, n := range list {
		if !c.placed[n] {
			c.placed[n] = true
			add(parent, clone(n))
		}
	}
}

// recordComments names the comments that have no place in the output, where it does not say the same by one of another
// file.
func (m *merger) recordComments() {
	kept := map[string]bool{}
	for n := range m.comments.placed {
		kept[n.Text] = true
	}
	for file, all := range m.comments.all {
		var lost []*parser.Node
		for _, n := range all {
			if !kept[n.Text] {
				lost = append(lost, n)
			}
		}
		if len(lost) == 0 {
			continue
		}
		what := "a comment of %s is left out: what it speaks of is not written from this file"
		if len(lost) > 1 {
			what = fmt.Sprintf("%d comments of %%s, of which this is the first, are left out: what they speak of is "+
				"not written from this file", len(lost))
		}
		m.add(diag.Diagnostic{Span: lost[0].Span, Severity: diag.Info,
			Message: fmt.Sprintf(what, m.inputs[file].Name)})
	}
}
