package report

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// URLs are the formats of what is said of a log as a whole.
var URLs = forms.List[*answers.WhyURLsAnswer]{forms.AsText(urlsText), forms.AsJSON(urlsJSON)}

const (
	topGroups = 40 // in text, the rest is counted; JSON has all
	topPaths  = 3  // of each group, those with the most requests
)

// urlsText groups the requests by who gets them, the largest group first, then tells whose sessions do not get home,
// and why; below stands how far the log can be believed.
func urlsText(w io.Writer, a *answers.WhyURLsAnswer) error {
	s := a.Summary
	fmt.Fprintln(w, logHeadline(s.Requests, a.Name, a.Format, &s.Lines))
	list := s.Most()
	for i, g := range list {
		if i == topGroups {
			fmt.Fprintf(w, "  and %d groups more\n", len(list)-i)
			break
		}
		fmt.Fprintf(w, "%12s  %5.1f %%  %s%s%s\n", forms.Grouped(g.Count), forms.Percent(g.Count, s.Requests), g.Name,
			statuses(g.Statuses), paths(&g.Paths))
	}
	if len(s.Causes) > 0 {
		fmt.Fprintln(w, "sessions that do not get home")
	}
	for _, c := range s.MostCauses() {
		fmt.Fprintf(w, "%12s  %s: %s; %s, first in line %d\n",
			forms.Grouped(c.Count), c.Code, c.Text, distinct(&c.Sessions,
				"session"), c.Line)
	}
	agreement(w, &s.Agreed)
	leftOut(w, &s.Lines, a.Format)
	return nil
}

// logHeadline says what the counts below are of. Times are left out where the log has none, and are UTC: two logs of
// machines in two zones can be held against each other.
func logHeadline(n int64, name, form string, l *batch.Lines) string {
	line := fmt.Sprintf("%s requests of %s (%s)", forms.Grouped(n), name, form)
	if n == 1 {
		line = strings.Replace(line, "requests", "request", 1)
	}
	if l.First != 0 {
		line += ", " + minute(l.First) + " to " + minute(l.Last) + " UTC"
	}
	return line
}

func minute(t int64) string { return time.Unix(t, 0).UTC().Format("2006-01-02 15:04") }

// statuses tells what clients got, by the first digit; those that the log does not say (digit 0) are left out.
func statuses(by [6]int64) string {
	var parts []string
	for digit, n := range by {
		if n > 0 && digit > 0 {
			parts = append(parts, fmt.Sprintf("%dxx %s", digit, forms.Grouped(n)))
		}
	}
	if parts == nil {
		return ""
	}
	return "  [" + strings.Join(parts, ", ") + "]"
}

// paths lists the paths with the most requests behind two blanks, nothing at all where there are none.
func paths(t *batch.Top) string {
	var parts []string
	for _, c := range t.Most(topPaths) {
		if c.Text != "" {
			parts = append(parts, fmt.Sprintf("%s (%s)", c.Text, forms.Grouped(c.N)))
		}
	}
	return strings.TrimRight("  "+strings.Join(parts, ", "), " ")
}

// distinct is how many there were of what a log is too long to remember one by one: then it is an estimate, "about".
func distinct(d *batch.Distinct, what string) string {
	n, about := d.Count()
	text := forms.Grouped(n) + " " + what
	if n != 1 {
		text += "s"
	}
	if about {
		text = "about " + text
	}
	return text
}

// agreement says whether the file was in force: how often the member that the log names is one of those that the file
// gives. Where a log names nobody, it says nothing.
func agreement(w io.Writer, g *batch.Agreement) {
	if g.Told == 0 {
		return
	}
	fmt.Fprintf(w, "logged member agrees with this file: %s of %s", forms.Grouped(g.Agreed), forms.Grouped(g.Told))
	if others := g.Others.Most(topPaths); len(others) > 0 {
		var parts []string
		for _, c := range others {
			parts = append(parts, fmt.Sprintf("%s (%s)", c.Text, forms.Grouped(c.N)))
		}
		fmt.Fprintf(w, "; of the %s others: %s", forms.Grouped(g.Told-g.Agreed), strings.Join(parts, "; "))
	}
	fmt.Fprintln(w)
}

// leftOut says what the counts are not of, so that nobody takes a log of another form for one without requests.
func leftOut(w io.Writer, l *batch.Lines, form string) {
	if l.Broken > 0 {
		fmt.Fprintf(w, "not of the form %s: %s of %s\n", form, forms.Grouped(l.Broken), linesOf(l.All))
	}
	if l.TooLong > 0 {
		fmt.Fprintf(w, "longer than 1 MB and left out: %s\n", linesOf(l.TooLong))
	}
}

func linesOf(n int64) string {
	if n == 1 {
		return "1 line"
	}
	return forms.Grouped(n) + " lines"
}

// A log as a whole, as why-urls.schema.json describes it; jsonLog is also part of the comparison of two files.
type (
	jsonLog struct {
		Log     string  `json:"log"`
		Format  string  `json:"format"`
		Lines   int64   `json:"lines"`
		Broken  int64   `json:"broken"`
		TooLong int64   `json:"tooLong"`
		First   *string `json:"first"` // UTC, RFC 3339; null where the log has no times
		Last    *string `json:"last"`
	}
	jsonURLs struct {
		Version int `json:"version"`
		jsonLog
		Requests int64         `json:"requests"`
		Groups   []jsonGroup   `json:"groups"`
		Causes   []jsonLost    `json:"causes"`
		Agreed   jsonAgreement `json:"agreement"`
	}
	jsonGroup struct {
		Name     string           `json:"name"`
		Decision string           `json:"decision"`
		Count    int64            `json:"count"`
		Statuses map[string]int64 `json:"statuses"`
		Paths    []batch.Counted  `json:"paths"`
	}
	jsonLost struct {
		Code     string       `json:"code"`
		Text     string       `json:"text"`
		Count    int64        `json:"count"`
		Sessions jsonDistinct `json:"sessions"`
		Line     int          `json:"line"`
	}
	jsonDistinct struct {
		Count int64 `json:"count"`
		About bool  `json:"about"` // the count is an estimate
	}
	jsonAgreement struct {
		Told   int64           `json:"told"`
		Agreed int64           `json:"agreed"`
		Others []batch.Counted `json:"others"`
	}
)

func jsonLogOf(name, form string, l *batch.Lines) jsonLog {
	out := jsonLog{Log: name, Format: form, Lines: l.All, Broken: l.Broken, TooLong: l.TooLong}
	if l.First != 0 {
		first, last := stampOf(l.First), stampOf(l.Last)
		out.First, out.Last = &first, &last
	}
	return out
}

func stampOf(t int64) string { return time.Unix(t, 0).UTC().Format(time.RFC3339) }

func jsonDistinctOf(d *batch.Distinct) jsonDistinct {
	n, about := d.Count()
	return jsonDistinct{n, about}
}

// jsonStatuses names the classes that occur; by[0] counts requests whose status the log does not say.
func jsonStatuses(by [6]int64) map[string]int64 {
	out := map[string]int64{}
	for digit, n := range by {
		if n > 0 {
			out[[]string{"unknown", "1xx", "2xx", "3xx", "4xx", "5xx"}[digit]] = n
		}
	}
	return out
}

func urlsJSON(w io.Writer, a *answers.WhyURLsAnswer) error {
	s := a.Summary
	out := jsonURLs{Version: 1, jsonLog: jsonLogOf(a.Name, a.Format, &s.Lines), Requests: s.Requests,
		Groups: []jsonGroup{}, Causes: []jsonLost{},
		Agreed: jsonAgreement{s.Agreed.Told, s.Agreed.Agreed, s.Agreed.Others.Most(100)}}
	for _, g := range s.Most() {
		out.Groups = append(out.Groups, jsonGroup{g.Name, g.Kind.String(), g.Count, jsonStatuses(g.Statuses),
			g.Paths.Most(20)})
	}
	for _, c := range s.MostCauses() {
		out.Causes = append(out.Causes, jsonLost{c.Code, c.Text, c.Count, jsonDistinctOf(&c.Sessions), c.Line})
	}
	return forms.JSON(w, out)
}

// EachURL are the formats of one record a line. They are no List: records are written while a log of any length is
// read, and there is no answer as a whole.
var EachURL = []string{"ndjson", "csv"}

// A record as why-each.schema.json describes it, and a row of CSV the same way: what is decided by the file, and under
// logged what the log says of the same request. Null is what the log does not say.
type jsonEach struct {
	Line     int      `json:"line"`
	Time     *string  `json:"time"`
	Method   *string  `json:"method"`
	URL      string   `json:"url"`
	Session  *string  `json:"session"`
	Decision string   `json:"decision"`
	Cluster  string   `json:"cluster"`
	Members  []string `json:"members"`
	Pattern  string   `json:"pattern"`
	Cause    *string  `json:"cause"`
	Logged   jsonSaid `json:"logged"`
}

type jsonSaid struct {
	WAS     *string  `json:"was"`
	Members []string `json:"members"`
	Status  *int     `json:"status"`
	Micros  *int64   `json:"micros"` // microseconds that the request took
}

// URLLines returns a function that writes the lines of a log one by one. Queries and all of an ID but its beginning
// are left out unless secrets are wanted.
func URLLines(w io.Writer, format string, secrets bool) func(*batch.Line) error {
	if format == "csv" {
		return csvLines(diag.VisibleWriter{To: w, Form: diag.Text}, secrets)
	}
	out := diag.VisibleWriter{To: w, Form: diag.JSON}
	return func(l *batch.Line) error { return forms.JSONLines(out, []jsonEach{eachOf(l, secrets)}) }
}

// eachOf is a line of the log as a record: what is not known is nil, a list is never nil.
func eachOf(l *batch.Line, secrets bool) jsonEach {
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	j := jsonEach{Line: l.Line, Method: text(l.Method), URL: urlOf(l, secrets),
		Session: text(forms.Secrets(secrets).ID(l.Session)), Decision: l.Kind.String(), Cluster: l.Cluster,
		Members: append([]string{}, l.Members...), Pattern: l.Pattern,
		Cause:  text(l.Cause),
		Logged: jsonSaid{WAS: text(l.WAS), Members: append([]string{}, l.Logged...)}}
	if l.Time != 0 {
		j.Time = text(stampOf(l.Time))
	}
	if l.Status != 0 {
		j.Logged.Status = &l.Status
	}
	if l.Micros >= 0 { // -1 is not known; 0 is a time
		j.Logged.Micros = &l.Micros
	}
	return j
}

// urlOf is the URL of a request, without its query and its parameters, which may hold a session.
func urlOf(l *batch.Line, secrets bool) string {
	target := forms.Secrets(secrets).URI(l.Record.Target)
	if l.Host == "" {
		return target
	}
	// Where neither log nor flags say the scheme, the port tells it; the URL is for people and for why.
	scheme := l.Scheme
	if scheme == "" {
		scheme = "http"
		if l.Port == 443 {
			scheme = "https"
		}
	}
	return scheme + "://" + l.Host + target
}

// csvLines writes a table for a spreadsheet. Every row is flushed, so that a reader at a pipe gets it when it is
// known.
func csvLines(w io.Writer, secrets bool) func(*batch.Line) error {
	table := csv.NewWriter(w)
	head := []string{"line", "time", "method", "url", "session", "decision", "cluster", "members", "pattern", "cause",
		"logged was", "logged members", "logged status", "logged micros"}
	return func(l *batch.Line) error {
		if head != nil {
			table.Write(head)
			head = nil
		}
		e := eachOf(l, secrets)
		row := []string{strconv.Itoa(e.Line), of(e.Time), of(e.Method), e.URL, of(e.Session), e.Decision, e.Cluster,
			strings.Join(e.Members, " "), e.Pattern, of(e.Cause), of(e.Logged.WAS),
			strings.Join(e.Logged.Members, " "),
			of(e.Logged.Status), of(e.Logged.Micros)}
		for i := range row {
			row[i] = forms.NoFormula(row[i])
		}
		table.Write(row)
		table.Flush()
		return table.Error()
	}
}

// of is what a pointer points to as text, "" for nil.
func of[T any](p *T) string {
	if p == nil {
		return ""
	}
	return fmt.Sprint(*p)
}
