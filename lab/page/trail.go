package page

import (
	"strings"
	"sync"
	"time"

	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/explain/words"
)

// Trail keeps the last requests of the web server processes, step by step. The zero value is ready; a nil one has
// none.
type Trail struct {
	mu   sync.Mutex
	last []*request // the latest at the end
}

// request is one that a web server process has, or had. Trail.mu guards it.
type request struct {
	process int
	number  uint64    // of the request in its process
	began   time.Time // when it was told of first
	Target  string
	cookies string // the Cookie headers, in which a session ID is looked for
	Steps   []step
}

// step is what a web server process did, and when.
type step struct {
	After      string // the request came
	Text, Rule string
}

// trailLength is how many requests are kept.
const trailLength = 50

// Add takes in what became of a request since the last call. The first call is without steps: a cluster was found, or
// none. Texts are copied, for those of a request are good during the call only.
func (t *Trail) Add(process int, table *routecheck.Table, told lab.Told) {
	t.mu.Lock()
	defer t.mu.Unlock()
	r := t.of(process, &told)
	if len(told.Steps) == 0 {
		r.add("request for "+r.Target, "R7")
		if told.Declined {
			r.add("no Route takes it: it is declined", "R1")
		} else {
			r.add("cluster "+table.Clusters[told.Cluster].Name+" gets it", "R1")
		}
	}
	for i := range told.Steps {
		r.add(words.Step(table, &told.Steps[i]), string(told.Steps[i].Rule))
	}
}

// of is the request that is told of; t.mu is held. What it says is good during the call only.
func (t *Trail) of(process int, told *lab.Told) *request {
	for _, r := range t.last {
		if r.process == process && r.number == told.Number {
			return r
		}
	}
	r := &request{process: process, number: told.Number, began: time.Now(), Target: strings.Clone(told.Request.Target),
		cookies: strings.Join(told.Request.Cookies, "; ") + " "} // the blank makes a copy, of a single one, too
	t.last = append(t.last, r)
	t.last = t.last[max(len(t.last)-trailLength, 0):]
	return r
}

func (r *request) add(text, rule string) {
	if text != "" {
		r.Steps = append(r.Steps, step{milliseconds(time.Since(r.began)), strings.Clone(text), rule})
	}
}

// latest is the last request of a session, or of anybody where none is picked; nil for none.
func (t *Trail) latest(session string) *request {
	if t == nil {
		return nil
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	for i := len(t.last) - 1; i >= 0; i-- {
		if r := t.last[i]; strings.Contains(r.cookies, session) {
			shown := *r
			shown.Steps = append([]step(nil), r.Steps...)
			return &shown
		}
	}
	return nil
}
