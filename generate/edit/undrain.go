package edit

import (
	"strconv"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Undrain gives drained members their new sessions back.
type Undrain struct {
	Members []string // MEMBER, in all its clusters, or CLUSTER/MEMBER
	Weight  int      // 0: the one that the comment keeps, else that of most other members
	Force   bool     // also over a weight that somebody has changed since
}

// Undrain returns the edits, none where no member is drained. Directly after Drain they give the bytes of before.
func (f *File) Undrain(u Undrain) (*Change, error) {
	list, err := f.members(u.Members)
	if err != nil {
		return nil, err
	}
	c := new(Change)
	for _, m := range list {
		if err := f.undrain(c, u, m); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// A member may have been drained both ways; its list entries and its weight come back independently of each other.
func (f *File) undrain(c *Change, u Undrain, m member) error {
	n, cluster := f.server(m).Node, f.clusterOf(m)
	listed := f.relist(c, m)
	comment, was, date := f.keptBefore(n)
	switch {
	case comment != nil:
		return f.putBack(c, u, m, comment, was, date)
	case listed:
		return nil
	case cluster.Role(m.id) == "none":
		return refused(false, "%s stands in no list, and no comment of drain says where it stood: name it in "+
			"PrimaryServers or BackupServers", f.nameOf(m))
	case !cluster.Drained(m.id):
		c.note("%s is not drained", f.nameOf(m))
		return nil
	}
	return f.reweigh(c, u, m)
}

// relist puts the entries of a member back that comments in the lists keep.
func (f *File) relist(c *Change, m member) (any bool) {
	def := f.definition(m)
	for _, list := range []*parser.ServerList{def.Primary, def.Backup} {
		// a list that holds comments alone is empty for the plug-in (R37), but it is there
		comments, entries := f.keptIn(list, f.clusterOf(m).Members[m.id].Name)
		for i, comment := range comments {
			c.Edits = append(c.Edits, diag.Edit{Span: comment.Span, New: entries[i]})
			c.note("%s: in %s again", f.nameOf(m), list.Node.Name)
			any = true
		}
	}
	return any
}

// putBack gives a member the weight that its comment keeps, and removes the comment.
// The edit that takes the comment away takes what stands between it and the Server, too, which weigh has put there. On
// a Random cluster no weight drains, so one above 0 is no sign of a change.
func (f *File) putBack(c *Change, u Undrain, m member, comment *parser.Node, was, date string) error {
	n := f.server(m).Node
	if at := n.Attr(weight); !f.clusterOf(m).Drained(m.id) && !f.clusterOf(m).Random && !u.Force {
		now := absent
		if at != nil {
			now = at.Value
		}
		return refused(true,
			"%s: LoadBalanceWeight is %s and no longer 0; somebody has changed it since the drain of %s; "+
				"--force writes %s", f.nameOf(m), now, date, was)
	}
	gone := diag.Edit{Span: diag.Span{File: n.Span.File, Start: comment.Span.Start, End: n.Span.Start}}
	switch {
	case u.Weight > 0:
		was = strconv.Itoa(u.Weight)
		c.Edits = append(c.Edits, gone, write(n, weight, was))
	case was == absent:
		c.Edits = append(c.Edits, gone, remove(n, weight))
	// was is raw text of the file: it goes between the quotes as it is, while write would escape it again
	case n.Attr(weight) != nil:
		c.Edits = append(c.Edits, gone, diag.Edit{Span: n.Attr(weight).Span, New: was})
	default:
		c.Edits = append(c.Edits, gone, write(n, weight, was))
	}
	c.note("%s: LoadBalanceWeight 0 -> %s, drained on %s", f.nameOf(m), was, date)
	return nil
}

// reweigh gives a member that was drained by hand the weight of most others.
func (f *File) reweigh(c *Change, u Undrain, m member) error {
	value, from := u.Weight, "as --weight says"
	if value == 0 {
		value, from = f.usualWeight(m), "that of most other members, for no comment of drain keeps the old one"
	}
	if value == 0 {
		return refused(false,
			"%s: no comment of drain keeps its weight, and no other member has one above 0: --weight "+
				"says it", f.nameOf(m))
	}
	c.Edits = append(c.Edits, write(f.server(m).Node, weight, strconv.Itoa(value)))
	c.note("%s: LoadBalanceWeight 0 -> %d, %s", f.nameOf(m), value, from)
	return nil
}

// usualWeight is the most frequent weight above 0 of the other members of its role, of equally frequent ones
// the first in the file; 0 for none.
func (f *File) usualWeight(m member) (usual int) {
	c, count := f.clusterOf(m), map[int32]int{}
	var order []int32
	for i := range c.Members {
		if id := match.MemberID(i); id != m.id && c.Role(id) == c.Role(m.id) && !c.Drained(id) {
			order = append(order, c.Members[i].Weight)
			count[c.Members[i].Weight]++
		}
	}
	for _, w := range order {
		if count[w] > count[int32(usual)] {
			usual = int(w)
		}
	}
	return usual
}
