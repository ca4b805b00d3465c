package evidence

import (
	"errors"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// TraceRequest shows one request of a log. A first pass finds it and a second one collects its lines, so that standard
// input must be an io.ReaderAt.
type TraceRequest struct {
	Trace
	Want string // its number, or a path, of which * at the end stands for the rest
}

// RequestAnswer is the request.
type RequestAnswer struct {
	Logs
	Request  *requests.Request // nil: there is none
	Others   []int64           // further requests that fit, as many as are worth naming
	More     int64             // and how many there are besides
	Noisiest pluginlog.Level   // of the lines read
	Lines    []LogLine
}

// LogLine is one line of the request.
type LogLine struct {
	Place requests.Place
	Text  string
	Event pluginlog.Event
	Known bool // the line is understood
}

// Run finds the request.
func (t *TraceRequest) Run(in app.Input) (*RequestAnswer, error) {
	run, err := t.open(in)
	if err != nil {
		return new(RequestAnswer), err
	}
	a, err := run.find(t.Want)
	if err == nil && a.Request != nil {
		// A pass cannot keep the lines of every request in case it is the one.
		if err = run.rewind(); err == nil {
			a.Lines, err = run.linesOf(a.Request)
		}
	}
	return a, err
}

// maxOthers is how many further requests are named.
const maxOthers = 10

// find looks for the request of a number, or for the oddest of a path.
func (run *traceRun) find(want string) (*RequestAnswer, error) {
	number, err := strconv.ParseInt(want, 10, 64)
	byNumber := err == nil
	found := &RequestAnswer{Logs: run.Logs}
	a, err := run.analyse(nil, func(r *requests.Request) error {
		switch {
		case byNumber && r.Number == number:
			// The assembler takes the request back when visit returns.
			found.Request = r.Clone()
			return errEnough
		case !byNumber && fitsPath(want, r.URI):
			found.offer(r)
		}
		return nil
	})
	found.Noisiest = a.Stats.Noisiest
	if errors.Is(err, errEnough) {
		err = nil
	}
	return found, err
}

// fitsPath compares a request's URI, without its query, with a path; a * at the end stands for the rest.
func fitsPath(want, uri string) bool {
	path, _, _ := strings.Cut(uri, "?")
	if prefix, ok := strings.CutSuffix(want, "*"); ok {
		return uri != "" && strings.HasPrefix(path, prefix)
	}
	return want == path || want == uri
}

// offer keeps the oddest request, or else the first, and the numbers of some others.
func (f *RequestAnswer) offer(r *requests.Request) {
	other := r.Number
	switch {
	case f.Request == nil:
		f.Request = r.Clone()
		return
	case r.Reasons != 0 && (f.Request.Reasons == 0 || requests.Odder(r, f.Request) < 0):
		other = f.Request.Number
		f.Request = r.Clone()
	}
	if len(f.Others) < maxOthers {
		f.Others = append(f.Others, other)
	} else {
		f.More++
	}
}

// maxLines is how many lines of one request are collected.
const maxLines = 20000

// linesOf collects the lines that the request's thread wrote between its first and its last.
func (run *traceRun) linesOf(r *requests.Request) ([]LogLine, error) {
	var lines []LogLine
	for file := r.First.File; file <= r.Last.File; file++ {
		err := run.readLines(file-1, func(l *pluginlog.Line) error {
			switch {
			case file == r.Last.File && l.Number > r.Last.Line || len(lines) >= maxLines:
				return errEnough
			// Lines of other threads stand between: a request is what its own thread wrote.
			case file == r.First.File && l.Number < r.First.Line:
			case l.PID == r.PID && l.TID == r.TID:
				e, known := l.Parse()
				lines = append(lines, LogLine{requests.Place{File: file, Line: l.Number}, strings.Clone(l.Raw), e,
					known})
			}
			return nil
		})
		if err != nil && !errors.Is(err, errEnough) {
			return nil, err
		}
	}
	return lines, nil
}

func (run *traceRun) readLines(i int, yield func(*pluginlog.Line) error) error {
	r, err := run.open(i)
	if err != nil {
		return err
	}
	defer r.Close()
	return pluginlog.ReadLines(r, yield)
}
