package edit

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Set sets or removes attributes.
type Set struct{ Assignments []string } // SELECTOR=VALUE, see selector.go

// removed is the value that removes an attribute.
const removed = "-"

// assignment is a value for an attribute of an element.
type assignment struct {
	node  *parser.Node
	row   *parser.Attribute // what the table says of it; one made up for a Property that it does not know
	name  string
	value string
	text  string // as it was asked for
}

// Set returns the edits, none where all values stand there already.
func (f *File) Set(s Set) (*Change, error) {
	var all []assignment
	for _, text := range s.Assignments {
		list, err := f.assignments(text)
		if err != nil {
			return nil, err
		}
		all = append(all, list...)
	}
	// attributes that are added to one element at one place stand there in the order of their edits
	slices.SortStableFunc(all, func(a, b assignment) int { return cmp.Compare(a.name, b.name) })
	c := new(Change)
	for i, a := range all {
		if j := slices.IndexFunc(all[:i], a.same); j >= 0 {
			return nil, unknown("%s and %s are about one attribute", all[j].text, a.text)
		}
		if err := f.assign(c, a); err != nil {
			return nil, err
		}
	}
	return c, nil
}

func (a assignment) same(b assignment) bool { return a.node == b.node && a.name == b.name }

// assign makes the edit of one assignment.
// A value that stands there already is no edit, so that the same command twice changes nothing the second time.
func (f *File) assign(c *Change, a assignment) error {
	at, what := a.node.Attr(a.name), label(a)
	switch {
	case a.value == removed && at == nil:
		c.note("%s is not there", what)
	case a.value == removed:
		c.Edits = append(c.Edits, remove(a.node, a.name))
		c.note("%s: %s -> nothing written, which means %s", what, at.Value, cmp.Or(a.row.Default, a.row.Doc.Default,
			"that it is not set"))
	case at != nil && at.Value == a.value:
		c.note("%s is %s already", what, a.value)
	default:
		edit := write(a.node, a.name, a.value)
		// see check.WriteValue
		if edit.Span.IsZero() {
			return unknown(
				"%s: letters outside of ASCII are not written, since their bytes hang on the encoding of the "+
					"file", a.text)
		}
		c.Edits = append(c.Edits, edit)
		was := "nothing written"
		if at != nil {
			was = at.Value
		}
		c.note("%s: %s -> %s", what, was, a.value)
		if a.row.Check(a.value) == parser.Undocumented {
			c.note("%s: no source says what %s means; allowed is: %s", what, a.value, a.row.Doc.Allowed)
		}
	}
	return nil
}

// label is how notes call what is set.
func label(a assignment) string {
	n, name := a.node, a.name
	if a.row.Property {
		return elementLabel(n.Parent) + " Property " + n.Attr("Name").Value
	}
	return elementLabel(n) + " " + name
}

// elementLabel names an element by its Name; a Transport, which has none, by its member and protocol.
func elementLabel(n *parser.Node) string {
	switch at := n.Attr("Name"); {
	case n.Name == "Transport" && n.Parent != nil:
		return elementLabel(n.Parent) + " Transport " + protocol(n)
	case at != nil && n.Name != "Log" && n.Name != "Config":
		return diag.Sprintf("%s %q", n.Name, at.Value)
	}
	return n.Name
}

// judge says what is wrong with a name and value for an element, nil for nothing.
// A value that no source documents passes, with a note; one that the plug-in cannot read, or that is out of range, is
// refused, as it would count as something else at run time.
func judge(a assignment) error {
	switch {
	case strings.ContainsFunc(a.value, unicode.IsControl):
		return unknown("%q: control characters are not written: XML reads a line end or tab of an attribute as a "+
			"blank, and allows no others", a.text)
	case a.value == removed && a.row.Property:
		return unknown("%s: %q removes attributes, and a Property is an element", a.text, removed)
	case a.value == removed:
		return nil
	}
	switch a.row.Check(a.value) {
	case parser.Unreadable, parser.OutOfRange:
		hint := ""
		if near, ok := a.row.Near(a.value); ok {
			hint = "; did you mean " + near + "?"
		}
		return unknown("%s: %q is no value of %s%s; allowed is: %s", a.text, a.value, a.row.Name, hint,
			cmp.Or(a.row.Doc.Allowed, strings.Join(a.row.Values, ", ")))
	}
	return nil
}

// row finds the attribute of an element in the table.
// Attributes that the plug-in ignores are no use to set.
func row(n *parser.Node, name, text string) (*parser.Attribute, error) {
	t := parser.TypeOf(n)
	if t == nil {
		return nil, unknown("%s: the plug-in knows no element %s there", text, n.Name)
	}
	if a := t.Attribute(name); a != nil && !a.Ignored {
		return a, nil
	}
	var known []string
	for _, a := range t.Attributes {
		if !a.Ignored {
			known = append(known, a.Name)
		}
	}
	hint := diag.DidYouMean(name, known)
	for _, k := range known {
		if strings.EqualFold(k, name) {
			hint = "; it is written " + k
		}
	}
	return nil, unknown("%s: %s has no attribute %q%s; 'wasplug explain %s' lists them",
		text, n.Name, name, hint, n.Name)
}
