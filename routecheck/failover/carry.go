package failover

import (
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Carry lets what survives a reload pass from the clusters of an old file to those of a new one (choice reload-state):
// nothing, or marks, weights and counters of members of the same name. What is pending stays with the old file, where
// the requests in flight end. pair is called for each cluster that both files have; it holds whatever locks the two
// states need while it calls copy.
func Carry(old, new *match.Table, sem *choices.Assumptions,
	pair func(from, to match.ClusterID, copy func(from, to *ClusterState))) {
	if sem.Consult(choices.ReloadState, nil) != choices.KeptByName {
		return
	}
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
					after.Members[m] = kept
				}
			}
		})
	}
}
