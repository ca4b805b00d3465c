package main

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
)

func diffCommand() *cli.Command {
	return &cli.Command{
		Name:      "diff",
		Usage:     "compare two configurations by what they do",
		ArgsUsage: "OLD NEW",
		Description: `OLD and NEW are plugin-cfg.xml or topologies. The first line says what the change does to users. Then follow whose sessions lose their home, who
gets no, more or fewer new sessions, which requests go elsewhere, with a sample of each kind, what the failure of a member costs, what needs more
than a reload of the file, and the values in effect of which nothing has been said. The order of elements, names of groups, definitions that no Route
uses and a common factor of all weights of a cluster are no difference.

Of two folders the plugin-cfg.xml are compared in pairs: those of one path, then those with the same aliases. A line tells of each pair, the reports follow.

What the web server does to a path before the plug-in sees it belongs to what is compared: --platform, or platform: of a topology, names it for each
side. A plugin-cfg.xml names none; it is taken to be for that of the other side.

   wasplug diff live.xml plugin-cfg.xml
   wasplug diff live/ generated/
   wasplug diff --only sessions --only new-sessions live.xml plugin-cfg.xml
   wasplug diff --format markdown live.xml topology.yaml

Exit codes: 0 no difference; 1 differences; 2 wrong usage; 3 a file cannot be read, or the plug-in would reject it.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "format", Value: "text", Usage: "text, json or markdown"},
			&cli.StringSliceFlag{Name: "only", Usage: "show this `SECTION` alone: " + strings.Join(diff.Sections, ", ") + "; may be repeated"},
			&cli.BoolFlag{Name: "values", Usage: "show every value in effect that differs, also where a consequence has told it"},
			&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: the one whose file is meant"},
			platformFlag("of both sides, the "),
		},
		Action: diffAction,
	}
}

func diffAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	options, err := diffOptions(c)
	if err != nil {
		return err
	}
	plugin := pluginOf(c)
	if _, err := plugin.Defaults(); err != nil {
		return ended(err)
	}
	if c.NArg() != 2 {
		return usageError("diff takes two files or two folders, the old and the new one; got %d arguments", c.NArg())
	}
	old, new := c.Args().Get(0), c.Args().Get(1)
	switch {
	case old == "-" && new == "-":
		return usageError("only one of the two files can be standard input")
	case isFolder(old) != isFolder(new):
		return usageError("diff takes two files or two folders, not one of each")
	case isFolder(old):
		return diffFolders(c, old, new, format, options)
	}
	files := diag.NewFiles()
	a, err := diffLoad(c, files, old)
	if err != nil {
		return err
	}
	b, err := diffLoad(c, files, new)
	if err != nil {
		return err
	}
	report, err := diffCompare(c, a, b)
	if err != nil {
		return failure(err)
	}
	return diffWrite(c, report.Same(), func(w io.Writer) error { return report.Write(w, files, format, options) })
}

// diffLoad reads one of the files. One that the plug-in would reject ends with exit code 3 and the reasons on standard error.
func diffLoad(c *cli.Context, files *diag.Files, path string) (*app.Loaded, error) {
	load := app.Load{Config: app.Config{Path: path, WebServer: c.String("web-server")}, Files: files}
	l, err := load.Run(inputOf(c))
	tell(c, l.Notes)
	if err != nil {
		return nil, ended(err)
	}
	_, missing := routecheck.New(l.Config)
	if faults := append(l.Faults, missing...); diag.Worst(faults) == diag.Error {
		diag.Sort(faults)
		printDiagnostics(c.App.ErrWriter, files, faults)
		return nil, failure(fmt.Errorf("%s: the plug-in would reject this file, so there is no behaviour to compare", displayName(path)))
	}
	return l, nil
}

// diffCompare compares two files on the platforms that --platform or their topologies name. A plugin-cfg.xml names none: it is for that of the other.
func diffCompare(c *cli.Context, old, new *app.Loaded) (*diff.Report, error) {
	sides := [2]diff.File{{Config: old.Config, Platform: old.Platform, At: old.At}, {Config: new.Config, Platform: new.Platform, At: new.At}}
	switch {
	case c.IsSet("platform"):
		sides[0].Platform, sides[1].Platform = c.String("platform"), c.String("platform")
	case old.Topology == nil:
		sides[0].Platform = sides[1].Platform
	case new.Topology == nil:
		sides[1].Platform = sides[0].Platform
	}
	return diff.Compare(sides[0], sides[1])
}

// diffWrite writes a report whole or not at all, and turns it into the exit code.
func diffWrite(c *cli.Context, same bool, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return failure(err)
	}
	if _, err := readable(c.App.Writer, c.String("format")).Write(out.Bytes()); err != nil {
		return failure(err)
	}
	if !same {
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
