package explain

import (
	"fmt"
	"maps"
	"slices"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Scenario is a question: requests, asked of one process in a given state, with facts about the members.
type Scenario struct {
	Requests   []Timed
	Conditions []MemberCondition
	Members    []MemberFact
	// Seed pins chance; nil leaves it open, and the answer is the set of what can happen.
	Seed      *uint64
	Partition []PartitionEntry
	// stage is where the scenario is played again and again, nil: nowhere in particular.
	stage    *stage
	Sessions *Sessions // nil when nothing is known of the servers' sessions
}

// Timed is a request with its time. It starts at At, or Gap after the start of the one before, or when that one has
// ended: whatever is last.
type Timed struct {
	Request match.Request
	At, Gap match.Nanos
}

// Repeat returns n times the same request, a gap from start to start.
func Repeat(rq match.Request, n int, gap match.Nanos) []Timed {
	out := make([]Timed, n)
	for i := range out {
		out[i] = Timed{Request: rq, Gap: gap}
	}
	out[0].Gap = 0
	return out
}

// MemberFact sets the state of a member before the first request. Pointers that are nil leave it as it is.
type MemberFact struct {
	Cluster match.ClusterID
	Member  match.MemberID
	Marked  *match.Nanos // marked down this long ago
	Pending *int32
	Weight  *int32 // current weight
	Next    bool   // round robin stands here
	Idle    []int  // idle streams to each Transport (R66)
}

// StateFacts words the state of a cluster in a process as a scenario has it. idle gives the number of idle streams to
// a Transport of a member.
func StateFacts(t *match.Table, id match.ClusterID, cs *failover.ClusterState, now match.Nanos,
	idle func(m match.MemberID, transport int) int) []MemberFact {
	c := &t.Clusters[id]
	facts := make([]MemberFact, len(cs.Members))
	for i := range cs.Members {
		ms, f := &cs.Members[i], &facts[i]
		pending, weight := ms.Pending, ms.Weight
		f.Cluster, f.Member, f.Marked, f.Pending, f.Weight = id, match.MemberID(i),
			ms.MarkedFor(now), &pending, &weight
		for transport := range c.Members[i].Transports {
			f.Idle = append(f.Idle, idle(f.Member, transport))
		}
	}
	// Next is -1 before round robin has started.
	if cs.Next >= 0 && int(cs.Next) < len(c.Primary) {
		facts[c.Primary[cs.Next]].Next = true
	}
	return facts
}

// PartitionEntry says which member the partition table of its cluster names for a partition ID (R28).
type PartitionEntry struct {
	ID      string
	Cluster match.ClusterID
	Member  match.MemberID
}

// StatePartition is the partition table of a cluster in the form of a scenario, in the order of the IDs.
func StatePartition(id match.ClusterID, cs *failover.ClusterState) (entries []PartitionEntry) {
	for _, partition := range slices.Sorted(maps.Keys(cs.Partition)) {
		for _, m := range cs.Partition[partition] {
			entries = append(entries, PartitionEntry{ID: partition, Cluster: id, Member: m})
		}
	}
	return entries
}

// FitsPartition reports an entry that a process never learns: that takes GetDWLMTable. A scenario that holds it all
// the same is played with it.
func FitsPartition(t *match.Table, e PartitionEntry) error {
	if c := &t.Clusters[e.Cluster]; !c.GetTable {
		return fmt.Errorf(
			"cluster %s has no GetDWLMTable=\"true\", so the plug-in never learns a partition table for it (R28)",
			c.Name)
	}
	return nil
}

// Fits reports a fact that cannot be: a timeout that never ends, a mark on a server that is never marked.
func Fits(t *match.Table, f MemberCondition) error {
	c := &t.Clusters[f.Cluster]
	if f.Failure == NoAnswer && c.Members[f.Member].IOTimeout == 0 {
		return fmt.Errorf("member %s has no ServerIOTimeout, so io-timeout cannot happen: "+
			"a request that gets no answer waits for ever (R55)", c.Members[f.Member].Name)
	}
	return nil
}

// FitsState reports a member state that cannot be.
func FitsState(t *match.Table, f MemberFact) error {
	c := &t.Clusters[f.Cluster]
	name := c.Members[f.Member].Name
	switch {
	case f.Marked != nil && f.Member == c.Address:
		return fmt.Errorf("the ClusterAddress is never marked down (R41)")
	case f.Marked != nil && c.Single():
		return fmt.Errorf("member %s is the only listed server of %s, which is never marked down (R51)", name, c.Name)
	case f.Weight != nil && *f.Weight > 0 && f.Member == c.Address:
		return fmt.Errorf("the ClusterAddress has no weight (R41)")
	case f.Weight != nil && *f.Weight > 0 && c.Members[f.Member].Start == 0:
		return fmt.Errorf("the LoadBalanceWeight of member %s counts as 0, so its weight is never above 0: "+
			"it is never raised (R33, R36)", name)
	case f.Next && !slices.Contains(c.Primary, f.Member):
		return fmt.Errorf("member %s is not in the primary list of %s, where round robin stands", name, c.Name)
	}
	return nil
}

// process returns the process of a scenario in its first state. With a Chance, draws are by its script.
func (sc *Scenario) process(t *match.Table, sem *choices.Assumptions, chance *failover.Chance) *Process {
	seed := uint64(0)
	if sc.Seed != nil {
		// A pinned seed leaves nothing open: draws are those of the state's own generator.
		seed, chance = *sc.Seed, nil
	}
	p := NewProcess(t, sem, seed)
	p.Conditions, p.chance = sc.Conditions, chance
	if p.stage = sc.stage; p.stage != nil {
		p.stage.clear(sem)
	}
	start := p.Now
	for i := range sc.Members {
		f := &sc.Members[i]
		for transport, n := range f.Idle {
			for range n {
				p.put(stream{f.Cluster, f.Member, transport})
			}
		}
	}
	// The state of a cluster is made when a request first comes to it, so facts wait until then. Idle streams are the
	// process's own.
	p.set = func(id match.ClusterID, cs *failover.ClusterState) {
		cs.LearnPartition(sc.PartitionOf(id))
		for i := range sc.Members {
			if f := &sc.Members[i]; f.Cluster == id {
				f.apply(&t.Clusters[id], cs, start)
				p.stage.touch(id, f.Member)
			}
		}
	}
	return p
}

// Healthy returns a fresh process of which all members are well, with the partition tables of the scenario.
func (sc *Scenario) Healthy(t *match.Table, sem *choices.Assumptions) *Process {
	p := NewProcess(t, sem, 0)
	p.set = func(id match.ClusterID, cs *failover.ClusterState) { cs.LearnPartition(sc.PartitionOf(id)) }
	return p
}

func (f *MemberFact) apply(c *match.Cluster, cs *failover.ClusterState, now match.Nanos) {
	if f.Marked != nil {
		cs.LearnMark(f.Member, true, now-*f.Marked)
	}
	if f.Pending != nil {
		cs.LearnPending(f.Member, *f.Pending)
	}
	if f.Weight != nil {
		cs.LearnWeight(f.Member, *f.Weight)
	}
	// FitsState has refused a member that is not in the primary list.
	if f.Next {
		cs.LearnPosition(slices.Index(c.Primary, f.Member))
	}
}

// PartitionOf is the partition table of a cluster, nil for none. An ID that several entries name has several members,
// the first first.
func (sc *Scenario) PartitionOf(c match.ClusterID) map[string][]match.MemberID {
	var table map[string][]match.MemberID
	for _, e := range sc.Partition {
		if e.Cluster != c {
			continue
		}
		if table == nil {
			table = map[string][]match.MemberID{}
		}
		table[e.ID] = append(table[e.ID], e.Member)
	}
	return table
}

// begin moves the clock to the start of the i-th request, given the start of the one before, and returns it.
func (sc *Scenario) begin(p *Process, i int, before match.Nanos) match.Nanos {
	rq := &sc.Requests[i]
	p.Now = max(p.Now, rq.At, before+rq.Gap)
	return p.Now
}

const (
	maxPlays   = 20000 // requests and attempts played to visit every outcome of chance
	maxRuns    = 32    // or this many runs, where there are many requests
	samples    = 500   // seeds tried when that is not enough,
	leastSeeds = 50    // fewer of them where there are many requests
)

// seeds returns how many seeds are tried to estimate chance.
func (sc *Scenario) seeds() int {
	return min(max(10*maxPlays/len(sc.Requests), leastSeeds), samples)
}

// scenarioRun is what one setting of the open choices gives.
type scenarioRun struct {
	played
	attempts []string // of each request, "?" where chance changes them
	marked   []string // the members that each request marks down, "?" likewise
	whole    bool     // every outcome of chance was visited; otherwise shares are estimates
	tallies  []tally  // answers in the making
}

// runAll plays a scenario under every outcome of chance, or, where those are too many, under a fixed set of seeds.
func (sc *Scenario) runAll(t *match.Table, sem *choices.Assumptions) scenarioRun {
	w := sc.newRun()
	w.whole = true
	chance := &failover.Chance{}
	// The first run finds out whether anything is drawn at all: most scenarios end here.
	w.play(sc, sc.process(t, sem, chance), chance.Probability)
	if !chance.Next() {
		return w.gathered() // nothing is left to chance
	}
	// One process plays all the others and is put back each time: to make one anew costs more than to play it.
	p := sc.process(t, sem, chance)
	p.mark()
	for more := true; more; more = chance.Next() {
		w.play(sc, p, chance.Probability)
		if w.plays > max(maxPlays, maxRuns*len(sc.Requests)) {
			// What was visited so far is thrown away: outcomes are visited in order, so they are no fair sample.
			return sc.sampleAll(t, sem)
		}
		p.rewind()
	}
	return w.gathered()
}

func (sc *Scenario) sampleAll(t *match.Table, sem *choices.Assumptions) scenarioRun {
	w := sc.newRun()
	n := sc.seeds()
	for i := range uint64(n) {
		seeded := *sc
		// A fixed row of seeds, so that the same question gets the same answer.
		seeded.Seed = &i
		w.play(sc, seeded.process(t, sem, nil), func() float64 { return 1 / float64(n) })
	}
	return w.gathered()
}

// gathered ends a run with the answers under all outcomes of chance.
func (w *scenarioRun) gathered() scenarioRun {
	for i := range w.tallies {
		w.answers[i] = w.tallies[i].answers
		// Members in one order, whichever run came first: two settings of the choices are compared.
		w.answers[i].sort()
	}
	w.tallies = nil
	return *w
}

func (sc *Scenario) newRun() scenarioRun {
	n := len(sc.Requests)
	return scenarioRun{
		played:   played{answers: make([]distribution, n), asked: make([]uint64, n), several: make([]bool, n)},
		attempts: make([]string, n), marked: make([]string, n),
		tallies: make([]tally, n),
	}
}

// play runs the scenario once and adds its answers; chance is the probability of the run, known when it is over.
// Probability is asked for when all draws were made.
func (w *scenarioRun) play(sc *Scenario, p *Process, chance func() float64) {
	rec := failover.ChoicesOnly()
	outs := make([]Result, len(sc.Requests))
	start := p.Now
	for i := range outs {
		start = sc.begin(p, i, start)
		rec.Seen().Reset()
		outs[i] = p.Do(&sc.Requests[i].Request, rec)
		w.asked[i] |= rec.Seen().Points()
		// who had the session is not known all the same, and what becomes of it hangs on that
		w.several[i] = w.several[i] || !outs[i].OnlyOne || sc.Sessions != nil
	}
	share := chance()
	for i := range outs {
		w.plays += 1 + len(outs[i].Attempts)
		w.tallies[i].add(outs[i].answer(), share)
		w.noteAttempts(i, &outs[i])
	}
}

func (w *scenarioRun) noteAttempts(i int, o *Result) {
	// "=" tells "no attempts" from "no run yet", which is "".
	attempts, marked := "=", "="
	for _, a := range o.Attempts {
		attempts += fmt.Sprintf("%d/%d/%t ", a.Member, a.Outcome, a.Marked)
		if a.Marked {
			marked += fmt.Sprintf("%d ", a.Member)
		}
	}
	same(&w.attempts[i], attempts)
	same(&w.marked[i], marked)
}

// same keeps what every outcome of chance has in common, "?" for nothing.
func same(kept *string, text string) {
	if *kept == "" {
		*kept = text
	} else if *kept != text {
		*kept = "?"
	}
}

// shares returns how new requests spread in the long run: over a full cycle of round robin on a process that has
// settled after the first requests, or for a random choice its probabilities. It answers for the state that p is in.
func (sc *Scenario) shares(rq *match.Request, p *Process, c *match.Cluster, cs *failover.ClusterState) distribution {
	var spread tally
	if c.Random {
		chance := &failover.Chance{}
		// A random choice does not change the state that it is made in (weights are not lowered), so one request tells
		// all.
		p.chance = chance
		p.mark()
		for more := true; more; more = chance.Next() {
			out := p.Do(rq, nil)
			spread.add(out.answer(), chance.Probability())
			p.rewind()
		}
		return spread.answers
	}
	if len(sc.Conditions) > 0 {
		// Marked members do not count in the cycle, so it is begun once more when failures have been noticed.
		for range failover.FullCycle(c, cs, p.sem) {
			p.Do(rq, nil) // until every failure has been noticed
		}
	}
	cycle := failover.FullCycle(c, cs, p.sem)
	for range cycle {
		out := p.Do(rq, nil)
		spread.add(out.answer(), 1/float64(cycle))
	}
	return spread.answers
}
