package authoring

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Generate makes plugin-cfg.xml from a topology.
type Generate struct {
	Topology  string
	WebServer string // the one whose file is meant, "" all
	Stamp     string // when it was generated, "" for a file that does not say so
}

// GenerateAnswer is a file for each web server.
type GenerateAnswer struct {
	Notes    app.Notes
	Files    *diag.Files // the topology
	Topology *generate.Topology
	Outputs  []generate.Output
}

// Run makes the files. With an error in the topology there are none.
func (g *Generate) Run(in app.Input) (*GenerateAnswer, error) {
	a, name := &GenerateAnswer{Files: diag.NewFiles()}, app.DisplayName(g.Topology)
	src, err := in.Read(g.Topology, nil)
	if err != nil {
		return a, err
	}
	if !app.IsTopology(g.Topology, src) {
		return a, fmt.Errorf("%s is no topology (YAML): it is %s", name, app.WhatItIs(src))
	}
	var reports []diag.Diagnostic
	// A topology is there only where the file has no error; what is wrong with what is made of it is told with the
	// warnings.
	if a.Topology, reports = generate.Read(a.Files, a.Files.Add(name, src)); a.Topology != nil {
		var more []diag.Diagnostic
		a.Outputs, more = a.Topology.Compile(generate.Options{Stamp: g.Stamp})
		reports = append(reports, more...)
	}
	a.Notes.Add(a.Files, reports)
	if diag.Worst(reports) == diag.Error {
		return a, fmt.Errorf("%s has errors, so nothing is written", name)
	}
	return a, g.choose(a)
}

// choose narrows the outputs to the web server that is asked for.
// It comes last: an error in the file of another web server is one of the topology.
func (g *Generate) choose(a *GenerateAnswer) error {
	if g.WebServer == "" {
		return nil
	}
	names := a.webServers()
	for _, o := range a.Outputs {
		if o.WebServer == g.WebServer {
			a.Outputs = []generate.Output{o}
			return nil
		}
	}
	return app.Misuse("the topology has no web server %q%s, it has %s", g.WebServer,
		diag.DidYouMean(g.WebServer, names), strings.Join(names, ", "))
}

func (a *GenerateAnswer) webServers() (names []string) {
	for _, o := range a.Outputs {
		names = append(names, o.WebServer)
	}
	return names
}

// Only returns the only output; where there are several, the error says how to choose.
func (a *GenerateAnswer) Only(how string) (generate.Output, error) {
	if len(a.Outputs) == 1 {
		return a.Outputs[0], nil
	}
	return generate.Output{}, app.Misuse("the topology has the web servers %s: %s", strings.Join(a.webServers(), ", "),
		how)
}

// Origin says what in the topology made a line of the only output.
func (a *GenerateAnswer) Origin(line int) (generate.Origin, error) {
	o, err := a.Only("choose one with --web-server")
	if err != nil {
		return generate.Origin{}, err
	}
	origin, err := o.Origin(line)
	if err != nil {
		return origin, app.Misuse("%v", err)
	}
	return origin, nil
}

// Check compares a file with an output, by meaning.
type Check struct {
	Path   string
	Output generate.Output
}

// CheckAnswer is what the file says differently.
type CheckAnswer struct {
	Notes   app.Notes
	Changes []Changed
}

// Changed is a value in effect that differs, and where the file says it.
type Changed struct {
	At     string
	Change diff.Change
}

// Run compares the two.
func (c *Check) Run(in app.Input) (*CheckAnswer, error) {
	a, name, files := new(CheckAnswer), app.DisplayName(c.Path), diag.NewFiles()
	src, err := in.Read(c.Path, nil)
	if err != nil {
		return a, err
	}
	cfg, reports := parser.Parse(files.Add(name, src), src)
	if diag.Worst(reports) == diag.Error {
		a.Notes.Add(files, reports)
		return a, fmt.Errorf("%s cannot be compared: it is not a whole plugin-cfg.xml", name)
	}
	// Order, layout and values that are the default anyway are no difference.
	for _, change := range diff.Attributes(cfg, c.Output.Config) {
		at := name
		if !change.OldAt.IsZero() {
			at = files.Start(change.OldAt).String()
		}
		a.Changes = append(a.Changes, Changed{at, change})
	}
	return a, nil
}
