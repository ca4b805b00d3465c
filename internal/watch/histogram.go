package watch

import "time"

// bounds of the buckets of a histogram, in seconds.
var bounds = [...]float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60}

// histogram counts durations. Its fields are exported for the state that a run leaves to the next.
type histogram struct {
	Counts [len(bounds) + 1]uint64
	Sum    float64 // of seconds
}

func (h *histogram) add(d time.Duration) {
	n := 0
	for n < len(bounds) && d.Seconds() > bounds[n] {
		n++
	}
	h.Counts[n]++
	h.Sum += d.Seconds()
}

// upTo returns how many took no longer than each bound, and how many there are.
func (h *histogram) upTo() (all map[float64]uint64, total uint64) {
	all = map[float64]uint64{}
	for n, count := range h.Counts {
		total += count
		if n < len(bounds) {
			all[bounds[n]] = total
		}
	}
	return all, total
}
