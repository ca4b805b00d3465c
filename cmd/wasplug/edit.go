package main

import (
	"bytes"
	"errors"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/edit"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report"
)

// editRules is what help says of every command that changes a file.
const editRules = `
FILE is the last argument if a file of that name exists; -c wins. Without either it is ./plugin-cfg.xml. Without -w
nothing is written: standard output has the change as a patch, standard error tells what it does to users. Every byte
outside of the change stays as it is.

Exit codes: 0 done, or nothing to do; 1 refused, nothing is written; 2 wrong usage; 3 the file cannot be read or
written, or is no well-formed XML.`

// editFlags belong to every command that changes a file.
func editFlags(own ...cli.Flag) []cli.Flag {
	return append(own,
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`FILE` to change, - for standard input"},
		&cli.BoolFlag{Name: "write", Aliases: []string{"w"}, Usage: "write the file in place"},
		&cli.BoolFlag{Name: "backup", Usage: "with -w: keep the old file beside it, as FILE.bak"},
		&cli.BoolFlag{Name: "force", Usage: "do what is refused otherwise, and replace an older FILE.bak"},
		formatFlag("", report.Edit, ""))
}

// editing is a change that a command asks for.
func editing(c *cli.Context, path string, request checks.Edit) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	write := c.Bool("write")
	switch {
	case write && path == "-":
		return usageError("-w needs a file: standard input cannot be written in place")
	case c.Bool("backup") && !write:
		return usageError("--backup keeps the old file where -w writes a new one")
	}
	request.Path = path
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	var refusal *edit.Refusal // what can be done, and should not: the last member of a cluster, say
	switch {
	case errors.As(err, &refusal):
		return &exitError{exitFindings, err}
	case err != nil:
		return ended(err)
	}
	if format == "diff" { // JSON says it itself
		if err := report.EditWords(c.App.ErrWriter, answer); err != nil {
			return failure(err)
		}
	}
	if write {
		if err := replaceFile(c, path, answer); err != nil {
			return err
		}
	}
	if err := report.Edit.Write(c.App.Writer, format, report.Edited{EditAnswer: answer, Written: write}); err != nil {
		return failure(err)
	}
	return nil
}

// replaceFile writes a changed file in place, after its backup.
func replaceFile(c *cli.Context, path string, a *checks.EditAnswer) error {
	if bytes.Equal(a.Old, a.New) {
		return nil
	}
	if c.Bool("backup") {
		backup := path + ".bak"
		if err := writeFile(backup, a.Old, forced(backup, c.Bool("force"))); err != nil {
			return err
		}
	}
	return writeFile(path, a.New, unchanged(path, a.Old))
}

// editArguments are the arguments of a command that changes a file, and the file: that of -c, else the last argument
// where it is one, else ./plugin-cfg.xml. A member that is called as a file is meant as the file; CLUSTER/MEMBER is
// not.
func editArguments(c *cli.Context, what string) (args []string, path string, err error) {
	args = c.Args().Slice()
	path = c.String("config")
	if n := len(args); path == "" && n > 0 && isFile(args[n-1]) {
		args, path = args[:n-1], args[n-1]
	}
	switch {
	case len(args) == 0:
		return nil, "", usageError("%s needs %s", c.Command.Name, what)
	case path != "":
		return args, path, nil
	case !isFile(ownConfig):
		return nil, "", usageError("no file to change: name it with -c FILE or as the last argument, or run in the "+
			"folder of %s", ownConfig)
	}
	sayOwnConfig(c)
	return args, ownConfig, nil
}
