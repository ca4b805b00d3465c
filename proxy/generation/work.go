package generation

import (
	"sync/atomic"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/proxy/history"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// waitBounds are the upper bounds of the histogram of waits: few, because each member has one.
var waitBounds = [...]match.Nanos{
	second / 100, second / 20, second / 4, second, 5 * second, 30 * second,
}

// Work is what a member has done for as long as configurations have had it, over reloads. An attempt that is answered
// costs three additions, and no lock. The first eight words are one line of memory, and with the padding a Work fills
// three, so that no two members share one.
type Work struct {
	waited   atomic.Int64 // nanoseconds, of all waits
	waits    [len(waitBounds) + 1]atomic.Uint64
	answers  [6]atomic.Uint64 // by the first digit of the status
	failures [explain.NumFailureModes]atomic.Uint64
	sessions atomic.Pointer[history.Sessions] // nil before the first one
	_        [2]uint64
}

// Sessions are those of the member. The seed, which clients must not know, counts at the first call.
func (w *Work) Sessions(seed uint64) *history.Sessions {
	if s := w.sessions.Load(); s != nil {
		return s
	}
	w.sessions.CompareAndSwap(nil, history.NewSessions(seed))
	return w.sessions.Load()
}

// Note adds what became of an attempt since it began: the head of an answer with its status, and a failure where the
// core has counted one.
func (w *Work) Note(ev failover.Event, took match.Nanos, failed bool) {
	if ev.Kind == failover.Head {
		w.answered(ev.Status, took)
	}
	if failed {
		w.failures[failureOf(ev.Kind)].Add(1)
	}
}

// answered counts the head of an answer by its class; 600 and more, which no standard knows, are server errors.
func (w *Work) answered(status int, took match.Nanos) {
	w.waited.Add(int64(took))
	w.answers[min(status/100, 5)].Add(1)
	for i, b := range waitBounds {
		if took <= b {
			w.waits[i].Add(1)
			return
		}
	}
	w.waits[len(waitBounds)].Add(1)
}

// failureOf is the word of "why" for an attempt that counts as a failure. The head of an answer that does is a 503.
func failureOf(kind failover.EventKind) explain.FailureMode {
	switch kind {
	case failover.Head:
		return explain.Busy
	case failover.ConnectTimeout:
		return explain.Timeout
	case failover.IOTimeout:
		return explain.NoAnswer
	case failover.StreamLost:
		return explain.Reset
	case failover.Malformed:
		return explain.Malformed
	}
	return explain.Refused // no connection, or one to somebody else
}

// snapshot copies the counts.
func (w *Work) snapshot(now match.Nanos) admin.Work {
	out := admin.Work{Sessions: w.sessions.Load().Status(now),
		Waits: admin.Histogram{Bounds: waitBounds[:], Sum: match.Nanos(w.waited.Load())}}
	for i := range w.waits {
		out.Waits.Counts = append(out.Waits.Counts, w.waits[i].Load())
	}
	for i := range w.answers {
		out.Answers[i] = w.answers[i].Load()
	}
	for i := range w.failures {
		out.Failures[i] = w.failures[i].Load()
	}
	out.ByReason = out.Failures.ByReason()
	return out
}

// count tells the history what has come so far: answers, those that are server errors, and the time that all took.
// None of them ever falls.
func (w *Work) count() (answers, errors uint64, waited match.Nanos) {
	for i := range w.answers {
		answers += w.answers[i].Load()
	}
	return answers, w.answers[5].Load(), match.Nanos(w.waited.Load())
}
