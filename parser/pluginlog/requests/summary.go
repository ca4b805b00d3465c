package requests

import (
	"cmp"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
)

// Limits of a [Summary]; what goes beyond is counted and not kept.
const (
	maxErrors   = 100
	maxMessage  = 400     // bytes of an error
	maxCounters = 1 << 14 // rows: members times processes
	maxUses     = 1 << 12 // members
	maxOdd      = 1000    // requests with all that is known of them
	maxDetails  = 50      // texts of reasons
)

// unread are the kinds that a [Summary] does not need: the comparisons, of which a trace holds most, and others that
// say nothing about how a request went.
var unread = []pluginlog.Kind{
	pluginlog.AliasCompared, pluginlog.URICompared, pluginlog.URINotMatched, pluginlog.CookieSought,
	pluginlog.AffinitySource, pluginlog.CloneSought, pluginlog.FirstPrimary, pluginlog.NextPrimary,
	pluginlog.StillMarkedDown, pluginlog.ConnectTimeoutSet, pluginlog.Executing, pluginlog.ESI,
}

// SummaryKinds are the kinds that a [Summary] needs.
func SummaryKinds() pluginlog.Kinds { return pluginlog.AllKinds(unread...) }

// Summary adds a log up. Feed every event to Add and every finished request to AddRequest.
type Summary struct {
	Build     string // of the last start that the log shows
	Builds    int    // how many starts
	WebServer string
	Reloads   int
	Files     int

	Requests, Odd, Declined int64
	Episodes, OddEpisodes   int64             // of Requests and of Odd, see [Request.Episode]
	Reasons                 [numReasons]int64 // requests with the reason, by its bit
	// what some reasons say of single members, in the order of the first request
	Details     []*Detail
	OddRequests []*Request // the oddest, in order of their numbers once Finish was called
	Dropped     int64      // odd requests that are not among them

	Members       []*MemberUse  // in the order of the first request
	Counters      []*CounterRow // in the order of the first line
	Errors        []*ErrorCount // in the order of the first line
	OtherErrors   int64         // lines of further errors
	OtherCounters int64         // lines of further members and processes

	members  Places[*MemberUse]
	counters Places[*CounterRow]
	errors   map[string]*ErrorCount
	scratch  []byte // the text of the error at hand, as a key: most are known, and cost no allocation
	file     int    // from 1, or 0 where NextFile was never called
}

// MemberUse tells what the requests of the log say about one member.
type MemberUse struct {
	Member                            string
	Attempts, Answered, Failed, Marks int64
	Affinity                          int64 // attempts at it because a session named it
}

// CounterRow is the last line of counters of one member in one process.
type CounterRow struct {
	Member string
	PID    uint64
	pluginlog.Counters
	Time  pluginlog.Time
	Place Place
}

// Detail counts the requests of which a reason says the same.
type Detail struct {
	Reason   Reason
	Text     string // by [Request.Why]
	Requests int64
}

// ErrorCount is one text of ERROR lines. Long numbers in it, which differ from line to line, are written as #.
type ErrorCount struct {
	Text            string
	Count           int64
	First, Last     Place
	FirstAt, LastAt pluginlog.Time // 0 where the lines show none
}

// Entry returns what the catalogue says of the text; false when it is not there.
func (e *ErrorCount) Entry() (catalogue.Entry, bool) { return catalogue.OfLine(e.Text) }

// NextFile says that the events that follow come from the next file.
func (s *Summary) NextFile() { s.file++; s.Files++ }

// Add takes the next event.
func (s *Summary) Add(e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.BuildVersion:
		s.Build = keep(e.Text)
		s.Builds++
	case pluginlog.WebServer:
		s.WebServer = keep(e.Text)
	case pluginlog.ConfigReloaded:
		s.Reloads++
	case pluginlog.Counted:
		s.count(e)
	}
	if e.Level == pluginlog.LevelError || e.Level == pluginlog.LevelNone && e.Kind.Level() == pluginlog.LevelError {
		s.countError(e)
	}
}

// count keeps the last counters of a member in a process: they are totals since the process started.
func (s *Summary) count(e *pluginlog.Event) {
	row, known := s.counters.Get(e.Member, e.PID)
	if !known {
		if len(s.Counters) >= maxCounters {
			s.OtherCounters++
			return
		}
		row = &CounterRow{Member: keep(e.Member), PID: e.PID}
		s.counters.Set(row.Member, e.PID, row)
		s.Counters = append(s.Counters, row)
	}
	row.Counters, row.Time, row.Place = e.Counters, e.Time, Place{max(s.file, 1), e.Line}
}

// countError counts an error by its text: without time and thread, and with # for long numbers, which differ each
// time.
func (s *Summary) countError(e *pluginlog.Event) {
	s.scratch = e.AppendMessage(s.scratch[:0])
	s.scratch = blur(s.scratch[:min(len(s.scratch), maxMessage)])
	at := Place{max(s.file, 1), e.Line}
	known := s.errors[string(s.scratch)]
	if known == nil {
		if len(s.Errors) >= maxErrors {
			s.OtherErrors++
			return
		}
		if s.errors == nil {
			s.errors = map[string]*ErrorCount{}
		}
		known = &ErrorCount{Text: string(s.scratch), First: at, FirstAt: e.Time}
		s.errors[known.Text] = known
		s.Errors = append(s.Errors, known)
	}
	known.Count++
	known.Last, known.LastAt = at, e.Time
}

// blur writes # for runs of six digits and more, in place.
func blur(text []byte) []byte {
	out := text[:0]
	for i := 0; i < len(text); {
		j := i
		for j < len(text) && text[j] >= '0' && text[j] <= '9' {
			j++
		}
		switch {
		case j-i >= 6:
			out = append(out, '#')
		case j > i:
			out = append(out, text[i:j]...)
		default:
			out = append(out, text[i])
			j = i + 1
		}
		i = j
	}
	return out
}

// AddRequest takes a finished request; it keeps a copy of an odd one.
func (s *Summary) AddRequest(r *Request) {
	s.Requests++
	if r.Declined {
		s.Declined++
	}
	if r.Episode() {
		s.Episodes++
	}
	for i := range r.Attempts {
		s.use(&r.Attempts[i])
	}
	if r.Reasons == 0 {
		return
	}
	s.Odd++
	if r.Episode() {
		s.OddEpisodes++
	}
	for i := range numReasons {
		if one := Reason(1) << i; r.Reasons&one != 0 {
			s.Reasons[i]++
			s.detail(r, one)
		}
	}
	s.keepOdd(r)
}

// detail counts what a reason says beyond its usual words.
func (s *Summary) detail(r *Request, reason Reason) {
	text := r.Why(reason)
	if text == reason.Words() {
		return
	}
	for _, d := range s.Details {
		if d.Reason == reason && d.Text == text {
			d.Requests++
			return
		}
	}
	if len(s.Details) < maxDetails {
		s.Details = append(s.Details, &Detail{reason, text, 1})
	}
}

// use counts an attempt for its member.
func (s *Summary) use(at *Attempt) {
	if at.Member == "" {
		return
	}
	u, known := s.members.Get(at.Member, 0)
	if !known {
		if len(s.Members) >= maxUses {
			return
		}
		u = &MemberUse{Member: at.Member}
		s.members.Set(at.Member, 0, u)
		s.Members = append(s.Members, u)
	}
	u.Attempts++
	switch {
	case at.Outcome == Answered:
		u.Answered++
	case at.Outcome != Pending:
		u.Failed++
	}
	if at.Marked {
		u.Marks++
	}
	if at.Affinity {
		u.Affinity++
	}
}

// serious reasons come before the others when not all odd requests can be kept or shown.
const serious = markedDownInside | handshakeBroken | connectTimeoutFired | ioTimeoutFired | connectRefused | allDown |
	gaveUp | noResponse | serverError | serverWrite

// Odder orders requests: the ones with failures first, then the slower, then the earlier.
func Odder(a, b *Request) int {
	sa, sb := a.Reasons&serious != 0, b.Reasons&serious != 0
	if sa != sb {
		if sa {
			return -1
		}
		return 1
	}
	return cmp.Or(cmp.Compare(b.atLeast(), a.atLeast()), cmp.Compare(a.Number, b.Number))
}

// keepOdd keeps a copy; when twice as many are kept as wanted, the odder half stays.
func (s *Summary) keepOdd(r *Request) {
	s.OddRequests = append(s.OddRequests, r.Clone())
	if len(s.OddRequests) >= 2*maxOdd {
		s.trim()
	}
}

func (s *Summary) trim() {
	if len(s.OddRequests) <= maxOdd {
		return
	}
	slices.SortFunc(s.OddRequests, Odder)
	s.Dropped += int64(len(s.OddRequests) - maxOdd)
	clear(s.OddRequests[maxOdd:])
	s.OddRequests = s.OddRequests[:maxOdd]
}

// Finish sorts what is kept. Members and counters are sorted by name, then by process.
func (s *Summary) Finish() {
	s.trim()
	slices.SortFunc(s.OddRequests, func(a, b *Request) int { return cmp.Compare(a.Number, b.Number) })
	slices.SortFunc(s.Members, func(a, b *MemberUse) int { return strings.Compare(a.Member, b.Member) })
	slices.SortFunc(s.Counters, func(a, b *CounterRow) int {
		return cmp.Or(strings.Compare(a.Member, b.Member), cmp.Compare(a.PID, b.PID))
	})
}

// Clone returns a copy that stays when the Assembler uses r again.
func (r *Request) Clone() *Request {
	c := *r
	c.Note = nil
	c.Clones, c.Attempts, c.Events = slices.Clone(r.Clones), slices.Clone(r.Attempts), slices.Clone(r.Events)
	return &c
}
