package main

import (
	"bytes"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/authoring"
	"github.com/wasplug/wasplug/internal/report"
)

func graphCommand() *cli.Command {
	return &cli.Command{
		Name:      "graph",
		Usage:     "draw virtual hosts, URIs, clusters and members",
		ArgsUsage: "[FILE]",
		Description: `FILE is a plugin-cfg.xml or a topology, without it ./plugin-cfg.xml.

   wasplug graph plugin-cfg.xml
   wasplug graph --format mermaid topology.yaml
   wasplug graph --format svg -o routes.svg plugin-cfg.xml
   wasplug graph --format html -o routes.html plugin-cfg.xml

Exit codes: 0 fine; 2 wrong usage; 3 the file cannot be read.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.StringFlag{Name: "config", Aliases: []string{"c"},
				Usage: "`FILE`, a plugin-cfg.xml or a topology, in place of the argument"},
			&cli.StringFlag{Name: "web-server",
				Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
			wordFlag{&cli.StringFlag{Name: "format", Value: "text",
				Usage: "text, mermaid, dot, svg, or html: a page with the drawing and a filter"},
				report.Graph.Names()},
		),
		Action: graphAction,
	}
}

// graphAction draws one file, that of -c or of the argument.
func graphAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	path := c.Args().First()
	switch {
	case c.NArg() > 1 || c.NArg() == 1 && given(c, "config"):
		return notOneFile(c)
	case c.NArg() == 0:
		if err := needConfig(c); err != nil {
			return err
		}
		path = c.String("config")
	}
	request := authoring.Graph{Config: app.Config{Path: path, WebServer: c.String("web-server")}}
	answer, err := request.Run(inputOf(c))
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	var out bytes.Buffer
	if err := report.Graph.Write(&out, format, answer); err != nil {
		return failure(err)
	}
	return writeOutput(c, out.Bytes())
}
