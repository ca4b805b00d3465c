package main

import (
	"bytes"
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/lab/scenario"
)

func labKillTestCommand() *cli.Command {
	flags := []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`FILE`, a plugin-cfg.xml or a topology"},
		&cli.StringFlag{Name: "web-server",
			Usage: "with a topology of several web servers: `NAME` of the one whose file is meant"},
		&cli.IntFlag{Name: "kills", Value: 100, Usage: "`N` kills, or other faults"},
		wordFlag{&cli.StringFlag{Name: "how", Value: "kill", Usage: "kill (SIGKILL at a random time), " +
			"failpoint (at a random moment of a request) or stop (SIGSTOP for a while)"},
			[]string{"kill", "failpoint", "stop"}},
		&cli.IntFlag{Name: "at-once", Value: 1, Usage: "`N` members that are killed at once"},
		&cli.IntFlag{Name: "halted",
			Usage: "`N` more members that hang (SIGSTOP) for up to 1.2 s while others are killed"},
		&cli.IntFlag{Name: "clients", Value: 12, Usage: "`N` clients, each with a session of its own"},
		&cli.Float64Flag{Name: "astray",
			Value: 0.05, Usage: "`SHARE` of the requests that are sent to another member"},
		&cli.IntFlag{Name: "replicators", Usage: "`N` members that hold copies and get no requests"},
		formatFlag("", labreport.KillTest, ""),
		&cli.StringFlag{Name: "history", Usage: "`FILE` for what clients saw, for 'wasplug lab history'"},
	}
	for _, f := range sessionFlags() {
		switch f.Names()[0] {
		case "persistence", "replicas", "write-frequency", "write-interval", "write-contents":
			flags = append(flags, f)
		}
	}
	return &cli.Command{
		Name:  "lab kill-test",
		Usage: "kill members at random, and check that nothing written is lost",
		Description: `Clients count in their sessions while members are killed and started again. Afterwards the history of
what they saw is checked: nothing that a member acknowledged as written may be lost (C1), and the other checks of
'wasplug lab history'.

   wasplug lab kill-test -c topology.yaml
   wasplug lab kill-test -c plugin-cfg.xml --persistence memory-to-memory --replicas 2 --at-once 2 --kills 30
   wasplug lab kill-test -c plugin-cfg.xml --persistence memory-to-memory --replicas 2 --at-once 2 --halted 1

Exit codes: 0 all checks hold; 1 one does not; 2 wrong usage; 3 it could not be done.`,
		Flags:  append(flags, labStoreFlags()...),
		Action: labKillTest,
	}
}

// labKillTest kills members of its own while clients count. The history is written before the report, as it is the
// proof of what the report says.
func labKillTest(c *cli.Context) error {
	k, err := killTestOf(c)
	if err != nil {
		return err
	}
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	source, err := labSource(c, c.String("config"), c.String("web-server"))
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var lines bytes.Buffer
	k.Options.History = &history.Writer{To: &lines}
	r, err := k.Run(ctx, source)
	var few *scenario.TooFew // how many members there are, the file says
	switch {
	case errors.As(err, &few):
		return usageError("--at-once %d, --halted %d: %w", k.AtOnce, k.Halted, few)
	case err != nil:
		return failure(err)
	}
	if path := c.String("history"); path != "" {
		if err := writeFile(path, lines.Bytes(), ownKind(path, false, isHistory)); err != nil {
			return err
		}
	}
	if err := labreport.KillTest.Write(c.App.Writer, format, r); err != nil {
		return failure(err)
	}
	if !r.History.Fine() {
		return findings()
	}
	return nil
}

// killTestOf reads the flags. What does not hang on the file is refused before members start.
func killTestOf(c *cli.Context) (*scenario.KillTest, error) {
	if c.Args().Present() {
		return nil, usageError("lab kill-test takes no argument; got %q", c.Args().First())
	}
	if c.String("config") == "" {
		return nil, usageError("lab kill-test needs -c FILE, a plugin-cfg.xml or a topology")
	}
	for _, name := range []string{"kills", "at-once", "clients"} {
		if c.Int(name) < 1 {
			return nil, usageError("--%s %d: want a number from 1 on", name, c.Int(name))
		}
	}
	if c.Int("halted") < 0 {
		return nil, usageError("--halted %d: want a number from 0 on", c.Int("halted"))
	}
	how, err := chosen(c, "how")
	if err != nil {
		return nil, err
	}
	if c.Int("at-once") > 1 && how != "kill" {
		return nil, usageError("--at-once %d is of --how kill; with %s it is one member at a time", c.Int("at-once"),
			how)
	}
	settings, err := sessionSettings(c)
	if err != nil {
		return nil, err
	}
	sem, err := scenario.Assumptions("")
	if err != nil {
		return nil, failure(err)
	}
	options, err := stageOptions(c)
	if err != nil {
		return nil, err
	}
	k := &scenario.KillTest{Setup: scenario.Setup{Assumptions: sem, Processes: 1, Replicators: c.Int("replicators")},
		Options: options, Kills: c.Int("kills"), How: how,
		AtOnce: c.Int("at-once"), Halted: c.Int("halted"), Clients: c.Int("clients"), Astray: c.Float64("astray")}
	if settings != nil {
		k.Setup.Sessions = &scenario.Sessions{Settings: *settings, SecurityIntegration: true, AllowOverflow: true}
	}
	return k, nil
}
