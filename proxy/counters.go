package proxy

import (
	"sync/atomic"

	"github.com/wasplug/wasplug/routecheck"
)

// counters are what the process has done since it started. Those of members stand in the state of their cluster.
type counters struct {
	classes  [6]atomic.Uint64 // answers by the first digit of the status, 0 for none
	affinity [numAffinity]atomic.Uint64
	declined atomic.Uint64
	refused  atomic.Uint64 // answers of the proxy itself to what is no request
	buckets  [len(bounds) + 1]atomic.Uint64
	sum      atomic.Int64 // nanoseconds
}

// bounds are the upper bounds of the histogram of durations.
var bounds = [...]routecheck.Nanos{
	second / 1000, second / 400, second / 200, second / 100, second / 40, second / 20, second / 10, second / 4, second / 2, second, 5 * second, 30 * second,
}

func (n *counters) add(status int, a AffinityOutcome, took routecheck.Nanos) {
	n.classes[min(status/100, 5)].Add(1)
	n.affinity[a].Add(1)
	n.sum.Add(int64(took))
	for i, b := range bounds {
		if took <= b {
			n.buckets[i].Add(1)
			return
		}
	}
	n.buckets[len(bounds)].Add(1)
}

// finish ends a request: counters and the access log.
func (p *Proxy) finish(c *client) {
	took := max(c.x.at, c.entry.start) - c.entry.start
	p.counters.add(c.entry.status, c.affinity(), took)
	if p.opt.AccessLog != nil {
		p.opt.AccessLog.write(c, took)
	}
}
