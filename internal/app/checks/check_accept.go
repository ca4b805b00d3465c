package checks

import (
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
)

// acceptance is a reason that somebody accepts, and why.
type acceptance struct {
	key, why string
	until    time.Time // the last day on which it holds; zero for ever
	at       diag.Span
	used     bool
}

// acceptances are those of a file.
type acceptances struct {
	list []acceptance
	now  time.Time
}

// accepted reads the file of what is accepted.
func (s *Safety) accepted(in app.Input, a *SafetyAnswer) (acceptances, error) {
	all := acceptances{now: s.Now}
	if s.Accept == "" {
		return all, nil
	}
	src, err := in.Read(s.Accept, nil)
	if err != nil {
		return all, err
	}
	root, reports := schemas.Load(a.Files, a.Files.Add(s.Accept, src), "accept")
	if diag.Worst(reports) >= diag.Error {
		a.Notes.Add(a.Files, reports)
		return all, diag.Errorf("%s does not say what is accepted ('wasplug schema accept')", s.Accept)
	}
	for _, n := range root.Get("accept").Items {
		one := acceptance{key: n.Get("key").Str().V, why: n.Get("reason").Str().V, at: n.Get("key").Str().Span()}
		if until := n.Get("until").Str(); until.Set() {
			if one.until, err = time.Parse(time.DateOnly, until.V); err != nil {
				return all, diag.Errorf("%s: until %q: want a date such as 2027-01-31",
					a.Files.Start(until.Span()), until.V)
			}
		}
		all.list = append(all.list, one)
	}
	return all, nil
}

// apply marks what is accepted, and reports what accepts nothing or no longer holds.
func (all *acceptances) apply(a *SafetyAnswer) {
	for i := range all.list {
		one := &all.list[i]
		// The day itself is included; dates are UTC.
		over := !one.until.IsZero() && !all.now.Before(one.until.AddDate(0, 0, 1))
		for j := range a.Reasons {
			if r := &a.Reasons[j]; r.Key == one.key {
				// Also where it is over, so that one note is told of it and not two.
				one.used = true
				if !over {
					r.Accepted = one.why
				}
			}
		}
		switch at := a.Files.Start(one.at); {
		case over:
			a.Notes.Say("%s: accepted until %s only: %s", at, one.until.Format(time.DateOnly), one.key)
		case !one.used:
			a.Notes.Say("%s: accepts what this change does not do: %s", at, one.key)
		}
	}
}
