package cookie

import (
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/routecheck/space"
)

// owner is a member that has a clone ID.
type owner struct {
	cluster match.ClusterID
	member  match.MemberID
}

// ids reads what stands behind the separators, in the order in which the plug-in tries it (R22). It looks clone IDs up
// letter by letter: one in another letter case is unknown, and told as near.
func (r *reader) ids() {
	if r.out.Separator == "" {
		r.problem("no-clone", "no clone ID: a standalone server writes none (NoAdditionalSessionInfo), so the "+
			"plug-in balances it")
		return
	}
	var owners []owner
	for _, id := range affinity.CloneIDs(r.plain, r.out.Separator[0]) {
		found := ID{ID: id, Kind: Unknown, Near: []Near{}}
		own, known := r.ownerOf(id)
		switch {
		case id == "":
			r.problem("empty-clone", "an empty clone ID is that of no server")
		case known:
			owners = append(owners, own)
			r.known(&found, own)
		case r.Table != nil && affinity.IsPartitionID(r.Table, id) || r.Table == nil && affinity.PartitionForm(id):
			found.Kind = Partition
			r.partition(id)
		case r.Table != nil:
			found.Near = r.similar(id)
			r.problem("unknown-clone", "clone ID "+id+" is that of no server of this file")
		}
		r.out.IDs = append(r.out.IDs, found)
	}
	r.compare(owners)
}

// ownerOf finds the member that has a clone ID, first in the cluster to which the request goes.
func (r *reader) ownerOf(id string) (owner, bool) {
	if r.Table == nil || id == "" {
		return owner{}, false
	}
	first := r.target()
	for pass := range 2 { // the target's cluster, then all others; without a target only the second finds anybody
		for i := range r.Table.Clusters {
			if (match.ClusterID(i) == first) != (pass == 0) {
				continue
			}
			for j := range r.Table.Clusters[i].Members {
				if r.Table.Clusters[i].Members[j].CloneID == id {
					return owner{match.ClusterID(i), match.MemberID(j)}, true
				}
			}
		}
	}
	return owner{}, false
}

// target is the cluster to which the request goes, -1 where there is none.
func (r *reader) target() match.ClusterID {
	if r.Request != nil {
		if m, ok := r.Table.Match(r.Request, &r.Sem); ok {
			return m.Cluster
		}
	}
	return -1
}

// known fills in whose clone ID it is, and where that member stands.
func (r *reader) known(id *ID, own owner) {
	c := &r.Table.Clusters[own.cluster]
	id.Kind, id.Cluster, id.Member, id.Role = Clone, c.Name, c.Members[own.member].Name, c.Role(own.member)
	list := c.Primary
	if id.Role == "backup" {
		list = c.Backup
	}
	id.Place = slices.Index(list, own.member) + 1
	if id.Role == "none" {
		r.problem("in-no-list", id.Member+" stands in neither list of "+c.Name+", so its sessions go elsewhere (R40)")
	}
}

// partition tells of a partition ID that no plug-in with this file can read, for no cluster learns the table (R28).
func (r *reader) partition(id string) {
	if r.Table == nil || slices.ContainsFunc(r.Table.Clusters, func(c match.Cluster) bool { return c.GetTable }) {
		return
	}
	r.problem("partition", id+" is a partition ID, and no cluster has GetDWLMTable=true: affinity is broken (PK48101)")
}

// compare holds the members of the list against the settings of their clusters. The cluster to which the request goes
// counts first, also where it has none of the members: its separator is the one that will be looked for.
func (r *reader) compare(owners []owner) {
	told := map[match.ClusterID]bool{}
	target := match.ClusterID(-1)
	if r.Table != nil {
		target = r.target()
	}
	if target >= 0 {
		r.separator(&r.Table.Clusters[target])
		told[target] = true
	}
	for _, o := range owners {
		c := &r.Table.Clusters[o.cluster]
		if !told[o.cluster] {
			r.separator(c)
		}
		if !told[o.cluster] && target >= 0 && target != o.cluster {
			r.problem("other-cluster", fmt.Sprintf("the URL goes to cluster %s, and %s is a member of %s",
				r.Table.Clusters[target].Name, c.Members[o.member].Name, c.Name))
		}
		told[o.cluster] = true
		r.prefix(c, c.Members[o.member].CloneID)
	}
}

// separator tells of a value that a cluster would read as one without any clone ID (R21).
func (r *reader) separator(c *match.Cluster) {
	if r.out.Separator != string(c.Separator) {
		r.problem("separator", fmt.Sprintf("the value separates with %s, cluster %s expects %c "+
			"(CloneSeparatorChange, R21)",
			r.out.Separator, c.Name, c.Separator))
	}
}

// prefix tells of members whose take-over would not be recorded (S10).
func (r *reader) prefix(c *match.Cluster, id string) {
	for i := range c.Members {
		m := &c.Members[i]
		if m.CloneID != "" && m.CloneID != id && strings.HasPrefix(id, m.CloneID) {
			r.problem("prefix", fmt.Sprintf("%s's ID %s begins %s: a take-over by it is not recorded (S10, "+
				"WP313)", m.Name,
				m.CloneID, id))
		}
	}
}

const mostNear = 3 // clone IDs that are offered for an unknown one

// similar lists clone IDs like an unknown one, the most alike first; each was asked, and leads to its member.
func (r *reader) similar(id string) []Near {
	near := []Near{}
	for d := range 3 {
		for i := range r.Table.Clusters {
			c := &r.Table.Clusters[i]
			for j := range c.Members {
				own := c.Members[j].CloneID
				what := likeness(id, own, d)
				if what == "" || len(near) == mostNear || !r.leadsHome(owner{match.ClusterID(i), match.MemberID(j)}) {
					continue
				}
				near = append(near, Near{ID: own, What: what, Cluster: c.Name, Member: c.Members[j].Name})
			}
		}
	}
	return near
}

// likeness says how two IDs are alike at a distance, "" where they are not: letter case is 0. Two characters say
// something only of a long ID.
func likeness(id, own string, distance int) string {
	const long = 6
	folded := strings.EqualFold(id, own)
	switch {
	case own == "" || folded != (distance == 0):
		return ""
	case folded:
		return "letter case"
	case distance == 2 && len(id) <= long || len(id) < 2 || diag.Distance(id, own, distance) != distance:
		return ""
	case distance == 1:
		return "one character differs"
	}
	return "two characters differ"
}

// leadsHome asks whether a session of a member gets there while everybody is well. One of a backup does not (R39), nor
// one of a server in neither list (R40): it would be no help to offer those.
func (r *reader) leadsHome(o owner) bool {
	rq, m, ok := r.requestFor(o.cluster)
	if !ok {
		return false
	}
	c := &r.Table.Clusters[o.cluster]
	rq.Cookies = []string{m.Cookie() + "=0000session" + string(c.Separator) + c.Members[o.member].CloneID}
	got := (&explain.Scenario{}).Healthy(r.Table, &r.Sem).Do(&rq, nil)
	return got.By == failover.ByAffinity && got.Status == 0 && got.Member == o.member
}

// requestFor is a request that goes to a cluster: that of the question, or a sample of one of its Routes; false where
// no Route leads there.
func (r *reader) requestFor(cluster match.ClusterID) (rq match.Request, m match.Match, ok bool) {
	if r.Request != nil {
		if m, ok = r.Table.Match(r.Request, &r.Sem); ok && m.Cluster == cluster {
			return *r.Request, m, true
		}
	}
	unused := space.Unused(r.Table)
	for i := range r.Table.Routes {
		rt := &r.Table.Routes[i]
		if rt.Cluster != cluster {
			continue
		}
		for _, s := range space.SamplesOf(r.Table, rt, unused, &r.Sem) {
			if rq, err := written.URL(s.URL); err == nil {
				return rq, s.Match, true
			}
		}
	}
	return rq, m, false
}
