package xsd_test

import (
	"encoding/xml"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/schemas/xsd"
)

// node is an element of the schema, as far as these tests look at it.
type node struct {
	XMLName    xml.Name
	Name       string `xml:"name,attr"`
	Type       string `xml:"type,attr"`
	Ref        string `xml:"ref,attr"`
	Refer      string `xml:"refer,attr"`
	Use        string `xml:"use,attr"`
	Value      string `xml:"value,attr"`
	Occurs     string `xml:"maxOccurs,attr"`
	Processing string `xml:"processContents,attr"`
	Children   []node `xml:",any"`
}

func (n *node) is(kind string) bool { return n.XMLName.Local == kind }

func (n *node) walk(visit func(*node)) {
	visit(n)
	for i := range n.Children {
		n.Children[i].walk(visit)
	}
}

// child returns the first child of a kind and a name, "" for any.
func (n *node) child(kind, name string) *node {
	for i := range n.Children {
		if c := &n.Children[i]; c.is(kind) && (name == "" || c.Name == name) {
			return c
		}
	}
	return nil
}

func schema(t *testing.T) *node {
	t.Helper()
	var root node
	if err := xml.Unmarshal(xsd.Schema(), &root); err != nil {
		t.Fatal(err)
	}
	return &root
}

// TestNames: what is referred to is there, and what must have a name of its own has one.
func TestNames(t *testing.T) {
	root := schema(t)
	types, groups, constraints := map[string]bool{}, map[string]bool{}, map[string]string{}
	for i := range root.Children {
		switch c := &root.Children[i]; {
		case c.is("complexType") && !types[c.Name]:
			types[c.Name] = true
		case c.is("group") && !groups[c.Name]:
			groups[c.Name] = true
		case c.is("complexType"), c.is("group"):
			t.Errorf("%s %s is there twice", c.XMLName.Local, c.Name)
		}
	}
	root.walk(func(n *node) {
		if kind := n.XMLName.Local; kind == "key" || kind == "keyref" || kind == "unique" {
			if constraints[n.Name] != "" {
				t.Errorf("%s is a %s and a %s", n.Name, constraints[n.Name], kind)
			}
			constraints[n.Name] = kind
		}
	})
	root.walk(func(n *node) {
		switch {
		case n.is("element") && !strings.HasPrefix(n.Type, "xs:") && !types[n.Type]:
			t.Errorf("element %s has type %q", n.Name, n.Type)
		case n.is("group") && n.Ref != "" && !groups[n.Ref]:
			t.Errorf("no group %q", n.Ref)
		case n.is("keyref") && constraints[n.Refer] != "key":
			t.Errorf("%s refers to %q", n.Name, n.Refer)
		}
	})
}

// TestReferences: each attribute of the table that names an element must name one that is there.
func TestReferences(t *testing.T) {
	refs := map[string]bool{}
	schema(t).walk(func(n *node) {
		if n.is("keyref") {
			refs[n.Name[strings.LastIndexByte(n.Name, '.')+1:]] = true
		}
	})
	for _, a := range parser.Attributes() {
		if a.Target() != "" && !refs[a.Name] {
			t.Errorf("%s/%s may name what is not there", a.Element, a.Name)
		}
	}
}

// TestAttributes: a type has the attributes of the table, and those that nothing stands in for are required.
func TestAttributes(t *testing.T) {
	root := schema(t)
	for _, e := range parser.ElementTypes() {
		c := root.child("complexType", e.Name)
		if c == nil {
			continue // it shares one, or goes by the name of its parent, too
		}
		for _, a := range e.Attributes {
			if parser.ElementsNamed(e.Name)[0] != e {
				break
			}
			if n := c.child("attribute", a.Name); n == nil || (n.Use == "required") != a.Required() {
				t.Errorf("%s/%s is %+v, required %t", e.Name, a.Name, n, a.Required())
			}
		}
		if any := c.child("anyAttribute", ""); (any != nil) != (e.Name == "Config") {
			t.Errorf("%s takes attributes that nobody knows: %t", e.Name, any != nil)
		}
	}
}

// TestOnce: by the groups of the schema no order of children lets one that stands once come again.
func TestOnce(t *testing.T) {
	root := schema(t)
	groups := map[string]*node{}
	for i := range root.Children {
		if c := &root.Children[i]; c.is("group") {
			groups[c.Name] = c
		}
	}
	var may func(name string) map[string]bool // elements that a group lets come, at whatever place
	may = func(name string) map[string]bool {
		all := map[string]bool{}
		groups[name].walk(func(n *node) {
			switch {
			case n.is("element"):
				all[n.Name] = true
			case n.is("group") && n.Ref != "":
				for e := range may(n.Ref) {
					all[e] = true
				}
			}
		})
		return all
	}
	for name := range groups {
		base, left, ok := strings.Cut(name, ".may")
		if !ok {
			continue
		}
		lets := may(name)
		for _, e := range parser.ElementsNamed(base)[0].Children {
			stays := !e.Doc.Once() || strings.Contains(left+".", "."+e.Name+".")
			if lets[e.Name] != stays {
				t.Errorf("%s lets %s come: %t", name, e.Name, lets[e.Name])
			}
		}
	}
}
