package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Taking is called for each cluster that two files both have. It holds whatever locks the two states need while it
// calls take.
type Taking func(from, to match.ClusterID, take func(from, to *ClusterState))

// Carry lets what survives a reload pass from the clusters of an old file to those of a new one (choice reload-state):
// nothing, or marks, weights and counters of members of the same name. What is pending stays with the old file, where
// the requests in flight end.
func Carry(old, new *match.Table, sem *choices.Assumptions, pair Taking) {
	if sem.Consult(choices.ReloadState, nil) == choices.KeptByName {
		carry(old, new, pair, func(_, _ *match.Cluster, _, _ match.MemberID, _ *MemberState) {})
	}
}

// CarryAll lets the state of all members pass where no file was read, but a member was changed by hand: round robin
// begins anew, and so do the weights that start at another value than before.
func CarryAll(old, new *match.Table, sem *choices.Assumptions, pair Taking) {
	carry(old, new, pair, func(from, to *match.Cluster, was, m match.MemberID, kept *MemberState) {
		if start := startWeight(to, m, sem); start != startWeight(from, was, sem) {
			kept.Weight = start
		}
	})
}

// carry copies the state of each member that has its name in both files, in a cluster of one name. What is new keeps
// the fresh state that it has; what is gone is dropped. A probe under way ends with the old file, so nobody is
// probing.
func carry(old, new *match.Table, pair Taking,
	change func(from, to *match.Cluster, was, m match.MemberID, kept *MemberState)) {
	for i := range new.Clusters {
		to := &new.Clusters[i]
		id, ok := old.ClusterByName(to.Name)
		if !ok {
			continue
		}
		from := &old.Clusters[id]
		pair(id, match.ClusterID(i), func(before, after *ClusterState) {
			for m := range to.Members {
				if was, ok := from.MemberByName(to.Members[m].Name); ok {
					kept := before.Members[was]
					kept.Pending, kept.Probing = 0, false
					change(from, to, was, match.MemberID(m), &kept)
					after.Members[m] = kept
				}
			}
		})
	}
}
