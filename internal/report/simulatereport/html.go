package simulatereport

import (
	_ "embed"
	"html/template"
	"io"
	"strings"
	"sync"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/simulate"
)

var _ = Simulation.Add(forms.Form[*answers.Simulation]{Name: "html", Place: 4, Write: simulationHTML})

//go:embed simulate.html
var pageText string

// page is parsed once for a process, and in processes that write one.
var page = sync.OnceValue(func() *template.Template { return forms.Page(pageText) })

type (
	// pagePart is a title, what is drawn under it, and what the text report has there.
	pagePart struct {
		Title string
		Drawn []pageTrack
		Text  string
	}
	// pageTrack is a number over time; Column is how long a bar is, Most the highest of them, both in words.
	pageTrack struct {
		Name, Class, Column, Most string
		Bars                      []pageBar
	}
	// pageBar is a rectangle in the units of the drawing, whose Y grows downwards; Says shows when it is pointed at.
	pageBar struct {
		X, Y, Width, Height float64
		Says                string
	}
)

// simulationHTML writes one page to be passed on: drawings of what happened over time, and the text of the report.
func simulationHTML(w io.Writer, a *answers.Simulation) error {
	var parts []pagePart
	for i := range a.Runs {
		run := &a.Runs[i]
		parts = append(parts, pagePart{Title: run.Config, Drawn: drawn(run.Result)})
	}
	var text strings.Builder
	if err := simulationText(&text, a); err != nil {
		return err
	}
	return page().Execute(w, append(parts, pagePart{Text: text.String()}))
}

const (
	drawnWidth, drawnHeight = 600, 60 // of a drawing, in its own units
	drawnColumns            = 120
)

// drawn has the bars of a result; of one step there is nothing to draw over time. Bars of 0 are left out: a page of a
// long simulation has many.
func drawn(r *simulate.Result) (all []pageTrack) {
	if len(r.Series) < 2 {
		return nil
	}
	per, tracks := tracks(r, drawnColumns)
	for _, t := range tracks {
		p := pageTrack{Name: t.name, Column: simulate.Time(match.Nanos(per) * r.Step), Most: forms.Grouped(t.most)}
		if t.name == "errors" {
			p.Class = "bad"
		}
		width := float64(drawnWidth) / float64(len(t.columns))
		for i, n := range t.columns {
			if n == 0 {
				continue
			}
			height := drawnHeight * float64(n) / float64(t.most)
			from := simulate.Time(match.Nanos(i*per) * r.Step)
			p.Bars = append(p.Bars, pageBar{float64(i) * width, drawnHeight - height, width, height,
				forms.Grouped(n) + " from " + from + " on"})
		}
		all = append(all, p)
	}
	return all
}
