package replay

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Limits for what is kept of one request, so that no log can fill the memory.
const (
	maxText  = 2048
	maxLists = 8
	maxIDs   = 32
	maxSeen  = 256
)

// request is what the log says of one request. It is free of open choices: every machine reads the same one.
type request struct {
	thread    pluginlog.Thread
	arrived   match.Nanos
	host, uri string
	lists     []cloneList
	body      bool  // a body was sent
	length    int64 // of the body as far as shown, 0 unknown or none

	round  int  // which selection the log is at
	list   int  // which of lists the log is at, -1 before the first
	open   bool // that list still grows
	source sourceHint
	sought sessionName // the name under which a session was looked for last, in this selection
	seen   []checked   // status lines of this selection

	member   string // of the attempt under way, or of the last one
	sentTo   string // the host that its Transport was last said to name
	checked  string // the member that was checked last: who gets the attempt where no line names anybody
	affine   string // the member whose clone ID matched, in this selection
	underWay bool   // an attempt is under way
	reused   bool   // on a stream from the queue
	head     bool   // the head of its answer was seen
	failure  failure
	settled  string // the member whose failure was taken in, while lines about it may follow
	repeats  bool   // the log says that the attempt is repeated after its timeout
	noRetry  bool   // the log says that no other attempt follows
	ended    bool   // the plug-in gave up
	over     bool   // answered
	looked   bool   // a member was looked for
	partial  bool   // the log begins inside it
}

type sourceHint uint8

const (
	fromCookie sourceHint = iota
	fromSSL
	fromURL
)

// cloneList is one session identifier: where it was found and its clone IDs.
type cloneList struct {
	source sourceHint
	ids    []string
	round  int  // the selection that listed them
	added  bool // the ids come from the list itself, not from comparisons
}

type checked struct {
	member  string
	ignored bool // weights were
}

// failure is what is known of an attempt that fails before the log names the member.
type failure uint8

const (
	noFailure failure = iota
	connectFailed
	connectTimeout
	ioTimeout
	streamLost
	malformed
	busy
)

var failureEvents = [...]failover.EventKind{
	connectFailed: failover.ConnectFailed, connectTimeout: failover.ConnectTimeout, ioTimeout: failover.IOTimeout,
	streamLost: failover.StreamLost, malformed: failover.Malformed, busy: failover.Head,
}

// event is the failure as Observe takes it, but for how much was sent; one of unknown kind is a lost stream.
func (q *request) event() failover.Event {
	if q.failure == noFailure {
		q.failure = streamLost
	}
	ev := failover.Event{Kind: failureEvents[q.failure], ReusedStream: q.reused}
	if q.failure == busy {
		ev.Status = 503
	}
	return ev
}

func newRequest(thread pluginlog.Thread, now match.Nanos) *request {
	return &request{thread: thread, arrived: now, list: -1}
}

// name takes host and URI from the first line that has them: later ones may show what was made of them.
func (q *request) name(e *pluginlog.Event) {
	if q.host == "" {
		q.host = keep(e.Host)
	}
	if q.uri == "" {
		q.uri = keep(e.URI)
	}
}

// acted reports whether something was done for the request: what looks for a Route is the next one's.
func (q *request) acted() bool { return q.member != "" || q.ended || q.over }

// keep returns a copy of s that does not hold on to the block of the log.
func keep(s string) string { return strings.Clone(s[:min(len(s), maxText)]) }

// reselect begins another selection: the session identifiers are listed again, the members checked again.
func (q *request) reselect() {
	q.round++
	q.list, q.open, q.source, q.affine, q.checked = -1, false, fromCookie, "", ""
	q.sought = sessionName{}
	q.seen = q.seen[:0]
}

// session takes in a line about the session of the request (R20 to R22).
func (q *request) session(e *pluginlog.Event) {
	switch e.Kind {
	case pluginlog.AffinitySource:
		q.open, q.source = false, hint(e.Text)
	case pluginlog.CloneAdded:
		q.grow()
		q.listClone(e.Clone)
	case pluginlog.ClonesListed:
		q.grow()
		q.open = false
	case pluginlog.CloneCompared:
		// A log of a level that lists no clone IDs shows those that are compared.
		if q.list < 0 {
			q.grow()
			q.open = false
		}
		if q.list < maxLists && !q.lists[q.list].added {
			q.addClone(e.Clone)
		}
	}
}

func hint(text string) sourceHint {
	text, _, _ = strings.Cut(strings.ToLower(text), ":") // what follows is the name of a cookie
	switch {
	case strings.Contains(text, "ssl"):
		return fromSSL
	case strings.Contains(text, "url"):
		return fromURL
	}
	return fromCookie
}

// grow moves to the next list unless one is open.
func (q *request) grow() {
	if q.open {
		return
	}
	q.open = true
	q.list = min(q.list+1, maxLists)
	if q.list == len(q.lists) && q.list < maxLists {
		q.lists = append(q.lists, cloneList{source: q.source})
	}
}

// listClone adds a clone ID of the list itself, where one may stand twice.
func (q *request) listClone(id string) {
	if q.list >= maxLists {
		return
	}
	l := &q.lists[q.list]
	if !l.added || l.round != q.round { // each selection lists them anew
		l.ids, l.added, l.round = nil, true, q.round
	}
	if len(l.ids) < maxIDs {
		l.ids = append(l.ids, keep(id))
	}
}

// addClone adds a clone ID that a comparison shows.
func (q *request) addClone(id string) {
	if q.list >= maxLists {
		return
	}
	l := &q.lists[q.list]
	if len(l.ids) < maxIDs && !slices.Contains(l.ids, id) {
		l.ids = append(l.ids, keep(id))
	}
}

// firstCheck reports whether a status line is the first of its kind in this selection. Later ones may show what the
// selection itself changed, such as weights that were raised (R32).
func (q *request) firstCheck(member string, ignored bool) bool {
	c := checked{member, ignored}
	if slices.Contains(q.seen, c) || len(q.seen) >= maxSeen {
		return false
	}
	c.member = keep(member)
	q.seen = append(q.seen, c)
	return true
}

// tls reports whether the log shows that the request came over TLS.
func (q *request) tls() bool {
	return slices.ContainsFunc(q.lists, func(l cloneList) bool { return l.source == fromSSL })
}

// request rebuilds the request as the plug-in saw it; sessions are added by withSessions, once the Route is known.
func (q *request) request() match.Request {
	rq := match.Request{Host: q.host, Target: q.uri, Normalised: true, TLS: q.tls(), Body: q.length}
	// The port as far as it is a number: a log may hold anything.
	if i := strings.LastIndexByte(q.host, ':'); i >= 0 {
		for _, d := range []byte(q.host[i+1:]) {
			if d < '0' || d > '9' || rq.Port > 99999 {
				rq.Port = 0
				break
			}
			rq.Port = rq.Port*10 + int(d-'0')
		}
	}
	if rq.Port == 0 {
		rq.Port = 80
	}
	return rq
}

// withSessions puts the logged clone IDs where the Route looks for them. Cache id and session id are not logged and
// decide nothing (R21).
func (q *request) withSessions(rq match.Request, m *match.Match, separator byte) match.Request {
	for _, l := range q.lists {
		var value strings.Builder
		value.WriteString("0000logged")
		for _, id := range l.ids {
			value.WriteByte(separator)
			value.WriteString(id)
		}
		switch {
		case l.source == fromSSL:
			rq.Cookies = append(rq.Cookies, "SSLJSESSION="+value.String())
		case l.source == fromCookie:
			rq.Cookies = append(rq.Cookies, m.Cookie()+"="+value.String())
		// A logged URI may still have its own.
		case !strings.Contains(rq.Target, ";"+m.Identifier()+"="):
			rq.Target += ";" + m.Identifier() + "=" + value.String()
		}
	}
	return rq
}
