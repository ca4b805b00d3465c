package names

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Member resolves "MEMBER" or "CLUSTER/MEMBER". A name that several clusters have must be given with its cluster. A
// slash may also stand in either name, so each one is tried as the place where the cluster ends.
func Member(t *match.Table, name string) (match.ClusterID, match.MemberID, error) {
	for i := range len(name) {
		if name[i] != '/' {
			continue
		}
		if id, ok := t.ClusterByName(name[:i]); ok {
			if m, ok := t.Clusters[id].MemberByName(name[i+1:]); ok {
				return id, m, nil
			}
		}
	}
	in := t.ClustersOf(name)
	switch len(in) {
	case 1:
		m, _ := t.Clusters[in[0]].MemberByName(name)
		return in[0], m, nil
	case 0:
		return -1, match.NoMember, diag.Errorf("no member is named %q%s", name, hint(t, name))
	}
	var full []string
	for _, id := range in {
		full = append(full, t.Clusters[id].Name+"/"+name)
	}
	return -1, match.NoMember, &AmbiguousMember{name, full}
}

// hint helps to find the member that an unknown name may mean: a clone ID, a misspelling, or one of a few.
func hint(t *match.Table, name string) string {
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			if m := &t.Clusters[i].Members[j]; m.CloneID == name && name != "" {
				return fmt.Sprintf("; it is the clone ID of %s", m.Name)
			}
		}
	}
	known := members(t)
	if near := diag.DidYouMean(name, known); near != "" {
		return near
	}
	return "; there are " + join(known, 5)
}

// AmbiguousMember says that a member's name alone names several. It is a type, as callers tell it from a name that
// nobody has: some go on then.
type AmbiguousMember struct {
	Name string
	In   []string // CLUSTER/MEMBER
}

// Error names the ways to say which one is meant.
func (e *AmbiguousMember) Error() string {
	return diag.Sprintf("member %q is in several clusters: name one of %s", e.Name, join(e.In, 5))
}

// Cluster resolves the name of a cluster.
func Cluster(t *match.Table, name string) (match.ClusterID, error) {
	if id, ok := t.ClusterByName(name); ok {
		return id, nil
	}
	return -1, diag.Errorf("no cluster is named %q%s", name, diag.DidYouMean(name, clusters(t)))
}

// members lists the names of all members in order, each once.
func members(t *match.Table) (all []string) {
	for i := range t.Clusters {
		for j := range t.Clusters[i].Members {
			all = append(all, t.Clusters[i].Members[j].Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func clusters(t *match.Table) (all []string) {
	for i := range t.Clusters {
		all = append(all, t.Clusters[i].Name)
	}
	slices.Sort(all)
	return all
}

// join lists names for a message, as many as fit one.
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
