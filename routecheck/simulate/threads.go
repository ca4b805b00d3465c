package simulate

import (
	"container/heap"

	"github.com/wasplug/wasplug/routecheck/match"
)

// A member with threads takes requests in their order. When each begins and ends is known when it comes, so that its
// queue is two lists of times.

// full reports that no place is left in the backlog.
func (m *member) full(now match.Nanos) bool {
	if m.threads == 0 {
		return false
	}
	started := 0
	for started < len(m.waiting) && m.waiting[started] <= now {
		started++
	}
	// Asked with times that ascend, so what has begun is never asked for again.
	m.waiting = m.waiting[started:]
	// A queue without a limit, or an answer that takes that long, is full at some point: times must not overflow.
	if m.free[0]-now > longest {
		return true
	}
	return m.backlog >= 0 && len(m.waiting) >= m.backlog && m.free[0] > now
}

// begins is when a thread takes up a request that comes now. The thread is taken until occupy says for how long.
func (m *member) begins(now match.Nanos) match.Nanos {
	if m.threads == 0 {
		return now
	}
	at := max(now, m.free[0])
	if at > now {
		m.waiting = append(m.waiting, at)
	}
	return at
}

// occupy keeps that thread until a time.
func (m *member) occupy(until match.Nanos) {
	if m.threads > 0 {
		m.free[0] = until
		heap.Fix((*times)(&m.free), 0)
	}
}

// times is a heap of a fixed size, of which Fix alone is used.
type times []match.Nanos

func (t times) Len() int           { return len(t) }
func (t times) Less(i, j int) bool { return t[i] < t[j] }
func (t times) Swap(i, j int)      { t[i], t[j] = t[j], t[i] }
func (t *times) Push(any)          {}
func (t *times) Pop() any          { return nil }
