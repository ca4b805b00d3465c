package lint

import (
	"fmt"
	"sort"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Placed is a finding with the element path that a baseline and fingerprints name it by.
type Placed struct {
	diag.Diagnostic
	Path string
}

// Place finds the element paths of findings.
func Place(inputs []Input, ds []diag.Diagnostic) []Placed {
	docs := map[diag.FileID]*paths{}
	for _, in := range inputs {
		docs[in.File] = newPaths(in.Config.Doc)
	}
	out := make([]Placed, len(ds))
	for i, d := range ds {
		out[i].Diagnostic = d
		if p := docs[d.Span.File]; p != nil {
			out[i].Path = p.of(d.Span)
		}
	}
	return out
}

// paths names places of a document by the elements around them, as
// /Config/ServerCluster[@Name="shop"]/Server[@Name="m1"]/@CloneID. A name stays the same when lines move, which is
// what a baseline and the fingerprints of SARIF hang on. What was counted once is kept, so that each costs what its
// depth does.
type paths struct {
	doc    *parser.Document
	places map[*parser.Node]int  // among the siblings alike
	known  map[*parser.Node]bool // the elements whose children have their places
	built  bool                  // rather than parsed: the elements within another one stand anywhere
	holds  map[diag.Span]*parser.Node
}

func newPaths(doc *parser.Document) *paths {
	return &paths{doc: doc, places: map[*parser.Node]int{}, known: map[*parser.Node]bool{}, built: built(doc)}
}

// of names the innermost element around a span, or its attribute where the span lies in its name or value; "/" where
// nothing is around it.
func (p *paths) of(span diag.Span) string {
	n := p.holder(span)
	if n == nil {
		return "/"
	}
	path := ""
	for up := n; up != nil; up = up.Parent {
		path = "/" + up.Name + p.identity(up) + path
	}
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Span.Contains(span) || a.NameSpan.Contains(span) {
			return path + "/@" + a.Name
		}
	}
	return path
}

// holder returns the innermost element around a span. In content that was built its elements stand in no order in
// their file: there it is the first one with an attribute, else with a name, at the span.
func (p *paths) holder(span diag.Span) *parser.Node {
	var found *parser.Node
	for n := around(p.doc.Nodes, span); n != nil; n = around(n.Children, span) {
		found = n
	}
	if found != nil || span.IsZero() || !p.built {
		return found
	}
	if p.holds == nil {
		p.holds = holders(p.doc)
	}
	return p.holds[span]
}

// holders returns the first element with an attribute at each span, else the first that stands there.
func holders(doc *parser.Document) map[diag.Span]*parser.Node {
	holds := map[diag.Span]*parser.Node{}
	note := func(span diag.Span, n *parser.Node) {
		if holds[span] == nil {
			holds[span] = n
		}
	}
	for n := range doc.All() {
		for i := range n.Attrs {
			note(n.Attrs[i].Span, n)
		}
	}
	for n := range doc.All() {
		note(n.NameSpan, n)
		note(n.Span, n)
	}
	return holds
}

// built reports whether a document was built rather than parsed: then the elements within another one stand anywhere.
func built(doc *parser.Document) bool {
	for _, n := range doc.Nodes {
		for _, c := range n.Children {
			if !n.Span.Contains(c.Span) {
				return true
			}
		}
	}
	return false
}

// around returns the element that holds a span.
func around(nodes []*parser.Node, span diag.Span) *parser.Node {
	i := sort.Search(len(nodes), func(i int) bool { return nodes[i].Span.End > span.Start })
	if i < len(nodes) && nodes[i].Kind == parser.Element && nodes[i].Span.Contains(span) {
		return nodes[i]
	}
	return nil
}

// identity tells an element from its siblings: by its name, by what a Route names, else by its number among those
// alike.
func (p *paths) identity(n *parser.Node) string {
	if name := n.Attr("Name"); name != nil {
		return fmt.Sprintf("[@Name=%q]", name.Value)
	}
	if n.Name == "Route" {
		var refs []string
		for _, a := range n.Attrs {
			refs = append(refs, fmt.Sprintf("@%s=%q", a.Name, a.Value))
		}
		sort.Strings(refs)
		return "[" + strings.Join(refs, " ") + "]"
	}
	if n.Parent == nil || n.Name == "PrimaryServers" || n.Name == "BackupServers" {
		return ""
	}
	if !p.known[n.Parent] {
		p.known[n.Parent] = true
		count := map[string]int{}
		for _, s := range n.Parent.Children {
			if s.Kind == parser.Element {
				count[s.Name]++
				p.places[s] = count[s.Name]
			}
		}
	}
	return fmt.Sprintf("[%d]", p.places[n])
}
