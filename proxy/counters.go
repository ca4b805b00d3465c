package proxy

import (
	"sync/atomic"

	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// counters are what the process has done since it started. Those of members stand in the state of their cluster.
type counters struct {
	classes  [6]atomic.Uint64 // answers by the first digit of the status, 0 for none
	affinity [failover.NumAffinityOutcomes]atomic.Uint64
	declined atomic.Uint64
	refused  atomic.Uint64 // answers of the proxy itself to what is no request
	full     atomic.Uint64 // connections beyond MaxClients
	sent     atomic.Uint64 // bytes to clients, without those of upgraded connections
	others   histogram     // of requests that no cluster gets
}

// bounds are the upper bounds of the histogram of durations.
var bounds = [...]match.Nanos{
	second / 1000, second / 400, second / 200, second / 100, second / 40, second / 20, second / 10, second / 4,
	second / 2, second, 5 * second, 30 * second,
}

// histogram counts durations. A request costs two additions.
type histogram struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Int64 // nanoseconds
}

func (h *histogram) add(took match.Nanos) {
	h.sum.Add(int64(took))
	for i, b := range bounds {
		if took <= b {
			h.buckets[i].Add(1)
			return
		}
	}
	h.buckets[len(bounds)].Add(1)
}
