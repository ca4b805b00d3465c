package answers

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/routecheck/choices"
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

// TestSimulateNotes: what is odd about a configuration is told of each of two, and once.
func TestSimulateNotes(t *testing.T) {
	t.Parallel()
	odd := "\n" + apptest.Figure(t) // white space before the declaration
	in := apptest.Memory(t, map[string]string{"odd.xml": odd, "odder.xml": odd,
		"s.yaml": tenRequests, "reload.yaml": tenRequests + "reloads: [{at: 500ms, config: odd.xml}]\n"})
	for _, c := range []struct{ scenario, config, compare, want string }{
		{"s.yaml", "", "odd.xml", "odd.xml"},
		{"s.yaml", "odd.xml", "odder.xml", "odd.xml odder.xml"},
		{"s.yaml", "odd.xml", "", "odd.xml"},
		{"reload.yaml", "", "odder.xml", "odd.xml odder.xml"},
		{"reload.yaml", "", "odd.xml", "odd.xml"},
	} {
		ask := Simulate{File: c.scenario, Config: app.Config{Path: c.config}, Compare: c.compare}
		a, err := ask.Run(in)
		if err != nil {
			t.Fatal(c, err)
		}
		var files []string
		for line := range strings.Lines(apptest.Noted(a.Notes)) {
			files = append(files, line[:strings.IndexByte(line, ':')])
		}
		if got := strings.Join(files, " "); got != c.want {
			t.Errorf("%+v: notes about %q:\n%s", c, got, apptest.Noted(a.Notes))
		}
	}
}

// TestSimulateAssumes: what a flag settles counts before what the file settles.
func TestSimulateAssumes(t *testing.T) {
	t.Parallel()
	in := apptest.Memory(t, map[string]string{"s.yaml": tenRequests + "assume: {probe: all, score-tie: last}\n"})
	ask := Simulate{File: "s.yaml", Plugin: app.Plugin{Assume: []string{"probe=one"}}}
	a, err := ask.Run(in)
	if err != nil {
		t.Fatal(err, apptest.Noted(a.Notes))
	}
	sem := a.Runs[0].Scenario.Sem
	if probe, tie := sem.Value(choices.Probe), sem.Value(choices.ScoreTie); probe != "one" || tie != "last" {
		t.Errorf("probe=%s, score-tie=%s", probe, tie)
	}
}
