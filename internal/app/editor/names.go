package editor

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// name is something that a file names in several places: a group, a cluster, a server of a cluster, a clone ID.
type name struct {
	kind  string       // the element that bears it, or "CloneID"
	text  string       // as it is compared: references resolved
	scope *parser.Node // of a server: its cluster
}

// cloneID is an attribute, and a kind of name that is only defined: what uses it are cookies.
const cloneID = "CloneID"

// nameIn says what an attribute names, and whether it stands at the thing itself.
func nameIn(n *parser.Node, a *parser.Attr) (nm name, defines, ok bool) {
	switch {
	case n.Name == "Route":
		row := parser.AttributeOf(n, a.Name)
		if row == nil {
			return name{}, false, false
		}
		return name{kind: clustersOld(row.Target()), text: a.Value}, false, row.Target() != ""
	case n.Name == "Server" && a.Name == cloneID:
		return name{kind: cloneID, text: a.Value}, true, true
	case a.Name != "Name":
		return name{}, false, false
	}
	switch n.Name {
	case "VirtualHostGroup", "UriGroup", "ServerCluster", "ServerGroup":
		return name{kind: clustersOld(n.Name), text: a.Value}, true, true
	case "Server":
		if p := n.Parent; p != nil && (p.Name == "PrimaryServers" || p.Name == "BackupServers") {
			return name{"Server", a.Value, p.Parent}, false, true
		}
		return name{"Server", a.Value, n.Parent}, true, true
	}
	return name{}, false, false
}

// clustersOld gives the V4 form of a cluster the name of its successor: a Route may name either.
func clustersOld(element string) string {
	if element == "ServerGroup" {
		return "ServerCluster"
	}
	return element
}

// named returns the name that stands at a place; an empty one names nothing.
func (d *Document) named(place int32) (name, spot, bool) {
	s := d.at(place)
	if s.attr == nil || !s.inValue {
		return name{}, s, false
	}
	nm, _, ok := nameIn(s.node, s.attr)
	return nm, s, ok && nm.text != ""
}

// places lists where a name stands, in file order.
func (d *Document) places(nm name) (defined, used []diag.Span) {
	for n := range d.config.Doc.All() {
		for i := range n.Attrs {
			a := &n.Attrs[i]
			if other, defines, ok := nameIn(n, a); !ok || other != nm {
				continue
			} else if defines {
				defined = append(defined, a.Span)
			} else {
				used = append(used, a.Span)
			}
		}
	}
	return defined, used
}

// Definitions returns where the name at a place is defined: several where the file defines it several times, and all
// servers that have a clone ID.
func (d *Document) Definitions(place int32) []diag.Span {
	nm, _, ok := d.named(place)
	if !ok {
		return nil
	}
	defined, _ := d.places(nm)
	return defined
}

// References returns where the name at a place is used, on demand also where it is defined, in file order.
func (d *Document) References(place int32, definitions bool) []diag.Span {
	nm, _, ok := d.named(place)
	if !ok {
		return nil
	}
	defined, used := d.places(nm)
	// Nothing in the file uses a clone ID; who else has it is what its references can show.
	if definitions || nm.kind == cloneID {
		used = append(used, defined...)
		slices.SortFunc(used, func(a, b diag.Span) int { return int(a.Start) - int(b.Start) })
	}
	return used
}

// ErrNoName says that no name stands at a place.
var ErrNoName = errors.New("no name stands here that the file defines or uses elsewhere, and no clone ID")

// Renamable returns the span of the name at a place; an error is [ErrNoName], or says why it cannot be renamed.
func (d *Document) Renamable(place int32) (diag.Span, error) {
	_, s, ok := d.named(place)
	if !ok {
		return diag.Span{}, ErrNoName
	}
	return s.attr.Span, nil
}

// Rename returns the edits that give the thing at a place another name wherever the file names it. It refuses a name
// that something else has: both would be one afterwards.
func (d *Document) Rename(place int32, to string) ([]diag.Edit, error) {
	nm, _, ok := d.named(place)
	if !ok {
		return nil, ErrNoName
	}
	if err := checkName(to, nm.kind == cloneID); err != nil {
		return nil, err
	}
	// Servers of other clusters may have the name: the scope is part of what is compared.
	taken := nm
	taken.text = to
	if defined, _ := d.places(taken); len(defined) > 0 && to != nm.text {
		return nil, diag.Errorf("%q is the %s of another one on line %d", to, whatIs(nm.kind),
			d.files.Start(defined[0]).Line)
	}
	defined, used := d.places(nm)
	var edits []diag.Edit
	for _, span := range append(defined, used...) {
		edits = append(edits, diag.Edit{Span: span, New: escaped.Replace(to)})
	}
	return edits, nil
}

// checkName refuses what can be no name, or no clone ID.
func checkName(to string, clone bool) error {
	switch {
	case strings.TrimSpace(to) != to || to == "":
		return diag.Errorf("%q is no name: it is empty, or begins or ends with a blank", to)
	case strings.ContainsFunc(to, unicode.IsControl):
		return diag.Errorf("%q holds a control character", to)
	case clone && strings.ContainsAny(to, ":!,; \""):
		return diag.Errorf("%q is no clone ID: it holds a character that ends it in a cookie", to)
	}
	return nil
}

func whatIs(kind string) string {
	if kind == cloneID || kind == aClone {
		return "clone ID"
	}
	return "name"
}

var escaped = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")
