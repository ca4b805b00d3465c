package question

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Findings are what was learnt.
type Findings struct {
	Choices        []Finding // one for each choice that is asked, in order
	Contradictions []Contradiction
	Unfinished     []*Question // so much was possible that nothing was learnt of them
	// Untold are questions that only agree where so much was done late that nobody can tell: they do not contradict
	// what is known, nor show it.
	Untold []*Question
	// Late is how much longer than it should an answer took at most: what hangs on less cannot be told.
	Late match.Nanos
}

// Finding is what was learnt of a choice.
type Finding struct {
	Choice   choices.Choice
	Agrees   []uint8 // the values that agree with all that was seen
	RuledOut []RuledOut
}

// Settled returns the only value that agrees, where others have been ruled out.
func (f *Finding) Settled() (value uint8, ok bool) {
	if len(f.Agrees) != 1 || len(f.RuledOut) == 0 {
		return 0, false
	}
	return f.Agrees[0], true
}

// RuledOut is a value that does not agree, and what shows it.
type RuledOut struct {
	Value uint8
	Evidence
}

// Evidence is a request, and what would have been expected of it.
type Evidence struct {
	Asked    *Asked
	Expected []string
	Unlikely bool // it could have been so by chance, once in a million runs
	// Late is how late things were done that the request hangs on: how much longer than they should its own answer
	// took at most, and those since a member was marked whose interval may be over; 0 where that is within the
	// tolerance.
	Late match.Nanos
}

// Contradiction is a request that no value of any choice explains.
type Contradiction struct{ Evidence }

// judged is a session and what it says.
type judged struct {
	*session
	branches []branch // of all combinations of values that it consults
	viable   []branch // those that explain it
	void     bool     // it says nothing: it contradicts everything, or was too much
}

// Findings learns from what was asked: first from each session by itself, then from all of them together, since what
// one rules out may leave another with a single explanation.
func (j *Judge) Findings(run *Run) *Findings {
	out := &Findings{}
	var all []judged
	for _, s := range sessions(run) {
		branches, whole := j.branches(&s)
		q := judged{session: &s, branches: branches, viable: viable(branches)}
		switch {
		case !whole:
			q.void = true
			out.Unfinished = append(out.Unfinished, s.asked[0].Question)
		case len(q.viable) == 0:
			q.void = true
			out.contradicted(&q, branches)
		case !slices.ContainsFunc(q.viable, func(l branch) bool { return l.untold == nil }):
			out.Untold = append(out.Untold, q.viable[0].untold)
		}
		all = append(all, q)
		out.Late = max(out.Late, leastLate(q.viable))
	}
	d := allValues()
	narrow(&d, all, out)
	for c := range choices.NumChoices {
		if j.Among>>c&1 != 0 {
			out.Choices = append(out.Choices, finding(c, &d, all))
		}
	}
	return out
}

// narrow lets sessions rule out values, one after the other, until none has anything to say any more. Two sessions
// that leave no value to a choice contradict each other.
func narrow(d *domains, all []judged, out *Findings) {
	for again := true; again; {
		again = false
		for i := range all {
			if q := &all[i]; !q.void && q.narrow(d, out) {
				again = true
			}
		}
	}
}

// narrow leaves to each choice what the session's branches leave to it that are still possible. A value may
// survive so that no combination over all sessions has: what is ruled out is sure, what is left is not.
func (q *judged) narrow(d *domains, out *Findings) (changed bool) {
	was := *d
	allowed := d.allowed(q.viable)
	if len(allowed) == 0 {
		q.void = true
		out.contradicted(q, q.dead(d))
		return true
	}
	for c := range choices.NumChoices {
		d[c] &= possible(allowed, c)
	}
	return *d != was
}

// dead are the branches that what other sessions say would have left; all of them where there are none.
func (q *judged) dead(d *domains) []branch {
	left := d.allowed(q.branches)
	if len(left) == 0 {
		return q.branches
	}
	return left
}

// possible are the values that some branches leave to a choice, as a set of bits: all of them where one branch did not
// consult it.
func possible(branches []branch, c choices.Choice) (set uint16) {
	for i := range branches {
		if branches[i].fixed>>c&1 == 0 {
			return 1<<c.NumValues() - 1
		}
		set |= 1 << branches[i].value(c)
	}
	return set
}

// mostExpected bounds how many expectations are told.
const mostExpected = 4

// contradicted notes that all that some branches of a session leave is contradicted.
func (f *Findings) contradicted(q *judged, branches []branch) {
	f.Contradictions = append(f.Contradictions, Contradiction{q.latest(branches)})
	f.Late = max(f.Late, leastLate(lastFailed(branches)))
}

// lastFailed are the branches that fail last; those that never fail where all do not.
func lastFailed(branches []branch) []branch {
	last := -1
	for i := range branches {
		last = max(last, branches[i].died)
	}
	return slices.DeleteFunc(slices.Clone(branches), func(l branch) bool { return l.died != last })
}

// latest is the request at which the last of some branches fails: up to there something explained what was seen, so
// that is the evidence to show. Where all failed by being too unlikely, none did at a request, and it is the last one.
func (q *judged) latest(branches []branch) Evidence {
	failed := lastFailed(branches)
	if len(failed) == 0 || failed[0].died < 0 {
		return Evidence{Asked: &q.asked[len(q.asked)-1], Unlikely: true}
	}
	e := Evidence{Asked: &q.asked[failed[0].died], Late: failed[0].excused}
	for i := range failed {
		e.Late = min(e.Late, failed[i].excused) // by the branch that excuses the least
		for _, text := range failed[i].expected {
			if len(e.Expected) < mostExpected && !slices.Contains(e.Expected, text) {
				e.Expected = append(e.Expected, text)
			}
		}
	}
	return e
}

// leastLate is how much longer an answer took than it should, by the branch that says the least.
func leastLate(branches []branch) (least match.Nanos) {
	for i := range branches {
		if i == 0 || branches[i].late < least {
			least = branches[i].late
		}
	}
	return least
}

// finding is what sessions say of a choice.
func finding(c choices.Choice, d *domains, all []judged) Finding {
	f := Finding{Choice: c}
	for v := range c.NumValues() {
		if d[c]>>v&1 != 0 {
			f.Agrees = append(f.Agrees, v)
			continue
		}
		f.RuledOut = append(f.RuledOut, RuledOut{v, against(c, v, d, all)})
	}
	return f
}

// against finds what shows that a choice has not a value: a session that nothing explains where it has, all that is
// known of others taken for granted.
func against(c choices.Choice, v uint8, d *domains, all []judged) Evidence {
	with := *d
	with[c] = 1 << v
	for i := range all {
		q := &all[i]
		dead := with.allowed(q.branches)
		if !q.void && len(dead) > 0 && len(with.allowed(q.viable)) == 0 {
			return q.latest(dead)
		}
	}
	return Evidence{}
}

// allowed are the branches whose values are all still possible.
func (d *domains) allowed(branches []branch) []branch {
	return slices.DeleteFunc(slices.Clone(branches), func(l branch) bool { return !d.allows(&l) })
}
