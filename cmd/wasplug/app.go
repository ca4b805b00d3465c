package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"slices"
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
	onUsage := func(c *cli.Context, err error, _ bool) error { return usageError("%s", flagFault(c.Command, err)) }
	app.OnUsageError = onUsage
	for _, cmd := range app.Commands {
		cmd.OnUsageError = onUsage
		for _, f := range cmd.Flags {
			readFromEnvironment(f)
		}
	}
	return app
}

var (
	unknownFlag = regexp.MustCompile(`^flag provided but not defined: -(.*)$`)
	badValue    = regexp.MustCompile(`^invalid (?:boolean )?value (".*") for (?:flag )?-(\S+): (.*)$`)
	noValue     = regexp.MustCompile(`^flag needs an argument: -(.*)$`)
)

// flagFault words what package flag says about a flag of a command: with the dashes that people write, and what would be right.
func flagFault(cmd *cli.Command, err error) string {
	if m := unknownFlag.FindStringSubmatch(err.Error()); m != nil {
		var known []string
		for _, f := range cmd.Flags {
			for _, name := range f.Names() {
				known = append(known, dashed(name))
			}
		}
		if hint := didYouMean(dashed(m[1]), known); hint != "" {
			return "no flag is named " + dashed(m[1]) + hint
		}
		return fmt.Sprintf("no flag is named %s; '%s --help' lists them", dashed(m[1]), strings.TrimSpace("wasplug "+cmd.Name))
	}
	if m := badValue.FindStringSubmatch(err.Error()); m != nil {
		return fmt.Sprintf("%s %s: %s", dashed(m[2]), m[1], wanted(cmd, m[2], m[3]))
	}
	return noValue.ReplaceAllStringFunc(err.Error(), func(s string) string {
		return dashed(noValue.FindStringSubmatch(s)[1]) + " needs a value"
	})
}

// firstGiven returns the first of some flags that stands on the command line, "" for none. What the environment sets is meant for every
// command, and is no mistake of this one.
func firstGiven(c *cli.Context, names ...string) string {
	for _, name := range names {
		if c.IsSet(name) && os.Getenv(variable(name)) == "" {
			return name
		}
	}
	return ""
}

// variable is the environment variable that stands for a flag: WASPLUG_PLUGIN_LEVEL for --plugin-level.
func variable(flag string) string {
	return "WASPLUG_" + strings.ToUpper(strings.ReplaceAll(flag, "-", "_"))
}

func dashed(name string) string {
	if len(name) == 1 {
		return "-" + name
	}
	return "--" + name
}

// wanted says what value a flag takes, where package flag only says that it cannot read this one.
func wanted(cmd *cli.Command, name, reason string) string {
	if reason != "parse error" && reason != "value out of range" {
		return reason
	}
	for _, f := range cmd.Flags {
		if !slices.Contains(f.Names(), name) {
			continue
		}
		switch f.(type) {
		case *cli.BoolFlag:
			return "want true or false"
		case *cli.Float64Flag:
			return "want a number"
		case *cli.DurationFlag:
			return "want a time such as 500ms, 10s or 2m"
		case *cli.Uint64Flag:
			return "want a whole number from 0 on"
		}
	}
	return "want a whole number"
}

// readFromEnvironment lets a flag be set by its variable.
func readFromEnvironment(flag cli.Flag) {
	name := []string{variable(flag.Names()[0])}
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
			if !takesValue[name] || hasValue {
				continue
			}
			if i++; i == len(args) {
				return flags // whose last lacks its value: nothing behind it may be taken for that
			}
			flags = append(flags, args[i])
		}
	}
	if len(rest) > 0 {
		flags = append(flags, "--")
	}
	return append(flags, rest...)
}
