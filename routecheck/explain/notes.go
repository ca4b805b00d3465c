package explain

import (
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

func (e *explanation) clusterNote(p *Process, id match.ClusterID) *ClusterNote {
	return Note(p.t, id, p.state(id), p.Now)
}

// Note describes the state of a cluster at a time, for people and programs.
func Note(t *match.Table, id match.ClusterID, cs *failover.ClusterState, now match.Nanos) *ClusterNote {
	c := &t.Clusters[id]
	n := &ClusterNote{Cluster: c.Name, Members: []MemberNote{}}
	if cs.Next >= 0 && int(cs.Next) < len(c.Primary) {
		n.Next = c.Members[c.Primary[cs.Next]].Name
	}
	roles := c.Roles()
	for i := range c.Members {
		ms := &cs.Members[i]
		note := MemberNote{
			Member: c.Members[i].Name, Role: roles[i], Weight: ms.Weight,
			Start: c.Members[i].Start, Marked: ms.MarkedDown,
			RetryIn: float64(ms.RetryIn(c.RetryInterval, now)) / float64(match.Second),
			Pending: ms.Pending, Failed: ms.Failed, Affinity: ms.Affinity, Total: ms.Total,
		}
		n.Members = append(n.Members, note)
	}
	return n
}
