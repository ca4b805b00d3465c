package main

import (
	"bytes"
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "compare two configurations by what they do",
		ArgsUsage: "OLD NEW",
		Description: `OLD and NEW are plugin-cfg.xml or topologies. The first line says what the change does to users. Then follow whose sessions lose their home, who
gets no, more or fewer new sessions, which requests go elsewhere, with a sample of each kind, what the failure of a member costs, and the values in
effect of which nothing has been said. The order of elements, names of groups, definitions that no Route uses and a common factor of all weights of
a cluster are no difference.

   wasplug diff live.xml plugin-cfg.xml
   wasplug diff --only sessions --only new-sessions live.xml plugin-cfg.xml
   wasplug diff --format markdown live.xml topology.yaml

Exit codes: 0 no difference; 1 differences; 2 wrong usage; 3 a file cannot be read, or the plug-in would reject it.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text, json or markdown"},
			&cli.StringSliceFlag{Name: "only", Usage: "show this `SECTION` alone: " + strings.Join(diff.Sections, ", ") + "; may be repeated"},
			&cli.BoolFlag{Name: "values", Usage: "show every value in effect that differs, also where a consequence has told it"},
			&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: the one whose file is meant"},
		},
		Action: diffAction,
	}
}

func diffAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	options, err := diffOptions(c)
	if err != nil {
		return err
	}
	if c.NArg() != 2 {
		return usageError("diff takes two files, the old and the new one; got %d arguments", c.NArg())
	}
	for i, which := range []string{"first argument, the old file,", "second argument, the new file,"} {
		if c.Args().Get(i) == "" {
			return usageError("the %s is empty", which)
		}
	}
	if c.Args().Get(0) == "-" && c.Args().Get(1) == "-" {
		return usageError("only one of the two files can be standard input")
	}
	files := diag.NewFiles()
	var sides [2]*parser.Config
	for i := range sides {
		path := c.Args().Get(i)
		cfg, faults, err := loadConfig(c, files, path)
		if err != nil {
			return err
		}
		_, missing := routecheck.New(cfg)
		if faults = append(faults, missing...); diag.Worst(faults) == diag.Error {
			diag.Sort(faults)
			printDiagnostics(c.App.ErrWriter, files, faults)
			return failure(fmt.Errorf("%s: the plug-in would reject this file, so there is no behaviour to compare", displayName(path)))
		}
		sides[i] = cfg
	}
	report := diff.Compare(sides[0], sides[1])
	var out bytes.Buffer
	if err := report.Write(&out, files, format, options); err != nil {
		return failure(err)
	}
	if _, err := c.App.Writer.Write(out.Bytes()); err != nil {
		return failure(err)
	}
	if !report.Same() {
		return findings()
	}
	return nil
}

// diffOptions reads --only, whose values may stand in one list too, and --values.
func diffOptions(c *cli.Context) (diff.Options, error) {
	o := diff.Options{AllValues: c.Bool("values")}
	for _, list := range c.StringSlice("only") {
		for _, name := range strings.Split(list, ",") {
			section, err := oneOf("only", name, diff.Sections)
			if err != nil {
				return o, err
			}
			o.Only = append(o.Only, section)
		}
	}
	return o, nil
}
