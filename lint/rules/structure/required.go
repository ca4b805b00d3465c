package structure

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.MissingRequired, Name: "missing-required", Category: lint.Structure, Severity: diag.Error,
	Check:           check.On(checkMissingRequired),
	Subjects:        check.Required(),
	Otherwise:       "info for an empty group or cluster, or a server without Transport, that no Route uses",
	NeedsWellFormed: true, Suppresses: []string{diag.UnusedDefinition},
	Doc: lint.Doc{
		Title: "Something without which an element cannot work is missing",
		Why: "Nothing stands behind the Route. Liberty writes such files while its listeners are paused, and " +
			"merge tools crash on them. An empty group or cluster that no Route uses is only mentioned (info), and " +
			"so is a server without Transport of such a cluster: generators write the deployment manager like that.",
		Bad:      `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Protocol="http"/></Server>`,
		Good:     `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080" Protocol="http"/></Server>`,
		NearMiss: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Source:   "observed: OpenLiberty/open-liberty#35767",
	},
})

// checkMissingRequired takes required attributes from the table; what an element must hold is here.
func checkMissingRequired(p *check.Pass) {
	p.Elements(func(n *parser.Node, typ *parser.ElementType) {
		if typ == nil {
			return
		}
		for _, a := range typ.Attributes {
			if a.Required() && n.Attr(a.Name) == nil {
				p.Report(n.NameSpan, "<%s> has no %s; %s", n.Name, a.Name, without(n.Name, a.Name)).
					About(check.Attr(n, a.Name))
			}
		}
	})
	if p.Fragment {
		return // what is pasted is often cut
	}
	used := map[*parser.UriGroup]bool{}
	for i := range p.Routes {
		used[p.Routes[i].Uris] = true
	}
	checkClusterContent(p)
	const unmatched = "its Routes match no request"
	hosts := p.RoutedGroups()
	for _, g := range p.Config.VirtualHostGroups {
		if len(g.Aliases) == 0 {
			reportEmpty(p, g.Node, g.Name, "VirtualHost", unmatched, hosts[g])
		}
	}
	for _, g := range p.Config.UriGroups {
		if len(g.Uris) == 0 {
			reportEmpty(p, g.Node, g.Name, "Uri", unmatched, used[g])
		}
	}
}

// checkClusterContent reports clusters without servers, and servers without a Transport.
func checkClusterContent(p *check.Pass) {
	used := p.RoutedClusters()
	for _, c := range p.Config.Clusters {
		if len(c.Servers) == 0 && c.ClusterAddress == nil && p.Config.IntelligentManagement == nil {
			reportEmpty(p, c.Node, c.Name, "Server", "requests that are routed to it find nobody and end in 500",
				used[c])
		}
		for _, s := range c.Servers {
			switch {
			case len(s.Transports) > 0:
			case used[c]:
				p.Report(check.At(s.Name, s.Node), "server %q has no Transport; it cannot be reached, requests "+
					"that choose it fail", s.Name.V)
			default: // so its generator writes the deployment manager, whose ports are all of admin_host
				p.Report(check.At(s.Name, s.Node), "server %q has no Transport, and no Route uses its cluster; "+
					"it has no effect", s.Name.V).
					As(diag.Info).
					About(c.Node)
			}
		}
		if c.ClusterAddress != nil && len(c.ClusterAddress.Transports) == 0 {
			p.Report(c.ClusterAddress.Node.NameSpan, "ClusterAddress of cluster %q has no Transport; requests "+
				"without affinity fail", c.Name.V)
		}
	}
}

// reportEmpty reports a group or a cluster without content. Nothing hangs on one that no Route uses; deployment
// managers write such.
func reportEmpty(p *check.Pass, n *parser.Node, name parser.Val[string], what, effect string, used bool) {
	kind := n.Name
	if kind == "ServerCluster" {
		kind = "cluster"
	}
	switch {
	case n.Span.IsZero():
	case used:
		p.Report(check.At(name, n), "%s %q has no %s; %s", kind, name.V, what, effect)
	default:
		p.Report(check.At(name, n), "%s %q has no %s, and no Route uses it; it has no effect", kind, name.V, what).
			As(diag.Info).
			About(n)
	}
}

// without says what happens at run time, as far as that is known.
func without(element, name string) string {
	switch {
	case element == "Transport":
		return "the server cannot be reached through it"
	case name == "Name" && (element == "Uri" || element == "VirtualHost"):
		return "it matches nothing"
	case name == "Name":
		return "nothing can refer to it"
	}
	return "what the plug-in does without it is undocumented"
}
