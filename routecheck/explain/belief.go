package explain

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Belief is what can be true of a process of which only its requests are seen, under one set of assumptions: every
// state that chance may have led to, with its probability. Who plays a request asks for its [Course]s, looks at what
// really happened, and keeps those that agree.
type Belief struct {
	t       *match.Table
	sem     *choices.Assumptions
	states  []believed
	courses []Course
	seen    failover.Recorder // what all courses consulted, kept or not
	capped  bool
}

// believed is a state that a process may be in.
type believed struct {
	p     *Process
	share float64
	held  *underWay // its request that a member has not answered, nil for none
}

// Course is how a request can go.
type Course struct {
	Result
	Share float64  // probability, of all courses together at most 1: less where earlier ones were not kept
	Waits bool     // the body is sent after the member's 100 Continue (choice wait-for-continue)
	after believed // the state of the process where it goes so
}

// What is followed of what is possible: states of a process, and courses of a request.
const (
	mostStates  = 400   // the likeliest
	mostCourses = 20000 // what is beyond is not followed, see Whole
)

// NewBelief is that about a fresh process.
// Its seed does not matter: play gives each course a chance of its own.
func NewBelief(t *match.Table, sem *choices.Assumptions) *Belief {
	b := &Belief{t: t, sem: sem, states: []believed{{p: NewProcess(t, sem, 0), share: 1}}}
	b.seen = *failover.ChoicesOnly()
	return b
}

// Consulted is the set of choices and facts that were consulted so far: bit n stands for Choice(n).
func (b *Belief) Consulted() uint64 { return b.seen.Seen().Points() }

// Whole is false where so much was possible that not all of it was followed.
func (b *Belief) Whole() bool { return !b.capped }

// Ask lists how a request can go that arrives at a time, while conditions hold: for as long as it takes.
func (b *Belief) Ask(rq *match.Request, now match.Nanos, conditions []MemberCondition) []Course {
	return b.play(now, conditions, func(s *believed) Result { return s.p.Do(rq, &b.seen) }, rq)
}

// Hold lists how a request can go whose member has not answered before the next [Belief.Ask] is over: it stays under
// way until [Belief.Answered].
func (b *Belief) Hold(rq *match.Request, now match.Nanos, conditions []MemberCondition) []Course {
	return b.play(now, conditions, func(s *believed) (out Result) {
		out, s.held = s.p.hold(rq, &b.seen)
		return out
	}, rq)
}

// Answered ends the request that [Belief.Hold] has left under way.
func (b *Belief) Answered(now match.Nanos) {
	held := false
	for i := range b.states {
		if s := &b.states[i]; s.held != nil {
			s.p.Now = max(s.p.Now, now)
			s.p.answered(s.held, &b.seen)
			s.held, held = nil, true
		}
	}
	if held {
		b.merge()
	}
}

// play plays a request from every state, under every outcome of chance.
func (b *Belief) play(now match.Nanos, conditions []MemberCondition, do func(*believed) Result,
	rq *match.Request) []Course {
	b.courses = b.courses[:0]
	for _, from := range b.states {
		chance := &failover.Chance{}
		for more := true; more; more = chance.Next() {
			if len(b.courses) == mostCourses {
				b.capped = true
				return b.courses
			}
			c := Course{after: from.clone()}
			p := c.after.p
			// A course may have taken longer than the client waited: a process does not go back in time.
			p.Now, p.Conditions, p.chance = max(p.Now, now), conditions, chance
			c.Result = do(&c.after)
			c.Share = from.share * chance.Probability()
			c.after.share, c.Waits = c.Share, b.waits(&c.Result, rq)
			b.courses = append(b.courses, c)
		}
	}
	return b.courses
}

// waits tells whether the body of a request is sent to its first member after 100 Continue.
func (b *Belief) waits(r *Result, rq *match.Request) bool {
	// WaitsForContinue consults without noting it, so it is noted here.
	if rq.Body == 0 || len(r.Attempts) == 0 {
		return false
	}
	b.sem.Consult(choices.WaitForContinue, b.seen.Seen())
	return failover.WaitsForContinue(b.t, r.Match.Cluster, r.Attempts[0].Member, b.sem)
}

func (s *believed) clone() believed {
	c := believed{p: s.p.clone(), share: s.share}
	if s.held != nil {
		// A request under way has state of its own that Observe changes.
		held := *s.held
		held.f = s.held.f.Clone()
		c.held = &held
	}
	return c
}

// Keep keeps the courses of the last request that agree with what was seen, and returns their probability: 0 where
// none does, and nothing is believed any more.
func (b *Belief) Keep(agrees func(*Course) bool) (probability float64) {
	b.states = b.states[:0]
	for i := range b.courses {
		if c := &b.courses[i]; agrees(c) {
			b.states = append(b.states, c.after)
			probability += c.Share
		}
	}
	b.courses = b.courses[:0]
	b.merge()
	return probability
}

// Rest lets streams that idle be closed by a member, which then lets nobody notice.
func (b *Belief) Rest(c match.ClusterID, m match.MemberID) {
	for i := range b.states {
		b.states[i].p.dropStreams(c, m)
	}
}

// merge makes one of states that cannot be told apart.
func (b *Belief) merge() {
	if len(b.states) < 2 {
		return
	}
	at := map[string]int{}
	kept := b.states[:0]
	for _, s := range b.states {
		key := s.key()
		if i, known := at[key]; known {
			kept[i].share += s.share
			continue
		}
		at[key] = len(kept)
		kept = append(kept, s)
	}
	if len(kept) > mostStates {
		slices.SortStableFunc(kept, func(x, y believed) int { return cmp.Compare(y.share, x.share) })
		kept, b.capped = kept[:mostStates], true
	}
	b.states = kept
}

// key is all that tells a state from others.
func (s *believed) key() string {
	var parts []string
	for id, cs := range s.p.states {
		// The generator is left out: draws are by script, so what it would draw next tells nothing.
		parts = append(parts, fmt.Sprint(id, cs.Next, cs.Members))
	}
	for id, q := range s.p.streams {
		parts = append(parts, fmt.Sprint(id, q))
	}
	slices.Sort(parts)
	if s.held != nil {
		parts = append(parts, fmt.Sprint(s.held.f.Cluster, s.held.a.Member, s.held.at))
	}
	return strings.Join(parts, "|") + fmt.Sprint(s.p.Now)
}
