package main

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// traceVersion is the version of the JSON of "trace"; fields may be added to one version, never changed.
const traceVersion = 1

type traceJSON struct {
	Version   int                `json:"version"`
	Files     []string           `json:"files"`
	First     string             `json:"first,omitempty"`
	Last      string             `json:"last,omitempty"`
	Lines     traceLineJSON      `json:"lines"`
	Build     string             `json:"build,omitempty"`
	Starts    int                `json:"starts"`
	WebServer string             `json:"webServer,omitempty"`
	Reloads   int                `json:"reloads"`
	Requests  int64              `json:"requests"`
	Declined  int64              `json:"declined"`
	OddCount  int64              `json:"oddCount"`
	Reasons   map[string]int64   `json:"reasons"`
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

type tracePlaceJSON struct {
	File string `json:"file"`
	Line int64  `json:"line"` // 1-based
}

type traceRequestJSON struct {
	Number   int64              `json:"number"`
	Process  string             `json:"process"`
	Thread   string             `json:"thread"`
	First    tracePlaceJSON     `json:"first"`
	Last     tracePlaceJSON     `json:"last"`
	Start    string             `json:"start,omitempty"`
	Seconds  float64            `json:"seconds"`
	Server   float64            `json:"serverSeconds"`
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
}

type traceAttemptJSON struct {
	Member  string  `json:"member,omitempty"`
	By      string  `json:"chosenBy,omitempty"` // affinity or balancing
	Host    string  `json:"host,omitempty"`
	Port    int32   `json:"port,omitempty"`
	Outcome string  `json:"outcome,omitempty"`
	OSError int32   `json:"osError,omitempty"`
	Status  int32   `json:"status,omitempty"`
	Marked  bool    `json:"marked"`
	Reused  bool    `json:"reusedStream"`
	Seconds float64 `json:"seconds"`
	Line    int64   `json:"line"`
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
	Text  string         `json:"text"`
	Lines int64          `json:"lines"`
	First tracePlaceJSON `json:"first"`
	Last  tracePlaceJSON `json:"last"`
}

func (run *traceRun) writeJSON(a *traceResult) error {
	s := a.stats
	doc := traceJSON{
		Version: traceVersion, Files: run.names, First: traceTime(a.First), Last: traceTime(a.Last),
		Lines: traceLineJSON{s.Lines, s.Events, s.Other, s.Unknown, s.Blank, s.Glued},
		Build: a.Build, Starts: a.Builds, WebServer: a.WebServer, Reloads: a.Reloads,
		Requests: a.Requests, Declined: a.Declined, OddCount: a.Odd, Reasons: map[string]int64{},
		Odd: []traceRequestJSON{}, Members: []traceMemberJSON{}, Counters: []traceCounterJSON{}, Totals: []traceCounterJSON{},
		Processes: []traceProcessJSON{}, Errors: []traceErrorJSON{}, MoreErr: a.OtherErrors,
	}
	for i, n := range a.Reasons {
		if n > 0 {
			doc.Reasons[(pluginlog.Reason(1) << i).Name()] = n
		}
	}
	for _, r := range a.OddRequests {
		doc.Odd = append(doc.Odd, run.requestJSON(r))
	}
	for _, m := range a.Members {
		doc.Members = append(doc.Members, traceMemberJSON{m.Member, m.Attempts, m.Answered, m.Failed, m.Marks, m.Affinity})
	}
	for _, c := range a.Counters {
		doc.Counters = append(doc.Counters, traceCounterJSON{c.Member, hexID(c.PID), 0, c.Pending, c.Failed, c.Affinity, c.New(), c.Total})
	}
	for _, c := range sumCounters(a.Counters) {
		doc.Totals = append(doc.Totals, traceCounterJSON{c.member, "", c.processes, c.Pending, c.Failed, c.Affinity, c.New(), c.Total})
	}
	for _, d := range deviations(a.Counters) {
		doc.Processes = append(doc.Processes, traceProcessJSON{hexID(d.pid), d.members, d.mean, d.deviation})
	}
	for _, e := range a.Errors {
		doc.Errors = append(doc.Errors, traceErrorJSON{e.Text, e.Count, run.placeJSON(e.First), run.placeJSON(e.Last)})
	}
	return run.encode(doc)
}

func (run *traceRun) encode(doc any) error {
	enc := json.NewEncoder(run.out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	return enc.Encode(doc)
}

func (run *traceRun) requestJSON(r *pluginlog.Request) traceRequestJSON {
	doc := traceRequestJSON{
		Number: r.Number, Process: hexID(r.PID), Thread: hexID(r.TID), First: run.placeJSON(r.First), Last: run.placeJSON(r.Last),
		Start: traceTime(r.Start), Seconds: r.Wall().Seconds(), Server: r.Server.Seconds(), Host: r.Host, Method: r.Method, URI: r.URI,
		Clones: r.Clones, Member: r.Member(), Status: r.Status, Declined: r.Declined, Complete: r.Complete,
		Attempts: []traceAttemptJSON{}, Reasons: []string{},
	}
	for _, at := range r.Attempts {
		doc.Attempts = append(doc.Attempts, traceAttemptJSON{at.Member, at.By.String(), at.Host, at.Port, at.Outcome.String(), at.OSError, at.Status,
			at.Marked, at.Reused, at.End.Sub(at.Start).Seconds(), at.Line})
	}
	for _, reason := range r.Reasons.Split() {
		doc.Reasons = append(doc.Reasons, reason.Name())
	}
	return doc
}

func (run *traceRun) placeJSON(p pluginlog.Place) tracePlaceJSON {
	return tracePlaceJSON{run.names[p.File-1], p.Line}
}

// traceTime writes a time as ISO 8601 without zone: the log names none.
func traceTime(t pluginlog.Time) string {
	if t == 0 {
		return ""
	}
	return time.Unix(0, int64(t)).UTC().Format("2006-01-02T15:04:05.999999999")
}

func hexID(n uint64) string { return fmt.Sprintf("%08x", n) }
