package match

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// addRoutes resolves the Routes (R18) and builds the index.
func (t *Table) addRoutes(cfg *parser.Config, names *Names) []diag.Diagnostic {
	t.noteIdentifiers(cfg)
	r := newResolver(names)
	t.Routes = make([]Route, 0, len(cfg.Routes))
	for i, rt := range cfg.Routes {
		t.pause.Take()
		out := Route{Index: i, At: rt.Node.NameSpan, Vhosts: r.vhostGroup(rt), URIs: r.uriGroup(rt)}
		var ok bool
		if out.Cluster, ok = t.byName[rt.ServerCluster.V]; !ok || !rt.ServerCluster.Set() {
			ok = false
			r.dangling("ServerCluster", rt.ServerCluster, rt.Node, t.clusterNames)
		}
		if ok && (out.Vhosts != nil || !rt.VirtualHostGroup.Set()) && (out.URIs != nil || !rt.UriGroup.Set()) {
			t.anyOpen = t.anyOpen || out.Vhosts == nil || out.URIs == nil
			t.Routes = append(t.Routes, out)
		}
	}
	t.buildIndex()
	return r.missing
}

// Serves reports whether any request can match a Route (R1): one that has an alias and a Uri, or that lacks the group
// (R17). Without one every request is declined (R9).
func (t *Table) Serves() bool {
	return slices.ContainsFunc(t.Routes, func(r Route) bool {
		return (r.Vhosts == nil || len(r.Vhosts.Aliases) > 0) && (r.URIs == nil || r.URIs.matchesAny())
	})
}

// UrisAt returns a function that lists the Uris of the Routes that take requests for a host, in lower case, and a port
// (R6), those of each group once, in the order of the Routes. A Route without VirtualHostGroup takes every host (R17).
func (t *Table) UrisAt() func(host string, port int) []string {
	type place struct {
		host string // "*" any
		port int    // 0 any
	}
	type entry struct {
		place
		uris *URIGroup
	}
	routes, known := map[place][]int{}, map[entry]bool{}
	add := func(p place, route int) {
		if e := (entry{p, t.Routes[route].URIs}); !known[e] {
			known[e] = true
			routes[p] = append(routes[p], route)
		}
	}
	for i := range t.Routes {
		switch r := &t.Routes[i]; {
		case r.URIs == nil:
		case r.Vhosts == nil:
			add(place{host: "*"}, i)
		default:
			for j := range r.Vhosts.Aliases {
				add(place{r.Vhosts.Aliases[j].Host, r.Vhosts.Aliases[j].Port}, i)
			}
		}
	}
	return func(host string, port int) (all []string) {
		at := slices.Concat(routes[place{host, port}], routes[place{host, 0}], routes[place{"*", port}], routes[place{"*", 0}])
		slices.Sort(at)
		done := map[*URIGroup]bool{}
		for _, i := range at {
			g := t.Routes[i].URIs
			if done[g] {
				continue
			}
			done[g] = true
			for j := range g.Patterns {
				if p := &g.Patterns[j]; !p.Internal {
					all = append(all, p.Text)
				}
			}
		}
		return all
	}
}

// resolver finds and compiles the groups that Routes name; each is compiled once.
type resolver struct {
	names    *Names
	vhostsOf map[*parser.VirtualHostGroup]*VhostGroup
	urisOf   map[*parser.UriGroup]*URIGroup
	missing  []diag.Diagnostic
}

func newResolver(names *Names) *resolver {
	return &resolver{names: names, vhostsOf: map[*parser.VirtualHostGroup]*VhostGroup{}, urisOf: map[*parser.UriGroup]*URIGroup{}}
}

// vhostGroup returns nil for a Route without VirtualHostGroup (R17) and, with a diagnostic, for one that names a
// missing group.
func (r *resolver) vhostGroup(rt *parser.Route) *VhostGroup {
	if !rt.VirtualHostGroup.Set() {
		return nil
	}
	g := r.names.VirtualHostGroup(rt.VirtualHostGroup.V)
	if g == nil {
		r.dangling("VirtualHostGroup", rt.VirtualHostGroup, rt.Node, func() []string { return keys(r.names.vhosts) })
		return nil
	}
	if r.vhostsOf[g] == nil {
		r.vhostsOf[g] = newVhostGroup(g)
	}
	return r.vhostsOf[g]
}

// UriGroup is vhostGroup for UriGroup.
func (r *resolver) uriGroup(rt *parser.Route) *URIGroup {
	if !rt.UriGroup.Set() {
		return nil
	}
	g := r.names.uriGroup(rt.UriGroup.V)
	if g == nil {
		r.dangling("UriGroup", rt.UriGroup, rt.Node, func() []string { return keys(r.names.uris) })
		return nil
	}
	if r.urisOf[g] == nil {
		r.urisOf[g] = newUriGroup(g)
	}
	return r.urisOf[g]
}

// dangling is the fault of R18: what a Route names does not exist.
func (r *resolver) dangling(kind string, ref parser.Val[string], route *parser.Node, known func() []string) {
	d := diag.Diagnostic{Span: nameSpan(ref, route), Severity: diag.Error, Rule: missingGroup}
	if ref.Set() {
		d.Message = diag.Sprintf("Route names %s %q, which does not exist%s", kind, ref.V, r.suggest(ref.V, known))
	} else {
		d.Message = fmt.Sprintf("Route names no %s", kind)
	}
	d.Message += "; the plug-in rejects the whole file: no routing at start, the old routing after a reload"
	if kind != "VirtualHostGroup" {
		d.Message += " (documented for VirtualHostGroup, assumed here)"
	}
	r.missing = append(r.missing, d)
}

const mostSuggestions = 20 // a file with more missing names is not misspelt but broken, and looking for near names costs

func (r *resolver) suggest(name string, known func() []string) string {
	if len(r.missing) >= mostSuggestions {
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

func (t *Table) clusterNames() []string { return keys(t.byName) }

// noteIdentifiers collects the names that end a path (R14).
func (t *Table) noteIdentifiers(cfg *parser.Config) {
	t.identifiers = []string{defaultIdentifier}
	seen := map[string]bool{defaultIdentifier: true}
	for _, g := range cfg.UriGroups {
		for _, u := range g.Uris {
			if name := u.AffinityURLIdentifier.V; name != "" && !seen[name] {
				seen[name] = true
				t.identifiers = append(t.identifiers, name)
			}
		}
	}
}
