package main

import (
	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/authoring"
)

func importCommand() *cli.Command {
	return &cli.Command{
		Name:      "import",
		Usage:     "make a topology from plugin-cfg.xml, a Liberty server.xml, or the folder of a cell",
		ArgsUsage: "FILE|FOLDER",
		Description: `Writes the topology from which 'wasplug generate' makes a file of the same meaning: same
endpoints, attributes in effect, decisions. What is irregular is kept by overrides, elements and allow; what a
topology cannot say is named on standard error, with its place.

   wasplug import plugin-cfg.xml > topology.yaml
   wasplug import -o topology.yaml plugin-cfg.xml
   wasplug import --session server.xml -o topology.yaml plugin-cfg.xml

--session adds what the servers do with sessions, as session: of the topology: from a server.xml of Liberty
(httpSession, httpSessionDatabase, httpSessionCache), or from the server.xml or deployment.xml of a traditional cell
(tuningParams, replication). What stands elsewhere, as in an include or in a variable that the file does not define, is
named and not guessed.

A server.xml of Liberty becomes a topology with that one server as a member: its httpEndpoint, virtualHosts, httpSession,
applications with a context root, and pluginConfiguration. The server is called as its folder is. What an include, a
dropin, a variable or an application's own file says is not known, and named on standard error.

   wasplug import wlp/usr/servers/shop1/server.xml > topology.yaml

The folder of a traditional cell, config/cells/CELL of a deployment manager or a copy of it, becomes a topology with its
clusters, web servers, virtual hosts and web modules: of cluster.xml, serverindex.xml, virtualhosts.xml, server.xml,
deployment.xml and the descriptors beside it. A clone ID that nobody wrote is that of uniqueId in base 32, which is an
assumption: compare it with the plugin-cfg.xml in use.

   wasplug import Dmgr01/config/cells/shopCell > topology.yaml

Exit codes: 0 written; 1 with --strict, something cannot be said; 2 wrong usage; 3 the file cannot be read, is not a
whole plugin-cfg.xml, or no file can be generated of what is known of the server.`,
		Flags: append(outputFlags("`FILE` to write"),
			&cli.StringFlag{Name: "session",
				Usage: "`FILE` of the servers, a server.xml or a deployment.xml, for session: of the topology"},
			&cli.BoolFlag{Name: "strict", Usage: "write nothing and exit 1 when something cannot be said"}),
		Action: importAction,
	}
}

// importAction writes a topology. What it cannot say is named in any case; with --strict that is a finding, and
// nothing is written.
func importAction(c *cli.Context) error {
	if c.NArg() != 1 {
		return usageError("import takes one plugin-cfg.xml, server.xml or folder of a cell; got %d arguments",
			c.NArg())
	}
	request := authoring.Import{Path: c.Args().First(), Session: c.String("session")}
	done := working(c, "importing "+displayName(request.Path))
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	switch {
	case err != nil:
		return ended(err)
	case len(answer.Unsaid) > 0 && c.Bool("strict"):
		return findings()
	}
	return writeOutput(c, answer.YAML)
}
