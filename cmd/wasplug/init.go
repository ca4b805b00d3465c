package main

import (
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/report"
)

func initCommand() *cli.Command {
	return &cli.Command{
		Name:      "init",
		Usage:     "write the files that work with wasplug begins with, and overwrite none",
		ArgsUsage: "[FOLDER]",
		Description: `Writes into FOLDER, or the current one: topology.yaml, the members and applications; routes.yaml, a
test of each route; .wasplug.yaml, settings of lint; check.sh, all checks, for a pipeline. A file that says something
else is left, and then nothing is written at all, unless --force is given.

With --config, or with a plugin-cfg.xml in the folder, they are about that file. Without, they are a sketch that lints
clean, to put your own names into: of the hosts of --members, of the applications of --app. Of Liberty servers
'wasplug import' makes the topology, of each server.xml one, with its endpoints, applications and clone ID.

   wasplug init
   wasplug init -c plugin-cfg.xml work
   wasplug init --members was1.example.com,was2.example.com --app shop=/shop --app api=/api work
   wasplug init -o topology.yaml
   wasplug import server.xml -o topology.yaml

Exit codes: 0 written, or all of it is there already; 2 wrong usage; 3 a file says something else, or the configuration
cannot be read.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"},
				Usage:       "`FILE`, the plugin-cfg.xml that there is",
				DefaultText: "plugin-cfg.xml of the folder, if any"},
			&cli.StringFlag{Name: "members", Value: "m1.example.com,m2.example.com",
				Usage: "`HOST[:PORT],...` of the members of a sketch"},
			&cli.StringSliceFlag{Name: "app", Value: cli.NewStringSlice("app=/app"),
				Usage: "`NAME=/CONTEXTROOT` of an application of a sketch; repeatable"},
			&cli.StringFlag{Name: "output", Aliases: []string{"o"},
				Usage: "`FILE` for the topology, - for standard output, and nothing else is written"},
			&cli.BoolFlag{Name: "force", Usage: "overwrite files that say something else"},
		},
		Action: initAction,
	}
}

// initAction writes all of the files or none. They are about a configuration that there is, or a sketch; which, it
// must be told or see, and never both.
func initAction(c *cli.Context) error {
	folder := c.Args().First()
	switch {
	case c.NArg() > 1:
		return usageError("init takes one folder; got %d arguments", c.NArg())
	case folder != "" && c.String("output") != "":
		return usageError("-o writes the topology alone: leave %q out", folder)
	case folder == "":
		folder = "."
	}
	request := authoring.Begin{Config: c.String("config"), Members: strings.Split(c.String("members"), ","),
		Apps: c.StringSlice("app")}
	// A plugin-cfg.xml of the folder is meant, unless a sketch was asked for.
	if request.Config == "" && isFile(filepath.Join(folder, ownConfig)) && firstGiven(c, "members", "app") == "" {
		request.Config = filepath.Join(folder, ownConfig)
	}
	if name := firstGiven(c, "members", "app"); name != "" && request.Config != "" {
		return usageError("--%s is for a sketch: leave it out, or --config", name)
	}
	if request.Config == "-" {
		return usageError("init takes a configuration that has a name, not standard input")
	}
	if request.Config != "" {
		request.Seen = seenFrom(folder, request.Config)
	}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	switch {
	case err != nil:
		return ended(err)
	case c.String("output") != "":
		return writeOutput(c, answer.Files[0].Data)
	}
	return writeFiles(c, folder, answer)
}

// writeFiles writes all files, or none.
func writeFiles(c *cli.Context, folder string, answer *authoring.BeginAnswer) error {
	for _, f := range answer.Files {
		path := filepath.Join(folder, f.Name)
		if err := mayWrite(path, f.Data, forced(path, c.Bool("force"))); err != nil {
			return err
		}
	}
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return failure(err)
	}
	for _, f := range answer.Files {
		path := filepath.Join(folder, f.Name)
		if err := writeFile(path, f.Data, forced(path, c.Bool("force"))); err != nil {
			return err
		}
	}
	return report.Begun(c.App.Writer, folder, answer)
}
