package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"
)

// helpWidth is the width of a terminal that nobody has widened.
const helpWidth = 80

const appDescription = `   wasplug why -c plugin-cfg.xml http://shop.example.com/shop/cart
   wasplug lint plugin-cfg.xml
   wasplug generate topology.yaml

'wasplug help COMMAND' tells of one.

Exit codes: 0 fine; 1 findings, expectation not met or differences; 2 wrong usage; 3 could not do the work.

Environment: WASPLUG_COMMAND_FLAG stands for a flag of a command, as WASPLUG_LINT_FAIL_ON for lint --fail-on; WASPLUG_CONFIG and
WASPLUG_SETTINGS for --config and --settings of all commands. A flag that is typed and what a file says (.wasplug.yaml, a suite's config:) win
over them. NO_COLOR and FORCE_COLOR are heeded.`

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
			cmd := c.App.Command(c.Args().First())
			if cmd == nil {
				return unknownCommand(c.App, c.Args().First())
			}
			return printCommandHelp(c.App.Writer, cmd)
		},
	}
}

func printAppHelp(c *cli.Context) error {
	var b strings.Builder
	fmt.Fprintf(&b, "wasplug %s - %s\n\nUsage: %s\n\n%s\nCommands:\n", c.App.Version, c.App.Usage, c.App.UsageText, fill(c.App.Description, 0))
	for _, cmd := range c.App.Commands {
		fmt.Fprintf(&b, "  %-11s %s", cmd.Name, strings.TrimLeft(fill(cmd.Usage, 14), " "))
	}
	b.WriteString("\n'wasplug --version' prints the version.\n")
	_, err := io.WriteString(c.App.Writer, b.String())
	return err
}

// printCommandHelp writes the help of a command: each flag on a line of its own, and its text below.
func printCommandHelp(w io.Writer, cmd *cli.Command) error {
	var b strings.Builder
	usage := "wasplug " + cmd.Name
	if len(cmd.Flags) > 0 {
		usage += " [flags]"
	}
	if cmd.ArgsUsage != "" {
		usage += " " + cmd.ArgsUsage
	}
	fmt.Fprintf(&b, "%s\n%s", fill("wasplug "+cmd.Name+" - "+cmd.Usage, 0), fill("Usage: "+usage, 0))
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(&b, "Also: wasplug %s\n", strings.Join(cmd.Aliases, ", "))
	}
	if cmd.Description != "" {
		fmt.Fprintf(&b, "\n%s", fill(cmd.Description, 0))
	}
	if len(cmd.Flags) > 0 {
		b.WriteString("\nFlags:\n")
	}
	for _, f := range cmd.Flags {
		describeFlag(&b, f)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// describeFlag writes the names of a flag with the name of its value, which stands in its text between backquotes, and the text. A default
// that says nothing (0, false, no text) is not shown.
func describeFlag(b *strings.Builder, f cli.Flag) {
	doc, ok := f.(cli.DocGenerationFlag)
	if !ok {
		return
	}
	text, value := doc.GetUsage(), ""
	if before, rest, found := strings.Cut(text, "`"); found {
		name, after, _ := strings.Cut(rest, "`")
		if value, text = " "+name, before+name+after; !doc.TakesValue() {
			value = "[=" + name + "]"
		}
	} else if doc.TakesValue() {
		value = " VALUE"
	}
	var names []string
	for _, name := range f.Names() {
		names = append([]string{dashed(name)}, names...)
	}
	fmt.Fprintf(b, "  %s%s\n", strings.Join(names, ", "), value)
	if d := defaultOf(f, doc); d != "" && !strings.Contains(text, "default") {
		text += " (default: " + d + ")"
	}
	b.WriteString(fill(text, 6))
}

func defaultOf(f cli.Flag, doc cli.DocGenerationFlag) string {
	d := doc.GetDefaultText()
	if _, isBool := f.(*cli.BoolFlag); isBool || d == "0" || d == `""` || d == "0s" {
		return ""
	}
	return strings.Trim(d, `"`)
}

// fill breaks text into lines of helpWidth columns. Lines that begin with blanks are examples: one that is too long is continued with "\" as
// a shell takes it, so that it can be copied.
func fill(text string, indent int) string {
	var b strings.Builder
	var paragraph []string
	flush := func() {
		writeFilled(&b, strings.Fields(strings.Join(paragraph, " ")), strings.Repeat(" ", indent), strings.Repeat(" ", indent), "")
		paragraph = nil
	}
	for text := range strings.SplitSeq(text, "\n") {
		switch {
		case text == "":
			flush()
			b.WriteByte('\n')
		case text[0] == ' ':
			flush()
			writeFilled(&b, withValues(strings.Fields(text)), "   ", "       ", ` \`)
		default:
			paragraph = append(paragraph, text)
		}
	}
	flush()
	return b.String()
}

// withValues joins each flag with the word behind it, which may be its value and should stand on its line.
func withValues(words []string) (joined []string) {
	for i, word := range words {
		if i > 0 && words[i-1][0] == '-' && word[0] != '-' {
			joined[len(joined)-1] += " " + word
			continue
		}
		joined = append(joined, word)
	}
	return joined
}

// writeFilled writes words into lines that begin with first, then next, and end with more where another follows.
func writeFilled(b *strings.Builder, words []string, first, next, more string) {
	if len(words) == 0 {
		return
	}
	b.WriteString(first + words[0])
	width := len(first) + len([]rune(words[0]))
	for _, word := range words[1:] {
		n := len([]rune(word))
		if width+1+n+len(more) > helpWidth {
			b.WriteString(more + "\n" + next + word)
			width = len(next) + n
			continue
		}
		b.WriteString(" " + word)
		width += 1 + n
	}
	b.WriteByte('\n')
}
