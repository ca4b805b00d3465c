// Package coretest makes tables, requests and assumptions for the tests of the rooms above match, and is imported by
// tests alone.
package coretest

import (
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Table makes the table of a configuration, which must be free of errors.
func Table(t testing.TB, xml string) *match.Table {
	t.Helper()
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", []byte(xml))
	cfg, reports := parser.Parse(id, []byte(xml))
	table, missing := match.New(cfg)
	for _, d := range append(reports, missing...) {
		t.Fatalf("%s\n%s", files.Line(d), xml)
	}
	return table
}

// Parse makes the table of a configuration, whatever is reported of it.
func Parse(xml string) *match.Table {
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, _ := match.New(cfg)
	return table
}

// Get is the request of a browser.
func Get(path string, cookies ...string) match.Request {
	return match.Request{Host: "www.example.com", Port: 80, Target: path, Cookies: cookies}
}

// Assume settles an open choice, given as choice=value.
func Assume(t testing.TB, assignment string, sem *choices.Assumptions) {
	t.Helper()
	if _, err := sem.Assume(assignment); err != nil {
		t.Fatal(err)
	}
}
