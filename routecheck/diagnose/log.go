package diagnose

import (
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/catalogue"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/parser/pluginlog/story"
	"github.com/wasplug/wasplug/routecheck/failover"
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
	stats  pluginlog.Stats

	build                       string
	reloads, requests, timed    int64
	slow, declined, withSession int64 // requests
	incidents                   []*story.Incident
	members                     map[string]*member
	order                       []*member // in the order of the first line
	processes                   map[uint64]*process
	procs                       map[procKey]*proc
	moves                       map[move]int64
	sought                      map[string]bool // names of cookies that were looked for
	paths                       map[string]*pathUse
	hosts                       map[string]*hostUse

	// lines about no single member
	allDown, noServer, gaveUp, full                        sightings
	unknownClone, otherCluster, caseTwin, joined           sightings
	partition, urlSession, sslSession, strayCookie         sightings
	newCookie, moved, movedByDown, movedByFull             sightings
	longConnect, connectTimeouts, hung, sameAgain, asked2  sightings
	postLost, postRepeated, postReset, postTooLong, stale  sightings
	tls, clientLeft, notLoaded, own503, appErrors, dying   sightings
	slowAnswer, slowBody, slowRound, little, freshStreams  sightings
	esi, notFound, notFoundElsewhere, notFoundCatchAll     sightings
	strangers, noRoute, otherCase, otherHost, undetermined sightings
	oldAddress, negativeRetry                              sightings
	streams                                                int64
	retried                                                int64 // requests with more than one attempt
	statuses                                               int64 // that the log shows
	firstTime, lastTime                                    pluginlog.Time
}

// hostUse is what became of the requests for one Host.
type hostUse struct{ requests, notFound int64 }

// pathUse is what became of the requests for one path.
type pathUse struct{ ioTimeouts int64 }

// move is a session's request that went to another member than its own.
type move struct{ from, to string }

// note is what is remembered of a request while its lines come.
type note struct {
	pattern  string // of the Uri that won
	named    string // the member that a clone ID names
	full     string // a member that was full
	down     string // one that was marked down, and no retry was due
	lost     bool   // no member has the clone IDs
	sets     bool   // the answer sets the cookie of a session
	ssl      bool
	posted   int64 // length of the body
	bodies   int   // how often a body was sent
	cacheHit bool
	checked  bool // affinity was looked at
	story    any  // its own
}

// NewLog makes a log of the files of those names. file is asked where requests go; nil for none.
func NewLog(names []string, file *File) *Log {
	l := &Log{file: file, clones: lookups{file: file}, names: names,
		members: map[string]*member{}, processes: map[uint64]*process{}, procs: map[procKey]*proc{},
		moves: map[move]int64{}, sought: map[string]bool{}, paths: map[string]*pathUse{}, hosts: map[string]*hostUse{}}
	l.story = story.New(story.Options{})
	l.asm = requests.Assembler{Done: l.done, Line: l.line}
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
	if l.firstTime == 0 {
		l.firstTime = e.Time
	}
	l.lastTime = max(l.lastTime, e.Time)
	if e.Kind == pluginlog.ConfigReloaded {
		l.reloads++
	}
	l.asm.Add(e)
}

// Close ends the log; stats are those of all files.
func (l *Log) Close(stats pluginlog.Stats) {
	l.stats = stats
	l.asm.Close()
	l.settle()
	l.incidents, _ = l.story.Incidents(0)
}

// shows reports whether lines of a level are in the log. Excerpts in books name no level: they are of traces.
func (l *Log) shows(level pluginlog.Level) bool {
	return l != nil && (l.stats.Noisiest >= level || l.stats.Noisiest == pluginlog.LevelNone)
}

func (l *Log) see(s *sightings, at requests.Place, text func() string) {
	name := ""
	if at.File >= 1 && at.File <= len(l.names) {
		name = l.names[at.File-1]
	}
	s.add(name, at.Line, text)
}

// seeLine counts a line of the log by itself.
func (l *Log) seeLine(s *sightings, e *pluginlog.Event) {
	l.see(s, requests.Place{File: max(l.place, 1), Line: e.Line},
		func() string { return string(e.AppendMessage(nil)) })
}

// seeRequest counts a request by its first line.
func (l *Log) seeRequest(s *sightings, r *requests.Request, what string) {
	l.see(s, r.First, func() string { return what + ": " + requestWords(r) })
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
		l.build = kept(e.Text)
	case pluginlog.AllCouldBeDown:
		l.seeLine(&l.allDown, e)
	case pluginlog.NoAppServer:
		l.seeLine(&l.noServer, e)
	case pluginlog.RequestFailed:
		l.seeLine(&l.gaveUp, e)
	case pluginlog.ConnectTimedOut:
		l.seeLine(&l.connectTimeouts, e)
	case pluginlog.HandshakeFailed:
		l.seeLine(&l.tls, e)
	case pluginlog.ClientWriteFailed:
		l.seeLine(&l.clientLeft, e)
	case pluginlog.ErrorLine, pluginlog.WarnLine:
		l.errorLine(e)
	case pluginlog.Counted:
		l.counted(e)
	case pluginlog.StreamReused:
		l.streams++
	case pluginlog.StreamCreated:
		l.streams++
		l.seeLine(&l.freshStreams, e)
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

// tell lets the story have its own note of a request.
func (l *Log) tell(n *note, r *requests.Request, what func()) {
	r.Note = n.story
	what()
	n.story, r.Note = r.Note, n
}

func (l *Log) soughtCookie(name string) {
	if !l.sought[name] && len(l.sought) < mostCookies {
		l.sought[kept(name)] = true
	}
}

func (l *Log) errorLine(e *pluginlog.Event) {
	if entry, ok := catalogue.OfLine(e.Text); ok && entry.Kind == catalogue.ReloadFailed {
		l.seeLine(&l.notLoaded, e)
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
		l.seeLine(&l.esi, e)
	case pluginlog.CloneAdded:
		if failover.PartitionForm(e.Clone) {
			l.seeLine(&l.partition, e)
		}
	}
}

func (l *Log) statusChecked(r *requests.Request, e *pluginlog.Event) {
	c := &e.Check
	if c.HasRetryIn && c.RetryIn < 0 {
		l.seeLine(&l.negativeRetry, e)
	}
	m := l.member(e.Member)
	if m == nil {
		return
	}
	if c.HasRetryIn && c.MarkedDown && !c.RetryNow {
		m.retryIn = max(m.retryIn, time.Duration(c.RetryIn)*time.Second)
	}
	if c.MarkedDown && !c.RetryNow {
		l.noteOf(r).down = m.name
	}
	if !c.Full {
		return
	}
	l.seeLine(&l.full, e)
	l.seeLine(&m.full, e)
	if n := l.noteOf(r); n.full == "" && c.IgnoreWeights {
		n.full = m.name
	}
}

// setCookie takes a cookie of the answer. One that is written as sessions are, and that nobody looks for, is lost.
func (l *Log) setCookie(r *requests.Request, e *pluginlog.Event) {
	name, value, ok := strings.Cut(e.Text, "=")
	value, _, _ = strings.Cut(value, ";")
	if !ok || !sessionForm(value) {
		return
	}
	l.noteOf(r).sets = true
	if len(l.sought) > 0 && !l.sought[name] {
		l.seeLine(&l.strayCookie, e)
	}
}

// sessionForm reports whether a value is one that servers of WebSphere write: a cache ID of four digits and behind a
// colon a clone ID (S1).
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
