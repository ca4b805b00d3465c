package edit

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// A selector names an attribute of elements:
//
//	Config.RefreshInterval  Log.LogLevel            of the one element of that name
//	ServerCluster[C].RetryInterval                  of the one whose Name is C
//	Server[m1].ConnectTimeout  Server[C/m1].MaxConnections  Server[C/*].ServerIOTimeout
//	Transport[m1].Port  Transport[C/m1:https].Port  of the Transports of members, by protocol
//	Property[m1:keyring]  Property[ESIEnable]       the Value of a Property of Transports, or of Config
//
// "*" stands for all, in place of a cluster, a member, a protocol or any other Name.
type selector struct {
	element, of, attribute string
	value, text            string
}

// Names may hold almost anything, "]" too, so the cut is at "]." or, of a Property, at "]=": these hardly stand in
// one.
func parseSelector(text string) (s selector, err error) {
	s.text = text
	malformed := unknown("%q is no SELECTOR=VALUE, such as Config.RefreshInterval=10, Server[m1].ConnectTimeout=5 or "+
		"Property[m1:keyring]=/opt/plugin-key.kdb", text)
	name := strings.IndexAny(text, "[.=")
	if name <= 0 || text[name] == '=' {
		return s, malformed
	}
	s.element = text[:name]
	rest := text[name:]
	if s.element == "Property" {
		inner, value, ok := strings.Cut(rest, "]=")
		s.of, s.attribute, s.value = strings.TrimPrefix(inner, "["), "Value", value
		if !ok || rest[0] != '[' || s.of == "" {
			return s, malformed
		}
		return s, nil
	}
	if rest[0] == '[' {
		inner, after, ok := strings.Cut(rest[1:], "].")
		if s.of, rest = inner, "."+after; !ok || s.of == "" {
			return s, malformed
		}
	}
	attribute, value, ok := strings.Cut(rest[1:], "=")
	if s.attribute, s.value = attribute, value; !ok || attribute == "" {
		return s, malformed
	}
	return s, nil
}

// assignments are what a SELECTOR=VALUE means in the file.
func (f *File) assignments(text string) (list []assignment, err error) {
	s, err := parseSelector(text)
	if err != nil {
		return nil, err
	}
	nodes, err := f.selected(s)
	if err != nil {
		return nil, err
	}
	for _, n := range nodes {
		a := assignment{node: n, name: s.attribute, value: s.value, text: text}
		if a.row, err = f.rowOf(n, s); err != nil {
			return nil, err
		}
		if err := judge(a); err != nil {
			return nil, err
		}
		list = append(list, a)
	}
	return list, nil
}

// rowOf is what the table says of the attribute of an element; of a Property what it says of that name.
func (f *File) rowOf(n *parser.Node, s selector) (*parser.Attribute, error) {
	if s.element == "Property" && n.Attr("Name") != nil {
		if p := parser.TypeOf(n.Parent).Property(n.Attr("Name").Value); p != nil {
			return p, nil
		}
		return &parser.Attribute{Element: "Property", Name: n.Attr("Name").Value, Property: true,
			Type: parser.String}, nil
	}
	return row(n, s.attribute, s.text)
}

// selected lists the elements that a selector means, of which there must be one.
// Without a selector in brackets there must be one element of that name: nobody sets all of them by a slip.
func (f *File) selected(s selector) ([]*parser.Node, error) {
	var nodes []*parser.Node
	known, seen := []string{}, false
	for n := range f.Config.Doc.All() {
		if n.Name != s.element || parser.TypeOf(n) == nil || inList(n) {
			continue
		}
		seen = true
		names := namesOf(n)
		if known = append(known, names[0]); matches(s.of, names) {
			nodes = append(nodes, n)
		}
	}
	switch {
	case len(parser.ElementsNamed(s.element)) == 0 || !seen:
		return nil, unknown("%s: the file has no element %s%s", s.text, s.element,
			diag.DidYouMean(s.element, f.elements()))
	case len(nodes) == 0:
		return nil, unknown("%s: no %s is named %q%s", s.text, s.element, s.of, diag.DidYouMean(s.of, known))
	case s.of == "" && len(nodes) > 1:
		return nil, unknown("%s: there are %d %s: name one, as %s[%s].%s, or all with %s[*].%s", s.text, len(nodes),
			s.element, s.element, known[0], s.attribute, s.element, s.attribute)
	}
	return nodes, nil
}

// elements are the names of the elements in the file.
func (f *File) elements() (names []string) {
	for n := range f.Config.Doc.All() {
		if !slices.Contains(names, n.Name) {
			names = append(names, n.Name)
		}
	}
	return names
}

// inList reports whether an element is an entry of PrimaryServers or BackupServers, which defines nothing.
func inList(n *parser.Node) bool {
	return n.Parent != nil && (n.Parent.Name == "PrimaryServers" || n.Parent.Name == "BackupServers")
}

// namesOf are the names by which a selector may mean an element, the shortest first.
func namesOf(n *parser.Node) []string {
	name := attr(n, "Name")
	switch {
	case n.Name == "Server" || n.Name == "ClusterAddress":
		return []string{name, attr(n.Parent, "Name") + "/" + name}
	case n.Name == "Transport":
		var all []string
		for _, member := range namesOf(n.Parent) {
			all = append(all, member, member+":"+protocol(n))
		}
		return all
	case n.Name == "Property" && n.Parent != nil && n.Parent.Name == "Transport":
		var all []string
		for _, transport := range namesOf(n.Parent) {
			all = append(all, transport+":"+name)
		}
		return all
	}
	return []string{name}
}

func attr(n *parser.Node, name string) string {
	if a := n.Attr(name); a != nil {
		return a.Value
	}
	return ""
}

// protocol is that of a Transport, http where none is written.
func protocol(n *parser.Node) string {
	if p := attr(n, "Protocol"); p != "" {
		return strings.ToLower(p)
	}
	return "http"
}

// matches reports whether one of the names is meant. Parts between "/" and ":" may be "*"; in "*" alone it is all.
func matches(of string, names []string) bool {
	if of == "" || of == "*" || slices.Contains(names, of) {
		return true
	}
	if !strings.Contains(of, "*") {
		return false
	}
	return slices.ContainsFunc(names, func(name string) bool { return partsMatch(of, name) })
}

// partsMatch compares part by part. A name may hold "/" itself, so that a part of "*" takes as much as it can.
// A star takes at least one character, unless the name ends there.
func partsMatch(pattern, name string) bool {
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == name
	}
	if !strings.HasPrefix(name, before) {
		return false
	}
	for i := len(before); i <= len(name); i++ {
		if partsMatch(after, name[i:]) && (i == len(name) || i > len(before)) {
			return true
		}
	}
	return false
}
