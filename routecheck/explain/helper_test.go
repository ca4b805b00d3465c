package explain

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

func TestMain(m *testing.M) {
	sharedtest.FewDraws("40") // of whole scenarios, each played under tens of readings
	m.Run()
}

var (
	clusterXML, server, lists, threeServers = sharedtest.ClusterXML, sharedtest.Server,
		sharedtest.Lists, sharedtest.ThreeServers
	mustTable, mustParse, get, choiceByName = coretest.Table, coretest.Parse, coretest.Get, coretest.Assume
)

// forEach calls f with every combination of the given choices.
func forEach(cs []choices.Choice, sem choices.Assumptions, f func(choices.Assumptions)) {
	if len(cs) == 0 {
		f(sem)
		return
	}
	for v := range cs[0].NumValues() {
		forEach(cs[1:], sem.With(cs[0], v), f)
	}
}
