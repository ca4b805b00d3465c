package app

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Config names a configuration: a plugin-cfg.xml, or a topology and which web server's file of it is meant.
type Config struct{ Path, WebServer string }

// Load reads a configuration, or compiles a topology in memory.
type Load struct {
	Config
	DecideBy *choices.Assumptions // how requests will be decided by it; nil: it is only read, and may have errors
	Files    *diag.Files          // that take the text, nil for new ones
	Pause    parser.Pause         // nil for none
}

// Loaded is a configuration that was read.
type Loaded struct {
	Notes    Notes
	Files    *diag.Files
	Config   *parser.Config
	Topology *topology // nil for a plugin-cfg.xml
	Reports  []diag.Diagnostic
	Platform string            // of the web server, as a topology says it; "" when nothing does
	At       diag.Span         // where it says so
	Table    *routecheck.Table // nil unless it was loaded to decide by
}

// Run reads the configuration. What is wrong with a plugin-cfg.xml stands in Reports, and the Config is as whole as
// could be read. Only to decide by it, a file that the plug-in would reject, or whose routing is not in it, is an
// error, and the notes give the reasons.
func (l *Load) Run(in Input) (*Loaded, error) {
	out := &Loaded{Files: l.Files}
	if out.Files == nil {
		out.Files = diag.NewFiles()
	}
	err := l.into(in, out)
	if err == nil && l.DecideBy != nil {
		err = out.decidable(DisplayName(l.Path), l.DecideBy)
	}
	return out, err
}

// into reads the file into out, so that also beside an error the notes and the text of what was read are there.
func (l *Load) into(in Input, out *Loaded) error {
	if l.Path == "" {
		return &RequestError{"config", errors.New(
			"no configuration: name a plugin-cfg.xml or a topology with -c FILE")}
	}
	src, err := in.Read(l.Path, l.Pause)
	if err != nil {
		return err
	}
	id := out.Files.Add(DisplayName(l.Path), src)
	if IsTopology(l.Path, src) {
		return out.compile(id, l.WebServer)
	}
	out.Config, out.Reports = parser.ParsePausing(id, src, l.Pause)
	return nil
}

// decidable makes the table. That the plug-in would reject the file is said before that its routing is elsewhere.
func (l *Loaded) decidable(name string, sem *choices.Assumptions) error {
	l.Table, _ = routecheck.New(l.Config)
	l.Reports = append(l.Reports, l.Table.Rejected(sem)...)
	diag.Sort(l.Reports)
	if diag.Worst(l.Reports) >= diag.Error {
		l.Notes.Add(l.Files, l.Reports)
		return fmt.Errorf("%s: the plug-in would reject this file, so no request is decided by it", name)
	}
	l.Notes.Add(l.Files, Doubts(l.Reports))
	// Without this each request would be declined, which is true of the file and wrong of the plug-in.
	if len(l.Config.Routes) == 0 && l.Config.IntelligentManagement != nil {
		at := l.Files.Start(l.Config.IntelligentManagement.NameSpan)
		return fmt.Errorf("%s: the routing is not in this file: it holds IntelligentManagement and no Route, "+
			"so controllers give the rules at run time", at)
	}
	return nil
}

// Doubts are the findings about a text that the plug-in may read otherwise than it was read here, or not at all.
func Doubts(reports []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(slices.Clone(reports), func(d diag.Diagnostic) bool {
		return d.Rule.Code != diag.XMLSyntax || d.Severity >= diag.Error
	})
}

// Beside returns where a path leads that a file names from its own folder.
func Beside(file, path string) string {
	if filepath.IsAbs(path) || path == "-" || file == "-" {
		return path
	}
	return filepath.Join(filepath.Dir(file), path)
}

// IsTopology tells YAML from XML: by the name, else by the first character.
func IsTopology(path string, src []byte) bool {
	lower := strings.ToLower(path)
	switch {
	case strings.HasSuffix(lower, ".yaml"), strings.HasSuffix(lower, ".yml"):
		return true
	case strings.HasSuffix(lower, ".xml"):
		return false
	}
	// A pipe, or a file of another name, shows it by what it begins with.
	content, _ := sniff.Bytes(src)
	return content == sniff.Mapping
}

// WhatItIs says what a file is that is not what was asked for, and what takes it.
func WhatItIs(src []byte) string {
	content, what := sniff.Bytes(src)
	switch content {
	case sniff.Markup:
		return what + "; 'wasplug import' makes a topology of a plugin-cfg.xml"
	case sniff.Mapping:
		return what + "; 'wasplug generate' makes a plugin-cfg.xml of a topology"
	}
	return what
}
