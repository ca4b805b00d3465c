package check

import (
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// OfCluster names a cluster in a message; in a fragment it may have no name.
func OfCluster(c *parser.ServerCluster) string {
	if c.Name.V == "" {
		return ""
	}
	return " of cluster " + Quote(c.Name.V)
}

// Plain reports whether a text is made of letters and digits of ASCII and of some other characters.
func Plain(text, others string) bool {
	for i := range len(text) {
		c := text[i]
		if (c|0x20 < 'a' || 'z' < c|0x20) && (c < '0' || '9' < c) && strings.IndexByte(others, c) < 0 {
			return false
		}
	}
	return true
}

// AllOf reports whether a text has none but these characters.
func AllOf(s, chars string) bool { return strings.Trim(s, chars) == "" }

// Others words how many more servers a finding holds for.
func Others(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " and another one"
	}
	return " and " + strconv.Itoa(n) + " others"
}

// IfElse chooses one of two wordings.
func IfElse(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

// Label names an attribute in a message.
func Label(row *parser.Attribute) string {
	if row.Property {
		return "Property " + row.Name
	}
	return row.Name
}

// Title names an element in a message: server "m1", <Config>.
func Title(n *parser.Node) string {
	name := n.Attr("Name")
	if name == nil || n.Name == "Property" || n.Name == "Log" || len(name.Value) > lint.LongWord {
		if n.Name == "Property" && n.Parent != nil {
			return Title(n.Parent)
		}
		return "<" + n.Name + ">"
	}
	return n.Name + " " + Quote(name.Value)
}

// Quote quotes a name, and clips one that would hide the sentence.
func Quote(s string) string { return diag.Quote(lint.ClipWord(s)) }

// List quotes several: "a", "b" and "c".
func List(values []string) string {
	quoted := make([]string, len(values))
	for i, v := range values {
		quoted[i] = Quote(v)
	}
	if len(quoted) < 2 {
		return strings.Join(quoted, "")
	}
	return strings.Join(quoted[:len(quoted)-1], ", ") + " and " + quoted[len(quoted)-1]
}
