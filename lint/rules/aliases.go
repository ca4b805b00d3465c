package rules

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/space"
)

var aliasInSeveralGroups = &lint.Rule{
	Code: diag.AliasInSeveralGroups, Name: "alias-in-several-groups", Category: lint.Routing, Severity: diag.Warning,
	Check:     on(checkAliasTwice),
	Subjects:  []string{"VirtualHost/Name", "VirtualHostGroup"},
	Otherwise: "info for a group that no Route uses",
	Doc: lint.Doc{
		Title: "One alias stands in several VirtualHostGroups, and Uris of their Routes overlap",
		Why: "Groups may share aliases (technote swg21139573). Where Routes of both lead to different clusters " +
			"and their Uris overlap, it is the scores that decide, and what belongs together is split. Equal Uris " +
			"are WP601. One Uri within another is reported although the longer one wins: who reads one group does " +
			"not see that the other takes requests out of it. A warning when both groups are routed, else info; " +
			"nothing is said of what merge tools write.",
		Bad: twoServers + hostGroup("default_host", "*:80") + hostGroup("bank_host", "*:80") +
			uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/shop/bank/*") + twoHostRoutes,
		Good: twoServers + hostGroup("default_host", "*:80") + hostGroup("bank_host", "*:443") +
			uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/shop/bank/*") + twoHostRoutes,
		NearMiss: twoServers + hostGroup("default_host", "*:80") + hostGroup("bank_host", "*:80") +
			uriGroup("shop_uris", "/shop/*") + uriGroup("bank_uris", "/bank/*") + twoHostRoutes,
		Source: "technote swg21139573; R1",
	},
}

// checkAliasTwice reports aliases that stand in several groups where it matters: where Routes of both groups lead to
// different clusters and their Uris overlap, so that scores decide. What merge tools write has one alias in many
// groups by design.
func checkAliasTwice(p *pass) {
	if p.merged() {
		return
	}
	unrouted(p)
	routes := map[*parser.VirtualHostGroup][]*routed{}
	for i := range p.index.routes {
		r := &p.index.routes[i]
		routes[r.vhosts] = append(routes[r.vhosts], r)
	}
	x := overlapper{pass: p, sets: map[*parser.UriGroup]*uriSet{}, known: map[pair]string{}, work: maxWork}
	met := map[groups]meeting{}
	for f, l := range p.sharedAliases {
		m, done := met[groups{f.group, l.group}]
		if !done {
			m = x.meeting(routes[f.group], routes[l.group])
			met[groups{f.group, l.group}] = m
		}
		if m.path != "" {
			p.reportShared(f, l, &m)
		}
	}
}

// meeting is a path that two Routes to different clusters take.
type meeting struct {
	a, b *routed
	path string
}

// overlapper finds paths that Uris of two groups both match.
type overlapper struct {
	*pass
	sets  map[*parser.UriGroup]*uriSet
	known map[pair]string
	work  int
}

func (x *overlapper) meeting(as, bs []*routed) meeting {
	for _, a := range as {
		for _, b := range bs {
			if x.work--; x.work < 0 || a.cluster == b.cluster || a.cluster == nil || b.cluster == nil {
				continue
			}
			if path := x.path(a.uris, b.uris); path != "" {
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
	path, known := x.known[pair{a, b}]
	if !known {
		if path = x.set(a).meets(x.pass, b.Uris, &x.work); path == "" {
			path = x.set(b).meets(x.pass, a.Uris, &x.work)
		}
		x.known[pair{a, b}] = path
	}
	return path
}

func (x *overlapper) set(g *parser.UriGroup) *uriSet {
	if x.sets[g] == nil {
		x.sets[g] = newURISet(g.Uris)
	}
	return x.sets[g]
}

func (p *pass) reportShared(f, l *aliasOf, m *meeting) {
	spot := p.fresh().Key(l.Alias)
	spot.Path = m.path
	who := space.RouteOutcomes(p.Table, spot)
	if !who[0].OK {
		return
	}
	p.Report(l.host.Name.Span(), "alias %q of VirtualHostGroup %q is also in %q on %s, and Uris of their Routes to "+
		"clusters %q and %q overlap, so that scores decide (R1): %s goes to %q by Uri %q",
		l.host.Name.V, l.group.Name.V, f.group.Name.V, p.Where(f.host.Name.Span()), m.a.cluster.Name.V,
		m.b.cluster.Name.V, spot.URL(), p.clusterName(&who[0].Match), who[0].Match.Pattern()).
		See(f.host.Name.Span(), "the other alias").See(m.a.Node.NameSpan,
		"a Route of the one group").See(m.b.Node.NameSpan, "a Route of the other").
		About(pair{f.host.Name.Span(), l.host.Name.Span()}, l.host.Name.Span()).About(eitherWay(m.a.Node.NameSpan,
		m.b.Node.NameSpan)...)
}

// unrouted mentions an alias of a group that no Route uses and that stands in another group too.
func unrouted(p *pass) {
	used := p.routedGroups()
	first := map[hostPort]*aliasOf{}
	for i := range p.index.aliases {
		a := &p.index.aliases[i]
		f := first[a.key()]
		if f == nil {
			first[a.key()] = a
		} else if f.group != a.group && !(used[f.group] && used[a.group]) {
			p.Report(a.host.Name.Span(), "alias %q of VirtualHostGroup %q is also in %q on %s; with a Route for "+
				"both it is their Uris that must not overlap",
				a.host.Name.V, a.group.Name.V, f.group.Name.V,
				p.Where(f.host.Name.Span())).As(diag.Info).See(f.host.Name.Span(), "the other alias").
				About(a.host.Name.Span())
		}
	}
}

type groups struct{ a, b *parser.VirtualHostGroup }

// maxShared bounds the groups of one alias that are compared with each other.
const maxShared = 32

// sharedAliases lists the aliases that two groups have in common, the alias earlier in the file first, each once for a
// pair of groups.
func (p *pass) sharedAliases(yield func(first, later *aliasOf) bool) {
	byKey := map[hostPort][]*aliasOf{}
	for i := range p.index.aliases {
		a := &p.index.aliases[i]
		before := byKey[a.key()]
		if slices.ContainsFunc(before, func(f *aliasOf) bool { return f.group == a.group }) {
			continue // WP208
		}
		for _, f := range before {
			if !yield(f, a) {
				return
			}
		}
		if len(before) < maxShared {
			byKey[a.key()] = append(before, a)
		}
	}
}

// merged reports whether a merge tool wrote the file: the comment before its root says so, or the names that IBM's
// tools give to groups.
func (p *pass) merged() bool {
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

// checkAliasListedTwice reports an alias that stands in its group a second time.
func checkAliasListedTwice(p *pass) {
	for _, g := range p.Config.VirtualHostGroups {
		first := map[string]*parser.VirtualHost{}
		for _, h := range g.Aliases {
			key := strings.ToLower(h.Name.V) // hosts compare without case (R5)
			f := first[key]
			switch {
			case !h.Name.Set():
				continue
			case f == nil:
				first[key] = h
				continue
			}
			p.Report(h.Name.Span(), "virtual host %q is listed in VirtualHostGroup %q a second time, first on %s; "+
				"it is assumed to count once, what the plug-in makes of it is undocumented",
				h.Name.V, g.Name.V, p.Where(f.Name.Span())).See(f.Name.Span(), "the first").About(h.Name.Span()).
				Repair(false, "drop the second", p.drop(h.Node))
		}
	}
}

var listedTwice = &lint.Rule{
	Code: diag.ListedTwice, Name: "listed-twice", Category: lint.References, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkListedTwice),
	Subjects:   []string{"PrimaryServers", "BackupServers", "VirtualHost/Name"},
	Suppresses: []string{diag.CasePairs}, Topology: true,
	Doc: lint.Doc{
		Title: "A Server stands twice in one list, or an alias twice in one VirtualHostGroup",
		Why: "It is assumed to count once. What the plug-in makes of it is undocumented: a Server that counts " +
			"twice would get a double share.",
		Bad: members("", "<PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2\"/><Server "+
			"Name=\"m1\"/></PrimaryServers>", "", ""),
		Good:     members("", "<PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2\"/></PrimaryServers>", "", ""),
		NearMiss: hostGroup("default_host", "*:80", "*:443", "www.example.com:80"),
		Source:   "assumed; hosts compare without case (R5)",
	},
}

// checkListedTwice reports a Server or an alias that a list holds twice.
func checkListedTwice(p *pass) {
	checkAliasListedTwice(p)
	for _, c := range p.Config.Clusters {
		for _, l := range []*parser.ServerList{c.Primary, c.Backup} {
			first := map[string]*parser.ServerRef{}
			for _, ref := range refs(l) {
				f := first[ref.Name.V]
				switch {
				case !ref.Name.Set():
					continue
				case f == nil:
					first[ref.Name.V] = ref
					continue
				}
				p.Report(ref.Name.Span(), "server %q is listed in %s of cluster %q a second time, first on %s; it "+
					"is assumed to count once, what the plug-in makes of it is undocumented",
					ref.Name.V, l.Node.Name, c.Name.V, p.Where(f.Name.Span())).See(f.Name.Span(), "the first").
					Repair(false, "drop the second", p.drop(ref.Node))
			}
		}
	}
}
