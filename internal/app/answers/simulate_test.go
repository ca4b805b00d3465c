package answers

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/routecheck/simulate/written"
)

// tenRequests is a scenario for the first case.
const tenRequests = "config: figure.xml\narrivals: {uniform: 10/s}\nrequests: 10\n"

// TestSimulateReadsOnce: settled choices on standard input are read once, for however many configurations.
func TestSimulateReadsOnce(t *testing.T) {
	t.Parallel()
	in := apptest.Memory(t, map[string]string{"s.yaml": tenRequests + "reloads: [{at: 500ms, config: figure.xml}]\n",
		"-": "version: 1\nassume:\n  probe: all\n"})
	ask := Simulate{File: "s.yaml", Plugin: app.Plugin{AssumeFile: "-"}, Compare: "figure.xml"}
	a, err := ask.Run(in)
	if err != nil || len(a.Runs) != 2 {
		t.Fatal(err, apptest.Noted(a.Notes))
	}
	for _, run := range a.Runs {
		if run.Config != "figure.xml" || run.Result == nil {
			t.Errorf("%+v", run)
		}
	}
}

// TestSimulateFails: what cannot be played says why, also where it is the second configuration that cannot.
func TestSimulateFails(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, want, noted string
		ask               Simulate
	}{
		{"a file that is not there", "absent.yaml", "", Simulate{File: "absent.yaml"}},
		{"no arrivals", "cannot be played", "it is not said how requests arrive",
			Simulate{Config: app.Config{Path: "figure.xml"}}},
		{"no configuration", "no configuration", "", Simulate{Options: []written.Option{
			{Flag: "rate", Value: "10/s"}, {Flag: "requests", Value: "10"}}}},
		{"a second configuration that is rejected", "rejected.xml: the plug-in would reject this file",
			"rejected.xml:1",
			Simulate{File: "s.yaml", Compare: "rejected.xml"}},
		{"a reload that is not there", "sub/absent.xml", "",
			Simulate{File: "sub/reload.yaml", Config: app.Config{Path: "figure.xml"}}},
		{"no choice of that name", "--assume", "", Simulate{File: "s.yaml",
			Plugin: app.Plugin{Assume: []string{"x=y"}}}},
	} {
		in := apptest.Memory(t, map[string]string{"s.yaml": tenRequests,
			"sub/reload.yaml": tenRequests + "reloads: [{at: 1s, config: absent.xml}]\n",
			"rejected.xml":    `<Config><Route ServerCluster="absent"/></Config>`})
		a, err := c.ask.Run(in)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
		if noted := apptest.Noted(a.Notes); !strings.Contains(noted, c.noted) || strings.Count(noted,
			c.noted+" ") > 1 {
			t.Errorf("%s: noted %q, want %q", c.name, noted, c.noted)
		}
	}
}
