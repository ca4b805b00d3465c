package checks

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/settings"
	"github.com/wasplug/wasplug/parser/diag"
)

// Lint asks what is wrong or dangerous in files.
type Lint struct {
	Files       []LintFile
	WebServer   string // the one of a topology, "" for all
	Options     lint.Options
	FailOn      diag.Severity      // least severity that fails, 0 none
	MinSeverity diag.Severity      // least that is reported
	Baseline    string             // file of known findings, which are not reported; "" none
	Named       settings.FileNamer // how the baseline names files
}

// LintFile is a plugin-cfg.xml, or a topology which is checked as what would be generated from it.
type LintFile struct {
	Path   string
	Name   string   // in reports, "" for that of Path
	Groups []string // files of one group are checked against each other, too
}

// LintAnswer is what was found.
type LintAnswer struct {
	Notes    app.Notes
	Files    *diag.Files
	Findings []lint.Placed
	Checked  []diag.FileID // in the order of their names
	FailOn   diag.Severity
	Unread   int // files that could not be read, as the notes say; the others were checked all the same
}

// Failing reports whether a finding makes the run fail.
func (a *LintAnswer) Failing(f *lint.Placed) bool { return a.FailOn != 0 && f.Severity >= a.FailOn }

// Fails reports whether any does.
func (a *LintAnswer) Fails() bool {
	return slices.ContainsFunc(a.Findings, func(f lint.Placed) bool { return a.Failing(&f) })
}

// Run reads and checks the files.
func (l *Lint) Run(in app.Input) (*LintAnswer, error) {
	r := read(in, l)
	a := &LintAnswer{Notes: r.notes, Files: r.files, FailOn: l.FailOn, Unread: r.unread}
	a.Checked = r.checked()
	// All files are checked in one run, since files of a group are checked against each other.
	found := append(lint.Run(rules.All(), r.files, r.inputs, l.Options), l.Options.Apply(rules.All(), r.reports)...)
	// What a topology allows (allow: [WP303]) is milder in its own file alone: each looks for its own spans.
	for _, t := range r.topologies {
		found = t.ApplyAllow(found)
	}
	a.Findings = lint.Place(r.inputs, found)
	// Before MinSeverity: an entry of the baseline that matches nothing is told, and a hidden finding matches.
	if l.Baseline != "" {
		if err := l.forget(in, a); err != nil {
			return a, err
		}
	}
	a.Findings = slices.DeleteFunc(a.Findings, func(p lint.Placed) bool { return p.Severity < l.MinSeverity })
	return a, nil
}

// forget takes the known findings away.
func (l *Lint) forget(in app.Input, a *LintAnswer) error {
	src, err := in.Read(l.Baseline, nil)
	if err != nil {
		return err
	}
	b, reports := settings.ReadBaseline(a.Files, a.Files.Add(l.Baseline, src))
	if diag.Worst(reports) >= diag.Error {
		a.Notes.Add(a.Files, reports)
		return fmt.Errorf("%s is no baseline; --write-baseline writes one", l.Baseline)
	}
	a.Findings = b.Filter(a.Files, a.Findings, a.Checked, l.Named)
	return nil
}

// linting is the files of a request as they were read.
type linting struct {
	request *Lint
	notes   app.Notes
	files   *diag.Files
	inputs  []lint.Input
	paths   map[diag.FileID]string // of files that may be repaired
	yaml    map[diag.FileID]bool   // topologies, also those with errors
	unread  int

	topologies []*generate.Topology
	reports    []diag.Diagnostic // of topologies
}

// read reads all files. One that cannot be read does not hide the others.
func read(in app.Input, request *Lint) *linting {
	r := &linting{request: request, files: diag.NewFiles(), paths: map[diag.FileID]string{},
		yaml: map[diag.FileID]bool{}}
	for _, f := range request.Files {
		src, err := in.Read(f.Path, nil)
		if err != nil {
			r.notes.Say("%v", err)
			r.unread++
			continue
		}
		if f.Name == "" {
			f.Name = app.DisplayName(f.Path)
		}
		id := r.files.Add(f.Name, src)
		if app.IsTopology(f.Path, src) {
			r.yaml[id] = true
			r.compile(id, f.Groups)
			continue
		}
		for _, input := range lint.Read(r.files, id) {
			input.Groups = f.Groups
			r.inputs = append(r.inputs, input)
		}
		// Topologies and standard input are in no paths: neither can be repaired in place.
		if f.Path != "-" {
			r.paths[id] = f.Path
		}
	}
	return r
}

func (r *linting) checked() []diag.FileID {
	ids := make([]diag.FileID, len(r.inputs))
	for i := range r.inputs {
		ids[i] = r.inputs[i].File
	}
	slices.Sort(ids)
	// A topology is an input for each of its web servers.
	ids = slices.Compact(ids)
	slices.SortFunc(ids, func(a, b diag.FileID) int { return strings.Compare(r.files.Name(a), r.files.Name(b)) })
	return ids
}

// Fix repairs what lint finds in files, without writing them.
type Fix struct {
	Lint
	Unsafe  bool // also where that changes behaviour
	InPlace bool // the files are to be written, so that all must be files
}

// FixAnswer is the files that a repair changes.
type FixAnswer struct {
	Notes   app.Notes
	Fixed   []Fixed
	Checked int
	Unread  int
}

// Fixed is a file before and after its repair.
type Fixed struct {
	Path, Name string
	Old, New   []byte
	Repairs    int
}

// Run makes the repairs.
func (f *Fix) Run(in app.Input) (*FixAnswer, error) {
	r := read(in, &f.Lint)
	a := &FixAnswer{Notes: r.notes, Checked: len(r.inputs), Unread: r.unread}
	// Each file is repaired by itself: what files of a group have to do with each other no fix mends.
	for i := range r.inputs {
		id := r.inputs[i].File
		switch {
		case !f.InPlace || r.paths[id] != "":
		case r.yaml[id]:
			return a, app.Misuse("--fix repairs a plugin-cfg.xml, and %s is a topology: change it there and generate",
				r.files.Name(id))
		default:
			return a, app.Misuse("--fix writes files, and %s is none: use --fix=diff", r.files.Name(id))
		}
		src, n := lint.Fix(rules.All(), r.files, id, f.Options, f.Unsafe)
		if n > 0 {
			a.Fixed = append(a.Fixed, Fixed{r.paths[id], r.files.Name(id), r.files.Source(id), src, n})
		}
	}
	return a, nil
}

// Settings reads a settings file; its paths lead from where the program runs.
type Settings struct{ Path string }

// SettingsAnswer is what a settings file says.
type SettingsAnswer struct {
	Notes    app.Notes
	Settings settings.Settings
}

// Run reads the file.
func (s *Settings) Run(in app.Input) (*SettingsAnswer, error) {
	a := new(SettingsAnswer)
	src, err := in.Read(s.Path, nil)
	if err != nil {
		return a, err
	}
	files := diag.NewFiles()
	read, reports := settings.Read(files, files.Add(s.Path, src))
	if len(reports) > 0 {
		a.Notes.Add(files, reports)
		return a, app.Misuse("the settings in %s are wrong; nothing was checked", s.Path)
	}
	read.Baseline = s.fromHere(read.Baseline)
	for _, paths := range read.Groups {
		for i := range paths {
			paths[i] = s.fromHere(paths[i])
		}
	}
	a.Settings = read
	return a, nil
}

// fromHere returns where a path of the file leads.
func (s *Settings) fromHere(name string) string {
	if name == "" || filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(filepath.Dir(s.Path), name)
}
