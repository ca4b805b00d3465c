package evidence

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/diagnose/facts"
	"github.com/wasplug/wasplug/routecheck/replay"
)

// Replay holds the decisions of a log against a configuration, as if that had been in force throughout.
type Replay struct {
	Trace
	Config app.Config
	Plugin app.Plugin
}

// ReplayAnswer is where the two agree and where they do not.
type ReplayAnswer struct {
	Logs
	*replay.Report
	Incidents   []*story.Incident // in the order of their ends
	Milder      int64             // that are not among them, because there are so many
	Notes       app.Notes
	Table       *routecheck.Table
	Files       *diag.Files
	Config      string // as reports name it
	Assumptions choices.Assumptions
	Stats       pluginlog.Stats
	PerFile     FileTimes
}

// Run replays the log.
func (r *Replay) Run(in app.Input) (*ReplayAnswer, error) {
	a := &ReplayAnswer{Files: diag.NewFiles(), Config: app.DisplayName(r.Config.Path)}
	run, err := r.open(in)
	if err != nil {
		return a, err
	}
	a.Logs = run.Logs
	l, sem, _, err := r.Plugin.Load(in, r.Config, a.Files, &a.Notes)
	if err != nil {
		return a, err
	}
	a.Assumptions, a.Table = sem, l.Table
	if err := run.replay(replay.New(l.Table, sem), a); err != nil {
		return a, err
	}
	if !known(&a.Stats) {
		return a, run.noLog(&a.Stats)
	}
	return a, nil
}

// replay reads the log once, for its decisions and for its incidents.
func (run *traceRun) replay(r *replay.Replay, a *ReplayAnswer) error {
	// Unlike Trace, this knows the configuration: incidents are told with its intervals and timeouts.
	opt, longest := facts.Intervals(a.Table, &a.Assumptions)
	tale := story.New(opt)
	assembler := requests.Assembler{Slow: run.slow, Timeout: longest, Line: tale.Line, Done: tale.Done}
	// Both want kinds of events that the other does not; each gets its own.
	want, read, tell := replay.Kinds(), replay.Kinds(), requests.SummaryKinds()
	want.Join(tell)
	for i := range run.files {
		r.NextFile()
		tale.NextFile()
		assembler.NextFile()
		// Never entered in the middle (enter): what a process has learnt before the chosen time decides in it.
		source, err := run.open(i)
		if err != nil {
			return err
		}
		stats, err := pluginlog.Read(source, pluginlog.Options{Want: want}, func(e *pluginlog.Event) error {
			if read.Has(e.Kind) {
				r.Add(e)
			}
			if tell.Has(e.Kind) {
				assembler.Add(e)
			}
			return nil
		})
		source.Close()
		a.Stats.Add(stats)
		a.PerFile = append(a.PerFile, stats)
		if err != nil {
			return fmt.Errorf("%s: after line %d: %w", run.Names[i], stats.Lines, err)
		}
	}
	assembler.Close()
	a.Report = r.Report()
	a.Incidents, a.Milder = tale.Incidents(a.Stats.Last)
	return nil
}

// Settled writes the choices of which the log allows one value only; those that it leaves open stand in a comment.
func (a *ReplayAnswer) Settled() []byte {
	comment := fmt.Sprintf("what %s says about the open choices, by %s", strings.Join(a.Names, ", "), a.Config)
	if a.Unexplained > 0 {
		comment += fmt.Sprintf("\nno single choice explains %s of it: take this with care",
			counted(a.Unexplained, "disagreement"))
	}
	var settled, open []string
	for i := range a.Choices {
		e := &a.Choices[i]
		v, ok := e.Settled()
		if !ok {
			open = append(open, openChoice(e))
			continue
		}
		value := ValueOf(replay.Setting{Choice: e.Choice, Value: v})
		settled = append(settled, e.Choice.String()+"="+value)
	}
	return settledFile(comment, settled, open)
}

func openChoice(e *replay.Evidence) string {
	var allowed []string
	for _, v := range e.Values {
		if !v.RuledOut {
			allowed = append(allowed, ValueOf(v.Setting))
		}
	}
	if len(allowed) == 0 {
		return e.Choice.String() + ": no value fits every line"
	}
	return e.Choice.String() + ": " + strings.Join(allowed, " or ")
}

// ValueOf names the value of a choice.
func ValueOf(s replay.Setting) string { return choices.All()[s.Choice].Values[s.Value] }
