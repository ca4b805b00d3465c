package main

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/parser/diag"
)

func generateCommand() *cli.Command {
	return &cli.Command{
		Name:      "generate",
		Usage:     "make plugin-cfg.xml from a topology",
		ArgsUsage: "TOPOLOGY",
		Description: `Writes what WebSphere's or Liberty's generator would write for the topology, the same bytes each
time. With several web servers -o is a folder, and each file stands in a folder named after its web server. Nothing is
written when the topology has an error.

   wasplug generate topology.yaml > plugin-cfg.xml
   wasplug generate -o plugin-cfg.xml --force topology.yaml
   wasplug generate --check plugin-cfg.xml topology.yaml
   wasplug generate --explain-line 14 topology.yaml

Exit codes: 0 written, or --check found the same meaning; 1 --check found differences; 2 wrong usage; 3 an error in
the topology, or the file cannot be written.`,
		Flags: append(outputFlags("`FILE|DIR` to write"),
			&cli.StringFlag{Name: "web-server", Usage: "`NAME` of the one web server whose file is meant"},
			&cli.BoolFlag{Name: "stamp",
				Usage: "say in the file when it was generated (SOURCE_DATE_EPOCH, if set, is that time)"},
			&cli.StringFlag{Name: "check",
				Usage: "compare `FILE` (or the folder that -o would fill) with what would be written, by meaning, " +
					"and write nothing"},
			&cli.IntFlag{Name: "explain-line",
				Usage: "say which lines of the topology made line `N` of the XML, and write nothing"},
		),
		Action: generateAction,
	}
}

// generateAction compiles, and then writes, compares (--check) or explains a line: nothing of that begins before the
// topology is whole.
func generateAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usageError("generate takes one topology, such as topology.yaml; got %d arguments", c.NArg())
	}
	stamp, err := stampOption(c)
	if err != nil {
		return err
	}
	request := authoring.Generate{Topology: c.Args().First(), WebServer: c.String("web-server"), Stamp: stamp}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	switch {
	case err != nil:
		return ended(err)
	case c.IsSet("explain-line"):
		return explainLine(c, answer)
	case c.IsSet("check"):
		return checkFiles(c, answer.Outputs)
	}
	return writeOutputs(c, answer)
}

// stampOption returns the time to write into the file, if one is wanted, as the generators write it.
func stampOption(c *cli.Context) (string, error) {
	if !c.Bool("stamp") {
		return "", nil
	}
	now := time.Now()
	// Builds that can be repeated say when they are (reproducible-builds.org).
	if epoch := os.Getenv("SOURCE_DATE_EPOCH"); epoch != "" {
		seconds, err := strconv.ParseInt(epoch, 10, 64)
		if err != nil {
			return "", usageError("SOURCE_DATE_EPOCH is %q, want seconds since 1970", epoch)
		}
		now = time.Unix(seconds, 0).UTC()
	}
	return now.Format("2006.01.02 at 15:04:05 MST"), nil
}

// outputPath is where the file of a web server belongs: path itself, or, in a folder, plugin-cfg.xml or
// WEBSERVER/plugin-cfg.xml.
func outputPath(path string, o generate.Output, several bool) (string, error) {
	info, err := os.Stat(path)
	if !several && !strings.HasSuffix(path, "/") && (err != nil || !info.IsDir()) {
		return path, nil
	}
	if !several {
		return filepath.Join(path, "plugin-cfg.xml"), nil
	}
	// The name is that of somebody's file: it must not lead out of the folder.
	if !filepath.IsLocal(o.WebServer) || strings.ContainsAny(o.WebServer, `/\`) {
		return "", failure(diag.Errorf("the name of web server %q cannot be that of a folder", o.WebServer))
	}
	return filepath.Join(path, o.WebServer, "plugin-cfg.xml"), nil
}

// writeOutputs writes the file of each web server, or of none where one of them must not be replaced.
func writeOutputs(c *cli.Context, answer *authoring.GenerateAnswer) error {
	path := c.String("output")
	if path == "" || path == "-" {
		o, err := answer.Only("choose one with --web-server, or name a folder with -o")
		if err != nil {
			return ended(err)
		}
		data, err := o.XML()
		if err != nil {
			return failure(err)
		}
		return writeOutput(c, data)
	}
	outputs := answer.Outputs
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
		request := authoring.Check{Path: path, Output: o}
		answer, err := request.Run(inputOf(c))
		printNotes(c, answer.Notes)
		if err != nil {
			return ended(err)
		}
		report.Check(c.App.Writer, answer)
		differ = differ || len(answer.Changes) > 0
	}
	if differ {
		return findings()
	}
	return nil
}

// explainLine prints what in the topology made a line of the XML.
func explainLine(c *cli.Context, answer *authoring.GenerateAnswer) error {
	line := c.Int("explain-line")
	origin, err := answer.Origin(line)
	if err != nil {
		return ended(err)
	}
	report.Origin(c.App.Writer, answer, line, origin)
	return nil
}
