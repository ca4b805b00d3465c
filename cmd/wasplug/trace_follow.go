package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/tracereport"
	"github.com/wasplug/wasplug/internal/watch"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/proxy/admin"
)

// followFlags are those of "trace" that read a log while it is written.
func followFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "follow",
			Usage: "read on as the log grows, and tell incidents as they begin, change and end, until SIGTERM"},
		&cli.StringFlag{Name: "admin",
			Usage: "with --follow: `ADDRESS` that serves /metrics, /incidents.json and /health; loopback unless " +
				"--admin-token-file is given"},
		&cli.StringFlag{Name: "admin-token-file",
			Usage: "with --follow: `FILE` with the token that the admin listener asks for"},
		&cli.StringFlag{Name: "state",
			Usage: "with --follow: `FILE` that keeps place and counters, so that the next run goes on and tells " +
				"nothing twice"},
		&cli.BoolFlag{Name: "alert-rules", Usage: "print rules for Prometheus about the metrics of --follow, and end"},
	}
}

// checkFollowFlags refuses flags that would be ignored.
func checkFollowFlags(c *cli.Context) error {
	if !c.Bool("follow") {
		for _, flag := range []string{"admin", "admin-token-file", "state"} {
			if given(c, flag) {
				return usageError("trace: --%s is for --follow: without it the log is read once", flag)
			}
		}
		return nil
	}
	for _, flag := range []string{"request", "slow", "limit", "since", "until", "pid", "member", "kind", "fail-on",
		"show-secrets", "timeline", "access-log", "error-log", "settle"} {
		if given(c, flag) {
			return usageError("trace: --follow tells all incidents as they come: leave --%s out", flag)
		}
	}
	if c.NArg() != 1 || c.Args().First() == "-" {
		return usageError("trace: --follow reads one file, by its name: give the path of http_plugin.log")
	}
	return nil
}

// traceFollow reads a log while it is written, until it is told to end: that is how it ends well, with exit code 0.
// Its state is kept then, too.
func traceFollow(c *cli.Context, format string) error {
	file := c.Args().First()
	state, err := readState(c, file)
	if err != nil {
		return err
	}
	opt, longest, err := intervalsOf(c)
	if err != nil {
		return err
	}
	w, err := watch.New(watch.Options{File: file, Story: opt, Timeout: longest, Zone: time.Local,
		Tell: func(told watch.Told) error {
			return tracereport.Told.Write(c.App.Writer, format, tracereport.Telling{Told: told, File: file})
		},
		Write: func(to io.Writer, now watch.Now) error { return tracereport.WriteNow(to, file, now) },
		State: state, Save: saveState(c)})
	if err != nil {
		return failure(fmt.Errorf("--state %s: %w", c.String("state"), err))
	}
	ctx, stop := signal.NotifyContext(c.Context, os.Interrupt, syscall.SIGTERM)
	defer stop()
	errs := make(chan error, 1) // of the admin listener, which may fail when nobody waits any more
	stopAdmin, err := followAdmin(c, w, errs)
	if err != nil {
		return err
	}
	defer stopAdmin()
	err = poll(ctx, w, errs)
	if closed := w.Close(time.Now()); err == nil {
		err = closed
	}
	if err != nil {
		return failure(err)
	}
	return nil
}

// intervalsOf are those of a configuration, where one is given.
func intervalsOf(c *cli.Context) (opt story.Options, longest time.Duration, err error) {
	if !c.IsSet("config") {
		return opt, 0, nil
	}
	var notes app.Notes
	ask := evidence.Intervals{Config: configOf(c), Plugin: pluginOf(c)}
	opt, longest, err = ask.Run(inputOf(c), &notes)
	printNotes(c, notes)
	return opt, longest, ended(err)
}

// followEvery is how often a log is looked at. Looking costs a system call or two, and a second is soon enough for
// people.
const followEvery = time.Second

// poll looks at once, and then at each tick. An error of the admin listener ends it: nobody would notice that metrics
// are gone.
func poll(ctx context.Context, w *watch.Watch, errs <-chan error) error {
	ticks := time.NewTicker(followEvery)
	defer ticks.Stop()
	for {
		if err := w.Poll(ctx, time.Now()); err != nil {
			return err
		}
		select {
		case <-ctx.Done():
			return nil
		case err := <-errs:
			return err
		case <-ticks.C:
		}
	}
}

// readState reads what the run before has left, nil where there is nothing.
func readState(c *cli.Context, file string) ([]byte, error) {
	path := c.String("state")
	if path == "" {
		return nil, nil
	}
	noteRead(c, file)
	if err := spare(c, path); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) || err == nil && len(data) == 0:
		return nil, nil
	case err != nil:
		return nil, failure(err)
	}
	return data, nil
}

// saveState returns what keeps a state, nil where none is to be kept. That a disk is full does not end the run; it is
// said once.
func saveState(c *cli.Context) func([]byte) error {
	path, said := c.String("state"), false
	if path == "" {
		return nil
	}
	return func(data []byte) error {
		err := writeFile(path, data, forced(path, true))
		if err != nil && !said {
			text := "the state cannot be kept, a later run would tell all again: " + err.Error()
			printNotes(c, app.Notes{{Text: text}})
		}
		said = err != nil
		return nil
	}
}

// followAdmin serves metrics and incidents, where it is asked to.
func followAdmin(c *cli.Context, w *watch.Watch, errs chan<- error) (stop func(), err error) {
	address := c.String("admin")
	if address == "" {
		return func() {}, nil
	}
	token, err := adminToken(c)
	if err != nil {
		return nil, err
	}
	l, err := listenAdmin(address, token)
	if err != nil {
		return nil, err
	}
	fmt.Fprintf(c.App.ErrWriter, "wasplug: metrics on http://%s/metrics\n", l.Addr())
	return serveAdmin(l, admin.Guard(w.Handler(), token), errs), nil
}
