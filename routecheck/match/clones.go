package match

import "strings"

// clonePlaces is where the servers with one clone ID, whatever its letter case, stand in the lists of their cluster:
// indexes into Cluster.Primary and Backup, ascending, as R22 walks a list from its first server. There are several
// where servers share a clone ID, or have two that differ in letter case.
type clonePlaces struct{ primary, backup []int32 }

const manyServers = 16 // below, walking the list is faster than hashing a clone ID

// indexClones lets large clusters find clone IDs without a walk. Only ASCII is folded alike everywhere: other clone
// IDs are left to the walk.
func (c *Cluster) indexClones() {
	if c.Listed <= manyServers {
		return
	}
	index := make(map[string]clonePlaces, c.Listed)
	for l, list := range [2][]MemberID{c.Primary, c.Backup} {
		for i, m := range list {
			id := c.Members[m].CloneID
			if strings.ContainsFunc(id, func(r rune) bool { return r > 0x7f }) {
				return
			}
			places := index[lower(id)]
			if l == 0 {
				places.primary = append(places.primary, int32(i))
			} else {
				places.backup = append(places.backup, int32(i))
			}
			index[lower(id)] = places
		}
	}
	c.clones = index
}

// Indexed reports whether clone IDs are found by an index.
func (c *Cluster) Indexed() bool { return c.clones != nil }

// ClonePlaces returns where in the primary and in the backup list the servers with a clone ID stand, whatever its
// letter case. Only a cluster that is Indexed knows.
func (c *Cluster) ClonePlaces(id string) (primary, backup []int32) {
	places := c.clones[lower(id)]
	return places.primary, places.backup
}
