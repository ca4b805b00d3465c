package yamldoc

import (
	"encoding/json"
	"strconv"

	"github.com/wasplug/wasplug/parser/diag"
)

// Kind tells the nodes of a YAML file apart.
type Kind uint8

const (
	Scalar Kind = iota + 1 // text, a number, a truth value, or nothing
	Map
	List
)

// Node is a value of a YAML file. A nil Node stands for a value that is not written; every method may be called on it.
// YAML 1.1 and 1.2 differ in what an unquoted text is: 010 is eight or ten, yes is true or a text, 12e4 is a number or
// a clone ID that somebody wrote without quotes. So nothing is converted while it is read, and what somebody asks for
// as a number or a truth value must be one in both.
type Node struct {
	Kind   Kind
	Text   string    // of a scalar: the text as it is meant, escapes resolved, never converted: 010 stays "010"
	Quoted bool      // a scalar in quotes or in block form: text, whatever it looks like
	Fields []Field   // of a map, in the order of the file
	Items  []*Node   // of a list
	Span   diag.Span // of a quoted scalar: what stands between the quotes; of a tree that was built, zero

	Comment string // written above the value by Print; Load reads no comments
}

// Field is a key of a map and its value.
type Field struct {
	Name     string
	NameSpan diag.Span
	Value    *Node
}

// NewText returns a scalar that stays text whatever it looks like.
func NewText(text string) *Node { return &Node{Kind: Scalar, Text: text, Quoted: true} }

// NewPlain returns a scalar that may be read as a number, a boolean or, when it is empty, as null.
func NewPlain(text string) *Node { return &Node{Kind: Scalar, Text: text} }

// NewList returns a list.
func NewList(items ...*Node) *Node { return &Node{Kind: List, Items: items} }

// Put adds a field to a map and returns the map; a nil value adds nothing.
func (n *Node) Put(name string, value *Node) *Node {
	if value != nil {
		n.Fields = append(n.Fields, Field{Name: name, Value: value})
	}
	return n
}

// Field returns the field of a map by its name, nil when there is none.
func (n *Node) Field(name string) *Field {
	if n == nil {
		return nil
	}
	for i := range n.Fields {
		if n.Fields[i].Name == name {
			return &n.Fields[i]
		}
	}
	return nil
}

// Get returns the value of a field of a map, nil when there is none.
func (n *Node) Get(name string) *Node {
	if f := n.Field(name); f != nil {
		return f.Value
	}
	return nil
}

// AllItems returns the items of a list, none where it is not written.
func (n *Node) AllItems() []*Node {
	if n == nil {
		return nil
	}
	return n.Items
}

// AllFields returns the fields of a map, none where it is not written.
func (n *Node) AllFields() []Field {
	if n == nil {
		return nil
	}
	return n.Fields
}

// Null reports whether a value is written as null, ~ or nothing at all.
func (n *Node) Null() bool {
	if n == nil || n.Kind != Scalar || n.Quoted {
		return false
	}
	switch n.Text {
	case "", "~", "null", "Null", "NULL":
		return true
	}
	return false
}

// Str returns a scalar as text. A null is not Set.
func (n *Node) Str() diag.Val[string] {
	if n == nil || n.Kind != Scalar || n.Null() {
		return diag.Val[string]{}
	}
	return valueOf(n, n.Text)
}

// Int returns a scalar as an integer; it is not Set when it is none in the decimal form that the schemas demand.
func (n *Node) Int() diag.Val[int] {
	// In quotes it is text: somebody said so.
	if n == nil || n.Quoted || !isInteger(n.Text) {
		return diag.Val[int]{}
	}
	i, err := strconv.Atoi(n.Text)
	if err != nil {
		return diag.Val[int]{}
	}
	return valueOf(n, i)
}

// Bool returns a scalar as a boolean; it is not Set unless it is written true or false.
func (n *Node) Bool() diag.Val[bool] {
	if n == nil || n.Quoted || n.Text != "true" && n.Text != "false" {
		return diag.Val[bool]{}
	}
	return valueOf(n, n.Text == "true")
}

func valueOf[T any](n *Node, v T) diag.Val[T] {
	return diag.Val[T]{V: v, At: &diag.Attr{Value: n.Text, Span: n.Span}, Valid: true}
}

// isInteger reports whether text is an integer that every YAML version reads alike: no leading zero, no sign but
// minus, no exponent.
func isInteger(text string) bool {
	if len(text) > 0 && text[0] == '-' {
		text = text[1:]
	}
	if text == "" || len(text) > 1 && text[0] == '0' {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}

// Value returns a tree as maps, lists, texts, [json.Number]s, booleans and nil, the form that JSON tools take. Only
// what every YAML version reads alike becomes a number, a boolean or nil.
func (n *Node) Value() any {
	switch n.Kind {
	case Map:
		m := make(map[string]any, len(n.Fields))
		for _, f := range n.Fields {
			m[f.Name] = f.Value.Value()
		}
		return m
	case List:
		l := make([]any, len(n.Items))
		for i, item := range n.Items {
			l[i] = item.Value()
		}
		return l
	}
	switch {
	case n.Null():
		return nil
	case n.Quoted:
		return n.Text
	case isInteger(n.Text):
		return json.Number(n.Text)
	case n.Text == "true" || n.Text == "false":
		return n.Text == "true"
	}
	return n.Text
}
