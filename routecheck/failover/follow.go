package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// This file serves callers that follow decisions made elsewhere, such as the replay of a log: what a log at level
// Trace shows of a selection, line by line, so that a reader of logs can compare and need not decide.

// TableDecides reports whether the next selection hangs on a partition table that is not given (R28).
func TableDecides(t *match.Table, cs *ClusterState, f *RequestState, now match.Nanos, sem *choices.Assumptions) bool {
	if !t.Clusters[f.Cluster].GetTable || cs.Partition != nil {
		return false
	}
	rec := ChoicesOnly()
	Outcomes(t, cs, f, now, sem, rec, func(*ClusterState, *RequestState, Action) bool { return false })
	return rec.Seen().Points()&(1<<choices.PartitionTable) != 0
}

// Clone returns an independent copy. Session identifiers are shared, as nobody changes them; so is a Chance, from
// which both draw.
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

// CheckMember is the status of a member for a request (R42), as a selection would find it. It changes nothing: the
// check works on a copy, as it notes in the request who was full.
func CheckMember(t *match.Table, cs *ClusterState, f *RequestState, m match.MemberID, ignoreWeights bool,
	now match.Nanos, sem *choices.Assumptions, rec *Recorder) Check {
	request := *f
	s := selection{t: t, c: &t.Clusters[f.Cluster], cs: cs, f: &request, now: now, sem: sem, rec: rec}
	return *s.check(m, ignoreWeights)
}

// CloneComparison is one line "serverGroupFindClone: Comparing curCloneID".
type CloneComparison struct {
	Clone   string // of the session
	Server  string // clone ID of the member
	Member  match.MemberID
	Matches bool
}

// CloneComparisons lists the comparisons for one session identifier of a request as long as nobody is usable (R22); a
// walk ends at the first member that is.
func CloneComparisons(
	t *match.Table, cs *ClusterState, f *RequestState, session int, sem *choices.Assumptions, rec *Recorder,
) (all []CloneComparison) {
	c := &t.Clusters[f.Cluster]
	if !c.HasClones {
		return nil
	}
	// steps are recorded in any case, as the lines are made of them; the caller's recorder gets the choices alone
	own, request := new(Recorder), f.Clone()
	s := selection{t: t, c: c, cs: cs, f: &request, sem: sem, rec: own, passing: true}
	for _, id := range affinity.CloneIDs(f.Affinity.ID(session).Value, c.Separator) {
		s.clone(id)
	}
	for i := range own.Steps {
		switch step := &own.Steps[i]; step.Kind {
		case StepCompare:
			all = append(all,
				CloneComparison{Clone: step.Clone, Server: c.Members[step.Member].CloneID, Member: step.Member})
		case StepClone:
			if step.Member != match.NoMember && len(all) > 0 {
				all[len(all)-1].Matches = true
			}
		}
	}
	rec.Seen().Add(own.Seen())
	return all
}
