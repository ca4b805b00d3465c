package main

import (
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app/checks"
	"github.com/wasplug/wasplug/internal/report"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "compare two configurations by what they do",
		ArgsUsage: "OLD NEW",
		Description: `OLD and NEW are plugin-cfg.xml or topologies. The first line says what the change does to users.
Then follow whose sessions lose their home, who gets no, more or fewer new sessions, which requests go elsewhere, with
a sample of each kind, what the failure of a member costs, what needs more than a reload of the file, and the values
in effect of which nothing has been said. The order of elements, names of groups, definitions that no Route uses and a
common factor of all weights of a cluster are no difference.

Of two folders the plugin-cfg.xml are compared in pairs: those of one path, then those with the same aliases. A line
tells of each pair, the reports follow.

What the web server does to a path before the plug-in sees it belongs to what is compared: --platform, or platform: of
a topology, names it for each side. A plugin-cfg.xml names none; it is taken to be for that of the other side.

   wasplug diff live.xml plugin-cfg.xml
   wasplug diff live/ generated/
   wasplug diff --only sessions --only new-sessions live.xml plugin-cfg.xml
   wasplug diff --format markdown live.xml topology.yaml
   wasplug diff --urls access.log live.xml plugin-cfg.xml

--urls asks both about every request of a log, and says how many of them change and how.

Exit codes: 0 no difference; 1 differences; 2 wrong usage; 3 a file cannot be read, or the plug-in would reject it.`,
		Flags: append([]cli.Flag{
			formatFlag("", report.Diff, ""),
			&cli.StringSliceFlag{Name: "only",
				Usage: "show this `SECTION` alone: " + strings.Join(diff.Sections, ", ") + "; may be repeated"},
			&cli.BoolFlag{Name: "values",
				Usage: "show every value in effect that differs, also where a consequence has told it"},
			&cli.StringFlag{Name: "web-server",
				Usage: "with a topology of several web servers: the one whose file is meant"},
			platformFlag("of both sides, the "),
		}, logFlags()...),
		Action: diffAction,
	}
}

// diffAction is one of three: over a log (--urls), over two folders, or over two files. Differences are findings.
func diffAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	options, err := diffOptions(c)
	if err != nil {
		return err
	}
	if c.NArg() != 2 {
		return usageError("diff takes two files or two folders, the old and the new one; got %d arguments", c.NArg())
	}
	request := checks.Diff{
		Old: c.Args().Get(0), New: c.Args().Get(1), WebServer: c.String("web-server"), Platform: c.String("platform"),
	}
	if c.String("urls") != "" {
		return diffURLs(c, request, format)
	}
	if err := onlyWithURLs(c, logFlags()); err != nil {
		return err
	}
	switch {
	case isFolder(request.Old) != isFolder(request.New):
		return usageError("diff takes two files or two folders, not one of each")
	case isFolder(request.Old):
		return diffFolders(c, request, format, options)
	}
	done := working(c, "comparing "+displayName(request.Old)+" and "+displayName(request.New))
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	shown := report.Differences{Files: answer, Options: options}
	if err := report.Diff.Write(c.App.Writer, format, shown); err != nil {
		return failure(err)
	}
	if !answer.Report.Same() {
		return findings()
	}
	return nil
}

// diffFolders compares two folders. A file that cannot be used does not hide the others; the exit code is 3 then.
func diffFolders(c *cli.Context, both checks.Diff, format string, options diff.Options) error {
	request := checks.DiffFolders{Diff: both}
	var failed error
	request.OldFiles, request.NewFiles, failed = filesOfFolders(c, both.Old, both.New)
	done := working(c, "comparing "+both.Old+" and "+both.New)
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	shown := report.Differences{Folders: answer, Options: options}
	if err := report.Diff.Write(c.App.Writer, format, shown); err != nil {
		return failure(err)
	}
	switch { // what could not be compared may differ: it weighs more than what does
	case failed != nil || answer.Unread > 0:
		return &exitError{exitFailed, errSilent}
	case !answer.Folders.Same():
		return findings()
	}
	return nil
}

// diffOptions reads --only, whose values may stand in one list too, and --values.
func diffOptions(c *cli.Context) (diff.Options, error) {
	o := diff.Options{AllValues: c.Bool("values")}
	for _, list := range c.StringSlice("only") {
		for _, name := range strings.Split(list, ",") {
			section, err := oneOf("only", name, diff.Sections)
			if err != nil {
				return o, err
			}
			o.Only = append(o.Only, section)
		}
	}
	return o, nil
}
