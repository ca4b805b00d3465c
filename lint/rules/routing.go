package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

var routingRules = []*lint.Rule{
	aliasAndURIToTwoClusters, unreachableURI, undeterminedRoute, redundantURI, uriSyntax, uriCatchAll,
	aliasSyntax, frontPortMissing, casePairs, loginURIMissing, aliasInSeveralGroups,
	exactURIWithoutSubtree,
}

// reach asks the decision core once for a file.
func (p *pass) reach() *space.Reach {
	if p.index.reach == nil {
		p.index.reach = space.NewReach(p.Table)
	}
	return p.index.reach
}

// clusterName returns the name of the cluster that a match leads to.
func (p *pass) clusterName(m *match.Match) string { return p.Table.Clusters[m.Cluster].Name }

// two returns the first two rulings that lead to different clusters, the one later in the file last.
func (p *pass) two(u *space.Undetermined) (a, b *space.RouteOutcome) {
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

// uriAt returns where a match was decided: its Uri, or its Route when that has none.
func uriAt(m *match.Match) diag.Span {
	if m.URIAt().IsZero() {
		return m.RouteAt()
	}
	return m.URIAt()
}

var aliasAndURIToTwoClusters = &lint.Rule{
	Code: diag.AliasAndURIToTwoClusters, Name: "alias-and-uri-to-two-clusters", Category: lint.Routing,
	Severity: diag.Error, Check: on(checkTwoClusters),
	Subjects:   []string{"Route", "VirtualHost/Name", "Uri/Name"},
	Suppresses: []string{diag.DuplicateRoute, diag.UnreachableURI, diag.UndeterminedRoute, diag.AliasInSeveralGroups},
	Doc: lint.Doc{
		Title: "The same alias and the same Uri lead to two clusters",
		Why: "The scores are equal, so one application gets the other's traffic; which one is undocumented. " +
			"IBM counts it among the most common problems.",
		Bad:      twoServers + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/*") + twoRoutes,
		Good:     twoServers + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/bank/*") + twoRoutes,
		NearMiss: twoServers + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/bank/*") + twoRoutes,
		Source:   "IBM, tracing the plug-in (V5.1); R1, R13",
	},
}

func checkTwoClusters(p *pass) {
	for _, u := range p.reach().Undetermined {
		if !u.Same {
			continue
		}
		a, b := p.two(&u)
		p.Report(uriAt(&b.Match), "Uri %q leads to cluster %q, and on %s to cluster %q, both on alias %q%s; the "+
			"scores are equal (%s) and which one gets the requests is undocumented (choice score-tie), try %s",
			b.Match.Pattern(), p.clusterName(&b.Match), p.Where(uriAt(&a.Match)), p.clusterName(&a.Match),
			b.Match.Alias(), moreURIs(u.Patterns), a.Match.Scores(), u.Sample.URL()).
			See(uriAt(&a.Match), "the same Uri").See(a.Match.RouteAt(), "its Route").See(b.Match.RouteAt(),
			"the Route of the later one").
			About(eitherWay(a.Match.AliasAt(), b.Match.AliasAt())...).About(eitherWay(a.Match.RouteAt(),
			b.Match.RouteAt())...)
	}
}

// eitherWay is the keys of two things in both orders.
func eitherWay(a, b diag.Span) []any { return []any{pair{a, b}, pair{b, a}} }

func moreURIs(n int) string {
	switch {
	case n < 2:
		return ""
	case n == 2:
		return " (and 1 more Uri of the same Routes)"
	}
	return fmt.Sprintf(" (and %d more Uris of the same Routes)", n-1)
}

var unreachableURI = &lint.Rule{
	Code: diag.UnreachableURI, Name: "unreachable-uri", Category: lint.Routing, Severity: diag.Warning,
	Check:      on(checkUnreachable),
	Subjects:   []string{"Uri/Name", "Route"},
	Suppresses: []string{diag.RedundantURI},
	Doc: lint.Doc{
		Title: "A Uri never gets a request",
		Why: "On each alias of its Routes another alias and Uri wins, under every open scoring choice. The " +
			"decision core is asked for every Uri.",
		Bad: "<UriGroup Name=\"shop_uris\">\n  <Uri Name=\"/shop/*\"/>\n  <Uri Name=\"/shop/*\"/>\n" +
			"  <Uri Name=\"/shop/*\"/>\n</UriGroup>",
		Good:     uriGroup("shop_uris", "/shop/*"),
		NearMiss: uriGroup("shop_uris", "/shop/*", "/shop/cart/*", "/shop/cart/pay"),
		Source:   "R1 to R15",
	},
}

func checkUnreachable(p *pass) {
	for _, u := range p.reach().Unreachable {
		if u.At.IsZero() || len(u.Blockers) == 0 {
			continue
		}
		var lines []string
		for i := range u.Blockers {
			lines = append(lines, diag.Sprintf("%q on %s", clipWord80(u.Blockers[i].Pattern()),
				p.Where(uriAt(&u.Blockers[i]))))
		}
		f := p.Report(u.At, "Uri %q never gets a request: on every alias of its Routes others win under every "+
			"scoring choice, %s for %s",
			u.URI, strings.Join(lines, " or "), u.Sample.URL()).About(u.At)
		for i := range u.Blockers {
			f.See(uriAt(&u.Blockers[i]), "wins")
		}
	}
}

func clipWord80(s string) string {
	if len(s) > lint.LongWord {
		return lint.ClipWord(s)
	}
	return s
}

var undeterminedRoute = &lint.Rule{
	Code: diag.UndeterminedRoute, Name: "undetermined-route", Category: lint.Routing, Severity: diag.Warning,
	Check:      on(checkUndetermined),
	Subjects:   []string{"Uri/Name", "VirtualHost/Name", "Route"},
	Suppresses: []string{diag.AliasInSeveralGroups},
	Doc: lint.Doc{
		Title: "Which cluster gets a request depends on an open choice",
		Why: "Admin or API traffic can land on the wrong cluster after a fix pack or a reorder of the file: " +
			"how the scores of virtual host and URI combine is not documented.",
		Bad: twoServers + hostGroup("default_host", "www.shop.example.com:443") +
			hostGroup("bank_host", "*:443") + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/app/admin/*") +
			twoHostRoutes,
		Good: twoServers + hostGroup("default_host", "www.shop.example.com:443") +
			hostGroup("bank_host", "bank.example.com:443") + uriGroup("shop_uris", "/app/*") +
			uriGroup("bank_uris", "/app/admin/*") + twoHostRoutes,
		NearMiss: twoServers + hostGroup("default_host", "www.shop.example.com:443") +
			hostGroup("bank_host", "*:443") + uriGroup("shop_uris", "/app/*") + uriGroup("bank_uris", "/bank/*") +
			twoHostRoutes,
		Source: "R11 to R13; choices score-combination, vhost-score, score-tie, suffix-patterns",
	},
}

func checkUndetermined(p *pass) {
	for _, u := range p.reach().Undetermined {
		if u.Same {
			continue
		}
		a, b := p.two(&u)
		p.Report(uriAt(&b.Match), "%s goes to cluster %q by %s (%s) with %s, but to cluster %q by %s (%s; %s) with "+
			"%s%s; which is right is undocumented",
			u.Sample.URL(), p.clusterName(&b.Match), by(&b.Match), b.Match.Scores(), assumed(b.Assume),
			p.clusterName(&a.Match), by(&a.Match), a.Match.Scores(), p.Where(uriAt(&a.Match)), assumed(a.Assume),
			moreURIs(u.Patterns)).
			See(uriAt(&a.Match), "the other Uri").See(a.Match.RouteAt(), "its Route").
			About(eitherWay(a.Match.RouteAt(), b.Match.RouteAt())...)
	}
}

// by names the Uri and the alias of a match, or the group that its Route lacks (R17).
func by(m *match.Match) string {
	uri, alias := "a Route without UriGroup", "without VirtualHostGroup"
	if m.Pattern() != "" {
		uri = "Uri " + quote(m.Pattern())
	}
	if m.Alias() != "" {
		alias = "on alias " + quote(m.Alias())
	}
	return uri + " " + alias
}

func assumed(choices []string) string {
	if len(choices) == 0 {
		return "the default choices"
	}
	return strings.Join(choices, " ")
}

var aliasSyntax = &lint.Rule{
	Code: diag.AliasSyntax, Name: "alias-syntax", Category: lint.Routing, Severity: diag.Error,
	Check:      on(checkAliasSyntax),
	Subjects:   []string{"VirtualHost/Name"},
	Otherwise:  "warning for an alias without a port",
	Suppresses: []string{diag.AliasInSeveralGroups},
	Doc: lint.Doc{
		Title: "A virtual host has a form that never matches, or no port",
		Why: "There are no partial wildcards: *.example.com:80 matches nothing. Without a port (a warning) it " +
			"means port 80 only.",
		Bad:      hostGroup("default_host", "*:80", "*.example.com:443"),
		Good:     hostGroup("default_host", "*:80", "www.example.com:443"),
		NearMiss: hostGroup("default_host", "*:80", "[2001:db8::1]:443", "*:*"),
		Source:   "IBM, virtual hosts; R6, R8",
	},
}

func checkAliasSyntax(p *pass) {
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
				p.Report(h.Name.Span(), "virtual host %q has no port, which means port 80 (R8); requests on 443 do "+
					"not match it", h.Name.V).As(diag.Warning)
			}
		}
	}
}

var frontPortMissing = &lint.Rule{
	Code: diag.FrontPortMissing, Name: "front-port-missing", Category: lint.Routing, Severity: diag.Warning,
	Check:    on(checkFrontPort),
	Subjects: []string{"VirtualHost/Name", "Config/VHostMatchingCompat"},
	Options:  []lint.Option{{Name: "ports", Default: []int{80, 443}, Doc: "ports on which the web server is asked"}},
	Doc: lint.Doc{
		Title: "No alias has a port of the web server",
		Why: "With only 9080 and 9443 each request of a browser is declined, and the web server answers 404. " +
			"Where the web server listens stands in no such file: the option ports says it.",
		Bad:      hostGroup("default_host", "*:9080", "*:9443"),
		Good:     hostGroup("default_host", "*:80", "*:443", "*:9080", "*:9443"),
		NearMiss: hostGroup("default_host", "www.example.com:*"),
		Source:   "R7, R9",
	},
}

func checkFrontPort(p *pass) {
	if p.Config.VHostMatchingCompat.V || len(p.Config.Routes) == 0 || len(p.Rejects) > 0 || p.Fragment {
		return
	}
	ports := p.OptionList("ports")
	if slices.ContainsFunc(ports, p.Table.TakesPort) {
		return
	}
	routed := p.routedGroups()
	for i := range p.index.aliases {
		if g := p.index.aliases[i].group; routed[g] {
			p.Report(at(g.Name, g.Node), "no alias of any routed VirtualHostGroup takes one of the ports %s; if the "+
				"web server listens there, it answers each request itself, with 404 as a rule (R7, R9); if it "+
				"listens elsewhere, say so with the option ports", intList(ports))
			return
		}
	}
}

// routedGroups are the groups of virtual hosts that a Route uses.
func (p *pass) routedGroups() map[*parser.VirtualHostGroup]bool {
	used := map[*parser.VirtualHostGroup]bool{}
	for i := range p.index.routes {
		used[p.index.routes[i].vhosts] = true
	}
	return used
}

func intList(ns []int) string {
	texts := make([]string, len(ns))
	for i, n := range ns {
		texts[i] = number(n)
	}
	return strings.Join(texts, ", ")
}

var casePairs = &lint.Rule{
	Code: diag.CasePairs, Name: "case-pairs", Category: lint.Routing, Severity: diag.Info, Check: on(checkCasePairs),
	Subjects: []string{"VirtualHost/Name", "Uri/Name"},
	Doc: lint.Doc{
		Title:    "Two aliases or two Uris differ in letter case only",
		Why:      "Hosts compare without case, so the two are one; paths with case, so they are two, which surprises.",
		Bad:      uriGroup("shop_uris", "/shop/*", "/Shop/*"),
		Good:     uriGroup("shop_uris", "/shop/*"),
		NearMiss: uriGroup("shop_uris", "/shop/*", "/shops/*"),
		Source:   "APAR PQ70620; R5",
	},
}

func checkCasePairs(p *pass) {
	hosts := map[hostPort]*aliasOf{}
	for i := range p.index.aliases {
		a := &p.index.aliases[i]
		if f := hosts[a.key()]; f == nil {
			hosts[a.key()] = a
		} else if f.host.Name.V != a.host.Name.V && strings.EqualFold(f.host.Name.V, a.host.Name.V) {
			p.Report(a.host.Name.Span(), "virtual host %q differs from %q on %s in letter case only; hosts compare "+
				"without case (R5), so they are one", a.host.Name.V, f.host.Name.V, p.Where(f.host.Name.Span())).
				About(a.host.Name.Span())
		}
	}
	for _, g := range p.Config.UriGroups {
		first := map[string]*parser.Uri{}
		for _, u := range g.Uris {
			key := strings.ToLower(u.Name.V)
			if f := first[key]; f == nil {
				first[key] = u
			} else if f.Name.V != u.Name.V {
				p.Report(u.Name.Span(), "Uri %q differs from %q on %s in letter case only; paths compare with case "+
					"(R5), so they are two", u.Name.V, f.Name.V, p.Where(f.Name.Span()))
			}
		}
	}
}

var exactURIWithoutSubtree = &lint.Rule{
	Code: diag.ExactURIWithoutSubtree, Name: "exact-uri-without-subtree", Category: lint.Routing, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: on(checkExactOnly),
	Subjects: []string{"Uri/Name"},
	Doc: lint.Doc{
		Title:    "A Uri matches one path and nothing below it",
		Why:      "/app matches only /app: everything below is declined. /app/* serves both.",
		Bad:      uriGroup("shop_uris", "/shop"),
		Good:     uriGroup("shop_uris", "/shop", "/shop/*"),
		NearMiss: uriGroup("shop_uris", "/index.html", "/shop/*"),
		Source:   "R2, R3",
	},
}

func checkExactOnly(p *pass) {
	spots, routes := p.firstSpots(), map[*parser.UriGroup]*routed{}
	for i := range p.index.routes {
		if r := &p.index.routes[i]; routes[r.uris] == nil {
			routes[r.uris] = r
		}
	}
	for _, g := range p.Config.UriGroups {
		prefixes := prefixesOf(g.Uris)
		for _, u := range g.Uris {
			name := u.Name.V
			if len(name) < 2 || name[0] != '/' || strings.ContainsAny(name, "*.") || strings.Count(name, "/") > 1 ||
				prefixes[name+"/"] != nil || covering(prefixes, u) != nil {
				continue
			}
			if r := routes[g]; r != nil {
				spot, known := spots[r.vhosts]
				if !known || p.serves(spot, name+"/x") {
					continue // others take what is below
				}
			}
			end := diag.Span{File: u.Node.Span.File, Start: u.Node.Span.End, End: u.Node.Span.End}
			p.Report(u.Name.Span(), "Uri %q matches only the equal path (R2); everything below it is declined "+
				"unless %q is listed too", name, name+"/*").About(u.Name.Span()).
				Repair(false, "add "+name+"/*", diag.Edit{Span: end, New: p.indent(u.Node) +
					p.Files.Text(u.Node.Span.To(u.Name.Span())) + "/*" +
					p.Files.Text(diag.Span{File: end.File, Start: u.Name.Span().End, End: end.End})})
		}
	}
}
