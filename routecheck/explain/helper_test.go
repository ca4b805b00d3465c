package explain

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

var clusterXML, server, lists, threeServers = sharedtest.ClusterXML, sharedtest.Server, sharedtest.Lists, sharedtest.ThreeServers

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

func get(path string, cookies ...string) match.Request {
	return match.Request{Host: "www.example.com", Port: 80, Target: path, Cookies: cookies}
}

func choiceByName(t testing.TB, assignment string, sem *choices.Assumptions) {
	t.Helper()
	if _, err := sem.Assume(assignment); err != nil {
		t.Fatal(err)
	}
}

// parseOnly views a configuration whatever its faults.
func parseOnly(xml string) *parser.Config {
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	return cfg
}

func mustParse(xml string) *match.Table {
	table, _ := match.New(parseOnly(xml))
	return table
}

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
