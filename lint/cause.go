package lint

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// One mistake is one finding. A name in another letter case hides what it names: a Route without its cluster, a
// Transport without key store, two clone IDs that are not compared. What follows from that is known once it is written
// right, so the rules see the file both ways, and of all but the letter case only what they say both times is
// reported.

// causes drops the findings of each pass that follow from names in another letter case.
func causes(passes []*Pass, active []*Rule) {
	var mended []*Pass
	for i, p := range passes {
		if !slices.ContainsFunc(p.findings, isCause) {
			continue
		}
		if mended == nil {
			mended = mendAll(passes)
		}
		m := mended[i]
		m.check(active)
		p.dropConsequences(m)
	}
}

func isCause(f *Finding) bool { return f.Rule.Code == diag.WrongLetterCase }

// mendAll returns passes over the files as they are with all names in the right letter case. All files get one, since
// rules about several files look at the others, too; only those with such names are changed.
func mendAll(passes []*Pass) []*Pass {
	mended := make([]*Pass, len(passes))
	for i, p := range passes {
		m := *p
		m.findings, m.Memo, m.Run = nil, new(Memo), mended
		if slices.ContainsFunc(p.findings, isCause) {
			doc := *p.Config.Doc
			doc.Nodes = mend(doc.Nodes, nil)
			m.Config = parser.View(&doc)
			m.Table, m.Rejects = routecheck.New(m.Config)
		}
		mended[i] = &m
	}
	return mended
}

// mend copies nodes with names as they should be. The root keeps its own: what it is called decides whether the file
// is a Config at all.
func mend(nodes []*parser.Node, parent *parser.Node) []*parser.Node {
	out := make([]*parser.Node, len(nodes))
	for i, n := range nodes {
		c := *n
		c.Parent = parent
		if parent != nil && n.Kind == parser.Element {
			c.Name = cmp.Or(FoldedElement(&c), c.Name)
		}
		if typ := parser.TypeOf(&c); typ != nil {
			c.Attrs = mendAttrs(&c, typ)
		}
		c.Children = mend(n.Children, &c)
		out[i] = &c
	}
	return out
}

// mendAttrs corrects names of attributes that the element does not have. The slice is still that of the file as it is,
// so the first change makes a copy.
func mendAttrs(n *parser.Node, typ *parser.ElementType) []parser.Attr {
	attrs := n.Attrs
	for i := range n.Attrs {
		if typ.Attribute(n.Attrs[i].Name) != nil {
			continue
		}
		if right := FoldedAttr(typ, n.Attrs[i].Name); right != "" && n.Attr(right) == nil {
			if &attrs[0] == &n.Attrs[0] {
				attrs = slices.Clone(n.Attrs)
			}
			attrs[i].Name = right
		}
	}
	return attrs
}

// what names a finding: of which rule, and where.
type what struct {
	code string
	span diag.Span
}

// dropConsequences keeps the causes, and what the rules say of the mended file, too. A cause from which an error
// follows is one.
func (p *Pass) dropConsequences(mended *Pass) {
	both := make(map[what]bool, len(mended.findings))
	for _, f := range mended.findings {
		both[what{f.Rule.Code, f.Span}] = true
	}
	blame := newBlame(p)
	p.findings = slices.DeleteFunc(p.findings, func(f *Finding) bool {
		if isCause(f) || both[what{f.Rule.Code, f.Span}] {
			return false
		}
		if f.Severity == diag.Error {
			blame.put(f)
		}
		return true
	})
}

// blame finds the causes of consequences: those in the innermost element around a consequence that holds any.
type blame struct {
	paths  *paths
	causes []*Finding // ordered by place
	done   map[*parser.Node]bool
}

// newBlame collects what is to blame: the names in another letter case that a pass has found.
func newBlame(p *Pass) *blame {
	b := &blame{paths: newPaths(p.Config.Doc), done: map[*parser.Node]bool{}}
	for _, f := range p.findings {
		if isCause(f) {
			b.causes = append(b.causes, f)
		}
	}
	slices.SortFunc(b.causes, func(x, y *Finding) int { return cmp.Compare(x.Span.Start, y.Span.Start) })
	return b
}

// put blames a consequence on its causes: where no element around it holds any, on all of the file. Of each element
// only the first consequence is told.
func (b *blame) put(f *Finding) {
	holder := b.paths.holder(f.Span)
	if holder != nil && f.Rule.Code == diag.MissingRequired && len(b.within(holder.Tag)) > 0 {
		return // the attribute that is missed is the one in another letter case: that is the same said twice
	}
	for n := holder; n != nil; n = n.Parent {
		if in := b.within(n.Span); len(in) > 0 {
			if !b.done[n] {
				worsen(in, f)
			}
			b.done[n] = true
			return
		}
	}
	worsen(b.causes, f)
}

// within returns the causes whose place begins in a span.
func (b *blame) within(span diag.Span) []*Finding {
	find := func(at int32) int {
		i, _ := slices.BinarySearchFunc(b.causes, at, func(f *Finding,
			at int32) int {
			return cmp.Compare(f.Span.Start, at)
		})
		return i
	}
	return b.causes[find(span.Start):find(span.End)]
}

// worsen tells the error that follows with the causes of it.
func worsen(causes []*Finding, f *Finding) {
	so := "; so "
	if len(causes) > 1 {
		so = "; so, with other names in another letter case, "
	}
	for _, c := range causes {
		if c.Severity != diag.Error {
			c.Severity = diag.Error
			c.word()
			f.word()
			c.Message += so + f.Message
		}
	}
}

// FoldedElement returns the known child of the parent that an element differs from in letter case only, "" otherwise.
func FoldedElement(n *parser.Node) string {
	for _, name := range ChildNames(parser.TypeOf(n.Parent)) {
		if name != n.Name && strings.EqualFold(name, n.Name) {
			return name
		}
	}
	return ""
}

// FoldedAttr returns the attribute of the element that a name differs from in letter case only, "" otherwise.
func FoldedAttr(t *parser.ElementType, name string) string {
	for _, a := range t.Attributes {
		if a.Name != name && strings.EqualFold(a.Name, name) {
			return a.Name
		}
	}
	return ""
}

// ChildNames lists the elements that may stand in one, none for an unknown one.
func ChildNames(t *parser.ElementType) []string {
	if t == nil {
		return nil
	}
	out := make([]string, len(t.Children))
	for i, c := range t.Children {
		out[i] = c.Name
	}
	return out
}
