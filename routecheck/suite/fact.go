package suite

import (
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Fact is what is said of a member: in a suite by its keys, on a command line by flags.
type Fact struct {
	Down     *explain.FailureMode // how attempts on it end
	From, To match.Nanos          // while they do
	State    *explain.MemberFact  // before the first request, of whichever member
}

// AddTo adds what is said of a member to a scenario. What cannot be is an error: about the state, and about how
// attempts end.
func (f *Fact) AddTo(sc *explain.Scenario, t *match.Table, cluster match.ClusterID,
	member match.MemberID) (stateErr, downErr error) {
	if f.State != nil {
		state := *f.State
		state.Cluster, state.Member = cluster, member
		stateErr = explain.FitsState(t, state)
		sc.Members = append(sc.Members, state)
	}
	if f.Down != nil {
		down := explain.MemberCondition{Cluster: cluster, Member: member, Failure: *f.Down, From: f.From, To: f.To}
		downErr = explain.Fits(t, down)
		sc.Conditions = append(sc.Conditions, down)
	}
	return stateErr, downErr
}
