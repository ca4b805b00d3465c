package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a topology from plugin-cfg.xml",
		ArgsUsage: "FILE",
		Description: `Writes the topology from which 'wasplug generate' makes a file of the same meaning: same endpoints, attributes in effect, decisions. What is
irregular is kept by overrides, elements and allow; what a topology cannot say is named on standard error, with its place.

   wasplug import plugin-cfg.xml > topology.yaml
   wasplug import -o topology.yaml plugin-cfg.xml

Exit codes: 0 written; 1 with --strict, something cannot be said; 2 wrong usage; 3 the file cannot be read or is not a whole plugin-cfg.xml.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.BoolFlag{Name: "strict", Usage: "write nothing and exit 1 when something cannot be said"}),
		Action: importAction,
	}
}

func importAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usageError("import takes one plugin-cfg.xml; got %d arguments", c.NArg())
	}
	files := diag.NewFiles()
	cfg, err := loadXML(c, files, c.Args().First())
	if err != nil {
		return err
	}
	data, unsaid := generate.Import(cfg)
	printDiagnostics(c.App.ErrWriter, files, unsaid)
	switch {
	case data == nil:
		return failure(fmt.Errorf("%s: no topology can be made of it", displayName(c.Args().First())))
	case len(unsaid) > 0 && c.Bool("strict"):
		return findings()
	}
	return writeOutput(c, data)
}

// loadXML reads a plugin-cfg.xml without a syntax error; otherwise the faults are on standard error and the exit code is 3.
func loadXML(c *cli.Context, files *diag.Files, path string) (*parser.Config, error) {
	src, err := readInput(c, path)
	if err != nil {
		return nil, err
	}
	if content, _ := parser.Sniff(src); app.IsTopology(path, src) || content == parser.PlainText || content == parser.Data {
		return nil, failure(fmt.Errorf("%s is no plugin-cfg.xml: it is %s", displayName(path), whatItIs(src)))
	}
	cfg, faults := parser.Parse(files.Add(displayName(path), src), src)
	if diag.Worst(faults) == diag.Error {
		printDiagnostics(c.App.ErrWriter, files, faults)
		return nil, failure(fmt.Errorf("%s is not a whole plugin-cfg.xml", displayName(path)))
	}
	printDiagnostics(c.App.ErrWriter, files, app.Doubts(faults))
	return cfg, nil
}
