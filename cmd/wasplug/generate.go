package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func generateCommand() *cli.Command {
	return &cli.Command{
		Name:      "generate",
		Usage:     "make plugin-cfg.xml from a topology",
		ArgsUsage: "TOPOLOGY",
		Description: `Writes what WebSphere's or Liberty's generator would write for the topology, the same bytes each time. With several web servers -o is a
folder, and each file stands in a folder named after its web server. Nothing is written when the topology has an error.

   wasplug generate topology.yaml > plugin-cfg.xml
   wasplug generate -o plugin-cfg.xml --force topology.yaml
   wasplug generate --check plugin-cfg.xml topology.yaml
   wasplug generate --explain-line 14 topology.yaml

Exit codes: 0 written, or --check found the same meaning; 1 --check found differences; 2 wrong usage; 3 an error in the topology, or the file
cannot be written.`,
		Flags: append(outputFlags("`FILE|DIR` to write"),
			&cli.StringFlag{Name: "web-server", Usage: "`NAME` of the one web server whose file is meant"},
			&cli.BoolFlag{Name: "stamp", Usage: "say in the file when it was generated (SOURCE_DATE_EPOCH, if set, is that time)"},
			&cli.StringFlag{Name: "check", Usage: "compare `FILE` (or the folder that -o would fill) with what would be written, by meaning, and write nothing"},
			&cli.IntFlag{Name: "explain-line", Usage: "say which lines of the topology made line `N` of the XML, and write nothing"},
		),
		Action: generateAction,
	}
}

func generateAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usageError("generate takes one topology, such as topology.yaml; got %d arguments", c.NArg())
	}
	path := c.Args().First()
	src, err := readInput(c, path)
	if err != nil {
		return err
	}
	if !app.IsTopology(path, src) {
		return failure(fmt.Errorf("%s is no topology (YAML): it is %s", displayName(path), whatItIs(src)))
	}
	files := diag.NewFiles()
	topology, faults := generate.Read(files, files.Add(displayName(path), src))
	var outputs []generate.Output
	if topology != nil {
		options, err := stampOption(c)
		if err != nil {
			return err
		}
		var more []diag.Diagnostic
		outputs, more = topology.Compile(options)
		faults = append(faults, more...)
	}
	printDiagnostics(c.App.ErrWriter, files, faults)
	if diag.Worst(faults) == diag.Error {
		return failure(fmt.Errorf("%s has errors, so nothing is written", displayName(path)))
	}
	if outputs, err = chosenOutputs(c, outputs); err != nil {
		return err
	}
	switch {
	case c.IsSet("explain-line"):
		return explainLine(c, files, topology, outputs)
	case c.IsSet("check"):
		return checkFiles(c, outputs)
	}
	return writeOutputs(c, outputs)
}

// stampOption returns the time to write into the file, if one is wanted, as the generators write it.
func stampOption(c *cli.Context) (generate.Options, error) {
	if !c.Bool("stamp") {
		return generate.Options{}, nil
	}
	now := time.Now()
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return generate.Options{}, usageError("SOURCE_DATE_EPOCH is %q, want seconds since 1970", epoch)
		}
		now = time.Unix(seconds, 0).UTC()
	}
	return generate.Options{Stamp: now.Format("2006.01.02 at 15:04:05 MST")}, nil
}

// chosenOutputs narrows the outputs to the web server that is asked for.
func chosenOutputs(c *cli.Context, outputs []generate.Output) ([]generate.Output, error) {
	want := c.String("web-server")
	if want == "" {
		return outputs, nil
	}
	var names []string
	for _, o := range outputs {
		if o.WebServer == want {
			return []generate.Output{o}, nil
		}
		names = append(names, o.WebServer)
	}
	return nil, usageError("the topology has no web server %q%s, it has %s", want, diag.DidYouMean(want, names), strings.Join(names, ", "))
}

// onlyOutput returns the only output.
func onlyOutput(outputs []generate.Output, flag string) (generate.Output, error) {
	if len(outputs) == 1 {
		return outputs[0], nil
	}
	var names []string
	for _, o := range outputs {
		names = append(names, o.WebServer)
	}
	return generate.Output{}, usageError("the topology has the web servers %s: %s", strings.Join(names, ", "), flag)
}

// outputPath is where the file of a web server belongs: path itself, or, in a folder, plugin-cfg.xml or WEBSERVER/plugin-cfg.xml.
func outputPath(path string, o generate.Output, several bool) (string, error) {
	info, err := os.Stat(path)
	if !several && !strings.HasSuffix(path, "/") && (err != nil || !info.IsDir()) {
		return path, nil
	}
	if !several {
		return filepath.Join(path, "plugin-cfg.xml"), nil
	}
	if !filepath.IsLocal(o.WebServer) || strings.ContainsAny(o.WebServer, `/\`) {
		return "", failure(diag.Errorf("the name of web server %q cannot be that of a folder", o.WebServer))
	}
	return filepath.Join(path, o.WebServer, "plugin-cfg.xml"), nil
}

func writeOutputs(c *cli.Context, outputs []generate.Output) error {
	path := c.String("output")
	if path == "" || path == "-" {
		o, err := onlyOutput(outputs, "choose one with --web-server, or name a folder with -o")
		if err != nil {
			return err
		}
		data, err := o.XML()
		if err != nil {
			return failure(err)
		}
		return writeOutput(c, data)
	}
	paths, contents := make([]string, len(outputs)), make([][]byte, len(outputs))
	for i, o := range outputs {
		var err error
		if paths[i], err = outputPath(path, o, len(outputs) > 1); err != nil {
			return err
		}
		if contents[i], err = o.XML(); err != nil {
			return failure(err)
		}
		if err = spare(c, paths[i]); err != nil {
			return err
		}
		if err = mayWrite(paths[i], contents[i], forced(paths[i], c.Bool("force"))); err != nil {
			return err // before any of them is written
		}
	}
	for i := range outputs {
		if err := os.MkdirAll(filepath.Dir(paths[i]), 0o755); err != nil {
			return failure(err)
		}
		if err := writeFile(paths[i], contents[i], forced(paths[i], c.Bool("force"))); err != nil {
			return err
		}
	}
	return nil
}

// checkFiles compares files with what would be written.
func checkFiles(c *cli.Context, outputs []generate.Output) error {
	differ := false
	for _, o := range outputs {
		path, err := outputPath(c.String("check"), o, len(outputs) > 1)
		if err != nil {
			return err
		}
		src, err := readInput(c, path)
		if err != nil {
			return err
		}
		files := diag.NewFiles()
		cfg, faults := parser.Parse(files.Add(displayName(path), src), src)
		if diag.Worst(faults) == diag.Error {
			printDiagnostics(c.App.ErrWriter, files, faults)
			return failure(fmt.Errorf("%s cannot be compared: it is not a whole plugin-cfg.xml", displayName(path)))
		}
		for _, change := range diff.Attributes(cfg, o.Config) {
			differ = true
			position := displayName(path)
			if !change.OldAt.IsZero() {
				position = files.Start(change.OldAt).String()
			}
			fmt.Fprintf(readable(c.App.Writer, "text"), "%s: %s\n", position, change)
		}
	}
	if differ {
		return findings()
	}
	return nil
}

// explainLine prints what in the topology made a line of the XML.
func explainLine(c *cli.Context, files *diag.Files, t *generate.Topology, outputs []generate.Output) error {
	o, err := onlyOutput(outputs, "choose one with --web-server")
	if err != nil {
		return err
	}
	origin, err := o.Origin(c.Int("explain-line"))
	if err != nil {
		return usageError("%v", err)
	}
	w := readable(c.App.Writer, "text")
	fmt.Fprintf(w, "line %d: %s\n%s\n", c.Int("explain-line"), origin.Text, files.Start(origin.Span))
	files.Snippet(w, origin.Span)
	var unasked []string
	for _, a := range origin.Attrs {
		if a.Unasked {
			unasked = append(unasked, diag.Sprintf("%s=%q", a.Name, a.Value))
			continue
		}
		fmt.Fprintf(w, "%s=%s: %s\n", a.Name, diag.Quote(a.Value), files.Start(a.Span))
	}
	if len(unasked) > 0 {
		fmt.Fprintf(w, "by default (flavor %s): %s\n", t.Flavor.V, strings.Join(unasked, " "))
	}
	return nil
}
