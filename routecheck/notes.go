package routecheck

func (e *explanation) clusterNote(p *Process, id ClusterID) *ClusterNote {
	return p.t.Note(id, p.State(id), p.Now)
}

// Note describes the state of a cluster at a time, for people and programs.
func (t *Table) Note(id ClusterID, cs *ClusterState, now Nanos) *ClusterNote {
	c := &t.Clusters[id]
	n := &ClusterNote{Cluster: c.Name, Members: []MemberNote{}}
	if cs.Next >= 0 && int(cs.Next) < len(c.Primary) {
		n.Next = c.Members[c.Primary[cs.Next]].Name
	}
	roles := c.roles()
	for i := range c.Members {
		ms := &cs.Members[i]
		note := MemberNote{
			Member: c.Members[i].Name, Role: roles[i], Weight: ms.Weight, Start: c.Members[i].Start, Marked: ms.Marked,
			RetryIn: float64(ms.RetryIn(c.RetryInterval, now)) / float64(second),
			Pending: ms.Pending, Failed: ms.Failed, Affinity: ms.Affinity, Total: ms.Total,
		}
		n.Members = append(n.Members, note)
	}
	return n
}
