package main

import (
	"bytes"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/report"
)

func fmtCommand() *cli.Command {
	return &cli.Command{
		Name:      "fmt",
		Usage:     "lay plugin-cfg.xml out as the generators do",
		ArgsUsage: "[FILE ...]",
		Description: `One element a line, 3 blanks a level, attributes in alphabetical order. Comments stay, and no
value changes. Without a file, standard input is read.

   wasplug fmt plugin-cfg.xml
   wasplug fmt -w plugin-cfg.xml
   wasplug fmt --check --diff *.xml

Exit codes: 0 fine; 1 --check found a file that is laid out otherwise; 2 wrong usage; 3 a file cannot be read or is no
XML.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the files in place"},
			&cli.BoolFlag{Name: "check", Aliases: []string{"l"},
				Usage: "list the files that would change and exit 1 if there are any"},
			&cli.BoolFlag{Name: "diff", Aliases: []string{"d"}, Usage: "show what would change"},
		},
		Action: fmtAction,
	}
}

// fmtAction lays out one file after the other. A file that cannot be read ends it: those before are done.
func fmtAction(c *cli.Context) error {
	paths := c.Args().Slice()
	if len(paths) == 0 {
		paths = []string{"-"}
	}
	changed := false
	for _, path := range paths {
		request := authoring.Fmt{Path: path}
		answer, err := request.Run(inputOf(c))
		printNotes(c, answer.Notes)
		if err != nil {
			return ended(err)
		}
		changed = changed || !bytes.Equal(answer.Old, answer.New)
		if err := fmtFile(c, path, answer.Old, answer.New); err != nil {
			return err
		}
	}
	if changed && c.Bool("check") {
		return findings()
	}
	return nil
}

// fmtFile does with one file what the flags say.
func fmtFile(c *cli.Context, path string, src, out []byte) error {
	if !c.Bool("write") && !c.Bool("check") && !c.Bool("diff") {
		_, err := c.App.Writer.Write(out)
		return err
	}
	if bytes.Equal(src, out) {
		return nil
	}
	if c.Bool("check") {
		fmt.Fprintln(c.App.Writer, displayName(path))
	}
	if c.Bool("diff") {
		if err := report.Unified(c.App.Writer, displayName(path), "formatted", src, out); err != nil {
			return failure(err)
		}
	}
	if !c.Bool("write") {
		return nil
	}
	if path == "-" {
		return usageError("-w needs a file: standard input cannot be written in place")
	}
	return writeFile(path, out, unchanged(path, src))
}
