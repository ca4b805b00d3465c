package tracereport_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/report/tracereport"
	"github.com/wasplug/wasplug/internal/reporttest"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/internal/watch"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// at is the beginning of a line of a log in which a minute passes from one to the next.
func at(minute string) string { return "[06/Oct/2017:19:" + minute + ":01.00000] 00000001 00000001 - " }

// down is a request that finds a member down, and is answered by nobody.
func down(member string) string {
	return at("06") + "TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost='h:80'; " +
		"uri='/a/b;jsessionid=0000secretsecret:c1?card=4711'\n" +
		at("06") + "ERROR: ws_server: serverSetFailoverStatus: Marking " + member + " down\n" +
		at("07") + "TRACE: ws_common: websphereEndRequest: Ending the request\n"
}

const errorLog = `[Fri Oct 06 19:06:43.000000 2017] [mpmstats:notice] [pid 9:tid 1] mpmstats: rdy 0 bsy 1 rd 0 wr 1 ka 0 log 0 dns 0 cls 0
[Fri Oct 06 19:06:44.000000 2017] [core:notice] [pid 9:tid 1] AH00052: child pid 4711 exit signal Segmentation fault (11)
`

// logs are files in memory: a log without a request, one with one, one of a hostile author, and that of the checkout.
func logs(t *testing.T) app.Input {
	t.Helper()
	example, err := os.ReadFile(filepath.Join(sharedtest.Checkout(t), "testdata/trace/http_plugin.log"))
	if err != nil {
		t.Fatal(err)
	}
	return apptest.Memory(t, map[string]string{
		"quiet.log":   at("06") + "PLUGIN: Plugins loaded.\n",
		"one.log":     down("m1"),
		"hostile.log": down(reporttest.Hostile) + "no line of a log: \x1b[2J\n",
		"example.log": string(example),
		"access.log": "10.0.0.1 - - [06/Oct/2017:19:06:01 +0000] \"GET /" +
			strings.ReplaceAll(reporttest.Hostile, `"`, "") + " HTTP/1.1\" 503 1\n",
		"error.log":                 errorLog,
		"hostile\x1b[31m\u202e.log": down("m1"),
	})
}

func traced(t *testing.T, request evidence.Trace, shown tracereport.Log) tracereport.Traced {
	t.Helper()
	request.Slow = 5
	a, err := request.Run(logs(t))
	if err != nil {
		t.Fatal(err)
	}
	return tracereport.Traced{TraceAnswer: a, Log: shown}
}

// TestTrace: a log that says nothing, one request, what a hostile author can write anywhere, and a log with everything
// beside it. What belongs to users is shown where that is asked for alone.
func TestTrace(t *testing.T) {
	list := map[string]tracereport.Traced{
		"quiet":   traced(t, evidence.Trace{Files: []string{"quiet.log"}}, tracereport.Log{}),
		"one":     traced(t, evidence.Trace{Files: []string{"one.log"}, Timeline: true}, tracereport.Log{}),
		"secrets": traced(t, evidence.Trace{Files: []string{"one.log"}}, tracereport.Log{Secrets: true}),
		"hostile": traced(t, evidence.Trace{Files: []string{"hostile.log", "hostile\x1b[31m\u202e.log"},
			Timeline: true,
			Access:   app.URLs{Path: "access.log", Format: "common"}, ErrorLog: "error.log"}, tracereport.Log{}),
		"limited": traced(t, evidence.Trace{Files: []string{"example.log"}, Timeline: true},
			tracereport.Log{Limit: 1}),
	}
	reporttest.Kind[tracereport.Traced]{Name: "trace", Formats: tracereport.Trace, Schema: "trace",
		Answers: list}.Run(t)
	for name, a := range list {
		for _, format := range tracereport.Trace.Names() {
			var out strings.Builder
			if err := tracereport.Trace.Write(&out, format, a); err != nil {
				t.Error(err)
			}
			shown := strings.Contains(out.String(), "secretsecret") || strings.Contains(out.String(), "card=4711")
			if shown && !bool(a.Secrets) {
				t.Errorf("%s.%s shows what belongs to users:\n%s", name, format, out.String())
			}
		}
	}
}

// TestTraceRequest: one request, with and without what belongs to users.
func TestTraceRequest(t *testing.T) {
	list := map[string]tracereport.Requested{}
	for name, file := range map[string]string{"one": "one.log", "hostile": "hostile.log", "secrets": "one.log"} {
		ask := evidence.TraceRequest{Trace: evidence.Trace{Files: []string{file}, Slow: 5}, Want: "1"}
		a, err := ask.Run(logs(t))
		if err != nil || a.Request == nil {
			t.Fatal(name, err)
		}
		list[name] = tracereport.Requested{RequestAnswer: a, Secrets: name == "secrets"}
	}
	reporttest.Kind[tracereport.Requested]{Name: "request", Formats: tracereport.TraceRequest, Schema: "trace",
		Answers: list}.Run(t)
}

// TestReplay: a log without a decision, and one of members that the file does not have.
func TestReplay(t *testing.T) {
	list := map[string]tracereport.Replayed{}
	for _, name := range []string{"quiet", "hostile", "example"} {
		ask := evidence.Replay{Trace: evidence.Trace{Files: []string{name + ".log"}, Slow: 5},
			Config: app.Config{Path: "figure.xml"}}
		a, err := ask.Run(logs(t))
		if err != nil {
			t.Fatal(name, err)
		}
		list[name] = tracereport.Replayed{ReplayAnswer: a, Log: tracereport.Log{Limit: 1}}
	}
	reporttest.Kind[tracereport.Replayed]{Name: "replay", Formats: tracereport.Replay, Schema: "trace",
		Answers: list}.Run(t)
}

// TestTold: an incident of a log that is being written, at each of its turns.
func TestTold(t *testing.T) {
	a := traced(t, evidence.Trace{Files: []string{"hostile.log"}}, tracereport.Log{})
	list := map[string]tracereport.Telling{}
	for _, what := range []watch.What{watch.Begins, watch.Changes, watch.Ends, watch.Was} {
		list[string(what)] = tracereport.Telling{File: "hostile.log",
			Told: watch.Told{What: what, Incident: a.Incidents[0], At: a.Incidents[0].Last}}
	}
	list["empty"] = tracereport.Telling{File: "quiet.log",
		Told: watch.Told{What: watch.Ends, Incident: new(story.Incident)}}
	reporttest.Kind[tracereport.Telling]{Name: "told", Formats: tracereport.Told, Schema: "trace",
		Answers: list}.Run(t)
}
