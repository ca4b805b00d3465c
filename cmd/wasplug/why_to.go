package main

import (
	"cmp"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/whyreport"
)

// whyTo is why backwards: it takes a name in place of a URL.
func whyTo(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if name := aboutOneRequest(c); name != "" || given(c, "port") {
		return usageError("--%s is about one request: leave it out with --to", cmp.Or(name, "port"))
	}
	ofLogs := slices.DeleteFunc(whyLogFlags(), func(f cli.Flag) bool { return f.Names()[0] == "host" })
	if err := onlyWithURLs(c, ofLogs); err != nil {
		return err
	}
	switch first := c.Args().First(); {
	case c.NArg() > 1 || c.NArg() == 1 && (given(c, "config") || !isFile(first) && first != "-"):
		return usageError("why --to takes no URL, and the file with -c or as the one argument; got %q", first)
	case c.NArg() == 1:
		if err := c.Set("config", first); err != nil {
			return err
		}
	default:
		if err := needConfig(c); err != nil {
			return err
		}
	}
	request := answers.To{Config: configOf(c), Plugin: pluginOf(c), Name: c.String("to"), Host: c.String("host")}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := whyreport.To.Write(c.App.Writer, format, answer); err != nil {
		return failure(err)
	}
	if answer.Answer.Nothing != "" {
		return findings()
	}
	return nil
}
