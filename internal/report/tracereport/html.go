package tracereport

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

var _ = Trace.Add(forms.Form[Traced]{Name: "html", Place: 3, Usage: ", one page to be passed on",
	Write: traceBy((*traceRun).writeHTML)})

//go:embed trace.html
var pageText string

// page is parsed once for a process.
var page = sync.OnceValue(func() *template.Template { return forms.Page(pageText) })

// What a page shows at most: it is meant to be sent to somebody.
const (
	pageIncidents = 200
	pageRequests  = 200
	pageMembers   = 50
)

// pageData is what the template is given: what the text report says, in its words, in pieces that HTML can mark up.
type pageData struct {
	Title, Headline, Chosen, Level string
	Incidents                      []pageIncident
	MoreIncidents                  int64
	Step, From                     string
	Rows                           []pageRow
	MoreMembers                    int
	Served                         bool // whether it is known what was served
	Access, Server                 string
	Requests                       []pageRequest
	MoreRequests                   int64
	Errors                         []pageError
	Facts                          string
}

type pageIncident struct {
	When, Title  string
	Errors, Open bool
	Details      []detail
}

type pageRow struct {
	Member        string
	Cells         []pageCell
	Timed         int64
	P50, P95, P99 string
	Counted       bool
	New, Affinity int64
}

type pageCell struct{ Mark, Class, Title string }

type pageRequest struct{ Number, Start, Seconds, Status, Member, URI, Why string }

type pageError struct {
	Count         int64
	First, Last   string
	Text, Meaning string
}

// writeHTML writes one page with all that it needs, and no script.
func (run *traceRun) writeHTML(w io.Writer, a *evidence.TraceAnswer) error {
	var headline, chosen, access, server, facts strings.Builder
	run.writeHeadline(&headline, a)
	run.writeOrder(&facts, a.PerFile)
	writeChosen(&chosen, &a.Chosen)
	run.writeAccess(&access)
	run.writeServer(&server)
	run.writeFacts(&facts, a)
	data := pageData{Title: strings.Join(run.Names, ", "), Headline: headline.String(), Chosen: chosen.String(),
		Level: a.Stats.Noisiest.String(), Access: access.String(), Server: server.String(),
		Facts: strings.TrimSpace(facts.String()), Served: a.Stats.Noisiest >= pluginlog.LevelStats}
	run.pageIncidents(&data, a)
	data.addSeries(a.Series)
	run.pageRequests(&data, a)
	for _, e := range a.Errors {
		meaning := "not in the catalogue"
		if entry, ok := e.Entry(); ok {
			meaning = entry.Meaning
		}
		data.Errors = append(data.Errors, pageError{e.Count, run.place(e.First), run.place(e.Last),
			run.Secrets.Line(e.Text), meaning})
	}
	return page().Execute(w, &data)
}

// pageIncidents shows those that the text shows, and no more than a page holds; the others are counted.
func (run *traceRun) pageIncidents(data *pageData, a *evidence.TraceAnswer) {
	show := run.shown(a.Incidents)
	if len(show) > pageIncidents {
		show = worst(show, pageIncidents)
	}
	data.MoreIncidents = int64(len(a.Incidents)-len(show)) + a.Milder
	for _, i := range show {
		one := pageIncident{When: span(i), Title: i.Title() + figures(i), Errors: i.Clients.Errors > 0, Open: i.Open}
		// Each incident of a page is read by itself, so that advice is repeated and not "as above".
		for _, d := range run.details(i, map[string]bool{}) {
			if d.Text != "" {
				one.Details = append(one.Details, d)
			}
		}
		data.Incidents = append(data.Incidents, one)
	}
}

func (run *traceRun) pageRequests(data *pageData, a *evidence.TraceAnswer) {
	show := run.oddest(a.OddRequests)
	show = show[:min(len(show), pageRequests)]
	data.MoreRequests = a.Odd - int64(len(show))
	for _, r := range show {
		data.Requests = append(data.Requests, pageRequest{fmt.Sprint(r.Number), r.Start.String(), wallSeconds(r),
			statusText(r.Status), r.Member(), run.Secrets.URI(r.URI), reasonNames(r.Reasons)})
	}
}

// addSeries draws the time line.
func (data *pageData) addSeries(s *story.Series) {
	if s == nil {
		return
	}
	data.Step, data.From = lengthOf(s.Step), s.From.String()
	most := mostOf(s, func(c *story.Cell) int64 { return c.Served })
	for i := range s.Members {
		m := &s.Members[i]
		if i == pageMembers {
			data.MoreMembers = len(s.Members) - i
			break
		}
		row := pageRow{Member: m.Member, Timed: m.All.Timed(), Counted: m.All.Counted, New: m.All.New,
			Affinity: m.All.Affinity}
		if row.Timed > 0 {
			row.P50, row.P95, row.P99 = percentile(&m.All, 50), percentile(&m.All, 95), percentile(&m.All, 99)
		}
		for n := range m.Cells {
			at := s.From + pluginlog.Time(n)*pluginlog.Time(s.Step)
			row.Cells = append(row.Cells, pageCellOf(&m.Cells[n], most, at))
		}
		data.Rows = append(data.Rows, row)
	}
}

// pageCellOf is a character as the text draws it, with its class for the colour; the figures show when pointed at.
func pageCellOf(c *story.Cell, most int64, at pluginlog.Time) pageCell {
	mark := cellMark(c, most)
	class := map[string]string{"▼": "bad", "x": "bad", "▲": "good", "·": "none"}[mark]
	return pageCell{mark, class, fmt.Sprintf("%s: %d served, %d failed, %s", at, c.Served, c.Failed,
		forms.Count(c.Marks, "mark"))}
}
