package rebase

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// children takes over which elements New added or removed below an element, and merges those that stayed.
// The order of the edited file is its owner's: what New adds goes behind the element that it follows in the new file,
// wherever that stands now.
func (m *rebase) children(base, edited, renewed *parser.Node) {
	b, e, n := indexed(base), indexed(edited), indexed(renewed)
	for _, key := range e.keys {
		if n.nodes[key] == nil && b.nodes[key] != nil {
			m.gone(b.nodes[key], e.nodes[key], renewed)
		}
	}
	var before *parser.Node // of the edited file: behind it stands what New adds
	var first []*parser.Node
	for _, key := range n.keys {
		switch here := e.nodes[key]; {
		case here != nil:
			m.element(b.nodes[key], here, n.nodes[key])
			before = here
		// taken out by hand, and it stays out
		case b.nodes[key] != nil && !m.comesBack(b.nodes[key], edited, n.nodes[key]):
		case before != nil:
			m.insertBehind(before, n.nodes[key])
		default:
			first = append(first, n.nodes[key])
		}
	}
	m.insertFirst(edited, first)
	if edited.Name == "PrimaryServers" || edited.Name == "BackupServers" {
		m.order(b, e, n, edited)
	}
}

// order takes over in which order New lists servers, which decides who is asked next (R22, R38). That of other
// elements stays as it was edited.
// Only servers that all three files have are ordered: each place of one gets the text of the one that stands there
// now.
func (m *rebase) order(b, e, n index, list *parser.Node) {
	common := func(of index) (keys []string) {
		for _, key := range of.keys {
			if b.nodes[key] != nil && e.nodes[key] != nil && n.nodes[key] != nil {
				keys = append(keys, key)
			}
		}
		return keys
	}
	was, is, now := common(b), common(e), common(n)
	if slices.Equal(was, now) || slices.Equal(is, now) {
		return
	}
	if !slices.Equal(was, is) && !m.conflict(list.NameSpan, n.nodes[now[0]].Parent.NameSpan,
		"the order of %s of %s is changed in both files", list.Name, label(list.Parent)) {
		return
	}
	for i, key := range is {
		m.edits = append(m.edits, diag.Edit{Span: e.nodes[key].Span, New: m.files.Text(e.nodes[now[i]].Span)})
	}
}

// gone takes out an element that New has no more, unless it was edited.
// gone is asked of what base and the edited file have and New has not. What was added by hand is in no base, so it
// stays.
func (m *rebase) gone(base, edited, renewedParent *parser.Node) {
	if !same(base, edited) && !m.conflict(edited.NameSpan, renewedParent.NameSpan,
		"%s is changed in the edited file and removed in the new one", label(edited)) {
		return
	}
	m.edits = append(m.edits, diag.Edit{Span: m.whole(edited)})
}

// comesBack reports whether an element that was taken out by hand is put in again: where it is another one now, and
// the new file counts.
func (m *rebase) comesBack(base, editedParent, renewed *parser.Node) bool {
	return !same(base, renewed) && m.conflict(editedParent.NameSpan, renewed.NameSpan,
		"%s is removed in the edited file and changed in the new one", label(renewed))
}

// insertBehind puts an element of the new file behind one of the edited, on a line of its own where that has one.
func (m *rebase) insertBehind(before, added *parser.Node) {
	end := before.Span.End + m.comment(before)
	m.edits = append(m.edits, diag.Edit{Span: diag.Span{File: before.Span.File, Start: end, End: end},
		New: m.text(added, m.indent(before))})
}

// comment is how long the comment is that stands behind an element and ends its line, 0 for none.
func (m *rebase) comment(n *parser.Node) int32 {
	rest, _, _ := strings.Cut(string(m.files.Source(n.Span.File)[n.Span.End:]), "\n")
	rest = strings.TrimRight(rest, " \t\r")
	text := strings.TrimLeft(rest, " \t")
	if !strings.HasPrefix(text, "<!--") || strings.Index(text, "-->") != len(text)-len("-->") {
		return 0
	}
	return int32(len(rest))
}

// insertFirst puts elements of the new file before all others of their parent, which is opened if it was empty.
// Three blanks a level are what the generators write; a parent with children shows its own.
func (m *rebase) insertFirst(parent *parser.Node, added []*parser.Node) {
	if len(added) == 0 {
		return
	}
	indent := m.indent(parent)
	if indent != "" {
		indent += "   "
	}
	if within := parent.Elements(""); len(within) > 0 {
		indent = m.indent(within[0])
	}
	var b strings.Builder
	for _, n := range added {
		b.WriteString(m.text(n, indent))
	}
	at := diag.Span{File: parent.Tag.File, Start: parent.Tag.End, End: parent.Tag.End}
	if parent.Tag.End == parent.Span.End { // <X/>
		// in place of "/>"
		at.Start -= 2
		m.edits = append(m.edits, diag.Edit{Span: at,
			New: ">" + b.String() + m.indent(parent) + "</" + parent.Name + ">"})
		return
	}
	m.edits = append(m.edits, diag.Edit{Span: at, New: b.String()})
}

// text is an element of the new file, indented as its new neighbours are.
// Its own indentation is a line end and blanks, so every line of it moves, and the inner ones keep their distance.
func (m *rebase) text(n *parser.Node, indent string) string {
	text := m.files.Text(n.Span)
	if own := m.indent(n); own != "" {
		text = strings.ReplaceAll(text, own, indent)
	}
	return indent + text
}

// indent is the line end and the blanks before an element, "" where it does not begin a line.
func (m *rebase) indent(n *parser.Node) string {
	src := m.files.Source(n.Span.File)
	line, start := m.blanksBefore(n)
	if !line {
		return ""
	}
	if start > 0 {
		start--
		if start > 0 && src[start-1] == '\r' {
			start--
		}
	}
	return string(src[start:n.Span.Start])
}

// blanksBefore reports whether only blanks stand before an element on its line, and where the line begins.
func (m *rebase) blanksBefore(n *parser.Node) (line bool, start int) {
	src := m.files.Source(n.Span.File)
	start = int(n.Span.Start)
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	return start > 0 && src[start-1] == '\n', start
}

// whole is an element with its line, where it has lines of its own.
func (m *rebase) whole(n *parser.Node) diag.Span {
	src, span := m.files.Source(n.Span.File), n.Span
	line, start := m.blanksBefore(n)
	stop := int(span.End)
	for stop < len(src) && strings.IndexByte(" \t\r", src[stop]) >= 0 {
		stop++
	}
	if line && stop < len(src) && src[stop] == '\n' {
		span.Start, span.End = int32(start), int32(stop+1)
	}
	return span
}
