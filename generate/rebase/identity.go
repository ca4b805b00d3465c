package rebase

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// identity is what an element is found by in another file: its name and what tells it from its kin.
// A Route is told by its groups and not by its cluster: that it leads elsewhere is a change of one Route. Properties
// compare without letter case, as the plug-in reads them; filters are those of RequestMetrics.
func identity(n *parser.Node) string {
	value := func(attribute, absent string) string {
		if a := n.Attr(attribute); a != nil {
			return a.Value
		}
		return absent
	}
	switch n.Name {
	case "Route":
		return "Route " + value("VirtualHostGroup", "") + "\x00" + value("UriGroup", "")
	case "Transport":
		return "Transport " + value("Protocol", "http")
	case "Property":
		return "Property " + strings.ToLower(value("Name", value("name", "")))
	case "filters":
		return "filters " + value("type", "")
	case "filterValues":
		return "filterValues " + value("value", "")
	case "Log", "ClusterAddress":
		return n.Name // there is one
	}
	return n.Name + " " + value("Name", value("name", ""))
}

// index finds the child elements of a node, nil for none. Of equal ones the second is that of the other file's second.
type index struct {
	keys  []string
	nodes map[string]*parser.Node
}

func indexed(parent *parser.Node) index {
	x := index{nodes: map[string]*parser.Node{}}
	if parent == nil {
		return x
	}
	for _, n := range parent.Elements("") {
		key := identity(n)
		for i := 2; x.nodes[key] != nil; i++ {
			key = fmt.Sprint(identity(n), "\x00", i)
		}
		x.keys = append(x.keys, key)
		x.nodes[key] = n
	}
	return x
}

// same reports whether two elements say the same, in whatever order.
// Text and comments do not count: a hand that adds a comment has changed nothing.
func same(a, b *parser.Node) bool {
	if a == nil || b == nil || a.Name != b.Name || len(a.Attrs) != len(b.Attrs) {
		return a == b
	}
	for i := range a.Attrs {
		if other := b.Attr(a.Attrs[i].Name); other == nil || other.Value != a.Attrs[i].Value {
			return false
		}
	}
	x, y := indexed(a), indexed(b)
	if len(x.keys) != len(y.keys) {
		return false
	}
	for _, key := range x.keys {
		if !same(x.nodes[key], y.nodes[key]) {
			return false
		}
	}
	return true
}

// label calls an element as people do.
func label(n *parser.Node) string {
	for _, name := range []string{"Name", "name", "UriGroup", "Protocol", "type", "value"} {
		if a := n.Attr(name); a != nil && n.Name != "Log" {
			return n.Name + " " + quote(a.Value)
		}
	}
	return n.Name
}
