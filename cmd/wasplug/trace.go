package main

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/schollz/progressbar/v3"
	"github.com/urfave/cli/v2"
	"golang.org/x/term"
	"golang.org/x/text/encoding/unicode"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
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
			&cli.StringFlag{Name: "format", Value: "text", Usage: "`FORMAT` of the output: text or json"},
		}, replayFlags()...),
		Action: traceAction,
	}
}

// traceRun is one run of the command.
type traceRun struct {
	files  []string
	names  []string // of the files as shown
	given  []string // the names as they were given, nil where that is the order of their times
	slow   time.Duration
	limit  int
	json   bool
	in     io.Reader
	out    io.Writer
	errOut io.Writer
	spool  string // holds what stdin gave when it is read twice
	bar    *progressbar.ProgressBar
}

func traceAction(c *cli.Context) error {
	run, err := newTraceRun(c)
	if err != nil {
		return usageError("trace: %w", err)
	}
	if err := checkReplayFlags(c); err != nil {
		return err
	}
	defer run.close()
	run.order()
	for _, name := range run.files {
		noteRead(c, name)
	}
	if os.Getenv("GOGC") == "" {
		// Each block of the log is garbage soon: collecting it often costs little, and memory stays low whatever the
		// program's default.
		defer debug.SetGCPercent(debug.SetGCPercent(100))
	}
	switch want := c.String("request"); {
	case want != "":
		return run.request(want)
	case c.IsSet("config"):
		return run.replay(c)
	}
	return run.summary()
}

func newTraceRun(c *cli.Context) (*traceRun, error) {
	run := &traceRun{
		files: c.Args().Slice(), limit: c.Int("limit"),
		in: c.App.Reader, out: c.App.Writer, errOut: c.App.ErrWriter,
	}
	format, err := chosen(c, "format")
	if err != nil {
		return nil, err
	}
	run.json = format == "json"
	seconds := c.Float64("slow")
	switch {
	case len(run.files) == 0:
		return nil, errors.New("no log given; name one or more files, or - for stdin")
	case !(seconds > 0 && seconds < 1e6):
		return nil, fmt.Errorf("--slow %v is no time; give seconds above 0", seconds)
	case run.limit < 0:
		return nil, fmt.Errorf("--limit %d is below 0", run.limit)
	}
	run.slow = time.Duration(math.Round(seconds * float64(time.Second)))
	stdins := 0
	for _, name := range run.files {
		if name == "-" {
			stdins++
		}
		run.names = append(run.names, displayName(name))
	}
	if stdins > 1 {
		return nil, errors.New("stdin can be read only once, but - is given more than once")
	}
	return run, nil
}

func (run *traceRun) close() {
	if run.spool != "" {
		os.Remove(run.spool)
	}
}

// traceResult is what the first pass over the files found.
type traceResult struct {
	requests.Summary
	stats   pluginlog.Stats
	perFile fileTimes
}

// errEnough ends a pass early.
var errEnough = errors.New("stop")

// analyse reads all files once. visit, when given, sees every finished request and may end the pass with errEnough. A
// packed file that is cut gives what could be read and the error.
func (run *traceRun) analyse(visit func(*requests.Request) error) (*traceResult, error) {
	a := new(traceResult)
	var stop error
	requests := requests.Assembler{Slow: run.slow, Done: func(r *requests.Request) {
		a.AddRequest(r)
		if visit != nil && stop == nil {
			stop = visit(r)
		}
	}}
	run.startProgress()
	defer run.stopProgress()
	for i := range run.files {
		requests.NextFile()
		a.NextFile()
		stats, err := run.readEvents(i, func(e *pluginlog.Event) error {
			a.Add(e)
			requests.Add(e)
			return stop
		})
		a.stats.Add(stats)
		a.perFile = append(a.perFile, stats)
		if err != nil {
			requests.Close()
			a.Finish()
			return a, err
		}
	}
	requests.Close()
	a.Finish()
	return a, nil
}

func (run *traceRun) readEvents(i int, add func(*pluginlog.Event) error) (pluginlog.Stats, error) {
	r, err := run.open(i)
	if err != nil {
		return pluginlog.Stats{}, err
	}
	defer r.Close()
	stats, err := pluginlog.Read(r, pluginlog.Options{Want: requests.SummaryKinds()}, add)
	if err != nil && !errors.Is(err, errEnough) {
		err = fmt.Errorf("%s: after line %d: %w", run.names[i], stats.Lines, err)
	}
	return stats, err
}

// summary prints the overview of all requests.
func (run *traceRun) summary() error {
	a, err := run.analyse(nil)
	if err == nil && a.stats.Events+a.stats.Other == 0 {
		return failure(run.noLog(a))
	}
	if a.stats.Events+a.stats.Other > 0 {
		write := run.writeText
		if run.json {
			write = run.writeJSON
		}
		if err := write(a); err != nil {
			return err
		}
	}
	if err != nil {
		return failure(err)
	}
	return nil
}

func (run *traceRun) noLog(a *traceResult) error {
	return fmt.Errorf("%s: no line of a plug-in log among %s; is this the file that the Log element of plugin-cfg.xml names?",
		strings.Join(run.names, ", "), countOf(a.stats.Lines, "line"))
}

// open opens a file for one pass, unpacked.
func (run *traceRun) open(i int) (io.ReadCloser, error) {
	var source io.ReadCloser
	name := run.files[i]
	switch {
	case name == "-" && run.spool == "":
		source = io.NopCloser(run.in)
	default:
		if name == "-" {
			name = run.spool
		}
		f, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		source = f
	}
	var r io.Reader = source
	if run.bar != nil {
		r = io.TeeReader(source, run.bar)
	}
	return unpack(r, source)
}

// unpack looks at the first bytes, not at the name, to see whether a file is packed with gzip, or in the UTF-16 that
// PowerShell writes when the output of a command goes to a file.
func unpack(r io.Reader, source io.Closer) (io.ReadCloser, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(2); string(head) == "\x1f\x8b" {
		z, err := gzip.NewReader(b)
		if err != nil {
			source.Close()
			return nil, err
		}
		b = bufio.NewReaderSize(z, 64<<10)
	}
	if head, _ := b.Peek(2); string(head) == "\xff\xfe" || string(head) == "\xfe\xff" {
		return readerAndCloser{unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Reader(b), source}, nil
	}
	return readerAndCloser{b, source}, nil
}

type readerAndCloser struct {
	io.Reader
	io.Closer
}

// keepStdin copies stdin to a file, because one request is looked for in a first pass and shown in a second.
func (run *traceRun) keepStdin() error {
	if !slices.Contains(run.files, "-") {
		return nil
	}
	f, err := os.CreateTemp("", "wasplug-trace-")
	if err != nil {
		return err
	}
	run.spool = f.Name()
	if _, err := io.Copy(f, run.in); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// progressFrom is the size from which on a progress bar is worth while: about half a second of work.
const progressFrom = 256 << 20

func (run *traceRun) startProgress() {
	out, _ := run.errOut.(diag.VisibleWriter)
	terminal, ok := out.To.(*os.File)
	if !ok || !term.IsTerminal(int(terminal.Fd())) {
		return
	}
	var size int64
	for _, name := range run.files {
		info, err := os.Stat(name)
		if err != nil || !info.Mode().IsRegular() {
			return
		}
		size += info.Size()
	}
	if size >= progressFrom {
		run.bar = progressbar.NewOptions64(size, progressbar.OptionSetWriter(terminal), progressbar.OptionShowBytes(true),
			progressbar.OptionSetDescription("reading"), progressbar.OptionThrottle(100*time.Millisecond), progressbar.OptionClearOnFinish())
	}
}

func (run *traceRun) stopProgress() {
	if run.bar != nil {
		run.bar.Finish()
		run.bar = nil
	}
}

// place writes a line's place, with the file when there are several.
func (run *traceRun) place(p requests.Place) string {
	line := strconv.FormatInt(p.Line, 10)
	if len(run.names) == 1 {
		return line
	}
	return run.names[p.File-1] + ":" + line
}
