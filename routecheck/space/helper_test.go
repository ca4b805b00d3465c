package space

import (
	"os"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

func TestMain(m *testing.M) {
	sharedtest.FewDraws("25")
	os.Exit(m.Run())
}

var clusterXML, server, mustTable = sharedtest.ClusterXML, sharedtest.Server, coretest.Table
