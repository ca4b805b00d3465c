package tracereport

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// writeAccess says how well an access log fits: of how many requests that incidents hit it shows what clients got. Few
// found means another log, or another clock.
func (run *traceRun) writeAccess(w io.Writer) {
	a := run.access
	if a == nil {
		return
	}
	fmt.Fprintf(w, "\naccess log %s: %s", forms.Printable(a.Name), forms.Count(a.Requests, "request"))
	if a.Requests > 0 {
		fmt.Fprintf(w, ", %s to %s", seconds(logTime(a.First)), seconds(logTime(a.Last)))
	}
	if a.Others > 0 {
		fmt.Fprintf(w, "; %s without a time, or of another form", forms.Count(a.Others, "line"))
	}
	fmt.Fprintln(w)
	if a.Note != "" {
		fmt.Fprintf(w, "  %s\n", a.Note)
	}
	if a.Hit > 0 {
		fmt.Fprintf(w, "  of %s that incidents hit, %d %s found there, %s\n",
			forms.Count(a.Hit, "request"), a.Found, verb(a.Found), foundBy(a))
	} else {
		fmt.Fprintln(w, "  single requests cannot be found there: no path of one that an incident hit is known "+
			"(needs LogLevel Detail or Trace)")
	}
	shown := slowest(a.Members)
	writeTimes(w, shown)
	if n := len(a.Members) - len(shown); n > 0 {
		fmt.Fprintf(w, "  %s that took less time, of which --format json tells\n",
			forms.Count(int64(n), "further member"))
	}
	if a.Further > 0 {
		fmt.Fprintf(w, "  %s of further members, whose times are not known\n", forms.Count(a.Further, "request"))
	}
}

// mostTimes is of how many members a text shows the times; JSON has all.
const mostTimes = 20

// slowest are the members at which 95 of a hundred requests took longest, where there are too many for a text; the
// slowest first.
func slowest(all []*evidence.MemberTimes) []*evidence.MemberTimes {
	if len(all) <= mostTimes {
		return all
	}
	shown := slices.Clone(all)
	slices.SortStableFunc(shown, func(a, b *evidence.MemberTimes) int {
		return cmp.Compare(b.Took.Percentile(95), a.Took.Percentile(95))
	})
	return shown[:mostTimes]
}

// foundBy says by what requests were found.
func foundBy(a *evidence.AccessJoin) string {
	switch a.ByID {
	case 0:
		return "by path and second"
	case a.Found:
		return "by the ID in both logs"
	}
	return fmt.Sprintf("%d by the ID in both logs, the others by path and second", a.ByID)
}

// writeTimes prints how long requests took, by the member that the log names: in all, and 95 of a hundred in each
// phase that the plug-in notes for the access log. A phase that the log does not have is -.
func writeTimes(w io.Writer, members []*evidence.MemberTimes) {
	t := forms.Table{Head: []string{"member", "requests", "50 %", "95 %", "99 %", "connect", "body", "wait", "read"}}
	t.RightAlign(1, 2, 3, 4, 5, 6, 7, 8)
	of := func(took *story.Times, percent int64) string {
		if took.Count() == 0 {
			return "-"
		}
		return fmt.Sprintf("%.3f", took.Percentile(percent).Seconds())
	}
	phases := false
	for _, m := range members {
		t.Add(m.Member, forms.Decimal(m.Took.Count()), of(&m.Took, 50), of(&m.Took, 95), of(&m.Took, 99),
			of(&m.Connect, 95), of(&m.Body, 95), of(&m.Wait, 95), of(&m.Read, 95))
		phases = phases || m.Connect.Count() > 0
	}
	t.Section(w, "seconds that so many of the requests took at most, by the member that the access log names")
	if phases {
		fmt.Fprintln(w, "  connect, body, wait and read are what 95 of a hundred took at most for TPCN, TPSB, TPWR "+
			"and TPRB")
	}
}

// logTime is seconds since 1970 as a time of the plug-in's log: both are on the clock of the web server, without a
// zone.
func logTime(second int64) pluginlog.Time {
	return pluginlog.Time(second) * pluginlog.Time(time.Second)
}

// seenWords says what clients saw in the time of an incident.
func (run *traceRun) seenWords(i *story.Incident) string {
	seen := run.access.Of(i)
	if seen == nil {
		return ""
	}
	text := forms.Count(seen.Requests, "request") + " in that time" + statuses(": ", seen.Statuses)
	if run.access.NoMember && seen.Unreached > 0 {
		text += fmt.Sprintf(", %d reached no member", seen.Unreached)
	}
	if seen.Hit > 0 {
		text += fmt.Sprintf("; %d of %d that it hit %s found", seen.Found, seen.Hit, verb(seen.Found))
		text += statuses(": ", seen.Got)
	}
	return text
}

func verb(n int64) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

// statuses lists what clients got, and how often, by status; - is of requests that got none.
func statuses(before string, all map[int]int64) string {
	var out []string
	for _, status := range slices.Sorted(maps.Keys(all)) {
		out = append(out, fmt.Sprintf("%s x %d", forms.OrDash(statusText(int32(status))), all[status]))
	}
	if out == nil {
		return ""
	}
	return before + strings.Join(out, ", ")
}

// accessJSON is what an access log adds; see evidence.AccessJoin.
type accessJSON struct {
	File     string            `json:"file"`
	Note     string            `json:"note,omitempty"`
	Requests int64             `json:"requests"`
	Others   int64             `json:"furtherLines"`
	First    string            `json:"first,omitempty"`
	Last     string            `json:"last,omitempty"`
	Hit      int64             `json:"hit"`
	Found    int64             `json:"found"`
	ByID     int64             `json:"foundByID"`
	Members  []memberTimesJSON `json:"members"`
	Further  int64             `json:"requestsOfFurtherMembers"`
}

// memberTimesJSON is in seconds; what the log does not have is absent.
type memberTimesJSON struct {
	Member  string     `json:"member"`
	Took    *timesJSON `json:"took,omitempty"`
	Connect *timesJSON `json:"connect,omitempty"`
	Body    *timesJSON `json:"body,omitempty"`
	Wait    *timesJSON `json:"wait,omitempty"`
	Read    *timesJSON `json:"read,omitempty"`
}

type timesJSON struct {
	Requests int64   `json:"requests"`
	P50      float64 `json:"p50"`
	P95      float64 `json:"p95"`
	P99      float64 `json:"p99"`
}

func timesDoc(t *story.Times) *timesJSON {
	if t.Count() == 0 {
		return nil
	}
	at := func(percent int64) float64 { return t.Percentile(percent).Seconds() }
	return &timesJSON{t.Count(), at(50), at(95), at(99)}
}

func (run *traceRun) accessDoc() *accessJSON {
	a := run.access
	if a == nil {
		return nil
	}
	doc := &accessJSON{a.Name, a.Note, a.Requests, a.Others, traceTime(logTime(a.First)), traceTime(logTime(a.Last)),
		a.Hit, a.Found, a.ByID, []memberTimesJSON{}, a.Further}
	for _, m := range a.Members {
		doc.Members = append(doc.Members, memberTimesJSON{m.Member, timesDoc(&m.Took), timesDoc(&m.Connect),
			timesDoc(&m.Body), timesDoc(&m.Wait), timesDoc(&m.Read)})
	}
	return doc
}

// seenJSON is what clients saw while an incident went on.
type seenJSON struct {
	Requests  int64            `json:"requests"`
	Statuses  map[string]int64 `json:"statuses"`
	Unreached *int64           `json:"withoutMember,omitempty"` // absent where the log does not name members
	Hit       int64            `json:"hit"`
	Found     int64            `json:"found"`
	Got       map[string]int64 `json:"foundStatuses"`
	Words     string           `json:"text"`
}

// seenDoc is nil where nothing is known of the time of the incident.
func (run *traceRun) seenDoc(i *story.Incident) *seenJSON {
	seen := run.access.Of(i)
	if seen == nil {
		return nil
	}
	doc := &seenJSON{Requests: seen.Requests, Statuses: byStatus(seen.Statuses), Hit: seen.Hit, Found: seen.Found,
		Got: byStatus(seen.Got), Words: run.seenWords(i)}
	if run.access.NoMember {
		doc.Unreached = &seen.Unreached
	}
	return doc
}

func byStatus(all map[int]int64) map[string]int64 {
	out := map[string]int64{}
	for status, n := range all {
		out[strconv.Itoa(status)] = n
	}
	return out
}
