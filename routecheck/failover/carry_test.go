package failover

import (
	"fmt"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// carried makes two files, puts the members of the old one into a state that a fresh process does not have, lets state
// pass, and tells what the members of the new one have.
func carried(
	t *testing.T, assume, was, is string, pass func(old, new *match.Table, sem *choices.Assumptions, p Taking),
) string {
	t.Helper()
	old, next := mustTable(t, clusterXML("", "", was)), mustTable(t, clusterXML("", "", is))
	sem := choices.Latest()
	if assume != "" {
		choiceByName(t, assume, &sem)
	}
	before, after := NewState(&old.Clusters[0], &sem, 0), NewState(&next.Clusters[0], &sem, 0)
	before.LearnPosition(1)
	for m := range before.Members {
		id := match.MemberID(m)
		before.LearnMark(id, true, match.Nanos(m+1)*match.Second)
		before.LearnProbe(id, true)
		before.LearnWeight(id, 7)
		before.LearnPending(id, 3)
	}
	pass(old, next, &sem, func(_, _ match.ClusterID, take func(from, to *ClusterState)) { take(&before, &after) })
	text := ""
	for m := range after.Members {
		ms := after.Member(match.MemberID(m))
		if ms.Pending != 0 || ms.Probing {
			t.Errorf("what was under way came along: %+v", ms)
		}
		text += fmt.Sprintf("%s %t %d %d, ", next.MemberName(0, match.MemberID(m)), ms.MarkedDown,
			ms.FailedAt/match.Second, ms.Weight)
	}
	if after.KnowsPosition() {
		t.Error("round robin does not begin anew")
	}
	return text
}

// TestCarry: what survives a reload (choice reload-state), and what a change by hand (CarryAll).
func TestCarry(t *testing.T) {
	two := server("a", "") + server("b", "")
	for _, c := range []struct {
		name, assume, was, is string
		pass                  func(old, new *match.Table, sem *choices.Assumptions, p Taking)
		want                  string
	}{
		{"a reload makes all new", "", two, two, Carry, "a false 0 1, b false 0 1, "},
		{"or keeps members by name", "reload-state=kept-by-name", two, server("b", "") + server("c", ""), Carry,
			"b true 2 7, c false 0 1, "},
		{"also under another weight", "reload-state=kept-by-name", two,
			server("a", `LoadBalanceWeight="5"`) + server("b", `LoadBalanceWeight="3"`), Carry,
			"a true 1 7, b true 2 7, "},
		{"by hand: all, whatever the choice", "", two, two, CarryAll, "a true 1 7, b true 2 7, "},
		{"by hand: a start weight that changed begins anew", "", two,
			server("a", `LoadBalanceWeight="5"`) + server("b", `LoadBalanceWeight="1"`), CarryAll,
			"a true 1 5, b true 2 7, "},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := carried(t, c.assume, c.was, c.is, c.pass); got != c.want {
				t.Errorf("%s want %s", got, c.want)
			}
		})
	}
}

// TestCarryByName: clusters that only one of the files has are not asked for.
func TestCarryByName(t *testing.T) {
	old := mustTable(t, clusterXML("", "", server("a", "")))
	next := mustTable(t, `<Config><ServerCluster Name="other"><Server Name="a"/></ServerCluster></Config>`)
	sem := choices.Latest()
	CarryAll(old, next, &sem, func(from, to match.ClusterID, _ func(from, to *ClusterState)) {
		t.Errorf("%d goes to %d", from, to)
	})
}
