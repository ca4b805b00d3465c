// Package balancing holds the rules about weights, and about the lists of primary and backup servers.
package balancing

import "github.com/wasplug/wasplug/lint"

// Rules returns the rules of the group.
func Rules() []*lint.Rule {
	return []*lint.Rule{
		serverInNoList, serverInBothLists, backupsWithoutPrimaries, weightOfBackup, weightsCollapseToOne,
		weightZero, weightUnderRandom, affinitySkew, listsUnusedWithPartitionIDs, oneMemberCluster,
		allWeightsZero, backupSharesAddressWithPrimary, maxConnectionsPerProcess, emptyPrimaryList,
	}
}
