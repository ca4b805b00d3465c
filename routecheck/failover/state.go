package failover

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// ClusterState is what one web server process knows about a cluster: counters are documented to be per process
// (node/408229), that weights and marks are too is assumed. It is a plain value: Clone makes Next and Observe pure, a
// lock makes them safe to share. Make it by [NewState]: a zero Next would say that round robin stands at the first.
type ClusterState struct {
	RNG  uint64 // state of the generator that random choices draw from
	Next int32  // position in the primary list where round robin stands; -1: not yet started (R30)

	Members []MemberState // as Cluster.Members, the ClusterAddress included
	// Partition is the partition table (R28): the members of each partition ID, the first that can take the request
	// gets it. Nil when there is none; never changed in place.
	Partition map[string][]match.MemberID
}

// MemberState is what a process knows about a member. Counters are per process.
type MemberState struct {
	Weight     int32       // current weight (R32); can be below 0, as by affinity (R34) or in a drained member (R36)
	MarkedDown bool        // until a probe succeeds: time alone does not end it (R52)
	Probing    bool        // a request is probing it, or is taken to for ever (R52, choice probe-503-before-fix)
	FailedAt   match.Nanos // when the retry timer started, while MarkedDown
	Pending    int32       // requests under way (R60)

	// What log lines of the plug-in count (R67): attempts that failed, those of affinity among the answered ones, and
	// all that were answered.
	Failed, Affinity, Total uint64
}

// NewState returns the state of a fresh process: start weights, nothing marked, round robin not yet started.
func NewState(c *match.Cluster, sem *choices.Assumptions, seed uint64) ClusterState {
	cs := ClusterState{RNG: seed, Next: -1, Members: make([]MemberState, len(c.Members))}
	for i := range c.Members {
		cs.Members[i].Weight = startWeight(c, match.MemberID(i), sem)
	}
	return cs
}

// MarkedDown reports whether a member is marked down.
func (cs *ClusterState) MarkedDown(m match.MemberID) bool { return cs.Members[m].MarkedDown }

// MarkedFor returns for how long a member has been marked down, nil where it is not. A probe that fails begins it
// anew.
func (ms *MemberState) MarkedFor(now match.Nanos) *match.Nanos {
	if !ms.MarkedDown {
		return nil
	}
	age := now - ms.FailedAt
	return &age
}

// RetryIn returns how long a retry interval has still to run, 0 where the member is not marked down. It is for reports
// about a member, which know no request: what a decision goes by is selection.retryIn.
func (ms *MemberState) RetryIn(interval, now match.Nanos) match.Nanos {
	if !ms.MarkedDown {
		return 0
	}
	return max(ms.FailedAt+interval-now, 0)
}

// Clone returns an independent copy.
func (cs *ClusterState) Clone() ClusterState {
	c := *cs
	c.Members = slices.Clone(cs.Members)
	return c
}

// Restart lets chance, round robin and the partition table stand where they do in a fresh process. Members are
// restored one by one (ResetMember): a caller that plays many runs touches only those that a run has changed.
func (cs *ClusterState) Restart(seed uint64) { cs.RNG, cs.Next, cs.Partition = seed, -1, nil }

// Restore lets chance, round robin and the partition table stand where they stood.
func (cs *ClusterState) Restore(was *ClusterState) {
	cs.RNG, cs.Next, cs.Partition = was.RNG, was.Next, was.Partition
}

// RestoreMember gives a member the state that it had.
func (cs *ClusterState) RestoreMember(m match.MemberID, was *ClusterState) {
	cs.Members[m] = was.Members[m]
}

// RestoreMembers gives all members the states that they had.
func (cs *ClusterState) RestoreMembers(was *ClusterState) { copy(cs.Members, was.Members) }

// ResetMember gives a member its state in a fresh process.
func ResetMember(c *match.Cluster, cs *ClusterState, m match.MemberID, sem *choices.Assumptions) {
	cs.Members[m] = MemberState{Weight: startWeight(c, m, sem)}
}

// startWeight is R31. The one choice about it concerns a cluster with one server, where weights decide nothing: trace
// 03 prints a weight of 2 for what may be the single member of its cluster. So it is read, and not consulted.
func startWeight(c *match.Cluster, m match.MemberID, sem *choices.Assumptions) int32 {
	if c.Listed == 1 && sem.Is(choices.SingleMemberWeight, choices.WeightKept) {
		return c.Members[m].Weight
	}
	return c.Members[m].Start
}

// SessionCycle begins a cycle of new sessions, and returns how many it has: without any weight the primaries take
// turns (R36).
func SessionCycle(c *match.Cluster, cs *ClusterState, sem *choices.Assumptions) int {
	cycle := FullCycle(c, cs, sem)
	if !slices.ContainsFunc(c.Primary, func(m match.MemberID) bool { return cs.Members[m].Weight > 0 }) {
		return max(len(c.Primary), 1)
	}
	return cycle
}

// FullCycle begins a cycle of round robin, with the start weights, and returns how many requests it has: after so many
// without a failure each primary that is not marked down has had its share. Beyond 10,000 it is cut off.
func FullCycle(c *match.Cluster, cs *ClusterState, sem *choices.Assumptions) int {
	cycle := 0
	for i := range cs.Members {
		cs.Members[i].Weight = startWeight(c, match.MemberID(i), sem)
	}
	for _, m := range c.Primary {
		if !cs.Members[m].MarkedDown {
			cycle += int(c.Members[m].Start)
		}
	}
	return min(max(cycle, 1), 10000)
}

// memberSet is a set of members without allocation for clusters of up to 128.
type memberSet struct {
	low  [2]uint64
	high []uint64
}

func (s *memberSet) has(m match.MemberID) bool {
	word, bit := m/64, uint64(1)<<(m%64)
	if word < 2 {
		return s.low[word]&bit != 0
	}
	return int(word-2) < len(s.high) && s.high[word-2]&bit != 0
}

func (s *memberSet) add(m match.MemberID) {
	word, bit := m/64, uint64(1)<<(m%64)
	if word < 2 {
		s.low[word] |= bit
		return
	}
	for int(word-2) >= len(s.high) {
		s.high = append(s.high, 0)
	}
	s.high[word-2] |= bit
}
