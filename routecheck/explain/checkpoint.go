package explain

import (
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/streams"
)

// checkpoint is a moment that a process can return to again and again, at the cost of what has happened since and not
// of what there is: whoever visits every outcome of chance in a cluster of thousands of members plays as many runs,
// each of which touches a few of them.
// It relies on being told who was touched (note): a change of a member that nobody notes survives a rewind.
type checkpoint struct {
	now     match.Nanos
	states  map[match.ClusterID]failover.ClusterState
	streams map[stream]streams.Queue[struct{}]
	changes
}

// changes are the members whose state is no longer what it was.
type changes struct {
	touched []touched                // members that got attempts
	raised  map[match.ClusterID]bool // clusters whose members have all changed
}

type touched struct {
	cluster match.ClusterID
	member  match.MemberID
}

// mark sets the checkpoint of a process.
func (p *Process) mark() {
	p.checkpoint = &checkpoint{now: p.Now, states: map[match.ClusterID]failover.ClusterState{},
		streams: p.clone().streams, changes: changes{raised: map[match.ClusterID]bool{}}}
	for id, cs := range p.states {
		p.checkpoint.add(id, cs)
	}
}

// add keeps the state of a cluster. One that the process touches first behind its checkpoint is in its first state
// until then.
func (c *checkpoint) add(id match.ClusterID, cs *failover.ClusterState) {
	if c != nil {
		c.states[id] = cs.Clone()
	}
}

// note keeps whose state an action has changed, or the attempt that it begins will change.
func (c *changes) note(f *failover.RequestState, a failover.Action) {
	for _, m := range [2]match.MemberID{a.Picked, a.Member} { // a pick costs weight though no attempt may follow (R64)
		if m != match.NoMember {
			c.touched = append(c.touched, touched{f.Cluster, m})
		}
	}
	if f.Raised() {
		c.raised[f.Cluster] = true
	}
}

// rewind returns to the checkpoint.
func (p *Process) rewind() {
	c := p.checkpoint
	for _, t := range c.touched {
		was := c.states[t.cluster]
		p.states[t.cluster].RestoreMember(t.member, &was)
	}
	for id := range c.raised {
		was := c.states[id]
		p.states[id].RestoreMembers(&was)
	}
	// Restore brings back what belongs to no member. Partition tables are shared, for no play changes one.
	for id, was := range c.states {
		p.states[id].Restore(&was)
	}
	p.Now, c.touched = c.now, c.touched[:0]
	clear(c.raised)
	clear(p.streams)
	for key, q := range c.streams {
		p.streams[key] = q.Clone()
	}
}
