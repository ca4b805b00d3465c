package main

import (
	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a topology from plugin-cfg.xml",
		ArgsUsage: "FILE",
		Description: `Writes the topology from which 'wasplug generate' makes a file of the same meaning: same endpoints, attributes in effect, decisions. What is
irregular is kept by overrides, elements and allow; what a topology cannot say is named on standard error, with its place.

   wasplug import plugin-cfg.xml > topology.yaml
   wasplug import -o topology.yaml plugin-cfg.xml

Exit codes: 0 written; 1 with --strict, something cannot be said; 2 wrong usage; 3 the file cannot be read or is not a whole plugin-cfg.xml.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.BoolFlag{Name: "strict", Usage: "write nothing and exit 1 when something cannot be said"}),
		Action: importAction,
	}
}

func importAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usageError("import takes one plugin-cfg.xml; got %d arguments", c.NArg())
	}
	request := app.Import{Path: c.Args().First()}
	done := working(c, "importing "+displayName(request.Path))
	answer, err := request.Run(inputOf(c))
	done()
	tell(c, answer.Notes)
	switch {
	case err != nil:
		return ended(err)
	case len(answer.Unsaid) > 0 && c.Bool("strict"):
		return findings()
	}
	return writeOutput(c, answer.YAML)
}
