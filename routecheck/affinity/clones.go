package affinity

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

const cacheID = 4 // characters of the cache id that begins a session value (R21)

// CutClone returns the first clone ID of a session value and what follows it; ok is false when there is none left.
// The first call gets what stands behind the cache ID, later ones what followed; a list would cost memory in every
// request. Two separators in a row have an empty clone ID between them.
func CutClone(rest string, separator byte) (clone, after string, ok bool) {
	i := strings.IndexByte(rest, separator)
	if i < 0 {
		return "", "", false
	}
	rest = rest[i+1:]
	if end := strings.IndexByte(rest, separator); end >= 0 {
		return rest[:end], rest[end:], true
	}
	return rest, "", true
}

// CloneIDs lists the clone IDs of a session value in order (R21, R24).
func CloneIDs(value string, separator byte) []string {
	var ids []string
	for rest := BehindCacheID(value); ; {
		clone, after, ok := CutClone(rest, separator)
		if !ok {
			return ids
		}
		ids = append(ids, clone)
		rest = after
	}
}

// BehindCacheID is a session value without its first four characters, which may be anything, a separator included
// (R21).
func BehindCacheID(value string) string { return value[min(cacheID, len(value)):] }

const leastPartition = 8 // digits of a partition ID (R28)

// IsPartitionID reports whether what stands behind a separator is a partition ID: a decimal number of 8 digits or more
// that is the clone ID of no server (R28).
func IsPartitionID(t *match.Table, id string) bool { return PartitionForm(id) && !IsCloneID(t, id) }

// PartitionForm reports whether what stands behind a separator has the form of a partition ID. It is one unless a
// server has it for clone ID.
func PartitionForm(id string) bool {
	return len(id) >= leastPartition && strings.Trim(id, "0123456789") == ""
}

// IsCloneID reports whether some server has a clone ID, letter by letter, in whichever cluster: only a number that is
// nobody's can be a partition ID, and whether letter case counts is no question of numbers.
func IsCloneID(t *match.Table, id string) bool {
	var exact choices.Assumptions
	return slices.ContainsFunc(t.Clusters, func(c match.Cluster) bool { return HasClone(&c, id, &exact) })
}

// HasClone reports whether a member of the cluster has a clone ID; no server has an empty one.
func HasClone(c *match.Cluster, id string, sem *choices.Assumptions) bool {
	for i := range c.Members {
		if own := c.Members[i].CloneID; id != "" && (own == id || SameButForCase(own, id, sem, nil)) {
			return true
		}
	}
	return false
}

// SameButForCase compares two texts that differ, as the choice letter-case has it: clone IDs, or names of cookies.
func SameButForCase(a, b string, sem *choices.Assumptions, seen *choices.Consulted) bool {
	return len(a) == len(b) && strings.EqualFold(a, b) && sem.Consult(choices.LetterCase, seen) == choices.CaseIgnored
}
