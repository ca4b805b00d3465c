package tracereport

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// writeAccess says how well an access log fits.
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
	if a.Hit > 0 {
		fmt.Fprintf(w, "  of %s that incidents hit, %d %s found there, by path and second\n",
			forms.Count(a.Hit, "request"), a.Found, verb(a.Found))
	} else {
		fmt.Fprintln(w, "  single requests cannot be found there: no path of one that an incident hit is known "+
			"(needs LogLevel Detail or Trace)")
	}
}

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

// statuses lists what clients got, and how often.
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

type accessJSON struct {
	File     string `json:"file"`
	Requests int64  `json:"requests"`
	Others   int64  `json:"furtherLines"`
	First    string `json:"first,omitempty"`
	Last     string `json:"last,omitempty"`
	Hit      int64  `json:"hit"`
	Found    int64  `json:"found"`
}

func (run *traceRun) accessDoc() *accessJSON {
	a := run.access
	if a == nil {
		return nil
	}
	return &accessJSON{a.Name, a.Requests, a.Others, traceTime(logTime(a.First)), traceTime(logTime(a.Last)), a.Hit,
		a.Found}
}

type seenJSON struct {
	Requests  int64            `json:"requests"`
	Statuses  map[string]int64 `json:"statuses"`
	Unreached *int64           `json:"withoutMember,omitempty"`
	Hit       int64            `json:"hit"`
	Found     int64            `json:"found"`
	Got       map[string]int64 `json:"foundStatuses"`
	Words     string           `json:"text"`
}

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
