package edit

import (
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// What a drain takes away is kept in a comment at its place, so that it can be put back byte by byte:
//
//	<!-- wasplug:drained LoadBalanceWeight=20 2026-11-29 -->
//	<!-- wasplug:drained <Server Name="m1"/> 2026-11-29 -->
var drained = lazy.Regexp(`(?s)^<!-- wasplug:drained (.*) (\d{4}-\d\d-\d\d) -->$`)

const (
	weight = "LoadBalanceWeight"
	absent = "absent" // the attribute was not there: the default counted
)

// keep writes a comment. No comment may hold "--".
// So "--" is written -%2D, and % itself %25, so that kept can tell which it was.
func keep(text, date string) string {
	return "<!-- wasplug:drained " + strings.NewReplacer("%", "%25", "--", "-%2D").Replace(text) + " " + date + " -->"
}

// kept returns what a comment keeps, ok is false for any other node.
func (f *File) kept(n *parser.Node) (text, date string, ok bool) {
	if n.Kind != parser.Comment {
		return "", "", false
	}
	m := drained().FindStringSubmatch(f.raw(n.Span))
	if m == nil {
		return "", "", false
	}
	return strings.NewReplacer("%2D", "-", "%25", "%").Replace(m[1]), m[2], true
}

// keptBefore returns the comment right before an element and the weight that it keeps; nil for none.
// It must be the node right before, as weigh has put it there: with anything but white space between, what it speaks
// of has been moved by somebody.
func (f *File) keptBefore(n *parser.Node) (comment *parser.Node, value, date string) {
	siblings := f.Config.Doc.Nodes
	if n.Parent != nil {
		siblings = n.Parent.Children
	}
	for i := 1; i < len(siblings); i++ {
		if siblings[i] != n {
			continue
		}
		text, date, ok := f.kept(siblings[i-1])
		value, is := strings.CutPrefix(text, weight+"=")
		if ok && is {
			return siblings[i-1], value, date
		}
	}
	return nil, "", ""
}

// keptIn returns the comments in a list that keep the entries of a member, with the entries.
// The entry is parsed, as its Name may be written with references or with other attributes around it.
func (f *File) keptIn(list *parser.ServerList, member string) (comments []*parser.Node, entries []string) {
	if list == nil {
		return nil, nil
	}
	for _, n := range list.Node.Children {
		text, _, ok := f.kept(n)
		if !ok || !strings.HasPrefix(text, "<") {
			continue
		}
		entry, _ := parser.Parse(diag.FileID(0), []byte(text))
		if nodes := entry.Doc.Nodes; len(nodes) == 1 && nodes[0].Attr("Name") != nil &&
			nodes[0].Attr("Name").Value == member {
			comments, entries = append(comments, n), append(entries, text)
		}
	}
	return comments, entries
}
