package tracereport

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// writeServer tells what the error log of the web server has: how busy its threads were, and what it says of itself.
// What is trouble has a mark in front, as incidents with errors have.
func (run *traceRun) writeServer(w io.Writer) {
	s := run.server
	if s == nil {
		return
	}
	fmt.Fprintf(w, "\nweb server, by %s: %s", forms.Printable(s.Name), forms.Count(s.Lines, "line"))
	if s.Lines > 0 {
		fmt.Fprintf(w, ", %s to %s", seconds(s.First), seconds(s.Last))
	}
	if s.Others > 0 {
		fmt.Fprintf(w, "; %s of another form", forms.Count(s.Others, "line"))
	}
	fmt.Fprintln(w)
	if r := s.Busiest(); r != nil {
		fmt.Fprintf(w, "  threads     %s of mod_mpmstats; the most at %s: %s (line %d)\n",
			forms.Count(s.Reported, "report"), seconds(r.At), threadsWords(r), r.Row)
	} else {
		fmt.Fprintln(w, "  threads     not known: no report of mod_mpmstats (ReportInterval 60, TrackModules On)")
	}
	for i := range s.Events {
		run.writeServerEvent(w, &s.Events[i])
	}
	if s.Further > 0 {
		fmt.Fprintf(w, "  %s of further kinds\n", forms.Count(s.Further, "line"))
	}
}

// writeServerEvent is one kind of line, once for however many there are: when, what it means, and what to do.
func (run *traceRun) writeServerEvent(w io.Writer, e *evidence.ServerEvent) {
	mark := " "
	if e.Kind.Trouble() {
		mark = "!"
	}
	when, lines := seconds(e.FirstAt), fmt.Sprint("line ", e.FirstRow)
	if e.Count > 1 {
		when += " to " + seconds(e.LastAt)
		lines = fmt.Sprintf("%d lines, %d to %d", e.Count, e.FirstRow, e.LastRow)
	}
	code := ""
	if e.Code != "" {
		code = " (" + e.Code + ")"
	}
	fmt.Fprintf(w, "%s %s  %s%s\n", mark, when, e.Kind.Meaning(), code)
	errno := ""
	if e.OSError != 0 {
		errno = fmt.Sprint(e.OSError)
	}
	writeDetails(w, []detail{{"text", run.eventText(e)}, {"errno", errno}, {"do", e.Kind.Advice()}, {"lines", lines}})
}

// eventText is the text of an event without names of users, which stand between "user " and the last colon.
func (run *traceRun) eventText(e *evidence.ServerEvent) string {
	text := run.Secrets.Line(e.Text)
	before, behind, named := strings.Cut(text, "user ")
	if !named || bool(run.Secrets) {
		return text
	}
	if end := strings.LastIndex(behind, ": "); end >= 0 {
		return before + "user …" + behind[end:]
	}
	return before + "user …"
}

// threadsWords says what threads do at a moment: of the web server, of them in the plug-in, of those by what they wait
// for. The web server tells the second with TrackModules On alone, and not always the third.
func threadsWords(r *evidence.ThreadsReport) string {
	text := fmt.Sprintf("%d busy, %d ready", r.Busy, r.Ready)
	if r.Plugin.Name == "" {
		return text
	}
	text += fmt.Sprintf(", %d in the plug-in", r.Plugin.Busy)
	p := &r.Plugin.Phases
	if !p.Known() {
		return text
	}
	text += fmt.Sprintf(" for %.1f s on average", float64(p.Average)/1000)
	for _, of := range []struct {
		n     int64
		words string
	}{{p.Connecting, "connecting"}, {p.SendingRequest, "sending the request"}, {p.SendingBody, "sending a body"},
		{p.Waiting, "waiting for an answer"}, {p.ReadingHead, "reading its headers"},
		{p.ReadingBody, "reading its body"}} {
		if of.n > 0 {
			text += fmt.Sprintf(", %d %s", of.n, of.words)
		}
	}
	return text
}

// duringWords says what threads did in the time of an incident.
func (run *traceRun) duringWords(i *story.Incident) string {
	r := run.server.During(i)
	if r == nil {
		return ""
	}
	return fmt.Sprintf("%s at %s", threadsWords(r), seconds(r.At))
}

// serverJSON is what the error log of the web server adds; see evidence.ServerLog.
type serverJSON struct {
	File     string            `json:"file"`
	Lines    int64             `json:"lines"`
	Others   int64             `json:"furtherLines"`
	First    string            `json:"first,omitempty"`
	Last     string            `json:"last,omitempty"`
	Events   []serverEventJSON `json:"events"`
	Further  int64             `json:"furtherEventLines"`
	Reported int64             `json:"reports"`
	Threads  []threadsJSON     `json:"threads"`
}

type serverEventJSON struct {
	Kind    string `json:"kind"`
	Code    string `json:"code,omitempty"`
	OSError int32  `json:"errno,omitempty"`
	Trouble bool   `json:"trouble"` // what text marks with !
	Count   int64  `json:"lines"`
	First   int64  `json:"firstLine"`
	Last    int64  `json:"lastLine"`
	FirstAt string `json:"first"`
	LastAt  string `json:"last"`
	Text    string `json:"text"`
	Meaning string `json:"meaning"`
	Advice  string `json:"advice,omitempty"`
}

// threadsJSON is a line of mod_mpmstats; plugin is absent where it does not count modules, phases where it does not
// say what they do.
type threadsJSON struct {
	At        string             `json:"time"`
	Row       int64              `json:"line"`
	Ready     int64              `json:"ready"`
	Busy      int64              `json:"busy"`
	Reading   int64              `json:"reading"`
	Writing   int64              `json:"writing"`
	KeepAlive int64              `json:"keepAlive"`
	Logging   int64              `json:"logging"`
	DNS       int64              `json:"dns"`
	Closing   int64              `json:"closing"`
	Plugin    *pluginThreadsJSON `json:"plugin,omitempty"`
	Words     string             `json:"text"`
}

type pluginThreadsJSON struct {
	Busy   int64       `json:"busy"`
	Phases *phasesJSON `json:"phases,omitempty"`
}

type phasesJSON struct {
	Average        float64 `json:"averageSeconds"`
	Connecting     int64   `json:"connecting"`
	SendingRequest int64   `json:"sendingRequest"`
	SendingBody    int64   `json:"sendingBody"`
	Waiting        int64   `json:"waiting"`
	ReadingHead    int64   `json:"readingHead"`
	ReadingBody    int64   `json:"readingBody"`
}

func (run *traceRun) serverDoc() *serverJSON {
	s := run.server
	if s == nil {
		return nil
	}
	doc := &serverJSON{File: s.Name, Lines: s.Lines, Others: s.Others, First: traceTime(s.First),
		Last: traceTime(s.Last), Events: []serverEventJSON{}, Further: s.Further, Reported: s.Reported,
		Threads: []threadsJSON{}}
	for i := range s.Events {
		e := &s.Events[i]
		doc.Events = append(doc.Events, serverEventJSON{e.Kind.String(), e.Code, e.OSError, e.Kind.Trouble(), e.Count,
			e.FirstRow, e.LastRow, traceTime(e.FirstAt), traceTime(e.LastAt), run.eventText(e), e.Kind.Meaning(),
			e.Kind.Advice()})
	}
	for i := range s.Reports {
		doc.Threads = append(doc.Threads, threadsDoc(&s.Reports[i]))
	}
	return doc
}

// threadsDoc is a report of mod_mpmstats; the average comes in milliseconds and is told in seconds.
func threadsDoc(r *evidence.ThreadsReport) threadsJSON {
	doc := threadsJSON{traceTime(r.At), r.Row, r.Ready, r.Busy, r.Reading, r.Writing, r.KeepAlive, r.Logging, r.DNS,
		r.Closing, nil, threadsWords(r)}
	if r.Plugin.Name == "" {
		return doc
	}
	doc.Plugin = &pluginThreadsJSON{Busy: r.Plugin.Busy}
	if p := &r.Plugin.Phases; p.Known() {
		doc.Plugin.Phases = &phasesJSON{float64(p.Average) / 1000, p.Connecting, p.SendingRequest, p.SendingBody,
			p.Waiting, p.ReadingHead, p.ReadingBody}
	}
	return doc
}

// duringDoc is the busiest report of the time of an incident, nil where there is none.
func (run *traceRun) duringDoc(i *story.Incident) *threadsJSON {
	r := run.server.During(i)
	if r == nil {
		return nil
	}
	doc := threadsDoc(r)
	return &doc
}
