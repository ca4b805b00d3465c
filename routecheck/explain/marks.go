package explain

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Marks says of each member of a cluster whether a failure marks it down, when a request without body meets it on a
// fresh stream (R50 to R55). It is false of those that get no request: they stand in no list, have no usable
// Transport, or the failure cannot happen to them.
func Marks(t *match.Table, id match.ClusterID, failure FailureMode, sem *choices.Assumptions) []bool {
	c := &t.Clusters[id]
	marks := make([]bool, len(c.Members))
	p := NewProcess(t, sem, 0)
	cs := p.state(id)
	for _, list := range [][]match.MemberID{c.Primary, c.Backup} {
		for _, m := range list {
			what := MemberCondition{Cluster: id, Member: m, Failure: failure}
			if Fits(t, what) != nil {
				continue
			}
			// Adopt, and not Next: each member is asked about, whoever would be chosen.
			f := failover.NewRequestState(id, nil)
			a, ok := failover.Adopt(t, cs, &f, m, sem)
			if !ok {
				continue
			}
			p.Conditions = append(p.Conditions[:0], what)
			at, _ := p.attempt(cs, &f, a, nil)
			marks[m] = at.Marked
		}
	}
	return marks
}
