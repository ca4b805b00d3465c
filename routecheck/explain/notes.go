package explain

import (
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

func (e *explanation) clusterNote(p *Process, id match.ClusterID) *ClusterNote {
	return Note(p.t, id, p.state(id), p.Now)
}

// unreachable are the members of some answers that can never be reached, whatever is believed of them.
func (e *explanation) unreachable(ends []Answer) (notes []UnreachableNote) {
	for _, a := range ends {
		if a.Decision != Forward {
			continue
		}
		m := &e.t.Clusters[a.Cluster].Members[a.Member]
		if tr := m.NoAddress(); tr != nil {
			at := tr.At
			// There is a host, so it is the port that cannot be.
			if tr.Host != "" {
				at = tr.Source.Port.Span()
			}
			notes = append(notes, UnreachableNote{m.Name, words.NoAddress(tr), e.place(at)})
		}
	}
	return notes
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
