package resolve

import (
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// rules of what makes the plug-in reject a file.
var (
	openRoute    = diag.Rule{Code: diag.OpenRoute, Name: "open-route"}
	missingGroup = diag.Rule{Code: diag.RouteToMissingGroup, Name: "route-to-missing-group"}
)

const rejects = "the plug-in rejects the whole file: no routing at start, the old routing after a reload"

// OpenRoute is the report of a Route without a group, where it is one (R17).
func OpenRoute(route diag.Span) diag.Diagnostic {
	return diag.Diagnostic{Span: route, Severity: diag.Error, Rule: openRoute,
		Message: "Route lacks VirtualHostGroup or UriGroup; under open-route=rejects-file " + rejects}
}

// Dangling lists what the Routes of a file name in vain (R18), Route by Route. An attribute that is missing names
// nothing in vain, and makes an open Route (R17); a missing ServerCluster is reported all the same, as requests would
// have nowhere to go.
func (n *Names) Dangling(cfg *parser.Config) []diag.Diagnostic {
	var d dangling
	for _, rt := range cfg.Routes {
		vhosts, uris, cluster := n.RouteParts(rt)
		if vhosts == nil && rt.VirtualHostGroup.Set() {
			d.add("VirtualHostGroup", rt.VirtualHostGroup, rt.Node, func() []string { return keys(n.vhosts) })
		}
		if uris == nil && rt.UriGroup.Set() {
			d.add("UriGroup", rt.UriGroup, rt.Node, func() []string { return keys(n.uris) })
		}
		if cluster == nil {
			d.add("ServerCluster", rt.ServerCluster, rt.Node, func() []string { return keys(n.clusters) })
		}
	}
	return d
}

// dangling are the reports so far: how many there are decides whether further ones get a suggestion.
type dangling []diag.Diagnostic

// add reports what a Route names, or does not name, of the kind of an element. known is called only where a suggestion
// is made of it. R18 is documented of VirtualHostGroup (PK12350); the message says so.
func (d *dangling) add(kind string, ref parser.Val[string], route *parser.Node, known func() []string) {
	found := diag.Diagnostic{Span: route.NameSpan, Severity: diag.Error, Rule: missingGroup}
	if ref.Set() {
		found.Span = ref.Span()
		found.Message = diag.Sprintf("Route names %s %q, which does not exist%s", kind, ref.V, d.suggest(ref.V, known))
	} else {
		found.Message = "Route names no " + kind
	}
	found.Message += "; " + rejects
	if kind != "VirtualHostGroup" {
		found.Message += " (documented for VirtualHostGroup, assumed here)"
	}
	*d = append(*d, found)
}

// a file with more missing names is not misspelt but broken, and looking for near names costs
const mostSuggestions = 20

func (d *dangling) suggest(name string, known func() []string) string {
	if len(*d) >= mostSuggestions {
		return ""
	}
	return diag.DidYouMean(name, known())
}

func keys[V any](m map[string]V) []string {
	names := make([]string, 0, len(m))
	for name := range m {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}
