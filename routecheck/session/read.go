package session

import (
	"strconv"
	"strings"
)

// Cookie is the value of a session cookie of WebSphere or Liberty, taken apart (S1).
type Cookie struct {
	CacheID   int    // 0 to 9999
	ID        string // of the session
	Separator byte   // of the list, ':' or '+'; 0 where there is none
	IDs       []string
	Partition bool // IDs holds a partition ID in place of clone IDs (M10)
}

// shortestID is the shortest session ID that can be configured (S2).
const shortestID = 8

// ReadCookie takes a value apart; false: it is none of WebSphere's (S6).
func ReadCookie(value string) (c Cookie, ok bool) {
	id, behind, ok := CutID(value)
	if !ok {
		return c, false
	}
	n, _ := strconv.Atoi(value[:cacheID]) // CutID has seen that these are digits
	c.CacheID, c.ID = n, id
	if behind != "" {
		c.Separator = behind[0]
		c.IDs = strings.Split(behind[1:], string(c.Separator))
	}
	c.Partition = len(c.IDs) == 1 && isPartition(c.IDs[0])
	return c, true
}

// CutID returns the session ID of a value and what stands behind it, from the first separator on; false: it is none of
// WebSphere's (S6). It makes no garbage.
func CutID(value string) (id, behind string, ok bool) {
	if len(value) < cacheID+shortestID || strings.Trim(value[:cacheID], "0123456789") != "" {
		return "", "", false
	}
	id = value[cacheID:]
	if i := strings.IndexAny(id, ":+"); i >= 0 {
		id, behind = id[:i], id[i:]
	}
	return id, behind, len(id) >= shortestID
}

// isPartition reports what looks like a partition ID: a long number (M10). A clone ID that an administrator chose may
// be a number, too, but nobody chooses so many digits.
func isPartition(id string) bool {
	return len(id) >= 10 && strings.Trim(id, "0123456789") == ""
}

// Keeps says what the first cookie of a session tells of persistence: the cache ID begins with 0000 where sessions
// live in memory only, and with 0001 elsewhere (S3); a partition ID comes with memory-to-memory replication (M10).
func (c *Cookie) Keeps() string {
	switch {
	case c.Partition:
		return "memory-to-memory, peer to peer"
	case c.CacheID == 0:
		return "none"
	}
	return "database, grid, or memory-to-memory client/server"
}
