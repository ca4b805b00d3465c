package question

import (
	"math/bits"
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Asked is a step of a question, and what was seen of it. Those of a run stand in the order in which they were sent.
type Asked struct {
	Question *Question
	Step     int
	Seen     Seen
}

// Run is what came of asking.
type Run struct {
	Asked       []Asked
	Earlier     int  // requests that members had seen before
	Processes   int  // web server processes that answered at least, 0 where nobody can tell
	RoutingOnly bool // as several processes answer
	Requests    int
	Strangers   int // requests of others that arrived at members meanwhile
	// Stale are clusters of which members had seen requests before: only routing is asked of them.
	Stale []match.ClusterID
	// Disturbed are clusters whose state nobody knows, as requests of others arrived at the same time as ours.
	Disturbed []match.ClusterID
}

func (a *Asked) step() *Step { return &a.Question.Steps[a.Step] }

// session is what was asked of one cluster, in order; or one request of which only the cluster counts. Clusters share
// no state, so each is explained by itself: that keeps the combinations few.
type session struct {
	asked   []Asked
	routing bool
}

// cluster is where a request went, or was meant to go.
func (a *Asked) cluster() match.ClusterID {
	if len(a.Seen.Arrived) > 0 {
		return a.Seen.Arrived[0].Cluster
	}
	return a.Question.Cluster
}

// sessions sorts what was asked: each request that is about routing by itself, and all that a cluster saw. A request
// about routing that reached a cluster is in both: it has moved round robin there.
func sessions(run *Run) (out []session) {
	for _, a := range run.Asked {
		disturbed := slices.Contains(run.Disturbed, a.cluster()) && !slices.Contains(run.Stale, a.cluster())
		// Where nobody knows what others have asked, each request is one of a process of which nothing is known.
		if a.Question.Routing || a.Seen.Blind || disturbed && !a.Question.Disturbs() {
			out = append(out, session{[]Asked{a}, a.Question.Routing})
		}
	}
	at := map[match.ClusterID]int{}
	for _, a := range run.Asked {
		if run.RoutingOnly || a.Seen.Blind {
			break
		}
		id := a.cluster()
		if a.Question.Routing && len(a.Seen.Arrived) == 0 || slices.Contains(run.Disturbed, id) ||
			slices.Contains(run.Stale, id) {
			continue // it touched nobody, or nothing can be learnt
		}
		i, known := at[id]
		if !known {
			i = len(out)
			at[id] = i
			out = append(out, session{})
		}
		out[i].asked = append(out[i].asked, a)
	}
	return out
}

// branch is what a session says about one combination of values. It dies where it cannot explain a step.
type branch struct {
	values     choices.Assumptions
	fixed      uint64      // the choices that were consulted, bit n for Choice(n): the others could have any value
	likelihood float64     // of all that was seen; 0 where it died
	died       int         // the first step that it cannot explain, -1 none
	expected   []string    // what it expected there
	late       match.Nanos // how much longer an answer took than it should, at most
	excused    match.Nanos // the same of what the step hangs on that it cannot explain
	untold     *Question   // the first one that only an answer explains that came too late to tell
}

// Judge holds what was seen against every combination of values.
type Judge struct {
	Table *match.Table
	Base  choices.Assumptions
	Among uint64 // the choices that are asked: bit n stands for Choice(n); those that are settled already are not
}

// mostDecided bounds how many combinations are played for a session.
const mostDecided = 20000

// branches plays a session under every combination of the values that it consults. A combination that has failed is
// not followed further, so choices that are consulted later do not multiply it. whole is false where those were too
// many.
func (j *Judge) branches(s *session) (out []branch, whole bool) {
	budget := mostDecided
	walk := choices.Tree[branch]{
		Among: j.Among,
		Decide: func(sem *choices.Assumptions) (branch, uint64, bool) {
			budget--
			l, asked, whole := j.play(s, sem)
			return l, asked, whole && budget > 0
		},
		Each: func(sem *choices.Assumptions, fixed uint64, l branch) {
			l.values, l.fixed = *sem, fixed
			out = append(out, l)
		},
	}
	base := j.Base
	whole = walk.Walk(&base, 0)
	return out, whole
}

// play plays a session under one combination, as far as it explains what was seen. asked are the choices that were
// consulted on the way; whole is false where chance had so many outcomes that not all were followed.
func (j *Judge) play(s *session, sem *choices.Assumptions) (l branch, asked uint64, whole bool) {
	p := newPlayer(j.Table, sem)
	l = branch{likelihood: 1, died: -1}
	for i := range s.asked {
		a := &s.asked[i]
		kept, courses := p.explains(a, s.routing)
		l.late, l.untold = p.late, p.untold
		if kept == 0 {
			l.likelihood, l.died, l.excused = 0, i, p.excused
			l.expected = predicted(j.Table, a.step(), s.routing, courses)
			return l, p.belief.Consulted(), p.belief.Whole()
		}
		l.likelihood = kept // of all steps up to here: what was not kept before is missing in it
	}
	return l, p.belief.Consulted(), p.belief.Whole()
}

// player plays steps of questions, and keeps the conditions of members.
type player struct {
	belief     *explain.Belief           // what the state of the process may be
	conditions []explain.MemberCondition // who fails, of the question at hand
	question   *Question                 // the one at hand: behind its last step all are well
	held       bool                      // the step at hand was not answered before the next
	courses    []explain.Course          // how the step at hand can go
	late       match.Nanos               // how much longer an answer took than it should, at most
	excused    match.Nanos               // the same of what the last step hangs on
	marked     map[place]match.Nanos     // the same of each member that is marked, since then
	untold     *Question                 // the first one that only an answer explains that came too late to tell
	table      *match.Table
}

// place is a member.
type place struct {
	cluster match.ClusterID
	member  match.MemberID
}

func newPlayer(t *match.Table, sem *choices.Assumptions) *player {
	return &player{belief: explain.NewBelief(t, sem), table: t, marked: map[place]match.Nanos{}}
}

// tolerance is by how much the time of a web server may differ from ours: what takes a second there takes a little
// more, and its limits are kept to a tenth of a second.
const tolerance = match.Second / 5

// explains plays a step and keeps the courses that explain what was seen; where none does, those that would a little
// earlier or later, or by as much as things were done late. It returns their probability, and what was expected. Ask
// changes no belief before Keep, so a step can be played several times.
func (p *player) explains(a *Asked, routing bool) (kept float64, expected []explain.Course) {
	fits := func(c *explain.Course) bool {
		if routing {
			return routed(&a.Seen, c)
		}
		return a.step().agrees(&a.Seen, c)
	}
	held := p.held
	expected = p.ask(a.Question, a.Step, a.Seen.Start)
	explained := func() bool {
		return slices.ContainsFunc(p.courses, func(c explain.Course) bool { return fits(&c) })
	}
	own := a.late(expected, fits, explained())
	late, most := p.behind(own), p.mostLate(a.cluster())
	p.excused = late
	// what explains it within most excuses it; what only more than that explains tells nothing (untold)
	moved := p.move(a, held, explained, tolerance, min(late, most), late)
	if moved > max(most, tolerance) && p.untold == nil {
		p.untold = a.Question
	}
	p.marks(fits, own)
	return p.keep(fits, a.Seen.End), expected
}

// move plays a step earlier and later by what it is given, until that explains what was seen; it returns the last one.
func (p *player) move(a *Asked, held bool, explained func() bool, by ...match.Nanos) (moved match.Nanos) {
	for _, shift := range slices.Compact(by) { // 0: nothing was late, or the cluster has no interval to be late for
		for _, start := range []match.Nanos{a.Seen.Start - shift, a.Seen.Start + shift} {
			if shift == 0 || explained() { // as it was played last, by this shift or the one before
				return moved
			}
			p.held, moved = held, shift
			p.ask(a.Question, a.Step, start)
		}
	}
	return moved
}

// behind notes that an answer was late, and returns how late things can have been done that still count: this request,
// and those since a member was marked whose interval may be over now.
func (p *player) behind(own match.Nanos) match.Nanos {
	p.late = max(p.late, own)
	late := own
	for m := range p.marked {
		p.marked[m] = max(p.marked[m], own)
		late = max(late, p.marked[m])
	}
	return late
}

// lateShare is the part of an interval by which it may seem longer or shorter as things are done late: more than that
// excuses nothing, and tells nothing.
const lateShare = 4

// mostLate is how late something may be done where an interval of a cluster is told.
func (p *player) mostLate(id match.ClusterID) match.Nanos {
	if id < 0 || int(id) >= len(p.table.Clusters) {
		return tolerance
	}
	return p.table.Clusters[id].RetryInterval / lateShare
}

// marks begins the lateness of members anew that the request has marked, and forgets that of those that answer again:
// a retry interval counts from a mark, so only what was late since then can have shifted it.
func (p *player) marks(fits func(*explain.Course) bool, own match.Nanos) {
	if len(p.conditions) == 0 && len(p.marked) == 0 {
		return
	}
	for i := range p.courses {
		c := &p.courses[i]
		if !fits(c) {
			continue
		}
		for _, a := range c.Attempts {
			at := place{c.Match.Cluster, a.Member}
			if a.Marked {
				p.marked[at] = own
			} else if a.Outcome == explain.Healthy {
				delete(p.marked, at)
			}
		}
	}
}

// late is how much longer an answer took than it should, by the courses that explain it, or else by any. On a busy
// machine the web server does things when it comes to them, at some time between the request and its answer. 0 is
// within the tolerance.
func (a *Asked) late(courses []explain.Course, fits func(*explain.Course) bool, explained bool) match.Nanos {
	due := match.Nanos(-1)
	for i := range courses {
		if c := &courses[i]; !explained || fits(c) {
			due = max(due, c.End, a.Seen.Start)
		}
	}
	if late := a.Seen.End - due; due >= 0 && late > tolerance && !a.step().Hold {
		return late
	}
	return 0
}

// ask plays a step that starts at a time.
func (p *player) ask(q *Question, step int, start match.Nanos) []explain.Course {
	if q != p.question {
		p.question, p.conditions = q, nil
	}
	s := &q.Steps[step]
	for _, f := range s.Set {
		p.set(q.Cluster, f)
	}
	held := p.held
	if p.held = s.Hold; s.Hold && !held {
		p.courses = slices.Clone(p.belief.Hold(&s.Request, start, p.conditions))
	} else {
		p.courses = slices.Clone(p.belief.Ask(&s.Request, start, p.conditions))
	}
	return p.courses
}

// keep keeps the courses that agree, and ends what was held before the step: its member answers only now.
func (p *player) keep(agrees func(*explain.Course) bool, end match.Nanos) float64 {
	kept := p.belief.Keep(agrees)
	if !p.held {
		p.belief.Answered(end)
	}
	return kept
}

// set lets a member fail, or be well again, from the next request on.
func (p *player) set(id match.ClusterID, f Fault) {
	p.conditions = slices.DeleteFunc(slices.Clone(p.conditions), func(c explain.MemberCondition) bool {
		return c.Cluster == id && c.Member == f.Member
	})
	if f.Failure != explain.Healthy {
		p.conditions = append(p.conditions, explain.MemberCondition{Cluster: id, Member: f.Member, Failure: f.Failure})
		p.belief.Rest(id, f.Member) // who begins to fail closes what idles
	}
}

// domains are the values that each choice may still have, as sets: bit v stands for value v.
type domains [choices.NumChoices]uint16

// allValues leaves every value to every choice: nothing is known.
func allValues() (d domains) {
	for c := range d {
		d[c] = 1<<choices.Choice(c).NumValues() - 1
	}
	return d
}

// allows reports whether the values of a branch are all still possible.
func (d *domains) allows(l *branch) bool {
	for open := l.fixed; open != 0; open &= open - 1 {
		c := choices.Choice(bits.TrailingZeros64(open))
		if c < choices.NumChoices && d[c]>>l.value(c)&1 == 0 {
			return false
		}
	}
	return true
}

// value is that of a choice, which counts only where the choice was consulted.
func (l *branch) value(c choices.Choice) uint8 { return l.values.Index(c) }

// unlikely is by how much a combination must be less likely than the best one to be ruled out where nothing that was
// seen is impossible under it: chance gives such a run once in a million.
const unlikely = 1e-6

// viable are the branches that explain what was seen.
func viable(branches []branch) (out []branch) {
	best := 0.0
	for i := range branches {
		best = max(best, branches[i].likelihood)
	}
	for i := range branches {
		if l := branches[i].likelihood; l > 0 && l >= best*unlikely {
			out = append(out, branches[i])
		}
	}
	return out
}
