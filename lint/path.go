package lint

import (
	"fmt"
	"sort"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Path names the place of a span by the elements around it, as /Config/ServerCluster[@Name="shop"]/Server[@Name="m1"]/@CloneID. It stays
// the same when lines move, which is what a baseline and the fingerprints of SARIF hang on.
func Path(doc *parser.Document, span diag.Span) string {
	n := holder(doc, span)
	if n == nil {
		return "/"
	}
	path := ""
	for up := n; up != nil; up = up.Parent {
		siblings := doc.Nodes
		if up.Parent != nil {
			siblings = up.Parent.Children
		}
		path = "/" + up.Name + identity(up, siblings) + path
	}
	for i := range n.Attrs {
		if a := &n.Attrs[i]; a.Span.Contains(span) || a.NameSpan.Contains(span) {
			return path + "/@" + a.Name
		}
	}
	return path
}

// holder returns the innermost element around a span. In content that was built its elements stand in no order in their file: there it is
// the first one with an attribute, else with a name, at the span.
func holder(doc *parser.Document, span diag.Span) *parser.Node {
	var found *parser.Node
	for n := around(doc.Nodes, span); n != nil; n = around(n.Children, span) {
		found = n
	}
	if found != nil || span.IsZero() || !built(doc) {
		return found
	}
	for n := range doc.All() {
		for i := range n.Attrs {
			if n.Attrs[i].Span == span {
				return n
			}
		}
		if found == nil && (n.NameSpan == span || n.Span == span) {
			found = n
		}
	}
	return found
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

// identity tells an element from its siblings: by its name, by what a Route names, else by its number among those alike.
func identity(n *parser.Node, siblings []*parser.Node) string {
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
	place := 0
	for _, s := range siblings {
		if s.Kind == parser.Element && s.Name == n.Name {
			place++
		}
		if s == n {
			break
		}
	}
	return fmt.Sprintf("[%d]", place)
}
