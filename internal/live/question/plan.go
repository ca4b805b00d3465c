package question

import (
	"math/bits"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Planner chooses what to ask.
type Planner struct {
	Judge
	TLS     bool   // requests can be sent over TLS
	TLSOnly bool   // and in no other way
	Members bool   // they are ours: they fail on command, and tell what arrives
	Alone   bool   // choices are asked for alone: not whether Routes lead where they should
	Seed    uint64 // of the chance by which stories are tried: one seed, one plan
	// Reaches reports whether a request can be sent so that it arrives on its port, which it may set where that
	// decides nothing; nil: all can.
	Reaches func(*match.Request, *match.Table) bool
}

// Plan is what is asked, in order: routing, then stories, those that wait last.
type Plan struct {
	// Processes is asked first, to count web server processes by the streams to one member; nil where no member of
	// ours has a clone ID.
	Processes *Question
	Questions []*Question
}

// Requests is how many there are.
func (p *Plan) Requests() (n int) {
	if p.Processes != nil {
		n = len(p.Processes.Steps)
	}
	for _, q := range p.Questions {
		n += len(q.Steps)
	}
	return n
}

// Waits is how long is waited for intervals to be over.
func (p *Plan) Waits() (d match.Nanos) {
	for _, q := range p.Questions {
		d += q.waits()
	}
	return d
}

// Settles are the choices of which the plan tells every value from every other.
func (p *Plan) Settles(c choices.Choice) bool {
	pairs := p.told()
	for v := range c.NumValues() {
		for w := range c.NumValues() {
			if v != w && !pairs[Pair{c, v, w}] {
				return false
			}
		}
	}
	return true
}

// candidate is a question with what it tells apart. A story tells two values apart where what is seen under the one
// can never, or once in a million runs, be seen under the other: that is found by playing both (weigh.go).
type candidate struct {
	*Question
	pairs    map[Pair]bool // where all other choices have the values that are assumed
	beyond   map[Pair]bool // where another one has another value: they are consulted only then
	affinity bool          // it asks for sessions of members that are well
	taken    bool
	hangs    uint64 // the choices that it hangs on: the fewer, the less an unexpected value of another one spoils it
}

// Plan chooses the questions that tell most values apart with the fewest requests, one after the other: first those
// about routing, which leave the clusters that they reach as they leave them, then stories.
func (p *Planner) Plan() *Plan {
	asks, controls := p.routingQuestions()
	plan := &Plan{Processes: p.processes()}
	for _, q := range controls {
		if !p.Alone && p.canAsk(q) {
			plan.Questions = append(plan.Questions, q)
		}
	}
	var routes []*candidate
	for _, q := range asks {
		routes = append(routes, &candidate{Question: q})
	}
	first := map[Pair]uint64{}
	p.chooseTwice(plan, p.weighed(plan, routes), first)
	p.chooseTwice(plan, p.weighed(plan, p.stories()), first)
	slices.SortStableFunc(plan.Questions, func(a, b *Question) int { return a.rank() - b.rank() })
	return plan
}

// weighed are the candidates that can be asked, weighed.
func (p *Planner) weighed(plan *Plan, all []*candidate) []*candidate {
	all = slices.DeleteFunc(all, func(c *candidate) bool {
		return !p.canAsk(c.Question) || !c.Routing && !c.affinity && !p.Members
	})
	for _, c := range all {
		p.weigh(plan.before(c), c)
	}
	return all
}

// chooseTwice chooses among candidates, and then once more where there is a second way that does not hang on all that
// the first one hangs on: a choice that has an unexpected value may spoil what a question tells.
func (p *Planner) chooseTwice(plan *Plan, candidates []*candidate, first map[Pair]uint64) {
	p.choose(plan, candidates, first, func(c *candidate) map[Pair]bool { return c.pairs })
	p.choose(plan, candidates, first, func(c *candidate) map[Pair]bool { return c.beyond })
	second := map[Pair]uint64{}
	p.choose(plan, candidates, second, func(c *candidate) map[Pair]bool { return c.otherwise(first) })
}

// canAsk reports whether all requests of a question can be sent.
func (p *Planner) canAsk(q *Question) bool {
	if q.overTLS() && !p.TLS {
		return false
	}
	for i := range q.Steps {
		if p.Reaches != nil && !p.Reaches(&q.Steps[i].Request, p.Table) {
			return false
		}
	}
	return true
}

// sent is the URL by which a request is sent. Over TLS it names the port that a Host field without one would mean, so
// that it is matched as the plain request is.
func (p *Planner) sent(url string) string {
	rest, plain := strings.CutPrefix(url, "http://")
	if !plain || !p.TLSOnly {
		return url
	}
	host, path, _ := strings.Cut(rest, "/")
	if _, port := match.SplitHost(host); port == "" {
		host += ":80"
	}
	return "https://" + host + "/" + path
}

// manyTimes is how often a member is asked to count processes: with two that take turns by chance, all requests come
// to one of them once in 2,000 runs.
const manyTimes = 12

// putBack is how long a plug-in may take to have a stream ready again whose answer the client has got.
const putBack = match.Second / 10

// processes asks for one member again and again.
func (p *Planner) processes() *Question {
	for _, k := range p.kits() {
		q := &Question{Name: "processes, by the streams to a member of " + k.c.Name, Cluster: k.id}
		if p.Members && k.cloned(2) && !k.c.CountAffinity {
			q.Steps = times(manyTimes, after(putBack, k.home(k.primary[0])))
		}
		if len(q.Steps) > 0 && p.canAsk(q) {
			return q
		}
	}
	return nil
}

// rank is when a question is asked: first routing, which marks nobody, and stories that wait come last.
func (q *Question) rank() int {
	switch {
	case q.Routing:
		return 0
	case q.waits() == 0:
		return 1
	}
	return 2
}

// stories are the questions about each cluster.
func (p *Planner) stories() (out []*candidate) {
	for _, k := range p.kits() {
		for _, s := range stories {
			if steps := s.tell(&k); len(steps) > 0 && (s.crowd || !k.crowded()) {
				q := &Question{Name: s.name + " at " + k.c.Name, Cluster: k.id, Steps: steps, Names: memberNames(k.c)}
				out = append(out, &candidate{Question: q, affinity: s.affinity})
			}
			if over := overTLS(&k); s.name == "a body" && p.TLS {
				out = append(out, &candidate{Question: over})
			}
		}
	}
	return out
}

// overTLS asks for a cluster over TLS: which of its Transports is taken?
func overTLS(k *kit) *Question {
	s := k.plain()
	s.Request.TLS = true
	if _, port := match.SplitHost(s.Request.Host); port == "" {
		s.Request.Port = 443
	}
	return &Question{Name: "over TLS at " + k.c.Name, Cluster: k.id, Steps: []Step{s}}
}

// choose takes the best candidate again and again, for the pairs that it tells and none did before. What a story tells
// hangs on those that its cluster was told before.
func (p *Planner) choose(plan *Plan, candidates []*candidate, told map[Pair]uint64,
	pairs func(*candidate) map[Pair]bool) {
	tellers := map[Pair]int{}
	for _, c := range candidates {
		for pair := range pairs(c) {
			tellers[pair]++
		}
	}
	for { // the greedy way: the fewest requests would take trying all sets of stories
		var best *candidate
		most := 0.0
		for _, c := range candidates {
			if w := c.worth(pairs(c), told, tellers); w > most {
				best, most = c, w
			}
		}
		if best == nil {
			return
		}
		best.take(pairs(best), told)
		plan.Questions = append(plan.Questions, best.Question)
		for _, other := range candidates {
			if !best.Routing && !other.Routing && other.Cluster == best.Cluster {
				p.follow(plan, best, other, told)
			}
		}
	}
}

// follow weighs a candidate anew that would come after one of the same cluster.
func (p *Planner) follow(plan *Plan, first, other *candidate, told map[Pair]uint64) {
	switch {
	case other.taken:
	case other.rank() < first.rank(): // it would be asked before, and what was found of the other one would not hold
		other.pairs, other.beyond = nil, nil
	case other.worth(other.pairs, told, nil)+other.worth(other.beyond, told, nil) > 0:
		p.weigh(plan.before(other), other)
	}
}

// take notes what a candidate tells that none did before.
func (c *candidate) take(pairs map[Pair]bool, told map[Pair]uint64) {
	c.taken = true
	for pair := range pairs {
		if told[pair] == 0 {
			told[pair] = c.hangs
			c.Settles = append(c.Settles, pair)
		}
	}
	slices.SortFunc(c.Settles, comparePairs)
}

// told are the pairs that the questions of a plan tell apart.
func (p *Plan) told() map[Pair]bool {
	told := map[Pair]bool{}
	for _, q := range p.Questions {
		for _, pair := range q.Settles {
			told[pair] = true
		}
	}
	return told
}

// before are the questions of a plan that change the state of the cluster that a candidate asks for; none, where it
// asks for no state.
func (p *Plan) before(c *candidate) (out []*Question) {
	if c.Routing {
		return nil
	}
	if p.Processes != nil && p.Processes.Cluster == c.Cluster {
		out = append(out, p.Processes)
	}
	for _, q := range p.Questions {
		if q.Cluster == c.Cluster {
			out = append(out, q)
		}
	}
	return out
}

// comparePairs orders pairs by choice, then by values, of which there are no more than 16.
func comparePairs(a, b Pair) int {
	if a.Choice != b.Choice {
		return int(a.Choice) - int(b.Choice)
	}
	return (int(a.Value)-int(b.Value))*16 + int(a.From) - int(b.From)
}

// otherwise are the pairs that a candidate tells without a choice that the question hangs on which told them first.
func (c *candidate) otherwise(first map[Pair]uint64) map[Pair]bool {
	out := map[Pair]bool{}
	for pair := range c.pairs {
		if first[pair]&^c.hangs != 0 {
			out[pair] = true
		}
	}
	return out
}

// worth is how much new a candidate tells for what it costs. What few tell comes first, before another story has
// changed the state of the only cluster that suits.
func (c *candidate) worth(pairs map[Pair]bool, told map[Pair]uint64, tellers map[Pair]int) float64 {
	if c.taken {
		return 0
	}
	n := 0 // whole numbers: their sum is the same in every order
	for pair := range pairs {
		if told[pair] == 0 {
			n += 1 << 20 / (1 + tellers[pair]*tellers[pair])
		}
	}
	// a second costs as much as two requests
	cost := float64(len(c.Steps)) + 2*float64(c.waits())/float64(match.Second)
	asks := float64(bits.OnesCount64(c.hangs))
	return float64(n) / cost / (asks * asks)
}

// mostTrials is how often a story is told, with chance, to see whether it tells two values apart.
const mostTrials = 3
