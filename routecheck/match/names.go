package match

import (
	"fmt"

	"github.com/wasplug/wasplug/parser/diag"
)

// This file finds what people name.

// ClusterByName returns the cluster of that name.
func (t *Table) ClusterByName(name string) (ClusterID, bool) {
	id, ok := t.byName[name]
	return id, ok
}

// MemberByName returns the member of that name; the ClusterAddress is called ClusterAddress.
func (c *Cluster) MemberByName(name string) (MemberID, bool) {
	id, ok := c.byName[name]
	return id, ok
}

// Lacks reports whether no request can go to a member of that name: no cluster has it, and no On Demand Router knows
// others (R69).
func (t *Table) Lacks(name string) bool { return len(t.clustersOf[name]) == 0 && t.Router.IsZero() }

// FindMember resolves "MEMBER" or "CLUSTER/MEMBER". A name that several clusters have must be given with its cluster.
func (t *Table) FindMember(name string) (ClusterID, MemberID, error) {
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		if id, ok := t.byName[name[:i]]; ok {
			if m, ok := t.Clusters[id].byName[name[i+1:]]; ok {
				return id, m, nil
			}
		}
	}
	in := t.clustersOf[name]
	switch len(in) {
	case 1:
		return in[0], t.Clusters[in[0]].byName[name], nil
	case 0:
		return -1, NoMember, diag.Errorf("no member is named %q%s", name, t.hint(name))
	}
	var full []string
	for _, id := range in {
		full = append(full, t.Clusters[id].Name+"/"+name)
	}
	return -1, NoMember, &AmbiguousMember{name, full}
}

// hint helps to find the member that an unknown name may mean: a clone ID, a misspelling, or one of a few.
func (t *Table) hint(name string) string {
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			if m := &t.Clusters[i].Members[j]; m.CloneID == name && name != "" {
				return fmt.Sprintf("; it is the clone ID of %s", m.Name)
			}
		}
	}
	known := keys(t.clustersOf)
	if near := diag.DidYouMean(name, known); near != "" {
		return near
	}
	return "; there are " + join(known, 5)
}

// AmbiguousMember says that a member's name alone names several.
type AmbiguousMember struct {
	Name string
	In   []string // CLUSTER/MEMBER
}

// Error names the ways to say which one is meant.
func (e *AmbiguousMember) Error() string {
	return diag.Sprintf("member %q is in several clusters: name one of %s", e.Name, join(e.In, 5))
}

// FindCluster resolves the name of a cluster.
func (t *Table) FindCluster(name string) (ClusterID, error) {
	if id, ok := t.byName[name]; ok {
		return id, nil
	}
	return -1, diag.Errorf("no cluster is named %q%s", name, diag.DidYouMean(name, t.clusterNames()))
}

func join(list []string, most int) string {
	text := ""
	for i, s := range list {
		if i == most {
			return text + ", ..."
		}
		if i > 0 {
			text += ", "
		}
		text += s
	}
	return text
}
