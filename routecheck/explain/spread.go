package explain

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// NewSessions returns the share of each member in the new sessions of a cluster in the long run, while all members are
// well: by the weights over a full cycle of round robin, or the probabilities of a random choice (R30 to R36).
// Together they are 1, or 0 where nobody gets any.
func NewSessions(t *match.Table, id match.ClusterID, sem *choices.Assumptions) []float64 {
	shares := make([]float64, len(t.Clusters[id].Members))
	p := NewProcess(t, sem, 0)
	cs := p.state(id)
	if t.Clusters[id].Random {
		chance := &failover.Chance{}
		p.mark()
		for more := true; more; more = chance.Next() {
			if m := p.newSession(id, cs, chance); m != match.NoMember {
				shares[m] += chance.Probability()
			}
			p.rewind()
		}
		return shares
	}
	cs.LearnPosition(0) // wherever it begins, a full cycle gives the same
	cycle := failover.SessionCycle(&t.Clusters[id], cs, sem)
	for range cycle {
		if m := p.newSession(id, cs, nil); m != match.NoMember {
			shares[m] += 1 / float64(cycle)
		}
	}
	return shares
}

// newSession plays a request without session and returns who serves it.
func (p *Process) newSession(id match.ClusterID, cs *failover.ClusterState, chance *failover.Chance) match.MemberID {
	f := failover.NewRequestState(id, chance)
	for {
		a := failover.Next(p.t, cs, &f, p.Now, p.sem, nil)
		p.noteChanges(&f, a)
		if a.Kind != failover.Send {
			return match.NoMember
		}
		if _, over := p.attempt(cs, &f, a, nil); over {
			return a.Member
		}
	}
}

// Home returns a function that tells which member serves a request by its session while all members are well (R20 to
// R24); ok is false where the session has no home there, and the request is balanced or not forwarded at all. One
// goroutine at a time may call it.
func Home(
	t *match.Table, sem *choices.Assumptions,
) func(rq *match.Request) (c match.ClusterID, m match.MemberID, ok bool) {
	stage := newStage(t)
	return func(rq *match.Request) (match.ClusterID, match.MemberID, bool) {
		p := NewProcess(t, sem, 0)
		p.stage = stage
		stage.clear(sem)
		o := p.Do(rq, nil)
		// A status here is an error that the plug-in answers itself.
		if o.By != failover.ByAffinity || o.Status != 0 {
			return -1, match.NoMember, false
		}
		return o.Match.Cluster, o.Member, true
	}
}
