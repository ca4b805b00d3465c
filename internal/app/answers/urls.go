package answers

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// WhyURLs asks about every request of a log.
type WhyURLs struct {
	Config      app.Config
	Plugin      app.Plugin
	URLs        app.URLs
	Group       string                  // one of Groups, "" by cluster and members
	Kept        bool                    // one process gets all requests in turn, not each a fresh one
	Seed        uint64                  // of where it begins
	ExpectAgree *float64                // least percentage of logged members that are to agree, nil for none
	Each        func(*batch.Line) error // gets every line in order, nil for none
	Loaded      func()                  // is called once the configuration is read, before the log is; nil for none
}

// Groups are what requests can be counted by.
func Groups() (names []string) {
	for name := range batch.Groupings {
		if name != "" {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}

// WhyURLsAnswer is what is said of a log.
type WhyURLsAnswer struct {
	Notes   app.Notes
	Name    string // of the log, in reports
	Format  string // its form
	Summary *batch.Summary
	Unmet   bool // fewer logged members agree than expected, or the log tells none
}

// Run asks.
func (w *WhyURLs) Run(in app.Input) (*WhyURLsAnswer, error) {
	a := &WhyURLsAnswer{Name: app.DisplayName(w.URLs.Path)}
	by, known := batch.Groupings[w.Group]
	switch {
	case !known:
		return a, app.Wrong("group", " %q%s: want one of %s", w.Group, diag.DidYouMean(w.Group, Groups()),
			strings.Join(Groups(), ", "))
	case w.ExpectAgree != nil && !(*w.ExpectAgree >= 0 && *w.ExpectAgree <= 100):
		return a, app.Wrong("expect-agree", " %v: want a percentage from 0 to 100", *w.ExpectAgree)
	case w.URLs.Path == "-" && w.Config.Path == "-":
		return a, app.Misuse("only one of the log and the configuration can be standard input")
	}
	if err := w.URLs.Check(); err != nil {
		return a, err
	}
	l, sem, _, err := w.Plugin.Load(in, w.Config, diag.NewFiles(), &a.Notes)
	if err != nil {
		return a, err
	}
	l.Config.Trim() // the log may be of any size, and memory is not
	// All that stays in memory is there now: the caller may set the garbage collector by it.
	if w.Loaded != nil {
		w.Loaded()
	}
	log, err := w.URLs.Open(in)
	if err != nil {
		return a, err
	}
	defer log.Close()
	a.Format = log.Format.Name
	q := batch.Questions{Format: log.Format, By: by, Jobs: w.URLs.Workers(), Each: w.Each,
		Asker: func() *batch.Asker { return batch.NewAsker(l.Table, sem, w.URLs.Where) }}
	if w.Kept {
		// One process means one asker, which must see the requests in the order of the log.
		fresh := q.Asker
		q.Jobs, q.Asker = 1, func() *batch.Asker {
			asker := fresh()
			asker.Keep(w.Seed)
			return asker
		}
	}
	a.Summary, err = q.Summarise(log.Source)
	if share, told := a.Summary.Agreed.Share(); w.ExpectAgree != nil {
		a.Unmet = !told || share < *w.ExpectAgree
	}
	if err == nil && a.Summary.Requests == 0 {
		err = app.NoRequest(a.Name, a.Format, &a.Summary.Lines)
	}
	return a, err
}
