package parser

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Type says how the value of an attribute is read.
type Type string

const (
	Boolean  Type = "boolean" // true or false
	Int      Type = "int"
	Enum     Type = "enum" // one of Values
	String   Type = "string"
	Path     Type = "path" // of a file or folder on the web server's machine
	Host     Type = "host"
	Port     Type = "port"
	HostPort Type = "host:port" // see ParseAlias
	Ref      Type = "ref"       // the Name of another element
)

// Doc is what is known of an element or attribute in words. A "~" before a value means that the fact is recalled, not
// confirmed.
type Doc struct {
	Cardinality string // "1", "0..1", "0..n" and so on, with remarks
	Allowed     string // values in words, with units
	Default     string // what the plug-in does without it
	WAS         string // what the traditional generator writes
	Liberty     string // what the Liberty generator writes
	Since       string
	Deprecated  string // "no", or why
	Meaning     string
	Hazard      string // what goes wrong with it in production
	Evidence    string // a mark (documented, observed, traced, inferred, recalled, unknown) and what deviates from it
	Source      string // the page or source file that the mark rests on
}

// Mark returns the first word of Evidence.
func (d Doc) Mark() string {
	mark, _, _ := strings.Cut(d.Evidence, " ")
	return mark
}

// required reports whether the element or attribute must stand there at least once.
func (d Doc) required() bool { return strings.HasPrefix(d.Cardinality, "1") }

// Once reports whether it may stand there only once.
func (d Doc) Once() bool { return !strings.Contains(d.Cardinality, "..n") }

// Attribute is a row of the table: an attribute of an element, or the value of a Property that goes by a name of its
// own.
type Attribute struct {
	Element  string // "Server"; of a Property the element around it
	Name     string // "CloneID"; of a Property its name
	Property bool   // a Property element below Element, not an attribute; its name compares without letter case
	Ignored  bool   // seen in files, but no attribute of the plug-in
	Type     Type
	Values   []string // of an Enum
	Range    []Interval
	Hard     bool   // a number outside of Range is wrong rather than undocumented
	Default  string // value in force without it, "" when there is none or no value says it
	WAS      string // value that the traditional generator writes by default, "" when none or it depends
	Liberty  string // likewise the Liberty generator
	Key      string // of the topology, by which a member or a cluster sets it; "" when only overrides do
	Doc      Doc
}

// Required reports whether nothing stands in for the attribute when it is missing. A ServerGroup stands in for the
// ServerCluster of a Route, and the web server's own place for that of the log.
func (a *Attribute) Required() bool {
	return a.Doc.required() && a.Default == "" && !a.Ignored && a.Element != "Route" && a.Element != "Log"
}

// Target returns the name of the element that a Ref names: "UriGroup" for Route/@UriGroup, "Server" for the lists of a
// cluster.
func (a *Attribute) Target() string {
	switch {
	case a.Type != Ref:
		return ""
	case a.Element == "Route":
		return a.Name
	}
	return "Server"
}

// ElementType is what the table says of an element in its place: a Server of a cluster and a Server of PrimaryServers
// are two.
type ElementType struct {
	Name       string
	Parents    []string // the elements it may stand in; "" the top level
	Children   []*ElementType
	Attributes []*Attribute
	Properties []*Attribute // the Property names that are known below it
	Doc        Doc
}

// Attribute returns the attribute of that name, with letter case; nil when the element has none.
func (t *ElementType) Attribute(name string) *Attribute { return named(t, name, false) }

// Property returns the Property of that name, without letter case; nil when none is known below the element.
func (t *ElementType) Property(name string) *Attribute { return named(t, name, true) }

// named finds a row of an element; the elements have few enough for a walk.
func named(t *ElementType, name string, property bool) *Attribute {
	if t == nil {
		return nil
	}
	list := t.Attributes
	if property {
		list = t.Properties
	}
	for _, a := range list {
		if a.Name == name || property && strings.EqualFold(a.Name, name) {
			return a
		}
	}
	return nil
}

// Child returns the type of a child element, nil when none of that name may stand there.
func (t *ElementType) Child(name string) *ElementType {
	if t != nil {
		for _, c := range t.Children {
			if c.Name == name {
				return c
			}
		}
	}
	return nil
}

// Attributes returns the table, ordered by element. The rows are shared: they must not be changed.
func Attributes() []*Attribute { return slices.Clone(load().attributes) }

// ElementTypes returns every element in its places. The values are shared: they must not be changed.
func ElementTypes() []*ElementType { return slices.Clone(load().types) }

// AttributesNamed returns the attributes and Properties of that name on whatever element, without letter case.
func AttributesNamed(name string) []*Attribute {
	var found []*Attribute
	for _, a := range load().attributes {
		if strings.EqualFold(a.Name, name) {
			found = append(found, a)
		}
	}
	return found
}

// ElementsNamed returns the elements of that name in all their places, without letter case.
func ElementsNamed(name string) []*ElementType {
	var found []*ElementType
	for _, t := range load().types {
		if strings.EqualFold(t.Name, name) {
			found = append(found, t)
		}
	}
	return found
}

// TypeOf returns what the table says of an element where it stands, nil when it is unknown or out of place. At the top
// level of a fragment every element is in place.
func TypeOf(n *Node) *ElementType {
	if n == nil || n.Kind != Element {
		return nil
	}
	parent := ""
	if n.Parent != nil {
		parent = n.Parent.Name
	}
	// A Server of a cluster and one of a list are two types with different parents.
	for _, t := range load().byName[n.Name] {
		if parent == "" || slices.Contains(t.Parents, parent) {
			return t
		}
	}
	return nil
}

// AttributeOf returns the row for an attribute of a node; nil when the element is unknown, out of place, or has no
// such attribute.
func AttributeOf(n *Node, name string) *Attribute { return TypeOf(n).Attribute(name) }

// isLeaf reports whether an element never has children.
func isLeaf(name string) bool {
	types := load().byName[name]
	return len(types) > 0 && len(types[0].Children) == 0
}

func elementNames() map[string][]*ElementType { return load().byName }

// The table is text so that it stays readable and costs nothing until it is asked for. The rows of an element follow
// it: its attributes, the Properties that go by names below it ("property"), and what is seen in files though the
// plug-in has no such attribute ("ignored"). Kind, name, parents, type, enum, range and the last four columns are for
// programs; the others are words for people (Doc), though programs read the cardinality, since which level, and the
// first word of the evidence.
//
//go:embed attributes.tsv
var tableText string

type table struct {
	types      []*ElementType
	byName     map[string][]*ElementType
	attributes []*Attribute
	// of attributes; where an element has two places, equal names mean the same to a view
	rows map[rowKey]*Attribute
}

type rowKey struct{ element, attribute string }

// load decodes the table, once for a process.
var load = sync.OnceValue(func() *table {
	t := &table{byName: map[string][]*ElementType{}, rows: map[rowKey]*Attribute{}}
	var elem *ElementType
	_, rows, _ := strings.Cut(tableText, "\n")
	for line := range strings.Lines(rows) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if c[0] == "element" {
			elem = &ElementType{Name: c[1], Parents: strings.Split(c[2], "|"), Doc: decodeDoc(c)}
			t.types = append(t.types, elem)
			t.byName[elem.Name] = append(t.byName[elem.Name], elem)
			continue
		}
		t.add(elem, decodeAttribute(elem.Name, c))
	}
	t.link()
	return t
})

func (t *table) add(elem *ElementType, a *Attribute) {
	t.attributes = append(t.attributes, a)
	if a.Property {
		elem.Properties = append(elem.Properties, a)
		return
	}
	elem.Attributes = append(elem.Attributes, a)
	t.rows[rowKey{elem.Name, a.Name}] = a
}

// link ties parents to children, and gives the V4 form of a cluster the attributes of its successor.
func (t *table) link() {
	t.byName["ServerGroup"][0].Attributes = t.byName["ServerCluster"][0].Attributes
	for _, a := range t.byName["ServerCluster"][0].Attributes {
		t.rows[rowKey{"ServerGroup", a.Name}] = a
	}
	for _, child := range t.types {
		for _, name := range child.Parents {
			if name == "" {
				continue
			}
			parent := t.byName[name][0]
			parent.Children = append(parent.Children, child)
		}
	}
}

func decodeDoc(c []string) Doc {
	return Doc{Cardinality: c[3], Allowed: c[5], Default: c[6], WAS: c[7], Liberty: c[8], Since: c[9],
		Deprecated: c[10],
		Meaning:    c[11], Hazard: c[12], Evidence: c[13], Source: c[14]}
}

func decodeAttribute(element string, c []string) *Attribute {
	a := &Attribute{
		Element: element, Name: c[1], Property: c[0] == "property", Ignored: c[0] == "ignored", Type: Type(c[4]),
		Default: c[17], WAS: c[18], Liberty: c[19], Key: c[20], Doc: decodeDoc(c),
	}
	if c[15] != "" {
		a.Values = strings.Split(c[15], "|")
	}
	a.Range, a.Hard = decodeRange(c[16])
	return a
}
