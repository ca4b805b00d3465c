// Package routing holds the rules about which cluster a request goes to. They ask the decision core, and never match a
// path themselves.
package routing

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

// two returns the first two rulings that lead to different clusters, the one later in the file last.
func two(p *check.Pass, u *space.Undetermined) (a, b *space.RouteOutcome) {
	first := &u.Outcomes[0]
	for i := range u.Outcomes[1:] {
		o := &u.Outcomes[i+1]
		if !o.OK || o.Match.Cluster == first.Match.Cluster {
			continue
		}
		if o.Match.URIAt().Start < first.Match.URIAt().Start {
			return o, first
		}
		return first, o
	}
	return first, first
}

var _ = group.Add(&lint.Rule{
	Code: diag.AliasAndURIToTwoClusters, Name: "alias-and-uri-to-two-clusters", Category: lint.Routing,
	Severity: diag.Error, Check: check.On(checkTwoClusters),
	Subjects:   []string{"Route", "VirtualHost/Name", "Uri/Name"},
	Suppresses: []string{diag.DuplicateRoute, diag.UnreachableURI, diag.UndeterminedRoute, diag.AliasInSeveralGroups},
	Doc: lint.Doc{
		Title: "The same alias and the same Uri lead to two clusters",
		Why: "The scores are equal, so one application gets the other's traffic; which one is undocumented. " +
			"IBM counts it among the most common problems.",
		Bad: example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/app/*") +
			example.UriGroup("bank_uris", "/app/*") + example.TwoRoutes,
		Good: example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/app/*") +
			example.UriGroup("bank_uris", "/bank/*") + example.TwoRoutes,
		NearMiss: example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/app/*") +
			example.UriGroup("bank_uris", "/app/bank/*") + example.TwoRoutes,
		Source: "IBM, tracing the plug-in (V5.1); R1, R13",
	},
})

// checkTwoClusters and checkUndetermined share what the decision core finds about Routes (space.Reach): places where
// the cluster hangs on an open choice. Here it is one alias and one Uri in two Routes (Same), whose scores are equal
// however they are counted.
func checkTwoClusters(p *check.Pass) {
	for _, u := range p.Reach().Undetermined {
		if !u.Same {
			continue
		}
		a, b := two(p, &u)
		p.Report(check.DecidedAt(&b.Match), "Uri %q leads to cluster %q, and on %s to cluster %q, both on alias "+
			"%q%s; the scores are equal (%s) and which one gets the requests is undocumented (choice score-tie), "+
			"try %s", b.Match.Pattern(), p.ClusterName(&b.Match), p.Where(check.DecidedAt(&a.Match)),
			p.ClusterName(&a.Match), b.Match.Alias(), moreURIs(u.Patterns), words.Scores(&a.Match), u.Sample.URL()).
			See(check.DecidedAt(&a.Match), "the same Uri").
			See(a.Match.RouteAt(), "its Route").
			See(b.Match.RouteAt(), "the Route of the later one").
			About(eitherWay(a.Match.AliasAt(), b.Match.AliasAt())...).
			About(eitherWay(a.Match.RouteAt(), b.Match.RouteAt())...)
	}
}

// eitherWay is the keys of two things in both orders.
func eitherWay(a, b diag.Span) []any { return []any{check.Pair(a, b), check.Pair(b, a)} }

// moreURIs: n Uris of two Routes are one mistake, and are told with the first of them.
func moreURIs(n int) string {
	switch {
	case n < 2:
		return ""
	case n == 2:
		return " (and 1 more Uri of the same Routes)"
	}
	return fmt.Sprintf(" (and %d more Uris of the same Routes)", n-1)
}

var _ = group.Add(&lint.Rule{
	Code: diag.UnreachableURI, Name: "unreachable-uri", Category: lint.Routing, Severity: diag.Warning,
	Check:      check.On(checkUnreachable),
	Subjects:   []string{"Uri/Name", "Route"},
	Suppresses: []string{diag.RedundantURI},
	Doc: lint.Doc{
		Title: "A Uri never gets a request",
		Why: "On each alias of its Routes another alias and Uri wins, under every open scoring choice. The " +
			"decision core is asked for every Uri.",
		Bad: `<UriGroup Name="shop_uris">
  <Uri Name="/shop/*"/>
  <Uri Name="/shop/*"/>
  <Uri Name="/shop/*"/>
</UriGroup>`,
		Good:     example.UriGroup("shop_uris", "/shop/*"),
		NearMiss: example.UriGroup("shop_uris", "/shop/*", "/shop/cart/*", "/shop/cart/pay"),
		Source:   "R1 to R15",
	},
})

// checkUnreachable reports what wins nowhere, whatever the choices. Without a blocker nobody else wins either: its
// alias or its form is what is wrong with it.
func checkUnreachable(p *check.Pass) {
	for _, u := range p.Reach().Unreachable {
		if u.At.IsZero() || len(u.Blockers) == 0 {
			continue
		}
		var lines []string
		for i := range u.Blockers {
			// the engine clips whole arguments alone, and this one has several names
			lines = append(lines, diag.Sprintf("%q on %s", lint.ClipWord(u.Blockers[i].Pattern()),
				p.Where(check.DecidedAt(&u.Blockers[i]))))
		}
		f := p.Report(u.At, "Uri %q never gets a request: on every alias of its Routes others win under every "+
			"scoring choice, %s for %s", u.URI, strings.Join(lines, " or "), u.Sample.URL()).
			About(u.At)
		for i := range u.Blockers {
			f.See(check.DecidedAt(&u.Blockers[i]), "wins")
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.UndeterminedRoute, Name: "undetermined-route", Category: lint.Routing, Severity: diag.Warning,
	Check:      check.On(checkUndetermined),
	Subjects:   []string{"Uri/Name", "VirtualHost/Name", "Route"},
	Suppresses: []string{diag.AliasInSeveralGroups},
	Doc: lint.Doc{
		Title: "Which cluster gets a request depends on an open choice",
		Why: "Admin or API traffic can land on the wrong cluster after a fix pack or a reorder of the file: " +
			"how the scores of virtual host and URI combine is not documented.",
		Bad: example.TwoServers("c1", "c2") + example.HostGroup("default_host", "www.shop.example.com:443") +
			example.HostGroup("bank_host", "*:443") + example.UriGroup("shop_uris", "/app/*") +
			example.UriGroup("bank_uris", "/app/admin/*") +
			example.TwoHostRoutes,
		Good: example.TwoServers("c1", "c2") + example.HostGroup("default_host", "www.shop.example.com:443") +
			example.HostGroup("bank_host", "bank.example.com:443") + example.UriGroup("shop_uris", "/app/*") +
			example.UriGroup("bank_uris", "/app/admin/*") + example.TwoHostRoutes,
		NearMiss: example.TwoServers("c1", "c2") + example.HostGroup("default_host", "www.shop.example.com:443") +
			example.HostGroup("bank_host", "*:443") + example.UriGroup("shop_uris", "/app/*") +
			example.UriGroup("bank_uris", "/bank/*") +
			example.TwoHostRoutes,
		Source: "R11 to R13; choices score-combination, vhost-score, score-tie, suffix-patterns",
	},
})

// checkUndetermined has the places that checkTwoClusters leaves: different Uris or aliases, of which scores decide
// that open choices count in different ways (R11-R13).
func checkUndetermined(p *check.Pass) {
	for _, u := range p.Reach().Undetermined {
		if u.Same {
			continue
		}
		a, b := two(p, &u)
		p.Report(check.DecidedAt(&b.Match), "%s goes to cluster %q by %s (%s) with %s, but to cluster %q by %s "+
			"(%s; %s) with %s%s; which is right is undocumented", u.Sample.URL(), p.ClusterName(&b.Match),
			by(&b.Match), words.Scores(&b.Match), assumed(b.Assume), p.ClusterName(&a.Match), by(&a.Match),
			words.Scores(&a.Match), p.Where(check.DecidedAt(&a.Match)), assumed(a.Assume), moreURIs(u.Patterns)).
			See(check.DecidedAt(&a.Match), "the other Uri").
			See(a.Match.RouteAt(), "its Route").
			About(eitherWay(a.Match.RouteAt(), b.Match.RouteAt())...)
	}
}

// by names the Uri and the alias of a match, or the group that its Route lacks (R17).
func by(m *match.Match) string {
	uri, alias := "a Route without UriGroup", "without VirtualHostGroup"
	if m.Pattern() != "" {
		uri = "Uri " + check.Quote(m.Pattern())
	}
	if m.Alias() != "" {
		alias = "on alias " + check.Quote(m.Alias())
	}
	return uri + " " + alias
}

// assumed words the choices under which an outcome holds.
func assumed(choices []string) string {
	if len(choices) == 0 {
		return "the default choices"
	}
	return strings.Join(choices, " ")
}

var _ = group.Add(&lint.Rule{
	Code: diag.AliasSyntax, Name: "alias-syntax", Category: lint.Routing, Severity: diag.Error,
	Check:           check.On(checkAliasSyntax),
	Subjects:        []string{"VirtualHost/Name"},
	Otherwise:       "warning for an alias without a port",
	Suppresses:      []string{diag.AliasInSeveralGroups},
	NeedsWellFormed: true,
	Doc: lint.Doc{
		Title: "A virtual host has a form that never matches, or no port",
		Why: "There are no partial wildcards: *.example.com:80 matches nothing. Without a port (a warning) it " +
			"means port 80 only.",
		Bad:      example.HostGroup("default_host", "*:80", "*.example.com:443"),
		Good:     example.HostGroup("default_host", "*:80", "www.example.com:443"),
		NearMiss: example.HostGroup("default_host", "*:80", "[2001:db8::1]:443", "*:*"),
		Source:   "IBM, virtual hosts; R6, R8",
	},
})

// checkAliasSyntax leaves to the parser of aliases what a form means. An alias without a port works, for port 80 (R8):
// it is a warning, since whoever writes a host alone may mean 443, too.
func checkAliasSyntax(p *check.Pass) {
	for _, g := range p.Config.VirtualHostGroups {
		for _, h := range g.Aliases {
			if !h.Name.Set() {
				continue
			}
			a, err := parser.ParseAlias(h.Name.V)
			switch {
			case err != nil:
				p.Report(h.Name.Span(), "%s; it never matches", err).About(h.Name.Span())
			case !a.PortWritten:
				p.Report(h.Name.Span(), "virtual host %q has no port, which means port 80 (R8); requests on 443 "+
					"do not match it", h.Name.V).
					As(diag.Warning)
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.FrontPortMissing, Name: "front-port-missing", Category: lint.Routing, Severity: diag.Warning,
	Check:    check.On(checkFrontPort),
	Subjects: []string{"VirtualHost/Name", "Config/VHostMatchingCompat"},
	Options:  []lint.Option{{Name: "ports", Default: []int{80, 443}, Doc: "ports on which the web server is asked"}},
	Doc: lint.Doc{
		Title: "No alias has a port of the web server",
		Why: "With only 9080 and 9443 each request of a browser is declined, and the web server answers 404. " +
			"Where the web server listens stands in no such file: the option ports says it.",
		Bad:      example.HostGroup("default_host", "*:9080", "*:9443"),
		Good:     example.HostGroup("default_host", "*:80", "*:443", "*:9080", "*:9443"),
		NearMiss: example.HostGroup("default_host", "www.example.com:*"),
		Source:   "R7, R9",
	},
})

// checkFrontPort asks whether any Route can match a request that comes to a port of the web server. With
// VHostMatchingCompat the port on which a request arrived counts (R7), which no file tells. One finding for the file,
// at the first group that is in use.
func checkFrontPort(p *check.Pass) {
	if p.Config.VHostMatchingCompat.V || len(p.Config.Routes) == 0 || len(p.Rejects) > 0 || p.Fragment {
		return
	}
	ports := p.OptionList("ports")
	if slices.ContainsFunc(ports, p.Table.TakesPort) {
		return
	}
	routed := p.RoutedGroups()
	for i := range p.Aliases {
		if g := p.Aliases[i].Group; routed[g] {
			p.Report(check.At(g.Name, g.Node), "no alias of any routed VirtualHostGroup takes one of the ports "+
				"%s; if the web server listens there, it answers each request itself, with 404 as a rule (R7, "+
				"R9); if it listens elsewhere, say so with the option ports", intList(ports))
			return
		}
	}
}

func intList(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = strconv.Itoa(n)
	}
	return strings.Join(texts, ", ")
}

var _ = group.Add(&lint.Rule{
	Code: diag.CasePairs, Name: "case-pairs", Category: lint.Routing, Severity: diag.Info,
	Check:    check.On(checkCasePairs),
	Subjects: []string{"VirtualHost/Name", "Uri/Name"},
	Doc: lint.Doc{
		Title:    "Two aliases or two Uris differ in letter case only",
		Why:      "Hosts compare without case, so the two are one; paths with case, so they are two, which surprises.",
		Bad:      example.UriGroup("shop_uris", "/shop/*", "/Shop/*"),
		Good:     example.UriGroup("shop_uris", "/shop/*"),
		NearMiss: example.UriGroup("shop_uris", "/shop/*", "/shops/*"),
		Source:   "APAR PQ70620; R5",
	},
})

// checkCasePairs: hosts compare without letter case, paths with it (R5), so of two aliases one is idle, and of two
// Uris each takes requests of its own. Both are advice, since either can be meant.
func checkCasePairs(p *check.Pass) {
	hosts := map[check.HostPort]*check.AliasOf{}
	for i := range p.Aliases {
		a := &p.Aliases[i]
		if f := hosts[a.Key()]; f == nil {
			hosts[a.Key()] = a
		} else if f.VirtualHost.Name.V != a.VirtualHost.Name.V &&
			strings.EqualFold(f.VirtualHost.Name.V, a.VirtualHost.Name.V) {
			p.Report(a.VirtualHost.Name.Span(), "virtual host %q differs from %q on %s in letter case only; "+
				"hosts compare without case (R5), so they are one", a.VirtualHost.Name.V, f.VirtualHost.Name.V,
				p.Where(f.VirtualHost.Name.Span())).
				About(a.VirtualHost.Name.Span())
		}
	}
	for _, g := range p.Config.UriGroups {
		first := map[string]*parser.Uri{}
		for _, u := range g.Uris {
			key := strings.ToLower(u.Name.V)
			if f := first[key]; f == nil {
				first[key] = u
			} else if f.Name.V != u.Name.V {
				p.Report(u.Name.Span(), "Uri %q differs from %q on %s in letter case only; paths compare with "+
					"case (R5), so they are two", u.Name.V, f.Name.V, p.Where(f.Name.Span()))
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.ExactURIWithoutSubtree, Name: "exact-uri-without-subtree", Category: lint.Routing, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkExactOnly),
	Subjects: []string{"Uri/Name"},
	Doc: lint.Doc{
		Title:    "A Uri matches one path and nothing below it",
		Why:      "/app matches only /app: everything below is declined. /app/* serves both.",
		Bad:      example.UriGroup("shop_uris", "/shop"),
		Good:     example.UriGroup("shop_uris", "/shop", "/shop/*"),
		NearMiss: example.UriGroup("shop_uris", "/index.html", "/shop/*"),
		Source:   "R2, R3",
	},
})

// checkExactOnly looks at Uris that look like a context root: one segment, no extension. Where the decision core finds
// a cluster for what is below it, or another Uri of the group takes that, there is no gap.
func checkExactOnly(p *check.Pass) {
	keys, routes := firstKeys(p), map[*parser.UriGroup]*check.Routed{}
	for i := range p.Routes {
		if r := &p.Routes[i]; routes[r.Uris] == nil {
			routes[r.Uris] = r
		}
	}
	for _, g := range p.Config.UriGroups {
		prefixes := prefixesOf(g.Uris)
		for _, u := range g.Uris {
			name := u.Name.V
			if len(name) < 2 || name[0] != '/' || strings.Count(name, "/") > 1 || strings.ContainsAny(name, "*.") ||
				prefixes[name+"/"] != nil || covering(prefixes, u) != nil {
				continue
			}
			if r := routes[g]; r != nil {
				key, known := keys[r.Hosts]
				if !known || serves(p, key, name+"/x") {
					continue // others take what is below
				}
			}
			// The fix writes the Uri once more, with all that stands in it, and /* behind its name.
			file := u.Node.Span.File
			end := diag.Span{File: file, Start: u.Node.Span.End, End: u.Node.Span.End}
			before, behind := u.Node.Span.To(u.Name.Span()), diag.Span{File: file, Start: u.Name.Span().End, End: end.End}
			p.Report(u.Name.Span(), "Uri %q matches only the equal path (R2); everything below it is declined "+
				"unless %q is listed too", name, name+"/*").
				About(u.Name.Span()).
				Repair(false, "add "+name+"/*",
					diag.Edit{Span: end, New: check.Indent(p.Files, u.Node) + p.Files.Text(before) + "/*" +
						p.Files.Text(behind)})
		}
	}
}
