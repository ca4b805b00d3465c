package story

import (
	"cmp"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Options of a [Story]. The zero value takes what holds without a configuration.
type Options struct {
	RetryInterval  time.Duration            // 0 means 60 s (R52)
	ConnectTimeout time.Duration            // what a connect waits where no line shows it; 0 where that is not known
	Connects       map[string]time.Duration // the same by member, where it is known
	Series         bool                     // a Series is wanted, too
}

// leastWindow is how long an incident may be silent at least.
const leastWindow = 300 * time.Second

// connect returns what a connect to a member waits, 0 where that is not known.
func (o *Options) connect(member string) time.Duration {
	return cmp.Or(o.Connects[member], o.ConnectTimeout)
}

// usualRetry is RetryInterval where nothing else is known.
const usualRetry = time.Minute

// Window is how long an incident may be silent: an event that comes later begins another one.
func (o Options) Window() time.Duration {
	return max(3*cmp.Or(o.RetryInterval, usualRetry), leastWindow)
}

// Story finds the incidents of a log. Give its Line and its Done to the Assembler that gets all of
// [requests.SummaryKinds], then ask for the Incidents. The Notes of requests are its own.
type Story struct {
	opt     Options
	window  time.Duration
	file    int             // from 1, or 0 where NextFile was never called
	now     pluginlog.Time  // the latest time of a line
	level   pluginlog.Level // the most talkative one of a line
	running bool            // a line was seen that no start of a web server writes
	taken   pluginlog.Time  // when a file was taken last, by a reload or a start

	open    map[key]*Incident // those to which an event may still be added
	over    []*Incident       // the others, in the order of their closing
	dropped int64             // of over, the mildest

	marks   requests.Places[*mark]
	runs    requests.Places[*run]            // of marks, for Flapping
	served  requests.Places[*pluginlog.Time] // by member: when it answered last
	windows map[pluginlog.Time]*window
	streams bool // the log shows which streams are reused
	series  *recorder
	count   int // of incidents
}

// key is what the events of one incident share.
type key struct {
	kind    Kind
	subject string // the member, or else the host
	detail  string
	osError int32
}

// New returns a Story without incidents.
func New(opt Options) *Story {
	s := &Story{opt: opt, window: opt.Window(), open: map[key]*Incident{},
		windows: map[pluginlog.Time]*window{}}
	if opt.Series {
		s.series = newRecorder()
	}
	return s
}

// NextFile says that the lines that follow come from the next file.
func (s *Story) NextFile() { s.file++ }

// File returns the number of the file that lines come from.
func (s *Story) File() int { return max(s.file, 1) }

// Line takes a line and the request that it belongs to, nil where it belongs to none, as an Assembler gives them.
func (s *Story) Line(r *requests.Request, e *pluginlog.Event) {
	s.now, s.level = max(s.now, e.Time), max(s.level, e.Level)
	s.series.line(e)
	switch e.Kind {
	case pluginlog.StatusChecked:
		s.checked(r, e)
	case pluginlog.Counted:
		s.counted(r, e)
	case pluginlog.StatusLine:
		s.statusLine(r, e)
	case pluginlog.StreamReused, pluginlog.StreamCreated:
		s.streams = true
	case pluginlog.BuildVersion:
		s.taken = max(s.taken, e.Time)
		// The start with which a log begins is no news.
		if s.running {
			s.alone(key{kind: Restart}, e)
		}
		return
	case pluginlog.WebServer:
		return
	case pluginlog.ConfigReloaded:
		s.taken = max(s.taken, e.Time)
		s.alone(key{kind: Reload}, e)
	case pluginlog.ErrorLine, pluginlog.WarnLine:
		s.errorLine(r, e)
	default:
		if r != nil && requests.Fails(e.Kind) {
			s.failing(r, e)
		}
	}
	s.running = true
}

// alone takes a line that is an event by itself.
func (s *Story) alone(k key, e *pluginlog.Event) *Incident {
	i := s.incident(k, e.Time)
	i.Events[e.Kind]++
	at := s.at(e)
	i.touch(e.PID, e.Time, e.Time, Lines{at.File, at.Line, at.Line})
	return i
}

// errorLine takes a line of which the catalogue knows that it is an incident of no request. One about TLS behind a
// handshake that failed says the same once more.
func (s *Story) errorLine(r *requests.Request, e *pluginlog.Event) {
	entry, _ := catalogue.OfLine(e.Text)
	switch {
	case entry.Kind == TLS.String() && shakesHands(r):
	case entry.Kind == catalogue.ReloadFailed:
		s.alone(key{kind: ReloadFailed}, e).addText(e.Text)
	case entry.Kind == TLS.String() && e.Kind == pluginlog.ErrorLine:
		i := s.alone(key{kind: TLS}, e)
		i.addText(e.Text)
		if name, code := catalogue.GSKCode(e.Text); code != 0 && i.GSK.Code == 0 {
			i.GSK = pluginlog.GSK{Name: keep(name), Code: code}
		}
	}
}

// shakesHands reports whether the attempt at hand of a request has failed in its handshake.
func shakesHands(r *requests.Request) bool {
	if r == nil {
		return false
	}
	t, ok := r.Note.(*tale)
	return ok && slices.Contains(t.lines, pluginlog.HandshakeFailed)
}

// incident returns the incident of a key that goes on at a time, a new one where there is none.
func (s *Story) incident(k key, at pluginlog.Time) *Incident {
	i := s.open[k]
	if i != nil && at.Sub(i.Last) <= s.window {
		return i
	}
	if i != nil {
		s.close(k, i)
	} else if len(s.open) >= maxOpen {
		s.makeRoom(at)
	}
	s.count++
	i = &Incident{number: s.count, Kind: k.kind, First: at, Last: at, OSError: k.osError,
		Events: map[pluginlog.Kind]int64{}, process: map[uint64]int{}}
	s.open[k] = i
	return i
}

// close takes an incident off the list of those that go on. Of those that are over the milder half is dropped at once
// when twice as many are there as are kept, so that sorting costs little.
func (s *Story) close(k key, i *Incident) {
	delete(s.open, k)
	s.over = append(s.over, i)
	if len(s.over) >= 2*maxKept {
		slices.SortStableFunc(s.over, worse)
		s.dropped += int64(len(s.over) - maxKept)
		clear(s.over[maxKept:])
		s.over = s.over[:maxKept]
	}
}

// makeRoom closes what cannot go on, or else the half that was silent for longest.
func (s *Story) makeRoom(now pluginlog.Time) {
	for k, i := range s.open {
		if now.Sub(i.Last) > s.window {
			s.close(k, i)
		}
	}
	if len(s.open) < maxOpen {
		return
	}
	keys := make([]key, 0, len(s.open))
	for k := range s.open {
		keys = append(keys, k)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(s.open[a].Last, s.open[b].Last), cmp.Compare(a.subject, b.subject))
	})
	for _, k := range keys[:len(keys)/2] {
		s.close(k, s.open[k])
	}
}

// worse orders incidents for when not all can be kept.
func worse(a, b *Incident) int {
	return cmp.Or(cmp.Compare(b.Clients.Errors, a.Clients.Errors), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(b.Marks, a.Marks), cmp.Compare(a.First, b.First))
}

// Incidents returns the incidents so far, folded, in the order of their ends, and how many milder ones were dropped.
// now is how far the log goes, 0 for its last line: in a log that is being written it moves on while nothing is
// written. They are copies: the Story may go on.
func (s *Story) Incidents(now pluginlog.Time) (all []*Incident, dropped int64) {
	now = max(now, s.now)
	for _, i := range s.over {
		all = append(all, s.finished(i, now))
	}
	for _, i := range s.open {
		all = append(all, s.finished(i, now))
	}
	all = append(all, s.slow()...)
	slices.SortFunc(all, inTime)
	return fold(all), s.dropped
}

// Forget lets go of what is long over at a time, or was before all times of the log, for who follows a log that has no
// end and has told of it. Windows that requests are compared with stay for a day.
func (s *Story) Forget(now pluginlog.Time) {
	clear(s.over)
	s.over, s.dropped = s.over[:0], 0
	for k, i := range s.open {
		untimed := i.End() == 0 && now != 0
		if untimed || now.Sub(i.End()) > s.window && !s.isOpen(i, now) {
			delete(s.open, k)
		}
	}
	s.marks.Each(func(member string, pid uint64, m *mark) {
		if now.Sub(m.at) > s.window {
			s.marks.Delete(member, pid)
		}
	})
	s.runs.Each(func(member string, pid uint64, r *run) {
		if now.Sub(r.last) > s.window {
			s.runs.Delete(member, pid)
		}
	})
	for start := range s.windows {
		if now.Sub(start) > 24*time.Hour {
			delete(s.windows, start)
		}
	}
}

// Marked counts by member the processes that hold a mark at a time, by all that is known: where no line says that it
// is lifted, until a retry is due (R52).
func (s *Story) Marked(now pluginlog.Time) map[string]int {
	all := map[string]int{}
	s.marks.Each(func(member string, _ uint64, m *mark) {
		if now.Sub(m.at) < cmp.Or(s.opt.RetryInterval, usualRetry) {
			all[member]++
		}
	})
	return all
}

func inTime(a, b *Incident) int {
	return cmp.Or(cmp.Compare(a.End(), b.End()), cmp.Compare(a.First, b.First), cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(a.Member, b.Member), cmp.Compare(a.Host, b.Host), cmp.Compare(a.OSError, b.OSError),
		cmp.Compare(a.GSK.Code, b.GSK.Code), cmp.Compare(a.GSK.Name, b.GSK.Name))
}

// finished returns a copy that says how the incident stands at a time.
func (s *Story) finished(i *Incident, now pluginlog.Time) *Incident {
	c := *i
	c.Processes, c.Lines = slices.Clone(i.Processes), slices.Clone(i.Lines)
	c.Members, c.Texts = slices.Clone(i.Members), slices.Clone(i.Texts)
	c.Events = make(map[pluginlog.Kind]int64, len(i.Events))
	for k, n := range i.Events {
		c.Events[k] = n
	}
	c.Level = s.level
	for _, member := range append(slices.Clone(c.Members), c.Member) {
		if at, known := s.served.Get(member, 0); known && *at > c.Last {
			c.Served = max(c.Served, *at)
		}
	}
	c.Open = s.isOpen(&c, now)
	return &c
}

// isOpen reports whether an incident goes on at a time, by all that is known. What is neither an outage nor a
// configuration that was refused is never open: it is over with its last line.
func (s *Story) isOpen(i *Incident, now pluginlog.Time) bool {
	marked, back, _, _ := i.Back()
	switch {
	// What was refused stays refused until a file is taken, however long no line says anything.
	case i.Kind == ReloadFailed:
		return s.taken <= i.Last
	case i.Kind >= StaleStreams || i.Last == 0 || now.Sub(i.Last) > s.window:
		return false
	// A process that holds its mark does not use the member, whoever else is served by it.
	case marked > 0:
		return back < marked
	}
	return i.Served == 0
}
