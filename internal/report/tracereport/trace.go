package tracereport

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Log is how a log is shown.
type Log struct {
	Limit   int // at most so many odd requests, incidents or disagreements; 0 all
	Secrets forms.Secrets
}

// traceRun is the files of a log, and how it is shown. Every format asks it for the same words, so that a page says
// what the text says.
type traceRun struct {
	Log
	evidence.Logs
	access *evidence.AccessJoin // nil without one
	server *evidence.ServerLog  // as access
}

// Trace are the formats of what a log tells.
var Trace forms.List[Traced]

// Traced is what a log tells, and how it is shown.
type Traced struct {
	*evidence.TraceAnswer
	Log
}

// traceBy is how a format writes what a log tells: each is a method of traceRun, which knows how to show it.
func traceBy(write func(*traceRun, io.Writer, *evidence.TraceAnswer) error) func(io.Writer, Traced) error {
	return func(w io.Writer, t Traced) error {
		return write(&traceRun{t.Log, t.Logs, t.Access, t.Server}, w, t.TraceAnswer)
	}
}

// writeOrder says in which order the files were read where it is not the given one, and what is odd about their
// times: a clock that was set back, or logs of two web servers mixed up, make what follows worth less.
func (run *traceRun) writeOrder(w io.Writer, files evidence.FileTimes) {
	if run.Given != nil {
		fmt.Fprintf(w, "files read in the order of their times: %s (given: %s)\n",
			forms.Printable(strings.Join(run.Names, ", ")), forms.Printable(strings.Join(run.Given, ", ")))
	}
	steps, more := files.ClockSteps(shownSteps)
	for _, step := range steps {
		fmt.Fprintf(w, "the clock runs backwards at %s: %s, the line before %s\n", run.fileLine(step.At),
			step.To, step.From)
	}
	if more > 0 {
		fmt.Fprintf(w, "the clock runs backwards at %s\n", forms.Count(more, "further line"))
	}
	for _, o := range run.overlaps(files) {
		fmt.Fprintf(w, "%s begins at %s, before %s ends at %s: are they files of one log?\n", forms.Printable(o.file),
			o.begins, forms.Printable(o.before), o.ends)
	}
}

// overlap is a file that begins before the one in front of it ends.
type overlap struct {
	file, before string
	begins, ends pluginlog.Time
}

// overlaps compares neighbours, as files stand in the order of their beginnings. A file without times (First 0)
// overlaps nothing.
func (run *traceRun) overlaps(files evidence.FileTimes) (all []overlap) {
	for i := 1; i < len(files); i++ {
		if before, next := &files[i-1], &files[i]; next.First != 0 && before.Last > next.First {
			all = append(all, overlap{run.Names[i], run.Names[i-1], next.First, before.Last})
		}
	}
	return all
}

// shownSteps is how many steps of the clock the text shows; a clock that goes wrong does it in thousands of lines.
const shownSteps = 5

// place writes a line's place, with the file when there are several.
func (run *traceRun) place(p requests.Place) string {
	line := strconv.FormatInt(p.Line, 10)
	if len(run.Names) == 1 {
		return line
	}
	return run.Names[p.File-1] + ":" + line // files count from 1, so that no file is 0
}
