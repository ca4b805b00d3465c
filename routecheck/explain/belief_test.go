package explain

import (
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

func twoMembers(t *testing.T) *match.Table {
	return mustTable(t, clusterXML("", "", server("a", "")+server("b", "")))
}

// who are the members that a request can end at, in the order of the courses.
func who(courses []Course) (out []match.MemberID) {
	for i := range courses {
		out = append(out, courses[i].Member)
	}
	return out
}

// TestBeliefFollows: what is seen of a round robin that starts by chance tells where it stands, and what cannot be
// seen so leaves nothing to believe.
func TestBeliefFollows(t *testing.T) {
	table := twoMembers(t)
	sem := choices.Latest()
	b := NewBelief(table, &sem)
	rq := get("/")
	first := b.Ask(&rq, 0, nil)
	if len(first) != 2 {
		t.Fatalf("%d courses, want one for each member", len(first))
	}
	then := first[1].Member
	if p := b.Keep(func(c *Course) bool { return c.Member == then }); p != 0.5 {
		t.Errorf("probability %v, want a half", p)
	}
	if next := b.Ask(&rq, 1, nil); len(next) != 1 || next[0].Member == then {
		t.Errorf("then %v, want the other one alone", who(next))
	}
	if p := b.Keep(func(c *Course) bool { return c.Member == then }); p != 0 {
		t.Errorf("twice the same: probability %v, want 0", p)
	}
	if left := b.Ask(&rq, 2, nil); len(left) != 0 {
		t.Errorf("after the impossible: %v", who(left))
	}
}

// TestBeliefSeesNoRefusal: a member that refuses leaves no trace, so a start there and one behind it look alike, and
// remain possible together.
func TestBeliefSeesNoRefusal(t *testing.T) {
	table := twoMembers(t)
	sem := choices.Latest()
	b := NewBelief(table, &sem)
	rq := get("/")
	down := []MemberCondition{{Cluster: 0, Member: 0, Failure: Refused}}
	b.Ask(&rq, 0, down)
	if p := b.Keep(func(c *Course) bool { return c.Member == 1 }); p != 1 {
		t.Errorf("probability %v, want 1", p)
	}
	marked := map[bool]bool{}
	for i := range b.states {
		marked[b.states[i].p.states[0].MarkedDown(0)] = true
	}
	if len(b.states) != 2 || !marked[true] || !marked[false] {
		t.Errorf("%d states, marked %v; want one with the mark and one without", len(b.states), marked)
	}
}

// TestBeliefHolds: a request that is held is pending until it is answered.
func TestBeliefHolds(t *testing.T) {
	table := twoMembers(t)
	sem := choices.Latest()
	b := NewBelief(table, &sem)
	rq := get("/")
	b.Hold(&rq, 0, nil)
	b.Keep(func(c *Course) bool { return c.Member == 0 })
	pending := func() int32 { return b.states[0].p.states[0].Member(0).Pending }
	if pending() != 1 {
		t.Errorf("held: %d pending", pending())
	}
	b.Answered(5)
	if pending() != 0 || b.Consulted() == 0 && !b.Whole() {
		t.Errorf("answered: %d pending", pending())
	}
}
