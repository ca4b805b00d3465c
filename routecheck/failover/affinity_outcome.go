package failover

import (
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// AffinityOutcome says what became of the session affinity of a request.
type AffinityOutcome uint8

const (
	AffinityNone      AffinityOutcome = iota // the request names no clone, or was not sent to a member
	AffinityHit                              // the member of the session has served it
	AffinityUnknown                          // no member has one of the clone IDs (R27)
	AffinityPartition                        // no member has one of the IDs, and one is that of a partition (R28)
	// the member of the session was not usable before the first attempt; another one has served it
	AffinityDown
	AffinityMoved    // the member of the session failed this request; another one has served it
	AffinityReturned // back with a member that the session had left (R24)
	AffinityFailed   // the request names a clone, and no member that was tried has answered
	NumAffinityOutcomes
)

var affinityNames = [NumAffinityOutcomes]string{"none", "hit", "unknown-clone", "partition-id", "member-down",
	"moved", "returned", "failed"}

// String returns the name as the access log and the metrics write it.
func (a AffinityOutcome) String() string { return affinityNames[a] }

// OutcomeOf says what became of the session affinity of a request that has ended. It allocates nothing: the proxy asks
// of every request that was sent to a member.
func OutcomeOf(t *match.Table, f *RequestState, sem *choices.Assumptions) AffinityOutcome {
	c := &t.Clusters[f.Cluster]
	if f.Attempts == 0 {
		return AffinityNone
	}
	known := namedClones(t, f, sem)
	switch {
	case known != AffinityNone && f.todo == todoFail:
		return AffinityFailed
	case f.By == ByAffinity:
		return homecoming(c, f, sem)
	case f.First == ByAffinity:
		return AffinityMoved
	}
	return known
}

// namedClones tells by the clone IDs of a request alone: AffinityDown when a member has one of them, AffinityUnknown
// or AffinityPartition when none has, AffinityNone when the request names none.
func namedClones(t *match.Table, f *RequestState, sem *choices.Assumptions) AffinityOutcome {
	c := &t.Clusters[f.Cluster]
	outcome := AffinityNone
	for i := range f.Affinity.Len() {
		for rest := affinity.BehindCacheID(f.Affinity.ID(i).Value); ; {
			id, after, ok := affinity.CutClone(rest, c.Separator)
			if !ok {
				break
			}
			if affinity.HasClone(c, id, sem) {
				return AffinityDown
			}
			if rest = after; outcome != AffinityPartition {
				outcome = AffinityUnknown
			}
			if affinity.IsPartitionID(t, id) {
				outcome = AffinityPartition
			}
		}
	}
	return outcome
}

// homecoming tells a member that the session never left from one to which it returns: another member's clone ID stands
// behind its own (R24).
func homecoming(c *match.Cluster, f *RequestState, sem *choices.Assumptions) AffinityOutcome {
	last, ids := "", 0
	for rest := affinity.BehindCacheID(f.Affinity.ID(f.session).Value); ; ids++ {
		id, after, ok := affinity.CutClone(rest, c.Separator)
		if !ok {
			break
		}
		last, rest = id, after
	}
	if own := c.Members[f.Last].CloneID; ids > 1 && last != own && !affinity.SameButForCase(last, own, sem, nil) {
		return AffinityReturned
	}
	return AffinityHit
}
