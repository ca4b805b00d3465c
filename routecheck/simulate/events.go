package simulate

import "github.com/wasplug/wasplug/routecheck/match"

// event is the end of an attempt, or the next request of a user.
type event struct {
	at      match.Nanos
	order   uint32 // among those of one process, or of all users, at one time
	request int32  // or ^user
}

func (e event) before(o event) bool { return e.at < o.at || e.at == o.at && e.order < o.order }

// agenda is a heap of events, the first first.
type agenda struct{ heap []event }

// push adds an event. Four children a node: a heap of a million events is ten levels deep and not twenty.
func (a *agenda) push(e event) {
	a.heap = append(a.heap, e)
	i := len(a.heap) - 1
	for i > 0 {
		parent := (i - 1) / 4
		if !e.before(a.heap[parent]) {
			break
		}
		a.heap[i] = a.heap[parent]
		i = parent
	}
	a.heap[i] = e
}

// pop takes the first event; there must be one.
func (a *agenda) pop() event {
	first, last := a.heap[0], a.heap[len(a.heap)-1]
	a.heap = a.heap[:len(a.heap)-1]
	n := len(a.heap)
	if n == 0 {
		return first
	}
	i := 0
	for {
		child := 4*i + 1
		if child >= n {
			break
		}
		least := child
		for c := child + 1; c < min(child+4, n); c++ {
			if a.heap[c].before(a.heap[least]) {
				least = c
			}
		}
		if !a.heap[least].before(last) {
			break
		}
		a.heap[i] = a.heap[least]
		i = least
	}
	a.heap[i] = last
	return first
}

// due reports whether there is an event up to a time.
func (a *agenda) due(until match.Nanos) bool { return len(a.heap) > 0 && a.heap[0].at <= until }
