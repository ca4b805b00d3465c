package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
)

// configFlags are -c/--config, a plugin-cfg.xml or a topology everywhere, and which web server's file of a topology is
// meant.
func configFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`FILE`, a plugin-cfg.xml or a topology (YAML), - for standard input"},
		&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
	}
}

// configOf is the configuration that these flags name.
func configOf(c *cli.Context) app.Config {
	return app.Config{Path: c.String("config"), WebServer: c.String("web-server")}
}

// inputOf is what use cases read from: the disk, and standard input. What they open is noted, for spare.
func inputOf(c *cli.Context) app.Input {
	return app.Input{Stdin: c.App.Reader, Open: func(name string) (fs.File, error) {
		noteRead(c, name)
		return openFile(name)
	}}
}

func openFile(name string) (fs.File, error) { return os.Open(name) }

// tell writes what a use case has noted to standard error.
func tell(c *cli.Context, notes app.Notes) {
	for _, n := range notes {
		if n.Text != "" {
			fmt.Fprintf(c.App.ErrWriter, "wasplug: %s\n", n.Text)
		}
		printDiagnostics(c.App.ErrWriter, n.Files, n.Diagnostics)
	}
}

// ended gives an error of a use case its exit code.
func ended(err error) error {
	var request *app.RequestError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &request):
		return &exitError{exitUsage, err}
	}
	return failure(err)
}

// argumentsGiven reports an argument that is empty, as an unset variable of a shell gives it.
func argumentsGiven(c *cli.Context) error {
	for i, arg := range c.Args().Slice() {
		if arg == "" {
			return usageError("argument %d of %s is empty, as an unset variable of a shell gives it", i+1, c.Command.Name)
		}
	}
	return nil
}

// displayName is what reports call a file.
func displayName(path string) string { return app.DisplayName(path) }

// printDiagnostics writes each finding with its source line.
func printDiagnostics(w io.Writer, files *diag.Files, ds []diag.Diagnostic) {
	for _, d := range ds {
		fmt.Fprintln(w, files.Line(d))
		files.Snippet(w, d.Span)
	}
}
