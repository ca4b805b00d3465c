package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/merge"
	"github.com/wasplug/wasplug/generate/rebase"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/parser/diag"
)

func mergeCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge",
		Usage:     "make one plugin-cfg.xml of several",
		ArgsUsage: "FILE ...",
		Description: `The same inputs in the same order give the same bytes. Endpoints of the output, the triples of
member, alias and URI, are proved to be those of the inputs; otherwise nothing is written. Listed on standard error
are what the inputs say differently, what is left out, and what 'wasplug lint' would find in the merged file and in no
input. An error among that, such as a clone ID of two servers, stops the merge.

   wasplug merge -o plugin-cfg.xml srv1/plugin-cfg.xml srv2/plugin-cfg.xml
   wasplug merge --base srv2.xml --mode failover srv1.xml srv2.xml > plugin-cfg.xml
   wasplug merge --allow WP309 -o plugin-cfg.xml srv1.xml srv2.xml

With --edited three files become one: FILE is generated anew, --edited is the file that was changed by hand, --base is
the generated file that it was made of. The result is the edited file, its order, layout and comments, with what FILE
changed against the base. Where both changed one thing, that is a conflict, told with its place and what each says:
nothing is written, unless --prefer says who counts.

   wasplug merge --base generated.xml --edited plugin-cfg.xml -o merged.xml generated-anew.xml

Exit codes: 0 written; 1 the inputs conflict by an error, or with --strict by a warning, and nothing is written; 2
wrong usage; 3 an input cannot be read or merged, or the proof failed.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.StringFlag{Name: "base",
				Usage: "the input `FILE` whose Config, Log and Properties count; with --edited what that was " +
					"made of",
				DefaultText: "the first"},
			&cli.StringFlag{Name: "edited", Usage: "the `FILE` with changes by hand that are to be kept"},
			wordFlag{&cli.StringFlag{Name: "prefer", Value: "nobody",
				Usage: "with --edited, who counts where both changed one thing: nobody, edited or new"},
				rebase.Preferences},
			wordFlag{&cli.StringFlag{Name: "mode", Value: "balance",
				Usage: "who serves what several files have: balance (all), failover (the first file, the others as " +
					"backups) or precedence (the first file alone)"}, merge.Modes},
			&cli.StringSliceFlag{Name: "allow",
				Usage: "merge in spite of errors of this `RULE`, by code or name; may be repeated"},
			&cli.BoolFlag{Name: "strict", Usage: "write nothing and exit 1 when the inputs conflict at all"},
		),
		Action: mergeAction,
	}
}

// mergeAction is one of two: files of several servers become one, or with --edited three versions of one.
func mergeAction(c *cli.Context) error {
	if !c.Args().Present() {
		return usageError("merge takes the files to merge, such as a.xml b.xml")
	}
	if given(c, "edited") {
		return rebaseAction(c)
	}
	mode, err := chosen(c, "mode")
	switch {
	case err != nil:
		return err
	case given(c, "prefer"):
		return usageError("--prefer needs --edited")
	}
	request := authoring.Merge{
		Files: c.Args().Slice(), Base: c.String("base"), Mode: merge.Mode(slices.Index(merge.Modes, mode)),
		Allow: c.StringSlice("allow"),
	}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := mergeable(answer, c.Bool("strict")); err != nil {
		return err
	}
	return writeOutput(c, answer.XML)
}

// rebaseAction keeps the changes of a file in one that is generated anew.
func rebaseAction(c *cli.Context) error {
	prefer, err := chosen(c, "prefer")
	if err != nil {
		return err
	}
	for _, other := range []string{"mode", "allow"} {
		if given(c, other) {
			return usageError("--%s is for files of several servers, not with --edited", other)
		}
	}
	if c.NArg() != 1 || c.String("base") == "" {
		return usageError("--edited needs --base, the file that it was made of, and one FILE, which is generated anew")
	}
	request := authoring.Rebase{Base: c.String("base"), Edited: c.String("edited"), New: c.Args().First(),
		Prefer: rebase.Prefer(slices.Index(rebase.Preferences, prefer))}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	switch {
	case err != nil:
		return ended(err)
	case diag.Worst(answer.Conflicts) == diag.Error:
		return &exitError{exitFindings, errors.New("both files changed the same, so nothing is written; " +
			"--prefer edited or --prefer new says who counts")}
	case c.Bool("strict") && len(answer.Conflicts) > 0:
		return &exitError{exitFindings, errors.New("both files changed the same, so nothing is written (--strict)")}
	}
	return writeOutput(c, answer.XML)
}

// mergeable reports conflicts that stop the merge: errors, with strict warnings too. They have been told; the message
// says what to do.
func mergeable(answer *authoring.MergeAnswer, strict bool) error {
	codes := answer.Errors()
	switch {
	case codes != nil:
		return &exitError{exitFindings, fmt.Errorf("the inputs conflict, so nothing is written; "+
			"'wasplug explain %s' says more, --allow %s accepts it", codes[0], strings.Join(codes, " --allow "))}
	case strict && diag.Worst(answer.Conflicts) >= diag.Warning:
		return &exitError{exitFindings, errors.New("the inputs conflict, so nothing is written (--strict)")}
	}
	return nil
}
