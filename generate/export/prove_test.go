package export

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// TestProofFinds: a plan that lacks a pair differs from the decision and is refused.
func TestProofFinds(t *testing.T) {
	xml := strings.Replace(sharedtest.ClusterXML("", "", sharedtest.Server("m", "")), `<Uri Name="/*"/>`,
		`<Uri Name="/a/*"/><Uri Name="/a/b/*"/><Uri Name="*.do"/>`, 1)
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, _ := match.New(cfg)
	sem, err := choices.Defaults("latest", "iis")
	if err != nil {
		t.Fatal(err)
	}
	plan, err := NewPlan("plugin-cfg.xml", cfg, table, &sem)
	if err != nil {
		t.Fatal(err)
	}
	whole := plan.Entries
	for i := range whole {
		lacking := append(append([]match.Entry{}, whole[:i]...), whole[i+1:]...)
		if plan.Lookups, err = lookups.New(lacking); err != nil {
			t.Fatal(err)
		}
		// Samples have one alias with each Uri; the bare Uris of R3 have none of their own.
		if err := plan.prove(); err == nil && whole[i].Port == 80 && strings.HasSuffix(whole[i].Pattern, "*") {
			t.Errorf("without %s %s nothing is found", whole[i].Alias, whole[i].Pattern)
		}
	}
}
