package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file serves callers that follow decisions made elsewhere, such as the replay of a log.

// TableDecides reports whether the next selection hangs on a partition table that is not given (R28).
func TableDecides(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions) bool {
	if !t.Clusters[f.Cluster].GetTable || cs.Partition != nil {
		return false
	}
	rec := ChoicesOnly()
	Outcomes(t, cs, f, now, sem, rec, func(*ClusterState, *RequestState, Action) bool { return false })
	return rec.Seen().Points()&(1<<choices.PartitionTable) != 0
}

// Clone returns an independent copy.
func (f *RequestState) Clone() RequestState {
	c := *f
	c.tried.high, c.marked.high = slices.Clone(f.tried.high), slices.Clone(f.marked.high)
	return c
}

// Outcomes asks Next once for each outcome of chance, every time on clones of state and request, until yield returns
// false.
func Outcomes(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions,
	rec *Recorder, yield func(*ClusterState, *RequestState, Action) bool) {
	chance := new(Chance)
	for more := true; more; more = chance.Next() {
		state, request := cs.Clone(), f.Clone()
		request.Chance = chance
		a := Next(t, &state, &request, now, sem, rec)
		request.Chance = nil
		if !yield(&state, &request, a) {
			return
		}
	}
}

// CheckMember is the status of a member for a request (R42), as a selection would find it.
func CheckMember(t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, ignoreWeights bool,
	now match.Nanos, sem *choices.Assumptions, rec *Recorder) Check {
	request := *f
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: &request, now: now, sem: sem, rec: rec}
	return *s.check(m, ignoreWeights)
}
