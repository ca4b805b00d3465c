package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report"
)

func checkCommand() *cli.Command {
	return &cli.Command{
		Name:      "check",
		Usage:     "say whether a changed configuration is safe to put in force",
		ArgsUsage: "OLD NEW",
		Description: `One verdict out of what lint says of NEW and not of OLD, what 'wasplug diff' says the change does to
users, and the suites, run on NEW: without --suite one that covers all that OLD reaches, so that each lost route shows.

SAFE: nothing of it. SAFE WITH CONSEQUENCES: kinds that --fail-on does not name. NOT SAFE: one that it names, and that
--accept does not. OLD and NEW are plugin-cfg.xml, topologies, or two folders, whose files are paired as diff does it.

   wasplug check live.xml plugin-cfg.xml
   wasplug check --suite routes.yaml --accept accepted.yaml live.xml topology.yaml
   wasplug check --urls access.log live.xml plugin-cfg.xml
   wasplug check --fail-on lint:warning,sessions,declined,requests live/ generated/

--urls asks both files about the requests of a log, too: how many of them change, and how.

--accept names a file ('wasplug schema accept'):

   version: 1
   accept:
     - {key: sessions shop/m2, reason: m2 is retired tonight, until: 2027-01-31}

Exit codes: 0 safe, with consequences or without; 1 not safe; 2 wrong usage; 3 a file cannot be read, or the plug-in
would reject it.`,
		Flags: append([]cli.Flag{
			&cli.StringSliceFlag{Name: "suite", Usage: "run the suite of this `FILE` on NEW; may be repeated"},
			&cli.StringSliceFlag{Name: "fail-on", Usage: "`KINDS` that make the change unsafe, in place of " +
				strings.Join(checks.DefaultFailOn, ",") + "; there are " + strings.Join(checks.Kinds, ", ")},
			&cli.StringFlag{Name: "accept", Usage: "`FILE` of what is accepted, why, and until when"},
			formatFlag("", report.Safety, ""),
			&cli.StringFlag{Name: "web-server",
				Usage: "with a topology of several web servers: the one whose file is meant"},
			platformFlag("of both sides, the "),
		}, logFlags()...),
		Action: checkAction,
	}
}

// checkAction judges a change. Files and folders are paired as diff does it; a folder in which something cannot be
// read gets no verdict, as what was not seen may be what is unsafe.
func checkAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.NArg() != 2 {
		return usageError("check takes two files or two folders, the old and the new one; got %d arguments", c.NArg())
	}
	request := checks.Safety{Diff: checks.Diff{Old: c.Args().Get(0), New: c.Args().Get(1),
		WebServer: c.String("web-server"),
		Platform:  c.String("platform")}, Suites: c.StringSlice("suite"), Accept: c.String("accept"), Now: time.Now()}
	for _, list := range c.StringSlice("fail-on") {
		request.FailOn = append(request.FailOn, strings.Split(list, ",")...)
	}
	if c.String("urls") != "" {
		log := urlsOf(c, 0)
		request.URLs = &log
		setGC(whileReading)
	} else if err := onlyWithURLs(c, logFlags()); err != nil {
		return err
	}
	switch {
	case isFolder(request.Old) != isFolder(request.New):
		return usageError("check takes two files or two folders, not one of each")
	case isFolder(request.Old):
		var failed error
		request.OldFiles, request.NewFiles, failed = filesOfFolders(c, request.Old, request.New)
		if failed != nil { // told already
			return &exitError{exitFailed, errSilent}
		}
	}
	done := working(c, "checking "+displayName(request.New))
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	if err := report.Safety.Write(c.App.Writer, format, answer); err != nil {
		return failure(err)
	}
	if answer.Verdict == checks.NotSafe {
		return findings()
	}
	return nil
}

// filesOfFolders finds the files of two folders; the error is the last of what could not be read.
func filesOfFolders(c *cli.Context, old, new string) (olds, news []string, failed error) {
	cannot := func(err error) { failed = err; fmt.Fprintf(c.App.ErrWriter, "wasplug: %s\n", err) }
	find := func(folder string) []string {
		list := []string{}
		findConfigs(c.App.ErrWriter, folder, cannot, func(path string) { list = append(list, path) })
		return list
	}
	return find(old), find(new), failed
}
