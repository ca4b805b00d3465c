package explain

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// answer returns where a request ended.
func (o *Result) answer() Answer {
	switch {
	case o.Rejected:
		return Answer{Decision: Errored, Rejected: true, Cluster: -1, Member: match.NoMember}
	case !o.Matched:
		return Answer{Decision: Declined, Cluster: -1, Member: match.NoMember}
	case o.Status != 0:
		return Answer{Decision: Errored, Status: o.Status, Cluster: o.Match.Cluster, Member: o.Member}
	}
	return Answer{Decision: Forward, Cluster: o.Match.Cluster, Member: o.Member}
}

// branch is what one combination of choices and facts gives: a set of answers for each request of the scenario.
type branch struct {
	overrides []choices.Override
	answers   []distribution
}

// played is what a scenario gives under one setting of the choices and facts.
type played struct {
	answers []distribution
	asked   []uint64 // what each request consulted: sets of Choice
	several []bool   // of each request: more than one member could have got it where a partition table names somebody
	plays   int      // requests and attempts played: what the budget counts
}

// consulted is what all requests together hang on: a choice that the first consults may change the state for the last.
func (p *played) consulted() (all uint64) {
	for _, asked := range p.asked {
		all |= asked
	}
	return all
}

// without returns the answers where a fact is the opposite of what they assume, and nobody can tell what follows:
// unknown for the requests that consulted it, and for those after them that the same cluster serves, whose state it
// changes. Whomever a partition table names, a request that one member alone can get is that member's.
func (p *played) without(c choices.Choice) []distribution {
	out := slices.Clone(p.answers)
	changed := map[match.ClusterID]bool{}
	for i, answers := range p.answers {
		// PartitionTable is the one fact that need not matter though it was asked about: see several.
		asks := p.asked[i]>>c&1 != 0
		open := asks && (c != choices.PartitionTable || p.several[i])
		if open || slices.ContainsFunc(answers, func(a chanced) bool { return changed[a.answer.Cluster] }) {
			out[i] = distribution{
				{Answer{Decision: Unknown, Cluster: -1, Member: match.NoMember}, 1}}
		}
		for _, a := range answers {
			changed[a.answer.Cluster] = changed[a.answer.Cluster] || asks && a.answer.Cluster >= 0
		}
	}
	return out
}

// explorer plays a scenario under every combination of the choices and facts that it consults.
type explorer struct {
	run      func(sem *choices.Assumptions) played
	budget   int // plays left
	branches []branch
}

// explore returns what every combination of the open choices and facts gives, the base first. fixed are choices that
// the user has settled. proven is false when the budget ended before the walk did.
func (x *explorer) explore(base *choices.Assumptions, fixed uint64) (branches []branch, proven bool) {
	begun := false
	walk := choices.Tree[played]{
		// The opposite of other facts cannot be played, only be called unknown: add does.
		Among: choices.Knowable,
		Decide: func(sem *choices.Assumptions) (played, uint64, bool) {
			if begun && x.budget <= 0 { // the base is played whatever the budget: it is the answer
				return played{}, 0, false
			}
			begun = true
			p := x.run(sem)
			x.budget -= p.plays
			return p, p.consulted(), true
		},
		Each: func(sem *choices.Assumptions, fixed uint64, p played) { x.add(sem.Overrides(base), &p) },
	}
	proven = walk.Walk(base, fixed)
	return x.branches, proven
}

// add keeps the answers of a combination, and that they are unknown where a fact is the opposite that nobody can tell.
func (x *explorer) add(overrides []choices.Override, p *played) {
	x.branches = append(x.branches, branch{overrides, p.answers})
	// What is left are facts; value 1 is their opposite.
	for open := p.consulted() &^ choices.Knowable; open != 0; open &= open - 1 {
		c := choices.Choice(bits.TrailingZeros64(open))
		x.branches = append(x.branches,
			branch{append(slices.Clone(overrides), choices.Override{Choice: c, Value: 1}), p.without(c)})
	}
}

// Dependence is a combination of open choices, a fact that is not known, or both, that gives another answer.
type Dependence struct {
	Assume map[string]string `json:"assume,omitempty"` // choice: value
	Fact   string            `json:"fact,omitempty"`   // one of [OpenFacts]
	Gives  string            `json:"gives"`            // the answer, or unknown
}

// alternative is what one combination of choices and facts gives for one request: a set of answers, and the fate of
// its session.
type alternative struct {
	overrides []choices.Override
	answers   distribution
	fate      string // "" where nothing is known of sessions
}

func (v *alternative) same(other *alternative) bool {
	return v.fate == other.fate && v.answers.same(other.answers)
}

// alternatives lists what every combination gives for one request, the base first. What becomes of the session hangs
// on choices of its own.
func (e *explanation) alternatives(request int) []alternative {
	var all []alternative
	for _, l := range e.branches {
		v := alternative{overrides: l.overrides, answers: l.answers[request]}
		// Nobody has a session where no cluster gets the request.
		if e.sc.Sessions == nil || v.answers[0].answer.Cluster < 0 {
			all = append(all, v)
			continue
		}
		p := e.sessionUnder(request, &l)
		v.fate = p.Fate
		all = append(all, v)
		// Session choices are not walked by playing: whatever they are, the plug-in decides alike. Who predicts the
		// session names the values that would change it.
		for _, other := range p.Otherwise {
			if other.Fate != p.Fate {
				all = append(all,
					alternative{append(slices.Clone(l.overrides), sessionOverrides(other.Assumed, e.sem.Session)...),
						v.answers, other.Fate})
			}
		}
	}
	return all
}

// sessionUnder is what becomes of the session of a request under a combination.
func (e *explanation) sessionUnder(request int, l *branch) session.Prediction {
	sem, rq := e.sem, &e.sc.Requests[request].Request
	for _, f := range l.overrides {
		sem = sem.With(f.Choice, f.Value)
	}
	// Under another combination another Route may win, with another cookie.
	m, _ := e.t.Match(rq, &sem)
	var ends []Answer
	for _, c := range l.answers[request] {
		ends = append(ends, c.answer)
	}
	return predictSession(e.t, rq, &m, ends, e.sc, &sem, e.starts[request])
}

// sessionOverrides are the session choices that differ from those that hold, in the form of the other choices: their
// places are behind the points of the plug-in (choices.FirstSession).
func sessionOverrides(assumed, base session.Assumed) (out []choices.Override) {
	for c := range assumed {
		if assumed[c] != base[c] {
			out = append(out, choices.Override{Choice: choices.FirstSession + choices.Choice(c), Value: assumed[c]})
		}
	}
	return out
}

// dependences lists, for one request, the smallest combinations that change what the base, the first, gives.
func dependences(t *match.Table, all []alternative) []Dependence {
	base := &all[0]
	var changing []alternative
	for _, v := range all[1:] {
		if !v.same(base) {
			changing = append(changing, v)
		}
	}
	// The smallest come first, so that a larger one is left out where a part of it gives the same.
	slices.SortStableFunc(changing, func(a, b alternative) int { return len(a.overrides) - len(b.overrides) })
	var out []Dependence
	var kept []alternative
	for _, v := range changing {
		covered := slices.ContainsFunc(kept,
			func(k alternative) bool { return k.same(&v) && subset(k.overrides, v.overrides) })
		if covered {
			continue
		}
		kept = append(kept, v)
		// Where only the session differs, the answers alone would read as if nothing changed.
		gives := describe(t, v.answers)
		if v.answers.same(base.answers) {
			gives += ", its session " + v.fate
		}
		out = append(out, dependence(v.overrides, gives))
	}
	return out
}

// dependence words a combination. Of several facts the last is named: that which cannot be decided under, where there
// is one (explorer.add).
func dependence(overrides []choices.Override, gives string) Dependence {
	d := Dependence{Gives: gives}
	for _, f := range overrides {
		if f.Choice.IsFact() {
			d.Fact = f.Choice.String()
			continue
		}
		if d.Assume == nil {
			d.Assume = map[string]string{}
		}
		d.Assume[f.Choice.String()] = f.Choice.ValueName(f.Value)
	}
	return d
}

func subset(small, large []choices.Override) bool {
	for _, f := range small {
		if !slices.Contains(large, f) {
			return false
		}
	}
	return true
}

// describe words a set of answers: "m1 or m2 of shopCluster", "declined", "500 in shopCluster".
func describe(t *match.Table, cs distribution) string {
	var parts []string
	var members []string
	cluster := match.ClusterID(-1)
	for _, c := range cs {
		a := c.answer
		switch {
		case a.Rejected:
			parts = append(parts, "the plug-in rejects the file")
		case a.Decision == Declined, a.Decision == Unknown:
			parts = append(parts, a.Decision)
		case a.Decision == Errored && a.Member != match.NoMember:
			parts = append(parts,
				strconv.Itoa(a.Status)+" of "+t.MemberName(a.Cluster, a.Member)+" in "+t.Clusters[a.Cluster].Name)
		case a.Decision == Errored:
			parts = append(parts, strconv.Itoa(a.Status)+" in "+t.Clusters[a.Cluster].Name)
		default:
			cluster = a.Cluster
			members = append(members, t.MemberName(a.Cluster, a.Member))
		}
	}
	if len(members) > 0 {
		parts = append([]string{strings.Join(members, " or ") + " of " + t.Clusters[cluster].Name}, parts...)
	}
	return strings.Join(parts, ", or ")
}
