package editor

import (
	"cmp"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// SymbolKind says what an entry of an outline is.
type SymbolKind uint8

// What an outline has.
const (
	ClusterSymbol SymbolKind = iota + 1
	MemberSymbol
	GroupSymbol // of hosts or URIs
	RouteSymbol // or an application
	ServerSymbol
	TestSymbol
	RequestSymbol
)

// Symbol is an entry of the outline of a document.
type Symbol struct {
	Kind     SymbolKind
	Name     string // never ""
	Detail   string // in a line
	Whole    diag.Span
	At       diag.Span // of the name, within the whole
	Children []Symbol
}

var symbolKinds = map[string]SymbolKind{"ServerCluster": ClusterSymbol, "ServerGroup": ClusterSymbol,
	"Server": MemberSymbol, "VirtualHostGroup": GroupSymbol, "UriGroup": GroupSymbol, "Route": RouteSymbol}

// Symbols returns the outline: groups, clusters with their servers, and Routes, in file order.
func (d *Document) Symbols() (all []Symbol) {
	for _, root := range d.config.Doc.Nodes {
		all = append(all, outline(root)...)
	}
	return all
}

// outline are the symbols of what an element holds.
func outline(parent *parser.Node) (all []Symbol) {
	for _, n := range parent.Children {
		kind := symbolKinds[n.Name]
		if n.Kind != parser.Element || kind == 0 {
			continue
		}
		s := Symbol{Kind: kind, Name: n.Name, Whole: n.Span, At: n.NameSpan}
		name := n.Attr("Name")
		if kind == RouteSymbol {
			name = n.Attr("ServerCluster")
		}
		// A thing without a name is called by its element: an outline has no entry without a text.
		if name != nil && name.Value != "" {
			s.Name, s.Detail, s.At = name.Value, n.Name, name.Span
		}
		if kind == ClusterSymbol {
			s.Children = outline(n)
		}
		all = append(all, s)
	}
	return all
}

// Symbols returns the outline: of a topology web servers, virtual hosts, clusters with their members and applications,
// of a suite tests with their requests; in file order.
func (y *YAML) Symbols() (all []Symbol) {
	for _, f := range y.root.AllFields() {
		switch {
		case y.isSuite && f.Name == "tests":
			all = append(all, listed(TestSymbol, f.Value, "name", func(n *yamldoc.Node) []Symbol {
				return listed(RequestSymbol, n.Get("requests"), "url", nil)
			})...)
		case f.Name == "webServers":
			all = append(all, listed(ServerSymbol, f.Value, "name", nil)...)
		case f.Name == "virtualHosts":
			all = append(all, keyed(GroupSymbol, f.Value)...)
		case f.Name == "clusters":
			all = append(all, keyed(ClusterSymbol, f.Value)...)
		case f.Name == "applications":
			all = append(all, listed(RouteSymbol, f.Value, "name", nil)...)
		}
	}
	return all
}

var yamlDetails = map[SymbolKind]string{ClusterSymbol: aCluster, MemberSymbol: aMember, GroupSymbol: aHost,
	RouteSymbol: anApp, ServerSymbol: aServer, TestSymbol: "test", RequestSymbol: "request"}

// keyed are the symbols of a map.
func keyed(kind SymbolKind, of *yamldoc.Node) (all []Symbol) {
	for _, f := range of.AllFields() {
		s := symbol(kind, f.Name, f.NameSpan, f.NameSpan.To(f.Value.Span))
		if kind == ClusterSymbol {
			s.Children = listed(MemberSymbol, f.Value.Get("members"), "name", nil)
		}
		all = append(all, s)
	}
	return all
}

// listed are the symbols of a list, called by what stands under a key of each.
func listed(kind SymbolKind, of *yamldoc.Node, key string, children func(*yamldoc.Node) []Symbol) (all []Symbol) {
	for _, n := range of.AllItems() {
		name := n.Get(key).Str()
		if kind == MemberSymbol {
			name.V, _ = serverOf(n)
		}
		at := name.Span()
		if at.IsZero() {
			at = n.Span
		}
		s := symbol(kind, name.V, at, n.Span)
		if children != nil {
			s.Children = children(n)
		}
		all = append(all, s)
	}
	return all
}

// symbol makes one whose name is within the whole, whatever the file says.
func symbol(kind SymbolKind, name string, at, whole diag.Span) Symbol {
	// Clients refuse an outline of which a name is not within its thing, as the protocol asks for.
	whole.Start, whole.End = min(whole.Start, at.Start), max(whole.End, at.End)
	detail := yamlDetails[kind]
	return Symbol{Kind: kind, Name: cmp.Or(name, detail), Detail: detail, Whole: whole, At: at}
}
