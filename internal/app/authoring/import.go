package authoring

import (
	"fmt"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Import makes a topology from a plugin-cfg.xml.
type Import struct {
	Path    string
	Session string // server.xml or deployment.xml of the servers, "" for none
}

// ImportAnswer is the topology.
type ImportAnswer struct {
	Notes  app.Notes
	YAML   []byte
	Unsaid []diag.Diagnostic // what a topology cannot say, which the notes tell
}

// Run makes the topology.
func (i *Import) Run(in app.Input) (*ImportAnswer, error) {
	a, files := new(ImportAnswer), diag.NewFiles()
	if i.Session == "-" && i.Path == "-" {
		return a, app.Misuse("standard input can be one of the two files, not both")
	}
	cfg, err := readXML(in, i.Path, files, &a.Notes)
	if err != nil {
		return a, err
	}
	sessions, unsaid, err := i.sessions(in, cfg, files, &a.Notes)
	if err != nil {
		return a, err
	}
	a.YAML, a.Unsaid = generate.Import(cfg, sessions)
	a.Unsaid = append(unsaid, a.Unsaid...)
	a.Notes.Add(files, a.Unsaid)
	if a.YAML == nil {
		return a, fmt.Errorf("%s: no topology can be made of it", app.DisplayName(i.Path))
	}
	return a, nil
}

// sessions reads what the servers do with sessions. How the plug-in finds them is for plugin-cfg.xml to say: where the
// servers say something else, that is told.
func (i *Import) sessions(in app.Input, cfg *parser.Config, files *diag.Files, notes *app.Notes) (*yamldoc.Node,
	[]diag.Diagnostic, error) {
	if i.Session == "" {
		return nil, nil, nil
	}
	src, err := in.Read(i.Session, nil)
	if err != nil {
		return nil, nil, err
	}
	src = liberty.Masked(src)
	read, reports := liberty.Read(files.Add(app.DisplayName(i.Session), src), src)
	if read == nil {
		notes.Add(files, reports)
		return nil, nil, fmt.Errorf("%s: no session settings can be read", app.DisplayName(i.Session))
	}
	reports = append(reports, read.Against(cfg)...)
	diag.Sort(reports)
	return read.Settings, reports, nil
}

// readXML reads a plugin-cfg.xml that has no error.
func readXML(in app.Input, path string, files *diag.Files, notes *app.Notes) (*parser.Config, error) {
	src, err := in.Read(path, nil)
	if err != nil {
		return nil, err
	}
	if content, _ := parser.Sniff(src); app.IsTopology(path, src) || content == parser.PlainText ||
		content == parser.Data {
		return nil, fmt.Errorf("%s is no plugin-cfg.xml: it is %s", app.DisplayName(path), app.WhatItIs(src))
	}
	cfg, reports := parser.Parse(files.Add(app.DisplayName(path), src), src)
	if diag.Worst(reports) == diag.Error {
		notes.Add(files, reports)
		return nil, fmt.Errorf("%s is not a whole plugin-cfg.xml", app.DisplayName(path))
	}
	notes.Add(files, app.Doubts(reports))
	return cfg, nil
}
