package evidence

import (
	"errors"
	"fmt"
	"io"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/errorlog"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/diagnose"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
)

// Diagnose asks what causes a symptom. At least one of configuration, log, access log and error log is given.
type Diagnose struct {
	Symptom      string     // "" all
	Config       app.Config // without a path none
	Plugin       app.Plugin // by which the configuration is asked
	Topology     string     // path of the one that says what servers do with sessions; "" that of Config, if it is one
	Files        []string   // of one log; they are read in the order of their times
	Access       app.URLs   // without a path none
	ErrorLog     string     // of the web server, "" none
	Processes    int        // of the web server, 0 where nobody says
	Since, Until string     // what part of the logs, as Selection has them; "" all
}

// DiagnoseAnswer is what was found out.
type DiagnoseAnswer struct {
	Notes   app.Notes
	Reports []*diagnose.Report
	One     bool // one symptom was asked about
}

// Found reports whether a cause was found.
func (a *DiagnoseAnswer) Found() bool {
	for _, r := range a.Reports {
		if len(r.Found()) > 0 {
			return true
		}
	}
	return false
}

// Run reads what is there, and judges every cause.
func (d *Diagnose) Run(in app.Input) (*DiagnoseAnswer, error) {
	a := &DiagnoseAnswer{One: d.Symptom != ""}
	if err := d.check(); err != nil {
		return a, err
	}
	// The order is that of what each needs: the log is read by what the file says (names, ports), the other logs
	// within the time that is chosen, which the plug-in's log may have to tell (15:40).
	k := &diagnose.Case{Processes: d.Processes}
	if err := d.readFile(in, k, &a.Notes); err != nil {
		return a, err
	}
	chosen, err := d.readLog(in, k)
	if err != nil {
		return a, err
	}
	if err := d.readAccess(in, k, chosen, &a.Notes); err != nil {
		return a, err
	}
	if err := d.readServer(in, k, chosen, &a.Notes); err != nil {
		return a, err
	}
	if a.Reports, err = diagnose.Judge(k, d.Symptom); err != nil {
		return a, app.Wrong("symptom", ": %w", err)
	}
	return a, nil
}

func (d *Diagnose) check() error {
	// An empty case is judged at once, and refuses a symptom that is not known before anything is read.
	if _, err := diagnose.Judge(&diagnose.Case{}, d.Symptom); err != nil {
		return app.Wrong("symptom", ": %w", err)
	}
	stdins := 0
	for _, path := range append([]string{d.Config.Path, d.Topology, d.Access.Path, d.ErrorLog}, d.Files...) {
		if path == "-" {
			stdins++
		}
	}
	switch {
	case d.Config.Path == "" && len(d.Files) == 0 && d.Access.Path+d.ErrorLog == "":
		return app.Misuse("diagnose: nothing to judge by; give a configuration (-c), a log of the plug-in (-t), an " +
			"access log (--access-log) or an error log (--error-log) of the web server")
	case d.Topology != "" && d.Config.Path == "":
		return app.Wrong("topology", " says what the servers of a configuration do: name that with -c FILE")
	case len(d.Files) == 0 && d.Access.Path+d.ErrorLog == "" && d.Since+d.Until != "":
		return app.Misuse("diagnose: --since and --until select lines of logs: give one as -t, --access-log or " +
			"--error-log")
	case d.Processes < 0:
		return app.Wrong("processes", " %d: want how many processes the web server has, from 1 on", d.Processes)
	case stdins > 1:
		return app.Misuse("diagnose: stdin can be read only once, but - is given more than once")
	}
	return d.Access.Check()
}

// readFile reads the configuration, also one that the plug-in would reject: that is a cause.
func (d *Diagnose) readFile(in app.Input, k *diagnose.Case, notes *app.Notes) error {
	if d.Config.Path == "" {
		return nil
	}
	sem, _, err := d.Plugin.Assumptions(in, notes)
	if err != nil {
		return err
	}
	load := app.Load{Config: d.Config}
	l, err := load.Run(in)
	*notes = append(*notes, l.Notes...)
	if err != nil {
		return err
	}
	f := &facts.File{Files: l.Files, Config: l.Config, Sem: sem}
	input := lint.Input{File: l.Config.Doc.File, Config: l.Config, Reports: l.Reports}
	topology := l.Topology
	if d.Topology != "" {
		if topology, err = d.readTopology(in, l.Files, notes); err != nil {
			return err
		}
	}
	if topology != nil {
		input.Sessions, f.Policy = topology.Sessions(), topology.SessionPolicy
		for _, s := range input.Sessions {
			f.Timeout = max(f.Timeout, s.Timeout)
		}
	}
	// Also of a file that the plug-in rejects: what is missing is among the findings.
	f.Table, _ = routecheck.New(l.Config)
	f.Findings = append(lint.Run(rules.All(), l.Files, []lint.Input{input}, lint.Options{Target: d.Plugin.Level}),
		f.Table.Rejected(&sem)...)
	k.File = f
	return nil
}

// readTopology reads what servers do with sessions, where the configuration is a plugin-cfg.xml that cannot say it.
func (d *Diagnose) readTopology(in app.Input, files *diag.Files, notes *app.Notes) (*generate.Topology, error) {
	src, err := in.Read(d.Topology, nil)
	if err != nil {
		return nil, err
	}
	topology, reports := generate.Read(files, files.Add(app.DisplayName(d.Topology), src))
	if diag.Worst(reports) >= diag.Error {
		notes.Add(files, reports)
		return nil, fmt.Errorf("%s: the topology has errors, so it says nothing of "+
			"sessions", app.DisplayName(d.Topology))
	}
	return topology, nil
}

// readLog reads the files of the plug-in's log in the order of their times, and says what part of the logs is chosen.
func (d *Diagnose) readLog(in app.Input, k *diagnose.Case) (*Chosen, error) {
	selection := Selection{Since: d.Since, Until: d.Until}
	if len(d.Files) == 0 {
		// Only times that need no log can be chosen: "15:40" has no day.
		run := traceRun{input: in}
		return &run.Chosen, run.choice(&selection)
	}
	// Slow is of no use here, and must be set.
	trace := Trace{Files: d.Files, Slow: 5, Selection: selection}
	run, err := trace.open(in)
	if err != nil {
		return nil, err
	}
	log := facts.NewLog(run.Names, k.File)
	var all pluginlog.Stats
	for i := range run.files {
		log.NextFile()
		stats, err := run.readEvents(i, facts.LogKinds(), func(e *pluginlog.Event) error { log.Add(e); return nil })
		all.Add(stats)
		if err != nil {
			return nil, err
		}
	}
	if !known(&all) {
		return nil, run.noLog(&all)
	}
	log.Close(all)
	k.Log = log
	return &run.Chosen, nil
}

// readAccess reads what is chosen of the access log: its lines show the clock of the web server, as those of the
// plug-in do.
func (d *Diagnose) readAccess(in app.Input, k *diagnose.Case, chosen *Chosen, notes *app.Notes) error {
	if d.Access.Path == "" {
		return nil
	}
	name := app.DisplayName(d.Access.Path)
	l, err := d.Access.Open(in)
	if err != nil {
		return err
	}
	defer l.Close()
	if l.Format.Name == accesslog.PluginLog {
		return app.Wrong("access-log", " %s is a log of the plug-in: give it as -t", diag.Quote(name))
	}
	access := facts.NewAccess(name, k.File)
	other := 0
	for {
		part, err := l.Source()
		if part.Block != nil {
			other += part.Block.TooLong
			l.Format.Each(part.Block, func(r *accesslog.Record, ok bool) {
				switch {
				case !ok:
					other++
				case chosen.second(r.Clock()):
					access.Add(r)
				}
			})
		}
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
	}
	if other > 0 {
		notes.Say("%s: left out, for they are not of the form %s: %s", name, l.Format.Name,
			counted(int64(other), "line"))
	}
	if l.Format.Name == accesslog.W3CName && d.Access.Zone == "" && k.Log != nil {
		notes.Say("%s: %s", name, inUTC)
	}
	k.Access = access
	return nil
}

// readServer reads what is chosen of the web server's error log.
func (d *Diagnose) readServer(in app.Input, k *diagnose.Case, chosen *Chosen, notes *app.Notes) error {
	if d.ErrorLog == "" {
		return nil
	}
	name := app.DisplayName(d.ErrorLog)
	k.Server = facts.NewServer(name)
	others, err := app.ReadErrorLog(in, d.ErrorLog, func(number int, l *errorlog.Line) {
		if chosen.holds(l.Time) {
			k.Server.Add(number, l)
		}
	})
	if others > 0 && err == nil {
		notes.Say("%s: left out, for they are not of the form of an error log: %s", name, counted(others, "line"))
	}
	return err
}
