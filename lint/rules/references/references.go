// Package references holds the rules about names: what a Route or a list names must be there, once, and be used.
package references

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

var _ = group.Add(&lint.Rule{
	Code: diag.RouteToMissingGroup, Name: "route-to-missing-group", Category: lint.References, Severity: diag.Error,
	Subjects: []string{"Route/ServerCluster", "Route/UriGroup",
		"Route/VirtualHostGroup", "Route/ServerGroup"},
	Check:      check.On(checkMissingGroups),
	Suppresses: []string{diag.ForwardReference},
	Doc: lint.Doc{
		Title: "A Route names a group or cluster that does not exist",
		Why: "The plug-in rejects the whole file: initialisation fails with rc 4. No routing at start, the old " +
			"routing after a reload.",
		Bad:      `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="defualt_host"/>`,
		Good:     `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>`,
		NearMiss: `<Route UriGroup="shop_uris" VirtualHostGroup="default_host" ServerCluster="shop"></Route>`,
		Source:   "APAR PK12350 for VirtualHostGroup (R18), assumed for the others",
	},
})

// checkMissingGroups reports what the decision core finds while it resolves the Routes (R18).
func checkMissingGroups(p *check.Pass) {
	if !p.Fragment {
		p.Adopt(p.Rejects)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.UnusedDefinition, Name: "unused-definition", Category: lint.References, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkUnused),
	Subjects: []string{"ServerCluster", "UriGroup", "VirtualHostGroup", "ServerGroup"},
	Doc: lint.Doc{
		Title: "No Route uses a group or cluster",
		Why:   "It is dead weight, and usually a sign of a forgotten Route.",
		Bad: `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>
<UriGroup Name="old_uris"><Uri Name="/old/*"/></UriGroup>`,
		Good: `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>`,
		NearMiss: `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup>
<UriGroup Name="old_uris"><Uri Name="/old/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="old_uris" VirtualHostGroup="default_host"/>`,
		Source: "follows from R1",
	},
})

// checkUnused goes by the names that Routes have, whether or not there is what they name. A file without Routes is as
// Liberty writes it while nothing is deployed (WP114), and those of a fragment may stand outside of it.
func checkUnused(p *check.Pass) {
	if len(p.Config.Routes) == 0 || p.Fragment {
		return
	}
	used := map[string]bool{}
	for _, r := range p.Routes {
		used["v"+r.VirtualHostGroup.V], used["u"+r.UriGroup.V], used["c"+r.ServerCluster.V] = true, true, true
	}
	report := func(kind, key string, name parser.Val[string], n *parser.Node) {
		if !used[key+name.V] && !n.Span.IsZero() {
			p.Report(check.At(name, n), "no Route uses %s %q; it has no effect", kind, name.V).About(n).
				Repair(false, "delete it", p.Drop(n))
		}
	}
	for _, g := range p.Config.VirtualHostGroups {
		report("VirtualHostGroup", "v", g.Name, g.Node)
	}
	for _, c := range p.Config.Clusters {
		report("cluster", "c", c.Name, c.Node)
	}
	for _, g := range p.Config.UriGroups {
		report("UriGroup", "u", g.Name, g.Node)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.DuplicateName, Name: "duplicate-name", Category: lint.References, Severity: diag.Error,
	Check: check.On(checkDuplicateNames),
	Subjects: []string{"ServerCluster/Name", "UriGroup/Name", "VirtualHostGroup/Name",
		"Server/Name", "ServerGroup"},
	Doc: lint.Doc{
		Title: "Two definitions have one name",
		Why: "One of them wins in silence, which one is undocumented; server lists and STATS lines of the log " +
			"become ambiguous.",
		Bad: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server><Server CloneID=\"c2\" Name=\"m1\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server></ServerCluster>",
		Good: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server><Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server></ServerCluster>",
		NearMiss: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server><PrimaryServers><Server Name=\"m1\"/></PrimaryServers></ServerCluster>",
		Source: "technote swg21139573 demands unique names; the winner is unknown",
	},
})

// checkDuplicateNames compares as the plug-in refers to names, with letter case. Each kind has names of its own, and
// servers have theirs within a cluster.
func checkDuplicateNames(p *check.Pass) {
	first := map[string]parser.Val[string]{}
	see := func(scope, kind string, name parser.Val[string]) {
		if !name.Set() {
			return
		}
		key := kind + name.V
		f, duplicate := first[key]
		if !duplicate {
			first[key] = name
			return
		}
		p.Report(name.Span(), "%s %q%s is already defined on %s; which of the two the plug-in uses is undocumented",
			kind, name.V, scope, p.Where(f.Span())).
			See(f.Span(), "first defined here")
	}
	for _, g := range p.Config.VirtualHostGroups {
		see("", "VirtualHostGroup", g.Name)
	}
	for _, c := range p.Config.Clusters {
		see("", "cluster", c.Name)
	}
	for _, g := range p.Config.UriGroups {
		see("", "UriGroup", g.Name)
	}
	for _, c := range p.Config.Clusters {
		first = map[string]parser.Val[string]{}
		for _, s := range c.Servers {
			see(" of cluster "+check.Quote(c.Name.V), "server", s.Name)
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.DuplicateRoute, Name: "duplicate-route", Category: lint.References, Severity: diag.Warning,
	Fix: lint.ConditionallySafe, Check: check.On(checkDuplicateRoutes),
	Subjects: []string{"Route"},
	Doc: lint.Doc{
		Title: "Two Routes have the same virtual host group and URI group",
		Why: "Their scores are equal, so one of them never gets a request; which one is the open choice " +
			"score-tie.",
		Bad: `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>`,
		Good: `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>`,
		NearMiss: `<VirtualHostGroup Name="default_host"><VirtualHost Name="*:80"/></VirtualHostGroup>
<VirtualHostGroup Name="tls_host"><VirtualHost Name="*:443"/></VirtualHostGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="tls_host"/>`,
		Source: "R1, R13; choice score-tie",
	},
})

// checkDuplicateRoutes: a Route that lacks a group is WP205. Only where both Routes lead to one cluster does it not
// matter which of them wins, and the second can go safely.
func checkDuplicateRoutes(p *check.Pass) {
	first := map[[2]string]*check.Routed{}
	for i := range p.Routes {
		r := &p.Routes[i]
		if !r.VirtualHostGroup.Set() || !r.UriGroup.Set() {
			continue
		}
		key := [2]string{r.VirtualHostGroup.V, r.UriGroup.V}
		f := first[key]
		if f == nil {
			first[key] = r
			continue
		}
		d := p.Report(r.Node.NameSpan, "Route has the same VirtualHostGroup %q and UriGroup %q as the one on %s; "+
			"the scores are equal and one of the two never gets a request (choice score-tie)", r.VirtualHostGroup.V,
			r.UriGroup.V, p.Where(f.Node.Tag)).
			See(f.Node.Tag, "the other Route").
			About(check.Pair(f.Node.NameSpan, r.Node.NameSpan))
		if r.ServerCluster.V == f.ServerCluster.V {
			d.Repair(true, "drop the second, equal one", p.Drop(r.Node))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.OpenRoute, Name: "open-route", Category: lint.References, Severity: diag.Warning,
	Check:      check.On(checkOpenRoutes),
	Subjects:   []string{"Route/UriGroup", "Route/VirtualHostGroup"},
	Suppresses: []string{diag.AdminURIExposed},
	Doc: lint.Doc{
		Title: "A Route has no UriGroup or no VirtualHostGroup",
		Why: "It is believed to match everything, static content of the web server included. This rests on " +
			"recollection: choice open-route.",
		Bad:      `<Route ServerCluster="shop" VirtualHostGroup="default_host"/>`,
		Good:     `<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>`,
		NearMiss: `<UriGroup Name="shop_uris"><Uri Name="/shop"/><Uri Name="/shop/*"/></UriGroup>`,
		Source:   "R17; choice open-route",
	},
})

// checkOpenRoutes tells one thing of a Route that lacks both groups: that it takes every URI.
func checkOpenRoutes(p *check.Pass) {
	for _, r := range p.Config.Routes {
		switch {
		case !r.UriGroup.Set():
			p.Report(r.Node.NameSpan, "Route without UriGroup; it is believed to send every URI of its hosts to "+
				"cluster %q, static content too (choice open-route)", r.ServerCluster.V).
				About(r.Node.NameSpan)
		case !r.VirtualHostGroup.Set():
			p.Report(r.Node.NameSpan, "Route without VirtualHostGroup; it is believed to match every host and "+
				"port (choice open-route)")
		}
	}
}

// mostSuggested is how many names are compared with an unknown one: each comparison costs, and a file may have
// thousands of both.
const mostSuggested = 200

// whole reports whether a cluster of a fragment was pasted with its Servers: none of it is cut off, and no text, such
// as "...", stands for them.
func whole(c *parser.ServerCluster) bool {
	return len(c.Servers) > 0 && !c.Node.Span.IsZero() && c.Node.Closed &&
		!slices.ContainsFunc(c.Node.Children, func(n *parser.Node) bool { return n.Kind == parser.Text })
}

var _ = group.Add(&lint.Rule{
	Code: diag.UnknownServerInList, Name: "unknown-server-in-list", Category: lint.References, Severity: diag.Error,
	Fix: lint.SomeUnsafe, Check: check.On(checkListNames),
	Subjects: []string{"PrimaryServers", "BackupServers"},
	Doc: lint.Doc{
		Title: "A server list names a Server that its cluster does not define",
		Why: "The member that was meant gets no traffic, or the file is refused: the effect in the plug-in is " +
			"undocumented.",
		Bad: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"member1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server><PrimaryServers><Server Name=\"member1\"/><Server " +
			"Name=\"mebmer2\"/></PrimaryServers></ServerCluster>",
		Good: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"member1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server><PrimaryServers><Server Name=\"member1\"/></PrimaryServers></ServerCluster>",
		NearMiss: "<ServerCluster Name=\"shop\"><PrimaryServers><Server Name=\"member1\"/></PrimaryServers><Server " +
			"CloneID=\"c1\" Name=\"member1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
		Source: "the reference is observed in generators, the effect unknown",
	},
})

// checkListNames searches the near names among the servers of the same cluster, the only ones that a list can mean.
func checkListNames(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		if p.Fragment && !whole(c) {
			continue // the other Servers may stand outside of what was pasted
		}
		known := check.ServersByName(c)
		for _, l := range []*parser.ServerList{c.Primary, c.Backup} {
			for _, ref := range check.Refs(l) {
				if known[ref.Name.V] != nil || !ref.Name.Set() {
					continue
				}
				near := ""
				if len(c.Servers) <= mostSuggested {
					near = diag.Suggest(ref.Name.V, check.Names(c.Servers))
				}
				f := p.Report(ref.Name.Span(), "%s of cluster %q names server %q, which the cluster does not "+
					"define%s; no such member gets traffic, or the plug-in refuses the file (undocumented)",
					l.Node.Name, c.Name.V, ref.Name.V, diag.Hint(near))
				if s := known[near]; near != "" && s != nil {
					f.See(s.Name.Span(), "the nearest name").
						Repair(false, "rename to "+near, check.ValueEdit(ref.Name.At, near))
				}
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.ForwardReference, Name: "forward-reference", Category: lint.References, Severity: diag.Warning,
	Fix: lint.SafeFix, Check: check.On(checkForwardReferences),
	Subjects: []string{"Route", "Route/VirtualHostGroup", "Route/UriGroup", "Route/ServerCluster"},
	Doc: lint.Doc{
		Title: "A Route stands before the definition that it names",
		Why: "Routes are resolved while the file is parsed, so the group may count as missing and the whole " +
			"file be rejected (WP201). That is inferred, not proven.",
		Bad: "<?xml version=\"1.0\"?>\n<Config>\n  <VirtualHostGroup Name=\"default_host\"><VirtualHost " +
			"Name=\"*:80\"/></VirtualHostGroup>\n  <ServerCluster Name=\"shop\"><Server CloneID=\"c1\" " +
			"Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>\n" +
			"  <Route ServerCluster=\"shop\" UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n" +
			"  <UriGroup Name=\"shop_uris\"><Uri Name=\"/shop/*\"/></UriGroup>\n</Config>",
		Good: "<?xml version=\"1.0\"?>\n<Config>\n  <VirtualHostGroup Name=\"default_host\"><VirtualHost " +
			"Name=\"*:80\"/></VirtualHostGroup>\n  <ServerCluster Name=\"shop\"><Server CloneID=\"c1\" " +
			"Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>\n" +
			"  <UriGroup Name=\"shop_uris\"><Uri Name=\"/shop/*\"/></UriGroup>\n  <Route ServerCluster=\"shop\" " +
			"UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n</Config>",
		NearMiss: "<?xml version=\"1.0\"?>\n<Config>\n  <UriGroup Name=\"shop_uris\"><Uri " +
			"Name=\"/shop/*\"/></UriGroup>\n  <ServerCluster Name=\"shop\"><Server CloneID=\"c1\" " +
			"Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>\n" +
			"  <VirtualHostGroup Name=\"default_host\"><VirtualHost Name=\"*:80\"/></VirtualHostGroup>\n" +
			"  <Route ServerCluster=\"shop\" UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n</Config>",
		Source: "inferred from APAR PK12350",
	},
})

// checkForwardReferences tells the first such name of a Route: moving the Route mends all of them.
func checkForwardReferences(p *check.Pass) {
	place := map[*parser.Node]int{} // the order of the file; spans would mislead where a topology made it
	for i := range p.Routes {
		r := &p.Routes[i]
		if r.Node.Parent == nil {
			continue
		}
		if len(place) == 0 {
			for j, n := range r.Node.Parent.Children {
				place[n] = j
			}
		}
		for _, ref := range []struct {
			kind string
			name parser.Val[string]
			node *parser.Node
		}{{"VirtualHostGroup", r.VirtualHostGroup, nodeOfHosts(r.Hosts)},
			{"UriGroup", r.UriGroup, nodeOfURIs(r.Uris)}, {"cluster", r.ServerCluster, nodeOfCluster(r.Cluster)}} {
			if ref.node == nil || ref.node.Parent != r.Node.Parent || place[ref.node] < place[r.Node] {
				continue
			}
			p.Report(ref.name.Span(), "Route names %s %q before its definition on %s; the plug-in resolves "+
				"Routes while it reads and may reject the whole file (inferred)", ref.kind, ref.name.V,
				p.Where(ref.node.NameSpan)).
				See(ref.node.NameSpan, "defined here").
				About(check.Attr(r.Node, ref.kind)).
				Repair(true, "move the Route behind it", moveBehind(p, r)...)
			break
		}
	}
}

// nodeOfHosts, nodeOfURIs and nodeOfCluster are the elements of what a Route names, nil where it does not exist.
func nodeOfHosts(g *parser.VirtualHostGroup) *parser.Node {
	if g == nil {
		return nil
	}
	return g.Node
}

func nodeOfURIs(g *parser.UriGroup) *parser.Node {
	if g == nil {
		return nil
	}
	return g.Node
}

func nodeOfCluster(c *parser.ServerCluster) *parser.Node {
	if c == nil {
		return nil
	}
	return c.Node
}

// moveBehind moves a Route behind the last definition that it names, unless that would change the order of the Routes,
// which may decide between equal scores: then another Route moves first.
func moveBehind(p *check.Pass, r *check.Routed) []diag.Edit {
	n := r.Node
	var last *parser.Node
	for _, def := range []*parser.Node{nodeOfHosts(r.Hosts), nodeOfURIs(r.Uris), nodeOfCluster(r.Cluster)} {
		if def == nil || def.Parent != n.Parent || def.Span.IsZero() {
			return nil
		}
		if last == nil || def.Span.Start > last.Span.Start {
			last = def
		}
	}
	for _, s := range n.Parent.Children {
		if s.Kind == parser.Element && s.Name == "Route" && s.Span.Start > n.Span.Start &&
			s.Span.Start < last.Span.Start {
			return nil
		}
	}
	end := diag.Span{File: last.Span.File, Start: last.Span.End, End: last.Span.End}
	return []diag.Edit{p.Drop(n), {Span: end, New: check.Indent(p.Files, n) + p.Files.Text(n.Span)}}
}
