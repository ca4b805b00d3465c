package routecheck

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// addRoutes resolves the Routes (R18) and builds the index. Of two groups of one name the first counts.
func (t *Table) addRoutes(cfg *parser.Config) []diag.Diagnostic {
	vhosts := map[string]*parser.VirtualHostGroup{}
	for _, g := range slices.Backward(cfg.VirtualHostGroups) {
		vhosts[g.Name.V] = g
	}
	uris := map[string]*parser.UriGroup{}
	for _, g := range slices.Backward(cfg.UriGroups) {
		uris[g.Name.V] = g
	}
	t.noteIdentifiers(cfg)

	var missing []diag.Diagnostic
	vhostOf := map[*parser.VirtualHostGroup]*vhostGroup{}
	uriOf := map[*parser.UriGroup]*uriGroup{}
	t.routes = make([]route, 0, len(cfg.Routes))
	for i, r := range cfg.Routes {
		out := route{index: i, at: r.Node.NameSpan}
		cluster, ok := t.byName[r.ServerCluster.V]
		if !ok {
			missing = append(missing, dangling("ServerCluster", r.ServerCluster, r.Node, t.clusterNames()))
		}
		out.cluster = cluster
		if r.VirtualHostGroup.Set() {
			g := vhosts[r.VirtualHostGroup.V]
			if g == nil {
				missing, ok = append(missing, dangling("VirtualHostGroup", r.VirtualHostGroup, r.Node, keys(vhosts))), false
			} else if out.vhosts = vhostOf[g]; out.vhosts == nil {
				out.vhosts = newVhostGroup(g)
				vhostOf[g] = out.vhosts
			}
		}
		if r.UriGroup.Set() {
			g := uris[r.UriGroup.V]
			if g == nil {
				missing, ok = append(missing, dangling("UriGroup", r.UriGroup, r.Node, keys(uris))), false
			} else if out.uris = uriOf[g]; out.uris == nil {
				out.uris = newUriGroup(g)
				uriOf[g] = out.uris
			}
		}
		if ok {
			t.anyOpen = t.anyOpen || out.vhosts == nil || out.uris == nil
			t.routes = append(t.routes, out)
		}
	}
	t.buildIndex()
	return missing
}

// dangling is the fault of R18: what a Route names does not exist.
func dangling(kind string, ref parser.Val[string], route *parser.Node, known []string) diag.Diagnostic {
	d := diag.Diagnostic{Span: nameSpan(ref, route), Severity: diag.Error, Rule: missingGroup}
	if ref.Set() {
		d.Message = fmt.Sprintf("Route names %s %q, which does not exist%s", kind, ref.V, suggest(ref.V, known))
	} else {
		d.Message = fmt.Sprintf("Route names no %s", kind)
	}
	d.Message += "; the plug-in rejects the whole file: no routing at start, the old routing after a reload"
	if kind != "VirtualHostGroup" {
		d.Message += " (documented for VirtualHostGroup, assumed here)"
	}
	return d
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

// Candidate is what the naive walk of R1 finds out about one Route.
type Candidate struct {
	Route                   int // index in file order
	Cluster                 ClusterID
	HostMatches, URIMatches bool
	Open                    bool  // the Route lacks a group (R17)
	Match                   Match // the best alias and Uri, where both match
}

// Matches reports whether the Route competes for the request.
func (c *Candidate) Matches() bool { return c.HostMatches && c.URIMatches }

// Candidates visits every Route in file order (R1). It is the literal reading that explanation and tests hold against Match.
func (t *Table) Candidates(rq *Request, sem *Semantics) []Candidate {
	out := make([]Candidate, len(t.routes))
	for i := range t.routes {
		out[i], _ = t.candidate(&t.routes[i], rq, sem, nil)
	}
	return out
}

// Winner picks the Route of R1 from the naive walk.
func (t *Table) winner(rq *Request, sem *Semantics) (Match, bool) {
	var best found
	for i := range t.routes {
		if c, f := t.candidate(&t.routes[i], rq, sem, nil); c.Matches() && (best.route == nil || better(&f, &best, sem, nil)) {
			best = f
		}
	}
	if best.route == nil {
		return Match{}, false
	}
	return best.match(), true
}

func (t *Table) candidate(r *route, rq *Request, sem *Semantics, rec *Recorder) (Candidate, found) {
	host, port := t.hostPort(rq, sem, rec)
	path := t.matchPath(rq.Target, sem, rec)
	c := Candidate{Route: r.index, Cluster: r.cluster, Open: r.vhosts == nil || r.uris == nil}
	if c.Open && sem.ask(OpenRoute, rec) != 0 {
		return c, found{}
	}
	aliases := []*alias{nil}
	if r.vhosts != nil {
		aliases = aliases[:0]
		for i := range r.vhosts.aliases {
			if a := &r.vhosts.aliases[i]; a.matches(host, port) {
				aliases = append(aliases, a)
			}
		}
	}
	type place struct {
		pattern *pattern
		order   int
	}
	patterns := []place{{}}
	if r.uris != nil {
		patterns = patterns[:0]
		for i := range r.uris.patterns {
			p := &r.uris.patterns[i]
			if p.matches(path) && !(p.internal && sem.ask(SlashStarServesBare, rec) == bareNotServed) {
				patterns = append(patterns, place{p, i})
			}
		}
	}
	c.HostMatches, c.URIMatches = len(aliases) > 0, len(patterns) > 0
	var best found
	for _, a := range aliases {
		for _, p := range patterns {
			f := found{r, a, p.pattern, p.order}
			if best.route == nil || better(&f, &best, sem, rec) {
				best = f
			}
		}
	}
	if best.route != nil {
		c.Match = best.match()
	}
	return c, best
}
