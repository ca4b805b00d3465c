package routing

import (
	"iter"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/space"
)

var _ = group.Add(&lint.Rule{
	Code: diag.AliasInSeveralGroups, Name: "alias-in-several-groups", Category: lint.Routing, Severity: diag.Warning,
	Check:     check.On(checkAliasTwice),
	Subjects:  []string{"VirtualHost/Name", "VirtualHostGroup"},
	Otherwise: "info for a group that no Route uses",
	Doc: lint.Doc{
		Title: "One alias stands in several VirtualHostGroups, and Uris of their Routes overlap",
		Why: "Groups may share aliases (technote swg21139573). Where Routes of both lead to different clusters " +
			"and their Uris overlap, it is the scores that decide, and what belongs together is split. Equal Uris " +
			"are WP601. One Uri within another is reported although the longer one wins: who reads one group does " +
			"not see that the other takes requests out of it. A warning when both groups are routed, else info; " +
			"nothing is said of what merge tools write.",
		Bad: example.TwoServers("c1", "c2") + example.HostGroup("default_host", "*:80") +
			example.HostGroup("bank_host", "*:80") +
			example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("bank_uris", "/shop/bank/*") +
			example.TwoHostRoutes,
		Good: example.TwoServers("c1", "c2") + example.HostGroup("default_host", "*:80") +
			example.HostGroup("bank_host", "*:443") +
			example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("bank_uris", "/shop/bank/*") +
			example.TwoHostRoutes,
		NearMiss: example.TwoServers("c1", "c2") + example.HostGroup("default_host", "*:80") +
			example.HostGroup("bank_host", "*:80") +
			example.UriGroup("shop_uris", "/shop/*") + example.UriGroup("bank_uris", "/bank/*") +
			example.TwoHostRoutes,
		Source: "technote swg21139573; R1",
	},
})

// checkAliasTwice reports aliases that stand in several groups where it matters: where Routes of both groups lead to
// different clusters and their Uris overlap, so that scores decide. What merge tools write has one alias in many
// groups by design.
func checkAliasTwice(p *check.Pass) {
	if merged(p) {
		return
	}
	unrouted(p)
	routes := map[*parser.VirtualHostGroup][]*check.Routed{}
	for i := range p.Routes {
		r := &p.Routes[i]
		routes[r.Hosts] = append(routes[r.Hosts], r)
	}
	x := overlapper{pass: p, sets: map[*parser.UriGroup]*check.URISet{}, known: map[any]string{}, work: check.MaxWork}
	met := map[groups]meeting{}
	for f, l := range sharedAliases(p) {
		m, done := met[groups{f.Group, l.Group}]
		if !done {
			m = x.meeting(routes[f.Group], routes[l.Group])
			met[groups{f.Group, l.Group}] = m
		}
		if m.path != "" {
			reportShared(p, f, l, &m)
		}
	}
}

// meeting is a path that two Routes to different clusters take.
type meeting struct {
	a, b *check.Routed
	path string
}

// overlapper finds paths that Uris of two groups both match.
type overlapper struct {
	pass  *check.Pass
	sets  map[*parser.UriGroup]*check.URISet
	known map[any]string
	work  int
}

// meeting finds the first two Routes of two groups of aliases that lead to different clusters and take one path.
func (x *overlapper) meeting(as, bs []*check.Routed) meeting {
	for _, a := range as {
		for _, b := range bs {
			if x.work--; x.work < 0 || a.Cluster == b.Cluster || a.Cluster == nil || b.Cluster == nil {
				continue
			}
			if path := x.path(a.Uris, b.Uris); path != "" {
				return meeting{a, b, path}
			}
		}
	}
	return meeting{}
}

// path returns a path that both groups match, "" for none. A Route without a group takes every path (R17).
func (x *overlapper) path(a, b *parser.UriGroup) string {
	if a == nil || b == nil {
		return "" // WP205
	}
	path, known := x.known[check.Pair(a, b)]
	if !known {
		if path = x.set(a).Meets(x.pass, b.Uris, &x.work); path == "" {
			path = x.set(b).Meets(x.pass, a.Uris, &x.work)
		}
		x.known[check.Pair(a, b)] = path
	}
	return path
}

func (x *overlapper) set(g *parser.UriGroup) *check.URISet {
	if x.sets[g] == nil {
		x.sets[g] = check.NewURISet(g.Uris)
	}
	return x.sets[g]
}

// reportShared asks the decision core who gets the path there, so that the message has an example that can be tried.
func reportShared(p *check.Pass, f, l *check.AliasOf, m *meeting) {
	key := p.UnusedNames().Key(l.Alias)
	key.Path = m.path
	who := space.RouteOutcomes(p.Table, key)
	if !who[0].OK {
		return
	}
	p.Report(l.VirtualHost.Name.Span(), "alias %q of VirtualHostGroup %q is also in %q on %s, and Uris of their "+
		"Routes to clusters %q and %q overlap, so that scores decide (R1): %s goes to %q by Uri %q",
		l.VirtualHost.Name.V, l.Group.Name.V, f.Group.Name.V, p.Where(f.VirtualHost.Name.Span()),
		m.a.Cluster.Name.V, m.b.Cluster.Name.V, key.URL(), p.ClusterName(&who[0].Match), who[0].Match.Pattern()).
		See(f.VirtualHost.Name.Span(), "the other alias").
		See(m.a.Node.NameSpan, "a Route of the one group").
		See(m.b.Node.NameSpan, "a Route of the other").
		About(check.Pair(f.VirtualHost.Name.Span(), l.VirtualHost.Name.Span()), l.VirtualHost.Name.Span()).
		About(eitherWay(m.a.Node.NameSpan, m.b.Node.NameSpan)...)
}

// unrouted mentions an alias of a group that no Route uses and that stands in another group too.
func unrouted(p *check.Pass) {
	used := p.RoutedGroups()
	first := map[check.HostPort]*check.AliasOf{}
	for i := range p.Aliases {
		a := &p.Aliases[i]
		f := first[a.Key()]
		if f == nil {
			first[a.Key()] = a
		} else if f.Group != a.Group && !(used[f.Group] && used[a.Group]) {
			p.Report(a.VirtualHost.Name.Span(), "alias %q of VirtualHostGroup %q is also in %q on %s; with a "+
				"Route for both it is their Uris that must not overlap", a.VirtualHost.Name.V, a.Group.Name.V,
				f.Group.Name.V, p.Where(f.VirtualHost.Name.Span())).
				As(diag.Info).
				See(f.VirtualHost.Name.Span(), "the other alias").
				About(a.VirtualHost.Name.Span())
		}
	}
}

type groups struct{ a, b *parser.VirtualHostGroup }

// maxShared bounds the groups of one alias that are compared with each other.
const maxShared = 32

// sharedAliases lists the aliases that two groups have in common, the alias earlier in the file first, each once for a
// pair of groups.
func sharedAliases(p *check.Pass) iter.Seq2[*check.AliasOf, *check.AliasOf] {
	return func(yield func(first, later *check.AliasOf) bool) {
		byKey := map[check.HostPort][]*check.AliasOf{}
		for i := range p.Aliases {
			a := &p.Aliases[i]
			before := byKey[a.Key()]
			if slices.ContainsFunc(before, func(f *check.AliasOf) bool { return f.Group == a.Group }) {
				continue // WP208
			}
			for _, f := range before {
				if !yield(f, a) {
					return
				}
			}
			if len(before) < maxShared {
				byKey[a.Key()] = append(before, a)
			}
		}
	}
}

// merged reports whether a merge tool wrote the file: the comment before its root says so, or the names that IBM's
// tools give to groups.
func merged(p *check.Pass) bool {
	for _, g := range p.Config.VirtualHostGroups {
		if strings.HasPrefix(g.Name.V, "/cell/sharedCell_") {
			return true
		}
	}
	for _, n := range p.Config.Doc.Nodes {
		switch {
		case n.Kind == parser.Element:
			return false
		case n.Kind == parser.Comment && (strings.Contains(n.Text, "merged by wasplug") ||
			strings.Contains(n.Text, "pluginUtility merge")):
			return true
		}
	}
	return false
}
