package edit

import (
	"cmp"
	"strings"

	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Ways are those in which a member can be drained: by its weight, which leaves the sessions that it has (R36), or out
// of the lists of its cluster, which does not (R40).
var Ways = []string{byWeight, byList}

const (
	byWeight = "weight"
	byList   = "list"
)

// Drain takes new sessions away from members.
type Drain struct {
	Members []string // MEMBER, in all its clusters, or CLUSTER/MEMBER
	By      string   // one of Ways
	Date    string   // 2026-11-29, kept in the file
	Yes     bool     // sessions may lose their home at once
	Force   bool     // also the last member that gets new sessions
}

// Drain returns the edits, none where all of the members are drained already.
// All or nothing: a member that cannot be drained refuses the whole change.
func (f *File) Drain(d Drain) (*Change, error) {
	list, err := f.members(d.Members)
	if err != nil {
		return nil, err
	}
	c := new(Change)
	for _, m := range list {
		if err := f.drain(c, d, m); err != nil {
			return nil, err
		}
	}
	if d.By == byList && len(c.Edits) > 0 && !d.Yes {
		return nil, refused(false,
			"sessions of %s lose their home at once when it stands in no list (R40): --yes says "+
				"that this is meant; --by weight lets them go on (R36)", strings.Join(d.Members, " and "))
	}
	if err := f.lastOnes(c, d, list); err != nil {
		return nil, err
	}
	return c, nil
}

// drain refuses a way that would have no effect, as a weight has none on a Random cluster, and names the one that has.
func (f *File) drain(c *Change, d Drain, m member) error {
	cluster, name := f.clusterOf(m), f.nameOf(m)
	switch role := cluster.Role(m.id); {
	case m.id == cluster.Address:
		return refused(false,
			"%s takes whatever no session leads elsewhere (R41): it has no weight and stands in no list",
			name)
	case role == "none":
		c.note("%s is drained already: it stands in no list (R40)", name)
		return nil
	case d.By == byList:
		return f.unlist(c, d, m)
	case cluster.Random:
		return refused(false,
			"%s has LoadBalance=\"Random\", which looks at no weight (R35): --by list takes %s out of "+
				"its list, and its sessions lose their home", cluster.Name, cluster.Members[m.id].Name)
	case role == "backup":
		return refused(false,
			"%s is a backup, for which no weight counts (R38): --by list takes it out of its list", name)
	case cluster.Drained(m.id):
		c.note("%s is drained already: its LoadBalanceWeight is %s", name, f.server(m).LoadBalanceWeight.Raw())
		return nil
	}
	f.weigh(c, d, m)
	return nil
}

// weigh sets the weight to 0 and keeps the old one.
// The comment stands right before the Server, on a line of its own where that has one: keptBefore looks for it there.
func (f *File) weigh(c *Change, d Drain, m member) {
	n := f.server(m).Node
	was := absent
	if at := n.Attr(weight); at != nil {
		was = f.raw(at.Span)
	}
	before := diag.Span{File: n.Span.File, Start: n.Span.Start, End: n.Span.Start}
	c.Edits = append(c.Edits,
		diag.Edit{Span: before, New: keep(weight+"="+was, d.Date) + check.Indent(f.files, n)},
		write(n, weight, "0"))
	c.note("%s: LoadBalanceWeight %s -> 0; sessions that it has go on (R36)", f.nameOf(m), was)
}

// unlist takes a member out of the lists, and keeps the entries.
// The comment stands in the place of the entry, so that Undrain restores the order of the list, which counts (R22).
func (f *File) unlist(c *Change, d Drain, m member) error {
	cluster := f.clusterOf(m)
	name := cluster.Members[m.id].Name
	list := entries(f.definition(m), name)
	if len(list) == 0 {
		return refused(false,
			"%s has no list of primaries, so all its servers are (R37): %s can be drained by its weight "+
				"alone", cmp.Or(cluster.Name, "the cluster without a name"), name)
	}
	for _, n := range list {
		c.Edits = append(c.Edits, diag.Edit{Span: n.Span, New: keep(f.raw(n.Span), d.Date)})
		c.note("%s: out of %s; its sessions lose their home at once (R40)", f.nameOf(m), n.Parent.Name)
	}
	return nil
}

// lastOnes refuses to drain the last member of a cluster that gets new sessions, and says who would get them.
// It is asked of the file as it would be, once for each cluster: who gets new sessions then is for the core.
func (f *File) lastOnes(c *Change, d Drain, list []member) error {
	after, err := f.after(c)
	if err != nil {
		return err
	}
	told := map[match.ClusterID]bool{}
	for _, m := range list {
		cluster := &after.Table.Clusters[m.cluster]
		if told[m.cluster] || len(c.Edits) == 0 || balancing(cluster) > 0 && !returned(after, f, m) {
			continue
		}
		told[m.cluster] = true
		who := "nobody would get the requests"
		if takers := after.takers(m.cluster); len(takers) > 0 {
			who = "the requests would go to " + strings.Join(takers, ", ") + " all the same"
		}
		text := f.nameOf(m) + " is the last member that gets new sessions: without it " + who + " (R36, R37, R38)"
		if !d.Force {
			return refused(true, "%s; --force drains it all the same", text)
		}
		c.note("%s", text)
	}
	return nil
}

// balancing counts the primaries of a cluster that are not drained.
func balancing(c *match.Cluster) (n int) {
	for _, id := range c.Primary {
		if !c.Drained(id) {
			n++
		}
	}
	return n
}

// returned reports whether a member that was taken out of its list is a primary all the same: an empty list is none,
// and all servers are primary then (R37).
func returned(after, before *File, m member) bool {
	if after.clusterOf(m).Drained(m.id) {
		return false
	}
	return after.clusterOf(m).Role(m.id) == "primary" && before.clusterOf(m).Role(m.id) == "primary"
}
