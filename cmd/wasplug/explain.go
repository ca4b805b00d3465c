package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/meaning"
	"github.com/wasplug/wasplug/internal/reference"
	"github.com/wasplug/wasplug/internal/report"
)

func explainCommand() *cli.Command {
	return &cli.Command{
		Name: "explain",
		Usage: "explain a lint rule, an attribute or element, an open choice, a rule of the decision, a text or " +
			"code of http_plugin.log, or what to do when",
		ArgsUsage: "WORD...",
		Description: `Everything is in the program: nothing is looked up anywhere. What an open choice, such as
path-normalisation, is by platform holds for --platform of why, trace, diff and 'test --init', for platform: of a web
server in a topology, and for platform: of a suite.

   wasplug explain WP301
   wasplug explain ServerIOTimeout
   wasplug explain Server/CloneID
   wasplug explain score-tie
   wasplug explain R22
   wasplug explain drain
   wasplug explain GSK_ERROR_BAD_CERT
   wasplug explain errno 111
   wasplug explain AH00484
   wasplug explain 'Connect timeout fired'
   wasplug explain rolling-restart
   wasplug explain --list
   wasplug explain --list --format json

Recipes, steps with commands: add-member, certificates, collect, drain, load-test, new-application, remove-member,
rolling-restart, session-lost, tune-timeouts.

Exit codes: 0 explained; 2 nobody knows the word.`,
		Flags: []cli.Flag{
			&cli.BoolFlag{Name: "list", Usage: "list everything that can be explained"},
			formatFlag("`FORMAT` of the list: ", report.Reference, " ('wasplug schema explain')"),
		},
		Action: explainAction,
	}
}

// explainAction prints a page for each word; words that are one phrase of the log are one. The pages up to an unknown
// word are printed, and then it is the error.
func explainAction(c *cli.Context) error {
	if c.Bool("list") {
		format, err := chosen(c, "format")
		if err != nil {
			return err
		}
		if c.NArg() > 0 {
			return usageError("--list shows everything; leave %q out", c.Args().First())
		}
		return report.Reference.Write(c.App.Writer, format, reference.List())
	}
	if given(c, "format") {
		return usageError("--format is for --list; a page is text")
	}
	if c.NArg() == 0 {
		return usageError("explain takes a word, such as WP301, ServerIOTimeout, score-tie or R22; --list shows all")
	}
	request := meaning.Explain{Words: c.Args().Slice()}
	pages, err := request.Run()
	for i, page := range pages {
		if i > 0 {
			fmt.Fprintln(c.App.Writer)
		}
		fmt.Fprint(readable(c.App.Writer), page)
	}
	return ended(err)
}
