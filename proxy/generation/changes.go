package generation

import (
	"maps"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Changes are what administrators have said of members beside the file. A change is an edit of the file that nobody
// has written down: the core decides by the file as it would be. It holds over reloads, until it is taken back or the
// process ends; where a file does not have the member it waits. A map that has been made is never changed: generations
// share it.
type Changes map[admin.Name]admin.Change

// With returns the changes with one more, or says why that one would not do what it says.
func (cs Changes) With(g *Generation, n admin.Name, c admin.Change) (Changes, error) {
	id, known := g.Table.ClusterByName(n.Cluster)
	if !known {
		return nil, diag.Errorf("no cluster is called %q", n.Cluster)
	}
	before := &g.Table.Clusters[id]
	m, known := before.MemberByName(n.Member)
	if !known || m == before.Address {
		return nil, diag.Errorf("cluster %s has no server %q", n.Cluster, n.Member)
	}
	next := maps.Clone(cs)
	if next == nil {
		next = Changes{}
	}
	next[n] = c
	if c == (admin.Change{}) { // it is taken back
		delete(next, n)
	}
	table, _ := match.New(next.in(g.cfg)) // to see what the core would make of it; Make makes the one that is used
	return next, refusal(before, &table.Clusters[id], m, c)
}

// refusal says why a change of a member does not do what it says, nil where it does.
func refusal(before, after *match.Cluster, m match.MemberID, c admin.Change) error {
	name, role := before.Members[m].Name, after.Role(m)
	switch {
	case c.Disabled && role != "none":
		return diag.Errorf("%s cannot be disabled: without it %s has no list of primaries, "+
			"so all its servers are (R37)", name, before.Name)
	case c.Weight != nil && role != "primary":
		return diag.Errorf("the weight of %s decides nothing: it is no primary (R38)", name)
	case c.Weight != nil && after.Random:
		return diag.Errorf("the weight of %s decides nothing: LoadBalance is Random (R35)", name)
	}
	return nil
}

// in returns a configuration with the changes in it. The one that was read stays as it is, and both share what does
// not differ: only the elements on the way to a change are copied.
func (cs Changes) in(cfg *parser.Config) *parser.Config {
	if len(cs) == 0 {
		return cfg
	}
	out := *cfg
	out.Clusters = slices.Clone(cfg.Clusters)
	for n, c := range cs {
		for i, sc := range out.Clusters {
			if sc.Name.V == n.Cluster {
				out.Clusters[i] = inCluster(sc, n.Member, c)
			}
		}
	}
	return &out
}

// inCluster changes one member. The list of servers keeps even a disabled one: it stands in neither list then, and
// gets nothing (R40).
func inCluster(old *parser.ServerCluster, name string, c admin.Change) *parser.ServerCluster {
	sc := *old
	if c.Disabled {
		sc.Primary, sc.Backup = without(sc.Primary, name), without(sc.Backup, name)
		return &sc
	}
	sc.Servers = slices.Clone(sc.Servers)
	for i, s := range sc.Servers {
		if s.Name.V == name {
			server := *s
			server.LoadBalanceWeight.V = *c.Weight
			sc.Servers[i] = &server
		}
	}
	return &sc
}

// without returns a list without the entries of a name; an absent one stays absent. One that this empties counts as
// absent, too: of PrimaryServers that makes all servers primary (R37), so With refuses such a change.
func without(list *parser.ServerList, name string) *parser.ServerList {
	if list == nil {
		return nil
	}
	left := slices.Clone(list.Servers)
	return &parser.ServerList{Node: list.Node,
		Servers: slices.DeleteFunc(left, func(r *parser.ServerRef) bool { return r.Name.V == name })}
}
