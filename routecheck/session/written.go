package session

import "time"

// covers reports whether a write takes the last change along. What was changed in place goes unnoticed under "only
// updated attributes", unless the write of another attribute takes all of them: that of a single row does (W5, W6).
func (c *Case) covers() bool {
	if !c.Failure.InPlace {
		return true
	}
	c.cite("W6")
	if c.Policy.Persistence == Grid {
		c.cite("G2")
	}
	whole := c.Policy.Persistence == Database && c.Policy.Schema == singleRow
	return c.Policy.Contents != OnlyUpdated || c.Failure.OtherSet && whole
}

// found fills in what a copy holds: its session is kept, and some changes are not in it. A request that was in flight
// is sent again, so it takes effect once more than the copy shows (W9).
func (c *Case) found(o *Outcome) {
	o.Session, o.Changes = kept, all
	if c.Failure.Moment.inFlight() {
		c.cite("W9")
	}
	switch c.Policy.Frequency {
	case EndOfService:
		c.endOfService(o)
	case TimeBased:
		c.timeBased(o)
	case Manual:
		c.manual(o)
	}
	if c.Failure.Covered {
		c.cite("D12")
		o.Changes = lost
	}
}

// endOfService: written after each call of service() (W1).
func (c *Case) endOfService(o *Outcome) {
	c.cite("W1", "D5")
	switch m := c.answered(); m {
	case during, beforeWrite:
		o.Applied = again(0)
	case afterWrite:
		o.Applied = again(count(c.covers()))
	case flushedBeforeWrite:
		o.Changes = unwrittenLost
		c.covers()         // for what it cites
		if c.Failure.New { // its cookie is with the client, its row is without attributes
			c.empty(o)
		}
	default:
		o.Changes = unless(c.covers() && !(m == afterAnswer && c.unacknowledged()))
	}
	if c.Failure.New && c.answered().inFlight() {
		c.neverKnown(o)
	}
}

// answered is the moment of the failure, with the answer out already where it goes before the write.
func (c *Case) answered() Moment {
	m := c.Failure.Moment
	if m != beforeWrite && m != afterWrite || c.ask(earlyAnswer) != answerBeforeWrite {
		return m
	}
	if m == beforeWrite {
		return flushedBeforeWrite
	}
	return anytime
}

func count(written bool) int {
	if written {
		return 1
	}
	return 0
}

// unacknowledged reports an answer that may have gone out before its change had reached a replica (M8). That is a
// matter of an instant, so it counts only where somebody asks for that instant.
func (c *Case) unacknowledged() bool {
	if c.Policy.Persistence != MemoryToMemory || c.Failure.Aged {
		return false
	}
	c.cite("M8")
	return c.ask(replicationAck) != ackWaits
}

// neverKnown: the client had not yet got the cookie of a session that the request made, so the repeated request
// makes another one.
func (c *Case) neverKnown(o *Outcome) {
	o.Session, o.Changes = another, lost
	if o.Applied[1] > 1 {
		o.Applied = [2]int{1, 1}
	}
}

// again is how often a request takes effect that was in flight and is sent to another member, given how often its
// change is in the copy.
func again(written int) [2]int { return [2]int{written + 1, written + 1} }

func unless(written bool) Changes {
	if written {
		return all
	}
	return unwrittenLost
}

// timeBased: written by a thread that looks at the sessions from time to time (W4).
func (c *Case) timeBased(o *Outcome) {
	c.cite("W4", "D7")
	f := &c.Failure
	switch {
	case f.Moment == afterLook, f.Moment == orderlyStop: // a new session is written whole
		if f.Moment == orderlyStop {
			c.cite("D11")
		}
		o.Changes = unless(f.New || c.covers())
		return
	case f.New:
		c.unwrittenNew(o)
		return
	case f.Moment == untilLook, f.Moment == flushedBeforeWrite:
		o.Changes = unwrittenLost
		c.covers()
	default:
		o.Changes = c.byAge()
	}
	switch f.Moment {
	case during, beforeWrite:
		o.Applied = again(0)
	case afterWrite: // a look may have come, or not
		o.Applied = [2]int{again(0)[0], again(1)[1]}
	}
	if o.Changes != all {
		o.Bound = c.Policy.bound(c.ask(timeBasedScan) == exactInterval)
	}
}

// byAge says what is lost of a change whose age is known, or is not. One that is older than both bounds is safe
// whatever time-based-scan says, so the choice is not asked of it.
func (c *Case) byAge() Changes {
	f := &c.Failure
	switch {
	case !c.covers():
		return unwrittenLost
	case !f.Aged:
		return noneLostOlderThan
	case f.Age > c.Policy.bound(false) && f.Age > c.Policy.bound(true):
		return all
	case f.Age > c.Policy.bound(c.ask(timeBasedScan) == exactInterval):
		return all
	}
	return noneLostOlderThan
}

// unwrittenNew: a session that may be without attributes in the store, since its first write is still to come (W3).
func (c *Case) unwrittenNew(o *Outcome) {
	f := &c.Failure
	if f.Moment.inFlight() {
		o.Applied = again(0)
		c.neverKnown(o)
		return
	}
	if f.Aged && f.Moment != untilLook && c.Policy.Frequency == TimeBased {
		if f.Age > c.firstWrite() {
			return // it has been written since, whole
		}
	}
	if c.ask(newSessionWrite) == atEndOfService {
		return
	}
	c.empty(o)
}

// firstWrite is the age by which a new session has been written under time based.
func (c *Case) firstWrite() time.Duration {
	return c.Policy.firstWrite(c.ask(timeBasedScan) == exactInterval)
}

// empty: the row was made by getSession, the attributes were never written (W3, D1).
func (c *Case) empty(o *Outcome) {
	c.cite("W3", "D1")
	o.Session, o.Changes = empty, lost
}

// manual: written by sync() and nothing else (W2).
func (c *Case) manual(o *Outcome) {
	c.cite("W2", "D8")
	f := &c.Failure
	switch {
	case f.Moment == synced:
		o.Changes = unless(f.New || c.covers())
		return
	case f.New:
		c.unwrittenNew(o)
		return
	}
	o.Changes = unwrittenLost
	c.covers()
	switch f.Moment {
	case during, beforeWrite:
		o.Applied = again(0)
	case afterWrite: // the servlet may have called sync(), or not
		o.Applied = [2]int{again(0)[0], again(1)[1]}
	}
}
