package try

import "github.com/wasplug/wasplug/routecheck/match"

type queue struct {
	since []match.Nanos
	ttl   match.Nanos
}

func (q *queue) tooOld(i int, now match.Nanos) bool {
	return now-q.since[i] > q.ttl // want stream
}
