package main

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/schemas"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print the JSON Schema of a file that wasplug reads or writes",
		ArgsUsage: "[NAME]",
		Description: `Without a name the schemas are listed. An editor that knows JSON Schema checks and completes a
topology with

   wasplug schema topology > topology.schema.json

and this first line in the YAML: # yaml-language-server: $schema=topology.schema.json

Exit codes: 0 fine; 2 no such schema; 3 the file cannot be written.`,
		Flags:  outputFlags("`FILE` to write"),
		Action: schemaAction,
	}
}

func schemaAction(c *cli.Context) error {
	switch c.NArg() {
	case 0:
		for _, name := range schemas.Names() {
			fmt.Fprintln(c.App.Writer, name)
		}
		return nil
	case 1:
		src, err := schemas.Source(c.Args().First())
		if err != nil {
			return usageError("%w", err)
		}
		return writeOutput(c, src)
	}
	return usageError("schema takes one name; got %d", c.NArg())
}
