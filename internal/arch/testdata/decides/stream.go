package try

import "github.com/wasplug/wasplug/routecheck"

type queue struct {
	since []routecheck.Nanos
	ttl   routecheck.Nanos
}

func (q *queue) tooOld(i int, now routecheck.Nanos) bool {
	return now-q.since[i] > q.ttl // want stream
}
