package written

import (
	"os"
	"slices"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
)

const twoMembers = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C">
<Server Name="m1" CloneID="c1"><Transport Hostname="h1" Port="1"/></Server>
<Server Name="m2" CloneID="c2"><Transport Hostname="h2" Port="1"/></Server>
</ServerCluster>
<UriGroup Name="u"><Uri Name="/app/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
</Config>`

// read makes a scenario of a text.
func read(t testing.TB, text string, options ...Option) (*Written, []diag.Diagnostic) {
	t.Helper()
	files := diag.NewFiles()
	file := files.Add("scenario.yaml", []byte(text))
	d, reports := Read(files, &file, options)
	if d == nil {
		return nil, reports
	}
	table, sem := coretest.Parse(twoMembers), choices.Latest()
	return d.Scenario(table, slices.Repeat([]*match.Table{table}, len(d.Reloads)), &sem)
}

// TestFlagsAreAFile holds that flags and a file that say the same make the same scenario.
func TestFlagsAreAFile(t *testing.T) {
	file, reports := read(t, `
processes: 3
routing: sticky
for: 90s
seed: 7
arrivals: {poisson: 20/s}
sessions: {share: 0.5, length: geometric 20, live: 50}
urls: [{url: "http://h/app/x", weight: 9}, {url: "http://h/app/y?a=b"}]
members: {"*": {service: lognormal 80ms 1.5, threads: 5, backlog: 7}}
faults: [{member: m1, at: 10s, until: 1m, do: slow:5}, {member: C/m2, do: hang}]
reloads: [{at: 30s, config: new.xml}]
`)
	flags, more := read(t, "arrivals: {uniform: 1/s}\nprocesses: 9\nfaults: [{member: m1, do: reset}]\n",
		Option{"processes", "3"}, Option{"routing", "sticky"}, Option{"duration", "1m30s"}, Option{"seed", "7"},
		Option{"poisson", "1200/m"}, Option{"affinity", "50%"},
		Option{"session-length", "20"}, Option{"sessions", "50"},
		Option{URLOption, "http://h/app/x=9"}, Option{URLOption, "http://h/app/y?a=b"},
		Option{"service", "lognormal 80ms 1.5"}, Option{"threads", "5"}, Option{"backlog", "7"},
		Option{FaultOption, "m1:slow:5@10..60"}, Option{FaultOption, "C/m2:hang"}, Option{ReloadOption, "new.xml@30s"})
	if file == nil || flags == nil {
		t.Fatal(reports, more)
	}
	a, b := play(t, file.Scenario), play(t, flags.Scenario)
	if a != b {
		t.Errorf("the file gives\n%s\nthe flags give\n%s", a, b)
	}
}

func play(t *testing.T, sc *simulate.Scenario) string {
	r, err := simulate.Run(sc, 1)
	if err != nil {
		t.Fatal(err)
	}
	return diag.Sprintf("%+v %+v %+v %+v %v", r.Outcomes, r.Members, r.Sessions, *r.Waits.Longest, r.Waits.P95)
}

// FuzzScenario reads anything, and plays what can be played if that is short.
func FuzzScenario(f *testing.F) {
	outage, err := os.ReadFile("../../../testdata/simulate/outage.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(outage), "m1:timeout@10s..15s", "exp 10s")
	f.Add("arrivals: {closed: {users: 5, think: 1s}}\nfor: 10s\n"+
		"members: {m1: {threads: 1, backlog: 0, service: 5s}}\n",
		"m2:hang", "")
	f.Add("requests: 100\narrivals: {uniform: 1e9/s}\nexpect: {share: {m1: 0..1}, errors: \"<= 1%\"}\n", ":@..", "x")
	f.Add("arrivals: {poisson: 0.0001/h}\nfor: 1000h\nreloads: [{at: 1s, config: a}, {at: 2s, config: b}]\n",
		"m1:slow:1e6@0", "9e9s")
	f.Fuzz(func(t *testing.T, text, fault, service string) {
		w, reports := read(t, text, Option{FaultOption, fault}, Option{"service", service})
		if w == nil {
			if diag.Worst(reports) < diag.Error {
				t.Error("refused without a reason")
			}
			return
		}
		w.Requests = min(max(w.Requests, 1), 2000)
		w.Processes = min(w.Processes, 50)
		r, err := simulate.Run(w.Scenario, 2)
		if err != nil {
			return
		}
		if ended := r.Answered() + r.Failed() + r.Declined; ended+r.Unended != r.Requests || ended > r.Requests {
			t.Errorf("%d requests of %d have ended, %d never", ended, r.Requests, r.Unended)
		}
		for i := range w.Expects {
			w.Expects[i].Met(r)
		}
	})
}
