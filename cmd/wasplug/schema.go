package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/markdown"
	"github.com/wasplug/wasplug/schemas/xsd"
)

func schemaCommand() *cli.Command {
	return &cli.Command{
		Name:      "schema",
		Usage:     "print the schema of a file that wasplug reads or writes, for editors and programs",
		ArgsUsage: "[NAME]",
		Description: `Without a name the schemas are listed. An editor that knows JSON Schema checks and completes a
topology, and says what its keys mean, with

   wasplug schema topology -o topology.schema.json

and this first line in the YAML: # yaml-language-server: $schema=topology.schema.json

plugin-cfg is an XML Schema (XSD 1.0) of plugin-cfg.xml. An editor takes it from its settings, or from this line behind
the XML declaration, which wasplug passes over: <?xml-model href="plugin-cfg.xsd"?>
What the plug-in makes of that line is undocumented: keep it out of the file that a web server reads.

--format markdown is a page for people: each key, what it takes and what it means.

Exit codes: 0 fine; 2 no such schema; 3 the file cannot be written.`,
		Flags: append(outputFlags("`FILE` to write"), wordFlag{&cli.StringFlag{Name: "format", Value: "schema",
			Usage: "schema (JSON Schema, or XSD) or markdown"}, []string{"schema", "markdown"}}),
		Action: schemaAction,
	}
}

// schemaAction lists the schemas, or prints one; an unknown name is wrong usage, with a suggestion.
func schemaAction(c *cli.Context) error {
	switch c.NArg() {
	case 0:
		for _, name := range schemaNames() {
			fmt.Fprintln(c.App.Writer, name)
		}
		return nil
	case 1:
		format, err := chosen(c, "format")
		if err != nil {
			return err
		}
		src, err := schemaSource(c.Args().First(), format == "markdown")
		if err != nil {
			return usageError("%w", err)
		}
		return writeOutput(c, src)
	}
	return usageError("schema takes one name; got %d", c.NArg())
}

// schemaNames are the JSON Schemas and the one XML Schema, in one order.
func schemaNames() []string {
	names := append(schemas.Names(), xsd.Name)
	slices.Sort(names)
	return names
}

// schemaSource returns the schema of a name, or the page about it.
func schemaSource(name string, page bool) ([]byte, error) {
	switch names := schemaNames(); {
	case name == xsd.Name && page:
		return markdown.PluginConfig(), nil
	case name == xsd.Name:
		return xsd.Schema(), nil
	case !slices.Contains(names, name):
		return nil, diag.Errorf("no schema %q%s; there are %s", name, diag.DidYouMean(name, names),
			strings.Join(names, ", "))
	case page:
		return markdown.Schema(name)
	}
	return schemas.Source(name)
}
