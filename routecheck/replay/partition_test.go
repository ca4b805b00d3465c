package replay

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

func balancedStatus(member string) string {
	return strings.Replace(checkedStatus(member, 0), "ignoreWeights 1", "ignoreWeights 0", 1)
}

// TestPartitionTable: where the file has the plug-in fetch a partition table, no log says whom it names (R28). The
// pick of such a request proves nothing, unless its status lines regard the weight; balancing goes on where it stood.
func TestPartitionTable(t *testing.T) {
	servers := server("a", `CloneID="a1"`) + server("b", `CloneID="b1"`)
	const id = "1158590921"
	named := []string{tried, cloneAdded(id), compare(id, "a1"), compare(id, "b1")}
	byTable := append(append([]string{}, named...), checkedStatus("b", 0), picked("b"), ended)
	balanced := append(append([]string{}, named...), balancedStatus("b"), picked("b"), ended)
	outOfTurn := append(append([]string{}, named...), balancedStatus("a"), balancedStatus("b"), picked("b"), ended)
	silent := append(append([]string{}, named...), picked("b"), ended)
	next := func(member string) []string { return []string{tried, balancedStatus(member), picked(member), ended} }
	var twelve [6][]string
	for i := range twelve {
		twelve[i] = byTable
	}
	for name, c := range map[string]struct {
		attributes         string
		parts              [][]string
		agreed, unchecked  int64
		byTable, different int64
	}{
		"the table": {`GetDWLMTable="true"`,
			[][]string{next("a"), byTable, byTable, next("b"), next("a")}, 3, 2, 2, 0},
		"however often":              {`GetDWLMTable="true"`, append([][]string{next("a")}, twelve[:]...), 1, 6, 6, 0},
		"balanced, as the lines say": {`GetDWLMTable="true"`, [][]string{next("a"), balanced, next("a")}, 3, 0, 0, 0},
		"balanced against the turn":  {`GetDWLMTable="true"`, [][]string{next("a"), balanced, outOfTurn}, 2, 0, 0, 1},
		"no line says how": {`GetDWLMTable="true"`,
			[][]string{next("a"), silent, next("b"), next("a")}, 3, 1, 1, 0},
		"no table without GetDWLMTable": {"", [][]string{next("a"), byTable, byTable}, 2, 0, 0, 1},
		"a number that is a clone ID too": {`GetDWLMTable="true"`,
			[][]string{next("a"), strings.Split(strings.ReplaceAll(strings.Join(byTable, "\n"), id, "b1"), "\n")}, 2,
			0, 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			var lines []string
			for _, part := range c.parts {
				lines = append(lines, part...)
			}
			log := logOf(lines...)
			table := tableOf(t, clusterXML(c.attributes, servers))
			rep := replayLog(t, table, choices.Latest(), log)
			var members int64
			for _, d := range rep.Disagreements {
				if d.What == memberDiffers {
					members++
				}
			}
			if rep.Agreed != c.agreed || rep.Unchecked != c.unchecked || rep.ByTable != c.byTable ||
				members != c.different {
				t.Errorf("%d agreed, %d unchecked, %d by the table, %d members differ\n%s", rep.Agreed, rep.Unchecked,
					rep.ByTable, members, describe(table, rep, log))
			}
		})
	}
}
