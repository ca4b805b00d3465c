package question

import (
	"math/bits"
	"math/rand/v2"
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// weigh finds the values of choices that a candidate tells apart, after other questions of its cluster, where the
// values of all other choices are known.
func (p *Planner) weigh(before []*Question, to *candidate) {
	q := to.Question
	consulted := p.consults(before, q)
	to.pairs, to.beyond, to.hangs = map[Pair]bool{}, map[Pair]bool{}, 0
	for c, under := range consulted {
		to.hangs |= 1 << c
		pairs := to.pairs
		if len(under.Overrides(&p.Base)) > 0 {
			pairs = to.beyond
		}
		for v := range c.NumValues() {
			truth := under.With(c, v)
			trials := p.trials(before, q, &truth)
			for w := range c.NumValues() {
				if other := under.With(c, w); v != w && p.apart(trials, &other) {
					pairs[Pair{c, v, w}] = true
				}
			}
		}
	}
}

// consults finds the choices that a question asks, each with assumptions under which it does: some are consulted only
// where another one has another value.
func (p *Planner) consults(before []*Question, q *Question) map[choices.Choice]choices.Assumptions {
	out := map[choices.Choice]choices.Assumptions{}
	note := func(sem choices.Assumptions) (news []choices.Choice) {
		_, asked := p.tell(before, q, &sem, p.Seed)
		for open := asked & p.Among; open != 0; open &= open - 1 {
			c := choices.Choice(bits.TrailingZeros64(open))
			if _, known := out[c]; !known {
				out[c] = sem
				news = append(news, c)
			}
		}
		return news
	}
	for _, c := range note(p.Base) {
		for v := range c.NumValues() {
			note(p.Base.With(c, v))
		}
	}
	return out
}

// trial is what would be seen of a story, and how likely that was.
type trial struct {
	session
	likelihood float64
}

// trials tell a story to a plug-in of some assumptions. Where chance has no say, one is enough.
func (p *Planner) trials(before []*Question, q *Question, truth *choices.Assumptions) (out []trial) {
	for n := range uint64(mostTrials) {
		asked, _ := p.tell(before, q, truth, p.Seed+n)
		t := trial{session: session{asked: asked, routing: q.Routing}}
		t.likelihood = p.likelihood(&t, truth)
		if out = append(out, t); t.likelihood == 1 {
			break
		}
	}
	return out
}

// likelihood is how likely it is to see that under some assumptions; of servers that are not ours, request by request,
// as they are judged (sessions): their state is not known.
func (p *Planner) likelihood(t *trial, sem *choices.Assumptions) float64 {
	if p.Members {
		l, _, _ := p.play(&t.session, sem)
		return l.likelihood
	}
	least := 1.0
	for _, a := range t.asked {
		l, _, _ := p.play(&session{[]Asked{a}, t.routing}, sem)
		least = min(least, l.likelihood)
	}
	return least
}

// apart reports whether what is seen rules other assumptions out, however chance falls.
func (p *Planner) apart(trials []trial, other *choices.Assumptions) bool {
	for i := range trials {
		if p.likelihood(&trials[i], other) >= trials[i].likelihood*unlikely {
			return false
		}
	}
	return true
}

// tell tells stories to a plug-in of some assumptions, and returns what would be seen.
func (p *Planner) tell(before []*Question, q *Question, truth *choices.Assumptions, seed uint64) ([]Asked, uint64) {
	chance := rand.New(rand.NewPCG(seed, uint64(len(before))))
	player, now := newPlayer(p.Table, truth), match.Nanos(0)
	var asked []Asked
	for _, q := range append(slices.Clone(before), q) {
		for i := range q.Steps {
			now += q.Steps[i].Wait + match.Second/1000
			a := Asked{Question: q, Step: i, Seen: Seen{Start: now, End: now}}
			courses := player.ask(q, i, now)
			if n := draw(courses, chance.Float64()); n >= 0 {
				a.Seen, now = p.seenOf(&courses[n], now), max(now, courses[n].End)
				at := 0
				player.keep(func(*explain.Course) bool { at++; return at-1 == n }, now)
			}
			asked = append(asked, a)
		}
	}
	return asked, player.belief.Consulted()
}

// draw returns the place of a course by its share, -1 where there is none; x is a number from 0 up to 1.
func draw(courses []explain.Course, x float64) int {
	total := 0.0
	for i := range courses {
		total += courses[i].Share
	}
	for i := range courses {
		if x -= courses[i].Share / total; x <= 0 {
			return i
		}
	}
	return len(courses) - 1
}

// seenOf is what is seen of a course. 404 stands for whatever the web server itself answers (Declined).
func (p *Planner) seenOf(c *explain.Course, start match.Nanos) Seen {
	s := Seen{Start: start, End: max(start, c.End), Status: 404, Blind: !p.Members}
	if c.Matched {
		s.Status, s.Arrived = statusOf(c), arrivals(c)
	}
	if c.Rejected {
		s.Status = 0
	}
	if s.Blind && len(s.Arrived) > 1 {
		s.Arrived = s.Arrived[len(s.Arrived)-1:]
	}
	return s
}
