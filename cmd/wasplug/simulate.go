package main

import (
	"bytes"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app/answers"
	"github.com/wasplug/wasplug/internal/report/simulatereport"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/routecheck/simulate/written"
)

func simulateCommand() *cli.Command {
	return &cli.Command{
		Name:      "simulate",
		Usage:     "play many web server processes, clients and failing members over time",
		ArgsUsage: "[scenario.yaml]",
		Description: `Says what one request cannot show: how many clients notice that a member dies, how long until every
process has, what becomes of sessions, how shares spread over processes that know nothing of each other. Each process
decides as 'wasplug why' does; members answer after a while, hang, die and come back as the scenario says; time is
virtual, so an hour takes seconds. The same seed gives the same answer.

   wasplug simulate -c plugin-cfg.xml --poisson 2000/s --duration 10m --processes 20 --service 'exp 80ms' \
       --fault m1:timeout@2m..5m
   wasplug simulate scenario.yaml
   wasplug simulate --compare proposed.xml scenario.yaml
   wasplug simulate -c plugin-cfg.xml --users 500 --think 'exp 10s' --duration 1h --affinity 1 \
       --persistence database --fault m2:refused@30m

Flags stand in place of what the scenario says ('wasplug schema scenario' tells all it can say). Members fail as
refused (the process is gone), timeout (the machine is), hang (nothing is answered until it goes on), 503, reset,
malformed, or slow:5 (five times as long). Without --url each Route's sample is asked for.

Exit codes: 0 played, and all is as expected; 1 something is not as the scenario expects; 2 wrong usage, or a scenario
that cannot be meant; 3 a file cannot be read, or the plug-in would reject it.`,
		Flags:  simulateFlags(),
		Action: simulate,
	}
}

// simulateFlags stand in place of keys of a scenario, but for those of the configuration and the answer. Most are
// text, as a scenario has them (2000/s, exp 80ms), and have no default of their own: what is not typed is what the
// scenario says.
func simulateFlags() []cli.Flag {
	return append(append([]cli.Flag{
		&cli.StringFlag{Name: "requests", Usage: "`N` requests arrive"},
		&cli.StringFlag{Name: "duration", Usage: "requests arrive for this `TIME`, such as 10m"},
		&cli.StringFlag{Name: "rate", Usage: "`RATE` at which requests arrive at equal distances, such as 2000/s"},
		&cli.StringFlag{Name: "poisson", Usage: "`RATE` at which requests arrive at random"},
		&cli.StringFlag{Name: "users", Usage: "`N` users of whom each asks again a while after the answer"},
		&cli.StringFlag{Name: "think", Usage: "with --users: `TIME` until one asks again, such as 'exp 10s'"},
		&cli.StringFlag{Name: "processes", Usage: "`N` web server processes (default 1)"},
		wordFlag{&cli.StringFlag{Name: "routing", Usage: "how requests get to processes: random, round-robin or " +
			"sticky (default random)"}, []string{"random", "round-robin", "sticky"}},
		&cli.StringFlag{Name: "affinity", Usage: "`SHARE` of the requests that belong to sessions (default 0)"},
		&cli.StringFlag{Name: "session-length", Usage: "requests of a session on the `AVERAGE` (default 10)"},
		&cli.StringFlag{Name: "sessions", Usage: "`N` sessions at a time (default 1000)"},
		&cli.StringFlag{Name: "service",
			Usage: "`TIME` that answers take: 80ms, 'exp 80ms', 'lognormal 80ms 1.5' or " +
				"'uniform 10ms 50ms' (default none)"},
		&cli.StringFlag{Name: "threads",
			Usage: "`N` requests that a member works on at a time (default any number)"},
		&cli.StringFlag{Name: "backlog",
			Usage: "`N` requests that wait for a thread; beyond them connects time out"},
		&cli.StringSliceFlag{Name: "fault", Usage: "`MEMBER:HOW@FROM..UNTIL`: a member fails; may be repeated"},
		&cli.StringSliceFlag{Name: "reload", Usage: "`FILE@TIME`: all processes read another configuration"},
		&cli.StringSliceFlag{Name: "url", Usage: "`URL[=WEIGHT]` that is asked for; may be repeated"},
		&cli.StringFlag{Name: "seed", Usage: "whole `NUMBER` that all chance is drawn from (default 1)"},
		&cli.StringFlag{Name: "compare", Usage: "play the scenario with the configuration of this `FILE`, too"},
		&cli.IntFlag{Name: "workers", Usage: "`N` processors that play, 0 all; the answer is the same"},
		formatFlag("", simulatereport.Simulation, ""),
		&cli.StringFlag{Name: "plugin-level",
			Usage: "`LEVEL` of the plug-in: latest, or a version (default latest)"},
		platformFlag(""),
		&cli.StringSliceFlag{Name: "assume", Usage: "settle an open choice, `CHOICE=VALUE`; may be repeated"},
		assumeFileFlag(),
		wordFlag{&cli.StringFlag{Name: "persistence",
			Usage: "what the servers do with sessions: none, database, memory-to-memory or grid; " +
				"default what the scenario or the topology says"}, session.Persistences()},
		&cli.IntFlag{Name: "replicas", Value: 1,
			Usage: "copies of a session under memory-to-memory, -1 on every member"},
		wordFlag{&cli.StringFlag{Name: "write-frequency",
			Usage: "when sessions are written: 'end of servlet service', 'time based' or 'manual update'"},
			session.Frequencies()},
		&cli.IntFlag{Name: "write-interval", Usage: "`SECONDS` between the writes under 'time based'"},
		wordFlag{&cli.StringFlag{Name: "write-contents",
			Usage: "what is written: 'only updated attributes', 'all session attributes' or " +
				"'get and set attributes'"},
			session.WriteContents()},
	}, configFlags()...), outputFlags("the answer's `FILE`")...)
}

// simulate plays a scenario, or without one what the flags say of a configuration. The answer may go to a file, as a
// page does.
func simulate(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	if c.NArg() > 1 {
		return usageError("simulate takes one scenario; got %s", strings.Join(c.Args().Slice(), " "))
	}
	request := answers.Simulate{File: c.Args().First(), Options: optionsOf(c), Config: configOf(c),
		Plugin: pluginOf(c), Compare: c.String("compare"), Workers: c.Int("workers")}
	if request.Settings, err = sessionSettings(c); err != nil {
		return err
	}
	if request.File == "" {
		if err := needConfig(c); err != nil {
			return err
		}
		request.Config = configOf(c)
	}
	done := working(c, "simulating")
	answer, err := request.Run(inputOf(c))
	done()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	var out bytes.Buffer // a file is written whole
	if err := simulatereport.Simulation.Write(&out, format, answer); err != nil {
		return failure(err)
	}
	if err := writeOutput(c, out.Bytes()); err != nil {
		return err
	}
	if answer.Unmet() {
		return findings()
	}
	return nil
}

// optionsOf are the flags that stand in place of what a scenario says, where they were typed. They are read as the
// file is, by package written, so that both say the same of a mistake.
func optionsOf(c *cli.Context) (options []written.Option) {
	for _, name := range written.Options() {
		if given(c, name) {
			options = append(options, written.Option{Flag: name, Value: c.String(name)})
		}
	}
	for _, name := range []string{written.FaultOption, written.ReloadOption, written.URLOption} {
		for _, value := range c.StringSlice(name) {
			options = append(options, written.Option{Flag: name, Value: value})
		}
	}
	return options
}
