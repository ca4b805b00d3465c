package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/app/evidence"
	"github.com/wasplug/wasplug/internal/report/forms"
	"github.com/wasplug/wasplug/internal/report/tracereport"
	"github.com/wasplug/wasplug/internal/watch"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// traceCommand is "wasplug trace": what the plug-in's own log says about the requests that went through it.
func traceCommand() *cli.Command {
	return &cli.Command{
		Name:      "trace",
		Usage:     "tell the story of http_plugin.log: incidents, whom they hit, what to do; requests, members, times",
		ArgsUsage: "http_plugin.log...",
		Description: `Examples:
   wasplug trace http_plugin.log
   wasplug trace --since 15:40 --until 16:00 --fail-on all-down,open http_plugin.log
   wasplug trace --request /shop/cart http_plugin.log.1.gz http_plugin.log
   zcat old.gz | wasplug trace --format json -
   wasplug trace --follow --admin 127.0.0.1:9095 --state /var/tmp/plugin.state http_plugin.log
   wasplug trace -c plugin-cfg.xml --settle semantics.yaml http_plugin.log

Files are read in the order of their times, packed ones too; "-" is stdin. What fails in the same way at the same member
is one incident, with what it cost clients, whether it is over, and what to do; a "!" says that clients got errors.
Requests are found at LogLevel Trace and Detail, failures and counters already at Error and Stats, where nobody knows
how long a request took. What belongs to users is left out unless --show-secrets is given. With -c each logged decision
is replayed, as if that file had been in force throughout; so are the Uris, cookies, clone IDs and Transports that the
log names, and incidents take its intervals. --follow reads on by the name of the file, over rotations, and serves the
metrics that the plug-in does not have.

Exit codes: 0 the log was read; 1 no such request, a disagreement, or an incident that --fail-on names; 2 wrong usage;
3 it cannot be read, or is no plug-in log.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "request",
				Usage: "show one request: `N|URI`, a number from the table or a path (/shop/* for a prefix)"},
			&cli.Float64Flag{Name: "slow", Value: 5, Usage: "a request that takes as many `SECONDS` is odd"},
			&cli.IntFlag{Name: "limit", Value: 20,
				Usage: "show at most `N` incidents and odd requests, the worst; 0 for all that are kept"},
			&cli.StringFlag{Name: "since",
				Usage: "leave out what is before `TIME`: 15:40, 2026-11-29T15:40, a time of the log, or -2h"},
			&cli.StringFlag{Name: "until", Usage: "leave out what is after `TIME`"},
			&cli.StringFlag{Name: "pid", Usage: "only the process of that `HEX` number, as the log shows it"},
			&cli.StringFlag{Name: "member", Usage: "only incidents and requests that have to do with that `MEMBER`"},
			&cli.StringSliceFlag{Name: "kind", Usage: "only incidents of that `KIND`, repeatable: " + kindNames()},
			&cli.StringSliceFlag{Name: "fail-on",
				Usage: "exit code 1 where an incident is of that `KIND`, repeatable; open: goes on, any: is no " +
					"notice"},
			&cli.StringFlag{Name: "access-log",
				Usage: "`LOG` of the web server, packed or not: what clients saw in the time of incidents"},
			&cli.StringFlag{Name: "log-format", Value: "auto", Usage: "`FORMAT` of the access log: " +
				strings.Join(app.LogFormats(), ", ") + ", a LogFormat such as " +
				"'%h %l %u %t \"%r\" %>s %b', or @httpd.conf[:NICKNAME]"},
			&cli.StringFlag{Name: "log-zone",
				Usage: "of an access log whose times are UTC (w3c): `±HH:MM` that the web server's clock is ahead"},
			&cli.StringFlag{Name: "error-log",
				Usage: "error `LOG` of the web server, packed or not: its threads, crashes, restarts and limits"},
			&cli.BoolFlag{Name: "timeline",
				Usage: "draw how the log went, a row for each member, and how long requests took"},
			&cli.BoolFlag{Name: "show-secrets", Usage: "whole session IDs, queries, cookies and user names"},
			formatFlag("`FORMAT` of the output: ", tracereport.Trace, ""),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Usage: "`FILE` for the report of a whole log",
				DefaultText: "standard output"},
		}, append(replayFlags(), followFlags()...)...),
		Action: traceAction,
	}
}

// traceAction refuses flags that do not go together, and then is one of five: rules for alerts, a log that is written,
// a request, a replay, or a whole log.
func traceAction(c *cli.Context) error {
	format, err := chosen(c, "format")
	if err != nil {
		return usageError("trace: %w", err)
	}
	if limit := c.Int("limit"); limit < 0 {
		return usageError("trace: --limit %d is below 0", limit)
	}
	if err := checkReplayFlags(c); err != nil {
		return err
	}
	if err := checkFollowFlags(c); err != nil {
		return err
	}
	if c.Bool("alert-rules") {
		_, err := io.WriteString(c.App.Writer, watch.AlertRules)
		return err
	}
	defer logGC()() // sets it now, and back when the log is read
	if format == "html" && (c.String("request") != "" || c.IsSet("config") || c.Bool("follow")) {
		return usageError("trace: --format html is a report of a whole log: leave --request, -c and --follow out")
	}
	if c.Bool("follow") {
		return traceFollow(c, format)
	}
	request := traceOf(c)
	request.Timeline = request.Timeline || format == "html" // a page always draws it
	fail, err := evidence.ParseFailOn(commaList(c, "fail-on"))
	if err != nil {
		return ended(err)
	}
	switch {
	case c.String("request") != "":
		return traceRequest(c, format, evidence.TraceRequest{Trace: request, Want: c.String("request")})
	case c.IsSet("config"):
		return traceReplay(c, format, evidence.Replay{Trace: request, Config: configOf(c), Plugin: pluginOf(c)})
	}
	return traceWhole(c, format, request, fail)
}

// traceOf is the log that the flags name, and what part of it.
func traceOf(c *cli.Context) evidence.Trace {
	return evidence.Trace{Files: c.Args().Slice(), Slow: c.Float64("slow"), Timeline: c.Bool("timeline"),
		Access:   app.URLs{Path: c.String("access-log"), Format: c.String("log-format"), Zone: c.String("log-zone")},
		ErrorLog: c.String("error-log"),
		Selection: evidence.Selection{Since: c.String("since"), Until: c.String("until"), PID: c.String("pid"),
			Member: c.String("member"), Kinds: commaList(c, "kind")}}
}

// traceWhole reports on a whole log. What was read before a file could not be read any further is told, too, and the
// error decides the exit code then.
func traceWhole(c *cli.Context, format string, request evidence.Trace, fail evidence.FailOn) error {
	in, stop := watched(c)
	answer, err := request.Run(in)
	stop()
	if answer.Known() {
		shown := tracereport.Traced{TraceAnswer: answer,
			Log: tracereport.Log{Limit: c.Int("limit"), Secrets: secretsOf(c)}}
		write := func(w io.Writer) error { return tracereport.Trace.Write(w, format, shown) }
		if err := writeReport(c, write); err != nil {
			return err
		}
		if err == nil && fail.Fails(answer.Incidents) {
			return findings()
		}
	}
	return ended(err)
}

// writeReport writes a report to the file that -o names, or to standard output.
func writeReport(c *cli.Context, write func(io.Writer) error) error {
	if c.String("output") == "" {
		return write(c.App.Writer)
	}
	var report bytes.Buffer
	if err := write(&report); err != nil {
		return err
	}
	return writeOutput(c, report.Bytes())
}

// secretsOf says whether the output holds what belongs to users, and tells so.
func secretsOf(c *cli.Context) forms.Secrets {
	if c.Bool("show-secrets") {
		printNotes(c, app.Notes{{Text: "the output holds session IDs and queries: --show-secrets"}})
	}
	return forms.Secrets(c.Bool("show-secrets"))
}

// commaList is a repeatable flag, of which one value may name several words. The library does not split values
// (DisableSliceFlagSeparator), as those of other flags hold commas.
func commaList(c *cli.Context, flag string) (all []string) {
	for _, value := range c.StringSlice(flag) {
		all = append(all, strings.Split(value, ",")...)
	}
	return all
}

// kindNames are the kinds of incidents.
func kindNames() string {
	var names []string
	for _, k := range story.Kinds() {
		names = append(names, k.String())
	}
	return strings.Join(names, ", ")
}

// traceRequest shows one request. The log is read twice, to find it and to show its lines, so that standard input is
// kept in a file for that long.
func traceRequest(c *cli.Context, format string, request evidence.TraceRequest) error {
	in, stop := watched(c)
	if slices.Contains(request.Files, "-") {
		kept, err := keep(in.Stdin)
		if err != nil {
			return failure(err)
		}
		defer os.Remove(kept.Name())
		defer kept.Close()
		in.Stdin = kept
	}
	answer, err := request.Run(in)
	stop()
	switch {
	case err != nil:
		return ended(err)
	case answer.Request == nil:
		return &exitError{exitFindings, fmt.Errorf("no request %s in %s", request.Want,
			strings.Join(answer.Names, ", "))}
	}
	return tracereport.TraceRequest.Write(c.App.Writer, format,
		tracereport.Requested{RequestAnswer: answer, Secrets: secretsOf(c)})
}

// keep copies what can be read once to a file, which can be read again.
func keep(r io.Reader) (*os.File, error) {
	f, err := os.CreateTemp("", "wasplug-trace-")
	if err != nil {
		return nil, err
	}
	if _, err = io.Copy(f, r); err == nil {
		_, err = f.Seek(0, io.SeekStart)
	}
	if err != nil {
		f.Close()
		os.Remove(f.Name())
		return nil, err
	}
	return f, nil
}

// traceReplay reports first, then writes what is settled, and last says that there is a disagreement: a log that
// contradicts the file may settle choices all the same.
func traceReplay(c *cli.Context, format string, request evidence.Replay) error {
	in, stop := watched(c)
	answer, err := request.Run(in)
	stop()
	printNotes(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	shown := tracereport.Replayed{ReplayAnswer: answer,
		Log: tracereport.Log{Limit: c.Int("limit"), Secrets: secretsOf(c)}}
	if err := tracereport.Replay.Write(c.App.Writer, format, shown); err != nil {
		return failure(err)
	}
	if err := settle(c, answer.Settled()); err != nil {
		return err
	}
	if answer.Mismatches > 0 || len(answer.Strangers) > 0 {
		return findings()
	}
	return nil
}

// replayFlags are those of "trace" that hold the log against a configuration.
func replayFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "config", Aliases: []string{"c"},
			Usage: "`FILE`, a plugin-cfg.xml or a topology: replay each logged decision by it"},
		&cli.StringFlag{Name: "web-server",
			Usage: "with a topology of several web servers: the `NAME` of the one whose file is meant"},
		levelFlag("with -c: "),
		platformFlag("with -c: "),
		&cli.StringSliceFlag{Name: "assume", Usage: "with -c: `CHOICE=VALUE`, settle an open choice, repeatable"},
		&cli.StringFlag{Name: "settle",
			Usage: "with -c: write the choices that the log settles to `FILE`, for 'wasplug why --assume-file'"},
		&cli.BoolFlag{Name: "force", Usage: "overwrite a file of --settle or -o that says something else"},
	}
}

// checkReplayFlags refuses flags that would be ignored. There are three ways to call trace: of a whole log, of one
// request (--request), and as a replay (-c); what each needs is said of the flag that is too much. --follow has a
// check of its own.
func checkReplayFlags(c *cli.Context) error {
	for _, flag := range []string{"since", "until", "pid", "member", "kind", "fail-on", "timeline",
		"access-log", "error-log"} {
		switch {
		case given(c, flag) && given(c, "config"):
			return usageError("trace: --%s is about incidents; a replay (-c) needs the whole log", flag)
		case given(c, flag) && given(c, "request") &&
			slices.Contains([]string{"kind", "fail-on", "timeline", "access-log", "error-log"}, flag):
			return usageError("trace: --%s is about incidents, --request about one request", flag)
		}
	}
	if alone := firstGiven(c, "request", "config", "follow"); given(c, "output") && alone != "" {
		return usageError("trace: -o is for the report of a whole log, not for --%s, which writes to standard output",
			alone)
	}
	switch {
	case firstGiven(c, "log-format", "log-zone") != "" && !given(c, "access-log"):
		return usageError("trace: --%s is about the log of --access-log, which is not given",
			firstGiven(c, "log-format", "log-zone"))
	case c.String("access-log") == "-" && slices.Contains(c.Args().Slice(), "-"):
		return usageError("trace: stdin can be read only once, but both --access-log and the log are -")
	case c.String("error-log") == "-" && (c.String("access-log") == "-" || slices.Contains(c.Args().Slice(), "-")):
		return usageError("trace: stdin can be read only once, but --error-log and another log are -")
	}
	if c.IsSet("config") {
		switch {
		case given(c, "request") && given(c, "config"):
			return usageError("trace: --request shows the lines of one request, -c replays all: give one of them")
		case c.String("config") == "-" && slices.Contains(c.Args().Slice(), "-"):
			return usageError("trace: stdin can be read only once, but both -c and the log are -")
		case given(c, "force") && !c.IsSet("settle"):
			return usageError("trace: --force is about the file of --settle, which is not given")
		}
		return nil
	}
	for _, flag := range []string{"web-server", "plugin-level", "platform", "assume", "settle"} {
		if given(c, flag) {
			return usageError("trace: --%s needs -c: without a configuration nothing is replayed", flag)
		}
	}
	if given(c, "force") && !given(c, "output") {
		return usageError("trace: --force is about the file of -o or of --settle, and neither is given")
	}
	return nil
}

// progressFrom is the size from which on a progress bar is worth while: about half a second of work.
const progressFrom = 256 << 20

// watched is what use cases read from, with a line of progress on a terminal where there is much to read. It is gone
// when all is read, or by stop.
func watched(c *cli.Context) (in app.Input, stop func()) {
	in, stop = inputOf(c), func() {}
	out, _ := c.App.ErrWriter.(diag.VisibleWriter)
	terminal, ok := out.To.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return in, stop
	}
	var size int64
	for _, name := range c.Args().Slice() {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return in, stop
		}
		size += info.Size()
	}
	if size < progressFrom {
		return in, stop
	}
	bar := &progress{terminal: terminal, size: size}
	open := in.Open
	in.Open = func(name string) (fs.File, error) {
		f, err := open(name)
		if err != nil {
			return nil, err
		}
		return watchedFile{f, bar}, nil
	}
	return in, bar.stop
}

// watchedFile shows how much of it has been read. It must keep ReadAt: a plain file that can be read at a place is not
// read up to the time that --since names.
type watchedFile struct {
	fs.File
	bar *progress
}

func (f watchedFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	f.bar.add(n)
	return n, err
}

// ReadAt reads from a place, where the file can do that.
func (f watchedFile) ReadAt(b []byte, offset int64) (int, error) {
	at, ok := f.File.(io.ReaderAt)
	if !ok {
		return 0, errors.ErrUnsupported
	}
	n, err := at.ReadAt(b, offset)
	f.bar.add(n)
	return n, err
}
