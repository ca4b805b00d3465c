package routing

import (
	"maps"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// A Uri is redundant when the file decides the same without it. The decision core is asked, with and without, at every
// place where leaving it out could show: on the paths that the Uri has alone and those that it shares with one other
// Uri, for the aliases that it has alone and those that it shares with one other alias. More need not be asked: where
// a third one matches too and wins without the Uri, it wins at the place that it shares with the Uri alone.

// target is where a Uri leads: what must stay the same without it.
type target struct{ cluster, cookie, identifier string }

func targetOf(cluster string, u *parser.Uri) target {
	return target{cluster, u.AffinityCookie.V, u.AffinityURLIdentifier.V}
}

// spare is a Uri that seems to be redundant.
type spare struct {
	group  *parser.UriGroup
	uri    *parser.Uri
	target target
	cover  match.Match // who gets its requests without it
}

var _ = group.Add(&lint.Rule{
	Code: diag.RedundantURI, Name: "redundant-uri", Category: lint.Routing, Severity: diag.Info, Fix: lint.SafeFix,
	Check:    check.On(checkRedundant),
	Subjects: []string{"Uri/Name"},
	Doc: lint.Doc{
		Title: "A Uri is within another one, or its equal, and changes nothing",
		Why: "It is noise, and every Uri is compared with every request. The decision core is asked, with and " +
			"without the Uri, for its paths and those it shares with other Uris, on every alias: reported is only " +
			"what has the same cluster and the same cookie without it under every open choice. Files of more than " +
			"5000 Uris are left out.",
		Bad: example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/shop/*", "/shop/cart/*") +
			example.UriGroup("bank_uris", "/bank/*") +
			example.TwoRoutes,
		Good: example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("bank_uris",
			"/bank/*") + example.TwoRoutes,
		NearMiss: example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/shop/*", "/shop/cart/pay/*") +
			example.UriGroup("bank_uris", "/shop/cart/*") + example.TwoRoutes,
		Source: "R1, R2, R4",
	},
})

// checkRedundant is advice with a safe fix, so it must be sure: it proposes nothing that the decision core does not
// confirm under all choices, and gives up rather than guess in a large file.
func checkRedundant(p *check.Pass) {
	uris := 0
	for _, g := range p.Config.UriGroups {
		uris += len(g.Uris)
	}
	if uris > mostUris {
		return
	}
	byTarget, order := spares(p)
	if len(order) == 0 {
		return
	}
	x := newRedundancy(p)
	for _, to := range order {
		for _, s := range x.keepRedundant(byTarget[to]) {
			p.Report(s.uri.Name.Span(), "Uri %q changes nothing: without it %q on %s takes its requests to the "+
				"same cluster with the same cookie; every request is compared with it", s.uri.Name.V,
				s.cover.Pattern(), p.Where(check.DecidedAt(&s.cover))).
				See(check.DecidedAt(&s.cover), "that Uri").
				About(s.uri.Name.Span()).
				Repair(true, "delete it", p.Drop(s.uri.Node))
		}
	}
}

// spares lists the Uris that stand in their group a second time or within a shorter one of the same target, by target,
// which tells little: other Uris may lie between.
func spares(p *check.Pass) (byTarget map[target][]*spare, order []target) {
	groups := singleTargets(p)
	around := prefixes(p, groups)
	byTarget = map[target][]*spare{}
	for _, g := range groups {
		var found []*spare
		seen := map[string]target{}
		for _, u := range g.Uris.Uris {
			to := targetOf(g.Cluster.Name.V, u)
			if strings.Count(u.Name.V, "*") < 2 && (seen[u.Name.V] == to || covered(around, to, u.Name.V)) {
				found = append(found, &spare{group: g.Uris, uri: u, target: to})
			}
			seen[u.Name.V] = to
		}
		if len(found) == len(g.Uris.Uris) {
			continue // the whole group is, and an empty group is a finding of its own (WP108)
		}
		for _, s := range found {
			if byTarget[s.target] == nil {
				order = append(order, s.target)
			}
			byTarget[s.target] = append(byTarget[s.target], s)
		}
	}
	return byTarget, order
}

// singleTargets lists the groups whose Routes all lead to one cluster, each by its first Route.
func singleTargets(p *check.Pass) []*check.Routed {
	first := map[*parser.UriGroup]*check.Routed{}
	several := map[*parser.UriGroup]bool{}
	var out []*check.Routed
	for i := range p.Routes {
		r := &p.Routes[i]
		if r.Uris == nil {
			continue
		}
		if first[r.Uris] == nil {
			first[r.Uris] = r
			out = append(out, r)
		}
		if r.Cluster == nil || r.Cluster != first[r.Uris].Cluster {
			several[r.Uris] = true
		}
	}
	return slices.DeleteFunc(out, func(r *check.Routed) bool { return several[r.Uris] })
}

// prefixes gives the targets of the Uris that end in "/*", by the text before the "*".
func prefixes(p *check.Pass, groups []*check.Routed) map[string][]target {
	around := map[string][]target{}
	for _, g := range groups {
		for _, u := range g.Uris.Uris {
			head, ok := strings.CutSuffix(u.Name.V, "/*")
			if ok && !strings.Contains(head, "*") && len(around[head]) < maxTargets {
				around[head] = append(around[head], targetOf(g.Cluster.Name.V, u))
			}
		}
	}
	return around
}

// maxTargets bounds the targets that are kept for one text before the "*"; what goes beyond makes no Uri redundant.
const maxTargets = 100

// covered reports whether a shorter Uri of the target holds all that another one matches.
func covered(around map[string][]target, to target, uri string) bool {
	head, _, _ := strings.Cut(uri, "*")
	for end := len(head) - 1; end >= 0; end-- {
		if head[end] == '/' && head[:end]+"/*" != uri && slices.Contains(around[head[:end]], to) {
			return true
		}
	}
	return false
}

// What the rule looks at: files of more Uris not at all, and of others as many targets as so many questions to the
// decision core allow.
const (
	mostUris         = 5000
	redundancyBudget = 50_000
)

// redundancy asks the decision core about the spares of a file, until its budget is spent: what is not asked any more
// is not redundant.
type redundancy struct {
	pass    *check.Pass
	budget  int
	fresh   space.UnusedNames
	routes  map[*parser.UriGroup][]*check.Routed
	byHead  map[string][]grouped // Uris by what stands before their "*"
	heads   []string             // the keys, sorted
	aliases map[*parser.VirtualHostGroup][]*check.AliasOf

	// each set of the choices that decide between Routes
	semantics []choices.Assumptions
}

type grouped struct {
	uri   string
	group *parser.UriGroup
}

// newRedundancy indexes the Routes, Uris and aliases of a file, so that each spare is compared with those alone that
// can meet it.
func newRedundancy(p *check.Pass) *redundancy {
	x := &redundancy{pass: p, budget: redundancyBudget, fresh: p.UnusedNames(),
		routes: map[*parser.UriGroup][]*check.Routed{},
		byHead: map[string][]grouped{}, aliases: map[*parser.VirtualHostGroup][]*check.AliasOf{},
		semantics: space.RouteAssumptions()}
	for i := range p.Routes {
		r := &p.Routes[i]
		x.routes[r.Uris] = append(x.routes[r.Uris], r)
	}
	for _, g := range p.Config.UriGroups {
		for _, u := range g.Uris {
			head, _, _ := strings.Cut(u.Name.V, "*")
			x.byHead[head] = append(x.byHead[head], grouped{u.Name.V, g})
		}
	}
	x.heads = slices.Sorted(maps.Keys(x.byHead))
	for i := range p.Aliases {
		a := &p.Aliases[i]
		x.aliases[a.Group] = append(x.aliases[a.Group], a)
	}
	return x
}

// keepRedundant returns those of one target that are redundant: any of them can go, alone or with others, also with
// those of other targets, since what stays of them leads to the same target.
func (x *redundancy) keepRedundant(spares []*spare) []*spare {
	for len(spares) > 0 && x.budget >= 0 && x.fresh.Text != "" {
		table := x.tableWithout(spares)
		before := len(spares)
		spares = slices.DeleteFunc(spares, func(s *spare) bool { return !x.redundant(s, table) })
		if len(spares) == before {
			return spares
		}
	}
	return nil
}

// tableWithout is the file as it would be without some Uris. The original stays as it is: other rules read it at the
// same time.
func (x *redundancy) tableWithout(spares []*spare) *routecheck.Table {
	gone := map[*parser.Uri]bool{}
	touched := map[*parser.UriGroup]bool{}
	for _, s := range spares {
		gone[s.uri], touched[s.group] = true, true
	}
	cfg := *x.pass.Config
	cfg.UriGroups = slices.Clone(cfg.UriGroups)
	for i, g := range cfg.UriGroups {
		x.budget -= len(g.Uris)/4 + 1
		if touched[g] {
			rest := *g
			rest.Uris = slices.DeleteFunc(slices.Clone(g.Uris), func(u *parser.Uri) bool { return gone[u] })
			cfg.UriGroups[i] = &rest
		}
	}
	table, _ := routecheck.New(&cfg)
	return table
}

// redundant reports whether others take every place that a Uri wins, under the choices under which it wins, to the
// same target in a table without it. Where it never wins nobody misses it.
func (x *redundancy) redundant(s *spare, without *routecheck.Table) bool {
	s.cover = match.Match{}
	others := x.meeting(s.uri.Name.V)
	for _, r := range x.routes[s.group] {
		if r.Hosts == nil || !x.same(s, without, x.keys(r.Hosts, r.Hosts),
			pathsOf(s.uri.Name.V, s.uri.Name.V, x.fresh.Text)) {
			return false
		}
		for _, o := range others {
			paths := pathsOf(s.uri.Name.V, o.uri, x.fresh.Text)
			for _, q := range x.routes[o.group] {
				if !x.same(s, without, x.keys(r.Hosts, q.Hosts), paths) || x.budget < 0 {
					return false
				}
			}
		}
	}
	return s.cover.Pattern() != ""
}

// meeting lists the Uris that can match a path of the Uri: one of the two begins with what the other begins with.
func (x *redundancy) meeting(uri string) (out []grouped) {
	head, _, _ := strings.Cut(uri, "*")
	for end := range head {
		out = append(out, x.byHead[head[:end]]...)
	}
	from, _ := slices.BinarySearch(x.heads, head)
	for _, h := range x.heads[from:] {
		if !strings.HasPrefix(h, head) {
			break
		}
		out = append(out, x.byHead[h]...)
	}
	return out
}

// same reports whether, at each of some places and paths that the Uri wins under some choice, the table without it
// leads to the same target under every choice, or at least under those under which the Uri wins.
func (x *redundancy) same(s *spare, without *routecheck.Table, keys []space.MatchKey, paths []string) bool {
	for _, key := range keys {
		for _, key.Path = range paths {
			if x.budget--; x.budget < 0 {
				return false
			}
			if !slices.ContainsFunc(space.RouteOutcomes(x.pass.Table, key), func(o space.RouteOutcome) bool {
				return o.OK && s.won(&o.Match)
			}) {
				continue
			}
			now := space.RouteOutcomes(without, key)
			if x.budget--; slices.ContainsFunc(now, func(o space.RouteOutcome) bool {
				return !s.taken(without, &o.Match, o.OK)
			}) && !x.sameByChoice(s, without, key) {
				return false
			}
			if s.cover.Pattern() == "" {
				s.cover = now[0].Match
			}
		}
	}
	return true
}

// won reports whether the Uri decided.
func (s *spare) won(m *match.Match) bool { return check.DecidedAt(m) == s.uri.Name.Span() }

// taken reports whether a match leads to where the Uri leads.
func (s *spare) taken(t *routecheck.Table, m *match.Match, ok bool) bool {
	return ok && target{t.Clusters[m.Cluster].Name, m.Cookie(), m.Identifier()} == s.target
}

// sameByChoice asks under each set of choices by itself: one may give a place to the Uri, and another one to somebody
// else.
func (x *redundancy) sameByChoice(s *spare, without *routecheck.Table, key space.MatchKey) bool {
	x.budget -= len(x.semantics) / 4
	return !slices.ContainsFunc(x.semantics, func(sem choices.Assumptions) bool {
		if m, ok := space.MatchAt(x.pass.Table, key, &sem); !ok || !s.won(&m) {
			return false
		}
		m, ok := space.MatchAt(without, key, &sem)
		return !s.taken(without, &m, ok)
	})
}

// pathsOf makes paths of the pieces of two Uris, with a gap where one has its "*". Some match only one of the two,
// which does no harm.
func pathsOf(a, b, gap string) []string {
	headA, tailA, _ := strings.Cut(a, "*")
	headB, tailB, _ := strings.Cut(b, "*")
	head := headA
	if len(headB) > len(headA) {
		head = headB
	}
	paths := []string{head + gap + tailA, head + gap + tailB}
	for _, whole := range []string{a, b} {
		if text, star := strings.CutSuffix(whole, "/*"); star || !strings.Contains(whole, "*") {
			paths = append(paths, text) // the Uri itself, or what "/x/*" serves beside (R3)
		}
	}
	slices.Sort(paths)
	return slices.Compact(paths)
}

// keys lists the match keys of a group of virtual hosts that belong to another group too. A Route without the other
// (R17) has every place.
func (x *redundancy) keys(g, other *parser.VirtualHostGroup) []space.MatchKey {
	if other == nil {
		other = g
	}
	if x.budget -= 1 + len(x.aliases[g])*len(x.aliases[other])/16; x.budget < 0 {
		return nil
	}
	var out []space.MatchKey
	seen := map[space.MatchKey]bool{}
	for _, a := range x.aliases[g] {
		for _, b := range x.aliases[other] {
			if key, ok := x.fresh.Meet(a.Alias, b.Alias); ok && !seen[key] {
				seen[key] = true
				out = append(out, key)
			}
		}
	}
	return out
}
