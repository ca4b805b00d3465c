package history

import (
	"math"
	"slices"
)

// down reports an event after which a member does not answer.
func (l *Line) down() bool { return l.Op == Kill || l.Op == Stop || l.Op == Shutdown }

// up reports an event after which it does again.
func (l *Line) up() bool { return l.Op == Start || l.Op == Continue }

// until is when a member that went down was up again; for ever where it was not.
func (c *checker) until(fault entry) int64 {
	if at, known := c.ends[fault.Line]; known {
		return at
	}
	at := int64(math.MaxInt64)
	for _, f := range c.faults {
		if f.up() && f.Member == fault.Member && f.T0 >= fault.T0 {
			at = f.T1
			break
		}
	}
	if c.ends == nil {
		c.ends = map[*Line]int64{}
	}
	c.ends[fault.Line] = at
	return at
}

// settling is as long as the other members may take to notice that a holder has gone and to make its copies elsewhere
// (L6, L8), in microseconds. It errs on the side of the store: within it a loss is excused.
const settling = 2_000_000

// storeIsDown reports that the database or the grid could not be asked while an operation was under way: what it has
// was out of reach. Or it had lost what was acknowledged.
func (w *walk) storeIsDown(e entry) (down bool) {
	for _, f := range w.faults {
		if f.Op != Store || f.T0 > e.T1 {
			continue
		}
		switch f.Text {
		case StoreDown:
			down = true
		case StoreLost:
			if w.hadBefore(f) {
				return true
			}
		default:
			down = down && f.T1 >= e.T0
		}
	}
	return down
}

// hadBefore reports that the session was there already at an event. A member that does not know of a loss may go on
// telling what it had written before.
func (w *walk) hadBefore(f entry) bool { return len(w.seen) > 0 && w.seen[0].T0 <= f.T1 }

// nobodyLeft reports that under memory-to-memory the owner of an acknowledged value went down, and with it or later as
// many others as had copies. One that went well before its owner has been replaced (L8).
func (w *walk) nobodyLeft(e entry) bool {
	if w.persistence != "memory-to-memory" {
		return w.persistence == "none" || w.storeIsDown(e)
	}
	owner, down := w.wentDown(w.at.Member, e)
	if !down {
		return false
	}
	gone := map[string]bool{}
	for _, f := range w.faults {
		if at, down := w.wentDown(f.Member, e); down && f.Member != w.at.Member && at >= owner-settling {
			gone[f.Member] = true
		}
	}
	return len(gone) >= w.copies
}

// others is how many holders beside the member that answers were up, and had been for long enough to be given copies.
func (w *walk) others(e entry) (n int) {
	down := map[string]bool{e.Member: true}
	for _, f := range w.faults {
		if f.down() && f.T0 <= e.T1 && w.until(f) >= e.T0-settling {
			down[f.Member] = true
		}
	}
	for member := range w.holders {
		if !down[member] {
			n++
		}
	}
	return n
}

// patience is how long a member that hangs is waited for, in microseconds (M6): until then it has all that it had. One
// that hangs for longer is taken for dead, and its copy counts no more.
const patience = 5_000_000

// loses reports an event with which what a member has in memory is gone, or taken to be.
func (c *checker) loses(f entry) bool {
	return f.Op == Kill || f.Op == Shutdown || f.Op == Stop && c.until(f)-f.T0 >= patience
}

// wentDown is when a member last went down, if it did since the last acknowledged value and before the end of an
// operation.
func (w *walk) wentDown(member string, e entry) (at int64, down bool) {
	for _, f := range w.faults {
		if f.Member == member && f.T1 >= w.at.T0 && f.T0 <= e.T1 && w.loses(f) {
			at, down = f.T0, true
		}
	}
	return at, down
}

// overwritten reports a request of the session that was inside a hung member: under a database or a grid that member's
// write compares nothing and covers what came meanwhile (D5, D12), which is the server's behaviour and no loss of the
// store. From outside it cannot be seen how far the request had got, so all that were under way count.
func (w *walk) overwritten(e entry) bool {
	if w.persistence != "database" && w.persistence != "grid" {
		return false
	}
	for _, f := range w.faults {
		if f.Op == Stop && f.T0 <= e.T1 && w.until(f) <= e.T1 && w.inside(f) {
			return true
		}
	}
	return false
}

// outlived reports a statement that a killed member had sent to a database server, and that was done when another
// member had served the same request and had written more: it compares nothing either (D5, D12). It shows by its
// value, which is that of the request. A database within the member ends with it.
func (w *walk) outlived(found int64) bool {
	for _, f := range w.faults {
		if w.served && f.Op == Kill && slices.ContainsFunc(w.seen, func(s entry) bool {
			return *s.Value == found && s.T0 <= f.T1 && s.T1 >= f.T0 && s.Member != f.Member
		}) {
			return true
		}
	}
	return false
}

// sends is how often a request can be sent to a member that hung: a stream from the queue is replaced once (R54).
const sends = 2

// waiting is how many requests may have run in members that had hung when they went on, on top of their retry.
func (w *walk) waiting(e entry) (n int64) {
	for _, f := range w.faults {
		if f.Op == Stop && f.T0 <= e.T1 && w.until(f) <= e.T1 && w.inside(f) {
			n += sends
		}
	}
	return n - w.ran
}

// timedOut reports a session that came after a look for those that have timed out: how long a client was away is no
// matter of the store.
func (w *walk) timedOut(e entry) bool {
	for _, f := range w.faults {
		if f.Op == Reap && f.T1 >= w.at.T1 && f.T0 <= e.T0 {
			return e.Session != w.at.Session
		}
	}
	return false
}

// inside reports that a request was under way when a member was stopped, and that another member answered it.
func (w *walk) inside(stop entry) bool {
	for _, s := range w.seen {
		if s.T0 <= w.until(stop) && s.T1 >= stop.T0 && s.Member != stop.Member {
			return true
		}
	}
	return false
}
