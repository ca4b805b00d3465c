package main

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/report/labreport"
	"github.com/wasplug/wasplug/lab/scenario"
)

func labBenchCommand() *cli.Command {
	return &cli.Command{
		Name:  "lab bench",
		Usage: "requests per second with each kind of persistence",
		Description: `Clients count in their sessions through the proxy, with sessions in memory, in SQLite, in PostgreSQL
(with --dsn), with one and two replicas, in the three servers of a grid and in Redis (with --grid redis or --redis
URL), written at the end of service and time based. The first figure, without persistence, counts as 1. With each
stands how long the lab took from its start to the first answer; --sessions tells what processes occupy with so many
sessions.

   wasplug lab bench -c topology.yaml
   wasplug lab bench -c topology.yaml --grid redis --sessions 10000

Exit codes: 0 measured; 2 wrong usage; 3 it could not be done.`,
		Flags: []cli.Flag{
			&cli.StringFlag{Name: "config", Aliases: []string{"c"}, Usage: "`FILE`, a plugin-cfg.xml or a topology"},
			&cli.IntFlag{Name: "clients", Value: 12, Usage: "`N` clients"},
			&cli.DurationFlag{Name: "each", Value: 5 * time.Second, Usage: "`TIME` for each kind"},
			&cli.IntFlag{Name: "sessions",
				Usage: "make `N` more sessions of 1,000 bytes and say what memory the largest member " +
					"and all servers of the grid have"},
			&cli.StringFlag{Name: "dsn", Usage: "`DSN` of PostgreSQL"},
			gridFlag(), redisFlag(),
			&cli.BoolFlag{Name: "allow-remote-database",
				Usage: "the DSN, or the URL of the Redis, may name another host"},
			formatFlag("", labreport.Bench, ""),
		},
		Action: labBench,
	}
}

func labBench(c *cli.Context) error {
	switch {
	case c.Args().Present():
		return usageError("lab bench takes no argument; got %q", c.Args().First())
	case c.String("config") == "":
		return usageError("lab bench needs -c FILE, a plugin-cfg.xml or a topology")
	case c.Int("clients") < 1 || c.Int("clients") > 26: // they are named by letters
		return usageError("--clients %d: want a number from 1 to 26", c.Int("clients"))
	case c.Int("sessions") < 0 || c.Int("sessions") > 10000:
		return usageError("--sessions %d: want a number from 0 to 10000", c.Int("sessions"))
	}
	format, err := chosen(c, "format")
	if err != nil {
		return err
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	b := scenario.Bench{Clients: c.Int("clients"), Each: c.Duration("each"), Sessions: c.Int("sessions")}
	b.Options.Database.DSN, b.Options.Database.AllowRemote = c.String("dsn"), c.Bool("allow-remote-database")
	if b.Options.Grid, err = labGrid(c); err != nil {
		return err
	}
	answer := &labreport.BenchRun{Clients: b.Clients}
	return benchAll(ctx, c, &b, format, answer)
}

// benchAll measures all kinds; as text each is written as soon as it is known.
func benchAll(
	ctx context.Context, c *cli.Context, b *scenario.Bench, format string, answer *labreport.BenchRun,
) error {
	// Bench.Run tells figures by a function that gives no error: what could not be written is kept until it ends.
	asText, written := format == "text", error(nil)
	err := b.Run(ctx, func() (*scenario.Source, error) { return labSource(c, c.String("config"), "") },
		func(f scenario.Figure) {
			answer.Figures = append(answer.Figures, f)
			if asText && len(answer.Figures) == 1 {
				_, written = io.WriteString(c.App.Writer, labreport.BenchHead)
			}
			if asText {
				written = errors.Join(written, labreport.BenchRow(c.App.Writer, answer, len(answer.Figures)-1))
			}
		})
	if err == nil && !asText {
		err = labreport.Bench.Write(c.App.Writer, format, answer)
	}
	if err = errors.Join(err, written); err != nil {
		return failure(err)
	}
	return nil
}
