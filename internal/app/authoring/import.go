package authoring

import (
	"fmt"
	"path/filepath"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/generate/importer/cell"
	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// Import makes a topology from a plugin-cfg.xml, from the server.xml of a Liberty server, or from the configuration
// folder of a traditional cell.
type Import struct {
	Path    string
	Session string // server.xml or deployment.xml of the servers, "" for none
}

// ImportAnswer is the topology.
type ImportAnswer struct {
	Notes  app.Notes
	YAML   []byte
	Unsaid []diag.Diagnostic // what a topology cannot say; the notes tell it, too
}

// Run makes the topology.
func (i *Import) Run(in app.Input) (*ImportAnswer, error) {
	a, files := new(ImportAnswer), diag.NewFiles()
	if i.Session == "-" && i.Path == "-" {
		return a, app.Misuse("standard input can be one of the two files, not both")
	}
	if in.IsFolder(i.Path) {
		return a, i.cell(in, a, files)
	}
	src, err := in.Read(i.Path, nil)
	switch {
	case err != nil:
		return a, err
	case liberty.IsServer(src):
		return a, i.server(a, files, src)
	}
	cfg, err := checkXML(src, i.Path, files, &a.Notes)
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

// cell makes a topology of the folder of a traditional cell.
func (i *Import) cell(in app.Input, a *ImportAnswer, files *diag.Files) error {
	name := app.DisplayName(i.Path)
	if i.Session != "" {
		return app.Wrong("session", " goes with a plugin-cfg.xml: %s is a folder, whose servers' own settings count",
			name)
	}
	node, reports := cell.Topology(in.Folder(i.Path), name, files)
	return i.made(a, files, node, reports)
}

// server makes a topology of a server.xml of Liberty.
// The name of the server is not in it: it is that of its folder.
func (i *Import) server(a *ImportAnswer, files *diag.Files, src []byte) error {
	name := app.DisplayName(i.Path)
	if i.Session != "" {
		return app.Wrong("session", " goes with a plugin-cfg.xml: %s is a server.xml, whose own settings count", name)
	}
	src = liberty.Masked(src)
	node, reports := liberty.Topology(files.Add(name, src), src, serverName(i.Path))
	return i.made(a, files, node, reports)
}

// made takes over a topology that was made of what servers say of themselves. That a file can be generated of it is
// tried here: what is not known of the servers may be what a topology needs.
func (i *Import) made(a *ImportAnswer, files *diag.Files, node *yamldoc.Node, reports []diag.Diagnostic) error {
	name := app.DisplayName(i.Path)
	a.Unsaid = reports
	a.Notes.Add(files, reports)
	if node == nil {
		return fmt.Errorf("%s: no topology can be made of it", name)
	}
	text, made := yamldoc.Print(node), diag.NewFiles()
	topology, found := generate.Read(made, made.Add("the topology of "+name, text))
	if diag.Worst(found) < diag.Error {
		_, found = topology.Compile(generate.Options{})
	}
	a.Notes.Add(made, found)
	if diag.Worst(found) >= diag.Error {
		return fmt.Errorf("%s: no plugin-cfg.xml can be generated of its topology", name)
	}
	a.YAML = text
	return nil
}

// serverName is that of the folder that a server.xml lies in, as Liberty has it, or else what Liberty calls a server
// that nobody named.
func serverName(file string) string {
	if dir := filepath.Base(filepath.Dir(file)); file != "-" && dir != "." && dir != string(filepath.Separator) {
		return dir
	}
	return "defaultServer"
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
	// Passwords are masked, each byte where it was, before the text is a file whose lines notes show.
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
	return checkXML(src, path, files, notes)
}

// checkXML parses a file that must be whole: what is made of half a file would lack the other half and not say so.
func checkXML(src []byte, path string, files *diag.Files, notes *app.Notes) (*parser.Config, error) {
	if content, _ := sniff.Bytes(src); app.IsTopology(path, src) || content == sniff.PlainText ||
		content == sniff.Data {
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
