package evidence

import (
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
)

// Two requests of one thread: the first is answered, of the second the log tells only that it failed.
const (
	oneAnswered = `[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereShouldHandleRequest: trying to match a route for: vhost='h:80'; uri='/snoop'
[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereParseCloneID: Adding clone id 'v544d031'
[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_server_group: lockedServerGroupUseServer: Server PluginMember2 picked, weight 1.
[06/Oct/2017:19:06:01.00000] 00000001 00000001 - TRACE: ws_common: websphereEndRequest: Ending the request
`
	oneFailed = "[06/Oct/2017:19:07:00.00000] 00000001 00000001 - ERROR: ws_server: serverSetFailoverStatus: " +
		"Marking m down\n"
)

func packed(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	if _, err := io.WriteString(z, text); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func logs(t *testing.T) app.Input {
	return apptest.Memory(t, map[string]string{
		"new.log": oneFailed, "old.gz": packed(t, oneAnswered), "cut.gz": packed(t, oneAnswered)[:90],
		"-":         oneAnswered + oneFailed,
		"notes.txt": "no log\n",
	})
}

func TestTraceAnswers(t *testing.T) {
	for _, c := range []struct {
		files        []string
		names, given string
		requests     int64
	}{
		{[]string{"-"}, "<stdin>", "", 2},
		{[]string{"old.gz"}, "old.gz", "", 1},
		{[]string{"new.log", "old.gz"}, "old.gz new.log", "new.log old.gz", 2},
	} {
		a, err := (&Trace{Files: c.files, Slow: 5}).Run(logs(t))
		if err != nil || !a.Known() {
			t.Fatal(c.files, err)
		}
		if a.Requests != c.requests || strings.Join(a.Names, " ") != c.names || strings.Join(a.Given, " ") != c.given {
			t.Errorf("%v: %d requests of %v, given %v", c.files, a.Requests, a.Names, a.Given)
		}
	}
}

func TestTraceFails(t *testing.T) {
	for _, c := range []struct {
		trace   Trace
		request bool
		want    string
	}{
		{Trace{Slow: 5}, true, "no log given"},
		{Trace{Files: []string{"-"}}, true, "--slow 0"},
		{Trace{Files: []string{"-", "new.log", "-"}, Slow: 5}, true, "stdin can be read only once"},
		{Trace{Files: []string{"absent.log"}, Slow: 5}, false, "absent.log"},
		{Trace{Files: []string{"notes.txt"}, Slow: 5}, false, "no line of a plug-in log"},
		{Trace{Files: []string{"cut.gz"}, Slow: 5}, false, "cut.gz: after line"},
	} {
		_, err := c.trace.Run(logs(t))
		var request *app.RequestError
		if err == nil || errors.As(err, &request) != c.request || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: error %v, want %s", c.trace.Files, err, c.want)
		}
	}
}

func TestTraceRequestFindsOne(t *testing.T) {
	for _, c := range []struct {
		want  string
		files []string
		lines int // 0: there is no such request
	}{
		{"1", []string{"-"}, 4}, {"/snoop", []string{"-"}, 4}, {"/sn*", []string{"new.log", "old.gz"}, 4},
		{"2", []string{"new.log", "old.gz"}, 1}, {"3", []string{"-"}, 0}, {"/other", []string{"-"}, 0},
	} {
		ask := TraceRequest{Trace{Files: c.files, Slow: 5}, c.want}
		a, err := ask.Run(logs(t))
		if err != nil || (a.Request == nil) != (c.lines == 0) || len(a.Lines) != c.lines {
			t.Errorf("%s in %v: error %v, %d lines, want %d", c.want, c.files, err, len(a.Lines), c.lines)
		}
	}
	once := logs(t)
	once.Stdin = io.MultiReader(once.Stdin)
	if _, err := (&TraceRequest{Trace{Files: []string{"-"}, Slow: 5}, "1"}).Run(once); err == nil {
		t.Error("what can be read once was read twice")
	}
}

func TestReplayAnswers(t *testing.T) {
	ask := Replay{Trace: Trace{Files: []string{"-"}, Slow: 5}, Config: app.Config{Path: "figure.xml"}}
	a, err := ask.Run(logs(t))
	if err != nil || a.Decisions != 1 || a.Mismatches != 1 || a.Config != "figure.xml" {
		t.Fatalf("%v, %d decisions, %d mismatches by %s", err, a.Decisions, a.Mismatches, a.Config)
	}
	settled := apptest.Memory(t, map[string]string{"choices.yaml": string(a.Settled())})
	notes := app.Notes{}
	if _, _, err := (&app.Plugin{AssumeFile: "choices.yaml"}).Assumptions(settled, &notes); err != nil {
		t.Errorf("%v %s\n%s", err, apptest.Noted(notes), a.Settled())
	}
	ask.Plugin.Assume = []string{"nothing"}
	if _, err := ask.Run(logs(t)); err == nil || !strings.HasPrefix(err.Error(), "--assume") {
		t.Errorf("error %v", err)
	}
}

// TestAccessOfManyMembers: of how many members times are kept has an end, and what is beyond it is counted.
func TestAccessOfManyMembers(t *testing.T) {
	var access strings.Builder
	for i := range maxMembers + 2 {
		fmt.Fprintf(&access, "[06/Oct/2017:19:06:43 +0100] \"GET /a HTTP/1.1\" 200 WAS=n%d:80 900\n", i)
	}
	in := apptest.Memory(t, map[string]string{"a.log": oneFailed, "access_log": access.String()})
	trace := Trace{Files: []string{"a.log"}, Slow: 5,
		Access: app.URLs{Path: "access_log", Format: `%t "%r" %>s WAS=%{WAS}e %D`}}
	a, err := trace.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	if got := a.Access; len(got.Members) != maxMembers || got.Further != 2 {
		t.Errorf("%d members, %d requests of others", len(got.Members), got.Further)
	}
}
