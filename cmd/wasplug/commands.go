package main

import "github.com/urfave/cli/v2"

// commands lists every command in the order of the help.
func commands() []*cli.Command {
	return []*cli.Command{
		whyCommand(),
		lintCommand(),
		testCommand(),
		traceCommand(),
		generateCommand(),
		importCommand(),
		mergeCommand(),
		diffCommand(),
		fmtCommand(),
		graphCommand(),
		proxyCommand(),
		labCommand(),
		explainCommand(),
		schemaCommand(),
		completionCommand(),
		versionCommand(),
		helpCommand(),
	}
}
