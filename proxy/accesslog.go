package proxy

import "github.com/wasplug/wasplug/routecheck"

// entry is what the access log tells of a request.
type entry struct {
	status   int
	bytes    int64
	gone     bool  // the client left
	cause    error // of the last failed attempt
	attempts int
	member   string
	start    routecheck.Nanos
}

func (e *entry) begin(c *client) { *e = entry{start: c.p.now()} }

func (e *entry) attempt(member string, _ *Proxy) {
	e.attempts++
	e.member = member
}
