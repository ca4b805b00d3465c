package routecheck

// stage keeps the states of clusters from one play of a scenario to the next, so that a play costs what it touches and not what there is: whoever asks
// about each member of a cluster of thousands plays as many scenarios. One process at a time uses it.
type stage struct {
	states map[ClusterID]*ClusterState
	t      *Table
	changes
}

func newStage(t *Table) *stage {
	return &stage{map[ClusterID]*ClusterState{}, t, changes{raised: map[ClusterID]bool{}}}
}

// state returns the state of a cluster in a fresh process: see [Cluster.NewState]. Without a stage it is a new one, and so it is where the weights hang on
// the semantics.
func (s *stage) state(c *Cluster, id ClusterID, sem *Semantics, seed uint64) *ClusterState {
	if s == nil || c.Single() {
		fresh := c.NewState(sem, seed)
		return &fresh
	}
	cs := s.states[id]
	if cs == nil {
		fresh := c.NewState(sem, seed)
		cs = &fresh
		s.states[id] = cs
	}
	cs.Restart(seed)
	return cs
}

// touch notes that the state of a member is set otherwise than in a fresh process.
func (s *stage) touch(c ClusterID, m MemberID) {
	if s != nil {
		s.touched = append(s.touched, touched{c, m})
	}
}

// clear undoes what the process before has changed.
func (s *stage) clear(sem *Semantics) {
	for id := range s.raised {
		delete(s.states, id)
	}
	for _, m := range s.touched {
		if cs := s.states[m.cluster]; cs != nil {
			s.t.Clusters[m.cluster].ResetMember(cs, m.member, sem)
		}
	}
	s.touched = s.touched[:0]
	clear(s.raised)
}
