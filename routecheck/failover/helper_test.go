package failover

import (
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

var (
	clusterXML, server, threeServers = sharedtest.ClusterXML, sharedtest.Server, sharedtest.ThreeServers
	mustTable, get, choiceByName     = coretest.Table, coretest.Get, coretest.Assume
)

const affinityTo = "JSESSIONID=0000abc:"
