package edit

import (
	"errors"
	"slices"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
)

// member is one of a cluster.
type member struct {
	cluster match.ClusterID
	id      match.MemberID
}

// members resolves MEMBER, which may be in several clusters and then means all of them, and CLUSTER/MEMBER.
func (f *File) members(named []string) (list []member, err error) {
	for _, name := range named {
		cluster, id, err := names.Member(f.Table, name)
		var several *names.AmbiguousMember
		switch {
		case errors.As(err, &several):
			for _, cluster := range f.Table.ClustersOf(name) {
				id, _ := f.Table.Clusters[cluster].MemberByName(name)
				list = append(list, member{cluster, id})
			}
			continue
		case err != nil:
			return nil, &Unknown{err}
		}
		list = append(list, member{cluster, id})
	}
	var distinct []member
	for _, m := range list {
		if !slices.Contains(distinct, m) {
			distinct = append(distinct, m)
		}
	}
	return distinct, nil
}

func (f *File) clusterOf(m member) *match.Cluster { return &f.Table.Clusters[m.cluster] }

func (f *File) server(m member) *parser.Server { return f.clusterOf(m).Members[m.id].Source }

// nameOf is how notes call a member.
func (f *File) nameOf(m member) string {
	c := f.clusterOf(m)
	return c.Members[m.id].Name + " of " + c.Name
}

// definition is the element of a cluster.
// There is one: members of the table are servers of the file.
func (f *File) definition(m member) *parser.ServerCluster {
	i := slices.IndexFunc(f.Config.Clusters, func(c *parser.ServerCluster) bool {
		return slices.Contains(c.Servers, f.server(m)) || c.ClusterAddress == f.server(m)
	})
	return f.Config.Clusters[i]
}

// takers names the members that get the new sessions of a cluster in a process in which nobody is down.
func (f *File) takers(cluster match.ClusterID) (list []string) {
	for m, share := range explain.NewSessions(f.Table, cluster, &f.sem) {
		if share > 0 {
			list = append(list, f.Table.Clusters[cluster].Members[m].Name)
		}
	}
	return list
}

// entries are what the lists of a cluster say of a member.
func entries(c *parser.ServerCluster, name string) (list []*parser.Node) {
	for _, l := range []*parser.ServerList{c.Primary, c.Backup} {
		if l == nil {
			continue
		}
		for _, ref := range l.Servers {
			if ref.Name.V == name {
				list = append(list, ref.Node)
			}
		}
	}
	return list
}
