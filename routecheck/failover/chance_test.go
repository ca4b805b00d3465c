package failover

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// shares says who can get a request without a session, and with which probability.
func shares(t *testing.T, cluster, assume string, cs func(*ClusterState)) string {
	t.Helper()
	table, sem := mustTable(t, clusterXML("", cluster, threeServers(`MaxConnections="1"`))), choices.Latest()
	if assume != "" {
		choiceByName(t, assume, &sem)
	}
	rq := get("/x")
	m, _ := table.Match(&rq, &sem)
	state := NewState(&table.Clusters[0], &sem, 1)
	cs(&state)
	before := fmt.Sprint(state)
	f := Begin(table, &rq, &m, 0, &sem, nil)
	got := map[string]float64{}
	Outcomes(table, &state, &f, 0, &sem, nil, func(_ *ClusterState, after *RequestState, a Action) bool {
		if after.Chance != nil {
			t.Error("a state keeps the script that it was made by")
		}
		got[table.MemberName(0, a.Member)] += 1 / float64(len(state.Members)) // one draw among all primaries
		return true
	})
	if now := fmt.Sprint(state); now != before {
		t.Errorf("Outcomes changed the state: %s, was %s", now, before)
	}
	var out []string
	for _, name := range slices.Sorted(maps.Keys(got)) {
		out = append(out, fmt.Sprintf("%s %.2f", name, got[name]))
	}
	return strings.Join(out, ", ")
}

// TestShares: round robin begins anywhere (R30); at random each primary has its share, and that of one that cannot be
// used goes to the one behind it (R35).
func TestShares(t *testing.T) {
	well := func(*ClusterState) {}
	down := func(m match.MemberID) func(*ClusterState) {
		return func(cs *ClusterState) { cs.LearnMark(m, true, 0) }
	}
	for _, c := range []struct {
		name, cluster, assume string
		state                 func(*ClusterState)
		want                  string
	}{
		{"round robin", "", "", well, "a 0.33, b 0.33, c 0.33"},
		{"round robin, one down", "", "", down(0), "b 0.67, c 0.33"},
		{"random", `LoadBalance="Random"`, "", well, "a 0.33, b 0.33, c 0.33"},
		{"random, one down", `LoadBalance="Random"`, "", down(2), "a 0.67, b 0.33"},
		{"random, one full", `LoadBalance="Random"`, "", func(cs *ClusterState) { cs.LearnPending(0, 1) },
			"b 0.67, c 0.33"},
		{"random, weights are not looked at", `LoadBalance="Random"`, "",
			func(cs *ClusterState) { cs.LearnWeight(1, 0) }, "a 0.33, b 0.33, c 0.33"},
		{"random, all down", `LoadBalance="Random"`, "", func(cs *ClusterState) {
			for m := range cs.Members {
				cs.LearnMark(match.MemberID(m), true, 0)
			}
		}, " 0.33"}, // one outcome, as nothing is drawn
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := shares(t, c.cluster, c.assume, c.state); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
		})
	}
}

// TestRedraw: under random-replacement=redraw those that are usable share alike.
func TestRedraw(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", `LoadBalance="Random"`, threeServers(""))), choices.Latest()
	choiceByName(t, "random-replacement=redraw", &sem)
	cs := NewState(&table.Clusters[0], &sem, 1)
	cs.LearnMark(1, true, 0)
	chance, got, total := new(Chance), map[match.MemberID]float64{}, 0.0
	for more := true; more; more = chance.Next() {
		state, f := cs.Clone(), NewRequestState(0, chance)
		a := Next(table, &state, &f, 0, &sem, nil)
		got[a.Member] += chance.Probability()
		total += chance.Probability()
	}
	if text := fmt.Sprintf("%.2f %.2f %.2f of %.2f", got[0], got[1], got[2], total); text != "0.50 0.00 0.50 of 1.00" {
		t.Error(text)
	}
	cs.LearnMark(2, true, 0)
	rec, f := ChoicesOnly(), NewRequestState(0, nil)
	Outcomes(table, &cs, &f, 0, &sem, rec, func(*ClusterState, *RequestState, Action) bool { return true })
	if rec.Seen().Points()>>choices.RandomReplacement&1 != 0 {
		t.Error("the choice is consulted though one member alone can be used")
	}
}

// TestChanceVisitsAll: every outcome of draws whose number hangs on the outcomes before, each once.
func TestChanceVisitsAll(t *testing.T) {
	chance, total := new(Chance), 0.0
	var got []string
	for more := true; more; more = chance.Next() {
		a := chance.draw(3)
		text := fmt.Sprint(a)
		if a == 1 { // one outcome leads to a second draw
			text += fmt.Sprint(chance.draw(2))
		}
		got, total = append(got, text), total+chance.Probability()
	}
	if fmt.Sprint(got) != "[0 10 11 2]" || total < 0.999 || total > 1.001 {
		t.Errorf("%v, together %f", got, total)
	}
}

// TestSeed: one seed gives one course of draws, and a clone of a state the same from there on.
func TestSeed(t *testing.T) {
	draws := func(cs *ClusterState) (all []int) {
		for range 20 {
			all = append(all, cs.draw(&RequestState{}, 1000))
		}
		return all
	}
	a, b := ClusterState{RNG: 7}, ClusterState{RNG: 8}
	same := a.Clone()
	first := draws(&a)
	if !slices.Equal(first, draws(&same)) {
		t.Error("a clone draws otherwise")
	}
	if slices.Equal(first, draws(&b)) || slices.Equal(first, draws(&a)) {
		t.Error("draws repeat themselves")
	}
}
