package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
)

// Exit codes of every command; docs/exit-codes.md says of each what it means there. Lint never gives exitFailed for
// bytes that it could read.
const (
	exitFine     = 0
	exitFindings = 1 // findings, expectation not met, differences
	exitUsage    = 2 // wrong usage
	exitFailed   = 3 // could not do the work
)

// exitError ends a command with a code. Its text, if any, goes to standard error behind "wasplug: ".
type exitError struct {
	code int
	err  error
}

func (e *exitError) Error() string { return e.err.Error() }
func (e *exitError) Unwrap() error { return e.err }

// errSilent is an error that has been told.
var errSilent = errors.New("")

// usageError is wrong usage: exit code 2.
func usageError(format string, args ...any) error {
	return &exitError{exitUsage, diag.Errorf(format, args...)}
}

// failure is work that could not be done: exit code 3.
func failure(err error) error { return &exitError{exitFailed, err} }

// findings ends with exit code 1; what was found has been printed.
func findings() error { return &exitError{exitFindings, errSilent} }

// run is the program without its process: streams in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	out := &checkedWriter{to: stdout}
	app := newApp()
	app.Reader, app.Writer, app.ErrWriter = stdin, out, readable(stderr)
	line := readLine(app, args, os.Getenv)
	var err error
	if !complete(app, args, out) {
		err = line.run(ctx, app)
	}
	// What a command says of its answer counts for nothing where the answer did not get to whoever waits for it.
	if failed := out.failed(); failed != nil && !errors.Is(err, failed) {
		err = failure(fmt.Errorf("the output cannot be written: %w", failed))
	}
	if err == nil {
		return exitFine
	}
	code := exitFailed // of an error that nobody gave a code
	var exit *exitError
	if errors.As(err, &exit) {
		code = exit.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(app.ErrWriter, "wasplug: %s%s\n", text, line.origin(text))
	}
	return code
}

func newApp() *cli.App {
	app := &cli.App{
		Name:                      "wasplug",
		Usage:                     "check, explain, generate and serve plugin-cfg.xml",
		UsageText:                 "wasplug COMMAND [flags] [arguments]",
		Description:               appDescription,
		Version:                   buildInfo().Version,
		HideHelp:                  true, // help.go
		HideVersion:               true, // the flag of the library is one value for all programs of a process
		Flags:                     []cli.Flag{versionFlag()},
		DisableSliceFlagSeparator: true,                         // header values hold commas
		ExitErrHandler:            func(*cli.Context, error) {}, // the library's would end the process
		Commands:                  commands(),
		Action: func(c *cli.Context) error {
			if c.Bool("version") {
				cli.ShowVersion(c)
				return nil
			}
			if c.Args().Present() {
				return unknownCommand(c.App, c.Args().First())
			}
			return printAppHelp(c)
		},
	}
	// what line.go lets through
	onUsage := func(_ *cli.Context, err error, _ bool) error { return usageError("%s", err) }
	app.OnUsageError = onUsage
	for _, cmd := range app.Commands {
		cmd.OnUsageError = onUsage
		cmd.Before = argumentsGiven
		cmd.HideHelp = true // a file may be called help
	}
	return app
}

// unknownCommand is what is said of a command that there is not.
func unknownCommand(app *cli.App, name string) error {
	var known []string
	for _, cmd := range app.Commands {
		known = append(known, cmd.Names()...)
	}
	if hint := diag.DidYouMean(name, known); hint != "" {
		return usageError("no command is named %q%s", name, hint)
	}
	return usageError("no command is named %q; 'wasplug help' lists them", name)
}

// dashed is a flag as it is typed.
func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}
