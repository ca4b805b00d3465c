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
		&cli.StringFlag{Name: "config", Aliases: []string{"c"},
			Usage: "`FILE`, a plugin-cfg.xml or a topology (YAML), - for standard input"},
		&cli.StringFlag{Name: "web-server",
			Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
	}
}

// configOf is the configuration that these flags name.
func configOf(c *cli.Context) app.Config {
	return app.Config{Path: c.String("config"), WebServer: c.String("web-server")}
}

// notOneFile is the error of a command that takes one file, by -c or as its argument, and got none or several.
func notOneFile(c *cli.Context) error {
	n := c.NArg()
	if given(c, "config") {
		n++
	}
	return usageError("%s takes one file, such as plugin-cfg.xml, by -c or as its argument; got %d", c.Command.Name, n)
}

// needConfig takes the plugin-cfg.xml of the current folder, and says so, where nothing names a configuration.
func needConfig(c *cli.Context) error {
	switch {
	case c.String("config") != "":
		return nil
	case !isFile(ownConfig):
		return usageError(
			"no configuration: name a plugin-cfg.xml or a topology with -c FILE, as the first argument or by "+
				"WASPLUG_CONFIG, or run in the folder of %s", ownConfig)
	}
	sayOwnConfig(c)
	return c.Set("config", ownConfig)
}

// sayOwnConfig tells which file is meant: somebody may stand in another folder than they think.
func sayOwnConfig(c *cli.Context) { printNotes(c, app.Notes{{Text: "the file is " + ownConfig}}) }

// ownConfig is the file that is meant where none is named.
const ownConfig = "plugin-cfg.xml"

// isFile reports whether something stands at a path that can be read as a file, a pipe or a device, too.
func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && !info.IsDir()
}

// inputOf is what use cases read from: the disk, and standard input. What they open is noted, for spare.
func inputOf(c *cli.Context) app.Input {
	return app.Input{Stdin: c.App.Reader, Open: func(name string) (fs.File, error) {
		noteRead(c, name)
		return openFile(name)
	}}
}

func openFile(name string) (fs.File, error) { return os.Open(name) }

// printNotes writes what a use case has noted to standard error.
func printNotes(c *cli.Context, notes app.Notes) {
	for _, n := range notes {
		if n.Text != "" {
			fmt.Fprintf(c.App.ErrWriter, "wasplug: %s\n", n.Text)
		}
		printDiagnostics(c.App.ErrWriter, n.Files, n.Diagnostics)
	}
}

// ended gives an error of a use case its exit code: what cannot be meant is wrong usage, all else could not be done.
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
			return usageError("argument %d of %s is empty, as an unset variable of a shell gives it", i+1,
				c.Command.Name)
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
