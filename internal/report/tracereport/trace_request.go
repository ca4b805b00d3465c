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

// TraceRequest are the formats of one request of a log.
var TraceRequest = forms.List[Requested]{
	forms.AsText(func(w io.Writer, a Requested) error { return a.show(w, (*traceRun).writeRequest) }),
	forms.AsJSON(func(w io.Writer, a Requested) error { return a.show(w, (*traceRun).writeRequestJSON) }),
}

// Requested is one request of a log, and how it is shown.
type Requested struct {
	*evidence.RequestAnswer
	Secrets forms.Secrets
}

func (a Requested) show(w io.Writer,
	write func(*traceRun, io.Writer, *evidence.RequestAnswer, []evidence.LogLine) error) error {
	return write(&traceRun{Log: Log{Secrets: a.Secrets}, Logs: a.Logs}, w, a.RequestAnswer, a.Lines)
}

// writeRequest tells of one request from the answer down to its lines, which come last: they are the most, and the
// proof.
func (run *traceRun) writeRequest(w io.Writer, found *evidence.RequestAnswer, lines []evidence.LogLine) error {
	r := found.Request
	run.writeRequestHead(w, found)
	if len(found.Others) > 0 {
		fmt.Fprintf(w, "%s of this path: no. %s\n",
			forms.Count(int64(len(found.Others))+found.More, "further request"),
			otherNumbers(found))
	}
	writeAttempts(w, r)
	run.writeSteps(w, lines)
	fmt.Fprintln(w, "\nlines")
	width := len(run.place(r.Last))
	for _, l := range lines {
		fmt.Fprintf(w, "  %*s  %s\n", width, run.place(l.Place), forms.Printable(run.Secrets.Line(l.Text)))
	}
	return nil
}

// otherNumbers are numbers of further requests of the path, which --request takes.
func otherNumbers(found *evidence.RequestAnswer) string {
	var all []string
	for _, n := range found.Others {
		all = append(all, strconv.FormatInt(n, 10))
	}
	if found.More > 0 {
		all = append(all, "...")
	}
	return strings.Join(all, ", ")
}

// writeRequestHead is the answer: what was asked, what came of it, where it stands, how long it took, what is odd. Of
// an episode the log may not name the request.
func (run *traceRun) writeRequestHead(w io.Writer, found *evidence.RequestAnswer) {
	r := found.Request
	if r.Episode() && r.URI == "" {
		fmt.Fprintf(w, "episode %d, of a request that the log does not name", r.Number)
	} else {
		fmt.Fprintf(w, "request %d: %s",
			r.Number, forms.Printable(strings.TrimSpace(r.Method+" "+forms.OrDash(run.Secrets.URI(r.URI)))))
	}
	if r.Host != "" {
		fmt.Fprintf(w, " on %s", forms.Printable(r.Host))
	}
	switch {
	case r.Status != 0 && r.Member() != "":
		fmt.Fprintf(w, ": %d from %s", r.Status, forms.Printable(r.Member()))
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

// writeAttempts has a row for each attempt, in order: a request that failed over has several.
func writeAttempts(w io.Writer, r *requests.Request) {
	t := forms.Table{Head: []string{"attempt", "member", "chosen by", "host", "outcome", "status", "seconds",
		"marked down"}}
	t.RightAlign(0, 5, 6)
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
		t.Add(strconv.Itoa(i+1), forms.OrDash(at.Member), forms.OrDash(at.SelectedBy()), forms.OrDash(host),
			forms.OrDash(at.Outcome.String()),
			statusText(at.Status), took, marked)
	}
	t.Section(w, "attempts")
}

// traceStep is a sentence about one line.
type traceStep struct {
	place requests.Place
	time  pluginlog.Time
	kind  pluginlog.Kind
	words string
}

// traceSteps puts the lines into words. Comparisons without a match are many: runs of them become one step.
func traceSteps(lines []evidence.LogLine) []traceStep {
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
			words += fmt.Sprintf(", after %s", forms.Count(int64(compared), "comparison"))
			compared = 0
		}
		all = append(all, traceStep{l.Place, l.Event.Time, l.Event.Kind, words})
	}
	return all
}

// writeSteps puts the lines into sentences; the day of a time is left out, as the head has it.
func (run *traceRun) writeSteps(w io.Writer, lines []evidence.LogLine) {
	t := forms.Table{Head: []string{"step", "line", "time", "what happens"}}
	t.RightAlign(0, 1)
	for i, s := range traceSteps(lines) {
		clock := s.time.String()
		if len(clock) > len("2006-01-02 ") {
			clock = clock[len("2006-01-02 "):]
		}
		t.Add(strconv.Itoa(i+1), run.place(s.place), forms.OrDash(clock), run.Secrets.Line(s.words))
	}
	t.Section(w, "steps")
}

// A request as trace.schema.json describes it.
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

func (run *traceRun) writeRequestJSON(w io.Writer, found *evidence.RequestAnswer, lines []evidence.LogLine) error {
	doc := traceOneJSON{Version: traceVersion, Request: run.requestJSON(found.Request, found.Noisiest),
		Others: found.Others, More: found.More,
		Steps: []traceStepJSON{}, Lines: []traceTextJSON{}}
	if doc.Others == nil {
		doc.Others = []int64{}
	}
	for _, s := range traceSteps(lines) {
		doc.Steps = append(doc.Steps, traceStepJSON{run.placeJSON(s.place), traceTime(s.time),
			s.kind.String(), run.Secrets.Line(s.words)})
	}
	for _, l := range lines {
		doc.Lines = append(doc.Lines, traceTextJSON{run.placeJSON(l.Place), run.Secrets.Line(l.Text)})
	}
	return forms.JSON(w, doc)
}
