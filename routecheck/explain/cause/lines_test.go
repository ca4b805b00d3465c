package cause

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

// TestByChance: with Random nothing stands anywhere, each request is a draw (R30, R35).
func TestByChance(t *testing.T) {
	for balance, want := range map[string]string{
		"Round Robin": "because no session names a usable member, and where balancing stands is a matter of chance",
		"Random":      "because no session names a usable member, and LoadBalance Random draws one for each request",
	} {
		table := coretest.Table(t, sharedtest.ClusterXML("", `LoadBalance="`+balance+`"`, sharedtest.ThreeServers("")))
		sc := &explain.Scenario{Requests: explain.Repeat(coretest.Get("/x"), 1, 0)}
		d := Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, explain.WithAll)
		if got := d[0].Lines; len(got) != 2 || got[1] != want {
			t.Errorf("%s: %q", balance, got)
		}
	}
}
