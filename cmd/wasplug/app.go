package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// Exit codes of every command.
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

var errSilent = errors.New("")

// usageError is wrong usage: exit code 2.
func usageError(format string, args ...any) error {
	return &exitError{exitUsage, fmt.Errorf(format, args...)}
}

// failure is work that could not be done: exit code 3.
func failure(err error) error { return &exitError{exitFailed, err} }

// findings ends with exit code 1; what was found has been printed.
func findings() error { return &exitError{exitFindings, errSilent} }

// run is the program without its process: streams in, exit code out.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	app := newApp()
	app.Reader, app.Writer, app.ErrWriter = stdin, stdout, stderr
	err := app.RunContext(ctx, reorder(app, args))
	if err == nil {
		return exitFine
	}
	code := exitFailed
	var exit *exitError
	if errors.As(err, &exit) {
		code = exit.code
	}
	if text := err.Error(); text != "" {
		fmt.Fprintf(stderr, "wasplug: %s\n", text)
	}
	return code
}

func newApp() *cli.App {
	app := &cli.App{
		Name:                      "wasplug",
		Usage:                     "check, explain, generate and serve plugin-cfg.xml",
		UsageText:                 "wasplug COMMAND [flags] [arguments]\n\n   wasplug why -c plugin-cfg.xml http://shop.example.com/shop/cart\n   wasplug lint plugin-cfg.xml\n   wasplug generate topology.yaml",
		Description:               "Exit codes: 0 fine; 1 findings, expectation not met or differences; 2 wrong usage; 3 could not do the work.",
		Version:                   buildInfo().Version,
		Suggest:                   true,
		EnableBashCompletion:      true,
		DisableSliceFlagSeparator: true, // header values hold commas
		ExitErrHandler:            func(*cli.Context, error) {},
		Commands:                  commands(),
		Action: func(c *cli.Context) error {
			if c.Args().Present() {
				return usageError("no command is named %q; 'wasplug help' lists them", c.Args().First())
			}
			return cli.ShowAppHelp(c)
		},
	}
	onUsage := func(_ *cli.Context, err error, _ bool) error { return usageError("%w", err) }
	app.OnUsageError = onUsage
	for _, cmd := range app.Commands {
		cmd.OnUsageError = onUsage
		for _, f := range cmd.Flags {
			readFromEnvironment(f)
		}
	}
	return app
}

// readFromEnvironment lets WASPLUG_PLUGIN_LEVEL stand for --plugin-level, and so on.
func readFromEnvironment(flag cli.Flag) {
	name := []string{"WASPLUG_" + strings.ToUpper(strings.ReplaceAll(flag.Names()[0], "-", "_"))}
	switch f := flag.(type) {
	case *cli.StringFlag:
		f.EnvVars = name
	case *cli.StringSliceFlag:
		f.EnvVars = name
	case *cli.BoolFlag:
		f.EnvVars = name
	case *cli.IntFlag:
		f.EnvVars = name
	case *cli.Int64Flag:
		f.EnvVars = name
	case *cli.Uint64Flag:
		f.EnvVars = name
	case *cli.Float64Flag:
		f.EnvVars = name
	case *cli.DurationFlag:
		f.EnvVars = name
	}
}

// reorder moves the flags of a command before its arguments: urfave/cli stops reading flags at the first argument, and a flag that is
// silently ignored is a trap. "--" ends the flags.
func reorder(app *cli.App, args []string) []string {
	if len(args) < 3 || args[len(args)-1] == completionFlag {
		return args
	}
	cmd := app.Command(args[1])
	if cmd == nil {
		return args
	}
	takesValue := map[string]bool{}
	for _, f := range cmd.Flags {
		doc, ok := f.(cli.DocGenerationFlag)
		for _, name := range f.Names() {
			takesValue[name] = ok && doc.TakesValue()
		}
	}
	flags, rest := append([]string{}, args[:2]...), []string{}
	for i := 2; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--":
			rest = append(rest, args[i+1:]...)
			i = len(args)
		case arg == "-" || !strings.HasPrefix(arg, "-"):
			rest = append(rest, arg)
		default:
			flags = append(flags, arg)
			name, _, hasValue := strings.Cut(strings.TrimLeft(arg, "-"), "=")
			if takesValue[name] && !hasValue && i+1 < len(args) {
				i++
				flags = append(flags, args[i])
			}
		}
	}
	if len(rest) > 0 {
		flags = append(flags, "--")
	}
	return append(flags, rest...)
}
