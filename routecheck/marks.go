package routecheck

// Marks says of each member of a cluster whether a fault marks it down, when a request without body meets it on a fresh stream (R50 to R55). It is false
// of those that get no request: they stand in no list, have no usable Transport, or the fault cannot happen to them.
func (t *Table) Marks(id ClusterID, fault Fault, sem *Semantics) []bool {
	c := &t.Clusters[id]
	marks := make([]bool, len(c.Members))
	p := NewProcess(t, sem, 0)
	cs := p.State(id)
	for _, list := range [][]MemberID{c.Primary, c.Backup} {
		for _, m := range list {
			what := Fact{Cluster: id, Member: m, Fault: fault}
			if t.Fits(what) != nil {
				continue
			}
			f := NewFlight(id, nil)
			a, ok := t.Adopt(cs, &f, m, sem)
			if !ok {
				continue
			}
			p.Facts = append(p.Facts[:0], what)
			at, _ := p.attempt(cs, &f, a, nil)
			marks[m] = at.Marked
		}
	}
	return marks
}
