package main

import (
	"io"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/lsp"
	"github.com/wasplug/wasplug/lint"
)

func lspCommand() *cli.Command {
	return &cli.Command{
		Name:  "lsp",
		Usage: "serve an editor: findings while plugin-cfg.xml is written, names, completion",
		Description: `An editor starts it and speaks the Language Server Protocol with it over standard input and
output. It tells the findings of lint on what stands in the editor, saved or not; it knows attributes and their values,
leads from a name to its definition and its uses, renames, repairs, lays out as fmt does, and says of each Uri who else
matches. In topologies and test suites it tells findings and what keys mean, completes, and leads to names. Settings are
read from .wasplug.yaml in the current folder or one above it, once. docs/editor.md shows how Neovim, VS Code and Emacs
start it.

   wasplug lsp
   wasplug lsp --profile pedantic --target 8.5.5.20

Exit codes: 0 the editor said shutdown and exit; 1 it ended otherwise, or sent what is no message; 2 wrong usage; 3
settings cannot be read.`,
		Flags: []cli.Flag{
			wordFlag{&cli.StringFlag{Name: "profile",
				Usage: "`PROFILE` of rules: " + strings.Join(lint.Profiles(), ", ")}, lint.Profiles()},
			wordFlag{&cli.StringFlag{Name: "min-severity",
				Usage: "least `SEVERITY` that is told: error, warning or info"}, []string{"error", "warning", "info"}},
			&cli.StringFlag{Name: "target",
				Usage: "`LEVEL` of the plug-in that reads the files, such as 8.5.5.20", DefaultText: "latest"},
			&cli.StringFlag{Name: "settings",
				Usage: "settings `FILE`", DefaultText: ".wasplug.yaml, looked for upwards"},
			&cli.BoolFlag{Name: "no-settings", Usage: "read no settings file"},
			&cli.StringFlag{Name: "web-server", Usage: "`NAME` of the one web server of a topology"},
			&cli.BoolFlag{Name: "stdio", Usage: "taken, and nothing else is there: some editors say it"},
		},
		Action: lspAction,
	}
}

// lspAction reads settings as lint does, once, and then speaks with the editor until it is told to exit.
func lspAction(c *cli.Context) error {
	if c.Args().Present() {
		return usageError("lsp takes no argument: the editor says which files are open")
	}
	l := &linting{c: c}
	for _, step := range []func() error{l.readSettings, l.readChecks, l.readLeast} {
		if err := step(); err != nil {
			return err
		}
	}
	l.readBaseline()
	server := lsp.New(lsp.Options{Input: inputOf(c), Lint: l.request, Now: time.Now, Version: buildInfo().Version})
	// Standard output is the protocol; what is noted while settings are read goes to standard error, as everywhere.
	if err := server.Serve(c.Context, c.App.Reader, keptOpen{c.App.Writer}); err != nil {
		return &exitError{exitFindings, err}
	}
	return nil
}

// keptOpen is a stream that is not ours to close.
type keptOpen struct{ io.Writer }

func (keptOpen) Close() error { return nil }
