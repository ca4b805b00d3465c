package evidence

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/errorlog"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
)

// ServerLog is what the error log of the web server tells of the time that is asked about.
type ServerLog struct {
	Name        string
	Lines       int64 // of that time
	Others      int64 // lines of another form
	First, Last pluginlog.Time
	Events      []ServerEvent   // in the order of their first lines
	Reports     []ThreadsReport // of mod_mpmstats, ascending; of several that were close together the busiest
	Reported    int64           // how many there were
	Further     int64           // lines of further kinds and codes than Events has
}

// ServerEvent is lines of one kind, of one code, and of one error of the operating system.
type ServerEvent struct {
	Kind              errorlog.Kind
	Code, Text        string // of the first line
	OSError           int32  // errno, 0 for none
	Count             int64
	FirstAt, LastAt   pluginlog.Time
	FirstRow, LastRow int64 // lines, from 1
}

// ThreadsReport is what the threads of the web server do at a moment.
type ThreadsReport struct {
	At  pluginlog.Time
	Row int64 // line, from 1
	errorlog.Counts
	Plugin errorlog.Module // the requests in the plug-in; no name where that was not told
}

const (
	mostReports      = 1440 // a day in minutes
	mostServerEvents = 50
	mostServerText   = 200
)

// readServerLog reads what is chosen of an error log; nil without one.
func readServerLog(in app.Input, path string, chosen *Chosen) (*ServerLog, error) {
	if path == "" {
		return nil, nil
	}
	s := &ServerLog{Name: app.DisplayName(path)}
	others, err := app.ReadErrorLog(in, path, func(number int, l *errorlog.Line) {
		if chosen.holds(l.Time) {
			s.add(int64(number), l)
		}
	})
	s.Others = others
	return s, err
}

// holds reports whether a time is chosen.
func (c *Chosen) holds(at pluginlog.Time) bool {
	return at >= c.Since && (c.Until == 0 || at <= c.Until)
}

func (s *ServerLog) add(row int64, l *errorlog.Line) {
	s.Lines++
	// Lines of an error log need not ascend: each process writes its own.
	if s.First == 0 || l.Time < s.First {
		s.First = l.Time
	}
	s.Last = max(s.Last, l.Time)
	switch l.Kind {
	case errorlog.Other:
	case errorlog.Threads:
		s.Reported++
		s.report(ThreadsReport{At: l.Time, Row: row, Counts: l.Threads})
	case errorlog.Busy:
		s.busy(l)
	default:
		s.event(row, l)
	}
}

// report keeps a report; where there are too many, of two neighbours the busier one is.
func (s *ServerLog) report(r ThreadsReport) {
	// The memory stays bounded for a log of months, and the busy moments stay: they are what is looked for.
	if len(s.Reports) == mostReports {
		for i := range mostReports / 2 {
			a, b := &s.Reports[2*i], &s.Reports[2*i+1]
			if b.Busy > a.Busy {
				a = b
			}
			s.Reports[i] = *a
		}
		s.Reports = s.Reports[:mostReports/2]
	}
	s.Reports = append(s.Reports, r)
}

// busy adds to a report what the line behind it says: both are written at once.
func (s *ServerLog) busy(l *errorlog.Line) {
	// mod_mpmstats writes how many threads are busy, and on the next line in which modules.
	m, ok := l.Plugin()
	if n := len(s.Reports); ok && n > 0 && l.Time.Sub(s.Reports[n-1].At) <= sameReport {
		m.Name = strings.Clone(m.Name)
		s.Reports[n-1].Plugin = m
	}
}

// sameReport is how far apart the lines of one report are at most.
const sameReport = 2e9

func (s *ServerLog) event(row int64, l *errorlog.Line) {
	// The text is not compared: it has numbers and names that differ from line to line.
	i := slices.IndexFunc(s.Events, func(e ServerEvent) bool {
		return e.Kind == l.Kind && e.Code == l.Code && e.OSError == l.OSError
	})
	if i < 0 {
		if len(s.Events) >= mostServerEvents {
			s.Further++
			return
		}
		s.Events = append(s.Events, ServerEvent{Kind: l.Kind, Code: strings.Clone(l.Code), OSError: l.OSError,
			Text: strings.Clone(diag.Clip(l.Text, mostServerText)), FirstAt: l.Time, FirstRow: row})
		i = len(s.Events) - 1
	}
	e := &s.Events[i]
	e.Count++
	e.LastAt, e.LastRow = l.Time, row
}

// Busiest returns the report with the most threads busy, nil where there is none.
func (s *ServerLog) Busiest() *ThreadsReport { return busiest(s.Reports) }

// During returns the busiest report of the time of an incident, nil where there is none.
func (s *ServerLog) During(i *story.Incident) *ThreadsReport {
	if s == nil || i.First == 0 || i.Kind.Notice() {
		return nil
	}
	var of []ThreadsReport
	for _, r := range s.Reports {
		if r.At >= i.First && r.At <= i.End() {
			of = append(of, r)
		}
	}
	return busiest(of)
}

func busiest(of []ThreadsReport) *ThreadsReport {
	if len(of) == 0 {
		return nil
	}
	r := slices.MaxFunc(of, func(a, b ThreadsReport) int { return int(a.Busy - b.Busy) })
	return &r
}
