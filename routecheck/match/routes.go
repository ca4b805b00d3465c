package match

import (
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// addRoutes compiles the Routes whose references exist (R18) and builds the index.
func (t *Table) addRoutes(cfg *parser.Config, names *resolve.Names) {
	t.noteIdentifiers(cfg)
	groups := compiler{vhosts: map[*parser.VirtualHostGroup]*VhostGroup{}, uris: map[*parser.UriGroup]*URIGroup{}}
	t.Routes = make([]Route, 0, len(cfg.Routes))
	for i, rt := range cfg.Routes {
		t.pause.Take()
		vhosts, uris, cluster := names.RouteParts(rt)
		// What is named and does not exist is no open Route: the plug-in rejects the file (R18), and we leave it out.
		if cluster == nil || vhosts == nil && rt.VirtualHostGroup.Set() || uris == nil && rt.UriGroup.Set() {
			continue
		}
		t.anyOpen = t.anyOpen || vhosts == nil || uris == nil
		t.Routes = append(t.Routes, Route{Index: i, Cluster: t.byName[cluster.Name.V], At: rt.Node.NameSpan,
			Vhosts: groups.vhostGroup(vhosts), URIs: groups.uriGroup(uris)})
	}
	t.buildIndex()
}

// compiler makes the groups that Routes name, each once, so that equal groups are equal pointers: the index and
// [Table.UrisAt] tell by that what has been seen. nil is that of a Route without one (R17).
type compiler struct {
	vhosts map[*parser.VirtualHostGroup]*VhostGroup
	uris   map[*parser.UriGroup]*URIGroup
}

func (c *compiler) vhostGroup(g *parser.VirtualHostGroup) *VhostGroup {
	if g != nil && c.vhosts[g] == nil {
		c.vhosts[g] = newVhostGroup(g)
	}
	return c.vhosts[g]
}

func (c *compiler) uriGroup(g *parser.UriGroup) *URIGroup {
	if g != nil && c.uris[g] == nil {
		c.uris[g] = newUriGroup(g)
	}
	return c.uris[g]
}

// Serves reports whether any request can match a Route (R1): one that has an alias and a Uri, or that lacks the group
// (R17). Without one every request is declined (R9).
func (t *Table) Serves() bool {
	return slices.ContainsFunc(t.Routes, func(r Route) bool {
		return (r.Vhosts == nil || len(r.Vhosts.Aliases) > 0) && (r.URIs == nil || r.URIs.matchesAny())
	})
}

// Idleness is why no request can match a Route.
type Idleness uint8

const (
	Serving    Idleness = iota // one can
	AtRunTime                  // there is no Route: IntelligentManagement gives the routing at run time
	NoMatch                    // no Route has an alias and a Uri that could match (R1, R9), whatever the port
	OtherPorts                 // there are such Routes, of other ports
)

// IdleAt says why no request for a port can match a Route: by an alias of the port or of any (R6), or because a Route
// lacks the VirtualHostGroup, as far as that matches (R17).
func (t *Table) IdleAt(port int, sem *choices.Assumptions) Idleness {
	if t.atRunTime {
		return AtRunTime
	}
	idle := NoMatch
	for i := range t.Routes {
		r := &t.Routes[i]
		open := r.Vhosts == nil || r.URIs == nil
		switch {
		case open && !sem.Is(choices.OpenRoute, choices.OpenMatchesAll), r.URIs != nil && !r.URIs.matchesAny():
		case r.Vhosts == nil, r.Vhosts.takes(port):
			return Serving
		case len(r.Vhosts.Aliases) > 0:
			idle = OtherPorts
		}
	}
	return idle
}

// takes reports whether an alias is one of the port, or of any.
func (g *VhostGroup) takes(port int) bool {
	return slices.ContainsFunc(g.Aliases, func(a Alias) bool { return a.Port == 0 || a.Port == port })
}

// UrisAt returns a function that lists the Uris of the Routes that take requests for a host, in lower case, and a port
// (R6), those of each group once, in the order of the Routes. A Route without VirtualHostGroup takes every host (R17).
// The work is done once for all calls: who compares two files asks for many places.
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
		at := slices.Concat(routes[place{host, port}], routes[place{host, 0}],
			routes[place{"*", port}], routes[place{"*", 0}])
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

// noteIdentifiers collects the names that end a path (R14), also those of groups that no Route names: a path is cut
// before it is matched, so nobody knows by then which Uri will decide.
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
