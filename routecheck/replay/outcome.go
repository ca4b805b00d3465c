package replay

import (
	"strings"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/failover"
)

// failing handles the lines about an attempt that failed, and the counters, which also end one that did not.
func (r *reader) failing(q *request) {
	e := r.e
	if q == nil {
		if e.Kind == pluginlog.Counted {
			r.alone()
			return
		}
		q = r.begin(nil)
	}
	switch e.Kind {
	case pluginlog.ConnectFailed:
		q.failure = connectFailed
	case pluginlog.ConnectTimedOut:
		q.failure = connectTimeout
	case pluginlog.IOTimedOut:
		q.failure, q.repeats = ioTimeout, e.Retry
	case pluginlog.ServerWriteFailed:
		q.failure = streamLost
	case pluginlog.ResponseMalformed:
		q.failure = malformed
	case pluginlog.StreamFailed:
		if q.failure == noFailure {
			q.failure = connectFailed
		}
	case pluginlog.MarkedDown:
		r.fail(q, e.Member, true)
	// MarkedDown may have told of the same attempt before; a failure that came since is another one.
	case pluginlog.TransactionFailed:
		if q.settled != e.Member || q.failure != noFailure {
			r.fail(q, e.Member, false)
		}
		r.failedAt(q)
		q.noRetry = !e.Retry
	case pluginlog.Counted:
		r.counted(q)
	}
}

// counted takes the line of counters, which a plug-in writes when an attempt is over: behind a failure, or an answer.
func (r *reader) counted(q *request) {
	e := r.e
	switch {
	case q.failure != noFailure:
		r.fail(q, e.Member, false)
	case q.underWay && q.member == e.Member:
		r.done(q)
	case !q.underWay && q.checked == e.Member && e.Member != "" && !q.over && !q.ended:
		r.pick(q, e.Member, op{implied: true}) // at LogLevel Stats nothing else is seen of an attempt
		r.done(q)
	}
	r.op(q, op{kind: opCount, member: e.Member, pending: e.Counters.Pending})
}

// wire handles the lines about streams and answers, and the end of a request.
func (r *reader) wire(q *request) {
	e := r.e
	switch e.Kind {
	case pluginlog.TransportSet:
		r.transport(q)
	case pluginlog.Executing:
		r.again(q)
	case pluginlog.StreamSought:
		r.stale(q)
	case pluginlog.StreamReused:
		r.again(q)
		q.reused = true
	case pluginlog.StreamCreated:
		r.stale(q)
		r.again(q)
	case pluginlog.BodyStarted:
		q.body, q.length = true, max(q.length, e.Length)
	case pluginlog.StatusLine:
		r.status(q)
	case pluginlog.ClientWriteFailed, pluginlog.AttemptDropped:
		if q.underWay {
			r.leave(q)
			q.over = true
		}
	case pluginlog.NoAppServer, pluginlog.RequestFailed:
		r.end(q)
	case pluginlog.RequestEnded:
		r.conclude(q)
		if !q.over && q.settled != "" {
			r.end(q)
		}
		r.finish(q)
	}
}

// transport holds the address against the member of the attempt: that under way, or the one checked last.
func (r *reader) transport(q *request) {
	member := q.checked
	if q.underWay || member == "" && q.settled != "" {
		member = q.member
	}
	if member != "" && !q.ended && !q.over {
		q.sentTo = keep(r.e.Host)
		r.op(q, op{kind: opTransport, member: member, host: r.e.Host, port: r.e.Port})
	}
}

// failedAt holds the host of a failed attempt against its member, unless the line of the Transport named it before:
// below LogLevel Detail no other line tells an address.
func (r *reader) failedAt(q *request) {
	if e := r.e; e.Host != "" && !strings.EqualFold(e.Host, q.sentTo) {
		r.op(q, op{kind: opTransport, member: e.Member, host: e.Host, named: true})
	}
}

// stale is a stream from the queue that another one replaces: it was closed, or ServerIOTimeout fired on it.
func (r *reader) stale(q *request) {
	if q.underWay && q.reused {
		r.failed(q, op{member: q.member, fresh: true})
	}
}

func (r *reader) status(q *request) {
	switch code := r.e.Code; {
	// 100 Continue and its like are followed by the answer; 101 is one.
	case !q.underWay || code < 200 && code != 101:
	// Whether a 503 fails the attempt (MarkBusyDown) or is passed on is for the core to say.
	case code == 503:
		q.failure = busy
	default:
		q.head = true
		r.op(q, op{kind: opHead, member: q.member, event: failover.Event{Kind: failover.Head, Status: int(code)}})
	}
}

func (r *reader) end(q *request) {
	r.conclude(q)
	if !q.ended && !q.over {
		q.ended = true
		r.op(q, op{kind: opEnd})
	}
}
