package evidence

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// Trace asks what http_plugin.log tells: members, attempts, times, and what is odd.
type Trace struct {
	Files    []string // of one log; they are read in the order of their times
	Slow     float64  // seconds from which on a request is odd
	Timeline bool     // a Series is wanted
	Access   app.URLs // the access log of that time; without a path none
	ErrorLog string   // that of the web server; "" none
	Selection
}

// Logs are the files of a log as reports name them.
type Logs struct {
	Names []string // in the order in which they were read
	Given []string // as they were given, nil where that is this order
}

// TraceAnswer is what the log tells; beside an error, what was read until then.
type TraceAnswer struct {
	Logs
	requests.Summary
	Incidents []*story.Incident // in the order of their ends
	Milder    int64             // incidents that are not among them, because there are so many
	Series    *story.Series     // nil where it was not asked for
	Access    *AccessJoin       // nil without an access log
	Server    *ServerLog        // nil without an error log
	Chosen    Chosen
	Stats     pluginlog.Stats
	PerFile   FileTimes
}

// Known reports whether anything that was read is of a plug-in's log.
func (a *TraceAnswer) Known() bool { return known(&a.Stats) }

func known(s *pluginlog.Stats) bool { return s.Events+s.Other > 0 }

// Run reads the log.
func (t *Trace) Run(in app.Input) (*TraceAnswer, error) {
	run, err := t.open(in)
	if err != nil {
		return new(TraceAnswer), err
	}
	// Incidents are made while the log is read, and hits are asked of them when a request ends: the access log, which
	// is read last, only knows what has been noted then.
	tale := story.New(story.Options{Series: t.Timeline})
	hits := newHits(tale)
	var visit func(*requests.Request) error
	if t.Access.Path != "" {
		visit = hits.add
	}
	a, err := run.analyse(tale, visit)
	a.Incidents, a.Milder = tale.Incidents(a.Stats.Last)
	a.Incidents, a.Series = run.choose(a.Incidents), run.chooseSeries(tale.Series())
	// An error of reading goes before: a file that is cut at once shows no line either.
	if err == nil && !a.Known() {
		err = run.noLog(&a.Stats)
	}
	if err == nil && t.Access.Path != "" {
		a.Access, err = hits.join(run, &t.Access, a.Incidents)
	}
	if err == nil {
		a.Server, err = readServerLog(in, t.ErrorLog, &run.Chosen)
	}
	return a, err
}

// traceRun reads the files of a log, once or several times.
type traceRun struct {
	input app.Input
	files []string
	Logs
	slow time.Duration
	in   io.Reader // what is left of standard input
	Chosen
}

// open checks the request, and puts the files in order.
func (t *Trace) open(in app.Input) (*traceRun, error) {
	run := &traceRun{input: in, files: t.Files, in: in.Stdin}
	stdins := 0
	for _, name := range run.files {
		if name == "-" {
			stdins++
		}
		run.Names = append(run.Names, app.DisplayName(name))
	}
	switch {
	case len(run.files) == 0:
		return nil, app.Misuse("trace: no log given; name one or more files, or - for stdin")
	// Written so that NaN is refused, too.
	case !(t.Slow > 0 && t.Slow < 1e6):
		return nil, &app.RequestError{Field: "slow",
			Err: fmt.Errorf("trace: --slow %v is no time; give seconds above 0", t.Slow)}
	case stdins > 1:
		return nil, app.Misuse("trace: stdin can be read only once, but - is given more than once")
	}
	run.slow = time.Duration(math.Round(t.Slow * float64(time.Second)))
	run.order()
	return run, run.choice(&t.Selection)
}

// errEnough ends a pass early.
var errEnough = errors.New("stop")

// analyse reads all files once. Where they are given, tale hears of all, and visit sees every finished request and may
// end the pass with errEnough. A packed file that is cut gives what could be read and the error.
func (run *traceRun) analyse(tale *story.Story, visit func(*requests.Request) error) (*TraceAnswer, error) {
	a := &TraceAnswer{Logs: run.Logs, Chosen: run.Chosen}
	defer a.Finish()
	var stop error
	assembler := requests.Assembler{Slow: run.slow, Done: func(r *requests.Request) {
		if run.hides(r) {
			return
		}
		a.AddRequest(r)
		if visit != nil && stop == nil {
			stop = visit(r)
		}
	}}
	if tale != nil {
		done := assembler.Done
		assembler.Line, assembler.Done = tale.Line, func(r *requests.Request) { tale.Done(r); done(r) }
	}
	defer assembler.Close()
	for i := range run.files {
		assembler.NextFile()
		a.NextFile()
		if tale != nil {
			tale.NextFile()
		}
		// The event may end a request: then Done has set stop by what visit says of it.
		stats, err := run.readEvents(i, requests.SummaryKinds(), func(e *pluginlog.Event) error {
			a.Add(e)
			assembler.Add(e)
			return stop
		})
		a.Stats.Add(stats)
		a.PerFile = append(a.PerFile, stats)
		if err != nil {
			return a, err
		}
	}
	return a, nil
}

// readEvents reads what is chosen of a file. Stats are of the whole file as far as an entry in its middle knows them;
// errEnough of add comes back as it is.
func (run *traceRun) readEvents(i int, want pluginlog.Kinds, add func(*pluginlog.Event) error) (pluginlog.Stats,
	error,
) {
	part, err := run.enter(i)
	if err != nil {
		return pluginlog.Stats{}, err
	}
	defer part.Close()
	stats, err := pluginlog.Read(part, pluginlog.Options{Want: want, Offset: part.offset, Lines: part.lines},
		run.chosenEvents(add))
	part.complete(&stats)
	if err != nil && !errors.Is(err, errEnough) {
		err = fmt.Errorf("%s: after line %d: %w", run.Names[i], stats.Lines, err)
	}
	return stats, err
}

func (run *traceRun) noLog(s *pluginlog.Stats) error {
	return fmt.Errorf("%s: no line of a plug-in log among %s; "+
		"is this the file that the Log element of plugin-cfg.xml names?",
		strings.Join(run.Names, ", "), counted(s.Lines, "line"))
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}
