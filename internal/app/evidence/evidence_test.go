package evidence

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/internal/live/probe"
	"github.com/wasplug/wasplug/parser/errorlog"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// TestProbe: the file by which a plug-in is asked has our servers in the place of the user's, and says what became of
// Transports that cannot be as they were.
func TestProbe(t *testing.T) {
	t.Parallel()
	https := `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="m1" CloneID="c1"><Transport Hostname="h1" Port="1" Protocol="https">
<Property Name="keyring" Value="k"/></Transport></Server></ServerCluster>
<UriGroup Name="c"><Uri Name="/c/*"/></UriGroup><Route ServerCluster="C" UriGroup="c" VirtualHostGroup="v"/></Config>`
	in := apptest.Memory(t, map[string]string{"c.xml": https,
		"rejected.xml": `<Config><Route ServerCluster="absent"/></Config>`})
	doors := 0
	door := func(_, _ string) (probe.Door, error) {
		doors++
		return probe.Door{Host: "127.0.0.1", Port: 9000 + doors}, nil
	}
	ask := Probe{Config: app.Config{Path: "c.xml"}, Door: door}
	a, err := ask.Run(in)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(a.XML); !strings.Contains(text, `Port="9001"`) || strings.Contains(text, "h1") {
		t.Errorf("a server of the user's is asked:\n%s", text)
	}
	if noted := apptest.Noted(a.Notes); !strings.Contains(noted, "1 Transport of https: made http") {
		t.Errorf("noted %q", noted)
	}
	ask.TLS, ask.Add = true, true
	if a, err = ask.Run(in); err != nil || len(a.Notes) > 0 || !strings.Contains(string(a.XML), "wasplug-") {
		t.Errorf("%v %s\n%s", err, apptest.Noted(a.Notes), a.XML)
	}
	ask.Door = func(_, _ string) (probe.Door, error) { return probe.Door{}, errors.New("no port is free") }
	if _, err = ask.Run(in); err == nil || !strings.Contains(err.Error(), "no port is free") {
		t.Errorf("%v", err)
	}
	ask.Config.Path = "rejected.xml"
	if a, err = ask.Run(in); err == nil || a.XML != nil || len(a.Notes) == 0 {
		t.Errorf("a file that the plug-in rejects: %v", err)
	}
}

// TestIntervals: what a log hides is what the file says.
func TestIntervals(t *testing.T) {
	t.Parallel()
	var notes app.Notes
	opt, longest, err := (&Intervals{Config: app.Config{Path: "figure.xml"}}).Run(apptest.Memory(t, nil), &notes)
	if err != nil || opt.RetryInterval != time.Minute || longest != 15*time.Minute {
		t.Errorf("%v %+v %v", err, opt, longest)
	}
	if _, _, err = (&Intervals{}).Run(apptest.Memory(t, nil), &notes); err == nil {
		t.Error("no configuration")
	}
}

// TestSelection: how a time may be written, and what of a log it selects.
func TestSelection(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name string
		s    Selection
		want int64  // requests
		err  string // part of it
	}{
		{"all", Selection{}, 2, ""},
		{"a time as the log shows it", Selection{Since: "[06/Oct/2017:19:06:30.00000]"}, 1, ""},
		{"a date", Selection{Since: "2017-10-06", Until: "2017-10-06T19:06"}, 0, ""},
		{"a date and a second", Selection{Until: "2017-10-06T19:06:30"}, 1, ""},
		{"a process", Selection{PID: "00000001"}, 2, ""},
		{"another process", Selection{PID: "2"}, 0, ""},
		{"no process", Selection{PID: "x"}, 0, "--pid \"x\" is no process"},
		{"process 0", Selection{PID: "0"}, 0, "is no process"},
		{"since after until", Selection{Since: "2018-01-01", Until: "2017-01-01"}, 0, "is after --until"},
		{"no time", Selection{Until: "tomorrow"}, 0, "--until \"tomorrow\" is no time"},
		{"brackets without a time", Selection{Since: "[]"}, 0, "is no time"},
		{"a time ahead of the end", Selection{Since: "2h"}, 0, "is no time"},
		{"a kind that is none", Selection{Kinds: []string{"refusedd"}}, 0, "--kind \"refusedd\""},
		{"the end of standard input", Selection{Since: "-2h"}, 0, "is known only when it was read"},
	} {
		a, err := (&Trace{Files: []string{"-"}, Slow: 5, Selection: c.s}).Run(logs(t))
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v, want %q", c.name, err, c.err)
			}
			continue
		}
		if err != nil || a.Requests != c.want {
			t.Errorf("%s: %d requests, want %d; %v", c.name, a.Requests, c.want, err)
		}
	}
}

// TestFromTheEnd: "15:40" and "-30s" are reckoned from the end of the log, which packed files are read for.
func TestFromTheEnd(t *testing.T) {
	t.Parallel()
	in := apptest.Memory(t, map[string]string{"all.log": oneAnswered + oneFailed,
		"all.gz":   packed(t, oneAnswered+oneFailed),
		"timeless": "TRACE: ws_common: websphereEndRequest: Ending the request\n"})
	for _, c := range []struct {
		file, since string
		want        int64
	}{{"all.log", "-30s", 1}, {"all.gz", "-30s", 1}, {"all.log", "19:06", 2}, {"all.gz", "19:06:30", 1}} {
		a, err := (&Trace{Files: []string{c.file}, Slow: 5, Selection: Selection{Since: c.since}}).Run(in)
		if err != nil || a.Requests != c.want {
			t.Errorf("%s since %s: %d requests, want %d; %v", c.file, c.since, a.Requests, c.want, err)
		}
	}
	_, err := (&Trace{Files: []string{"timeless"}, Slow: 5, Selection: Selection{Since: "-30s"}}).Run(in)
	if err == nil || !strings.Contains(err.Error(), "the log shows no time that it could be reckoned from") {
		t.Errorf("%v", err)
	}
	if _, err = (&Trace{Files: []string{"absent"}, Slow: 5, Selection: Selection{Since: "-30s"}}).Run(in); err == nil {
		t.Error("the end of a log that is not there")
	}
}

// TestDiagnoseRefuses: what cannot be meant is refused before anything is read.
func TestDiagnoseRefuses(t *testing.T) {
	t.Parallel()
	file := app.Config{Path: "figure.xml"}
	for _, c := range []struct {
		name, want string
		ask        Diagnose
	}{
		{"nothing", "nothing to judge by", Diagnose{}},
		{"a symptom that is none", "--symptom", Diagnose{Symptom: "503", Config: file}},
		{"a topology alone", "--topology says what the servers of a configuration do",
			Diagnose{Topology: "t", Files: []string{"x"}}},
		{"a time without a log", "--since and --until select lines of logs", Diagnose{Config: file,
			Since: "2026-01-01"}},
		{"fewer than no process", "--processes -1", Diagnose{Config: file, Processes: -1}},
		{"standard input twice", "stdin can be read only once",
			Diagnose{Config: app.Config{Path: "-"}, Files: []string{"-"}}},
		{"a port that is none", "--port",
			Diagnose{Config: file, Access: app.URLs{Path: "a", Where: batch.Where{Port: 70000}}}},
		{"a topology that has errors", "the topology has errors", Diagnose{Config: file, Topology: "broken.yaml"}},
		{"a topology that is not there", "absent.yaml", Diagnose{Config: file, Topology: "absent.yaml"}},
		{"a log of another kind", "no line of a plug-in log", Diagnose{Files: []string{"notes.txt"}}},
		{"the plug-in's log as an access log", "is a log of the plug-in: give it as -t",
			Diagnose{Access: app.URLs{Path: "new.log", Format: "plugin-log"}}},
	} {
		in := apptest.Memory(t, map[string]string{"broken.yaml": "flavor: none\n", "notes.txt": "no log\n",
			"new.log": oneFailed})
		if _, err := c.ask.Run(in); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.name, err, c.want)
		}
	}
}

// TestDiagnoseNotes: lines that are of another form are left out, and that is said.
func TestDiagnoseNotes(t *testing.T) {
	t.Parallel()
	in := apptest.Memory(t, map[string]string{
		"access_log": "192.0.2.1 - - [06/Oct/2017:19:06:43 +0100] \"GET /a HTTP/1.1\" 200 5\nno line\n",
		"error_log": "no line\n[Fri Oct 06 19:06:43.000000 2017] [mpm_worker:error] [pid 1:tid 2] AH00484: server " +
			"reached " +
			"MaxRequestWorkers setting, consider raising the MaxRequestWorkers setting\n",
		"topology.yaml": apptest.Case(t, "topology.yaml")})
	a, err := (&Diagnose{Config: app.Config{Path: "figure.xml"}, Topology: "topology.yaml",
		Access: app.URLs{Path: "access_log", Format: "common"}, ErrorLog: "error_log"}).Run(in)
	if err != nil {
		t.Fatal(err)
	}
	noted := apptest.Noted(a.Notes)
	for _, want := range []string{"access_log: left out, for they are not of the form common: 1 line\n",
		"error_log: left out, for they are not of the form of an error log: 1 line\n"} {
		if !strings.Contains(noted, want) {
			t.Errorf("%q is not in\n%s", want, noted)
		}
	}
	if a.One || len(a.Reports) == 0 {
		t.Errorf("%+v", a)
	}
}

// TestServerLogBounds: of reports without end the busier half stays, and kinds of lines without end are counted.
func TestServerLogBounds(t *testing.T) {
	t.Parallel()
	s := &ServerLog{}
	for i := range mostReports + 1 {
		s.report(ThreadsReport{Row: int64(i), Counts: errorlog.Counts{Busy: int64(i % 2)}})
	}
	if len(s.Reports) != mostReports/2+1 || s.Reports[0].Busy != 1 || s.Busiest().Busy != 1 {
		t.Errorf("%d reports, the first %+v", len(s.Reports), s.Reports[0])
	}
	for i := range mostServerEvents + 2 {
		s.event(int64(i), &errorlog.Line{Kind: errorlog.AtLimit, Code: fmt.Sprint(i), Text: strings.Repeat("x", 1000)})
	}
	if len(s.Events) != mostServerEvents || s.Further != 2 || len(s.Events[0].Text) > 2*mostServerText {
		t.Errorf("%d kinds, %d lines of others", len(s.Events), s.Further)
	}
}
