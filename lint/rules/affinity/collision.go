package affinity

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDCollision, Name: "clone-id-collision", Category: lint.Affinity, Severity: diag.Error,
	Check:      check.On(checkCollision),
	Subjects:   []string{"Server/CloneID"},
	Suppresses: []string{diag.CloneIDReusedAcrossClusters, diag.CloneIDCollisionAfterMerge},
	Doc: lint.Doc{
		Title: "Two servers of one cluster have one CloneID",
		Why: "The first of them in the list gets the sessions of both: users of the other are logged out, or " +
			"half of them. Copied profiles carry the same ID; IBM tells administrators to check by eye.",
		Bad: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c1" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		Good: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		NearMiss: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="C1" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		Source: "R22; IBM eXtreme Scale manual, page txsgenliberty",
	},
})

// checkCollision compares clone IDs as the plug-in does, with letter case. Each server is compared with the first that
// has the ID, which is the one that gets the sessions (R22: the list is walked from its first server).
func checkCollision(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		first := map[string]*parser.Server{}
		for _, s := range c.Servers {
			id := s.CloneID.V
			if id == "" {
				continue
			}
			f := first[id]
			if f == nil {
				first[id] = s
				continue
			}
			if check.ShareAddress(f, s) {
				continue // one JVM twice, which is WP308
			}
			p.Report(s.CloneID.Span(), "CloneID %q of server %q is already used by server %q on %s; sessions of "+
				"one reach the other", id, s.Name.V, f.Name.V, p.Where(f.CloneID.Span())).
				See(f.CloneID.Span(), "first used here%s", madeOn(id)).
				About(check.Pair(f.Node, s.Node))
		}
	}
}

// cookies lists the hosts for which a browser keeps a cookie that reaches a cluster, and the names that cookie has:
// two clusters get one cookie where both meet.
func cookies(p *check.Pass, c *parser.ServerCluster) (hosts, cookies map[string]bool) {
	hosts = map[string]bool{}
	for _, r := range p.ByRoute[c.Name.V] {
		if r.Hosts != nil {
			for _, h := range r.Hosts.Aliases {
				if a, err := parser.ParseAlias(h.Name.V); err == nil {
					hosts[a.Host] = true
				}
			}
		}
	}
	return hosts, cookieNames(p, c)
}

// cookieNames are those of the Uris that lead to a cluster. A Uri without AffinityCookie has JSESSIONID by default
// (R4), which the view of the file fills in.
func cookieNames(p *check.Pass, c *parser.ServerCluster) map[string]bool {
	names := map[string]bool{}
	for _, r := range p.ByRoute[c.Name.V] {
		if r.Uris != nil {
			for _, u := range r.Uris.Uris {
				names[u.AffinityCookie.V] = true
			}
		}
	}
	return names
}

// meet reports whether two sets have something in common; the smaller one is walked.
func meet(a, b map[string]bool) bool {
	if len(b) < len(a) {
		a, b = b, a
	}
	for k := range a {
		if b[k] {
			return true
		}
	}
	return false
}

// meetHosts reports whether one browser host belongs to both; "*" takes every host.
func meetHosts(a, b map[string]bool) bool {
	return a["*"] || b["*"] || meet(a, b)
}

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDReusedAcrossClusters, Name: "clone-id-reused-across-clusters", Category: lint.Affinity,
	Severity: diag.Error, Check: check.On(checkReused),
	Subjects:  []string{"Server/CloneID"},
	Otherwise: "warning where no Route brings their cookies together today",
	Topology:  true,
	Doc: lint.Doc{
		Title: "Servers of two clusters have one CloneID and different addresses",
		Why: "A browser sends one cookie to both clusters when they share an alias and the cookie's name: the " +
			"session of application A's member is looked for in B's. An error where one cookie reaches both, else a " +
			"warning.",
		Bad:      example.TwoClusters("c1", "c1", "JSESSIONID"),
		Good:     example.TwoClusters("c1", "c2", "JSESSIONID"),
		NearMiss: example.SameAddressTwoClusters(),
		Source:   "R21, R22",
	},
})

// checkReused compares servers of different clusters. A server that stands in both, at one address, is right: its
// sessions are there whichever cluster is asked. The severity says whether one cookie reaches both today; where it
// does not, one new Route can change that.
func checkReused(p *check.Pass) {
	first := map[string]check.CloneAt{}
	type ends struct{ hosts, cookies map[string]bool }
	known := map[*parser.ServerCluster]ends{}
	of := func(c *parser.ServerCluster) ends {
		e, ok := known[c]
		if !ok {
			e.hosts, e.cookies = cookies(p, c)
			known[c] = e
		}
		return e
	}
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			id := s.CloneID.V
			if id == "" {
				continue
			}
			f, seen := first[id]
			if !seen {
				first[id] = check.CloneAt{Pass: p, Cluster: c, Server: s}
				continue
			}
			if f.Cluster == c || check.ShareAddress(f.Server, s) {
				continue
			}
			a, b := of(f.Cluster), of(c)
			severity, effect := diag.Error, "both clusters get one cookie of the browser, and a session that says it "+
				"belongs here is looked for there"
			if !meetHosts(a.hosts, b.hosts) || !meet(a.cookies, b.cookies) {
				severity, effect = diag.Warning, "no alias shares their cookie today, one new Route can change that"
			}
			p.Report(s.CloneID.Span(), "CloneID %q of server %q is already used by server %q of cluster %q on "+
				"%s, at another address; %s", id, s.Name.V, f.Server.Name.V, f.Cluster.Name.V,
				p.Where(f.Server.CloneID.Span()), effect).
				As(severity).
				See(f.Server.CloneID.Span(), "first used here%s", madeOn(id)).
				About(check.Pair(f.Server.Node, s.Node))
		}
	}
}
