package report_test

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/app/evidence"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/internal/report/tracereport"
	"github.com/wasplug/wasplug/internal/report/whyreport"
)

// hostile is a name that does more on a terminal than be read.
const hostile = "m\x1b[31m\u202e"

const (
	hostileConfig = `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c"><Server CloneID="c1" Name="` + hostile + `"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/a/*"/></UriGroup><Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/></Config>`
	hostileSuite = "config: a.xml\ntests:\n  - {name: \"x\\e[31m\\u202e\", requests: [{url: http://h/a/b, expect: " +
		"declined}]}\n  - {name: fine, requests: [{url: http://h/a/b, expect: c}]}\n"
	hostileLog = "[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereShouldHandleRequest: " +
		"trying to match a route for: vhost='h:80'; uri='/a/b'\n[06/Oct/2017:19:06:01.00000] 00000001 00000001 - " +
		"ERROR: ws_server: serverSetFailoverStatus: Marking " + hostile + " down\n" +
		"[06/Oct/2017:19:06:02.00000] 00000001 00000001 - TRACE: ws_common: websphereEndRequest: Ending the request\n"
)

// given answers use cases about files of a hostile author.
func given() app.Input {
	xml := strings.ReplaceAll(hostileConfig, "\x1b", "\u009b") // XML has no escape character
	disk := fstest.MapFS{
		"a.xml": {Data: []byte(xml)}, "b.xml": {Data: []byte(strings.Replace(xml, "/a/*", "/b/*", 1))},
		"suite.yaml": {Data: []byte(hostileSuite)}, "plugin.log": {Data: []byte(hostileLog)},
	}
	return app.Input{Open: disk.Open}
}

// reports writes every kind of answer in a format; names lists the formats of each kind.
func reports(t *testing.T) map[string]struct {
	names []string
	write func(w io.Writer, format string) error
} {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	why := answers.Why{Config: app.Config{Path: "a.xml"}, Request: answers.Request{URL: "http://h/a/b", Method: "GET"},
		Times: 1}
	one, err := why.Run(given())
	must(err)
	why.Times = 3
	three, err := why.Run(given())
	must(err)
	tests, err := (&checks.Test{Suites: []string{"suite.yaml"}, Coverage: true}).Run(given())
	must(err)
	trace := evidence.Trace{Files: []string{"plugin.log"}, Slow: 5}
	traced, err := trace.Run(given())
	must(err)
	request, err := (&evidence.TraceRequest{Trace: trace, Want: "1"}).Run(given())
	must(err)
	replayed, err := (&evidence.Replay{Trace: trace, Config: app.Config{Path: "a.xml"}}).Run(given())
	must(err)
	differ, err := (&checks.Diff{Old: "a.xml", New: "b.xml"}).Run(given())
	must(err)
	drawn, err := (&authoring.Graph{Config: app.Config{Path: "a.xml"}}).Run(given())
	must(err)
	return map[string]struct {
		names []string
		write func(w io.Writer, format string) error
	}{
		"why":  {whyreport.Why.Names(), func(w io.Writer, f string) error { return whyreport.Why.Write(w, f, one) }},
		"whys": {whyreport.Why.Names(), func(w io.Writer, f string) error { return whyreport.Why.Write(w, f, three) }},
		"test": {report.Test.Names(),
			func(w io.Writer, f string) error { return report.Test.Write(w, f, report.Tests{tests, false, true}) }},
		"failed": {report.Test.Names(),
			func(w io.Writer, f string) error { return report.Test.Write(w, f, report.Tests{tests, true, false}) }},
		"trace": {tracereport.Trace.Names(),
			func(w io.Writer, f string) error {
				return tracereport.Trace.Write(w, f, tracereport.Traced{TraceAnswer: traced})
			}},
		"request": {tracereport.TraceRequest.Names(),
			func(w io.Writer, f string) error {
				return tracereport.TraceRequest.Write(w, f, tracereport.Requested{RequestAnswer: request})
			}},
		"replay": {tracereport.Replay.Names(),
			func(w io.Writer, f string) error {
				return tracereport.Replay.Write(w, f, tracereport.Replayed{ReplayAnswer: replayed})
			}},
		"diff": {report.Diff.Names(), func(w io.Writer, f string) error {
			return report.Diff.Write(w, f, report.Differences{Files: differ, Options: diff.Options{}})
		}},
		"graph": {report.Graph.Names(), func(w io.Writer, f string) error { return report.Graph.Write(w, f, drawn) }},
	}
}

// TestEveryReport holds each kind of answer in each of its formats to the syntax of the format, and to what a terminal
// may get. What it says, the scripts of cmd/wasplug hold.
func TestEveryReport(t *testing.T) {
	for kind, r := range reports(t) {
		for _, format := range r.names {
			t.Run(kind+"."+format, func(t *testing.T) {
				var out bytes.Buffer
				if err := r.write(&out, format); err != nil || out.Len() == 0 {
					t.Fatal(err, out.Len())
				}
				if strings.ContainsAny(out.String(), "\x1b\u009b\u202e") {
					t.Errorf("a control character is let through:\n%q", out.String())
				}
				checkSyntax(t, format, out.Bytes())
			})
		}
	}
}

func checkSyntax(t *testing.T, format string, text []byte) {
	t.Helper()
	var err error
	switch format {
	case "json":
		for dec := json.NewDecoder(bytes.NewReader(text)); err == nil; {
			var value any
			err = dec.Decode(&value)
		}
	case "junit":
		err = xml.Unmarshal(text, new(struct{}))
	}
	if err != nil && !errors.Is(err, io.EOF) {
		t.Errorf("no %s: %v", format, err)
	}
}

// TestReportsEnd with an error where there is no such format, and where nothing can be written.
func TestReportsEnd(t *testing.T) {
	for kind, r := range reports(t) {
		if err := r.write(io.Discard, "xml"); err == nil || !strings.Contains(err.Error(), "want one of "+r.names[0]) {
			t.Errorf("%s in an unknown format: %v", kind, err)
		}
		for _, format := range r.names {
			if err := r.write(full{}, format); !errors.Is(err, os.ErrClosed) {
				t.Errorf("%s in %s to where nothing can be written: %v", kind, format, err)
			}
		}
	}
}

// full is a disk with no room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestUnified(t *testing.T) {
	for _, c := range []struct{ old, new, want string }{
		{"a\nb\n", "a\nb\n", ""},
		{"a\nb\n", "a\nc\n", "--- x\n+++ y\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n"},
		{"a", "a\n", "--- x\n+++ y\n@@ -1 +1 @@\n-a\n\\ No newline at end of file\n+a\n"},
	} {
		var out strings.Builder
		if err := report.Unified(&out, "x", "y", []byte(c.old), []byte(c.new)); err != nil || out.String() != c.want {
			t.Errorf("%v\n%s", err, out.String())
		}
	}
}
