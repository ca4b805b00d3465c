package main

import (
	"errors"
	"fmt"
	"io"
	"os"
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
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "plugin-cfg.xml or a topology (YAML), - for standard input", Required: true},
		&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: the one whose file is meant"},
	}
}

// readInput reads a file, or standard input for "-", up to the size that the parser takes and one byte more.
func readInput(c *cli.Context, path string) ([]byte, error) {
	r := c.App.Reader
	if path != "-" {
		f, err := os.Open(path)
		if err != nil {
			return nil, failure(err)
		}
		defer f.Close()
		if info, err := f.Stat(); err == nil && info.IsDir() {
			return nil, failure(fmt.Errorf("%s is a folder, not a file", path))
		}
		r = f
	}
	data, err := io.ReadAll(io.LimitReader(r, parser.MaxSize+1))
	if err != nil {
		return nil, failure(fmt.Errorf("%s: %w", path, err))
	}
	return data, nil
}

// displayName is what reports call a file.
func displayName(path string) string {
	if path == "-" {
		return "<stdin>"
	}
	return path
}

// loadTable reads a configuration that decisions are to be made on. A file that the plug-in would reject (R18), or whose routing is not
// in it, ends with exit code 3 and the reasons on standard error.
func loadTable(c *cli.Context, path string) (*routecheck.Table, *parser.Config, *diag.Files, error) {
	files := diag.NewFiles()
	cfg, faults, err := loadConfig(c, files, path)
	if err != nil {
		return nil, nil, nil, err
	}
	table, missing := routecheck.New(cfg)
	faults = append(faults, missing...)
	diag.Sort(faults)
	if diag.Worst(faults) >= diag.Error {
		printDiagnostics(c.App.ErrWriter, files, faults)
		return nil, nil, nil, failure(fmt.Errorf("%s: the plug-in would reject this file, so no request is decided by it", displayName(path)))
	}
	if len(cfg.Routes) == 0 && cfg.IntelligentManagement != nil {
		at := files.Start(cfg.IntelligentManagement.NameSpan)
		return nil, nil, nil, failure(fmt.Errorf("%s: the routing is not in this file: it holds IntelligentManagement and no Route, so controllers give the rules at run time", at))
	}
	return table, cfg, files, nil
}

// loadConfig reads a plugin-cfg.xml, or compiles a topology in memory.
func loadConfig(c *cli.Context, files *diag.Files, path string) (*parser.Config, []diag.Diagnostic, error) {
	src, err := readInput(c, path)
	if err != nil {
		return nil, nil, err
	}
	id := files.Add(displayName(path), src)
	if isTopology(path, src) {
		return compileTopology(c, files, id)
	}
	cfg, faults := parser.Parse(id, src)
	return cfg, faults, nil
}

// compileTopology gives the file of one web server; its spans stand in the topology.
func compileTopology(c *cli.Context, files *diag.Files, id diag.FileID) (*parser.Config, []diag.Diagnostic, error) {
	topology, faults := generate.Read(files, id)
	if diag.Worst(faults) >= diag.Error {
		printDiagnostics(c.App.ErrWriter, files, faults)
		return nil, nil, failure(fmt.Errorf("%s: the topology has errors, so there is no file to decide by", files.Name(id)))
	}
	outputs, more := topology.Compile(generate.Options{})
	webServer := c.String("web-server")
	var names []string
	for _, o := range outputs {
		if o.WebServer == webServer || webServer == "" && len(outputs) == 1 {
			return o.Config, append(faults, more...), nil
		}
		names = append(names, o.WebServer)
	}
	return nil, nil, usageError("%s describes the web servers %s: choose one with --web-server", files.Name(id), strings.Join(names, ", "))
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
	text := strings.TrimLeft(strings.TrimPrefix(string(src[:min(len(src), 512)]), "\ufeff"), " \t\r\n")
	return text != "" && text[0] != '<'
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
