package app

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/encoding/unicode"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Trace asks what http_plugin.log tells: members, attempts, times, and what is odd.
type Trace struct {
	Files []string // of one log; they are read in the order of their times
	Slow  float64  // seconds from which on a request is odd
}

// Logs are the files of a log as reports name them.
type Logs struct {
	Names []string // in the order in which they were read
	Given []string // as they were given, nil where that is this order
}

// TraceAnswer is what the log tells; beside an error, what was read until then.
type TraceAnswer struct {
	Logs
	requests.Summary
	Stats   pluginlog.Stats
	PerFile FileTimes
}

// Known reports whether anything that was read is of a plug-in's log.
func (a *TraceAnswer) Known() bool { return known(&a.Stats) }

func known(s *pluginlog.Stats) bool { return s.Events+s.Other > 0 }

// Run reads the log.
func (t *Trace) Run(in Input) (*TraceAnswer, error) {
	run, err := t.open(in)
	if err != nil {
		return new(TraceAnswer), err
	}
	a, err := run.analyse(nil)
	if err == nil && !a.Known() {
		err = run.noLog(&a.Stats)
	}
	return a, err
}

// traceRun reads the files of a log, once or several times.
type traceRun struct {
	input Input
	files []string
	Logs
	slow time.Duration
	in   io.Reader // what is left of standard input
}

// open checks the request, and puts the files in order.
func (t *Trace) open(in Input) (*traceRun, error) {
	run := &traceRun{input: in, files: t.Files, in: in.Stdin}
	stdins := 0
	for _, name := range run.files {
		if name == "-" {
			stdins++
		}
		run.Names = append(run.Names, DisplayName(name))
	}
	switch {
	case len(run.files) == 0:
		return nil, misuse("trace: no log given; name one or more files, or - for stdin")
	case !(t.Slow > 0 && t.Slow < 1e6):
		return nil, &RequestError{"slow", fmt.Errorf("trace: --slow %v is no time; give seconds above 0", t.Slow)}
	case stdins > 1:
		return nil, misuse("trace: stdin can be read only once, but - is given more than once")
	}
	run.slow = time.Duration(math.Round(t.Slow * float64(time.Second)))
	run.order()
	return run, nil
}

// errEnough ends a pass early.
var errEnough = errors.New("stop")

// analyse reads all files once. visit, when given, sees every finished request and may end the pass with errEnough. A
// packed file that is cut gives what could be read and the error.
func (run *traceRun) analyse(visit func(*requests.Request) error) (*TraceAnswer, error) {
	a := &TraceAnswer{Logs: run.Logs}
	var stop error
	assembler := requests.Assembler{Slow: run.slow, Done: func(r *requests.Request) {
		a.AddRequest(r)
		if visit != nil && stop == nil {
			stop = visit(r)
		}
	}}
	for i := range run.files {
		assembler.NextFile()
		a.NextFile()
		stats, err := run.readEvents(i, func(e *pluginlog.Event) error {
			a.Add(e)
			assembler.Add(e)
			return stop
		})
		a.Stats.Add(stats)
		a.PerFile = append(a.PerFile, stats)
		if err != nil {
			assembler.Close()
			a.Finish()
			return a, err
		}
	}
	assembler.Close()
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
		err = fmt.Errorf("%s: after line %d: %w", run.Names[i], stats.Lines, err)
	}
	return stats, err
}

func (run *traceRun) noLog(s *pluginlog.Stats) error {
	return fmt.Errorf("%s: no line of a plug-in log among %s; "+
		"is this the file that the Log element of plugin-cfg.xml names?",
		strings.Join(run.Names, ", "), counted(s.Lines, "line"))
}

// open opens a file for one pass, unpacked.
func (run *traceRun) open(i int) (io.ReadCloser, error) {
	if run.files[i] == "-" {
		return unpack(run.in, io.NopCloser(nil))
	}
	f, err := run.input.Open(run.files[i])
	if err != nil {
		return nil, err
	}
	return unpack(f, f)
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

// rewind makes the next pass read standard input anew, where that can be done. It does not seek: what reads ahead of
// the pass before may not have ended.
func (run *traceRun) rewind() error {
	if !slices.Contains(run.files, "-") {
		return nil
	}
	all, ok := run.input.Stdin.(io.ReaderAt)
	if !ok {
		return errors.New("stdin can be read only once, and is to be read twice")
	}
	run.in = io.NewSectionReader(all, 0, math.MaxInt64)
	return nil
}

func counted(n int64, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprint(n, " ", what, "s")
}
