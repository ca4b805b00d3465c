package history

// walk follows the counter of one client whose requests do not overlap.
type walk struct {
	*checker
	seen    []entry // increments that were answered, of the session as it stands: their values rise
	floor   int64   // the highest value acknowledged as written
	at      entry   // where it was
	copies  int     // beside the owner's, of that value
	open    int64   // how often increments without an answer since the last answer may take effect: twice each
	late    int64   // and those before it, which may wait in a member that hung
	ran     int64   // requests that ran in a member that had hung, on top of their retry
	written bool    // every answer's value was acknowledged as written
	sound   bool    // nothing was excused
	began   bool    // there was an answer; a history may begin in the middle of a session
}

// step takes one operation. An increment without an answer may have taken effect twice, by the retry of the plug-in,
// or not at all; what it did shows in the next answer.
func (w *walk) step(e entry) {
	switch {
	case e.Op == Invalidate && e.Status == 200:
		*w = walk{checker: w.checker, written: w.written, began: true, sound: w.sound}
	case e.Op == set:
	case e.answered():
		w.answer(e)
	case e.Op == Increment:
		w.open += 2
	}
}

func (w *walk) last() int64 {
	if len(w.seen) == 0 {
		return 0
	}
	return *w.seen[len(w.seen)-1].Value
}

// answer checks a value against those before it.
func (w *walk) answer(e entry) {
	w.report.Acknowledged++
	own := int64(0)
	if e.Op == Increment {
		own = 1
	}
	base := *e.Value - own // what the member had found, had the request taken effect once
	switch {
	case base < w.floor:
		w.lost(e, base)
	case base < w.last():
		w.unwritten(e, base)
	case w.began:
		w.applied(e, base)
	}
	w.keep(e, base)
}

// lost is C1: what was acknowledged as written is found later, unless nobody was left who had it. Afterwards the
// floor is what was found, or one loss would be told with every answer that follows.
func (w *walk) lost(e entry, base int64) {
	w.report.Lost += int(w.last() - base)
	switch {
	case w.nobodyLeft(e) || w.overwritten(e) || w.outlived(base) || w.timedOut(e):
		w.report.Excused++
		w.sound = false
	default:
		w.fail("C1", e, "%s shows %d, and %d was acknowledged as written on line %d",
			e.Member, *e.Value, w.floor, w.at.at)
	}
	w.floor = base
}

// unwritten is C2: what is lost of changes that were answered and not written is what was predicted.
func (w *walk) unwritten(e entry, base int64) {
	w.report.Lost += int(w.last() - base)
	p := e.Predicted
	if p == nil {
		return
	}
	switch p.Changes {
	case changesAll:
		w.fail("C2", e, "%s shows %d after %d: changes are lost, and none was predicted to be",
			e.Member, *e.Value, w.last())
	case changesBound:
		for _, s := range w.seen {
			if age := w.age(s); *s.Value > base && age > p.Bound {
				w.fail("C2", e,
					"the change to %d is lost at an age of %d ms, and none older than %d ms was predicted to be",
					*s.Value, age, p.Bound)
				return
			}
		}
	}
}

// age is how old a change was at the last fault, in milliseconds.
func (w *walk) age(change entry) int64 {
	age := int64(0)
	for _, f := range w.faults {
		if f.down() && f.T0 >= change.T1 {
			age = (f.T0 - change.T1) / 1000
			if f.Clock != 0 && change.Clock != 0 {
				age = f.Clock - change.Clock
			}
		}
	}
	return age
}

// applied is C6: a request takes effect as often as predicted, and once where nothing went wrong (W9). The other half
// of C2 is here, too: what was to be lost is not there.
func (w *walk) applied(e entry, base int64) {
	more := base - w.last() // increments besides this one
	p := e.Predicted
	if p != nil && p.Exact && (p.Changes == changesUnwritten || p.Changes == changesLost) && w.last() > w.floor {
		w.fail("C2", e, "%s shows %d: the changes after %d were predicted to be lost", e.Member, *e.Value, w.floor)
	}
	most, least := w.most(e), int64(0)
	if p != nil && p.Applied != nil && e.Op == Increment {
		least, most = int64(p.Applied[0])-1, int64(p.Applied[1])-1
	}
	most += w.open
	// requests that nobody answered, from before the last answer, may have run since, in a member that had hung
	if late := min(max(more-most, 0), w.late); late > 0 {
		w.late, w.sound, most = w.late-late, false, most+late
	}
	// and so may requests that were inside it when it stopped and that another member answered
	if more > most {
		late := min(more-most, w.waiting(e))
		w.ran, w.sound, most = w.ran+late, w.sound && late == 0, most+late
	}
	switch {
	case more > most:
		w.fail("C6", e, "%s shows %d after %d: taken effect %d times too often",
			e.Member, *e.Value, w.last(), more-most)
	case more < least:
		w.fail("C6", e, "%s shows %d after %d: predicted to take effect %d times",
			e.Member, *e.Value, w.last(), least+1)
	case more > 0 && w.open+w.late == 0:
		w.report.Twice++
	}
}

// most is how many times more than once a request can have taken effect: a member that fails while it has it may have
// written it, and the request is sent again.
func (c *checker) most(e entry) int64 {
	if e.Op != Increment {
		return 0
	}
	for _, f := range c.faults {
		if f.down() && f.T0 <= e.T1 && c.until(f) >= e.T0 {
			return 1
		}
	}
	return 0
}

// keep takes an answer for the state from now on. What lies above the count that was found is no more part of the
// session.
func (w *walk) keep(e entry, base int64) {
	w.late, w.open = w.late+max(w.open-max(base-w.last(), 0), 0), 0
	n := len(w.seen)
	for n > 0 && *w.seen[n-1].Value > base {
		n--
	}
	w.seen = append(w.seen[:n], e)
	acknowledged := e.Written != nil && *e.Written == *e.Value
	if acknowledged {
		w.report.Written++
	}
	w.written = acknowledged && (w.written || !w.began)
	w.began = true
	if e.Written != nil && *e.Written >= w.floor {
		w.acknowledge(e)
	}
}

// acknowledge notes where the highest value that was acknowledged as written is, and in how many copies. One that is
// told again has not been written again: where another member tells it, that one has taken the session over, and has
// as many copies as there were, or as there are holders, whatever it says.
func (w *walk) acknowledge(e entry) {
	copies := e.Replicas
	if w.at.Line != nil && *e.Written == w.floor {
		if _, down := w.wentDown(e.Member, e); e.Member == w.at.Member && !down {
			return
		}
		copies = max(copies, min(w.copies, w.others(e)))
	}
	w.floor, w.at, w.copies = *e.Written, e, copies
}
