package routecheck

import (
	"slices"
	"sort"
	"strings"
)

// NewReach examines the Routes of a table: for each Uri it makes requests that this Uri matches best and asks who wins them under every
// value of the open scoring choices. The work is bounded; what stands behind the bound counts as reachable and determined.
func (t *Table) NewReach() *Reach {
	r := &reacher{t: t, sem: Latest(), byPair: map[pairKey]int{}, counted: map[counted]bool{}, groups: map[*vhostGroup][]*route{}}
	for i := range t.routes {
		rt := &t.routes[i]
		r.groups[rt.vhosts] = append(r.groups[rt.vhosts], rt)
	}
	patterns := r.distinctGroups()
	r.budget = 100_000 + 8*patterns
	r.fresh = r.t.Fresh()
	r.unreachable()
	r.budget = 100_000 + 8*patterns
	r.undetermined()
	return &r.Reach
}

type reacher struct {
	Reach
	t      *Table
	sem    Semantics
	groups map[*vhostGroup][]*route
	uris   []*uriGroup // in the order of the Routes
	users  map[*uriGroup][]*route
	budget int
	seen   Consulted

	fresh   Fresh
	byPair  map[pairKey]int // place in Undetermined
	counted map[counted]bool
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

func (r *reacher) distinctGroups() (patterns int) {
	r.users = map[*uriGroup][]*route{}
	for i := range r.t.routes {
		rt := &r.t.routes[i]
		if rt.uris == nil {
			continue
		}
		if r.users[rt.uris] == nil {
			r.uris = append(r.uris, rt.uris)
			patterns += len(rt.uris.patterns)
		}
		r.users[rt.uris] = append(r.users[rt.uris], rt)
	}
	return patterns
}

func (r *reacher) unreachable() {
	for _, g := range r.uris {
		for i := range g.patterns {
			p := &g.patterns[i]
			path, ok := r.fresh.Path(p)
			if p.internal || !ok || r.budget < 0 {
				continue
			}
			if u, dead := r.beaten(g, p, path); dead {
				r.Unreachable = append(r.Unreachable, u)
			}
		}
	}
}

// beaten reports whether others win a pattern's path on every alias of its Routes under every choice.
func (r *reacher) beaten(g *uriGroup, p *pattern, path string) (Unreached, bool) {
	u := Unreached{At: p.at(), URI: p.text}
	sampled := false
	for _, rt := range r.users[g] {
		aliases := []*alias{nil}
		if rt.vhosts != nil {
			aliases = aliases[:0]
			for i := range rt.vhosts.aliases {
				aliases = append(aliases, &rt.vhosts.aliases[i])
			}
		}
		for _, a := range aliases {
			pl := r.place(a, path)
			if r.budget--; r.budget < 0 || r.wins(p, pl) {
				return u, false
			}
			if !sampled {
				sampled, u.Sample = true, pl
				for _, o := range r.t.Rulings(pl) {
					if o.OK {
						u.Blockers = append(u.Blockers, o.Match)
					}
				}
			}
		}
	}
	return u, sampled
}

func (r *reacher) wins(p *pattern, pl Spot) bool {
	m, ok := r.look(&pl, &r.sem)
	if ok && m.By(p) {
		return true
	}
	if r.seen.Points()&routeChoices == 0 {
		return false
	}
	rulings := r.t.Rulings(pl)
	r.budget -= len(rulings)
	return slices.ContainsFunc(rulings, func(o Ruling) bool { return o.OK && o.Match.By(p) })
}

// look matches a place and leaves what it consulted in seen.
func (r *reacher) look(pl *Spot, sem *Semantics) (Match, bool) {
	r.seen.Reset()
	return r.t.matchPlace(*pl, sem, &r.seen)
}

// differs reports whether some value of the scoring choices leads to another cluster. It is Rulings without its memory.
func (r *reacher) differs(pl *Spot, cluster ClusterID) bool {
	walk := tree[struct{}]{
		among: scoreChoices,
		decide: func(sem *Semantics) (none struct{}, asked uint64, same bool) {
			r.budget--
			m, ok := r.look(pl, sem)
			return none, r.seen.Points(), !ok || m.Cluster == cluster
		},
		leaf: func(*Semantics, uint64, struct{}) {},
	}
	return !walk.walk(&r.sem, 0)
}

// hostClass is a host and port with the Routes that compete for it; another host with the same ones has the same answers.
type hostClass struct {
	host   string
	port   int
	routes []*route
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
			r.budget -= len(routes) / 8
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
func (r *reacher) competing(host string, port int) (key string, routes []*route) {
	key, groups := r.t.Competing(host, port)
	for _, g := range groups {
		routes = append(routes, r.groups[g]...)
	}
	return key, append(routes, r.groups[nil]...)
}

func (r *reacher) undetermined() {
	for _, c := range r.classes() {
		first := c.routes[0].cluster
		if !slices.ContainsFunc(c.routes, func(rt *route) bool { return rt.cluster != first }) {
			continue
		}
		r.examine(&c)
	}
}

// examine looks at the places of a class where patterns meet: the own place of each pattern, and for a pattern such as *.jsp a place
// within each prefix of another cluster.
func (r *reacher) examine(c *hostClass) {
	type prefix struct {
		head    string
		cluster ClusterID
	}
	var prefixes []prefix
	seen := map[*uriGroup]bool{}
	each := func(visit func(rt *route, p *pattern)) {
		clear(seen)
		for _, rt := range c.routes {
			if rt.uris == nil || seen[rt.uris] {
				continue
			}
			seen[rt.uris] = true
			for i := range rt.uris.patterns {
				visit(rt, &rt.uris.patterns[i])
			}
		}
	}
	suffixes := false
	each(func(rt *route, p *pattern) {
		if path, ok := r.fresh.Path(p); ok {
			r.judge(Spot{c.host, c.port, path})
		}
		switch p.kind {
		case prefixPattern:
			prefixes = append(prefixes, prefix{p.head(), rt.cluster})
		case suffixPattern:
			suffixes = true
		}
	})
	if !suffixes || r.fresh.Text == "" {
		return
	}
	slices.SortFunc(prefixes, func(a, b prefix) int { return strings.Compare(a.head, b.head) })
	each(func(rt *route, p *pattern) {
		if p.kind != suffixPattern {
			return
		}
		from := sort.Search(len(prefixes), func(i int) bool { return prefixes[i].head >= p.head() })
		for _, q := range prefixes[from:] {
			if !strings.HasPrefix(q.head, p.head()) || r.budget < 0 {
				break
			}
			if q.cluster != rt.cluster {
				r.judge(Spot{c.host, c.port, q.head + r.fresh.Text + p.tail()})
			}
		}
	})
}

// judge notes a place whose cluster hangs on a choice.
func (r *reacher) judge(pl Spot) {
	if r.budget--; r.budget < 0 {
		return
	}
	m, ok := r.look(&pl, &r.sem)
	if r.seen.Points()&scoreChoices == 0 || !ok || !r.differs(&pl, m.Cluster) {
		return
	}
	rulings := r.t.rulings(pl, scoreChoices)
	r.budget -= len(rulings)
	first := &rulings[0]
	i := slices.IndexFunc(rulings, func(o Ruling) bool { return o.OK && first.OK && o.Match.Cluster != first.Match.Cluster })
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
	if !known || u.Rulings[0].Match.made() && !first.Match.made() { // a Uri as it is written tells more than one that R3 made
		u.Sample, u.Rulings = pl, rulings
	}
	if c := (counted{key, b.Pattern()}); !r.counted[c] {
		r.counted[c] = true
		u.Patterns++
	}
}
