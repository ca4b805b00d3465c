package checks

import (
	"errors"
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/generate/edit"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
	"github.com/wasplug/wasplug/routecheck"
)

// Edit changes a plugin-cfg.xml and leaves every other byte as it is. One of Drain, Undrain and Set says how.
type Edit struct {
	Path    string
	Drain   *edit.Drain
	Undrain *edit.Undrain
	Set     *edit.Set
	Force   bool // also where lint finds an error in the result that was not there
}

// EditAnswer is what is to be written, and what it does to users.
type EditAnswer struct {
	Notes    app.Notes
	Name     string // of the file, in reports
	Files    *diag.Files
	Old, New []byte
	Edits    []diag.Edit
	Done     []string     // what was asked for, member by member
	Report   *diff.Report // nil where nothing changes, or nothing is compared
	Rejected bool         // the plug-in rejects the file as it is (R18): the change has no behaviour to be compared with
	Advice   []string     // when it is in force, and what may undo it
}

// Run makes the change in memory. An *edit.Refusal says that it is not made although it could be.
func (e *Edit) Run(in app.Input) (*EditAnswer, error) {
	a := &EditAnswer{Name: app.DisplayName(e.Path), Files: diag.NewFiles()}
	var err error
	if a.Old, err = in.Read(e.Path, nil); err != nil {
		return a, err
	}
	// Whatever is refused from here on, New can be written without a change.
	a.New = a.Old
	if app.IsTopology(e.Path, a.Old) {
		return a, app.Misuse("%s is a topology: change it there and generate; %s writes into a plugin-cfg.xml", a.Name,
			e.verb())
	}
	if content, _ := sniff.Bytes(a.Old); content == sniff.PlainText {
		return a, fmt.Errorf("%s is left as it is: it is %s", a.Name, app.WhatItIs(a.Old))
	}
	file, reports, err := edit.Read(a.Files, a.Files.Add(a.Name, a.Old))
	if err != nil {
		a.Notes.Add(a.Files, reports)
		return a, err
	}
	// What was asked for and is so already is noted in Done without an edit.
	c, err := e.change(file)
	if err != nil {
		return a, err
	}
	a.Done = c.Notes
	if len(c.Edits) == 0 {
		return a, nil
	}
	a.Edits = c.Edits
	if a.New, err = file.Apply(c); err != nil {
		return a, err
	}
	return a, e.judge(a, file)
}

func (e *Edit) verb() string {
	switch {
	case e.Drain != nil:
		return "drain"
	case e.Undrain != nil:
		return "undrain"
	}
	return "set"
}

// change asks for the edits.
func (e *Edit) change(f *edit.File) (c *edit.Change, err error) {
	switch {
	case e.Drain != nil:
		c, err = f.Drain(*e.Drain)
	case e.Undrain != nil:
		c, err = f.Undrain(*e.Undrain)
	default:
		c, err = f.Set(*e.Set)
	}
	var unknown *edit.Unknown
	if errors.As(err, &unknown) {
		return nil, &app.RequestError{Err: err}
	}
	return c, err
}

// judge refuses a result that lint calls wrong and did not before, and says what the change does.
func (e *Edit) judge(a *EditAnswer, file *edit.File) error {
	id := a.Files.Add(a.Name+" (changed)", a.New)
	changed, _ := parser.Parse(id, a.New)
	was, is := a.findings(a.Files.Add(a.Name, a.Old)), a.findings(id)
	if worse := newErrors(was, is); len(worse) > 0 {
		a.Notes.Add(a.Files, worse)
		if !e.Force {
			return &edit.Refusal{Text: a.Name + " would have an error that it has not now; nothing is written",
				Force: true}
		}
	}
	a.Advice = advice(e.verb(), file.Config)
	// The edit is made all the same: it is what was asked for, and no worse than before.
	if _, missing := routecheck.New(file.Config); diag.Worst(missing) == diag.Error {
		a.Rejected = true
		a.Notes.Say("%s: the plug-in rejects the file as it is (R18), so there is no behaviour to compare with",
			a.Name)
		return nil
	}
	report, err := new(Diff).compare(&app.Loaded{Config: file.Config}, &app.Loaded{Config: changed})
	a.Report = report
	return err
}

// findings is what lint says of a file.
func (a *EditAnswer) findings(id diag.FileID) []lint.Placed {
	inputs := lint.Read(a.Files, id)
	return lint.Place(inputs, lint.Run(rules.All(), a.Files, inputs, lint.Options{}))
}

// newErrors are the errors of a file that an older one has not, by rule and element.
func newErrors(was, is []lint.Placed) (list []diag.Diagnostic) {
	for _, f := range newFindings(was, is) {
		if f.Severity == diag.Error {
			list = append(list, f.Diagnostic)
		}
	}
	return list
}

// newFindings are what lint says of a file and did not say of an older one: by rule and element, each as often as it
// is said more.
func newFindings(was, is []lint.Placed) []lint.Placed {
	type key struct{ rule, path string }
	known := map[key]int{}
	for _, f := range was {
		known[key{f.Rule.Code, f.Path}]++
	}
	return slices.DeleteFunc(slices.Clone(is), func(f lint.Placed) bool {
		k := key{f.Rule.Code, f.Path}
		known[k]--
		return known[k] >= 0
	})
}

// advice says when a change is in force, and what may undo it.
func advice(verb string, cfg *parser.Config) []string {
	when := fmt.Sprintf(
		"in force after RefreshInterval (%d s) and the next request of each process; marks and weights "+
			"begin anew then", cfg.RefreshInterval.V)
	if cfg.RefreshInterval.Valid && cfg.RefreshInterval.V <= 0 {
		when = fmt.Sprintf(
			"RefreshInterval is %d, so it may be in force after a restart of the web server alone; marks "+
				"and weights begin anew then", cfg.RefreshInterval.V)
	}
	list := []string{when}
	// A generator says in a comment at the top when it wrote the file: it will write it again.
	if slices.ContainsFunc(cfg.Doc.Nodes, (*parser.Node).IsStamp) {
		where := "Servers > Clusters > WebSphere application server clusters > CLUSTER > Cluster " +
			"members, Configured weight"
		if verb == "set" {
			where = "Servers > Server Types > Web servers > NAME > Plug-in properties"
		}
		list = append(list, "the next generation overwrites it; in the console of traditional WAS: "+where)
	}
	return list
}
