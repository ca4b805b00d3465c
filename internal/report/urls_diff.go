package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// DiffURLs are the formats of what two files do differently with the requests of a log.
var DiffURLs forms.List[*checks.DiffURLsAnswer]

var _ = DiffURLs.Add(forms.AsText(diffURLsText))

// diffURLsText has a row for each class of requests that change alike, the largest first. All rows together are all
// requests of the log.
func diffURLsText(w io.Writer, a *checks.DiffURLsAnswer) error {
	c := a.Comparison
	fmt.Fprintln(w, logHeadline(c.Requests, a.Name, a.Format, &c.Lines))
	row := func(n int64, what string) {
		fmt.Fprintf(w, "%12s  %5.1f %%  %s\n", forms.Grouped(n), forms.Percent(n, c.Requests), what)
	}
	row(c.Unchanged, "no change")
	for _, k := range c.Most() {
		row(k.Count, changeOf(k)+"  "+samplesOf(k))
	}
	if c.Unknown > 0 {
		row(c.Unknown, "not known: the log has no host, and hosts differ; --host names one")
	}
	// What changes for requests that this log does not hold is a risk that no count shows.
	for _, text := range a.NotLogged {
		fmt.Fprintf(w, "not in this log: %s\n", text)
	}
	leftOut(w, &c.Lines, a.Format)
	return nil
}

// changeOf tells what changes, where, and for how many.
func changeOf(k *batch.Class) string {
	text := k.Change()
	if patterns := k.Patterns.Most(1); len(patterns) > 0 && patterns[0].Text != "" {
		text += "  " + patterns[0].Text
	}
	if n, _ := k.Sessions.Count(); n > 0 {
		text += "  " + distinct(&k.Sessions, "session")
	}
	if k.Lost > 0 {
		text += " (in " + forms.Grouped(k.Lost) + " requests one loses its home)"
	}
	if n, _ := k.Clients.Count(); n > 0 {
		text += "  " + distinct(&k.Clients, "client")
	}
	return text + statuses(k.Statuses)
}

// samplesOf names requests to try: why explains one of them.
func samplesOf(k *batch.Class) string {
	text := strings.TrimLeft(paths(&k.Paths), " ")
	if len(k.Samples) > 0 {
		text += fmt.Sprintf(", first in line %d", k.Samples[0].Line)
	}
	return text
}

var _ = DiffURLs.Add(forms.Form[*checks.DiffURLsAnswer]{Name: "markdown", Place: 3, Write: diffURLsMarkdown})

// diffURLsMarkdown is the text as a table for a merge request.
func diffURLsMarkdown(w io.Writer, a *checks.DiffURLsAnswer) error {
	c := a.Comparison
	fmt.Fprintf(w, "**%s**\n\n| requests | share | change | samples |\n|---:|---:|---|---|\n",
		diff.Mark(logHeadline(c.Requests, a.Name, a.Format, &c.Lines)))
	row := func(n int64, what, samples string) {
		fmt.Fprintf(w, "| %s | %.1f %% | %s | %s |\n", forms.Grouped(n), forms.Percent(n, c.Requests), diff.Mark(what),
			diff.Mark(samples))
	}
	row(c.Unchanged, "no change", "")
	for _, k := range c.Most() {
		row(k.Count, changeOf(k), samplesOf(k))
	}
	if c.Unknown > 0 {
		row(c.Unknown, "not known: the log has no host, and hosts differ", "")
	}
	for _, text := range a.NotLogged {
		fmt.Fprintf(w, "\nNot in this log: %s\n", diff.Mark(text))
	}
	return nil
}

// What changes, as diff-urls.schema.json describes it.
type (
	jsonDiffURLs struct {
		Version int `json:"version"`
		jsonLog
		Requests  int64           `json:"requests"`
		Unchanged int64           `json:"unchanged"`
		Unknown   int64           `json:"unknown"`
		Classes   []jsonURLsClass `json:"classes"`
		NotLogged []string        `json:"notLogged"`
	}
	jsonURLsClass struct {
		Change   string           `json:"change"`
		Old      string           `json:"old"`
		New      string           `json:"new"`
		Requests int64            `json:"requests"`
		Lost     int64            `json:"sessionsLost"`
		Sessions jsonDistinct     `json:"sessions"`
		Clients  jsonDistinct     `json:"clients"`
		First    *string          `json:"first"`
		Last     *string          `json:"last"`
		Statuses map[string]int64 `json:"statuses"`
		Patterns []batch.Counted  `json:"patterns"`
		Paths    []batch.Counted  `json:"paths"`
		Samples  []batch.Sample   `json:"samples"`
	}
)

var _ = DiffURLs.Add(forms.AsJSON(diffURLsJSON))

func diffURLsJSON(w io.Writer, a *checks.DiffURLsAnswer) error {
	return forms.JSON(w, jsonDiffURLsOf(a))
}

func jsonDiffURLsOf(a *checks.DiffURLsAnswer) jsonDiffURLs {
	c := a.Comparison
	out := jsonDiffURLs{Version: 1, jsonLog: jsonLogOf(a.Name, a.Format, &c.Lines), Requests: c.Requests,
		Unchanged: c.Unchanged, Unknown: c.Unknown, Classes: []jsonURLsClass{},
		NotLogged: append([]string{}, a.NotLogged...)}
	for _, k := range c.Most() {
		j := jsonURLsClass{Change: k.Change(), Old: k.Old.Label, New: k.New.Label, Requests: k.Count, Lost: k.Lost,
			Sessions: jsonDistinctOf(&k.Sessions), Clients: jsonDistinctOf(&k.Clients),
			Statuses: jsonStatuses(k.Statuses),
			Patterns: k.Patterns.Most(5), Paths: k.Paths.Most(20), Samples: k.Samples}
		if k.First != 0 {
			first, last := stampOf(k.First), stampOf(k.Last)
			j.First, j.Last = &first, &last
		}
		out.Classes = append(out.Classes, j)
	}
	return out
}
