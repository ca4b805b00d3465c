package explain

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestStarts: a request starts a gap behind the start of the one before, at its own time, or when the one before has
// ended, whatever is last.
func TestStarts(t *testing.T) {
	table := mustTable(t, clusterXML("", "", server("a", `ConnectTimeout="7"`)+server("b", "")))
	for _, c := range []struct {
		gap, at match.Nanos
		want    string
	}{{0, 0, "[0 7 7]"}, {5, 0, "[0 7 12]"}, {30, 0, "[0 30 60]"}, {5, 50, "[0 7 50]"}, {30, 50, "[0 30 60]"}} {
		sc := &Scenario{
			Requests:   Repeat(get("/x"), 3, c.gap*match.Second),
			Conditions: []MemberCondition{{Member: 0, Failure: Timeout}},
			Members:    []MemberFact{{Next: true}},
		}
		sc.Requests[2].At = c.at * match.Second
		var starts []match.Nanos
		for _, d := range Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, 0) {
			starts = append(starts, d.Result.Start/match.Second)
		}
		if got := fmt.Sprint(starts); got != c.want {
			t.Errorf("every %d s: %s, want %s", c.gap, got, c.want)
		}
	}
}

// TestRoundRobinShares: over a full cycle round robin gives exactly the normalised weights (R30, R31, R32, R33).
func TestRoundRobinShares(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		weights := rapid.SliceOfN(rapid.IntRange(0, 20), 1, 6).Draw(t, "weights")
		down := rapid.SliceOfN(rapid.Bool(), len(weights), len(weights)).Draw(t, "down")
		var servers strings.Builder
		for i, w := range weights {
			servers.WriteString(server(fmt.Sprintf("m%d", i), fmt.Sprintf(`LoadBalanceWeight="%d"`, w)))
		}
		table := mustParse(clusterXML("", "", servers.String()))
		c := &table.Clusters[0]
		sem := choices.Latest()
		p := NewProcess(table, &sem, rapid.Uint64().Draw(t, "seed"))
		cycle := 0
		for i := range down {
			p.state(0).Members[i].MarkedDown = down[i] && !c.Single()
			if !p.state(0).Members[i].MarkedDown {
				cycle += int(c.Members[i].Start)
			}
		}
		if cycle == 0 {
			return
		}
		for range 3 {
			counts := make([]int, len(weights))
			for range cycle {
				rq := get("/x")
				if o := p.Do(&rq, nil); o.Member != match.NoMember {
					counts[o.Member]++
				}
			}
			for i, n := range counts {
				want := int(c.Members[i].Start)
				if p.state(0).Members[i].MarkedDown {
					want = 0
				}
				if n != want {
					t.Fatalf("weights %v, down %v: %v in a cycle of %d", weights, down, counts, cycle)
				}
			}
		}
	})
}

func TestNormalisedWeights(t *testing.T) {
	for _, c := range []struct{ weights, want []int32 }{
		{[]int32{100, 90, 80}, []int32{10, 9, 8}},
		{[]int32{20, 20, 20}, []int32{1, 1, 1}},
		{[]int32{20, 20, 19}, []int32{20, 20, 19}},
		{[]int32{0, 4, 6}, []int32{0, 2, 3}},
		{[]int32{20}, []int32{1}},
		{[]int32{0, 0}, []int32{0, 0}},
	} {
		var servers strings.Builder
		for i, w := range c.weights {
			servers.WriteString(server(fmt.Sprintf("m%d", i), fmt.Sprintf(`LoadBalanceWeight="%d"`, w)))
		}
		for i, m := range mustTable(t, clusterXML("", "", servers.String())).Clusters[0].Members {
			if m.Start != c.want[i] {
				t.Errorf("%v: member %d starts with %d, want %d", c.weights, i, m.Start, c.want[i])
			}
		}
	}
}
