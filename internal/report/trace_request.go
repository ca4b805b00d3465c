package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// TraceRequest are the formats of one request of a log.
var TraceRequest = Formats[*app.RequestAnswer]{
	{"text", func(w io.Writer, a *app.RequestAnswer) error { return showRequest(w, a, (*traceRun).writeRequest) }},
	{"json", func(w io.Writer, a *app.RequestAnswer) error { return showRequest(w, a, (*traceRun).writeRequestJSON) }},
}

func showRequest(w io.Writer, a *app.RequestAnswer,
	write func(*traceRun, io.Writer, *app.RequestAnswer, []app.LogLine) error) error {
	return write(&traceRun{Logs: a.Logs}, w, a, a.Lines)
}

func (run *traceRun) writeRequest(w io.Writer, found *app.RequestAnswer, lines []app.LogLine) error {
	r := found.Request
	run.writeRequestHead(w, found)
	if len(found.Others) > 0 {
		fmt.Fprintf(w, "%s of this path: no. %s\n", countOf(int64(len(found.Others))+found.More, "further request"), otherNumbers(found))
	}
	writeAttempts(w, r)
	run.writeSteps(w, lines)
	fmt.Fprintln(w, "\nlines")
	width := len(run.place(r.Last))
	for _, l := range lines {
		fmt.Fprintf(w, "  %*s  %s\n", width, run.place(l.Place), printable(l.Text))
	}
	return nil
}

func otherNumbers(found *app.RequestAnswer) string {
	var all []string
	for _, n := range found.Others {
		all = append(all, strconv.FormatInt(n, 10))
	}
	if found.More > 0 {
		all = append(all, "...")
	}
	return strings.Join(all, ", ")
}

func (run *traceRun) writeRequestHead(w io.Writer, found *app.RequestAnswer) {
	r := found.Request
	if r.Episode() && r.URI == "" {
		fmt.Fprintf(w, "episode %d, of a request that the log does not name", r.Number)
	} else {
		fmt.Fprintf(w, "request %d: %s", r.Number, printable(strings.TrimSpace(r.Method+" "+orDash(r.URI))))
	}
	if r.Host != "" {
		fmt.Fprintf(w, " on %s", printable(r.Host))
	}
	switch {
	case r.Status != 0 && r.Member() != "":
		fmt.Fprintf(w, ": %d from %s", r.Status, printable(r.Member()))
	case r.Status != 0:
		fmt.Fprintf(w, ": %d", r.Status)
	case r.Declined:
		fmt.Fprint(w, ": left to the web server")
	default:
		fmt.Fprint(w, ": no answer seen")
	}
	fmt.Fprintf(w, "\nprocess %08x thread %08x, lines %s", r.PID, r.TID, run.lines(r))
	switch {
	case r.Timed():
		fmt.Fprintf(w, ", %s, %s s", r.Start, wallSeconds(r))
	case r.Start != 0:
		fmt.Fprintf(w, ", %s, duration %s", r.Start, unknownDuration(r, found.Noisiest))
	}
	fmt.Fprintln(w)
	for _, reason := range r.Reasons.Split() {
		fmt.Fprintf(w, "odd: %s [%s]\n", r.Why(reason), reason.Name())
	}
}

func writeAttempts(w io.Writer, r *requests.Request) {
	t := textTable{head: []string{"attempt", "member", "chosen by", "host", "outcome", "status", "seconds", "marked down"}}
	t.rightAlign(0, 5, 6)
	for i, at := range r.Attempts {
		marked, took, host := "", "-", at.Host
		if at.Marked {
			marked = "yes"
		}
		if r.Began && at.End != 0 && at.Start != 0 {
			took = strconv.FormatFloat(at.End.Sub(at.Start).Seconds(), 'f', 3, 64)
		}
		if at.Port != 0 {
			host += ":" + strconv.Itoa(int(at.Port))
		}
		t.add(strconv.Itoa(i+1), orDash(at.Member), orDash(at.SelectedBy()), orDash(host), orDash(at.Outcome.String()), statusText(at.Status), took, marked)
	}
	t.section(w, "attempts")
}

// traceStep is a sentence about one line.
type traceStep struct {
	place requests.Place
	time  pluginlog.Time
	kind  pluginlog.Kind
	words string
}

// traceSteps puts the lines into words. Comparisons without a match are many: runs of them become one step.
func traceSteps(lines []app.LogLine) []traceStep {
	var all []traceStep
	ids := sessionIDsOf(lines)
	compared := 0
	for _, l := range lines {
		if !l.Known {
			continue
		}
		switch l.Event.Kind {
		case pluginlog.URICompared, pluginlog.AliasCompared, pluginlog.CloneCompared:
			compared++
			continue
		}
		words := ids.words(&l.Event)
		if words == "" {
			continue
		}
		if compared > 0 {
			words += fmt.Sprintf(", after %s", countOf(int64(compared), "comparison"))
			compared = 0
		}
		all = append(all, traceStep{l.Place, l.Event.Time, l.Event.Kind, words})
	}
	return all
}

func (run *traceRun) writeSteps(w io.Writer, lines []app.LogLine) {
	t := textTable{head: []string{"step", "line", "time", "what happens"}}
	t.rightAlign(0, 1)
	for i, s := range traceSteps(lines) {
		clock := s.time.String()
		if len(clock) > len("2006-01-02 ") {
			clock = clock[len("2006-01-02 "):]
		}
		t.add(strconv.Itoa(i+1), run.place(s.place), orDash(clock), s.words)
	}
	t.section(w, "steps")
}

type traceOneJSON struct {
	Version int              `json:"version"`
	Request traceRequestJSON `json:"request"`
	Others  []int64          `json:"otherRequests"`
	More    int64            `json:"furtherRequests"`
	Steps   []traceStepJSON  `json:"steps"`
	Lines   []traceTextJSON  `json:"lines"`
}

type traceStepJSON struct {
	tracePlaceJSON
	Time  string `json:"time,omitempty"`
	Kind  string `json:"kind"`
	Words string `json:"words"`
}

type traceTextJSON struct {
	tracePlaceJSON
	Text string `json:"text"`
}

func (run *traceRun) writeRequestJSON(w io.Writer, found *app.RequestAnswer, lines []app.LogLine) error {
	doc := traceOneJSON{Version: traceVersion, Request: run.requestJSON(found.Request, found.Noisiest), Others: found.Others, More: found.More,
		Steps: []traceStepJSON{}, Lines: []traceTextJSON{}}
	if doc.Others == nil {
		doc.Others = []int64{}
	}
	for _, s := range traceSteps(lines) {
		doc.Steps = append(doc.Steps, traceStepJSON{run.placeJSON(s.place), traceTime(s.time), s.kind.String(), s.words})
	}
	for _, l := range lines {
		doc.Lines = append(doc.Lines, traceTextJSON{run.placeJSON(l.Place), l.Text})
	}
	return indentedJSON(w, doc)
}
