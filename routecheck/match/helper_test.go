package match

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

var clusterXML, server = sharedtest.ClusterXML, sharedtest.Server

// mustTable makes the table of a configuration that nothing is reported of.
func mustTable(t testing.TB, xml string) *Table {
	t.Helper()
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", []byte(xml))
	cfg, reports := parser.Parse(id, []byte(xml))
	table, missing := New(cfg)
	for _, d := range append(reports, missing...) {
		t.Fatalf("%s\n%s", files.Line(d), xml)
	}
	return table
}

func get(path string, cookies ...string) Request {
	return Request{Host: "www.example.com", Port: 80, Target: path, Cookies: cookies}
}

func choiceByName(t testing.TB, assignment string, sem *choices.Assumptions) {
	t.Helper()
	if _, err := sem.Assume(assignment); err != nil {
		t.Fatal(err)
	}
}

// parseOnly views a configuration whatever is reported of it.
func parseOnly(xml string) *parser.Config {
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	return cfg
}

func mustParse(xml string) *Table {
	table, _ := New(parseOnly(xml))
	return table
}
