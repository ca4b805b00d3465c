package main

import (
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/lab/page"
	"github.com/wasplug/wasplug/routecheck/choices"
)

func labCommand() *cli.Command {
	flags := append(configFlags(),
		&cli.StringFlag{Name: "listen", Value: "127.0.0.1:8080",
			Usage: "loopback `ADDRESS` of the first web server process"},
		&cli.StringFlag{Name: "admin",
			Usage: "loopback `ADDRESS` of the status page; default 127.0.0.1:9090, or a free port"},
		wordFlag{&cli.StringFlag{Name: "store", Value: "sqlite",
			Usage: "with --persistence database: sqlite or postgres"},
			[]string{"sqlite", "postgres"}},
		&cli.StringFlag{Name: "dsn",
			Usage: "`URL` of the PostgreSQL database; the lab makes a schema there and drops it at the end"},
		gridFlag(), redisFlag(),
		&cli.BoolFlag{Name: "allow-remote-database",
			Usage: "the DSN, or the URL of the Redis, may name another host"},
		&cli.IntFlag{Name: "replicators",
			Usage: "`N` members that hold copies and get no requests, for client/server replication"},
		&cli.IntFlag{Name: "proxies", Value: 1, Usage: "`N` web server processes, each with marks of its own"},
		&cli.StringFlag{Name: "keep", Usage: "`FOLDER` for the files of the run, which then stay"},
	)
	flags = append(flags, labSessionFlags()...)
	flags = append(flags,
		levelFlag(""),
		&cli.StringSliceFlag{Name: "assume", Usage: "`CHOICE=VALUE`: settle an open choice, repeatable"},
		&cli.Uint64Flag{Name: "seed", Usage: "draw random choices and session IDs from seed `N`, not 0"},
	)
	return &cli.Command{
		Name:  "lab",
		Usage: "run the members of a file, to kill them and see what becomes of sessions",
		Description: `Starts a member process for each Server of the clusters that Routes reach, on loopback ports, and a
proxy that serves the file as it is before them. The members keep sessions as WebSphere does, in memory, in a database,
replicated to each other or in a grid outside of them. Orders can be typed: kill, stop, continue, shutdown or start and
the name of a member, tick for a look of the write threads, advance 60s to move the clocks. Ctrl-C ends everything, a
second one at once.

   wasplug lab -c topology.yaml
   wasplug lab -c plugin-cfg.xml --persistence database --store postgres --dsn postgres://me@localhost/test
   wasplug lab -c plugin-cfg.xml --persistence memory-to-memory --replicas 1
   wasplug lab -c plugin-cfg.xml --persistence grid

Exit codes: 0 stopped as asked; 2 wrong usage; 3 the file cannot be read, an address cannot be listened on, a member
does not start, or the database or the Redis cannot be reached.`,
		Flags:  flags,
		Action: runLab,
	}
}

// labSessionFlags are those of why that say what the servers do.
func labSessionFlags() (flags []cli.Flag) {
	for _, f := range sessionFlags() {
		switch f.Names()[0] {
		case "persistence", "replicas", "write-frequency", "write-interval", "write-contents":
			flags = append(flags, f)
		}
	}
	return flags
}

// labMemberCommand is what the lab starts for each member; people do not call it. A member is this program again:
// there is nothing to install.
func labMemberCommand() *cli.Command {
	return &cli.Command{Name: "lab member",
		Hidden: true, Usage: "be a member of the lab; what it is comes on standard input",
		Action: func(c *cli.Context) error {
			ctx, stop := signal.NotifyContext(c.Context, syscall.SIGTERM)
			defer stop()
			if err := member.Run(ctx, c.App.Reader, c.App.Writer); err != nil {
				return failure(err)
			}
			return nil
		}}
}

// runLab starts everything, obeys orders from standard input, and ends when it is told to. That the input ends does
// not end it: a lab in the background has none.
func runLab(c *cli.Context) error {
	if c.NArg() > 0 {
		return usageError("no command is named \"lab %s\"; lab alone takes a file with -c", c.Args().First())
	}
	opt, about, err := labOptions(c)
	if err != nil {
		return err
	}
	about.Feed, about.Trail = &page.Feed{}, &page.Trail{}
	opt.OnEvent, opt.OnSteps = about.Feed.Add, about.Trail.Add
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	l, err := lab.Start(ctx, opt)
	if err != nil {
		return failure(err)
	}
	closeAdmin, err := serveLab(c, l, about)
	if err == nil {
		go labOrders(ctx, l, c.App.Reader, c.App.Writer)
		<-ctx.Done()
	}
	closeAdmin()
	stop()
	return endLab(c, l, err)
}

// endLab ends everything in order. A second Ctrl-C kills.
func endLab(c *cli.Context, l *lab.Lab, cause error) error {
	again := make(chan os.Signal, 1)
	signal.Notify(again, os.Interrupt, syscall.SIGTERM)
	defer signal.Stop(again)
	done := make(chan error, 1)
	go func() { done <- l.Close() }()
	for {
		select {
		case <-again:
			l.Abort()
		case err := <-done:
			if err != nil {
				fmt.Fprintf(c.App.ErrWriter, "wasplug: warning: %v\n", err)
			}
			return cause
		}
	}
}

// labOptions reads the flags and the file: what is to run, and what its page predicts by.
func labOptions(c *cli.Context) (opt lab.Options, about page.Options, err error) {
	if err := checkLabFlags(c); err != nil {
		return opt, about, err
	}
	plugin, notes := pluginOf(c), app.Notes{}
	plugin.Platform = "proxy" // the web server processes of a lab are ours
	sem, fixed, err := plugin.Assumptions(inputOf(c), &notes)
	if err != nil {
		return opt, about, ended(err)
	}
	load := app.Load{Config: configOf(c), DecideBy: &sem}
	loaded, err := load.Run(inputOf(c))
	printNotes(c, append(notes, loaded.Notes...))
	if err != nil {
		return opt, about, ended(err)
	}
	opt = lab.Options{
		Config: loaded.Config, Files: loaded.Files, Assumptions: &sem, Listen: c.String("listen"),
		Processes:   c.Int("proxies"),
		Replicators: c.Int("replicators"), Keep: c.String("keep"), Seed: c.Uint64("seed"),
		Database: lab.Database{Kind: c.String("store"), DSN: c.String("dsn"),
			AllowRemote: c.Bool("allow-remote-database")},
	}
	if opt.Grid, err = labGrid(c); err != nil {
		return opt, about, err
	}
	about = page.Options{Assumed: sem.Session, Settled: choices.SessionChoices(fixed)}
	if about.Policy, err = labPolicy(c, loaded); err != nil {
		return opt, about, err
	}
	opt.Sessions = labSessions(c, loaded, about.Policy, &sem)
	if loaded.Topology != nil {
		fromTopology(c, &opt, loaded)
	}
	return opt, about, nil
}
