package check

import (
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

// Reach asks the decision core once for a file.
func (p *Pass) Reach() *space.Reach { return p.reached() }

// ClusterName returns the name of the cluster that a match leads to.
func (p *Pass) ClusterName(m *match.Match) string { return p.Table.Clusters[m.Cluster].Name }

// DecidedAt returns where a match was decided: its Uri, or its Route when that has none.
func DecidedAt(m *match.Match) diag.Span {
	if m.URIAt().IsZero() {
		return m.RouteAt()
	}
	return m.URIAt()
}

// RoutedGroups are the groups of virtual hosts that a Route uses.
func (p *Pass) RoutedGroups() map[*parser.VirtualHostGroup]bool {
	used := map[*parser.VirtualHostGroup]bool{}
	for i := range p.Routes {
		used[p.Routes[i].Hosts] = true
	}
	return used
}

// RoutedClusters are the clusters that a Route uses.
func (p *Pass) RoutedClusters() map[*parser.ServerCluster]bool {
	used := map[*parser.ServerCluster]bool{}
	for i := range p.Routes {
		used[p.Routes[i].Cluster] = true
	}
	return used
}
