package explain

import (
	"cmp"
	"slices"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Answer is what certainty is said of: where a request ends. It is comparable, for two runs are certain of the same
// when their Answers are equal.
type Answer struct {
	Decision string // Forward, Declined or Errored
	Rejected bool   // the plug-in does not take the file at all (R18)
	Status   int    // of Errored: what the client gets
	Cluster  match.ClusterID
	Member   match.MemberID // NoMember where none has answered
}

// The decisions of an Answer.
const (
	Forward  = "forward"
	Declined = "declined"
	Errored  = "error"
	Unknown  = "unknown" // only of a fact that nobody can tell, see OpenFact
)

// distribution is the set of answers that chance allows for one request, with the probability of each, in the order of
// the file.
type distribution []chanced

// sort puts members in the order of the file, and ends without one behind them: one set has one form, whoever is next.
func (cs distribution) sort() {
	slices.SortStableFunc(cs, func(a, b chanced) int {
		// As unsigned numbers -1 (no cluster, no member) is behind all others.
		return cmp.Or(cmp.Compare(uint(a.answer.Cluster), uint(b.answer.Cluster)),
			cmp.Compare(uint(a.answer.Member), uint(b.answer.Member)))
	})
}

type chanced struct {
	answer Answer
	share  float64
}

// tally gathers the answers that chance allows. A cluster of thousands of members has as many, so each is found by its
// value.
type tally struct {
	answers distribution
	at      map[Answer]int
}

func (t *tally) add(a Answer, share float64) {
	i, known := t.at[a]
	if !known {
		if t.at == nil {
			t.at = map[Answer]int{}
		}
		i = len(t.answers)
		t.at[a] = i
		t.answers = append(t.answers, chanced{answer: a})
	}
	t.answers[i].share += share
}

// same reports whether two sets hold the same answers; shares are not compared (chance is no open choice).
func (cs distribution) same(other distribution) bool {
	if len(cs) != len(other) {
		return false
	}
	if slices.EqualFunc(cs, other, func(a, b chanced) bool { return a.answer == b.answer }) {
		return true
	}
	// Answers without a member are alike to sort, so two sets may have them in different orders.
	shares := other.shares()
	for _, c := range cs {
		if _, ok := shares[c.answer]; !ok {
			return false
		}
	}
	return true
}

// shares returns the share of each answer.
func (cs distribution) shares() map[Answer]float64 {
	out := make(map[Answer]float64, len(cs))
	for _, c := range cs {
		out[c.answer] = c.share
	}
	return out
}
