package main

import (
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/merge"
	"github.com/wasplug/wasplug/parser/diag"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "make one plugin-cfg.xml of several",
		ArgsUsage: "FILE ...",
		Description: `The same inputs in the same order give the same bytes. Endpoints of the output, the triples of member, alias and URI, are proved to be those of the
inputs; otherwise nothing is written. What the inputs say differently is listed on standard error.

   wasplug merge -o plugin-cfg.xml srv1/plugin-cfg.xml srv2/plugin-cfg.xml
   wasplug merge --base srv2.xml --mode failover srv1.xml srv2.xml > plugin-cfg.xml

Exit codes: 0 written; 1 with --strict, the inputs conflict and nothing is written; 2 wrong usage; 3 an input cannot be read or merged, or the
proof failed.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.StringFlag{Name: "base", Usage: "the input `FILE` whose Config, Log and Properties count", DefaultText: "the first"},
			&cli.StringFlag{Name: "mode", Value: "balance", Usage: "who serves what several files have: balance (all), failover (the first file, the others as backups) or precedence (the first file alone)"},
			&cli.BoolFlag{Name: "strict", Usage: "write nothing and exit 1 when the inputs conflict"},
		),
		Action: mergeAction,
	}
}

func mergeAction(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 0 {
		return usageError("merge takes the files to merge, such as a.xml b.xml")
	}
	mode, err := chosen(c, "mode")
	if err != nil {
		return err
	}
	options := merge.Options{Mode: merge.Mode(slices.Index(merge.Modes, mode))}
	if base := c.String("base"); base != "" {
		if options.Base = slices.Index(paths, base); options.Base < 0 {
			return usageError("--base %s is none of the files to merge", base)
		}
	}
	files := diag.NewFiles()
	var inputs []merge.Input
	for _, path := range paths {
		cfg, err := loadXML(c, files, path)
		if err != nil {
			return err
		}
		inputs = append(inputs, merge.Input{Name: displayName(path), Config: cfg})
	}
	result, err := merge.Merge(inputs, options)
	if err != nil {
		var refused *merge.RefusedError
		if errors.As(err, &refused) {
			err = fmt.Errorf("%s: %w", files.Start(refused.Span), err)
		}
		return failure(err)
	}
	printDiagnostics(c.App.ErrWriter, files, result.Conflicts)
	if len(result.Conflicts) > 0 && c.Bool("strict") {
		return findings()
	}
	return writeOutput(c, result.XML)
}
