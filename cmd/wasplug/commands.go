package main

import "github.com/urfave/cli/v2"

// version is set when a release is built.
var version = "dev"

func commands() []*cli.Command {
	return []*cli.Command{
		whyCommand(),
		testCommand(),
		generateCommand(),
		importCommand(),
		mergeCommand(),
		fmtCommand(),
		graphCommand(),
		traceCommand(),
		schemaCommand(),
	}
}
