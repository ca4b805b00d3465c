package replay

import (
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// maxOpen bounds the requests under way; what those beyond it still hold is set right by later lines.
const maxOpen = 2048

// reader makes operations of events. Which lines are about one request the assembler knows; the reader's own request
// is the Note of the assembler's, and there is none before a line that a machine can play.
type reader struct {
	assembler requests.Assembler
	current   *requests.Request         // that of the line, or the one that ends
	threads   map[pluginlog.Thread]bool // those of which a request was seen
	cut       map[pluginlog.Thread]bool // those whose last request the log does not hold from its beginning
	old       map[pluginlog.Thread]bool // those whose request began under the file before
	starts    map[uint64]bool           // processes that log where requests begin
	reloads   map[uint64]bool           // processes that have taken a new file
	picks     map[uint64]bool           // processes that log their picks
	file      int                       // from 1 on, 0 before the first
	now       match.Nanos               // of the last line with a time
	e         *pluginlog.Event
	play      func(*op)
}

func newReader(play func(*op)) *reader {
	r := &reader{
		threads: map[pluginlog.Thread]bool{}, cut: map[pluginlog.Thread]bool{}, old: map[pluginlog.Thread]bool{},
		starts: map[uint64]bool{}, reloads: map[uint64]bool{}, picks: map[uint64]bool{}, play: play,
	}
	r.assembler = requests.Assembler{MaxOpen: maxOpen, Line: r.line, Done: r.over}
	return r
}

func (r *reader) nextFile() {
	r.assembler.NextFile()
	r.file++
}

func (r *reader) op(q *request, o op) {
	o.place, o.now, o.rq, o.thread = requests.Place{File: max(r.file, 1), Line: r.e.Line}, r.now, q, r.e.Thread
	if q != nil {
		o.thread = q.thread
	}
	// A process that has logged a pick once logs all: its level is Trace. Before the first one nothing can be held to
	// it.
	o.coarse = !r.picks[o.thread.PID] || q != nil && q.partial
	r.play(&o)
}

// add takes an event to its request. What begins a process, or a new file, belongs to none.
func (r *reader) add(e *pluginlog.Event) {
	r.e = e
	if e.Time != 0 {
		r.now = match.Nanos(e.Time)
	}
	if r.outdated() {
		return
	}
	switch e.Kind {
	case pluginlog.BuildVersion:
		r.restart(opStart)
	case pluginlog.ConfigReloaded:
		r.restart(opReload)
	default:
		r.assembler.Add(e)
	}
}

// line takes a line with its request.
func (r *reader) line(rq *requests.Request, e *pluginlog.Event) {
	if r.current = rq; rq == nil {
		r.alone()
		return
	}
	q, _ := rq.Note.(*request)
	switch e.Kind {
	case pluginlog.RouteTried, pluginlog.RequestStarted, pluginlog.RequestNamed, pluginlog.URIMatched,
		pluginlog.RouteNotFound: // begins
		r.routed(q)
	case pluginlog.AliasMatched:
		if q != nil && !q.acted() && q.host != "" {
			r.op(q, op{kind: opAlias, pattern: e.Pattern, group: e.Group})
		}
	case pluginlog.AffinityChecked, pluginlog.AffinitySource, pluginlog.CloneAdded, pluginlog.ClonesListed,
		pluginlog.CloneCompared, pluginlog.CloneMatched, pluginlog.StatusChecked, pluginlog.StillMarkedDown,
		pluginlog.Picked, pluginlog.PickedOld:
		r.choosing(q)
		if e.Kind == pluginlog.AffinitySource {
			q, _ = rq.Note.(*request)
			r.sought(q)
		}
	case pluginlog.CookieSought:
		r.sought(q)
	case pluginlog.ConnectFailed, pluginlog.ConnectTimedOut, pluginlog.IOTimedOut, pluginlog.StreamFailed,
		pluginlog.ServerWriteFailed, pluginlog.ResponseMalformed, pluginlog.MarkedDown, pluginlog.Counted,
		pluginlog.TransactionFailed:
		r.failing(q)
	default:
		if q != nil {
			r.wire(q)
		}
	}
}

// alone takes a line about a member that belongs to no request: the log does not hold what led to it.
func (r *reader) alone() {
	e := r.e
	q := newRequest(e.Thread, r.now)
	switch e.Kind {
	case pluginlog.Counted:
		r.op(q, op{kind: opCount, member: e.Member, pending: e.Counters.Pending})
	case pluginlog.StillMarkedDown:
		q.partial = !r.threads[e.Thread]
		r.timer(q)
		r.op(q, op{kind: opClose})
	}
}

// begin opens a request, and closes the one before it.
func (r *reader) begin(before *request) *request {
	if before != nil {
		r.finish(before)
	}
	q := newRequest(r.e.Thread, r.now)
	// The first request of a thread may have begun before the log does; so may the next, if the process logs
	// beginnings and this one has none.
	q.partial = !begins(r.e.Kind) && (!r.threads[q.thread] || r.cut[q.thread] && r.starts[q.thread.PID])
	r.current.Note = q
	remember(r.threads, q.thread)
	if delete(r.cut, q.thread); q.partial {
		remember(r.cut, q.thread)
	}
	return q
}

// over closes what a request of the assembler left open.
func (r *reader) over(rq *requests.Request) {
	r.current = rq
	if q, open := rq.Note.(*request); open {
		r.finish(q)
	}
}

// remember adds to a set that is emptied when it grows too large.
func remember[K comparable](set map[K]bool, k K) {
	if len(set) >= maxMembers {
		clear(set)
	}
	set[k] = true
}

func (r *reader) finish(q *request) {
	r.conclude(q)
	r.op(q, op{kind: opClose})
	r.current.Note = nil
}

// conclude settles an attempt of which no more lines come.
func (r *reader) conclude(q *request) {
	switch {
	// In the order of what is known: a failure whose member no line named, an answer that began, or nothing.
	case q.failure != noFailure && q.underWay:
		r.fail(q, q.member, false)
	case q.underWay && q.head:
		r.done(q)
	case q.underWay:
		r.leave(q)
	}
	q.failure = noFailure
}

func (r *reader) routed(q *request) {
	// A Route is looked for at the beginning of a request alone.
	if q == nil || q.acted() {
		q = r.begin(q)
	}
	q.name(r.e)
	switch r.e.Kind {
	case pluginlog.URIMatched:
		r.op(q, op{kind: opURI, pattern: r.e.Pattern, group: r.e.Group, weight: r.e.Score})
	case pluginlog.RouteNotFound:
		r.op(q, op{kind: opDecline})
		r.finish(q)
	}
}

// choosing handles the lines of a selection.
func (r *reader) choosing(q *request) {
	if q == nil || q.over || q.ended {
		q = r.begin(q)
	}
	if q.failure != noFailure && q.underWay {
		r.fail(q, q.member, false)
	}
	// A selection behind the head of an answer is that of the next request.
	if q.underWay && q.head && q.list < 0 {
		r.done(q)
		q = r.begin(q)
	}
	q.looked = true
	e := r.e
	switch e.Kind {
	case pluginlog.CloneMatched:
		q.affine = keep(e.Member)
		r.op(q, op{kind: opMatched, member: e.Member})
	case pluginlog.StatusChecked:
		// Later status lines of one member are no new facts, see firstCheck.
		q.checked = keep(e.Member)
		if q.firstCheck(e.Member, e.Check.IgnoreWeights) {
			r.op(q, op{kind: opStatus, member: e.Member, check: e.Check})
		}
	case pluginlog.StillMarkedDown:
		r.timer(q)
	case pluginlog.Picked, pluginlog.PickedOld:
		if q.underWay {
			r.leave(q)
		}
		remember(r.picks, e.PID)
		r.pick(q, e.Member, op{weight: e.Weight, hasWeight: e.Kind == pluginlog.Picked})
	case pluginlog.CloneCompared:
		q.session(e)
		r.op(q, op{kind: opCompare, clone: e.Clone, pattern: e.Pattern})
	default:
		q.session(e)
	}
}

func (r *reader) timer(q *request) {
	check := pluginlog.Check{HasRetryIn: true, RetryIn: r.e.Seconds}
	r.op(q, op{kind: opTimer, member: r.e.Member, check: check})
}

func (r *reader) pick(q *request, member string, o op) {
	o.kind, o.member = opPick, member
	if !o.implied { // the line of a Transport can stand before what implies a pick
		q.sentTo = ""
	}
	q.member, q.underWay, q.reused, q.head, q.failure, q.settled, q.noRetry = keep(member), true,
		false, false, noFailure,
		"", false
	r.op(q, o)
	q.reselect()
}

// again is an attempt without a line of its own: a second stream (R50c, R54) or a second connect (R51).
func (r *reader) again(q *request) {
	if !q.underWay && q.member != "" && q.settled == q.member {
		r.pick(q, q.member, op{implied: true})
	}
}

func (r *reader) fail(q *request, member string, marked bool) {
	r.failed(q, op{member: member, marked: marked})
}

func (r *reader) failed(q *request, o op) {
	// A failure of another member than the one that is under way: the log hides how that ended.
	if q.underWay && q.member != o.member {
		r.leave(q)
	}
	failed := q.failure
	if !q.underWay {
		r.pick(q, o.member, op{implied: true})
		q.failure = failed
	}
	o.kind, o.event, o.fresh = opFail, q.event(), o.fresh || q.repeats
	if o.event.Sent = failover.SentNothing; q.reused && !o.fresh {
		o.event.Sent = failover.SentSome // or a new stream would follow, whatever the body (R50c, R57)
	}
	q.underWay, q.failure, q.settled, q.repeats = false, noFailure, q.member, false
	r.op(q, o)
}

func (r *reader) done(q *request) {
	q.underWay, q.over = false, true
	r.op(q, op{kind: opDone, member: q.member})
}

func (r *reader) leave(q *request) {
	q.underWay, q.failure = false, noFailure
	r.op(q, op{kind: opGone, member: q.member})
}
