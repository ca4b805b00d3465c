package tracereport

import (
	"fmt"
	"io"
	"math"
	"time"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// traceVersion is the version of the JSON of "trace"; fields may be added to one version, never changed.
const traceVersion = 1

// A log as trace.schema.json describes it. Lists that are always there are empty and not null; what the log level
// hides is absent or null, and never 0.
type traceJSON struct {
	Version int      `json:"version"`
	Files   []string `json:"files"`
	// where files holds another order, that of their times
	Given     []string           `json:"filesAsGiven,omitempty"`
	First     string             `json:"first,omitempty"`
	Last      string             `json:"last,omitempty"`
	Backwards []traceStepBack    `json:"clockBackwards"` // at most 20 of each file
	MoreBack  int64              `json:"furtherClockBackwards"`
	Overlaps  []overlapJSON      `json:"overlaps,omitempty"`
	Lines     traceLineJSON      `json:"lines"`
	Build     string             `json:"build,omitempty"`
	Starts    int                `json:"starts"`
	WebServer string             `json:"webServer,omitempty"`
	Reloads   int                `json:"reloads"`
	Chosen    *chosenJSON        `json:"selection,omitempty"`
	Incidents []incidentJSON     `json:"incidents"`           // in the order of their ends
	Milder    int64              `json:"furtherIncidents"`    // milder than those
	Access    *accessJSON        `json:"accessLog,omitempty"` // with --access-log
	Server    *serverJSON        `json:"errorLog,omitempty"`  // with --error-log
	Series    []seriesJSON       `json:"series,omitempty"`    // with --timeline, as the next two
	Reloaded  []int64            `json:"seriesReloads,omitempty"`
	Untold    int64              `json:"seriesFurtherLines,omitempty"` // about further members
	Requests  int64              `json:"requests"`
	Episodes  int64              `json:"episodes"` // of requests: those of which the log shows only how they failed
	Declined  int64              `json:"declined"`
	OddCount  int64              `json:"oddCount"`
	Reasons   map[string]int64   `json:"reasons"`
	Details   []traceDetailJSON  `json:"reasonDetails"`
	Odd       []traceRequestJSON `json:"odd"` // at most the 1,000 oddest
	Members   []traceMemberJSON  `json:"members"`
	Counters  []traceCounterJSON `json:"counters"`
	Totals    []traceCounterJSON `json:"counterTotals"`
	Processes []traceProcessJSON `json:"processes"`
	Errors    []traceErrorJSON   `json:"errors"`
	MoreErr   int64              `json:"furtherErrorLines"`
}

type traceLineJSON struct {
	Total   int64 `json:"total"`
	Events  int64 `json:"understood"`
	Other   int64 `json:"withoutNews"`
	Unknown int64 `json:"unknown"`
	Blank   int64 `json:"blank"`
	Glued   int64 `json:"glued"`
}

type traceStepBack struct {
	tracePlaceJSON
	From    string  `json:"from"`
	To      string  `json:"to"`
	Seconds float64 `json:"seconds"`
}

type overlapJSON struct {
	File   string `json:"file"`
	Begins string `json:"begins"`
	Before string `json:"before"`
	Ends   string `json:"ends"`
}

type traceDetailJSON struct {
	Reason   string `json:"reason"`
	Text     string `json:"text"`
	Requests int64  `json:"requests"`
}

type tracePlaceJSON struct {
	File string `json:"file"`
	Line int64  `json:"line"` // 1-based
}

type traceRequestJSON struct {
	Number   int64              `json:"number"`
	Episode  bool               `json:"episode,omitempty"`
	Process  string             `json:"process"`
	Thread   string             `json:"thread"`
	First    tracePlaceJSON     `json:"first"`
	Last     tracePlaceJSON     `json:"last"`
	Start    string             `json:"start,omitempty"`
	Seconds  *float64           `json:"seconds"`                  // null where the log does not tell it
	Unknown  string             `json:"secondsUnknown,omitempty"` // why
	Server   *float64           `json:"serverSeconds"`            // of them, waiting for members; as Seconds
	Host     string             `json:"host,omitempty"`
	Method   string             `json:"method,omitempty"`
	URI      string             `json:"uri,omitempty"`
	Clones   []string           `json:"cloneIDs,omitempty"`
	Member   string             `json:"member,omitempty"`
	Status   int32              `json:"status,omitempty"`
	Declined bool               `json:"declined,omitempty"`
	Complete bool               `json:"complete"`
	Attempts []traceAttemptJSON `json:"attempts"`
	Reasons  []string           `json:"reasons"`
	Why      []string           `json:"why"` // a sentence for each reason
}

type traceAttemptJSON struct {
	Member  string   `json:"member,omitempty"`
	By      string   `json:"chosenBy,omitempty"` // affinity or balancing
	Host    string   `json:"host,omitempty"`
	Port    int32    `json:"port,omitempty"`
	Outcome string   `json:"outcome,omitempty"`
	OSError int32    `json:"osError,omitempty"`
	GSK     *gskJSON `json:"gsk,omitempty"`
	Status  int32    `json:"status,omitempty"`
	Marked  bool     `json:"marked"`
	Reused  bool     `json:"reusedStream"`
	Seconds *float64 `json:"seconds"` // null where the log does not tell it
	Line    int64    `json:"line"`
}

type gskJSON struct {
	Name    string `json:"name,omitempty"`
	Code    int32  `json:"code,omitempty"`
	Meaning string `json:"meaning,omitempty"`
}

type traceMemberJSON struct {
	Member   string `json:"member"`
	Attempts int64  `json:"attempts"`
	Answered int64  `json:"answered"`
	Failed   int64  `json:"failed"`
	Marked   int64  `json:"markedDown"`
	Affinity int64  `json:"byAffinity"`
}

type traceCounterJSON struct {
	Member    string `json:"member"`
	Process   string `json:"process,omitempty"`
	Processes int    `json:"processes,omitempty"`
	Pending   int64  `json:"pending"`
	Failed    int64  `json:"failed"`
	Affinity  int64  `json:"affinity"`
	New       int64  `json:"new"`
	Total     int64  `json:"total"`
}

type traceProcessJSON struct {
	Process   string  `json:"process"`
	Members   int     `json:"members"`
	Mean      float64 `json:"newMean"`
	Deviation float64 `json:"newDeviation"`
}

type traceErrorJSON struct {
	Text    string         `json:"text"`
	Lines   int64          `json:"lines"`
	First   tracePlaceJSON `json:"first"`
	Last    tracePlaceJSON `json:"last"`
	FirstAt string         `json:"firstTime,omitempty"`
	LastAt  string         `json:"lastTime,omitempty"`
	Kind    string         `json:"kind,omitempty"` // these five are absent where the catalogue does not know the text
	Meaning string         `json:"meaning,omitempty"`
	Client  string         `json:"client,omitempty"`
	Advice  string         `json:"advice,omitempty"`
	Rule    string         `json:"rule,omitempty"`
}

var _ = Trace.Add(forms.AsJSON(traceBy((*traceRun).writeJSON)))

func (run *traceRun) writeJSON(w io.Writer, a *evidence.TraceAnswer) error {
	s := a.Stats
	doc := traceJSON{
		Version: traceVersion, Files: run.Names, Given: run.Given, First: traceTime(a.Stats.First),
		Last:   traceTime(a.Stats.Last),
		Lines:  traceLineJSON{s.Lines, s.Events, s.Other, s.Unknown, s.Blank, s.Glued},
		Chosen: chosenDoc(&a.Chosen), Incidents: run.incidentsJSON(a.Incidents), Milder: a.Milder,
		Build: a.Build, Starts: a.Builds, WebServer: a.WebServer, Reloads: a.Reloads,
		Requests: a.Requests, Episodes: a.Episodes, Declined: a.Declined, OddCount: a.Odd, Reasons: map[string]int64{},
		Odd: []traceRequestJSON{}, Members: []traceMemberJSON{}, Counters: []traceCounterJSON{},
		Totals:    []traceCounterJSON{},
		Processes: []traceProcessJSON{}, Errors: []traceErrorJSON{}, MoreErr: a.OtherErrors,
		Backwards: []traceStepBack{}, Details: []traceDetailJSON{},
	}
	for i, n := range a.Reasons {
		if n > 0 {
			doc.Reasons[(requests.Reason(1) << i).Name()] = n
		}
	}
	for _, d := range a.Details {
		doc.Details = append(doc.Details, traceDetailJSON{d.Reason.Name(), d.Text, d.Requests})
	}
	doc.Backwards, doc.MoreBack = run.stepsJSON(a.PerFile)
	for _, o := range run.overlaps(a.PerFile) {
		doc.Overlaps = append(doc.Overlaps, overlapJSON{o.file, traceTime(o.begins), o.before, traceTime(o.ends)})
	}
	for _, r := range a.OddRequests {
		doc.Odd = append(doc.Odd, run.requestJSON(r, a.Stats.Noisiest))
	}
	for _, m := range a.Members {
		doc.Members = append(doc.Members, traceMemberJSON{m.Member, m.Attempts, m.Answered, m.Failed,
			m.Marks, m.Affinity})
	}
	for _, c := range a.Counters {
		doc.Counters = append(doc.Counters, traceCounterJSON{c.Member, hexID(c.PID), 0, c.Pending,
			c.Failed, c.Affinity, c.New(), c.Total})
	}
	for _, c := range sumCounters(a.Counters) {
		doc.Totals = append(doc.Totals, traceCounterJSON{c.member, "", c.processes, c.Pending, c.Failed,
			c.Affinity, c.New(), c.Total})
	}
	for _, d := range deviations(a.Counters) {
		doc.Processes = append(doc.Processes, traceProcessJSON{hexID(d.pid), d.members, d.mean, d.deviation})
	}
	for _, e := range a.Errors {
		doc.Errors = append(doc.Errors, run.errorJSON(e))
	}
	doc.Access, doc.Server = run.accessDoc(), run.serverDoc()
	if s := a.Series; s != nil {
		doc.Series, doc.Reloaded, doc.Untold = seriesDoc(s, a.Stats.Noisiest), s.Reloads, s.Dropped
	}
	return forms.JSON(w, doc)
}

func (run *traceRun) errorJSON(e *requests.ErrorCount) traceErrorJSON {
	entry, _ := e.Entry()
	return traceErrorJSON{
		Text: run.Secrets.Line(e.Text), Lines: e.Count, First: run.placeJSON(e.First), Last: run.placeJSON(e.Last),
		FirstAt: traceTime(e.FirstAt), LastAt: traceTime(e.LastAt),
		Kind: entry.Kind, Meaning: entry.Meaning, Client: entry.Client, Advice: entry.Advice, Rule: entry.Rule,
	}
}

// stepsJSON has all steps of the clock that were kept, and how many more there were.
func (run *traceRun) stepsJSON(files evidence.FileTimes) (all []traceStepBack, more int64) {
	steps, more := files.ClockSteps(math.MaxInt)
	all = []traceStepBack{}
	for _, step := range steps {
		all = append(all, traceStepBack{run.placeJSON(step.At), traceTime(step.From), traceTime(step.To),
			step.From.Sub(step.To).Seconds()})
	}
	return all, more
}

// requestJSON is one request; noisiest is the level of the log, which decides whether it can say how long it took.
func (run *traceRun) requestJSON(r *requests.Request, noisiest pluginlog.Level) traceRequestJSON {
	doc := traceRequestJSON{
		Number: r.Number, Episode: r.Episode(), Process: hexID(r.PID), Thread: hexID(r.TID),
		First: run.placeJSON(r.First),
		Last:  run.placeJSON(r.Last),
		Start: traceTime(r.Start), Host: r.Host, Method: r.Method, URI: run.Secrets.URI(r.URI),
		Clones: r.Clones, Member: r.Member(), Status: r.Status, Declined: r.Declined, Complete: r.Complete,
		Attempts: []traceAttemptJSON{}, Reasons: []string{}, Why: []string{},
	}
	if r.Timed() {
		doc.Seconds, doc.Server = secondsJSON(r.Wall()), secondsJSON(r.Server)
	} else {
		doc.Unknown = unknownDuration(r, noisiest)
	}
	for _, at := range r.Attempts {
		doc.Attempts = append(doc.Attempts, attemptJSON(r, &at))
	}
	for _, reason := range r.Reasons.Split() {
		doc.Reasons = append(doc.Reasons, reason.Name())
		doc.Why = append(doc.Why, r.Why(reason))
	}
	return doc
}

// attemptJSON is one attempt. How long it took is known where its request began in the log and both ends have a time.
func attemptJSON(r *requests.Request, at *requests.Attempt) traceAttemptJSON {
	doc := traceAttemptJSON{Member: at.Member, By: at.SelectedBy(), Host: at.Host, Port: at.Port,
		Outcome: at.Outcome.String(), OSError: at.OSError,
		Status: at.Status, Marked: at.Marked, Reused: at.Reused, Line: at.Line}
	if r.Began && at.Start != 0 && at.End != 0 {
		doc.Seconds = secondsJSON(at.End.Sub(at.Start))
	}
	if at.GSK != (pluginlog.GSK{}) {
		doc.GSK = gskOf(at.GSK)
	}
	return doc
}

// gskOf is an error of GSKit, the TLS library of IBM HTTP Server, with what its code means.
func gskOf(g pluginlog.GSK) *gskJSON {
	entry, _ := catalogue.OfGSK(g.Name, g.Code)
	return &gskJSON{g.Name, g.Code, entry.Meaning}
}

func secondsJSON(d time.Duration) *float64 {
	s := d.Seconds()
	return &s
}

func (run *traceRun) placeJSON(p requests.Place) tracePlaceJSON {
	return tracePlaceJSON{run.Names[p.File-1], p.Line}
}

// traceTime writes a time as ISO 8601 without zone: the log names none.
func traceTime(t pluginlog.Time) string {
	if t == 0 {
		return ""
	}
	return time.Unix(0, int64(t)).UTC().Format("2006-01-02T15:04:05.999999999")
}

// hexID is a process or thread as the log writes it, so that it can be searched for.
func hexID(n uint64) string { return fmt.Sprintf("%08x", n) }
