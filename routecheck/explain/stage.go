package explain

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// stage keeps the states of clusters from one play of a scenario to the next, so that a play costs what it touches and
// not what there is: whoever asks about each member of a cluster of thousands plays as many scenarios. One process at
// a time uses it.
type stage struct {
	states map[match.ClusterID]*failover.ClusterState
	t      *match.Table
	changes
}

func newStage(t *match.Table) *stage {
	return &stage{map[match.ClusterID]*failover.ClusterState{}, t, changes{raised: map[match.ClusterID]bool{}}}
}

// state returns the state of a cluster in a fresh process: see [Cluster.NewState]. Without a stage it is a new one,
// and so it is where the weights hang on the semantics.
func (s *stage) state(
	c *match.Cluster, id match.ClusterID, sem *choices.Assumptions, seed uint64,
) *failover.ClusterState {
	// The start weight of a single server is an open choice (SingleMemberWeight), so it is no state to come back to.
	if s == nil || c.Single() {
		fresh := failover.NewState(c, sem, seed)
		return &fresh
	}
	cs := s.states[id]
	if cs == nil {
		fresh := failover.NewState(c, sem, seed)
		cs = &fresh
		s.states[id] = cs
	}
	cs.Restart(seed)
	return cs
}

// touch notes that the state of a member is set otherwise than in a fresh process.
func (s *stage) touch(c match.ClusterID, m match.MemberID) {
	if s != nil {
		s.touched = append(s.touched, touched{c, m})
	}
}

// clear undoes what the process before has changed.
func (s *stage) clear(sem *choices.Assumptions) {
	// A cluster whose members have all changed is cheaper made anew than put back.
	for id := range s.raised {
		delete(s.states, id)
	}
	for _, m := range s.touched {
		if cs := s.states[m.cluster]; cs != nil {
			failover.ResetMember(&s.t.Clusters[m.cluster], cs, m.member, sem)
		}
	}
	s.touched = s.touched[:0]
	clear(s.raised)
}
