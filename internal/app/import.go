package app

import (
	"fmt"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Import makes a topology from a plugin-cfg.xml.
type Import struct{ Path string }

// ImportAnswer is the topology.
type ImportAnswer struct {
	Notes  Notes
	YAML   []byte
	Unsaid []diag.Diagnostic // what a topology cannot say, which the notes tell
}

// Run makes the topology.
func (i *Import) Run(in Input) (*ImportAnswer, error) {
	a, files := new(ImportAnswer), diag.NewFiles()
	cfg, err := in.readXML(i.Path, files, &a.Notes)
	if err != nil {
		return a, err
	}
	a.YAML, a.Unsaid = generate.Import(cfg)
	a.Notes.add(files, a.Unsaid)
	if a.YAML == nil {
		return a, fmt.Errorf("%s: no topology can be made of it", DisplayName(i.Path))
	}
	return a, nil
}

// readXML reads a plugin-cfg.xml that has no error.
func (in *Input) readXML(path string, files *diag.Files, notes *Notes) (*parser.Config, error) {
	src, err := in.read(path, nil)
	if err != nil {
		return nil, err
	}
	if content, _ := parser.Sniff(src); IsTopology(path, src) || content == parser.PlainText || content == parser.Data {
		return nil, fmt.Errorf("%s is no plugin-cfg.xml: it is %s", DisplayName(path), whatItIs(src))
	}
	cfg, faults := parser.Parse(files.Add(DisplayName(path), src), src)
	if diag.Worst(faults) == diag.Error {
		notes.add(files, faults)
		return nil, fmt.Errorf("%s is not a whole plugin-cfg.xml", DisplayName(path))
	}
	notes.add(files, Doubts(faults))
	return cfg, nil
}

// whatItIs says what a file is that is not what was asked for, and what takes it.
func whatItIs(src []byte) string {
	content, what := parser.Sniff(src)
	switch content {
	case parser.Markup:
		return what + "; 'wasplug import' makes a topology of a plugin-cfg.xml"
	case parser.Mapping:
		return what + "; 'wasplug generate' makes a plugin-cfg.xml of a topology"
	}
	return what
}
