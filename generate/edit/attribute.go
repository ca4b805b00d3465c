package edit

import (
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// write sets an attribute. One that is not there is added at its alphabetical place, where the generators have it.
func write(n *parser.Node, name, value string) diag.Edit {
	if at := n.Attr(name); at != nil {
		return check.ValueEdit(at, value)
	}
	return check.WriteValue(n.Room(name), " "+name+`="`, value, `"`)
}

// remove takes an attribute away, with the blanks before it: what write has added leaves nothing behind.
func remove(n *parser.Node, name string) diag.Edit { return diag.Edit{Span: n.Whole(name)} }
