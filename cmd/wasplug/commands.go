package main

import "github.com/urfave/cli/v2"

// commands lists every command in the order of the help.
func commands() []*cli.Command {
	return []*cli.Command{
		whyCommand(),
		lintCommand(),
		testCommand(),
		traceCommand(),
		cookieCommand(),
		simulateCommand(),
		diagnoseCommand(),
		initCommand(),
		generateCommand(),
		importCommand(),
		mergeCommand(),
		diffCommand(),
		checkCommand(),
		drainCommand(),
		undrainCommand(),
		setCommand(),
		fmtCommand(),
		anonymizeCommand(),
		graphCommand(),
		exportCommand(),
		lspCommand(),
		proxyCommand(),
		membersCommand(),
		verifyCommand(),
		labCommand(),
		labMemberCommand(),
		labMatrixCommand(),
		labRunCommand(),
		labKillTestCommand(),
		labBenchCommand(),
		labHistoryCommand(),
		labTableCommand(),
		labCheckCommand(),
		explainCommand(),
		schemaCommand(),
		manCommand(),
		completionCommand(),
		versionCommand(),
		helpCommand(),
	}
}
