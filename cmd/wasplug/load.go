package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

// configFlags are -c/--config, a plugin-cfg.xml or a topology everywhere, and which web server's file of a topology is meant.
func configFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`FILE`, a plugin-cfg.xml or a topology (YAML), - for standard input"},
		&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
	}
}

// readInput reads a file, or standard input for "-", up to the size that the parser takes and one byte more.
func readInput(c *cli.Context, path string) ([]byte, error) { return readInputPausing(c, path, nil) }

// readInputPausing is readInput with pauses.
func readInputPausing(c *cli.Context, path string, pause parser.Pause) ([]byte, error) {
	r, size := c.App.Reader, 0
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, failure(err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil {
			if info.IsDir() {
				return nil, failure(fmt.Errorf("%s is a folder, not a file", path))
			}
			size = int(min(info.Size(), parser.MaxSize))
		}
		r = &pausingReader{f, pause}
	}
	if path != "-" {
		noteRead(c, path)
	}
	data := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	if _, err := data.ReadFrom(io.LimitReader(r, parser.MaxSize+1)); err != nil {
		return nil, failure(fmt.Errorf("%s: %w", path, err))
	}
	return data.Bytes(), nil
}

// pausingReader reads in pieces, with a pause before each: to take in a large file at once keeps a processor for milliseconds.
type pausingReader struct {
	r     io.Reader
	pause parser.Pause
}

func (p *pausingReader) Read(b []byte) (int, error) {
	p.pause.Take()
	return p.r.Read(b[:min(len(b), 64<<10)])
}

// argumentsGiven reports an argument that is empty, as an unset variable of a shell gives it.
func argumentsGiven(c *cli.Context) error {
	for i, arg := range c.Args().Slice() {
		if arg == "" {
			return usageError("argument %d of %s is empty, as an unset variable of a shell gives it", i+1, c.Command.Name)
		}
	}
	return nil
}

// displayName is what reports call a file.
func displayName(path string) string {
	if path == "-" {
		return "<stdin>"
	}
	return path
}

// loaded is a configuration that was read: a plugin-cfg.xml, or what a topology compiles to.
type loaded struct {
	files    *diag.Files
	config   *parser.Config
	topology *generate.Topology // nil for a plugin-cfg.xml
	faults   []diag.Diagnostic
	platform string    // of the web server, as a topology says it; "" when nothing does
	at       diag.Span // where it says so
	table    *routecheck.Table
}

// loadTable reads the configuration that the flags name and that decisions are to be made on.
func loadTable(c *cli.Context, sem *routecheck.Semantics) (*loaded, error) {
	return loadTableFor(c, diag.NewFiles(), c.String("config"), c.String("web-server"), sem)
}

// loadTableFor reads a configuration that decisions are to be made on. A file that the plug-in would reject, or whose routing is not in it,
// ends with exit code 3 and the reasons on standard error.
func loadTableFor(c *cli.Context, files *diag.Files, path, webServer string, sem *routecheck.Semantics) (*loaded, error) {
	l, err := loadFor(c, files, path, webServer, nil)
	if err != nil {
		return nil, err
	}
	l.table, _ = routecheck.New(l.config)
	l.faults = append(l.faults, l.table.Rejected(sem)...)
	diag.Sort(l.faults)
	if diag.Worst(l.faults) >= diag.Error {
		printDiagnostics(c.App.ErrWriter, files, l.faults)
		return nil, failure(fmt.Errorf("%s: the plug-in would reject this file, so no request is decided by it", displayName(path)))
	}
	printDiagnostics(c.App.ErrWriter, files, doubts(l.faults))
	if len(l.config.Routes) == 0 && l.config.IntelligentManagement != nil {
		at := files.Start(l.config.IntelligentManagement.NameSpan)
		return nil, failure(fmt.Errorf("%s: the routing is not in this file: it holds IntelligentManagement and no Route, so controllers give the rules at run time", at))
	}
	return l, nil
}

// doubts are the findings about a text that the plug-in may read otherwise than it was read here, or not at all.
func doubts(faults []diag.Diagnostic) []diag.Diagnostic {
	return slices.DeleteFunc(slices.Clone(faults), func(d diag.Diagnostic) bool { return d.Rule.Code != diag.XMLSyntax || d.Severity >= diag.Error })
}

// loadConfig reads the configuration that the flags describe.
func loadConfig(c *cli.Context, files *diag.Files, path string) (*parser.Config, []diag.Diagnostic, error) {
	return loadConfigPausing(c, files, path, nil)
}

// loadConfigPausing is loadConfig with pauses.
func loadConfigPausing(c *cli.Context, files *diag.Files, path string, pause parser.Pause) (*parser.Config, []diag.Diagnostic, error) {
	l, err := loadFor(c, files, path, c.String("web-server"), pause)
	if err != nil {
		return nil, nil, err
	}
	return l.config, l.faults, nil
}

// loadFor reads a plugin-cfg.xml, or compiles a topology in memory.
func loadFor(c *cli.Context, files *diag.Files, path, webServer string, pause parser.Pause) (*loaded, error) {
	if path == "" {
		return nil, usageError("no configuration: name a plugin-cfg.xml or a topology with -c FILE")
	}
	src, err := readInputPausing(c, path, pause)
	if err != nil {
		return nil, err
	}
	id := files.Add(displayName(path), src)
	if isTopology(path, src) {
		return compileTopology(c, files, id, webServer)
	}
	l := &loaded{files: files}
	l.config, l.faults = parser.ParsePausing(id, src, pause)
	return l, nil
}

// compileTopology gives the file of one web server; its spans stand in the topology.
func compileTopology(c *cli.Context, files *diag.Files, id diag.FileID, webServer string) (*loaded, error) {
	topology, faults := generate.Read(files, id)
	if diag.Worst(faults) >= diag.Error {
		printDiagnostics(c.App.ErrWriter, files, faults)
		return nil, failure(fmt.Errorf("%s: the topology has errors, so there is no file to decide by", files.Name(id)))
	}
	outputs, more := topology.Compile(generate.Options{})
	var names []string
	for _, o := range outputs {
		if o.WebServer == webServer || webServer == "" && len(outputs) == 1 {
			return &loaded{files: files, config: o.Config, topology: topology, faults: append(faults, more...), platform: o.Platform.V, at: o.Platform.Span()}, nil
		}
		names = append(names, o.WebServer)
	}
	return nil, usageError("%s describes the web servers %s: choose one with --web-server", files.Name(id), strings.Join(names, ", "))
}

// isTopology tells YAML from XML: by the name, else by the first character.
func isTopology(path string, src []byte) bool {
	lower := strings.ToLower(path)
	switch {
	case strings.HasSuffix(lower, ".yaml"), strings.HasSuffix(lower, ".yml"):
		return true
	case strings.HasSuffix(lower, ".xml"):
		return false
	}
	content, _ := parser.Sniff(src)
	return content == parser.Mapping
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

// printDiagnostics writes each finding with its source line.
func printDiagnostics(w io.Writer, files *diag.Files, ds []diag.Diagnostic) {
	for _, d := range ds {
		fmt.Fprintln(w, files.Line(d))
		files.Snippet(w, d.Span)
	}
}

var errNoMember = errors.New("want MEMBER or CLUSTER/MEMBER")

// memberAndValue splits "MEMBER=VALUE" at the last "=" whose left side is a member; without one the value is "".
func memberAndValue(t *routecheck.Table, s string) (cluster routecheck.ClusterID, member routecheck.MemberID, value string, err error) {
	if s == "" {
		return 0, 0, "", errNoMember
	}
	cluster, member, err = t.FindMember(s)
	if err == nil {
		return cluster, member, "", nil
	}
	if i := strings.LastIndexByte(s, '='); i >= 0 {
		cluster, member, err = t.FindMember(s[:i])
		return cluster, member, s[i+1:], err
	}
	return cluster, member, "", err
}
