package generation

import (
	"sync/atomic"
	"time"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/match"
)

const second = match.Nanos(time.Second)

// bounds are the upper bounds of the histogram of durations. Whoever keeps its metrics for long compares by them, so
// they should stay.
var bounds = [...]match.Nanos{
	second / 1000, second / 400, second / 200, second / 100, second / 40, second / 20, second / 10, second / 4,
	second / 2, second, 5 * second, 30 * second,
}

// Times is a histogram of durations. A request costs two additions. The zero value is empty, and the metrics of
// Prometheus, which count up, are made of it when they are asked for.
type Times struct {
	buckets [len(bounds) + 1]atomic.Uint64
	sum     atomic.Int64 // nanoseconds
}

// Add counts one.
func (h *Times) Add(took match.Nanos) {
	h.sum.Add(int64(took))
	for i, b := range bounds {
		if took <= b {
			h.buckets[i].Add(1)
			return
		}
	}
	h.buckets[len(bounds)].Add(1)
}

// Snapshot copies the counts of a cluster.
func (h *Times) Snapshot(cluster string) admin.Histogram {
	out := admin.Histogram{Cluster: cluster, Bounds: bounds[:], Sum: match.Nanos(h.sum.Load())}
	for i := range h.buckets {
		out.Counts = append(out.Counts, h.buckets[i].Load())
	}
	return out
}
