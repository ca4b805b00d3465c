package tracereport

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// writeIncidents tells what happened, the newest last: where there are many, the worst.
func (run *traceRun) writeIncidents(w io.Writer, all []*story.Incident, milder int64) {
	show := run.shown(all)
	if len(show) == 0 {
		return
	}
	fmt.Fprint(w, "\nincidents")
	if n := int64(len(all)-len(show)) + milder; n > 0 {
		fmt.Fprintf(w, " (the worst %d; %d more, see --limit)", len(show), n)
	}
	fmt.Fprintln(w)
	told := map[string]bool{}
	for _, i := range show {
		run.writeIncident(w, i, told)
	}
}

// shown returns the incidents that are shown.
func (run *traceRun) shown(all []*story.Incident) []*story.Incident {
	if run.Limit > 0 && len(all) > run.Limit {
		return worst(all, run.Limit)
	}
	return all
}

// worst returns the worst incidents, in the order in which they were: those with the most errors for clients, then by
// kind, as package story orders kinds by weight.
func worst(all []*story.Incident, limit int) []*story.Incident {
	order := slices.Clone(all)
	slices.SortStableFunc(order, func(a, b *story.Incident) int {
		return cmp.Or(cmp.Compare(b.Clients.Errors, a.Clients.Errors), cmp.Compare(a.Kind, b.Kind))
	})
	return slices.DeleteFunc(slices.Clone(all), func(i *story.Incident) bool {
		return !slices.Contains(order[:limit], i)
	})
}

// writeIncident tells of one incident and what is folded under it. told carries from one to the next what advice was
// given.
func (run *traceRun) writeIncident(w io.Writer, i *story.Incident, told map[string]bool) {
	writeHead(w, i)
	writeDetails(w, run.details(i, told))
}

// writeHead says when and what. The mark in front says that clients got errors.
func writeHead(w io.Writer, i *story.Incident) {
	mark := " "
	if i.Clients.Errors > 0 {
		mark = "!"
	}
	fmt.Fprintf(w, "%s %s  %s%s\n", mark, span(i), forms.Printable(i.Title()), figures(i))
}

// detail is a line about an incident; what has no text is not shown.
type detail struct{ What, Text string }

func writeDetails(w io.Writer, all []detail) {
	for _, d := range all {
		if d.Text != "" {
			fmt.Fprintf(w, "    %-8s  %s\n", d.What, forms.Printable(d.Text))
		}
	}
}

// details are all that is told of an incident; told are the texts that need not be told again.
func (run *traceRun) details(i *story.Incident, told map[string]bool) []detail {
	all := append([]detail{{"cause", i.Cause()}}, parts(i)...)
	// Of a configuration that could not be read there is no cost, but what holds since.
	clients := "clients"
	if i.Kind == story.ReloadFailed {
		clients = "then"
	}
	return append(all, detail{clients, i.Cost()}, detail{"access", run.seenWords(i)},
		detail{"threads", run.duringWords(i)},
		detail{"recovery", i.Recovery()}, detail{"do", once(told, i.Advice())}, detail{"lines", run.ranges(i)})
}

// parts are the incidents folded under one. Their cost is told where it is not that of the whole.
func parts(i *story.Incident) (all []detail) {
	for _, p := range i.Parts {
		all = append(all, detail{"with", p.Title() + ": " + p.Cause() + figures(p)})
		if cost := p.Cost(); cost != i.Cost() {
			all = append(all, detail{"", cost})
		}
	}
	return all
}

// once returns a text that was not told before; of one that was, that it was.
func once(told map[string]bool, text string) string {
	if told[text] {
		return "as above"
	}
	told[text] = true
	return text
}

// span is from when to when, without fractions and without a day that is that of the beginning.
func span(i *story.Incident) string {
	first, last := seconds(i.First), seconds(i.End())
	day, _, _ := strings.Cut(first, " ")
	switch {
	case first == "":
		return "at a time that the lines do not show"
	case first != last:
		first += " to " + strings.TrimPrefix(last, day+" ")
	}
	if i.Open {
		first += ", open"
	}
	return first
}

func seconds(t pluginlog.Time) string {
	whole, _, _ := strings.Cut(t.String(), ".")
	return whole
}

// figures counts processes and marks; every process marks for itself. Restarts and reloads have no figures.
func figures(i *story.Incident) string {
	var all []string
	switch n := len(i.Processes); {
	case n > 1:
		all = append(all, fmt.Sprint(n, " processes"))
	case i.Marks > 0:
		all = append(all, "1 process")
	}
	if i.Marks > 0 {
		all = append(all, forms.Count(i.Marks, "mark"))
	}
	if i.Kind == story.Restart || i.Kind == story.Reload || len(all) == 0 {
		return ""
	}
	return " (" + strings.Join(all, ", ") + ")"
}

// shownRanges is how many ranges of lines the text names of an incident.
const shownRanges = 5

// ranges names the lines of an incident and its parts, for an editor: "log:12-14, 30"; the file stands where it
// changes.
func (run *traceRun) ranges(i *story.Incident) string {
	all := slices.Clone(i.Lines)
	more := i.MoreLines
	for _, p := range i.Parts {
		all = append(all, p.Lines...)
		more += p.MoreLines
	}
	var names []string
	file := 0
	for n, l := range joined(all) {
		if n == shownRanges {
			return strings.Join(names, ", ") + ", …"
		}
		name := fmt.Sprint(l.From)
		if l.To > l.From {
			name = fmt.Sprint(l.From, "-", l.To)
		}
		if l.File != file {
			name = run.Names[l.File-1] + ":" + name
		}
		file = l.File
		names = append(names, name)
	}
	if more > 0 && len(names) > 0 {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

// joined sorts ranges and joins those that meet.
func joined(all []story.Lines) (out []story.Lines) {
	slices.SortFunc(all, func(a, b story.Lines) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.From, b.From))
	})
	for _, l := range all {
		if n := len(out); n > 0 && out[n-1].File == l.File && l.From <= out[n-1].To+1 {
			out[n-1].To = max(out[n-1].To, l.To)
			continue
		}
		out = append(out, l)
	}
	return out
}

// incidentJSON is an incident, in trace and in what --follow tells. What it says in words stands beside the figures
// that the words were made of.
type incidentJSON struct {
	Kind      string           `json:"kind"`
	Title     string           `json:"title"`
	Member    string           `json:"member,omitempty"`
	Host      string           `json:"host,omitempty"`
	Members   []string         `json:"members,omitempty"` // whom the requests tried, of all-down and gave-up
	Detail    string           `json:"detail"`            // the cause in words
	OSError   int32            `json:"osError,omitempty"`
	GSK       *gskJSON         `json:"gsk,omitempty"`
	First     string           `json:"first,omitempty"`
	Last      string           `json:"last,omitempty"`
	End       string           `json:"end,omitempty"`
	Open      bool             `json:"open"`
	Marks     int64            `json:"marks"`
	Processes []string         `json:"processes"`
	MorePIDs  int64            `json:"furtherProcessLines,omitempty"`
	Events    map[string]int64 `json:"events"`
	Clients   clientsJSON      `json:"clients"`
	Access    *seenJSON        `json:"accessLog,omitempty"`
	Threads   *threadsJSON     `json:"threads,omitempty"`
	Recovery  recoveryJSON     `json:"recovery"`
	Advice    string           `json:"advice"`
	Lines     []linesJSON      `json:"lines"`
	MoreLines int64            `json:"furtherLines,omitempty"`
	Parts     []incidentJSON   `json:"parts,omitempty"`
}

type clientsJSON struct {
	FailedOver int64   `json:"failedOver"`
	Errors     int64   `json:"errors"`
	Unknown    int64   `json:"unknown"` // requests of which the log does not show the end
	Again      int64   `json:"sameMemberAgain"`
	Waits      int64   `json:"waits"`
	Waited     float64 `json:"waitedSeconds"`
	HiddenWait int64   `json:"waitsUnknown"` // those of waits that waitedSeconds does not hold
	Left       int64   `json:"left"`
	Slower     int64   `json:"slower"`
	Words      string  `json:"text"`
}

type recoveryJSON struct {
	Marked int    `json:"processesMarked"`
	Back   int    `json:"processesBack"`
	First  string `json:"first,omitempty"`
	Last   string `json:"last,omitempty"`
	Served string `json:"served,omitempty"` // when the member answered again, in any process
	Words  string `json:"text"`
}

type linesJSON struct {
	File string `json:"file"`
	From int64  `json:"from"`
	To   int64  `json:"to"`
}

func (run *traceRun) incidentsJSON(all []*story.Incident) []incidentJSON {
	out := []incidentJSON{}
	for _, i := range all {
		out = append(out, run.incidentJSON(i))
	}
	return out
}

func (run *traceRun) incidentJSON(i *story.Incident) incidentJSON {
	c := &i.Clients
	marked, back, first, last := i.Back()
	doc := incidentJSON{
		Kind: i.Kind.String(), Title: i.Title(), Member: i.Member, Host: i.Host, Members: i.Members,
		Detail: i.Cause(), OSError: i.OSError, First: traceTime(i.First), Last: traceTime(i.Last),
		End: traceTime(i.End()), Open: i.Open, Marks: i.Marks, Processes: []string{}, MorePIDs: i.MoreProcesses,
		Events: map[string]int64{}, Advice: i.Advice(), Lines: []linesJSON{}, MoreLines: i.MoreLines,
		Clients: clientsJSON{c.FailedOver, c.Errors, c.Unknown, c.Again, c.Waits, c.Waited.Seconds(),
			c.WaitUnknown, c.Left, c.Slower, i.Cost()},
		Recovery: recoveryJSON{marked, back, traceTime(first), traceTime(last), traceTime(i.Served), i.Recovery()},
	}
	if i.GSK != (pluginlog.GSK{}) {
		doc.GSK = gskOf(i.GSK)
	}
	doc.Access, doc.Threads = run.seenDoc(i), run.duringDoc(i)
	for _, p := range i.Processes {
		doc.Processes = append(doc.Processes, hexID(p.PID))
	}
	for kind, n := range i.Events {
		doc.Events[kind.String()] = n
	}
	for _, l := range i.Lines {
		doc.Lines = append(doc.Lines, linesJSON{run.Names[l.File-1], l.From, l.To})
	}
	if len(i.Parts) > 0 {
		doc.Parts = run.incidentsJSON(i.Parts)
	}
	return doc
}
