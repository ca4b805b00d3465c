// Package decisions answers the page's questions about requests: what why tells, and the drawing of graph.
package decisions

import (
	"errors"
	"io"
	"time"

	"github.com/wasplug/wasplug/generate/graph"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/playground"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/internal/report/whyreport"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// question has one of its parts. Why has the fields of the use case; what it leaves out is as on the command line.
type question struct {
	Why    *answers.Why
	Graph  bool
	Offers bool
}

// Ask answers a question about a file. No answer hangs on the time.
func Ask(asked, file []byte, _ time.Time) []byte {
	var q question
	return playground.Reply(asked, &q, func(a *playground.Answer) error {
		switch in := playground.Input(file); {
		case q.Why != nil:
			return why(q.Why, in, a)
		case q.Graph:
			return draw(in, a)
		case q.Offers:
			a.Offers = map[string][]string{"platforms": choices.Platforms(), "choices": settled(),
				"persistences": session.Persistences()}
			return nil
		}
		return errors.New("nothing is asked")
	})
}

// settled lists every way to settle an open choice.
func settled() (all []string) {
	for _, c := range choices.All() {
		for _, value := range c.Values {
			all = append(all, c.Name+"="+value)
		}
	}
	return all
}

// why answers with all that the page shows of a decision at once: to decide costs more than to write it three times.
func why(w *answers.Why, in app.Input, a *playground.Answer) error {
	w.Config = app.Config{Path: playground.FileName}
	w.Times = max(w.Times, 1)
	if w.Request.Method == "" {
		w.Request.Method = "GET"
	}
	w.Sessions.Yield = w.Sessions.Settings == nil
	decided, err := w.Run(in)
	a.Notes = playground.Told(decided.Notes)
	if err != nil {
		return err
	}
	if a.Text, err = playground.Written(whyreport.Why, "text", decided); err != nil {
		return err
	}
	if a.JSON, err = playground.Written(whyreport.Why, "json", decided); err != nil {
		return err
	}
	decided.Show = answers.Brief
	a.Brief, err = playground.Written(whyreport.Why, "text", decided)
	return err
}

// drawings are the formats of graph that the page shows.
var drawings = forms.List[*app.Loaded]{{Name: "text", Write: drawAs("text")}, {Name: "svg", Write: drawAs("svg")}}

func drawAs(format string) func(io.Writer, *app.Loaded) error {
	return func(w io.Writer, l *app.Loaded) error { return graph.Write(w, l.Config, format) }
}

// draw draws what could be read, whatever is wrong with it: the findings say that.
func draw(in app.Input, a *playground.Answer) error {
	load := app.Load{Config: app.Config{Path: playground.FileName}}
	l, err := load.Run(in)
	if err != nil {
		return err
	}
	if cfg := l.Config; len(cfg.Clusters)+len(cfg.Routes)+len(cfg.VirtualHostGroups)+len(cfg.UriGroups) == 0 {
		return errors.New("there is nothing in it to draw")
	}
	if a.Text, err = playground.Written(drawings, "text", l); err != nil {
		return err
	}
	a.Drawing, err = playground.Written(drawings, "svg", l)
	return err
}
