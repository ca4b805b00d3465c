package match

import "slices"

// Role returns primary, backup, cluster-address, or none for a server in neither list (R40).
func (c *Cluster) Role(m MemberID) string {
	switch {
	case m == c.Address:
		return "cluster-address"
	case slices.Contains(c.Primary, m):
		return "primary"
	case slices.Contains(c.Backup, m):
		return "backup"
	}
	return "none"
}

// Drained reports whether a member gets no new requests as long as others do, because its weight is 0 (R36). Random
// does not look at weights (R35).
func (c *Cluster) Drained(m MemberID) bool {
	return !c.Random && m != c.Address && c.Members[m].Weight == 0
}

// Roles returns the Role of every member.
func (c *Cluster) Roles() []string {
	out := slices.Repeat([]string{"none"}, len(c.Members))
	for _, m := range c.Backup {
		out[m] = "backup"
	}
	for _, m := range c.Primary {
		out[m] = "primary"
	}
	if c.Address != NoMember {
		out[c.Address] = "cluster-address"
	}
	return out
}
