package diagnose_test

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/errorlog"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/session"
)

// scene is what there is to judge by: a file, a log of the plug-in, an access log, what servers do with sessions.
type scene struct {
	file      string // "" none
	log       func(*planter)
	access    func(*planter)
	server    string // the error log of the web server, "" none
	settings  *session.Settings
	level     pluginlog.Level // of the log; 0 Trace
	processes int
}

// text is the log of a scene.
func (s scene) text(testing.TB) []byte {
	p := s.planter()
	s.log(p)
	return p.log
}

// build makes the case of a scene.
func (s scene) build(t testing.TB) *diagnose.Case {
	p := s.planter()
	k := &diagnose.Case{Processes: s.processes}
	if s.file != "" {
		k.File = s.readFile(t)
	}
	if s.log != nil {
		s.log(p)
		k.Log = readLog(t, k.File, p.log)
	}
	if s.access != nil {
		p.now = time.Date(2026, 11, 28, 15, 40, 0, 0, time.UTC)
		s.access(p)
		k.Access = readAccess(t, k.File, p.access.String())
	}
	if s.server != "" {
		k.Server = readServer(t, s.server)
	}
	return k
}

func readServer(t testing.TB, text string) *facts.Server {
	out := facts.NewServer("error_log")
	var l errorlog.Line
	for i, line := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		if !errorlog.Parse(line, &l) {
			t.Fatalf("line %d of the error log: %s", i+1, line)
		}
		out.Add(i+1, &l)
	}
	return out
}

func (s scene) readFile(t testing.TB) *facts.File {
	files := diag.NewFiles()
	inputs := lint.Read(files, files.Add("plugin-cfg.xml", []byte(s.file)))
	sem, err := choices.Defaults("", "")
	if err != nil {
		t.Fatal(err)
	}
	f := &facts.File{Files: files, Config: inputs[0].Config, Sem: sem,
		Findings: lint.Run(rules.All(), files, inputs, lint.Options{})}
	f.Table, _ = routecheck.New(f.Config)
	if s.settings != nil {
		policy, err := s.settings.Policy("was")
		if err != nil {
			t.Fatal(err)
		}
		f.Policy, f.Timeout = func(string) session.Policy { return policy }, s.settings.Timeout
	}
	return f
}

func readLog(t testing.TB, f *facts.File, text []byte) *facts.Log {
	l := facts.NewLog([]string{"http_plugin.log"}, f)
	l.NextFile()
	stats, err := pluginlog.Read(bytes.NewReader(text), pluginlog.Options{Want: facts.LogKinds()},
		func(e *pluginlog.Event) error { l.Add(e); return nil })
	if err != nil {
		t.Fatal(err)
	}
	l.Close(stats)
	return l
}

func readAccess(t testing.TB, f *facts.File, text string) *facts.Access {
	a := facts.NewAccess("access_log", f)
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	format, err := accesslog.Detect(lines[:min(len(lines), accesslog.Sampled)])
	if err != nil {
		t.Fatal(err)
	}
	var r accesslog.Record
	for i, line := range lines {
		if !format.Parse(line, &r) {
			t.Fatalf("line %d of the access log is not %s: %s", i+1, format.Name, line)
		}
		r.Line = i + 1
		a.Add(&r)
	}
	return a
}

// TestIntervalsOfTheFile: failures that one RetryInterval explains are one incident.
func TestIntervalsOfTheFile(t *testing.T) {
	for interval, want := range map[string]int{"60": 2, "600": 1} {
		s := logged(func(p *planter) {
			p.down("m1")
			p.wait(20 * time.Minute)
			p.down("m1")
		}).in(file(`RetryInterval="60"`, `RetryInterval="`+interval+`"`))
		if got := s.build(t).Log.Incidents; len(got) != want {
			t.Errorf("RetryInterval %s: %d incidents, want %d", interval, len(got), want)
		}
	}
}
