package streams

import (
	"slices"

	"github.com/wasplug/wasplug/routecheck/match"
)

// Queue is the queue of idle streams to one Transport of a member in one process (R65, R66). The zero value is
// an empty queue. It is no safer for concurrent use than a slice.
type Queue[S any] struct {
	idle []idleStream[S] // the one that was put last stands last
}

// idleStream is a stream, and since when it has been idle. Put is called as time goes on, so the oldest stands first,
// which is all that Expire looks at.
type idleStream[S any] struct {
	stream S
	since  match.Nanos
}

// Put queues a stream that is idle from now on.
func (q *Queue[S]) Put(s S, now match.Nanos) { q.idle = append(q.idle, idleStream[S]{s, now}) }

// Take gives the stream that was put last; ok is false when the queue is empty. Call Expire first: Take has no clock.
// What is taken is not kept, so that nothing holds on to it.
func (q *Queue[S]) Take() (s S, ok bool) {
	n := len(q.idle)
	if n == 0 {
		return s, false
	}
	s, q.idle[n-1] = q.idle[n-1].stream, idleStream[S]{}
	q.idle = q.idle[:n-1]
	return s, true
}

// Expire lets go of the streams that have idled for longer than ttl, the oldest first; 0 is no limit (R65). One that
// has idled for exactly ttl stays. drop closes each.
func (q *Queue[S]) Expire(now, ttl match.Nanos, drop func(S)) {
	old := 0
	for ttl > 0 && old < len(q.idle) && now-q.idle[old].since > ttl {
		drop(q.idle[old].stream)
		old++
	}
	if old > 0 {
		q.idle = slices.Delete(q.idle, 0, old)
	}
}

// Remove lets go of the streams for which gone holds, the oldest first.
func (q *Queue[S]) Remove(gone func(S) bool) {
	q.idle = slices.DeleteFunc(q.idle, func(s idleStream[S]) bool { return gone(s.stream) })
}

// Len returns the number of idle streams.
func (q *Queue[S]) Len() int { return len(q.idle) }

// Clone returns an independent copy.
func (q *Queue[S]) Clone() Queue[S] { return Queue[S]{slices.Clone(q.idle)} }
