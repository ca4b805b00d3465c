package replay

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// TestStrangers: members of the log that no cluster has are named, each once. Where an On Demand Router may route to
// members that the file does not hold, they prove nothing (R69).
func TestStrangers(t *testing.T) {
	xml := clusterXML("", server("a", "")+server("b", ""))
	log := logOf(markedDown("x1"), refusedBy("x1", "h"), markedDown("a"), refusedBy("a", "h"), markedDown("x2"),
		refusedBy("x2", "h"), markedDown("x1"))
	routed := strings.Replace(xml, "<Config>",
		`<Config><IntelligentManagement><ConnectorCluster name="c" enabled="true"/></IntelligentManagement>`, 1)
	for file, want := range map[string][]string{xml: {"x1", "x2"}, routed: nil} {
		rep := replayLog(t, tableOf(t, file), choices.Latest(), log)
		if !slices.Equal(rep.Strangers, want) || rep.Unchecked != 3 {
			t.Errorf("%q, %d unchecked, want %q", rep.Strangers, rep.Unchecked, want)
		}
	}
}
