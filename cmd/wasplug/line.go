package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
)

// line is a command line that was taken apart. Package flag stops at the first argument, and a flag that is silently
// ignored is a trap: flags may stand anywhere, and "--" ends them.
type line struct {
	command   *cli.Command      // nil for none
	args      []string          // as package flag wants them: program, command, flags, "--", arguments
	typed     map[string]bool   // by the first name of a flag
	variables map[string]string // by flag: the environment variable that set it
	help      bool              // --help is among the flags
	wrongFlag error             // of the first flag that there is not, or that cannot have its value
}

// givenFlags is the key of the flags that were typed, among what an App carries for its commands.
const givenFlags = "given"

// readLine takes a command line apart and adds what the environment says of flags that were not typed.
func readLine(app *cli.App, args []string, environment func(string) string) *line {
	l := &line{args: args, typed: map[string]bool{}, variables: map[string]string{}}
	app.Metadata = map[string]any{givenFlags: l.typed}
	if len(args) < 2 {
		return l
	}
	l.help = isHelp(args[1])
	words := 0
	if l.command, words = commandOf(app, args[1:]); l.command == nil {
		l.readBare(args[1])
		return l
	}
	// What is wrong with a variable is told before what is wrong with what was typed.
	flags, rest := l.split(args[1+words:])
	typed := l.wrongFlag
	l.wrongFlag = nil
	name := strings.Join(args[1:1+words], " ")
	l.args = slices.Concat([]string{args[0], name}, l.fromEnvironment(environment), flags, rest)
	if l.wrongFlag == nil {
		l.wrongFlag = typed
	}
	return l
}

// commandOf returns the command that words begin with, and how many of them name it: "lab run" takes two.
func commandOf(app *cli.App, words []string) (*cli.Command, int) {
	if len(words) > 1 {
		if c := app.Command(words[0] + " " + words[1]); c != nil {
			return c, 2
		}
	}
	if len(words) == 0 {
		return nil, 0
	}
	return app.Command(words[0]), 1
}

// readBare reads a flag in the place of a command: --version, or one that was typed too early.
func (l *line) readBare(word string) {
	name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
	if !strings.HasPrefix(word, "-") || name == "" || l.help {
		return
	}
	known := []cli.Flag{versionFlag()}
	f := flagNamed(known, name)
	if f == nil {
		l.wrong(noFlag("wasplug", known, name))
	} else if hasValue {
		l.wrong(refused(f, name, value))
	}
}

// wrong keeps the first error.
func (l *line) wrong(err error) {
	if l.wrongFlag == nil {
		l.wrongFlag = err
	}
}

// split divides the words behind a command into flags and arguments; the latter begin with the "--" that ends the
// flags.
func (l *line) split(words []string) (flags, rest []string) {
	rest = []string{"--"}
	for i := 0; i < len(words); i++ {
		word := words[i]
		switch {
		case word == "--":
			return flags, append(rest, words[i+1:]...)
		case word == "-" || !strings.HasPrefix(word, "-"):
			rest = append(rest, word)
			continue
		case isHelp(word):
			l.help = true
			continue
		}
		flags = append(flags, word)
		name, value, hasValue := strings.Cut(strings.TrimLeft(word, "-"), "=")
		f := flagNamed(l.command.Flags, name)
		if f == nil { // package flag says what is wrong with "-=x" and "---x"
			if name != "" && !strings.HasPrefix(word, "---") {
				l.wrong(noFlag("wasplug "+l.command.Name, l.command.Flags, name))
			}
			continue
		}
		if l.typed[f.Names()[0]] && !repeatable(f) {
			l.wrong(usageError("%s is given twice, and can have one value", dashed(name)))
		}
		l.typed[f.Names()[0]] = true
		switch {
		case hasValue:
		case !takesValue(f):
			continue
		case i+1 == len(words):
			l.wrong(usageError("%s needs a value", dashed(name)))
			return flags, nil // nothing behind it may be taken for that
		default:
			i++
			value = words[i]
			flags = append(flags, value)
		}
		l.wrong(refused(f, name, value))
	}
	return flags, rest
}

func isHelp(word string) bool { return word == "--help" || word == "-help" || word == "-h" }

// flagNamed returns the flag that has a name, nil for none.
func flagNamed(flags []cli.Flag, name string) cli.Flag {
	for _, f := range flags {
		if slices.Contains(f.Names(), name) {
			return f
		}
	}
	return nil
}

// noFlag is what is said of a flag that a command does not have.
func noFlag(command string, flags []cli.Flag, name string) error {
	var known []string
	for _, f := range flags {
		for _, name := range f.Names() {
			known = append(known, dashed(name))
		}
	}
	if hint := diag.DidYouMean(dashed(name), known); hint != "" {
		return usageError("no flag is named %s%s", dashed(name), hint)
	}
	return usageError("no flag is named %s; '%s --help' lists them", dashed(name), command)
}

// refused says what values a flag takes when it does not take one. The texts of package flag do not say it.
func refused(f cli.Flag, name, value string) (err error) {
	want := ""
	switch f := f.(type) {
	case *cli.StringFlag:
		if value == "" {
			err, want = errors.New("no value"), "want a value; leave the flag out where there is none"
		}
	case *cli.BoolFlag:
		_, err = strconv.ParseBool(value)
		want = "want true or false"
	case *cli.Float64Flag:
		_, err = strconv.ParseFloat(value, 64)
		want = "want a number"
	case *cli.DurationFlag:
		_, err = time.ParseDuration(value)
		want = "want a time such as 500ms, 10s or 2m"
	case *cli.Uint64Flag:
		_, err = strconv.ParseUint(value, 0, 64)
		want = "want a whole number from 0 on"
	case *cli.IntFlag, *cli.Int64Flag:
		_, err = strconv.ParseInt(value, 0, 64)
		want = "want a whole number"
	case fixFlag:
		if err = f.Value.Set(value); err != nil {
			want = err.Error()
		}
	}
	if err == nil {
		return nil
	}
	return usageError("%s %q: %s", dashed(name), value, want)
}

// repeatable reports whether a flag may stand several times: one that collects values, or a switch.
func repeatable(f cli.Flag) bool {
	switch f.(type) {
	case *cli.StringSliceFlag, wordsFlag:
		return true
	}
	return !takesValue(f)
}

// takesValue reports whether the next word is a value of the flag; that of a switch, or of --fix, stands behind "=".
func takesValue(f cli.Flag) bool {
	doc, ok := f.(cli.DocGenerationFlag)
	return ok && doc.TakesValue()
}

// fromEnvironment returns the flags that variables set and nobody typed.
func (l *line) fromEnvironment(environment func(string) string) (flags []string) {
	for _, f := range l.command.Flags {
		name := f.Names()[0]
		if l.typed[name] {
			continue
		}
		for _, variable := range variables(l.command.Name, name) {
			if value := environment(variable); value != "" { // an empty one is unset, as in a pipeline's default
				l.variables[name] = variable
				flags = append(flags, "--"+name+"="+value)
				l.wrong(refused(f, name, value))
				break
			}
		}
	}
	return flags
}

// variables lists the environment variables that set a flag of a command, the first one first: WASPLUG_LINT_FAIL_ON
// for lint --fail-on. One name for all commands have --config and --settings only; one "format" means another thing to
// each command.
func variables(command, flag string) []string {
	upper := func(s string) string { return strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(s)) }
	own := "WASPLUG_" + upper(command) + "_" + upper(flag)
	if flag == "config" || flag == "settings" {
		return []string{own, "WASPLUG_" + upper(flag)}
	}
	return []string{own}
}

// run runs the command, or shows its help.
func (l *line) run(ctx context.Context, app *cli.App) error {
	switch {
	case l.help && l.command != nil:
		return printCommandHelp(app.Writer, l.command)
	case l.help:
		l.args = l.args[:1] // no command at all shows the help of the program
	case l.wrongFlag != nil:
		return l.wrongFlag
	}
	return app.RunContext(ctx, l.args)
}

// origin tells that a flag which a message speaks of was never typed: the variable is set in a file that nobody sees.
func (l *line) origin(message string) string {
	for name, variable := range l.variables {
		if strings.Contains(message, "--"+name) {
			return fmt.Sprintf(" (--%s is set by %s)", name, variable)
		}
	}
	return ""
}

// given reports whether a flag was typed. One that the environment sets is not: it yields to what a file says, and
// where a command does not want it, it is meant for another run.
func given(c *cli.Context, name string) bool {
	typed, _ := c.App.Metadata[givenFlags].(map[string]bool)
	return typed[name]
}

// firstGiven returns the first of some flags that was typed, "" for none.
func firstGiven(c *cli.Context, names ...string) string {
	for _, name := range names {
		if given(c, name) {
			return name
		}
	}
	return ""
}

// ranked returns the text of a flag: what was typed, else what a file says, else what the environment or the default
// says.
func ranked(c *cli.Context, name, file string) string {
	if file != "" && !given(c, name) {
		return file
	}
	return c.String(name)
}
