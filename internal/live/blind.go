package live

import (
	"net/http"
	"strings"

	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/routecheck/match"
)

// answered finds out which of the user's servers answered: by the header that names it, or by the clone ID that it
// puts at the end of a session's cookie (R24). Nobody where neither tells. Servers of the user's show no attempt that
// failed, so there is one arrival at most: that of who answered.
func (d *Driver) answered(a *asking) []question.Arrival {
	var names []string
	if d.MemberHeader != "" {
		names = append(names, a.reply.header.Get(d.MemberHeader))
	}
	for _, line := range a.reply.header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(line); err == nil {
			if i := strings.LastIndexAny(c.Value, ":+"); i >= 0 {
				names = append(names, c.Value[i+1:])
			}
		}
	}
	for _, name := range names {
		if c, m, ok := d.member(name, a.Question.Cluster); ok {
			return []question.Arrival{{Cluster: c, Member: m}}
		}
	}
	return nil
}

// member finds who goes by CLUSTER/MEMBER, a name or a clone ID; of several the one in the cluster that was asked:
// files of one cell have the same names and clone IDs in several clusters.
func (d *Driver) member(name string, asked match.ClusterID) (c match.ClusterID, m match.MemberID, ok bool) {
	if name == "" {
		return -1, match.NoMember, false
	}
	for id := range d.Table.Clusters {
		for i := range d.Table.Clusters[id].Members {
			member := &d.Table.Clusters[id].Members[i]
			if d.name(match.ClusterID(id), match.MemberID(i)) == name {
				return match.ClusterID(id), match.MemberID(i), true
			}
			if member.Name != name && member.CloneID != name || ok && match.ClusterID(id) != asked {
				continue
			}
			c, m, ok = match.ClusterID(id), match.MemberID(i), true
		}
	}
	return c, m, ok
}
