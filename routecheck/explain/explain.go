package explain

import (
	"fmt"
	"math"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Detail says what Explain works out beyond the answers themselves.
type Detail uint8

const (
	WithSteps     Detail = 1 << iota // Steps and State
	WithRoutes                       // Candidates
	WithCertainty                    // Certain, Proven, DependsOn
	WithShares                       // Possible

	WithAll = WithSteps | WithRoutes | WithCertainty | WithShares
)

// Explain answers a scenario, one Decision for each of its requests. fixed are the choices that the user has settled.
func Explain(
	t *match.Table, files *diag.Files, sc *Scenario, sem choices.Assumptions, fixed []choices.Choice, detail Detail,
) []Decision {
	e := explanation{t: t, files: files, sc: sc, sem: sem, detail: detail}
	e.base = sc.runAll(t, &sem)
	if detail&WithCertainty != 0 {
		e.prove(fixed)
	}
	return e.decisions()
}

// attemptBudget is how many requests and attempts are played to prove answers certain. It is counted and not timed, so
// that an answer is the same on every machine.
const attemptBudget = 40000

// explanation is a scenario that is being explained.
type explanation struct {
	t        *match.Table
	files    *diag.Files
	sc       *Scenario
	sem      choices.Assumptions
	detail   Detail
	base     scenarioRun   // under sem itself: what is answered
	branches []branch      // under every other combination, the base first; nil without WithCertainty
	proven   bool          // the walk over combinations came to its end
	starts   []match.Nanos // of the requests, where sessions are looked at
}

// prove plays the scenario under every combination of choices that an answer can hang on. The base is played again: it
// is the root of that walk, and shares its budget.
func (e *explanation) prove(fixed []choices.Choice) {
	var settled uint64
	for _, c := range fixed {
		settled |= 1 << c
	}
	// Session choices are behind the points of the plug-in: no process consults them, see alternatives.
	settled &= 1<<choices.NumPoints - 1
	x := explorer{budget: attemptBudget, run: func(s *choices.Assumptions) played {
		w := e.sc.runAll(e.t, s)
		return w.played
	}}
	e.branches, e.proven = x.explore(&e.sem, settled)
}

// decisions plays the scenario once more: where chance is open, the run in which every draw gives the first
// possibility.
func (e *explanation) decisions() []Decision {
	out := make([]Decision, len(e.sc.Requests))
	e.starts = make([]match.Nanos, len(out))
	p := e.sc.process(e.t, &e.sem, &failover.Chance{})
	start := p.Now
	for i := range out {
		// One process for all requests: each begins in the state that the ones before have left.
		start = e.sc.begin(p, i, start)
		rec, before := failover.ChoicesOnly(), p
		if e.detail&WithSteps != 0 {
			// State shows the cluster around the request, so the process is copied: that costs as much as the cluster
			// is large.
			rec, before = &failover.Recorder{}, p.clone()
		}
		o := p.Do(&e.sc.Requests[i].Request, rec)
		out[i] = e.decision(i, &o, rec, before, p)
	}
	return out
}

// decision tells what is certain by all runs (e.base.answers), and where chance does not matter, details by the one
// run o.
func (e *explanation) decision(i int, o *Result, rec *failover.Recorder, before, after *Process) Decision {
	answers := e.base.answers[i]
	a := worst(answers)
	d := Decision{
		Version: 2, Request: i + 1, Decision: a.Decision, Result: o, Answers: describe(e.t, answers),
		Attempts: []AttemptNote{}, Steps: StepNotes(e.t, e.files, rec.Steps), Candidates: []RouteNote{},
		NotMatched: map[string]int{}, Possible: []Possibility{}, DependsOn: []Dependence{},
		Also: []string{},
	}
	if why, refused := e.t.Refusal(&e.sc.Requests[i].Request, &e.sem); refused {
		d.Refused = words.Refusal(why)
	}
	for _, c := range answers {
		d.Ends = append(d.Ends, c.answer)
	}
	d.Unreachable = e.unreachable(d.Ends)
	if len(answers) == 1 {
		d.Member = e.t.MemberName(a.Cluster, a.Member)
	}
	if a.Decision == Errored && !a.Rejected {
		d.Status = &a.Status
	}
	// Attempts and marks are told only where all outcomes of chance have the same.
	if e.base.attempts[i] != "?" {
		d.Attempts = e.attempts(o)
	}
	if e.base.marked[i] != "?" {
		d.Marked = e.marked(o)
	}
	if a.Cluster >= 0 {
		d.Cluster = e.t.Clusters[a.Cluster].Name
	}
	// starts is kept for the alternatives: who is down hangs on when a request began.
	if e.sc.Sessions != nil && d.Cluster != "" {
		p := predictSession(e.t, &e.sc.Requests[i].Request, &o.Match, d.Ends, e.sc, &e.sem, o.Start)
		e.starts[i], d.Session = o.Start, sessionNote(&p)
	}
	e.addDetail(&d, i, a.Cluster, before, after)
	return d
}

// worst returns the answer that stands for a set: where chance decides between an answer and an error, the error.
func worst(answers distribution) Answer {
	for _, c := range answers {
		if c.answer.Decision == Errored {
			return c.answer
		}
	}
	return answers[0].answer
}

// addDetail adds what was asked for. cluster is negative where no cluster got the request.
func (e *explanation) addDetail(d *Decision, i int, cluster match.ClusterID, before, after *Process) {
	rq := &e.sc.Requests[i].Request
	if e.detail&WithCertainty != 0 {
		// Not whole: chance was sampled, and an answer that no seed gave may still be possible.
		d.Proven = e.proven && e.base.whole
		if on := dependences(e.t, e.alternatives(i)); on != nil {
			d.DependsOn = on
		}
		d.Certain = d.Proven && len(d.DependsOn) == 0
	}
	if e.detail&WithRoutes != 0 {
		d.Candidates, d.NotMatched = e.candidates(rq)
	}
	if cluster < 0 {
		return
	}
	if e.detail&WithSteps != 0 {
		d.State = StateNotes{e.clusterNote(before, cluster), e.clusterNote(after, cluster)}
	}
	if e.detail&WithShares != 0 {
		d.Possible = e.possible(rq, e.base.answers[i], after, cluster)
	}
}

func (e *explanation) attempts(o *Result) []AttemptNote {
	out := []AttemptNote{}
	for _, at := range o.Attempts {
		out = append(out, AttemptNote{e.t.MemberName(o.Match.Cluster, at.Member), at.Outcome.String(), at.Marked})
	}
	return out
}

func (e *explanation) marked(o *Result) []string {
	out := []string{}
	for _, at := range o.Attempts {
		if at.Marked {
			out = append(out, e.t.MemberName(o.Match.Cluster, at.Member))
		}
	}
	return out
}

// StepNotes lists the steps that people are told of.
func StepNotes(t *match.Table, files *diag.Files, steps []failover.Step) []StepNote {
	out := []StepNote{}
	for i := range steps {
		if s := &steps[i]; s.Why != 0 {
			out = append(out, StepNote{s.Rule, s.Also, s.Mark, s.Choice, words.Step(t, s), Place(files, s.At), *s})
		}
	}
	return out
}

func (e *explanation) place(s diag.Span) *diag.Position { return Place(e.files, s) }

// Place is where a span begins, nil for none.
func Place(files *diag.Files, s diag.Span) *diag.Position {
	if s.IsZero() {
		return nil
	}
	p := files.Start(s)
	return &p
}

// possible lists the members that chance can choose for this request or, where it chooses, later on, in the order of
// the cluster.
func (e *explanation) possible(
	rq *match.Request, answers distribution, after *Process, c match.ClusterID,
) []Possibility {
	out := []Possibility{}
	cluster := &e.t.Clusters[c]
	// Share is about requests that come later, so it is reckoned from the state after this one.
	settled := after.clone()
	firsts := answers.shares()
	spread := e.sc.shares(rq, settled, cluster, settled.state(c)).given().shares()
	for i := range cluster.Members {
		want := Answer{Decision: Forward, Cluster: c, Member: match.MemberID(i)}
		first, share := firsts[want], spread[want]
		// Where this request has one answer (affinity, say), how later ones spread is another question.
		if first > 0 || share > 0 && len(answers) > 1 {
			out = append(out, Possibility{cluster.Members[i].Name, round(first), round(share)})
		}
	}
	return out
}

// given are the chances of what is given to members, as parts of 1.
// Errors and declined requests are left out: shares say how members divide what they get.
func (cs distribution) given() (out distribution) {
	total := 0.0
	for _, c := range cs {
		if c.answer.Decision == Forward {
			total += c.share
		}
	}
	for _, c := range cs {
		if c.answer.Decision == Forward {
			out = append(out, chanced{c.answer, c.share / total})
		}
	}
	return out
}

func round(x float64) float64 { return math.Round(x*1e6) / 1e6 }

const nearMisses = 10 // Routes told of when none matches

// candidates lists the Routes that compete with their scores; when none does, those of which one half matches.
func (e *explanation) candidates(rq *match.Request) ([]RouteNote, map[string]int) {
	out := []RouteNote{}
	counts := map[string]int{}
	if _, refused := e.t.Refusal(rq, &e.sem); refused {
		return out, counts
	}
	all := e.t.Candidates(rq, &e.sem)
	// Candidates is the naive walk over all Routes, Match the index: the one tells who competes, the other who wins.
	winner, ok := e.t.Match(rq, &e.sem)
	for i := range all {
		c := &all[i]
		switch {
		case c.Matches():
			out = append(out, e.competitor(c, &winner))
		case !c.HostMatches && !c.URIMatches:
			counts["host and URI"]++
		case c.HostMatches:
			counts["URI"]++
		default:
			counts["host"]++
		}
	}
	if ok {
		return out, counts
	}
	for i := range all {
		if c := &all[i]; c.HostMatches != c.URIMatches && len(out) < nearMisses {
			out = append(out, e.nearMiss(c))
		}
	}
	return out, counts
}

// competitor notes a Route that matches, and why it wins or loses (R1, R12).
func (e *explanation) competitor(c *match.Candidate, winner *match.Match) RouteNote {
	m := &c.Match
	n := RouteNote{
		Route: c.Route + 1, Cluster: e.t.Clusters[c.Cluster].Name, Alias: m.Alias(), URI: m.URI(),
		VhostScore: m.VhostScore(), URIScore: m.URIScore(), At: e.place(m.RouteAt()), Wins: c.Route == winner.Route(),
	}
	score := words.Scores(m)
	switch {
	case n.Wins:
		n.Why = "wins: " + score
	case m.URIScore() == winner.URIScore() && m.VhostScore() == winner.VhostScore():
		n.Why = "loses: equal scores (" + score + "), and the winner stands " + tieOrder(c.Route, winner.Route())
	default:
		n.Why = fmt.Sprintf("loses: %s against %s", score, words.Scores(winner))
	}
	return n
}

func tieOrder(loser, winner int) string {
	if winner < loser {
		return "earlier in the file"
	}
	return "later in the file"
}

// nearMiss notes a Route of which one half matches, and what the other half is.
func (e *explanation) nearMiss(c *match.Candidate) RouteNote {
	n := RouteNote{Route: c.Route + 1, Cluster: e.t.Clusters[c.Cluster].Name, Missing: "URI",
		Why: "host and port match, but no Uri matches the path", At: e.place(e.t.RouteAt(c.Route))}
	if c.URIMatches {
		n.Missing = "host"
		n.Why = "a Uri matches the path, but no alias matches host and port: " + words.Aliases(e.t, c.Route)
	}
	return n
}
