package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/wrap"
)

const appDescription = `   wasplug why -c plugin-cfg.xml http://shop.example.com/shop/cart
   wasplug lint plugin-cfg.xml
   wasplug generate topology.yaml

'wasplug help COMMAND' tells of one.

Exit codes: 0 fine; 1 findings, expectation not met or differences; 2 wrong usage; 3 could not do the work.

Environment: WASPLUG_COMMAND_FLAG stands for a flag of a command, as WASPLUG_LINT_FAIL_ON for lint --fail-on;
WASPLUG_CONFIG and WASPLUG_SETTINGS for --config and --settings of all commands. A flag that is typed and what a file
says (.wasplug.yaml, a suite's config:) win over them. NO_COLOR and FORCE_COLOR are heeded.`

func helpCommand() *cli.Command {
	return &cli.Command{
		Name:        "help",
		Usage:       "tell of a command, or list all",
		ArgsUsage:   "[COMMAND]",
		Description: "Exit codes: 0 fine; 2 no such command.",
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return printAppHelp(c)
			}
			cmd, _ := commandOf(c.App, c.Args().Slice())
			if cmd == nil {
				return unknownCommand(c.App, c.Args().First())
			}
			return printCommandHelp(c.App.Writer, cmd)
		},
	}
}

// printAppHelp lists the commands. Text is filled to the width of package wrap, whatever the terminal has: help is
// piped, and pages for man(1) are made of the same texts.
func printAppHelp(c *cli.Context) error {
	var b strings.Builder
	fmt.Fprintf(&b, "wasplug %s - %s\n\nUsage: %s\n\n%s\nCommands:\n", c.App.Version, c.App.Usage, c.App.UsageText,
		wrap.Fill(c.App.Description, 0))
	for _, cmd := range c.App.VisibleCommands() {
		fmt.Fprintf(&b, "  %-13s %s", cmd.Name, strings.TrimLeft(wrap.Fill(cmd.Usage, 16), " "))
	}
	b.WriteString("\n'wasplug --version' prints the version.\n")
	_, err := io.WriteString(c.App.Writer, b.String())
	return err
}

// printCommandHelp writes the help of a command: each flag on a line of its own, and its text below.
func printCommandHelp(w io.Writer, cmd *cli.Command) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n%s", wrap.Fill("wasplug "+cmd.Name+" - "+cmd.Usage, 0), wrap.Fill("Usage: "+usageOf(cmd), 0))
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(&b, "Also: wasplug %s\n", strings.Join(cmd.Aliases, ", "))
	}
	if cmd.Description != "" {
		fmt.Fprintf(&b, "\n%s", wrap.Fill(cmd.Description, 0))
	}
	if len(cmd.Flags) > 0 {
		b.WriteString("\nFlags:\n")
	}
	for _, f := range cmd.Flags {
		if h, ok := helpOf(f); ok {
			fmt.Fprintf(&b, "  %s%s\n%s", h.names, h.value, wrap.Fill(h.text, 6))
		}
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// usageOf is how a command is called.
func usageOf(cmd *cli.Command) string {
	usage := "wasplug " + cmd.Name
	if len(cmd.Flags) > 0 {
		usage += " [flags]"
	}
	if cmd.ArgsUsage != "" {
		usage += " " + cmd.ArgsUsage
	}
	return usage
}

// flagHelp is what help says of a flag.
type flagHelp struct{ names, value, text string }

// helpOf returns the names of a flag with the name of its value, which stands in its text between backquotes, and the
// text. A default that says nothing (0, false, no text) is not shown.
func helpOf(f cli.Flag) (h flagHelp, ok bool) {
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return h, false
	}
	h.text = doc.GetUsage()
	if before, rest, found := strings.Cut(h.text, "`"); found {
		name, after, _ := strings.Cut(rest, "`")
		if h.value, h.text = " "+name, before+name+after; !doc.TakesValue() {
			h.value = "[=" + name + "]"
		}
	} else if doc.TakesValue() {
		h.value = " VALUE"
	}
	var names []string
	for _, name := range f.Names() { // the long one is the first, and stands last: -o, --output
		names = append([]string{dashed(name)}, names...)
	}
	h.names = strings.Join(names, ", ")
	if d := defaultOf(f, doc); d != "" && !strings.Contains(h.text, "default") {
		h.text += " (default: " + d + ")"
	}
	return h, true
}

// defaultOf is the default as help shows it, "" for one that says nothing. A flag whose text speaks of its default,
// which hangs on something then, has no further one (helpOf).
func defaultOf(f cli.Flag, doc cli.DocGenerationFlag) string {
	d := doc.GetDefaultText()
	if _, isBool := f.(*cli.BoolFlag); isBool || d == "0" || d == `""` || d == "0s" {
		return ""
	}
	return strings.Trim(d, `"`)
}
