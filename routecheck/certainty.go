package routecheck

import (
	"math/bits"
	"slices"
	"strconv"
	"strings"
)

// Answer is what certainty is said of: where a request ends.
type Answer struct {
	Decision string // forward, declined or error
	Rejected bool
	Status   int
	Cluster  ClusterID
	Member   MemberID
}

// The decisions of an Answer.
const (
	Forward  = "forward"
	Declined = "declined"
	Errored  = "error"
)

// Answer returns where a request ended.
func (o *Outcome) Answer() Answer {
	switch {
	case o.Rejected:
		return Answer{Decision: Errored, Rejected: true, Cluster: -1, Member: NoMember}
	case !o.Matched:
		return Answer{Decision: Declined, Cluster: -1, Member: NoMember}
	case o.Status != 0:
		return Answer{Errored, false, o.Status, o.Match.Cluster, o.Member}
	}
	return Answer{Forward, false, 0, o.Match.Cluster, o.Member}
}

// chances is the set of answers that chance allows for one request, with the probability of each, in a stable order.
type chances []chanced

type chanced struct {
	answer Answer
	share  float64
}

func (cs chances) with(a Answer, share float64) chances {
	for i := range cs {
		if cs[i].answer == a {
			cs[i].share += share
			return cs
		}
	}
	return append(cs, chanced{a, share})
}

// same reports whether two sets hold the same answers; shares are not compared (chance is no open choice).
func (cs chances) same(other chances) bool {
	if len(cs) != len(other) {
		return false
	}
	for _, c := range cs {
		if !slices.ContainsFunc(other, func(o chanced) bool { return o.answer == c.answer }) {
			return false
		}
	}
	return true
}

// flip is a choice set to another value than the base.
type flip struct {
	choice Choice
	value  uint8
}

// leaf is what one combination of choices gives: a set of answers for each request of the scenario.
type leaf struct {
	flips   []flip
	answers []chances
}

// explorer walks the tree of choices that were consulted. One flip at a time is not enough: two together can change an answer that neither
// changes alone. So it runs, notes what was consulted, and branches on the first choice not yet fixed.
type explorer struct {
	run    func(sem Semantics) (answers []chances, asked uint64, flights int)
	budget int // flights left
	leaves []leaf
}

// explore returns what every combination of the open choices gives, the base first. fixed are choices that the user has settled.
// proven is false when the budget ended before the walk did.
func (x *explorer) explore(base Semantics, fixed uint64) (leaves []leaf, proven bool) {
	answers, asked, flights := x.run(base)
	x.budget -= flights
	x.leaves = []leaf{{nil, answers}}
	proven = x.walk(base, fixed, nil, answers, asked)
	return x.leaves, proven
}

func (x *explorer) walk(sem Semantics, fixed uint64, flips []flip, answers []chances, asked uint64) bool {
	open := asked &^ fixed
	if open == 0 {
		if len(flips) > 0 {
			x.leaves = append(x.leaves, leaf{slices.Clone(flips), answers})
		}
		return true
	}
	c := Choice(bits.TrailingZeros64(open))
	fixed |= 1 << c
	proven := x.walk(sem, fixed, flips, answers, asked)
	for v := range uint8(len(choices[c].Values)) {
		if v == sem.value[c] {
			continue
		}
		if x.budget <= 0 {
			return false
		}
		other := sem.With(c, v)
		a, asked, flights := x.run(other)
		x.budget -= flights
		proven = x.walk(other, fixed, append(flips, flip{c, v}), a, asked) && proven
	}
	return proven
}

// Dependence is a combination of open choices that gives another answer.
type Dependence struct {
	Assume map[string]string `json:"assume"` // choice: value
	Gives  string            `json:"gives"`
}

// dependences lists, for one request, the smallest combinations that change the answer of the base.
func (t *Table) dependences(leaves []leaf, request int) []Dependence {
	base := leaves[0].answers[request]
	var changing []leaf
	for _, l := range leaves[1:] {
		if !l.answers[request].same(base) {
			changing = append(changing, l)
		}
	}
	slices.SortStableFunc(changing, func(a, b leaf) int { return len(a.flips) - len(b.flips) })
	var out []Dependence
	var kept []leaf
	for _, l := range changing {
		covered := slices.ContainsFunc(kept, func(k leaf) bool {
			return k.answers[request].same(l.answers[request]) && subset(k.flips, l.flips)
		})
		if covered {
			continue
		}
		kept = append(kept, l)
		d := Dependence{Assume: map[string]string{}, Gives: t.describe(l.answers[request])}
		for _, f := range l.flips {
			d.Assume[f.choice.String()] = choices[f.choice].Values[f.value]
		}
		out = append(out, d)
	}
	return out
}

func subset(small, large []flip) bool {
	for _, f := range small {
		if !slices.Contains(large, f) {
			return false
		}
	}
	return true
}

// describe words a set of answers: "m1 or m2 of shopCluster", "declined", "500 in shopCluster".
func (t *Table) describe(cs chances) string {
	var parts []string
	var members []string
	cluster := ClusterID(-1)
	for _, c := range cs {
		a := c.answer
		switch {
		case a.Rejected:
			parts = append(parts, "the plug-in rejects the file")
		case a.Decision == Declined:
			parts = append(parts, Declined)
		case a.Decision == Errored && a.Member != NoMember:
			parts = append(parts, strconv.Itoa(a.Status)+" of "+t.MemberName(a.Cluster, a.Member)+" in "+t.Clusters[a.Cluster].Name)
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

// MemberName returns the name of a member, "" for NoMember.
func (t *Table) MemberName(c ClusterID, m MemberID) string {
	if c < 0 || m == NoMember {
		return ""
	}
	return t.Clusters[c].Members[m].Name
}
