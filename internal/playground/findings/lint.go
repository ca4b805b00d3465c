// Package findings answers the page's questions about the file itself: what lint finds, with its repairs, and what the
// words mean that it uses.
package findings

import (
	"errors"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/app/meaning"
	"github.com/wasplug/wasplug/internal/playground"
	"github.com/wasplug/wasplug/internal/report/lintreport"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser/diag"
)

// question has one of its parts.
type question struct {
	Lint    *checked
	Explain string // a word, such as the code of a rule
	Offers  bool
}

// checked asks for findings.
type checked struct {
	Profile string // of rules, "" the default
	Target  string // level of the plug-in, "" the latest
}

// Ask answers a question about a file. Dates in it are judged by now.
func Ask(asked, file []byte, now time.Time) []byte {
	var q question
	return playground.Reply(asked, &q, func(a *playground.Answer) error {
		switch {
		case q.Lint != nil:
			return q.Lint.answer(playground.Input(file), now, a)
		case q.Explain != "":
			pages, err := (&meaning.Explain{Words: []string{q.Explain}}).Run()
			a.Text = strings.Join(pages, "\n")
			return err
		case q.Offers:
			a.Offers = map[string][]string{"profiles": lint.Profiles()}
			return nil
		}
		return errors.New("nothing is asked")
	})
}

// answer gives findings by place for the editor, and the same as reports.
func (c *checked) answer(in app.Input, now time.Time, a *playground.Answer) error {
	if err := lint.CheckTarget(c.Target); err != nil {
		return err
	}
	request := checks.Lint{Files: []checks.LintFile{{Path: playground.FileName}}, FailOn: diag.Error,
		Options: lint.Options{Now: now, Profile: c.Profile, Target: c.Target}}
	found, err := request.Run(in)
	a.Notes = playground.Told(found.Notes)
	if err != nil {
		return err
	}
	for i := range found.Findings {
		a.Findings = append(a.Findings, placed(found.Files, &found.Findings[i].Diagnostic))
	}
	findings := &lintreport.Findings{LintAnswer: found}
	if a.Text, err = playground.Written(lintreport.Lint, "text", findings); err != nil {
		return err
	}
	a.JSON, err = playground.Written(lintreport.Lint, "json", findings)
	return err
}

// placed is a finding with its places twice: bytes for what the page marks and repairs, line and column for people.
func placed(files *diag.Files, d *diag.Diagnostic) playground.Finding {
	at := files.Start(d.Span)
	f := playground.Finding{Stretch: bytesOf(d.Span), Severity: d.Severity.String(), Code: d.Rule.Code,
		Name: d.Rule.Name, Message: d.Message, Line: at.Line, Column: at.Column}
	if d.Fix != nil {
		f.Fix = &playground.Repair{Title: d.Fix.Title, Safe: d.Fix.Safe}
		for _, e := range d.Fix.Edits {
			f.Fix.Edits = append(f.Fix.Edits, playground.Edit{Stretch: bytesOf(e.Span), Text: e.New})
		}
	}
	return f
}

func bytesOf(s diag.Span) playground.Stretch { return playground.Stretch{From: s.Start, To: s.End} }
