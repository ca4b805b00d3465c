package space

import (
	"slices"
	"sort"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// NewReach examines the Routes of a table: for each Uri it makes requests that this Uri matches best and asks who wins
// them under every value of the open scoring choices. The work is bounded; what stands behind the bound counts as
// reachable and determined.
func NewReach(t *match.Table) *Reach {
	r := &reacher{t: t, sem: choices.Latest(), byPair: map[pairKey]int{}, counted: map[counted]bool{},
		groups: map[*match.VhostGroup][]*match.Route{}}
	for i := range t.Routes {
		rt := &t.Routes[i]
		r.groups[rt.Vhosts] = append(r.groups[rt.Vhosts], rt)
	}
	patterns := r.distinctGroups()
	// Each half of the work has a budget of its own, so that the first cannot starve the second. It grows with the
	// file, and does not with the product of aliases and Uris, which the work could.
	r.budget = 100_000 + 8*patterns
	r.fresh = Unused(r.t)
	r.unreachable()
	r.budget = 100_000 + 8*patterns
	r.undetermined()
	return &r.Reach
}

// reacher examines one table. What it finds it collects in Reach.
type reacher struct {
	Reach
	t      *match.Table
	sem    choices.Assumptions                  // the defaults, or those that samples are asked for
	groups map[*match.VhostGroup][]*match.Route // nil: those without VirtualHostGroup (R17)
	uris   []*match.URIGroup                    // in the order of the Routes
	users  map[*match.URIGroup][]*match.Route   // the Routes of each
	budget int                                  // look-ups that may still be made; below 0 all work ends
	seen   choices.Consulted                    // what the last look has consulted

	fresh   UnusedNames
	byPair  map[pairKey]int  // place in Undetermined
	counted map[counted]bool // Uris that Undetermined.Patterns counts already
}

// pairKey is two Routes, the earlier one first.
type pairKey struct {
	a, b int
	same bool
}

// counted is a Uri that is undetermined between two Routes.
type counted struct {
	pairKey
	uri string
}

// distinctGroups collects the UriGroups that Routes name, each once, and counts their patterns.
func (r *reacher) distinctGroups() (patterns int) {
	r.users = map[*match.URIGroup][]*match.Route{}
	for i := range r.t.Routes {
		rt := &r.t.Routes[i]
		if rt.URIs == nil {
			continue
		}
		if r.users[rt.URIs] == nil {
			r.uris = append(r.uris, rt.URIs)
			patterns += len(rt.URIs.Patterns)
		}
		r.users[rt.URIs] = append(r.users[rt.URIs], rt)
	}
	return patterns
}

// unreachable looks for Uris that nobody reaches. What R3 makes of a Uri is not the administrator's, and is left out,
// as is a Uri of which no path can be made.
func (r *reacher) unreachable() {
	for _, g := range r.uris {
		for i := range g.Patterns {
			p := &g.Patterns[i]
			path, ok := r.fresh.Path(p)
			if p.Internal || !ok || r.budget < 0 {
				continue
			}
			if u, dead := r.beaten(g, p, path); dead {
				r.Unreachable = append(r.Unreachable, u)
			}
		}
	}
}

// beaten reports whether others win a pattern's path on every alias of its Routes under every choice.
func (r *reacher) beaten(g *match.URIGroup, p *match.Pattern, path string) (Unreached, bool) {
	u := Unreached{At: p.At(), URI: p.Text}
	sampled := false
	for _, rt := range r.users[g] {
		aliases := []*match.Alias{nil}
		if rt.Vhosts != nil {
			aliases = aliases[:0]
			for i := range rt.Vhosts.Aliases {
				aliases = append(aliases, &rt.Vhosts.Aliases[i])
			}
		}
		for _, a := range aliases {
			pl := r.place(a, path)
			if r.budget--; r.budget < 0 || r.wins(p, pl) {
				return u, false
			}
			if !sampled {
				sampled, u.Sample = true, pl
				for _, o := range RouteOutcomes(r.t, pl) {
					if o.OK {
						u.Blockers = append(u.Blockers, o.Match)
					}
				}
			}
		}
	}
	return u, sampled
}

// wins reports whether a Uri wins a place under some values of the choices. All of them are tried only where the first
// look consulted one.
func (r *reacher) wins(p *match.Pattern, pl MatchKey) bool {
	m, ok := r.look(&pl, &r.sem)
	if ok && m.By(p) {
		return true
	}
	if r.seen.Points()&choices.OfRoutes == 0 {
		return false
	}
	rulings := RouteOutcomes(r.t, pl)
	r.budget -= len(rulings)
	return slices.ContainsFunc(rulings, func(o RouteOutcome) bool { return o.OK && o.Match.By(p) })
}

// look matches a place and leaves what it consulted in seen.
func (r *reacher) look(pl *MatchKey, sem *choices.Assumptions) (match.Match, bool) {
	r.seen.Reset()
	return matchPlace(r.t, *pl, sem, &r.seen)
}

// differs reports whether some value of the scoring choices leads to another cluster. It is RouteOutcomes without its
// memory.
func (r *reacher) differs(pl *MatchKey, cluster match.ClusterID) bool {
	walk := choices.Tree[struct{}]{
		Among: scoreChoices,
		Decide: func(sem *choices.Assumptions) (none struct{}, asked uint64, same bool) {
			r.budget--
			m, ok := r.look(pl, sem)
			return none, r.seen.Points(), !ok || m.Cluster == cluster
		},
		Each: func(*choices.Assumptions, uint64, struct{}) {},
	}
	return !walk.Walk(&r.sem, 0)
}

// hostClass is a host and port with the Routes that compete for it; another host with the same ones has the same
// answers.
type hostClass struct {
	host   string
	port   int
	routes []*match.Route
}

// classes lists a host and port for every different set of Routes.
func (r *reacher) classes() []hostClass {
	var out []hostClass
	seen := map[string]bool{}
	add := func(host string, port int) {
		if r.budget--; r.budget < 0 {
			return
		}
		key, routes := r.competing(host, port)
		if len(routes) > 0 && !seen[key] {
			seen[key] = true
			r.budget -= len(routes) / 8 // the class will be examined, Route by Route
			out = append(out, hostClass{host, port, routes})
		}
	}
	for _, h := range r.t.Hosts() {
		host, anyPort := h, false
		if h == "*" {
			host = r.fresh.Host
		}
		for port := range r.t.Ports(h) {
			if port != 0 {
				add(host, port)
				continue
			}
			add(host, r.fresh.Port)
			anyPort = true
		}
		if anyPort && h != "*" {
			for port := range r.t.Ports("*") {
				if port != 0 {
					add(host, port)
				}
			}
		}
	}
	if r.t.TakesAnyHost() {
		add(r.fresh.Host, r.fresh.Port)
	}
	return out
}

// competing returns the Routes that compete for a host and port, and a key that says how their aliases score.
func (r *reacher) competing(host string, port int) (key string, routes []*match.Route) {
	key, groups := r.t.Competing(host, port)
	for _, g := range groups {
		routes = append(routes, r.groups[g]...)
	}
	return key, append(routes, r.groups[nil]...)
}

// undetermined looks at each class whose Routes do not all lead to one cluster: nothing can hang on a choice
// elsewhere.
func (r *reacher) undetermined() {
	for _, c := range r.classes() {
		first := c.routes[0].Cluster
		if !slices.ContainsFunc(c.routes, func(rt *match.Route) bool { return rt.Cluster != first }) {
			continue
		}
		r.examine(&c)
	}
}

// examine looks at the places of a class where patterns meet: the own place of each pattern, and for a pattern such as
// *.jsp a place within each prefix of another cluster.
func (r *reacher) examine(c *hostClass) {
	type prefix struct {
		head string
		to   destination
	}
	var prefixes []prefix
	to := destinations(c.routes)
	seen := map[*match.URIGroup]bool{}
	each := func(visit func(rt *match.Route, p *match.Pattern)) {
		clear(seen)
		for _, rt := range c.routes {
			if rt.URIs == nil || seen[rt.URIs] {
				continue
			}
			seen[rt.URIs] = true
			for i := range rt.URIs.Patterns {
				visit(rt, &rt.URIs.Patterns[i])
			}
		}
	}
	suffixes := false
	// each pattern at its own place, and what the second round needs
	each(func(rt *match.Route, p *match.Pattern) {
		if path, ok := r.fresh.Path(p); ok {
			r.judge(MatchKey{c.host, c.port, path})
		}
		switch p.Kind {
		case match.Prefix:
			prefixes = append(prefixes, prefix{p.Head(), to[rt.URIs]})
		case match.Suffix:
			suffixes = true
		}
	})
	if !suffixes || r.fresh.Text == "" {
		return // two prefixes, or an exact Uri and a prefix, have met at the place of the longer one
	}
	// sorted, the prefixes that begin as a suffix pattern does stand together: /app/*.jsp meets /app/x/*, not /shop/*
	slices.SortFunc(prefixes, func(a, b prefix) int { return strings.Compare(a.head, b.head) })
	each(func(rt *match.Route, p *match.Pattern) {
		if p.Kind != match.Suffix {
			return
		}
		from := sort.Search(len(prefixes), func(i int) bool { return prefixes[i].head >= p.Head() })
		for _, q := range prefixes[from:] {
			if !strings.HasPrefix(q.head, p.Head()) || r.budget < 0 {
				break
			}
			if q.to != to[rt.URIs] || q.to.several {
				r.judge(MatchKey{c.host, c.port, q.head + r.fresh.Text + p.Tail()})
			}
		}
	})
}

// destination is where the Routes through one UriGroup lead.
type destination struct {
	cluster match.ClusterID
	several bool // clusters
}

// destinations says for each UriGroup where its Routes of a class lead.
func destinations(routes []*match.Route) map[*match.URIGroup]destination {
	to := map[*match.URIGroup]destination{}
	for _, rt := range routes {
		d, known := to[rt.URIs]
		if !known {
			d.cluster = rt.Cluster
		}
		d.several = d.several || d.cluster != rt.Cluster
		to[rt.URIs] = d
	}
	return to
}

// judge notes a place whose cluster hangs on a choice. The quick looks come first, for nearly every place hangs on
// none: whether a choice was consulted, whether another value leads elsewhere, and only then all outcomes. Of two
// Routes one place stands for all; the other Uris are counted.
func (r *reacher) judge(pl MatchKey) {
	if r.budget--; r.budget < 0 {
		return
	}
	m, ok := r.look(&pl, &r.sem)
	if r.seen.Points()&scoreChoices == 0 || !ok || !r.differs(&pl, m.Cluster) {
		return
	}
	rulings := routeOutcomes(r.t, pl, scoreChoices)
	r.budget -= len(rulings)
	first := &rulings[0]
	i := slices.IndexFunc(rulings,
		func(o RouteOutcome) bool { return o.OK && first.OK && o.Match.Cluster != first.Match.Cluster })
	if i < 0 {
		return
	}
	a, b := &first.Match, &rulings[i].Match
	if b.Route() < a.Route() {
		a, b = b, a
	}
	key := pairKey{a.Route(), b.Route(), a.SameRule(b)}
	at, known := r.byPair[key]
	if !known {
		at, r.byPair[key] = len(r.Undetermined), len(r.Undetermined)
		r.Undetermined = append(r.Undetermined, Undetermined{Same: key.same})
	}
	u := &r.Undetermined[at]
	// a Uri as it is written tells more than one that R3 made
	if !known || u.Outcomes[0].Match.Made() && !first.Match.Made() {
		u.Sample, u.Outcomes = pl, rulings
	}
	if c := (counted{key, b.Pattern()}); !r.counted[c] {
		r.counted[c] = true
		u.Patterns++
	}
}
