package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/merge"
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "make one plugin-cfg.xml of several",
		ArgsUsage: "FILE ...",
		Description: `The same inputs in the same order give the same bytes. Endpoints of the output, the triples of member, alias and URI, are proved to be those of the
inputs; otherwise nothing is written. Listed on standard error are what the inputs say differently, what is left out, and what 'wasplug lint'
would find in the merged file and in no input. An error among that, such as a clone ID of two servers, stops the merge.

   wasplug merge -o plugin-cfg.xml srv1/plugin-cfg.xml srv2/plugin-cfg.xml
   wasplug merge --base srv2.xml --mode failover srv1.xml srv2.xml > plugin-cfg.xml
   wasplug merge --allow WP309 -o plugin-cfg.xml srv1.xml srv2.xml

Exit codes: 0 written; 1 the inputs conflict by an error, or with --strict by a warning, and nothing is written; 2 wrong usage; 3 an input cannot
be read or merged, or the proof failed.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.StringFlag{Name: "base", Usage: "the input `FILE` whose Config, Log and Properties count", DefaultText: "the first"},
			&cli.StringFlag{Name: "mode", Value: "balance", Usage: "who serves what several files have: balance (all), failover (the first file, the others as backups) or precedence (the first file alone)"},
			&cli.StringSliceFlag{Name: "allow", Usage: "merge in spite of errors of this `RULE`, by code or name; may be repeated"},
			&cli.BoolFlag{Name: "strict", Usage: "write nothing and exit 1 when the inputs conflict at all"},
		),
		Action: mergeAction,
	}
}

func mergeAction(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 0 {
		return usageError("merge takes the files to merge, such as a.xml b.xml")
	}
	if first := slices.Index(paths, "-"); first >= 0 && slices.Contains(paths[first+1:], "-") {
		return usageError("only one of the files can be standard input")
	}
	options, err := mergeOptions(c, paths)
	if err != nil {
		return err
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
	result, err := merge.Merge(files, inputs, options)
	if err != nil {
		var refused *merge.RefusedError
		if errors.As(err, &refused) {
			err = fmt.Errorf("%s: %w", files.Start(refused.Span), err)
		}
		return failure(err)
	}
	printDiagnostics(c.App.ErrWriter, files, result.Conflicts)
	if err := mergeable(result.Conflicts, c.Bool("strict")); err != nil {
		return err
	}
	return writeOutput(c, result.XML)
}

func mergeOptions(c *cli.Context, paths []string) (merge.Options, error) {
	mode, err := chosen(c, "mode")
	options := merge.Options{Mode: merge.Mode(slices.Index(merge.Modes, mode))}
	if err != nil {
		return options, err
	}
	if base := c.String("base"); base != "" {
		if options.Base = slices.Index(paths, base); options.Base < 0 {
			return options, usageError("--base %s is none of the files to merge", base)
		}
	}
	rules := rules.All()
	for _, word := range c.StringSlice("allow") {
		if lint.Lookup(rules, word) == nil {
			return options, usageError("--allow %q: no rule has this code or name%s", word, diag.DidYouMean(word, lint.Words(rules)))
		}
		options.Allow = append(options.Allow, word)
	}
	return options, nil
}

// mergeable reports conflicts that stop the merge: errors, with strict warnings too.
func mergeable(conflicts []diag.Diagnostic, strict bool) error {
	var codes []string
	for _, d := range conflicts {
		if d.Severity == diag.Error && !slices.Contains(codes, d.Rule.Code) {
			codes = append(codes, d.Rule.Code)
		}
	}
	switch {
	case codes != nil:
		return &exitError{exitFindings, fmt.Errorf("the inputs conflict, so nothing is written; 'wasplug explain %s' says more, --allow %s accepts it",
			codes[0], strings.Join(codes, " --allow "))}
	case strict && diag.Worst(conflicts) >= diag.Warning:
		return &exitError{exitFindings, errors.New("the inputs conflict, so nothing is written (--strict)")}
	}
	return nil
}
