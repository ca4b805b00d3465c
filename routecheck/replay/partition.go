package replay

import (
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// tableMayName reports whether the partition table, which no log holds, may have named the member of a pick (R28). A
// status line that regards the member's weight says that it was balanced: then the table named nobody.
func (m *machine) tableMayName(c *cluster, rs *requestState, o *op) bool {
	return !o.rq.sawCheck(o.member, false) && failover.TableDecides(m.t, &c.state, &rs.state, o.now, &m.sem)
}

// pickByTable takes in a pick that the partition table may have made. One without regard to weights is affinity (R23);
// where no line says so it may have been balancing as well, and nobody knows where that stands.
func (m *machine) pickByTable(c *cluster, rs *requestState, o *op, member match.MemberID, r *result) {
	r.unchecked, r.byTable = true, true
	failover.LearnPick(m.t, &c.state, &rs.state, member, failover.ByAffinity, &m.sem, m.rec)
	if !o.rq.sawCheck(o.member, true) {
		c.forgetBalance()
	}
}

// forgetBalance says that the log no longer tells where balancing stands and which weights are left.
func (c *cluster) forgetBalance() {
	c.state.ForgetPosition()
	for i := range c.known {
		c.known[i].weight = false
	}
}

// sawCheck reports whether this selection has checked a member, with or without regard to its weight.
func (q *request) sawCheck(member string, ignored bool) bool {
	for _, c := range q.seen {
		if c.member == member && c.ignored == ignored {
			return true
		}
	}
	return false
}
