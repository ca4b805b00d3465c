package tracereport

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

var _ = Trace.Add(forms.AsText(traceBy((*traceRun).writeText)))

// writeText prints the overview: the answer first, then the odd requests, then what they add up to, then the facts
// about the files.
func (run *traceRun) writeText(w io.Writer, a *evidence.TraceAnswer) error {
	run.writeHeadline(w, a)
	run.writeOrder(w, a.PerFile)
	writeChosen(w, &a.Chosen)
	run.writeIncidents(w, a.Incidents, a.Milder)
	run.writeAccess(w)
	run.writeServer(w)
	run.writeTimeline(w, a)
	run.writeOdd(w, a)
	writeReasons(w, a)
	writeMembers(w, a)
	writeCounters(w, a)
	run.writeErrors(w, a)
	run.writeFacts(w, a)
	return nil
}

// writeHeadline is the answer in a line: what is odd, out of how much, and of what time.
func (run *traceRun) writeHeadline(w io.Writer, a *evidence.TraceAnswer) {
	fmt.Fprintf(w, "%s: %s, %d odd",
		forms.Printable(strings.Join(run.Names, ", ")), countOfRequests(a.Requests, a.Episodes),
		a.Odd)
	if a.Declined > 0 {
		fmt.Fprintf(w, ", %d left to the web server", a.Declined)
	}
	if a.Stats.First != 0 {
		fmt.Fprintf(w, "; %s to %s", a.Stats.First, a.Stats.Last)
	}
	fmt.Fprintln(w)
}

// countOfRequests counts requests, some of which are episodes: lines about one request of which a low LogLevel shows
// only how it failed.
func countOfRequests(all, episodes int64) string {
	switch {
	case episodes == 0:
		return forms.Count(all, "request")
	case episodes == all:
		return forms.Count(episodes, "episode")
	}
	return forms.Count(all-episodes, "request") + " and " + forms.Count(episodes, "episode")
}

// requestsWord names what is counted: a low log level shows episodes and no requests.
func requestsWord(all, episodes int64) string {
	switch {
	case episodes == 0:
		return "requests"
	case episodes == all:
		return "episodes"
	}
	return "requests and episodes"
}

// writeOdd prints the worst odd requests in the order of the log.
func (run *traceRun) writeOdd(w io.Writer, a *evidence.TraceAnswer) {
	if len(a.OddRequests) == 0 {
		return
	}
	show := run.oddest(a.OddRequests)
	t := forms.Table{Head: []string{"no.", "start", "lines", "seconds", "status", "member", "URI", "why"}}
	t.RightAlign(0, 2, 3, 4)
	for _, r := range show {
		t.Add(strconv.FormatInt(r.Number, 10), forms.OrDash(r.Start.String()), run.lines(r), wallSeconds(r),
			statusText(r.Status), forms.OrDash(r.Member()),
			forms.OrDash(run.Secrets.URI(r.URI)), reasonNames(r.Reasons))
	}
	fmt.Fprint(w, "\nodd ", requestsWord(a.Odd, a.OddEpisodes))
	if n := a.Odd - int64(len(show)); n > 0 {
		fmt.Fprintf(w, " (the worst %d; %d more, see --limit)", len(show), n)
	}
	fmt.Fprintln(w)
	t.Write(w)
	// Below the table, once each, stands why seconds are not known.
	var told []string
	for _, r := range show {
		if why := unknownDuration(r, a.Stats.Noisiest); !r.Timed() && !slices.Contains(told, why) {
			fmt.Fprintf(w, "  seconds -: %s\n", why)
			told = append(told, why)
		}
	}
}

// oddest returns the odd requests that are shown, in the order of the log: which are worst decides who is shown, and
// when they were where.
func (run *traceRun) oddest(all []*requests.Request) []*requests.Request {
	if run.Limit == 0 || len(all) <= run.Limit {
		return all
	}
	show := slices.Clone(all)
	slices.SortFunc(show, requests.Odder)
	show = show[:run.Limit]
	slices.SortFunc(show, func(x, y *requests.Request) int { return int(x.Number - y.Number) })
	return show
}

// unknownDuration says why there is no duration, in a log whose most talkative line is of a level.
func unknownDuration(r *requests.Request, noisiest pluginlog.Level) string {
	switch {
	case r.Start == 0:
		return "not known, the lines show no time"
	case r.Began:
		return "not known, the log ends before the request does"
	case noisiest >= pluginlog.LevelDetail:
		return "not known, the log does not show where the request begins"
	case noisiest > pluginlog.LevelError:
		return "not known at LogLevel Error or Stats (needs Detail or Trace)"
	}
	return "not known at LogLevel Error (needs Detail or Trace)"
}

// lines are the first and the last line of a request; others may stand between them that are not of it.
func (run *traceRun) lines(r *requests.Request) string {
	if r.First.File == r.Last.File {
		return run.place(r.First) + "-" + strconv.FormatInt(r.Last.Line, 10)
	}
	return run.place(r.First) + "-" + run.place(r.Last)
}

// wallSeconds shows the fraction only when the log does: lines without one would give three digits that nobody
// measured.
func wallSeconds(r *requests.Request) string {
	if !r.Timed() {
		return "-"
	}
	if wall := r.Wall(); wall.Seconds() != math.Trunc(wall.Seconds()) {
		return strconv.FormatFloat(wall.Seconds(), 'f', 3, 64)
	}
	return strconv.FormatFloat(r.Wall().Seconds(), 'f', 0, 64)
}

func statusText(code int32) string {
	if code == 0 {
		return "-"
	}
	return strconv.Itoa(int(code))
}

func reasonNames(set requests.Reason) string {
	var names []string
	for _, r := range set.Split() {
		names = append(names, r.Name())
	}
	return strings.Join(names, ", ")
}

// writeReasons counts what is odd. A reason whose requests all have one detail is told by that alone.
func writeReasons(w io.Writer, a *evidence.TraceAnswer) {
	counted := requestsWord(a.Odd, a.OddEpisodes)
	if strings.Contains(counted, " ") { // "requests and episodes" is too wide for the head of numbers
		counted = "count"
	}
	t := forms.Table{Head: []string{counted, "reason", "meaning"}}
	t.RightAlign(0)
	for i, n := range a.Reasons {
		r := requests.Reason(1) << i
		details := slices.DeleteFunc(slices.Clone(a.Details), func(d *requests.Detail) bool { return d.Reason != r })
		if n > 0 && (len(details) != 1 || details[0].Requests != n) {
			t.Add(forms.Decimal(n), r.Name(), r.Words())
		}
		for _, d := range details {
			t.Add(forms.Decimal(d.Requests), r.Name(), d.Text)
		}
	}
	t.Section(w, "reasons")
}

// writeMembers counts what the lines of requests show; writeCounters, what the plug-in has counted itself. They differ
// where the log begins in the middle, or its level hides attempts.
func writeMembers(w io.Writer, a *evidence.TraceAnswer) {
	t := forms.Table{Head: []string{"member", "attempts", "answered", "failed", "marked down", "by affinity"}}
	t.RightAlign(1, 2, 3, 4, 5)
	for _, m := range a.Members {
		t.Add(m.Member, forms.Decimal(m.Attempts), forms.Decimal(m.Answered),
			forms.Decimal(m.Failed), forms.Decimal(m.Marks),
			forms.Decimal(m.Affinity))
	}
	t.Section(w, "members, from the "+requestsWord(a.Requests, a.Episodes))
}

// writeCounters shows the counters of STATS lines. Each process has its own, counted since it began, so its last line
// says all.
func writeCounters(w io.Writer, a *evidence.TraceAnswer) {
	t := forms.Table{Head: []string{"member", "process", "pending", "failed", "affinity", "new", "total"}}
	t.RightAlign(2, 3, 4, 5, 6)
	add := func(member, process string, c pluginlog.Counters) {
		t.Add(member, process, forms.Decimal(c.Pending), forms.Decimal(c.Failed),
			forms.Decimal(c.Affinity), forms.Decimal(c.New()),
			forms.Decimal(c.Total))
	}
	for _, row := range a.Counters {
		add(row.Member, fmt.Sprintf("%08x", row.PID), row.Counters)
	}
	for _, sum := range sumCounters(a.Counters) {
		if sum.processes > 1 {
			add(sum.member, fmt.Sprintf("all %d", sum.processes), sum.Counters)
		}
	}
	t.Section(w, "counters, last line of each process; new = total - affinity")
	for _, d := range deviations(a.Counters) {
		fmt.Fprintf(w, "  process %08x: new requests per member %.1f, deviation %.1f (compare only members of one "+
			"cluster)\n", d.pid, d.mean, d.deviation)
	}
}

type counterSum struct {
	member    string
	processes int
	pluginlog.Counters
}

// sumCounters adds the processes of each member up; the rows are sorted by member.
func sumCounters(rows []*requests.CounterRow) []counterSum {
	var sums []counterSum
	for _, row := range rows {
		if n := len(sums); n == 0 || sums[n-1].member != row.Member {
			sums = append(sums, counterSum{member: row.Member})
		}
		sum := &sums[len(sums)-1]
		sum.processes++
		sum.Pending += row.Pending
		sum.Failed += row.Failed
		sum.Affinity += row.Affinity
		sum.Total += row.Total
	}
	return sums
}

// deviation is how unevenly a process gave new requests to members: mean and standard deviation of their counts.
type deviation struct {
	pid             uint64
	members         int
	mean, deviation float64
}

// deviations returns per process how evenly new requests went to the members; processes that show one member only are
// left out.
func deviations(rows []*requests.CounterRow) []deviation {
	byPID := map[uint64][]float64{}
	for _, row := range rows {
		byPID[row.PID] = append(byPID[row.PID], float64(row.Counters.New()))
	}
	var all []deviation
	for pid, counts := range byPID {
		if len(counts) < 2 {
			continue
		}
		var sum, square float64
		for _, n := range counts {
			sum += n
		}
		mean := sum / float64(len(counts))
		for _, n := range counts {
			square += (n - mean) * (n - mean)
		}
		all = append(all, deviation{pid, len(counts), mean, math.Sqrt(square / float64(len(counts)))})
	}
	slices.SortFunc(all, func(x, y deviation) int { return cmp.Compare(x.pid, y.pid) }) // a map has no order
	return all
}

// writeErrors lists error lines by their text, in which long numbers are #, and what the catalogue says of it.
func (run *traceRun) writeErrors(w io.Writer, a *evidence.TraceAnswer) {
	t := forms.Table{Head: []string{"count", "first-line", "last-line", "first", "last", "text - meaning"}}
	t.RightAlign(0, 1, 2)
	for _, e := range a.Errors {
		meaning := "not in the catalogue"
		if entry, ok := e.Entry(); ok {
			meaning = entry.Meaning
		}
		t.Add(forms.Decimal(e.Count), run.place(e.First), run.place(e.Last), forms.OrDash(e.FirstAt.String()),
			forms.OrDash(e.LastAt.String()), run.Secrets.Line(e.Text)+" - "+meaning)
	}
	if a.OtherErrors > 0 {
		t.Add(forms.Decimal(a.OtherErrors), "", "", "", "", "further errors")
	}
	t.Section(w, "errors")
}

// passedOver is how many lines were only counted, because they stand before the chosen time: what is left of all
// lines. A glued line is one of Lines and holds two, hence Glued.
func passedOver(s *pluginlog.Stats) int64 {
	return s.Lines - s.Blank + s.Glued - s.Events - s.Other - s.Unknown
}

// writeFacts says what the answer rests on. Many lines that are not of the log's form mean another log, or a level of
// the plug-in that wasplug does not know.
func (run *traceRun) writeFacts(w io.Writer, a *evidence.TraceAnswer) {
	s := a.Stats
	fmt.Fprintf(w, "\n%s: %d understood, %d without news, %d not of the log's form", forms.Count(s.Lines, "line"),
		s.Events, s.Other, s.Unknown)
	if s.Glued > 0 {
		fmt.Fprintf(w, ", %d glued", s.Glued)
	}
	if n := passedOver(&s); n > 0 {
		fmt.Fprintf(w, ", %d before the chosen time", n)
	}
	fmt.Fprintln(w)
	if a.Build != "" {
		fmt.Fprintf(w, "plug-in %s, %s\n", forms.Printable(a.Build), forms.Count(int64(a.Builds), "start"))
	}
	if a.WebServer != "" {
		fmt.Fprintf(w, "web server %s\n", forms.Printable(a.WebServer))
	}
	if a.Reloads > 0 {
		fmt.Fprintf(w, "%s of the configuration\n", forms.Count(int64(a.Reloads), "reload"))
	}
}
