package app

import (
	"fmt"
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/schemas"
)

// Plugin says which plug-in decides: its level, the web server that it sits in, and what is settled of the open
// choices.
type Plugin struct {
	Level      string   // "" the latest
	Platform   string   // one of routecheck.Platforms; "" what a topology says, else the first of them
	Assume     []string // CHOICE=VALUE
	AssumeFile string   // of settled open choices, as "trace --settle" writes it
	FileWins   bool     // where AssumeFile and Assume settle the same; otherwise Assume wins

	settled []setting // what AssumeFile holds: it is read once, as it may be standard input; see ReadSettled
	read    bool
}

// setting is CHOICE=VALUE of a file, and its place there.
type setting struct{ text, at string }

// Load reads a configuration that the plug-in is to decide by, and how it decides there.
func (p Plugin) Load(in Input, config Config, files *diag.Files, notes *Notes) (l *Loaded, sem choices.Assumptions,
	fixed []choices.Choice, err error) {
	if sem, fixed, err = p.Assumptions(in, notes); err != nil {
		return nil, sem, nil, err
	}
	load := Load{Config: config, DecideBy: &sem, Files: files}
	l, err = load.Run(in)
	*notes = append(*notes, l.Notes...)
	// Only the file says which web server it is for, and it is loaded by how the plug-in decides: so the defaults
	// are made twice. What is settled holds in both, and what Rejected asks (open-route) is on no platform another.
	if err == nil && p.Platform == "" && l.Platform != "" {
		p.Platform = l.Platform
		sem, fixed, err = p.Assumptions(in, notes)
	}
	return l, sem, fixed, err
}

// Assumptions returns how that plug-in decides, and the choices that are settled.
func (p *Plugin) Assumptions(in Input, notes *Notes) (choices.Assumptions, []choices.Choice, error) {
	sem, err := p.defaults()
	if err != nil {
		return sem, nil, err
	}
	// The later step overwrites what the earlier one has settled.
	steps := []func(Input, *Notes, *choices.Assumptions) ([]choices.Choice, error){p.assumeFile, p.assume}
	if p.FileWins {
		slices.Reverse(steps)
	}
	var fixed []choices.Choice
	for _, step := range steps {
		choices, err := step(in, notes, &sem)
		if err != nil {
			return sem, nil, err
		}
		fixed = append(fixed, choices...)
	}
	return sem, fixed, nil
}

// defaults returns how the plug-in decides where nothing is settled.
func (p *Plugin) defaults() (choices.Assumptions, error) {
	// Defaults refuses both with one kind of error: with a level that exists, it can only be the platform.
	if _, err := choices.Defaults("latest", p.Platform); err != nil {
		return choices.Assumptions{}, Wrong("platform", ": %w", err)
	}
	sem, err := choices.Defaults(p.Level, p.Platform)
	if err != nil {
		return sem, Wrong("plugin-level", ": %w", err)
	}
	return sem, nil
}

// assume settles what flags say; an error of it is one of the request.
func (p *Plugin) assume(_ Input, _ *Notes, sem *choices.Assumptions) (fixed []choices.Choice, err error) {
	for _, a := range p.Assume {
		choice, err := sem.Assume(a)
		if err != nil {
			return nil, Wrong("assume", ": %w", err)
		}
		fixed = append(fixed, choice)
	}
	return fixed, nil
}

// assumeFile settles what the file says; an error of it names the place there, and is none of the request.
func (p *Plugin) assumeFile(in Input, notes *Notes, sem *choices.Assumptions) (fixed []choices.Choice, err error) {
	if err := p.ReadSettled(in, notes); err != nil {
		return nil, err
	}
	for _, s := range p.settled {
		choice, err := sem.Assume(s.text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", s.at, err)
		}
		fixed = append(fixed, choice)
	}
	return fixed, nil
}

// ReadSettled reads AssumeFile, once: copies of the plug-in that are made from then on read it no more. Who loads
// several configurations calls it first.
func (p *Plugin) ReadSettled(in Input, notes *Notes) error {
	path := p.AssumeFile
	if path == "" || p.read {
		return nil
	}
	src, err := in.Read(path, nil)
	if err != nil {
		return err
	}
	p.read = true
	files := diag.NewFiles()
	root, reports := schemas.Load(files, files.Add(DisplayName(path), src), "semantics")
	if diag.Worst(reports) >= diag.Error {
		notes.Add(files, reports)
		return fmt.Errorf("%s: not a file of settled choices", DisplayName(path))
	}
	if assume := root.Get("assume"); assume != nil {
		for _, f := range assume.Fields {
			at := fmt.Sprint(files.Start(f.NameSpan))
			p.settled = append(p.settled, setting{f.Name + "=" + f.Value.Text, at})
		}
	}
	return nil
}
