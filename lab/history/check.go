package history

import (
	"cmp"
	"fmt"
	"slices"
)

// Finding is a line that a check fails on: something that no server with these settings may do.
type Finding struct {
	Check  string // C1 to C7
	Line   int    // of the file
	Client string
	Text   string
}

// Report is what the checks say of a history.
type Report struct {
	Findings []Finding

	Clients, Operations int // events are no operations
	Acknowledged        int // answers that showed a value
	Written             int // of them, answers whose value was acknowledged as written
	Faults              int // kills, stops and orderly stops
	Lost                int // changes that were answered and not found later
	Excused             int // sessions that lost written changes because nobody was left who had them
	Twice               int // requests that took effect twice (W9)
	Crossovers          int // clients whose requests overlapped at different members (D12)
	Linearizable        int // clients that C7 was asked about
}

// Fine reports a history that no check fails on.
func (r *Report) Fine() bool { return len(r.Findings) == 0 }

// entry is a line with its place in the file.
type entry struct {
	*Line
	at int
}

// checker goes through one run of a history.
type checker struct {
	persistence string // of the first line; "": a copy always survives
	served      bool   // by a database that is a process of its own
	faults      []entry
	holders     map[string]bool // members that may have copies
	ends        map[*Line]int64 // of faults, when their members were up again: asked for at every operation
	report      Report
}

// Check judges a history, each run of it by itself: another run has other members and another store. Findings come in
// the order of lines.
func (h *History) Check() *Report {
	out := &Report{}
	for _, run := range h.runs() {
		c := &checker{}
		clients := c.sort(run)
		c.report.Clients = len(clients)
		for _, ops := range clients {
			c.client(ops)
		}
		c.sessions(clients)
		out.add(&c.report)
	}
	slices.SortStableFunc(out.Findings, func(a, b Finding) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Check, b.Check))
	})
	return out
}

// runs are the parts of a history that begin with a run.
func (h *History) runs() (all []*History) {
	for i := range h.Lines {
		if i == 0 || h.Lines[i].Op == Begin {
			all = append(all, &History{})
		}
		run := all[len(all)-1]
		run.Lines, run.at = append(run.Lines, h.Lines[i]), append(run.at, h.at[i])
	}
	return all
}

// add takes over what the checks say of a further run.
func (r *Report) add(of *Report) {
	r.Findings = append(r.Findings, of.Findings...)
	for _, n := range []struct {
		to   *int
		more int
	}{
		{&r.Clients, of.Clients}, {&r.Operations, of.Operations}, {&r.Acknowledged, of.Acknowledged},
		{&r.Written, of.Written}, {&r.Faults, of.Faults}, {&r.Lost, of.Lost}, {&r.Excused, of.Excused},
		{&r.Twice, of.Twice}, {&r.Crossovers, of.Crossovers}, {&r.Linearizable, of.Linearizable},
	} {
		*n.to += n.more
	}
}

// sort gives each client's operations in the order in which they were sent, clients in the order of their first.
// Lines of the file come in the order of their answers, since they are written then.
func (c *checker) sort(h *History) (clients [][]entry) {
	index := map[string]int{}
	c.holders = holders(h)
	for i := range h.Lines {
		e := entry{&h.Lines[i], h.at[i]}
		switch {
		case e.Op == Begin:
			c.persistence, c.served = e.Persistence, e.Database == "postgres"
		case e.isEvent():
			c.faults = append(c.faults, e)
			if e.down() {
				c.report.Faults++
			}
		default:
			n, known := index[e.Client]
			if !known {
				n = len(clients)
				index[e.Client] = n
				clients = append(clients, nil)
			}
			clients[n] = append(clients[n], e)
			c.report.Operations++
		}
	}
	for _, ops := range clients {
		slices.SortStableFunc(ops, func(a, b entry) int { return cmp.Compare(a.T0, b.T0) })
	}
	return clients
}

// holders are the members that a run names as such, else all.
func holders(h *History) map[string]bool {
	named, all := map[string]bool{}, map[string]bool{}
	for i := range h.Lines {
		for _, name := range h.Lines[i].Holders {
			named[name] = true
		}
		if name := h.Lines[i].Member; name != "" {
			all[name] = true
		}
	}
	if len(named) > 0 {
		return named
	}
	return all
}

func (c *checker) fail(check string, e entry, format string, args ...any) {
	c.report.Findings = append(c.report.Findings, Finding{check, e.at, e.Client, fmt.Sprintf(format, args...)})
}

// client checks what one client saw. Where its requests overlap at all its values have no order, and only C3 to C5
// hold.
func (c *checker) client(ops []entry) {
	c.cacheIDs(ops)
	c.invalidated(ops)
	if overlap(ops) {
		if crossed(ops) {
			c.report.Crossovers++
		}
		c.count(ops)
		return
	}
	w := walk{checker: c, sound: true}
	for _, e := range ops {
		w.step(e)
	}
	// of any other client changes may be lost by right
	if w.sound && w.written {
		c.linearizable(ops)
	}
}

// count counts what a client got whose requests overlap.
func (c *checker) count(ops []entry) {
	for _, e := range ops {
		if e.answered() {
			c.report.Acknowledged++
			if e.Written != nil && *e.Written == *e.Value {
				c.report.Written++
			}
		}
	}
}

// overlap reports that a request of a client was sent before the answer of an earlier one.
func overlap(ops []entry) bool {
	end := int64(0)
	for i, e := range ops {
		if i > 0 && e.T0 < end {
			return true
		}
		end = max(end, e.T1)
	}
	return false
}

// crossed reports requests that overlapped at different members: both had the session at once.
func crossed(ops []entry) bool {
	for i := 1; i < len(ops); i++ {
		if ops[i].T0 < ops[i-1].T1 && ops[i].Member != ops[i-1].Member {
			return true
		}
	}
	return false
}

// lastCacheID is the one before 0001 comes again (S4).
const lastCacheID = 9999

// cacheIDs is C4: within one session ID they never go back, but from 9999 to 1.
func (c *checker) cacheIDs(ops []entry) {
	last := map[string]entry{}
	for _, e := range ops {
		if e.Status != 200 || e.Session == "" {
			continue
		}
		before, known := last[e.Session]
		if known && before.T1 <= e.T0 && e.CacheID < before.CacheID &&
			!(before.CacheID == lastCacheID && e.CacheID == 1) {
			c.fail("C4", e, "cache ID %04d of %s after %04d", e.CacheID, e.Member, before.CacheID)
		}
		if !known || e.T1 >= before.T1 {
			last[e.Session] = e
		}
	}
}

// invalidated is C5: after an acknowledged invalidate no answer shows the old session. One of the same ID may be
// there (S15), but it begins anew: it can have counted no further than what was sent since, each at most twice (W9).
func (c *checker) invalidated(ops []entry) {
	gone := map[string]entry{}
	since := map[string]int64{} // increments sent since
	for _, e := range ops {
		if e.Op == Invalidate && e.Status == 200 {
			gone[e.Session], since[e.Session] = e, 0
			continue
		}
		was, dead := gone[e.Session]
		if !dead || e.T0 < was.T1 {
			continue
		}
		if e.Op == Increment {
			since[e.Session]++
		}
		if most := 2 * since[e.Session]; e.answered() && *e.Value > most {
			c.fail("C5", e, "%s shows %d of a session that was invalidated on line %d", e.Member, *e.Value, was.at)
		}
	}
}

// sessions is C3: no client sees another one's session or a text that was never put into its own.
func (c *checker) sessions(clients [][]entry) {
	owner, text := map[string]string{}, map[[2]string]string{}
	for _, ops := range clients {
		for _, e := range ops {
			if e.Op == set && e.Text != "" {
				text[[2]string{e.Attr, e.Text}] = e.Client
			}
		}
	}
	for _, ops := range clients {
		for _, e := range ops {
			if e.Status != 200 {
				continue
			}
			if first, known := owner[e.Session]; known && first != e.Client {
				c.fail("C3", e, "%s answers with the session of %s", e.Member, first)
			} else if e.Session != "" {
				owner[e.Session] = e.Client
			}
			if from := text[[2]string{e.Attr, e.Text}]; e.Op == Get && from != "" && from != e.Client {
				c.fail("C3", e, "%s shows what %s had set", e.Member, from)
			}
		}
	}
}
