package replay

import (
	"maps"
	"slices"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
)

// maxMembers bounds the members whose state one machine keeps, over all processes; beyond it all is forgotten and
// learnt anew.
const maxMembers = 1 << 14

// machine plays the operations under one setting of the open choices. What its maps point to is never changed in
// place: a copy of the maps is a copy of the machine.
type machine struct {
	t        *match.Table
	sem      choices.Assumptions
	rec      *failover.Recorder // notes the consulted choices
	explain  bool               // disagreements get steps and members: of the base alone, which reports them
	clusters map[clusterKey]*cluster
	requests map[pluginlog.Thread]*requestState // under way: a thread works on one at a time
	fresh    map[uint64]bool                    // processes that were seen starting
	members  int                                // of all clusters, bounded by maxMembers
	form     weightForm                         // found out by the first pick whose weight is known
	also     uint64                             // consulted choices that rec does not know

	undo []func(*machine) // puts a machine back to where it was before the operation under way
}

type clusterKey struct {
	pid uint64
	id  match.ClusterID
}

// cluster is what a process knows about a cluster, and how much of that the log vouches for.
type cluster struct {
	state failover.ClusterState
	known []known
}

// known says which parts of a member's state follow from the log. The rest is that of a fresh process until a line
// says otherwise.
type known struct {
	// mark: whether it is marked down; timer: since when. A line can be at odds with the core about nothing else.
	mark, timer, weight, pending bool
	probe                        bool // whether somebody probes it
}

// requestState is what a machine knows of a request that is not over.
type requestState struct {
	state    failover.RequestState
	match    match.Match
	routed   bool   // the log named host and URI
	underWay bool   // an attempt is
	walked   walked // where comparisons of clone IDs stand
}

func (rs *requestState) clone() *requestState {
	c := *rs
	c.state = rs.state.Clone()
	return &c
}

// weightForm tells whether the weight of a "picked" line is that after or before the pick: levels differ.
type weightForm uint8

const (
	unknownForm weightForm = iota
	afterPick
	beforePick
)

// result is what playing an operation gave.
type result struct {
	decision  bool   // the operation was a decision that could be checked
	unchecked bool   // it was one that could not
	stranger  string // because the file has no member of this name
	byTable   bool   // because the partition table may have made it (R28)
	line      bool   // it was another line that could be checked
	synced    int    // states that a line set right without being at odds with what was known
	mismatch  *mismatch
}

// mismatch is a disagreement.
type mismatch struct {
	what   What
	rule   string
	logged string
	ours   []string
	steps  []failover.Step
}

func newMachine(t *match.Table, sem choices.Assumptions) *machine {
	return &machine{
		t: t, sem: sem, rec: failover.ChoicesOnly(), explain: true,
		clusters: map[clusterKey]*cluster{}, requests: map[pluginlog.Thread]*requestState{}, fresh: map[uint64]bool{},
	}
}

// before returns the machine as it was before the operation just played, under another setting. Until a choice is
// consulted all its values play alike; so the variant for a value begins at the operation that first consults it, as a
// copy of the base, and plays that operation for itself.
func (m *machine) before(sem choices.Assumptions) *machine {
	// Maps are copied, what they point to is shared: it is never changed in place.
	c := *m
	c.sem, c.rec, c.explain, c.undo = sem, failover.ChoicesOnly(), false, nil
	c.clusters, c.requests, c.fresh = maps.Clone(m.clusters), maps.Clone(m.requests), maps.Clone(m.fresh)
	// The last change first, as each undo puts back what it found.
	for _, undo := range slices.Backward(m.undo) {
		undo(&c)
	}
	c.undo = nil
	return &c
}

// consulted returns the set of open choices that were consulted.
func (m *machine) consulted() uint64 { return m.rec.Seen().Asked() | m.also }

// setCluster stores what is known of a cluster from now on. What was stored is never changed in place: the functions
// that undo hold it.
func (m *machine) setCluster(key clusterKey, c *cluster) {
	old, members, form := m.clusters[key], m.members, m.form
	m.undo = append(m.undo, func(m *machine) {
		m.members, m.form = members, form
		if m.clusters[key] = old; old == nil {
			delete(m.clusters, key)
		}
	})
	if old == nil {
		m.members += len(c.known)
	}
	m.clusters[key] = c
}

// setState stores what is known of a thread's request from now on, nil for nothing.
func (m *machine) setState(thread pluginlog.Thread, rs *requestState) {
	old := m.requests[thread]
	m.undo = append(m.undo, func(m *machine) {
		if m.requests[thread] = old; old == nil {
			delete(m.requests, thread)
		}
	})
	if m.requests[thread] = rs; rs == nil {
		delete(m.requests, thread)
	}
}

// play plays an operation.
func (m *machine) play(o *op) (r result) {
	m.undo = m.undo[:0]
	switch o.kind {
	case opStart:
		if len(m.fresh) >= maxMembers {
			clear(m.fresh)
		}
		m.forget(o.thread.PID)
		m.fresh[o.thread.PID] = true
	case opReload:
		delete(m.fresh, o.thread.PID)
		m.forget(o.thread.PID)
	case opDecline:
		m.decline(o, &r)
	case opStatus, opTimer, opCount:
		m.memberLine(o, &r)
	case opPick:
		m.pick(o, &r)
	case opFail, opHead, opDone, opGone:
		m.observe(o, &r)
	case opEnd:
		m.end(o, &r)
	case opURI, opAlias:
		m.found(o, &r)
	case opCompare:
		m.compared(o, &r)
	case opMatched:
		m.matched(o, &r)
	case opSessionName:
		m.sessionName(o, &r)
	case opTransport:
		m.transport(o, &r)
	case opClose:
		m.setState(o.thread, nil)
	}
	return r
}

// forget drops what is known of a process's clusters.
func (m *machine) forget(pid uint64) {
	for id := range m.t.Clusters {
		key := clusterKey{pid, match.ClusterID(id)}
		if c := m.clusters[key]; c != nil {
			delete(m.clusters, key)
			m.members -= len(c.known)
		}
	}
}

// copyOf returns a copy of what a process knows about a cluster: what this operation may change and then store.
func (m *machine) copyOf(key clusterKey) *cluster {
	if c := m.clusters[key]; c != nil {
		return &cluster{c.state.Clone(), slices.Clone(c.known)}
	}
	if m.members > maxMembers { // a log of any length is replayed in bounded memory: what is forgotten is learnt again
		clear(m.clusters)
		clear(m.requests)
		m.members = 0
	}
	conf := &m.t.Clusters[key.id]
	c := &cluster{failover.NewState(conf, &m.sem, 0), make([]known, len(conf.Members))}
	if conf.Single() { // NewState has asked for it without a recorder
		m.also |= 1 << choices.SingleMemberWeight
	}
	if m.fresh[key.pid] { // the log has the start of this process, so its state is that of one that has just begun
		for i := range c.known {
			c.known[i] = known{true, true, true, true, true}
		}
	}
	return c
}

// stateOf returns a copy of the state of the thread's request, a new one when it has none; nil when the log does not
// say which cluster it is about. declined is true when host and URI were logged and no Route matches them.
func (m *machine) stateOf(o *op) (rs *requestState, declined bool) {
	if old := m.requests[o.thread]; old != nil {
		return old.clone(), false
	}
	rq := o.rq.request()
	rs = new(requestState)
	// Where no line names host and URI, the member that is chosen tells the cluster.
	if o.rq.host != "" && o.rq.uri != "" {
		match, ok := m.t.MatchNoted(&rq, &m.sem, m.rec.Seen())
		if ok {
			rs.match, rs.routed = match, true
			m.begin(rs, &rq, o)
			return rs, false
		}
		declined = true
	}
	id, _, err := names.Member(m.t, o.member)
	if err != nil {
		return nil, declined
	}
	rs.match = match.Match{Cluster: id}
	m.begin(rs, &rq, o)
	return rs, declined
}

// stateToRead returns the state of the thread's request itself, which must not be changed, or else what stateOf
// returns.
func (m *machine) stateToRead(o *op) *requestState {
	if rs := m.requests[o.thread]; rs != nil {
		return rs
	}
	rs, _ := m.stateOf(o)
	return rs
}

// begin lets the core take a request up, as of the time at which the log first shows it.
func (m *machine) begin(rs *requestState, rq *match.Request, o *op) {
	rs.state = failover.Begin(m.t, rq, &rs.match, o.rq.arrived, &m.sem, m.rec)
}

// prepare gives the state what the log has shown of the request since.
func (m *machine) prepare(rs *requestState, q *request) {
	c := &m.t.Clusters[rs.match.Cluster]
	rq := q.withSessions(q.request(), &rs.match, c.Separator)
	failover.LearnRequest(m.t, &rs.state, &rq, &rs.match, &m.sem, m.rec)
}

// decline checks a request that the log leaves to the web server.
func (m *machine) decline(o *op, r *result) {
	if o.rq.host == "" || o.rq.uri == "" {
		r.unchecked = true
		return
	}
	rq := o.rq.request()
	r.decision = true
	if match, ok := m.t.MatchNoted(&rq, &m.sem, m.rec.Seen()); ok {
		r.differs(routeDiffers, "R1", noRoute(o.rq), "cluster "+m.t.Clusters[match.Cluster].Name)
	}
}

// observe tells the core what became of the attempt under way.
func (m *machine) observe(o *op, r *result) {
	old := m.requests[o.thread]
	// An attempt that no line began: nothing is known of the request.
	if old == nil || !old.underWay {
		return
	}
	rs := old.clone()
	if o.rq.length > 0 {
		m.prepare(rs, o.rq)
	} else if o.rq.body && o.event.ReusedStream && !o.fresh &&
		(o.event.Kind == failover.StreamLost || o.event.Kind == failover.IOTimeout) {
		rs.state.LearnUnbuffered() // why else would no new stream follow (R50c, R54)
	}
	key := clusterKey{o.thread.PID, rs.match.Cluster}
	c := m.copyOf(key)
	member := rs.state.Last
	before := c.state.Member(member).MarkedDown
	happens := func(ev failover.Event) { failover.Observe(m.t, &c.state, &rs.state, o.now, ev, &m.sem, m.rec) }
	switch o.kind {
	case opHead:
		happens(o.event)
	case opGone:
		rs.underWay = false
		happens(failover.Event{Kind: failover.ClientGone})
	case opDone:
		// No status line was logged (LogLevel Stats), and yet it was answered. 200 stands for any that is no failure.
		if rs.underWay = false; !rs.state.Begun() {
			happens(failover.Event{Kind: failover.Head, Status: 200})
		}
		happens(failover.Event{Kind: failover.Done})
	case opFail:
		rs.underWay = false
		happens(o.event)
		m.compareMark(o, c, member, before, r)
	}
	m.setState(o.thread, rs)
	m.setCluster(key, c)
}

// compareMark holds the mark that a failure left against the log, which wins.
func (m *machine) compareMark(o *op, c *cluster, member match.MemberID, before bool, r *result) {
	marked, kn := c.state.Member(member).MarkedDown, &c.known[member]
	// Of a member that was marked before no line says that it stays so.
	if !before && marked != o.marked {
		if o.coarse {
			r.synced++ // whether it was marked before, or the stream a new one, is hidden
		} else {
			r.differs(markDiffers, "R50", markWords(o.member, o.marked), markWords(o.member, marked))
		}
		c.state.LearnMark(member, o.marked, o.now)
		marked = o.marked
	}
	// one of the file before tells nothing of this one
	kn.mark = kn.mark && !o.rq.partial || !o.coarse || o.marked && !o.rq.partial
	if marked {
		kn.timer, kn.probe = kn.timer || !o.coarse || o.marked, kn.probe || o.marked
	}
}

func noRoute(q *request) string { return "no Route matches " + q.uri + " on " + q.host }

func markWords(member string, marked bool) string {
	if marked {
		return member + " is marked down"
	}
	return member + " is not marked down"
}
