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
	var b strings.Builder
	nodes := doc.Nodes
	var last *parser.Node
	for {
		n := around(nodes, span)
		if n == nil {
			break
		}
		b.WriteByte('/')
		b.WriteString(n.Name)
		b.WriteString(identity(n, nodes))
		last, nodes = n, n.Children
	}
	if last == nil {
		return "/"
	}
	for i := range last.Attrs {
		if a := &last.Attrs[i]; a.Span.Contains(span) || a.NameSpan.Contains(span) {
			b.WriteString("/@" + a.Name)
			break
		}
	}
	return b.String()
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
