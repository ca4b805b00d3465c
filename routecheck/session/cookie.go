package session

import (
	"slices"
	"strconv"
	"strings"
)

// cacheID is the length of the cache ID that begins a cookie's value, and lastCacheID the one before 0001 comes
// again (S1, S4).
const (
	cacheID     = 4
	lastCacheID = 9999
)

// cookie is the value of a session cookie: cache ID, session ID, and what stands behind it with its separators.
type cookie struct {
	cache string
	list  string // ":a:b"
}

// cut takes a value apart. Behind the cache ID the list begins at the first separator (S6); the session ID between
// them is not kept, as no prediction needs it. What is too short for a cache ID counts as 0000.
func cut(value string, separator byte) cookie {
	if len(value) < cacheID {
		return cookie{cache: "0000"}
	}
	c := cookie{cache: value[:cacheID]}
	if i := strings.IndexByte(value[cacheID:], separator); i >= 0 {
		c.list = value[cacheID+i:]
	}
	return c
}

// next is the cache ID of a copy that was taken from the store (S4). What is no number counts as 0 (S6).
func (c cookie) next() string {
	n, err := strconv.Atoi(c.cache)
	if err != nil || n < 0 {
		n = 0
	}
	if n++; n > lastCacheID {
		n = 1
	}
	digits := strconv.Itoa(n)
	return strings.Repeat("0", cacheID-len(digits)) + digits
}

// first is the cache ID of a new session (S3).
func (p *Policy) first() string {
	if p.Persistence == None {
		return "0000"
	}
	return "0001"
}

// taken is the clone list after a member with the given clone ID has taken the session over (S9, S11). "Missing" is
// a substring test, as in the servers: m1 is found in :m10, so that a take-over of m10's session by m1 is not
// recorded (S10).
func (p *Policy) taken(list, clone string, separator byte) string {
	own := string(separator) + clone
	if clone == "" {
		return list
	}
	if p.foreign(list, separator) {
		return own
	}
	found := strings.Contains(list, own)
	switch {
	case p.NoSwitchBack && !strings.HasPrefix(list, own):
		return own + strings.Replace(list, own, "", 1)
	case found:
		return list
	}
	return list + own
}

// foreign reports a list that holds a clone ID which is not among those expected (S11).
func (p *Policy) foreign(list string, separator byte) bool {
	if len(p.ExpectedCloneIDs) == 0 {
		return false
	}
	for _, id := range strings.Split(strings.TrimPrefix(list, string(separator)), string(separator)) {
		if id != "" && !slices.Contains(p.ExpectedCloneIDs, id) {
			return true
		}
	}
	return false
}

// The stand-ins of a predicted cookie for what no prediction knows.
const (
	anyID       = "<id>"        // the session ID of the request
	newID       = "<new>"       // another one
	partitionID = "<partition>" // another partition ID than that of the request
)

// keptCookie is what the client has after a member has read the session from the store.
func (c *Case) keptCookie() string {
	had := cut(c.Value, c.Separator)
	if c.Value == "" {
		had.cache = c.Policy.first()
	}
	if c.fromMemory() { // it was not read from the store, so its cache ID stays (S4)
		return had.cache + anyID + c.Policy.taken(had.list, c.clone(), c.Separator)
	}
	if !c.Partition {
		return had.next() + anyID + c.Policy.taken(had.list, c.clone(), c.Separator)
	}
	if c.ask(partitionAfterTakeover) == cloneAppended {
		return had.next() + anyID + c.Policy.taken(had.list, c.clone(), c.Separator)
	}
	return had.next() + anyID + had.list
}

// newCookie is what the client has after a member has made a session of its own. With a new ID the old list is
// thrown away (S9).
func (c *Case) newCookie() string {
	if c.sameID() {
		// the digits compare as text as they do as numbers, all being four long
		return max(cut(c.Value, c.Separator).cache, c.Policy.first()) + anyID +
			c.Policy.taken(cut(c.Value, c.Separator).list, c.clone(), c.Separator)
	}
	if c.Partition { // that of the member that serves (M10)
		return c.Policy.Cookie(newID, partitionID, c.Separator)
	}
	return c.Policy.Cookie(newID, c.clone(), c.Separator)
}

// Cookie is the value that a client gets with a new session of a member that has a clone ID, "" for none (S1, S3).
func (p *Policy) Cookie(id, clone string, separator byte) string {
	if clone == "" {
		return p.first() + id
	}
	return p.first() + id + string(separator) + clone
}

// Fill puts an ID in place of what a predicted cookie cannot know: the session ID, kept or new.
func Fill(predicted, id string) string {
	return strings.NewReplacer(anyID, id, newID, id).Replace(predicted)
}

// sameID reports that a new session takes the ID of the request (S15).
func (c *Case) sameID() bool {
	return c.Policy.IDReuse || c.Policy.Persistence == None && c.ask(takeoverID) == sameID
}

// clone is the clone ID of the member that serves.
func (c *Case) clone() string { return c.Members[c.serves].Clone }
