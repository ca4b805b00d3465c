package app

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/accesslog"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/batch"
)

// URLs is a log of requests: an access log, a list of URLs, or a log of the plug-in.
type URLs struct {
	Path       string // - for standard input; packed with gzip or not
	Format     string // auto, one of LogFormats, a LogFormat of Apache, or @FILE[:NICKNAME] of httpd.conf
	JSONFields string // FACT=FIELD,... of JSON logs that name their fields otherwise
	Zone       string // how far the web server's clock is ahead of UTC, of a log in UTC: ±HH:MM; "" not known
	Where      batch.Where
	Jobs       int // how many workers ask, 0 for one on each core
}

// LogFormats are the names of the forms of logs.
func LogFormats() []string {
	return append(append([]string{"auto"}, accesslog.Names()...), accesslog.PluginLog)
}

// Check refuses what no log can be read by.
func (u *URLs) Check() error {
	switch w := u.Where; {
	case w.Scheme != "" && w.Scheme != "http" && w.Scheme != "https":
		return Wrong("scheme", " %q: want http or https", w.Scheme)
	case w.Port < 0 || w.Port > 65535:
		return Wrong("port", " %d: want 1 to 65535", w.Port)
	case strings.ContainsAny(w.Host, "/?#@ \t"):
		return Wrong("host", " %q: want HOST or HOST:PORT", w.Host)
	case u.Jobs < 0 || u.Jobs > 1024:
		return Wrong("jobs", " %d: want 1 to 1024", u.Jobs)
	}
	return nil
}

// Workers returns how many are to ask.
func (u *URLs) Workers() int {
	if u.Jobs > 0 {
		return u.Jobs
	}
	return runtime.GOMAXPROCS(0)
}

// RequestLog is an open log of requests, to be closed.
type RequestLog struct {
	io.Closer
	Source batch.Source
	Format *accesslog.Format
}

// Open opens the log and finds out its form.
func (u *URLs) Open(in Input) (*RequestLog, error) {
	r, closer := in.Stdin, io.Closer(io.NopCloser(nil))
	if u.Path != "-" {
		f, err := in.Open(u.Path)
		if err != nil {
			return nil, err
		}
		r, closer = f, f
	}
	unpacked, err := Unpack(r, closer)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", DisplayName(u.Path), err)
	}
	// The buffer must hold what firstLines peeks at.
	b := bufio.NewReaderSize(unpacked, 256<<10)
	format, err := u.form(in, b)
	if err == nil {
		err = u.zoned(format)
	}
	if err != nil {
		unpacked.Close()
		return nil, err
	}
	l := &RequestLog{Closer: unpacked, Format: format}
	if format.Name == accesslog.PluginLog {
		// Its requests are assembled in a goroutine, for the assembler pushes and a Source is pulled.
		stop := make(chan struct{})
		l.Source, l.Closer = pluginLog(b, stop), stopping{unpacked, stop}
		return l, nil
	}
	blocks := format.Blocks(b)
	l.Source = func() (batch.Part, error) {
		block, err := blocks.Next()
		// Beside an error the block may hold the last lines before it.
		if err != nil && err != io.EOF {
			err = fmt.Errorf("%s: %w", DisplayName(u.Path), err)
		}
		return batch.Part{Block: block}, err
	}
	return l, nil
}

// NoRequest is the error about a log without a request, whose lines are counted: lines that are of the form may be
// about none, as those that begin with "#".
func NoRequest(name, format string, l *batch.Lines) error {
	if l.Broken+l.TooLong < l.All {
		return fmt.Errorf("%s: no line is about a request", name)
	}
	return fmt.Errorf("%s: no line is of the form %s", name, format)
}

// mostEast is how many seconds a zone can be ahead of UTC, or nearly behind it.
const mostEast = 14 * 60 * 60

// zoned lets the form know of the zone of the web server.
func (u *URLs) zoned(f *accesslog.Format) error {
	if u.Zone == "" {
		return nil
	}
	t, err := time.Parse("-07:00", u.Zone)
	_, east := t.Zone()
	// time.Parse takes +05:60 for six hours.
	if err != nil || max(east, -east) > mostEast || strings.HasSuffix(u.Zone, ":60") {
		return Wrong("log-zone", " %s: want how far the web server's clock is ahead of UTC, such as +02:00 or -05:30",
			diag.Quote(u.Zone))
	}
	if f.Name != accesslog.W3CName {
		return Wrong("log-zone", " is for logs of the form %s, whose times are UTC; this one is %s", accesslog.W3CName,
			f.Name)
	}
	f.East = int64(east)
	return nil
}

// form is the form of the log, named or found by its first lines.
func (u *URLs) form(in Input, b *bufio.Reader) (f *accesslog.Format, err error) {
	if conf, ok := strings.CutPrefix(u.Format, "@"); ok {
		return u.formOf(in, conf)
	}
	switch u.Format {
	case accesslog.PluginLog:
		return &accesslog.Format{Name: accesslog.PluginLog}, nil
	case "json":
		f, err = accesslog.JSON(u.JSONFields)
	// Named or found, this form takes its columns from the head of the log (#Fields:).
	case accesslog.W3CName:
		f, err = accesslog.W3C(firstLines(b))
	case "", "auto":
		if f, err = accesslog.Detect(firstLines(b)); err != nil {
			return nil, fmt.Errorf("%s: %w", DisplayName(u.Path), err)
		}
		if f.Name == "json" {
			f, err = accesslog.JSON(u.JSONFields)
		}
	default:
		f, err = accesslog.Named(u.Format)
	}
	if err != nil {
		return nil, &RequestError{"log-format", fmt.Errorf("--log-format: %w", err)}
	}
	return f, nil
}

// formOf is the form that FILE[:NICKNAME] gives to the log, a configuration of the web server.
func (u *URLs) formOf(in Input, conf string) (*accesslog.Format, error) {
	nickname := ""
	// The colon of C:\conf\httpd.conf is none of a nickname: a separator stands behind it.
	if i := strings.LastIndexByte(conf, ':'); i > 0 && !strings.ContainsAny(conf[i:], `/\`) {
		conf, nickname = conf[:i], conf[i+1:]
	}
	text, err := in.Read(conf, nil)
	if err != nil {
		return nil, err
	}
	f, err := accesslog.HTTPDConf(string(text), nickname, u.Path)
	if err != nil {
		return nil, &RequestError{"log-format", fmt.Errorf("--log-format: %s: %w", conf, err)}
	}
	return f, nil
}

// firstLines are the lines by which the form of a log is found, without taking them.
func firstLines(b *bufio.Reader) []string {
	head, _ := b.Peek(128 << 10)
	text := string(head)
	if end := strings.LastIndexByte(text, '\n'); end >= 0 {
		text = text[:end] // the rest of a line that the buffer cuts would not fit its form
	}
	lines := strings.Split(strings.ReplaceAll(text, "\r\n", "\n"), "\n")
	return lines[:min(len(lines), accesslog.Sampled)]
}

// stopping ends a reader with its log.
type stopping struct {
	io.Closer
	stop chan struct{}
}

// Close first lets go of the goroutine of pluginLog, which may wait for somebody to take its records.
func (s stopping) Close() error {
	close(s.stop)
	return s.Closer.Close()
}

// errStopped ends the reading of a log that nobody asks for more.
var errStopped = errors.New("stopped")

// pluginLog gives the requests of a log of the plug-in, as far as its level shows them, until stop is closed.
func pluginLog(r io.Reader, stop <-chan struct{}) batch.Source {
	parts := make(chan batch.Part, 2)
	// Written by the goroutine before it closes parts, read only after that was seen: the channel orders the two.
	var failed error
	go func() {
		defer close(parts)
		var records []accesslog.Record
		// Where nobody takes any more, flush must not wait: the goroutine would never end.
		flush := func() {
			select {
			case parts <- batch.Part{Records: records}:
			case <-stop:
			}
			records = nil
		}
		assembler := requests.Assembler{Done: func(r *requests.Request) {
			records = append(records, recordOf(r))
			if len(records) >= 1000 {
				flush()
			}
		}}
		_, failed = pluginlog.Read(r, pluginlog.Options{Want: requests.SummaryKinds()},
			func(e *pluginlog.Event) error {
				assembler.Add(e)
				select {
				case <-stop:
					// Also a log without a single request must stop being read, so each event looks.
					return errStopped
				default:
					return nil
				}
			})
		assembler.Close()
		flush()
	}()
	return func() (batch.Part, error) {
		if p, more := <-parts; more {
			return p, nil
		}
		if failed != nil {
			return batch.Part{}, failed
		}
		return batch.Part{}, io.EOF
	}
}

// recordOf is what the plug-in's log tells of a request. Its cookies are not in it, only the clone IDs.
func recordOf(r *requests.Request) accesslog.Record {
	out := accesslog.Record{Line: int(r.First.Line), Host: r.Host, Target: r.URI, Method: r.Method, Micros: -1,
		Status: int(r.Status), Normalised: true}
	// The last attempt is the one that ended the request, and what %{WAS}e of an access log shows.
	if n := len(r.Attempts); n > 0 && r.Attempts[n-1].Host != "" && r.Attempts[n-1].Port > 0 {
		out.WAS = fmt.Sprintf("%s:%d", r.Attempts[n-1].Host, r.Attempts[n-1].Port)
	}
	if wall := r.Wall(); wall > 0 {
		out.Micros = wall.Microseconds()
	}
	return out
}
