package replay

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
)

// pick checks which member got an attempt.
func (m *machine) pick(o *op, r *result) {
	rs, declined := m.stateOf(o)
	if declined {
		r.decision = true
		r.differs(routeDiffers, "R1", o.member, noRoute(o.rq))
	}
	// The log and the file differ about the Route. The request goes on where the log says, so that one difference is
	// counted once.
	if rs != nil && !m.lists(rs, o.member) && rs.routed {
		r.decision = true
		r.differs(routeDiffers, "R1", o.member, "cluster "+m.t.Clusters[rs.match.Cluster].Name)
		rs = m.otherCluster(o)
	}
	if rs == nil || !m.lists(rs, o.member) {
		// The file has no such member, or several clusters have it: nobody can be asked.
		if r.unchecked = !r.decision; m.t.Lacks(o.member) {
			r.stranger = o.member
		}
		m.setState(o.thread, nil)
		return
	}
	m.pickIn(rs, o, r)
}

func (m *machine) lists(rs *requestState, member string) bool {
	_, ok := m.t.Clusters[rs.match.Cluster].MemberByName(member)
	return ok
}

// otherCluster begins the request in the cluster of the logged member.
func (m *machine) otherCluster(o *op) *requestState {
	id, _, err := names.Member(m.t, o.member)
	if err != nil {
		return nil
	}
	rq := o.rq.request()
	rs := &requestState{match: match.Match{Cluster: id}}
	m.begin(rs, &rq, o)
	return rs
}

func (m *machine) pickIn(rs *requestState, o *op, r *result) {
	key := clusterKey{o.thread.PID, rs.match.Cluster}
	c := m.copyOf(key)
	conf := &m.t.Clusters[key.id]
	member, _ := conf.MemberByName(o.member)
	m.prepare(rs, o.rq)
	rs.underWay = true
	switch {
	// Three ways to take a pick in, by what the log can be held to: nothing is hidden only in the last.
	case o.coarse:
		m.pickUnseen(rs, o, c, member, r)
	case m.tableMayName(c, rs, o):
		m.pickByTable(c, rs, o, member, r)
	default:
		m.pickSeen(rs, o, c, member, r)
	}
	c.known[member].mark = c.known[member].mark || !o.coarse
	if o.hasWeight && member != conf.Address {
		m.compareWeight(o, c, rs.state.By == failover.ByBalance && rs.state.Lowered(), member, r)
	}
	m.setCluster(key, c)
	m.setState(o.thread, rs)
}

func (m *machine) pickSeen(rs *requestState, o *op, c *cluster, member match.MemberID, r *result) {
	r.decision = true
	if m.picks(c, rs, o, member) {
		return
	}
	// One mismatch for an operation: that of the Route explains that of the member.
	if r.mismatch == nil {
		r.mismatch = m.disagree(c, rs, o, memberDiffers, o.member)
	}
	// The log wins: the machine goes on from what it says, or every later line would disagree, too.
	by := failover.ByBalance
	if o.rq.affine == o.member {
		by = failover.ByAffinity
	}
	failover.LearnPick(m.t, &c.state, &rs.state, member, by, &m.sem, m.rec)
}

// pickUnseen takes in a pick of which the log hides sessions or earlier picks: it may agree, but it cannot disagree.
// Where balancing stands and which weights are left is not known afterwards.
func (m *machine) pickUnseen(rs *requestState, o *op, c *cluster, member match.MemberID, r *result) {
	before := c.state.Clone()
	// Any position may be, so a pick of any member with weight agrees.
	c.state.ForgetPosition()
	if m.picks(c, rs, o, member) {
		r.decision = true
	} else {
		r.unchecked = true
		failover.LearnPick(m.t, &c.state, &rs.state, member, failover.ByBackup, &m.sem, m.rec)
	}
	if o.implied { // the pick itself is long past
		c.state.LearnBalance(&before)
		return
	}
	c.forgetBalance()
}

// picks looks for the pick of a member: first for one that an attempt follows, then for one whose member has no
// Transport that can be used (R64). A log that does not tell whether the request came over TLS shows by the next lines
// which of them it was; where nothing was sent after all, the attempt is let go.
func (m *machine) picks(c *cluster, rs *requestState, o *op, member match.MemberID) bool {
	sends := func(a failover.Action) bool { return a.Kind == failover.Send && a.Picked == member }
	if m.find(c, rs, o, sends) {
		return true
	}
	// The pick was made, cost its weight and was logged, though nothing could be sent.
	if m.find(c, rs, o, func(a failover.Action) bool { return a.Picked == member }) {
		rs.underWay = false
		return true
	}
	return false
}

// find looks for an outcome of Next that the log agrees with, over chance and over what the log does not say of the
// request; it adopts the first.
func (m *machine) find(c *cluster, rs *requestState, o *op, agrees func(failover.Action) bool) (found bool) {
	for f := range m.guesses(rs, o.rq) {
		failover.Outcomes(m.t, &c.state, f, o.now, &m.sem, m.rec,
			func(state *failover.ClusterState, after *failover.RequestState, a failover.Action) bool {
				if found = agrees(a); found {
					if !c.state.KnowsPosition() && (a.Kind != failover.Send || after.By != failover.ByBalance) {
						state.ForgetPosition() // round robin began somewhere, but the log does not say where (R30)
					}
					c.state, rs.state = *state, *after
				}
				return !found
			})
		if found {
			return true
		}
	}
	return false
}

// guesses are the states that fit what the log says of a request: it shows TLS only by the source of the session.
func (m *machine) guesses(rs *requestState, q *request) iter.Seq[*failover.RequestState] {
	return func(yield func(*failover.RequestState) bool) {
		certain := q.tls() && affinity.SSLSessionShowsTLS(&m.sem, m.rec.Seen())
		if !certain {
			if plain := rs.state.Supposing(false, rs.state.Size); !yield(&plain) {
				return
			}
		}
		tls := rs.state.Supposing(true, rs.state.Size)
		yield(&tls)
	}
}

// disagree makes the mismatch of a decision: what Next would have done, and the steps to it.
func (m *machine) disagree(c *cluster, rs *requestState, o *op, what What, logged string) *mismatch {
	f := &mismatch{what: what, logged: logged}
	if !m.explain {
		return f
	}
	rec := new(failover.Recorder)
	var f2 *failover.RequestState
	for f2 = range m.guesses(rs, o.rq) {
		break // the first will do
	}
	failover.Outcomes(m.t, &c.state, f2, o.now, &m.sem, rec, func(_ *failover.ClusterState, _ *failover.RequestState,
		a failover.Action) bool {
		if len(f.ours) == 0 {
			f.steps, f.rule = slices.Clone(rec.Steps), deciding(rec.Steps)
		}
		if words := m.words(rs, a); !slices.Contains(f.ours, words) {
			f.ours = append(f.ours, words)
		}
		rec.Steps = rec.Steps[:0]
		return len(f.ours) < 32
	})
	return f
}

// deciding returns the rule of the step that a decision ends with.
func deciding(steps []failover.Step) string {
	for _, s := range slices.Backward(steps) {
		switch s.Kind {
		case failover.StepPick, failover.StepClone, failover.StepGiveUp, failover.StepTransport:
			return s.Rule
		}
	}
	// No step decided: the status of members did.
	return "R42"
}

func (m *machine) words(rs *requestState, a failover.Action) string {
	switch {
	case a.Kind == failover.Send:
		return m.t.MemberName(rs.match.Cluster, a.Member)
	case a.Kind == failover.Cut:
		return "no further attempt"
	case a.Member != match.NoMember:
		return fmt.Sprintf("the %d of %s is passed on", a.Status, m.t.MemberName(rs.match.Cluster, a.Member))
	}
	return fmt.Sprintf("no member, the client gets %d", a.Status)
}

// compareWeight holds the weight behind a pick against the line about it. Of a process that was not seen from its
// start the weights are learnt here.
func (m *machine) compareWeight(o *op, c *cluster, lowered bool, member match.MemberID, r *result) {
	weight, kn := c.state.Member(member).Weight, &c.known[member]
	switch {
	case r.mismatch != nil:
	case o.weight == weight && (m.form != beforePick || !lowered):
		if lowered && kn.weight {
			m.form = afterPick
		}
		kn.weight = !o.rq.partial
		return
	// One more than ours: the line was written before the pick was paid for, as some levels do.
	case lowered && o.weight == weight+1 && m.form != afterPick:
		if kn.weight {
			m.form = beforePick
		}
		return
	case kn.weight:
		r.differs(weightDiffers, "R32", fmt.Sprintf("%s has weight %d", o.member, o.weight),
			fmt.Sprintf("%s has weight %d", o.member, weight))
	default:
		r.synced++
	}
	if weight = o.weight; lowered && m.form == beforePick {
		weight--
	}
	c.state.LearnWeight(member, weight)
	kn.weight = !o.rq.partial // which may be one of the file before
}

// end checks a request that ends without another attempt. The log does not show how much of a body was sent, and not
// always how large it is: whether it can be sent again (R57) is then the log's word.
func (m *machine) end(o *op, r *result) {
	rs, declined := m.stateOf(o)
	if rs == nil {
		r.unchecked = !declined
		return
	}
	key := clusterKey{o.thread.PID, rs.match.Cluster}
	c := m.copyOf(key)
	m.prepare(rs, o.rq)
	over := func(a failover.Action) bool { return a.Kind != failover.Send }
	// Three explanations, of which the first needs the least of the core.
	unrepeatable := o.rq.noRetry && o.rq.body && (o.rq.length == 0 || rs.state.Body == failover.Unbuffered)
	agreed := unrepeatable || m.tooLarge(c, rs, o, over) || m.find(c, rs, o, over)
	if r.decision = agreed || !o.coarse; !r.decision {
		r.unchecked = true
	} else if !agreed {
		r.mismatch = m.disagree(c, rs, o, endDiffers, "no further attempt")
	}
	m.setState(o.thread, nil)
	m.setCluster(key, c)
}

// tooLarge explains an end before anybody was looked for by a body whose size the log does not show (R59).
func (m *machine) tooLarge(c *cluster, rs *requestState, o *op, over func(failover.Action) bool) bool {
	if o.rq.looked || rs.state.Attempts > 0 || m.t.Clusters[rs.match.Cluster].PostLimit < 0 {
		return false
	}
	large := *rs
	// A body larger than any limit: if the core gives up then, it may have been that.
	large.state = rs.state.Supposing(rs.state.TLS, math.MaxInt64)
	return m.find(c, &large, o, over)
}
