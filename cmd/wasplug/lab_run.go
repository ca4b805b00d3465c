package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/lab/scenario"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

func labRunCommand() *cli.Command {
	return &cli.Command{
		Name:      "lab run",
		Usage:     "do to running members what a scenario says, and compare",
		ArgsUsage: "scenario.yaml...",
		Description: `Runs each test of the scenarios on members of its own: requests, kills, stops, looks of the thread
that writes. What happens is held against what the file expects and against what 'wasplug why' predicts; 'wasplug
schema lab' tells all that a file can say.

   wasplug lab run testdata/lab/*.yaml
   wasplug lab run --run 'time based' --format text --format junit=lab.xml --history history.ndjson scenario.yaml

Exit codes: 0 all is as expected; 1 an expectation, a prediction or a check of the history is not met; 2 wrong usage,
or a scenario with errors; 3 it could not be done: a port, PostgreSQL, a Redis, a member that does not start.`,
		Flags: append([]cli.Flag{
			wordsFlag{&cli.StringSliceFlag{Name: "format",
				Usage: "`FORMAT[=FILE]`, repeatable: " + labreport.Runs.Usage() + " (default text)"},
				labreport.Runs.Names()},
			&cli.StringFlag{Name: "run", Usage: "run only tests whose name matches `REGEX`"},
			wordFlag{&cli.StringFlag{Name: "clock", Usage: "manual or real, in place of what the scenarios say"},
				[]string{"manual", "real"}},
			&cli.StringFlag{Name: "history", Usage: "`FILE` for what clients saw, for 'wasplug lab history'"},
		}, labStoreFlags()...),
		Action: labRun,
	}
}

// labStoreFlags say where sessions are kept, and what chance begins with.
func labStoreFlags() []cli.Flag {
	return []cli.Flag{
		wordFlag{&cli.StringFlag{Name: "store", Usage: "sqlite or postgres: the database of persistence: database, " +
			"in place of what is written"}, []string{"sqlite", "postgres"}},
		&cli.StringFlag{Name: "dsn", Usage: "`DSN` of PostgreSQL"},
		gridFlag(), redisFlag(),
		&cli.BoolFlag{Name: "allow-remote-database", Usage: "the DSN, or the URL of the Redis, may name another host"},
		&cli.Uint64Flag{Name: "seed", Usage: "`N` for chance; 0: another one at each run"},
	}
}

// gridFlag and redisFlag say where the sessions are with --persistence grid.
func gridFlag() cli.Flag {
	return wordFlag{
		&cli.StringFlag{Name: "grid",
			Usage: "with --persistence grid: jetstream, three servers that the lab starts (the " +
				"default), or redis, the machine's redis-server"}, []string{"jetstream", "redis"}}
}

func redisFlag() cli.Flag {
	return &cli.StringFlag{Name: "redis",
		Usage: "with --persistence grid: `URL` of a Redis that runs; the lab deletes its keys at the end"}
}

// labGrid reads them.
func labGrid(c *cli.Context) (g lab.Grid, err error) {
	g.Redis, g.AllowRemote = c.String("redis"), c.Bool("allow-remote-database")
	if g.Kind, err = chosenOr(c, "grid"); err == nil && g.Kind != "" && g.Redis != "" {
		err = usageError("--redis names a Redis that runs; leave --grid out, which says what the lab starts")
	}
	return g, err
}

// stageOptions are what these flags say.
func stageOptions(c *cli.Context) (o scenario.Options, err error) {
	o = scenario.Options{Database: labDatabase(c), Seed: c.Uint64("seed")}
	o.Grid, err = labGrid(c)
	return o, err
}

func labDatabase(c *cli.Context) lab.Database {
	return lab.Database{Kind: c.String("store"), DSN: c.String("dsn"), AllowRemote: c.Bool("allow-remote-database")}
}

// labRun runs the scenarios one after the other. Reports and the history are written at the end; an interruption ends
// it without them, as what has run says nothing of the rest.
func labRun(c *cli.Context) error {
	if c.NArg() == 0 {
		return usageError("lab run takes scenarios, such as time-based.yaml; 'wasplug schema lab' tells what they say")
	}
	only, err := regexp.Compile(c.String("run"))
	if err != nil {
		return usageError("--run: %v", err)
	}
	outs, err := labOutputs(c)
	if err != nil {
		return err
	}
	for _, path := range c.Args().Slice() {
		noteRead(c, path)
	}
	for _, o := range outs { // before anything runs for minutes
		if err := spare(c, o.path); err != nil {
			return err
		}
	}
	options, err := stageOptions(c)
	if err != nil {
		return err
	}
	o := &options
	if o.Clock, err = chosenOr(c, "clock"); err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	var lines bytes.Buffer
	o.History = &history.Writer{To: &lines}
	answer := &labreport.Run{}
	for _, path := range c.Args().Slice() {
		if err := labRunFile(ctx, c, path, only, o, answer); err != nil {
			return err
		}
	}
	if err := writeLab(c, outs, answer); err != nil {
		return err
	}
	if path := c.String("history"); path != "" {
		if err := writeFile(path, lines.Bytes(), ownKind(path, false, isHistory)); err != nil {
			return err
		}
	}
	return judgeLab(answer)
}

// judgeLab turns results into the exit code: what could not be done weighs more than what is not as expected.
func judgeLab(answer *labreport.Run) error {
	failed, all := answer.Failed()
	if all == 0 {
		return failure(errors.New("no test ran"))
	}
	for _, f := range answer.Files {
		for _, r := range f.Results {
			if r.Err != nil {
				return failure(fmt.Errorf("%s: %s could not be run to its end", f.Name, diag.Quote(r.Test.Name.V)))
			}
		}
	}
	if failed > 0 {
		return findings()
	}
	return nil
}

// isHistory reports whether a text is a history, which a new one may replace.
func isHistory(old []byte) bool {
	_, err := history.Read(bytes.NewReader(old))
	return err == nil
}

// labRunFile runs the tests of one scenario that --run names. A scenario with errors is wrong usage: nobody could say
// what it expects.
func labRunFile(ctx context.Context, c *cli.Context, path string, only *regexp.Regexp, o *scenario.Options,
	answer *labreport.Run) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return failure(err)
	}
	name, files := app.DisplayName(path), diag.NewFiles()
	if len(bytes.TrimSpace(src)) == 0 {
		return failure(fmt.Errorf("%s: the scenario is empty", name))
	}
	f, reports := scenario.Read(files, files.Add(name, src))
	if f == nil {
		printDiagnostics(c.App.ErrWriter, files, reports)
		return usageError("%s: the scenario cannot be used", name)
	}
	out := labreport.File{Name: name}
	// The configuration is named from the folder of the scenario, and read anew for each test.
	for _, t := range f.Tests {
		if !only.MatchString(t.Name.V) {
			continue
		}
		config := f.Config.V
		if !filepath.IsAbs(config) {
			config = filepath.Join(filepath.Dir(path), config)
		}
		source, err := labSource(c, config, f.WebServer)
		if err != nil {
			return err
		}
		out.Results = append(out.Results, f.Run(ctx, t, source, o))
		if ctx.Err() != nil {
			return failure(ctx.Err())
		}
	}
	answer.Files = append(answer.Files, out)
	return nil
}

// labSource reads the configuration of a run. Each test gets a copy of its own.
func labSource(c *cli.Context, path, webServer string) (*scenario.Source, error) {
	return labSourceFrom(c, inputOf(c), path, webServer)
}

// labSourceFrom reads a configuration as the plug-in of the lab decides. Of a plugin-cfg.xml nobody knows what servers
// do with sessions: scenarios say it, or a topology.
func labSourceFrom(c *cli.Context, in app.Input, path, webServer string) (*scenario.Source, error) {
	sem, err := scenario.Assumptions("")
	if err != nil {
		return nil, failure(err)
	}
	load := app.Load{Config: app.Config{Path: path, WebServer: webServer}, DecideBy: &sem}
	l, err := load.Run(in)
	if err != nil {
		printNotes(c, l.Notes)
		return nil, ended(err)
	}
	source := &scenario.Source{Config: l.Config, Files: l.Files,
		Policy: func(string) session.Policy { return session.Policy{} }}
	if l.Topology != nil {
		source.Policy, source.Flavor = l.Topology.SessionPolicy, l.Topology.Flavor.V
	}
	return source, nil
}

// labOutputs are the reports that are asked for.
func labOutputs(c *cli.Context) (outs []output, err error) {
	for _, text := range c.StringSlice("format") {
		format, path, _ := strings.Cut(text, "=")
		if _, err := allowed(c, "format", format); err != nil {
			return nil, err
		}
		outs = append(outs, output{format, path})
	}
	if outs == nil {
		outs = []output{{"text", ""}}
	}
	return outs, nil
}

// writeLab writes the reports. A file of before is replaced whatever it says: it is that of the last run, in a
// pipeline; inputs are spared before anything runs.
func writeLab(c *cli.Context, outs []output, answer *labreport.Run) error {
	for _, o := range outs {
		if o.path == "" {
			if err := labreport.Runs.Write(c.App.Writer, o.format, answer); err != nil {
				return failure(err)
			}
			continue
		}
		var b bytes.Buffer
		if err := labreport.Runs.Write(&b, o.format, answer); err != nil {
			return failure(err)
		}
		if err := writeFile(o.path, b.Bytes(), func([]byte) error { return nil }); err != nil {
			return err
		}
	}
	return nil
}
