package main

import (
	"bytes"
	"fmt"

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
		Description: `OLD and NEW are plugin-cfg.xml or topologies. Told are the requests whose cluster or member set changed, with a sample URL of each kind; clone IDs
that vanish; then the values in effect. The order of elements, names of groups and definitions that no Route uses are no difference.

   wasplug diff live.xml plugin-cfg.xml
   wasplug diff --format markdown live.xml topology.yaml

Exit codes: 0 no difference; 1 differences; 2 wrong usage; 3 a file cannot be read, or the plug-in would reject it.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text, json or markdown"},
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
	if err := report.Write(&out, files, format); err != nil {
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
