package routecheck

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
	t.routes = make([]route, 0, len(cfg.Routes))
	for i, rt := range cfg.Routes {
		t.pause.Take()
		out := route{index: i, at: rt.Node.NameSpan, vhosts: r.vhostGroup(rt), uris: r.uriGroup(rt)}
		var ok bool
		if out.cluster, ok = t.byName[rt.ServerCluster.V]; !ok || !rt.ServerCluster.Set() {
			ok = false
			r.dangling("ServerCluster", rt.ServerCluster, rt.Node, t.clusterNames)
		}
		if ok && (out.vhosts != nil || !rt.VirtualHostGroup.Set()) && (out.uris != nil || !rt.UriGroup.Set()) {
			t.anyOpen = t.anyOpen || out.vhosts == nil || out.uris == nil
			t.routes = append(t.routes, out)
		}
	}
	t.buildIndex()
	return r.missing
}

// Serves reports whether any request can match a Route (R1): one that has an alias and a Uri, or that lacks the group (R17). Without one
// every request is declined (R9).
func (t *Table) Serves() bool {
	return slices.ContainsFunc(t.routes, func(r route) bool {
		return (r.vhosts == nil || len(r.vhosts.aliases) > 0) && (r.uris == nil || r.uris.matchesAny())
	})
}

// UrisAt returns a function that lists the Uris of the Routes that take requests for a host, in lower case, and a port (R6), those of each group
// once, in the order of the Routes. A Route without VirtualHostGroup takes every host (R17).
func (t *Table) UrisAt() func(host string, port int) []string {
	type place struct {
		host string // "*" any
		port int    // 0 any
	}
	type entry struct {
		place
		uris *uriGroup
	}
	routes, known := map[place][]int{}, map[entry]bool{}
	add := func(p place, route int) {
		if e := (entry{p, t.routes[route].uris}); !known[e] {
			known[e] = true
			routes[p] = append(routes[p], route)
		}
	}
	for i := range t.routes {
		switch r := &t.routes[i]; {
		case r.uris == nil:
		case r.vhosts == nil:
			add(place{host: "*"}, i)
		default:
			for j := range r.vhosts.aliases {
				add(place{r.vhosts.aliases[j].host, r.vhosts.aliases[j].port}, i)
			}
		}
	}
	return func(host string, port int) (all []string) {
		at := slices.Concat(routes[place{host, port}], routes[place{host, 0}], routes[place{"*", port}], routes[place{"*", 0}])
		slices.Sort(at)
		done := map[*uriGroup]bool{}
		for _, i := range at {
			g := t.routes[i].uris
			if done[g] {
				continue
			}
			done[g] = true
			for j := range g.patterns {
				if p := &g.patterns[j]; !p.internal {
					all = append(all, p.text)
				}
			}
		}
		return all
	}
}

// resolver finds and compiles the groups that Routes name; each is compiled once.
type resolver struct {
	names    *Names
	vhostsOf map[*parser.VirtualHostGroup]*vhostGroup
	urisOf   map[*parser.UriGroup]*uriGroup
	missing  []diag.Diagnostic
}

func newResolver(names *Names) *resolver {
	return &resolver{names: names, vhostsOf: map[*parser.VirtualHostGroup]*vhostGroup{}, urisOf: map[*parser.UriGroup]*uriGroup{}}
}

// vhostGroup returns nil for a Route without VirtualHostGroup (R17) and, with a diagnostic, for one that names a missing group.
func (r *resolver) vhostGroup(rt *parser.Route) *vhostGroup {
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

// uriGroup is vhostGroup for UriGroup.
func (r *resolver) uriGroup(rt *parser.Route) *uriGroup {
	if !rt.UriGroup.Set() {
		return nil
	}
	g := r.names.UriGroup(rt.UriGroup.V)
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
