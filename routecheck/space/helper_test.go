package space

import (
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

var clusterXML, server, mustTable = sharedtest.ClusterXML, sharedtest.Server, coretest.Table
