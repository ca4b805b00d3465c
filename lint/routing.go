package lint

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// reach asks the decision core once for a file.
func (p *Pass) reach() *routecheck.Reach {
	if p.facts.reach == nil {
		p.facts.reach = p.Table.NewReach()
	}
	return p.facts.reach
}

// clusterName returns the name of the cluster that a match leads to.
func (p *Pass) clusterName(m *routecheck.Match) string { return p.Table.Clusters[m.Cluster].Name }

// two returns the first two rulings that lead to different clusters, the one later in the file last.
func (p *Pass) two(u *routecheck.Undetermined) (a, b *routecheck.Ruling) {
	first := &u.Rulings[0]
	for i := range u.Rulings[1:] {
		o := &u.Rulings[i+1]
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
func uriAt(m *routecheck.Match) diag.Span {
	if m.URIAt().IsZero() {
		return m.RouteAt()
	}
	return m.URIAt()
}

func checkTwoClusters(p *Pass) {
	for _, u := range p.reach().Undetermined {
		if !u.Same {
			continue
		}
		a, b := p.two(&u)
		p.Report(uriAt(&b.Match), "Uri %q leads to cluster %q, and on %s to cluster %q, both on alias %q%s; the scores are equal (%s) and which one gets the requests is undocumented (choice score-tie), try %s",
			b.Match.Pattern(), p.clusterName(&b.Match), p.where(uriAt(&a.Match)), p.clusterName(&a.Match), b.Match.Alias(), moreURIs(u.Patterns), a.Match.Scores(), u.Sample.URL()).
			See(uriAt(&a.Match), "the same Uri").See(a.Match.RouteAt(), "its Route").See(b.Match.RouteAt(), "the Route of the later one").
			About(eitherWay(a.Match.AliasAt(), b.Match.AliasAt())...).About(eitherWay(a.Match.RouteAt(), b.Match.RouteAt())...)
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

func checkUnreachable(p *Pass) {
	for _, u := range p.reach().Unreachable {
		if u.At.IsZero() || len(u.Blockers) == 0 {
			continue
		}
		var lines []string
		for i := range u.Blockers {
			lines = append(lines, diag.Sprintf("%q on %s", clipWord80(u.Blockers[i].Pattern()), p.where(uriAt(&u.Blockers[i]))))
		}
		f := p.Report(u.At, "Uri %q never gets a request: on every alias of its Routes others win under every scoring choice, %s for %s",
			u.URI, strings.Join(lines, " or "), u.Sample.URL()).About(u.At)
		for i := range u.Blockers {
			f.See(uriAt(&u.Blockers[i]), "wins")
		}
	}
}

func clipWord80(s string) string {
	if len(s) > longWord {
		return clipWord(s)
	}
	return s
}

func checkUndetermined(p *Pass) {
	for _, u := range p.reach().Undetermined {
		if u.Same {
			continue
		}
		a, b := p.two(&u)
		p.Report(uriAt(&b.Match), "%s goes to cluster %q by %s (%s) with %s, but to cluster %q by %s (%s; %s) with %s%s; which is right is undocumented",
			u.Sample.URL(), p.clusterName(&b.Match), by(&b.Match), b.Match.Scores(), assumed(b.Assume),
			p.clusterName(&a.Match), by(&a.Match), a.Match.Scores(), p.where(uriAt(&a.Match)), assumed(a.Assume), moreURIs(u.Patterns)).
			See(uriAt(&a.Match), "the other Uri").See(a.Match.RouteAt(), "its Route").
			About(eitherWay(a.Match.RouteAt(), b.Match.RouteAt())...)
	}
}

// by names the Uri and the alias of a match, or the group that its Route lacks (R17).
func by(m *routecheck.Match) string {
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

func checkAliasSyntax(p *Pass) {
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
				p.Report(h.Name.Span(), "virtual host %q has no port, which means port 80 (R8); requests on 443 do not match it", h.Name.V).As(diag.Warning)
			}
		}
	}
}

func checkFrontPort(p *Pass) {
	if p.Config.VHostMatchingCompat.V || len(p.Config.Routes) == 0 || len(p.rejects) > 0 || p.Fragment {
		return
	}
	ports := p.optionList("ports")
	if slices.ContainsFunc(ports, p.Table.TakesPort) {
		return
	}
	routed := p.routedGroups()
	for i := range p.facts.aliases {
		if g := p.facts.aliases[i].group; routed[g] {
			p.Report(at(g.Name, g.Node), "no alias of any routed VirtualHostGroup takes one of the ports %s; if the web server listens there, it answers each request itself, with 404 as a rule (R7, R9); if it listens elsewhere, say so with the option ports", intList(ports))
			return
		}
	}
}

// routedGroups are the groups of virtual hosts that a Route uses.
func (p *Pass) routedGroups() map[*parser.VirtualHostGroup]bool {
	used := map[*parser.VirtualHostGroup]bool{}
	for i := range p.facts.routes {
		used[p.facts.routes[i].vhosts] = true
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

func checkCasePairs(p *Pass) {
	hosts := map[hostPort]*aliasOf{}
	for i := range p.facts.aliases {
		a := &p.facts.aliases[i]
		if f := hosts[a.key()]; f == nil {
			hosts[a.key()] = a
		} else if f.host.Name.V != a.host.Name.V && strings.EqualFold(f.host.Name.V, a.host.Name.V) {
			p.Report(a.host.Name.Span(), "virtual host %q differs from %q on %s in letter case only; hosts compare without case (R5), so they are one", a.host.Name.V, f.host.Name.V, p.where(f.host.Name.Span())).
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
				p.Report(u.Name.Span(), "Uri %q differs from %q on %s in letter case only; paths compare with case (R5), so they are two", u.Name.V, f.Name.V, p.where(f.Name.Span()))
			}
		}
	}
}

func checkExactOnly(p *Pass) {
	spots, routes := p.firstSpots(), map[*parser.UriGroup]*routed{}
	for i := range p.facts.routes {
		if r := &p.facts.routes[i]; routes[r.uris] == nil {
			routes[r.uris] = r
		}
	}
	for _, g := range p.Config.UriGroups {
		prefixes := prefixesOf(g.Uris)
		for _, u := range g.Uris {
			name := u.Name.V
			if len(name) < 2 || name[0] != '/' || strings.ContainsAny(name, "*.") || strings.Count(name, "/") > 1 || prefixes[name+"/"] != nil || covering(prefixes, u) != nil {
				continue
			}
			if r := routes[g]; r != nil {
				spot, known := spots[r.vhosts]
				if !known || p.serves(spot, name+"/x") {
					continue // others take what is below
				}
			}
			end := diag.Span{File: u.Node.Span.File, Start: u.Node.Span.End, End: u.Node.Span.End}
			p.Report(u.Name.Span(), "Uri %q matches only the equal path (R2); everything below it is declined unless %q is listed too", name, name+"/*").About(u.Name.Span()).
				Repair(false, "add "+name+"/*", diag.Edit{Span: end, New: p.indent(u.Node) + p.files.Text(u.Node.Span.To(u.Name.Span())) + "/*" +
					p.files.Text(diag.Span{File: end.File, Start: u.Name.Span().End, End: end.End})})
		}
	}
}
