package main

import (
	"fmt"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/report"
	"github.com/wasplug/wasplug/parser/diag"
)

// traceCommand is "wasplug trace": what the plug-in's own log says about the requests that went through it.
func traceCommand() *cli.Command {
	return &cli.Command{
		Name:      "trace",
		Usage:     "say what http_plugin.log tells: members, attempts, times, and what is odd",
		ArgsUsage: "http_plugin.log...",
		Description: `Examples:
   wasplug trace http_plugin.log
   wasplug trace --request /shop/cart http_plugin.log.1.gz http_plugin.log
   zcat old.gz | wasplug trace --format json -
   wasplug trace -c plugin-cfg.xml --settle semantics.yaml http_plugin.log

Files are read in the order of their times, packed ones too; "-" is stdin. Requests are found at LogLevel Trace and Detail,
failures and counters already at Error and Stats, where nobody knows how long a request took. With -c each logged decision
is replayed, as if that file had been in force throughout; so are the Uris, cookies, clone IDs and Transports that the log names.
Exit code: 0 the log was read, 1 no such request or a disagreement, 2 wrong usage, 3 unreadable or no plug-in log.`,
		Flags: append([]cli.Flag{
			&cli.StringFlag{Name: "request", Usage: "show one request: `N|URI`, a number from the table or a path (/shop/* for a prefix)"},
			&cli.Float64Flag{Name: "slow", Value: 5, Usage: "a request that takes as many `SECONDS` is odd"},
			&cli.IntFlag{Name: "limit", Value: 20, Usage: "show at most `N` odd requests, the worst; 0 for all that are kept"},
			wordFlag{&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT` of the output: text or json"}, report.Trace.Names()},
		}, replayFlags()...),
		Action: traceAction,
	}
}

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
	if os.Getenv("GOGC") == "" {
		// Each block of the log is garbage soon: collecting it often costs little, and memory stays low whatever the
		// program's default.
		defer debug.SetGCPercent(debug.SetGCPercent(100))
	}
	request := app.Trace{Files: c.Args().Slice(), Slow: c.Float64("slow")}
	switch {
	case c.String("request") != "":
		return traceRequest(c, format, app.TraceRequest{Trace: request, Want: c.String("request")})
	case c.IsSet("config"):
		return traceReplay(c, format, app.Replay{Trace: request, Config: configOf(c), Plugin: pluginOf(c)})
	}
	in, stop := watched(c)
	answer, err := request.Run(in)
	stop()
	if answer.Known() {
		shown := report.Traced{TraceAnswer: answer, Log: report.Log{Limit: c.Int("limit")}}
		if err := report.Trace.Write(c.App.Writer, format, shown); err != nil {
			return err
		}
	}
	return ended(err)
}

func traceRequest(c *cli.Context, format string, request app.TraceRequest) error {
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
		return &exitError{exitFindings, fmt.Errorf("no request %s in %s", request.Want, strings.Join(answer.Names, ", "))}
	}
	return report.TraceRequest.Write(c.App.Writer, format, answer)
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

func traceReplay(c *cli.Context, format string, request app.Replay) error {
	in, stop := watched(c)
	answer, err := request.Run(in)
	stop()
	tell(c, answer.Notes)
	if err != nil {
		return ended(err)
	}
	shown := report.Replayed{ReplayAnswer: answer, Log: report.Log{Limit: c.Int("limit")}}
	if err := report.Replay.Write(c.App.Writer, format, shown); err != nil {
		return failure(err)
	}
	if path := c.String("settle"); path != "" {
		if err := spare(c, path); err != nil {
			return err
		}
		if err := writeFile(path, answer.Settled(), forced(path, c.Bool("force"))); err != nil {
			return err
		}
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
		&cli.StringFlag{Name: "web-server", Usage: "with a topology of several web servers: the `NAME` of the one whose file is meant"},
		&cli.StringFlag{Name: "plugin-level", Value: "latest",
			Usage: "with -c: `LEVEL` of the plug-in, such as 5.1, 7.0.0.13 or 9.0.5"},
		platformFlag("with -c: "),
		&cli.StringSliceFlag{Name: "assume", Usage: "with -c: `CHOICE=VALUE`, settle an open choice, repeatable"},
		&cli.StringFlag{Name: "settle", Usage: "with -c: write the choices that the log settles to `FILE`, for 'wasplug why --assume-file'"},
		&cli.BoolFlag{Name: "force", Usage: "overwrite a --settle file that says something else"},
	}
}

// checkReplayFlags refuses flags that would be ignored.
func checkReplayFlags(c *cli.Context) error {
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
	for _, flag := range []string{"web-server", "plugin-level", "platform", "assume", "settle", "force"} {
		if given(c, flag) {
			return usageError("trace: --%s needs -c: without a configuration nothing is replayed", flag)
		}
	}
	return nil
}

// progressFrom is the size from which on a progress bar is worth while: about half a second of work.
const progressFrom = 256 << 20

// watched is what use cases read from, with a progress bar on a terminal where there is much to read. It is gone when
// all is read, or by stop.
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
	bar := progressbar.NewOptions64(size, progressbar.OptionSetWriter(terminal), progressbar.OptionShowBytes(true),
		progressbar.OptionSetDescription("reading"), progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish())
	open := in.Open
	in.Open = func(name string) (fs.File, error) {
		f, err := open(name)
		if err != nil {
			return nil, err
		}
		return watchedFile{f, bar}, nil
	}
	return in, func() { bar.Finish() }
}

// watchedFile shows how much of it has been read.
type watchedFile struct {
	fs.File
	bar *progressbar.ProgressBar
}

func (f watchedFile) Read(b []byte) (int, error) {
	n, err := f.File.Read(b)
	if !f.bar.IsFinished() {
		f.bar.Add(n)
	}
	return n, err
}
