package facts

import (
	"slices"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck/affinity"
)

// Limits of what is kept, so that no log fills the memory. What goes beyond is not looked at.
const (
	mostMembers   = 1 << 12
	mostProcesses = 1 << 12
	mostPairs     = 1 << 14 // of a member and a process
	mostPaths     = 1 << 12
	mostMoves     = 1 << 12
	mostCookies   = 64
	mostHosts     = 8 // addresses of one member
	mostCodes     = 3 // of GSKit
)

// Log is what a plug-in's log tells about all causes. Make it by [NewLog], feed every event to Add, and end it by
// Close.
type Log struct {
	file   *File // who is asked where a request goes, nil for nobody
	names  []string
	place  int // of the file that is read, from 1
	asm    requests.Assembler
	clones lookups
	story  *story.Story
	spare  *note
	Stats  pluginlog.Stats

	Build     string         // the plug-in's version
	FirstTime pluginlog.Time // of the events, 0 without one
	LastTime  pluginlog.Time
	Incidents []*story.Incident

	// Requests: all, those with a duration, slow ones, declined ones, those with a session, those with more than one
	// attempt, and those whose status the log shows.
	Requests, Timed, Slow, Declined, WithSession, Retried, Statuses int64

	// By name, by the number of a process, by both; a member may have the name of one of another cluster, which the log
	// does not tell apart.
	Members   map[string]*Member
	Order     []*Member // in the order of the first line
	Processes map[uint64]*process
	Procs     map[ProcKey]*proc
	Moves     map[move]int64
	sought    map[string]bool // names of cookies that were looked for
	Paths     map[string]*pathUse
	Hosts     map[string]*hostUse

	// Nobody was left, or nobody with a free place; the plug-in gave up.
	AllDown, NoServer, GaveUp, Full Sightings
	// Clone IDs of no member of the cluster: of nobody, of another cluster, in other letter case, joined by a plus.
	UnknownClone, OtherCluster, CaseTwin, Joined Sightings
	// Sessions that the plug-in did not read, or could not.
	Partition, URLSession, SSLSession, StrayCookie Sightings
	// Sessions that began, and those that were served by another member than their own: all, and why.
	NewCookie, Moved, MovedByDown, MovedByFull Sightings
	// Waits: connects of 20 s and more, those that ConnectTimeout ended, answers that did not come, the same member
	// asked again after ServerIOTimeout, ServerIOTimeout twice in one request.
	LongConnect, ConnectTimeouts, Hung, SameAgain, AskedTwice Sightings
	// Requests with a body: given up after a timeout, or because the connection broke, sent again, broken after it was
	// sent, too long, given up on an idle connection.
	PostLost, PostBroken, PostRepeated, PostReset, PostTooLong, Stale Sightings
	// Errors: handshakes, clients that left, files that were not loaded, 503 and 500 of members, 500 before the end.
	TLS, ClientLeft, NotLoaded, Own503, AppErrors, Dying Sightings
	GSKCodes                                             []int32 // of the handshakes, the first few different ones
	// Where the time went: the member, the client's body, round trips before the request, the web server.
	SlowAnswer, SlowBody, SlowRound, LittleServer Sightings
	// Connections: how many requests used one, and those that opened one.
	Streams      int64
	FreshStreams Sightings
	// The cache answered; members answered 404, and who else could have been asked.
	ESI, NotFound, NotFoundElsewhere, NotFoundCatchAll Sightings
	// Held against the file: members that it lacks, requests that it does not take, or takes in lower case or for
	// another host, and clusters that it does not name.
	Strangers, NoRoute, OtherCase, OtherHost, Undetermined Sightings
	// A process that started later reaches a member at another address; retries in negative seconds (PK67423).
	OldAddress, NegativeRetry Sightings
}

// hostUse is what became of the requests for one Host. 404 for all of one Host, and for no other, is a virtual host on
// the server that lacks it (WA7).
type hostUse struct{ Requests, NotFound int64 }

// pathUse is what became of the requests for one path. That ServerIOTimeout fires at one path and no other is a slow
// page, and no hung member (IE3).
type pathUse struct{ IOTimeouts int64 }

// move is a session's request that went to another member than its own.
type move struct{ From, to string }

// note is what is remembered of a request while its lines come. Its lines come one by one, and what they mean together
// is known at its end (done). Notes are used again: a log has millions of requests, of which few are open at a time.
type note struct {
	pattern string // of the Uri that won
	named   string // the member that a clone ID names
	full    string // a member that was full
	down    string // one that was marked down, and no retry was due
	lost    bool   // no member has the clone IDs
	sets    bool   // the answer sets the cookie of a session
	// an SSL session ID was among what affinity looked at (R20)
	ssl      bool
	posted   int64 // length of the body
	bodies   int   // how often a body was sent
	cacheHit bool
	checked  bool // affinity was looked at
	story    any  // its own
}

// NewLog makes a log of the files of those names. file is asked where requests go, and for the intervals that a low
// LogLevel hides; nil for none.
func NewLog(names []string, file *File) *Log {
	l := &Log{file: file, clones: lookups{file: file}, names: names,
		Members: map[string]*Member{}, Processes: map[uint64]*process{}, Procs: map[ProcKey]*proc{},
		Moves: map[move]int64{}, sought: map[string]bool{}, Paths: map[string]*pathUse{}, Hosts: map[string]*hostUse{}}
	var opt story.Options
	l.asm = requests.Assembler{Done: l.done, Line: l.line}
	if file != nil {
		opt, l.asm.Timeout = Intervals(file.Table, &file.Sem)
	}
	l.story = story.New(opt)
	return l
}

// LogKinds are the kinds of events that a Log needs: which cookies were looked for, beside those of a summary.
func LogKinds() pluginlog.Kinds {
	all, more := requests.SummaryKinds(), pluginlog.KindsOf(pluginlog.CookieSought, pluginlog.AffinitySource)
	return pluginlog.Kinds{all[0] | more[0], all[1] | more[1]}
}

// NextFile says that the events that follow come from the next file.
func (l *Log) NextFile() {
	l.place++
	l.asm.NextFile()
	l.story.NextFile()
}

// Add takes the next event.
func (l *Log) Add(e *pluginlog.Event) {
	if e.Time != 0 && (l.FirstTime == 0 || e.Time < l.FirstTime) {
		l.FirstTime = e.Time
	}
	l.LastTime = max(l.LastTime, e.Time)
	l.asm.Add(e)
}

// Close ends the log; stats are those of all files.
func (l *Log) Close(stats pluginlog.Stats) {
	l.Stats = stats
	l.asm.Close()
	l.settle()
	l.Incidents, _ = l.story.Incidents(0)
}

// Shows reports whether lines of a level are in the log. Excerpts in books name no level: they are of traces. A
// log without any line would be taken for one, too, and is refused before (internal/app/evidence).
func (l *Log) Shows(level pluginlog.Level) bool {
	return l != nil && (l.Stats.Noisiest >= level || l.Stats.Noisiest == pluginlog.LevelNone)
}

// See counts a place of the log. text is asked for only while the line is kept.
func (l *Log) See(s *Sightings, at requests.Place, text func() string) {
	name := ""
	if at.File >= 1 && at.File <= len(l.names) {
		name = l.names[at.File-1]
	}
	s.add(name, at.Line, text)
}

// seeLine counts a line of the log by itself.
func (l *Log) seeLine(s *Sightings, e *pluginlog.Event) {
	l.See(s, requests.Place{File: max(l.place, 1), Line: e.Line},
		func() string { return string(e.AppendMessage(nil)) })
}

// seeRequest counts a request by its first line.
func (l *Log) seeRequest(s *Sightings, r *requests.Request, what string) {
	l.See(s, r.First, func() string { return what + ": " + requestWords(r) })
}

func requestWords(r *requests.Request) string {
	words := r.Method
	if r.URI != "" {
		words = strings.TrimSpace(words + " " + r.URI)
	}
	if words == "" {
		words = "a request"
	}
	if m := r.Member(); m != "" {
		words += " at " + m
	}
	return words
}

// line takes an event with the request that it is about, nil for none.
func (l *Log) line(r *requests.Request, e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.BuildVersion:
		l.Build = kept(e.Text)
	case pluginlog.AllCouldBeDown:
		l.seeLine(&l.AllDown, e)
	case pluginlog.NoAppServer:
		l.seeLine(&l.NoServer, e)
	case pluginlog.RequestFailed:
		l.seeLine(&l.GaveUp, e)
	case pluginlog.ConnectTimedOut:
		l.seeLine(&l.ConnectTimeouts, e)
	case pluginlog.HandshakeFailed:
		l.seeLine(&l.TLS, e)
		if e.Code != 0 && len(l.GSKCodes) < mostCodes && !slices.Contains(l.GSKCodes, e.Code) {
			l.GSKCodes = append(l.GSKCodes, e.Code)
		}
	case pluginlog.ClientWriteFailed:
		l.seeLine(&l.ClientLeft, e)
	case pluginlog.ErrorLine, pluginlog.WarnLine:
		l.errorLine(e)
	case pluginlog.Counted:
		l.counted(e)
	case pluginlog.StreamReused:
		l.Streams++
	case pluginlog.StreamCreated:
		l.Streams++
		l.seeLine(&l.FreshStreams, e)
	case pluginlog.CookieSought:
		l.soughtCookie(e.Text)
	}
	if r == nil {
		l.story.Line(nil, e)
		return
	}
	l.requestLine(r, e)
	l.tell(l.noteOf(r), r, func() { l.story.Line(r, e) })
}

// tell lets the story have its own note of a request. Both put theirs in the one place that a request has, so they
// change places while the story works.
func (l *Log) tell(n *note, r *requests.Request, what func()) {
	r.Note = n.story
	what()
	n.story, r.Note = r.Note, n
}

// soughtCookie remembers the names that Uris watch (R4), as the log says them: a session's cookie of another name is
// looked for by nobody (AL4).
func (l *Log) soughtCookie(name string) {
	if !l.sought[name] && len(l.sought) < mostCookies {
		l.sought[kept(name)] = true
	}
}

// errorLine asks the catalogue what an ERROR or WARN line means; of the many, those of a file that was not taken count
// here (R18).
func (l *Log) errorLine(e *pluginlog.Event) {
	if entry, ok := catalogue.OfLine(e.Text); ok && entry.Kind == catalogue.ReloadFailed {
		l.seeLine(&l.NotLoaded, e)
	}
}

// requestLine remembers what a line says of its request.
func (l *Log) requestLine(r *requests.Request, e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.URIMatched:
		l.noteOf(r).pattern = kept(e.Pattern)
	case pluginlog.AffinityChecked:
		l.noteOf(r).checked = true
	case pluginlog.CloneMatched:
		l.noteOf(r).named = kept(e.Member)
	case pluginlog.CloneNotFound:
		l.noteOf(r).lost = true
	// where the ID came from, in words that differ from level to level
	case pluginlog.AffinitySource:
		if strings.Contains(e.Text, "SSL") || strings.Contains(e.Text, "ssl") {
			l.noteOf(r).ssl = true
		}
	case pluginlog.StatusChecked:
		l.statusChecked(r, e)
	case pluginlog.Header:
		if strings.EqualFold(e.Pattern, "Set-Cookie") {
			l.setCookie(r, e)
		}
	case pluginlog.BodyStarted:
		n := l.noteOf(r)
		n.posted, n.bodies = max(n.posted, e.Length), n.bodies+1
	case pluginlog.ESICacheHit:
		l.noteOf(r).cacheHit = true
		l.seeLine(&l.ESI, e)
	case pluginlog.CloneAdded:
		if affinity.PartitionForm(e.Clone) {
			l.seeLine(&l.Partition, e)
		}
	}
}

// statusChecked takes what the plug-in asks itself of each member before it may choose it (R42). retryInSec is when a
// marked member may be tried again; negative ones are a defect of old levels (PK67423).
func (l *Log) statusChecked(r *requests.Request, e *pluginlog.Event) {
	c := &e.Check
	if c.HasRetryIn && c.RetryIn < 0 {
		l.seeLine(&l.NegativeRetry, e)
	}
	m := l.member(e.Member)
	if m == nil {
		return
	}
	if c.HasRetryIn && c.MarkedDown && !c.RetryNow {
		m.RetryIn = max(m.RetryIn, time.Duration(c.RetryIn)*time.Second)
	}
	if c.MarkedDown && !c.RetryNow {
		l.noteOf(r).down = m.Name
	}
	if !c.Full {
		return
	}
	l.seeLine(&l.Full, e)
	l.seeLine(&m.Full, e)
	// ignoreWeights is affinity's question (R23): the member whose session it is
	if n := l.noteOf(r); n.full == "" && c.IgnoreWeights {
		n.full = m.Name
	}
}

// setCookie takes a cookie of the answer. One that is written as sessions are, and that nobody looks for, is lost
// (AL4).
func (l *Log) setCookie(r *requests.Request, e *pluginlog.Event) {
	name, value, ok := strings.Cut(e.Text, "=")
	value, _, _ = strings.Cut(value, ";")
	if !ok || !sessionForm(value) {
		return
	}
	l.noteOf(r).sets = true
	// as long as the log has said no name, none can be said to be missing
	if len(l.sought) > 0 && !l.sought[name] {
		l.seeLine(&l.StrayCookie, e)
	}
}

// sessionForm reports whether a value is one that servers of WebSphere write: a cache ID of four digits and behind a
// colon a clone ID (S1). 12 characters of cache ID and session ID at least: what is shorter is not of WebSphere.
func sessionForm(value string) bool {
	head, clone, ok := strings.Cut(value, ":")
	if !ok || len(head) < 12 || clone == "" {
		return false
	}
	return strings.Trim(head[:4], "0123456789") == ""
}

// noteOf returns the note of a request.
func (l *Log) noteOf(r *requests.Request) *note {
	if n, ok := r.Note.(*note); ok {
		return n
	}
	n := l.spare
	if l.spare = nil; n == nil {
		n = new(note)
	}
	*n = note{}
	r.Note = n
	return n
}

// Share is that of some requests; 0 where the level hides those that went well. A share would be one of the failures
// then.
func (l *Log) Share(n int64) float64 {
	if !l.Shows(pluginlog.LevelStats) {
		return 0
	}
	return ShareOf(n, l.Requests)
}

// ShareOf is a part of a whole, 0 where there is none.
func ShareOf(n, of int64) float64 {
	if of <= 0 {
		return 0
	}
	return float64(n) / float64(of)
}

// OverMembers joins lines of all members for which a test holds. nil is a test that holds for all. They come in the
// order of the log, those of each member once, however many processes have seen them: a map of processes has no order.
func (l *Log) OverMembers(of func(*Member) Sightings, test func(*Member) bool) (all Sightings) {
	for _, m := range l.Order {
		if test == nil || test(m) {
			all = all.Join(of(m))
		}
	}
	return all
}
