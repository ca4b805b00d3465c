package yamldoc

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/internal/lazy"
)

const lineWidth = 120 // a map or list that fits is written on one line

// Print writes a tree as YAML that Load reads back as an equal tree: maps and lists of scalars on one line where they
// fit, the rest in block form.
func Print(root *Node) []byte {
	var b bytes.Buffer
	p := printer{&b}
	if root.Kind == Map && len(root.Fields) > 0 {
		p.comment(root.Comment, 0)
		for _, f := range root.Fields {
			// A section that holds maps or lists stands below its key even where it is short.
			p.field(f, 0, f.Value.height() > 1)
		}
	} else {
		b.WriteString(flow(root) + "\n")
	}
	return b.Bytes()
}

// printer writes a tree; depth is how often a line is indented, by two blanks each.
type printer struct{ b *bytes.Buffer }

func (p printer) indent(depth int) { p.b.WriteString(strings.Repeat("  ", depth)) }

// comment writes each line of a text as a comment.
func (p printer) comment(text string, depth int) {
	if text == "" {
		return
	}
	for _, line := range strings.Split(text, "\n") {
		p.indent(depth)
		p.b.WriteString(strings.TrimRight("# "+printable(strings.TrimSpace(line)), " ") + "\n")
	}
}

// printable replaces what must not stand in a comment.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if !plainRune(r) {
			return ' '
		}
		return r
	}, s)
}

// field writes a key and its value; a key that looks like a number is quoted as a value is.
func (p printer) field(f Field, depth int, block bool) {
	p.comment(f.Value.Comment, depth)
	p.indent(depth)
	p.b.WriteString(scalar(NewText(f.Name)) + ":")
	p.value(f.Value, depth, block)
}

// value writes what stands behind a key: on the same line if it fits, unless block demands lines of its own.
func (p printer) value(n *Node, depth int, block bool) {
	if line := flow(n); n.Kind == Scalar || empty(n) || !block && n.oneLine() && len(line)+2*depth < lineWidth {
		p.b.WriteString(strings.TrimRight(" "+line, " ") + "\n")
		return
	}
	p.b.WriteByte('\n')
	if n.Kind == Map {
		for _, f := range n.Fields {
			p.field(f, depth+1, false)
		}
		return
	}
	for _, item := range n.Items {
		p.item(item, depth+1)
	}
}

// item writes an item of a block list; a map's first field stands behind the dash.
func (p printer) item(n *Node, depth int) {
	p.comment(n.Comment, depth)
	p.indent(depth)
	line := flow(n)
	if n.Kind != Map || empty(n) || n.oneLine() && len(line)+2*depth < lineWidth {
		p.b.WriteString("- " + line + "\n")
		return
	}
	// Written as if all fields stood below the dash, which then takes the place of the blanks before the first.
	inner := printer{new(bytes.Buffer)}
	for _, f := range n.Fields {
		inner.field(f, depth+1, false)
	}
	p.b.WriteString("- " + strings.TrimLeft(inner.b.String(), " "))
}

func empty(n *Node) bool { return n.Kind != Scalar && len(n.Fields)+len(n.Items) == 0 }

// oneLine reports whether a node reads well on one line: at most lists and maps of scalars inside, and no comment.
func (n *Node) oneLine() bool { return n.height() <= 2 && !n.commented() }

// commented reports whether a value within a node has a comment, which needs a line.
func (n *Node) commented() bool {
	for _, c := range n.children() {
		if c.Comment != "" || c.commented() {
			return true
		}
	}
	return false
}

// height is how deep values nest in a node: 0 for a scalar and for what is empty.
func (n *Node) height() int {
	h := 0
	for _, c := range n.children() {
		h = max(h, c.height()+1)
	}
	return h
}

// children are the items of a list or the values of a map.
func (n *Node) children() []*Node {
	all := append([]*Node{}, n.Items...)
	for _, f := range n.Fields {
		all = append(all, f.Value)
	}
	return all
}

// flow returns a node on one line.
func flow(n *Node) string {
	switch n.Kind {
	case Map:
		var parts []string
		for _, f := range n.Fields {
			parts = append(parts, scalar(NewText(f.Name))+": "+Flow(f.Value))
		}
		return "{" + strings.Join(parts, ", ") + "}"
	case List:
		var parts []string
		for _, i := range n.Items {
			parts = append(parts, Flow(i))
		}
		return "[" + strings.Join(parts, ", ") + "]"
	}
	return scalar(n)
}

// Flow returns a value as it may stand on one line, by itself or inside a map or list, where an empty value must be
// spelt out.
func Flow(n *Node) string {
	if text := flow(n); text != "" {
		return text
	}
	return "null"
}

var (
	// plain text that no YAML version takes for anything but text, in block and in flow form
	safe = lazy.Regexp(`^[A-Za-z0-9_./$-][A-Za-z0-9_./$@*+-]*( [A-Za-z0-9_./$@+-][A-Za-z0-9_./$@*+-]*)*$`)
	// what some YAML version may take for a number, a time or a date
	numeric = lazy.Regexp(`^[-+]?[.0-9][0-9a-fA-FxXoO_:.eE+-]*$|^[-+.]+(inf|Inf|INF|nan|NaN|NAN)?$`)
	words   = lazy.Regexp(`(?i)^(null|true|false|yes|no|on|off|y|n|~|)$`)
)

// scalar writes a scalar: plain where it stays what it is, else in quotes.
func scalar(n *Node) string {
	s := n.Text
	if !n.Quoted && (isInteger(s) || s == "true" || s == "false" || s == "null" || s == "") {
		return s
	}
	switch {
	case safe().MatchString(s) && !numeric().MatchString(s) && !words().MatchString(s) && !strings.HasPrefix(s, "- ") &&
		!strings.HasPrefix(s, "---") && !strings.HasPrefix(s, "..."):
		return s
	// Single quotes, within which a path of Windows stays as it is.
	case strings.ContainsRune(s, '\\') && !strings.Contains(s, "'") &&
		!strings.ContainsFunc(s, func(r rune) bool { return !plainRune(r) }):
		return "'" + s + "'"
	}
	return quote(s)
}

// plainRune reports whether a character may stand in a YAML file as it is, within a line.
func plainRune(r rune) bool {
	return r >= ' ' && r <= '~' || r >= 0xA0 && r <= 0xD7FF && r != 0x2028 && r != 0x2029 || r >= 0xE000 &&
		r < utf8.RuneError && r != 0xFEFF || r >= 0x10000
}

// quote writes a text in double quotes, in which every character can be escaped.
func quote(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case plainRune(r) || r == utf8.RuneError:
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		default:
			fmt.Fprintf(&b, `\u%04x`, r)
		}
	}
	return b.String() + `"`
}
