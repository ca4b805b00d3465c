package space

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

var clusterXML, server = sharedtest.ClusterXML, sharedtest.Server

// mustTable makes the table of a configuration without faults.
func mustTable(t testing.TB, xml string) *match.Table {
	t.Helper()
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", []byte(xml))
	cfg, faults := parser.Parse(id, []byte(xml))
	table, missing := match.New(cfg)
	for _, d := range append(faults, missing...) {
		t.Fatalf("%s\n%s", files.Line(d), xml)
	}
	return table
}
