package scenario

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/wasplug/wasplug/internal/lazy"
	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/routecheck/session"
)

// observed is what a request came to, as it is compared.
type observed struct {
	*answer
	session       string // none, home, kept, empty, new
	lost, applied int64
	late          int64         // changes of earlier requests that their client was not told of
	steps         int           // of the prediction, 0 without one; a file can expect how many there are
	written       int64         // the count that the member has told to be written
	known         bool          // it has told one
	user          string        // what the person must do, in the predictor's words; see mustDo
	lastBefore    int64         // the count before
	floorBefore   int64         // and what had been told of it to be written
	owner         string        // before
	age           time.Duration // of the last change before, by the clock of members
	unwritten     int           // changes before that no moment has written, as the trail has it
}

// observe puts an answer beside what the client knew before, and lets the client know it. What was known before is
// copied first: floor, last and owner are overwritten on the way.
func (st *stage) observe(b *browser, q *request, a *answer) *observed {
	st.known.Lock()
	defer st.known.Unlock()
	o := &observed{answer: a, session: b.finds(q, a), lastBefore: b.last, floorBefore: b.floor, owner: b.owner,
		age: st.now() - b.trail.at, unwritten: b.trail.unwritten}
	if b.counts == "" && a.Count >= 0 {
		b.counts = q.servlet()
	}
	if b.counts != q.servlet() {
		a.Count = -1 // one count of a client is followed
	}
	o.changes(b, q)
	o.user = b.mustDo(q, o)
	inPlace := st.policy.Contents != session.OnlyUpdated
	// nothing of what was known of its changes holds for a session that begins
	if o.session == string(sessionNew) || o.session == string(sessionEmpty) {
		b.trail.begins(st.losses)
	}
	o.written, o.known = b.told(q, a, inPlace)
	if a.Status > 0 && a.Status < 400 && a.Session != "" {
		st.remember(b, q, o)
	}
	if q.servlet() == "logout" && a.Status == 200 {
		b.ends()
	}
	return o
}

// ends is a session that its client has invalidated: the next one that it gets is no loss.
func (b *browser) ends() { b.had, b.last, b.ended = false, 0, true }

// found is what a client finds of its session, in the words of expectations and predictions.
type found string

const (
	sessionNone  found = "none"
	sessionHome  found = "home"
	sessionKept  found = "kept"
	sessionEmpty found = "empty"
	sessionNew   found = "new"
)

// finds says what the client finds of its session, by the ID and the member of the answer. Empty is a session of the
// same ID at another member that shows no more than this request has made itself.
func (b *browser) finds(q *request, a *answer) string {
	switch {
	case a.Session == "":
		return string(sessionNone)
	case !b.had || a.Session != b.id:
		return string(sessionNew)
	case a.Member == b.owner:
		return string(sessionHome)
	case b.last > 0 && a.Count >= 0 && a.Count == own(q) && q.servlet() != "author": // whose document begins empty
		return string(sessionEmpty)
	}
	return string(sessionKept)
}

// own is how much a request adds to the count when it takes effect once.
func own(q *request) int64 {
	if q.increments() {
		return 1
	}
	return 0
}

// changes works out what is lost and how often the request took effect: what is above the count that the client knew
// is of this request, what is below it is lost. What requests without an answer did shows in the same place, and is
// late: lost, late and applied cannot be told apart further from outside.
func (o *observed) changes(b *browser, q *request) {
	if o.Count < 0 {
		return
	}
	base := b.last
	if o.session == string(sessionNew) || o.session == string(sessionEmpty) {
		base = 0
	}
	// the count less this request's own is what it found: below what the client knew is lost, above it came late
	o.lost, o.late = max(0, b.last-(o.Count-own(q))), max(0, o.Count-own(q)-base)
	o.applied = own(q)
	if o.Count > base {
		o.applied = o.Count - base
	}
	if own(q) == 0 {
		o.applied = 0
	}
}

// screenOf is what /wizard shows.
var screenOf = lazy.Regexp(`Screen (\d) of`)

// mustDo is what the person at the browser has to do, read off the page as a person would, in the words that
// predictions have (section 5.5 of the specification: user).
func (b *browser) mustDo(q *request, o *observed) string {
	began := b.had && (o.session == string(sessionNew) || o.session == string(sessionEmpty))
	screen := 0
	if m := screenOf().FindStringSubmatch(o.Text); m != nil {
		screen, _ = strconv.Atoi(m[1])
	}
	before := b.screen
	// A choice that leads to the first screen is the last one, which was committed: anywhere else it would lead to
	// the second.
	committed := screen == 1 && (q.form.Get("choice") != "" || q.has("choice"))
	b.screen = screen
	switch {
	case o.Status == 0 || o.Status >= 500:
		return "send-again"
	case strings.Contains(o.Text, "There is no note") && b.note:
		return "send-again"
	case strings.Contains(o.Text, "Portlet Unavailable"):
		return "portlet-unavailable"
	case o.Status == 401:
		return "log-in"
	case screen > 0 && before > screen && !committed || began:
		return "first-screen"
	}
	return "goes-on"
}

// remember keeps what the client knows after an answer that has a session and is no error.
func (st *stage) remember(b *browser, q *request, o *observed) {
	if o.session == string(sessionNew) && !b.had {
		b.trail.begins(st.losses)
	}
	// Another member goes on with a session whose owner hangs: when that one goes on, it may write its older state.
	if f := st.fates[b.owner]; f != nil && f.how == doStop && o.Member != b.owner && o.session == string(sessionKept) {
		b.hung[b.owner] = true
	}
	// it begins anew: what members have in memory of the session before does not matter any more
	if o.session != string(sessionKept) && o.session != string(sessionHome) {
		clear(b.served)
		clear(b.hung)
	}
	b.had, b.id, b.owner, b.ended, b.touched = true, o.Session, o.Member, false, st.elapsed()
	b.served[o.Member] = true
	if o.Count >= 0 {
		b.last = o.Count
	}
	if q.servlet() == "note" && q.method == "POST" {
		b.note = true
	}
	st.trailOf(b, q, o)
	if q.has("invalidate") {
		b.ends()
	}
}

// trailOf notes the request in the trail. Attributes beyond the largest column are never written (row 25), and stay
// so while the owner has them in memory.
func (st *stage) trailOf(b *browser, q *request, o *observed) {
	p := st.policy
	largest := st.setup.LargestColumn
	b.trail.large = largest > 0 && (q.number("bytes") > largest || b.trail.large && o.session == string(sessionHome))
	b.trail.request(q, &p, st.now(), st.storeDown())
}

// line is the operation as the history has it. Value and Written are left out where the answer tells none: the checks
// would take a 0 for a count.
func (st *stage) line(q *request, o *observed, predicted *history.Predicted) *history.Line {
	l := &history.Line{T0: st.micros(o.Sent), T1: st.micros(o.Got), Clock: st.clock(), Client: o.Client,
		Session: o.Session, Op: history.Get, Member: o.Member, Status: o.Status, CacheID: o.CacheID,
		WriteNo: o.WriteNo, Replicas: o.Replicas, Predicted: predicted}
	l.Attr = map[string]string{"hitcount": "count", "author": "edits"}[q.servlet()]
	switch {
	case q.has("invalidate"):
		l.Op = history.Invalidate
	case q.increments():
		l.Op = history.Increment
	}
	if o.Count >= 0 {
		l.Value = &o.Count
	}
	if o.known {
		l.Written = &o.written
	}
	return l
}

// field is what an answer has in a field of an expectation.
func (o *observed) field(name string) []string {
	if h, ok := strings.CutPrefix(name, "header "); ok {
		return []string{o.Header.Get(h)}
	}
	switch name {
	case "status":
		return []string{strconv.Itoa(o.Status)}
	case "member":
		return []string{o.Member}
	case "attempts":
		return o.Attempts
	case "marked":
		return o.Marked
	case "cookie":
		return []string{o.Cookie}
	case "session":
		return []string{o.session}
	case "count":
		return []string{fmt.Sprint(o.Count)}
	case "lost":
		return []string{fmt.Sprint(o.lost)}
	case "late":
		return []string{fmt.Sprint(o.late)}
	case "steps":
		return []string{strconv.Itoa(o.steps)}
	case "applied":
		return []string{fmt.Sprint(o.applied)}
	case "written":
		return []string{fmt.Sprint(o.written)}
	case "replicas":
		return []string{strconv.Itoa(o.Replicas)}
	case "user":
		return []string{o.user}
	case "text":
		return []string{o.Text}
	}
	return []string{o.Location}
}

// fits compares a field of an answer with what is wanted: attempts in their order, other lists in any, a text by a
// part of it, a cookie by its pattern, and all else by one of the values.
func (w *wanted) fits(got []string) bool {
	switch w.name {
	case "attempts":
		return slices.Equal(w.want, got)
	case "marked", "holders", "up":
		return slices.Equal(slices.Sorted(slices.Values(w.want)), slices.Sorted(slices.Values(got)))
	case "text":
		return strings.Contains(got[0], w.want[0])
	case "cookie":
		return fitsCookie(w.want[0], got[0])
	}
	return len(got) > 0 && slices.Contains(w.want, got[0])
}

// partitionID is what stands for # in the pattern of a cookie.
var partitionID = lazy.Regexp(`[:+][0-9]+$`)

// fitsCookie compares a cookie with a pattern in which * stands for a session ID and # for a partition ID, as in
// 0002*:v544d031:v544d0o0 and 0002*:#. Neither stands for a separator, so a clone ID too many does not fit.
func fitsCookie(pattern, cookie string) bool {
	if before, found := strings.CutSuffix(pattern, ":#"); found && partitionID().MatchString(cookie) {
		pattern, cookie = before, partitionID().ReplaceAllString(cookie, "")
	}
	before, after, star := strings.Cut(pattern, "*")
	if !star {
		return pattern == cookie
	}
	id, ok := strings.CutPrefix(cookie, before)
	if !ok {
		return false
	}
	id, ok = strings.CutSuffix(id, after)
	return ok && id != "" && !strings.ContainsAny(id, ":+")
}
