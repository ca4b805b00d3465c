package story

import (
	"cmp"
	"math/bits"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// A log is slow where the 95th percentile of a window of five minutes is more than three times that of the median
// window. Windows with few requests say nothing.
const (
	windowLength  = pluginlog.Time(5 * time.Minute)
	leastRequests = 50 // of a window; its 95th percentile rests on two or three of them
	leastWindows  = 3  // of which the median means something
	slowFactor    = 3
	slowRequest   = 5 * time.Second
)

// window counts the requests that ended in five minutes.
type window struct {
	took   Times
	slower int64 // of slowRequest and more
	phases Phases
	lines  []Lines // of the first slower ones
}

// time takes how long a request took that no incident hit, where the log tells it.
func (s *Story) time(r *requests.Request) {
	if !r.Timed() || r.Declined {
		return
	}
	start := r.End - r.End%windowLength
	w := s.windows[start]
	if w == nil {
		if len(s.windows) >= maxWindows {
			return
		}
		w = new(window)
		s.windows[start] = w
	}
	wall := r.Wall()
	w.took.Add(wall)
	p := &w.phases
	p.All += wall
	p.Connect += r.Connect
	p.Handshake += r.Handshake
	p.Body += r.Body
	p.Member += r.Answer
	if wall < slowRequest {
		return
	}
	w.slower++
	if len(w.lines) < maxRanges && r.First.File == r.Last.File {
		w.lines = append(w.lines, Lines{r.First.File, r.First.Line, r.Last.Line})
	}
}

// slow returns the incidents of windows that are slower than the others; neighbouring ones are one.
func (s *Story) slow() (all []*Incident) {
	starts := s.busyWindows()
	if len(starts) < leastWindows {
		return nil
	}
	p95 := make([]time.Duration, len(starts))
	for n, start := range starts {
		p95[n] = s.windows[start].took.Percentile(95)
	}
	sorted := slices.Sorted(slices.Values(p95))
	// The lower one of two in the middle.
	limit := slowFactor * sorted[(len(sorted)-1)/2]
	for n, start := range starts {
		if p95[n] <= limit {
			continue
		}
		// Last is the end of a window, and so where a neighbour begins.
		if len(all) == 0 || all[len(all)-1].Last != start {
			all = append(all, &Incident{Kind: Slow, First: start, Last: start, Level: s.level})
		}
		i, w := all[len(all)-1], s.windows[start]
		i.Last = start + windowLength
		i.Clients.Slower += w.slower
		i.Phases.add(&w.phases)
		for _, l := range w.lines {
			i.addLines(l)
		}
	}
	return all
}

// busyWindows returns the beginnings of the windows that count, in order.
func (s *Story) busyWindows() (starts []pluginlog.Time) {
	for start, w := range s.windows {
		if w.took.Count() >= leastRequests {
			starts = append(starts, start)
		}
	}
	slices.SortFunc(starts, cmp.Compare[pluginlog.Time])
	return starts
}

func (p *Phases) add(q *Phases) {
	p.All += q.All
	p.Connect += q.Connect
	p.Handshake += q.Handshake
	p.Body += q.Body
	p.Member += q.Member
}

// Times counts durations in bins that are a fifth wide at most, from a millisecond to ten hours.
type Times struct {
	bins  [binCount]uint32
	count int64
}

const (
	subBins  = 4 // of each doubling
	binCount = 26 * subBins
)

// Add counts a duration.
func (h *Times) Add(d time.Duration) {
	h.bins[binOf(d)]++
	h.count++
}

// Count returns how many durations were added.
func (h *Times) Count() int64 { return h.count }

// binOf adds the number of bins of a doubling to the milliseconds, so that the first bins are of one millisecond each
// and no duration is below the first of them.
func binOf(d time.Duration) int {
	ms := uint64(max(d.Milliseconds(), 0)) + subBins
	high := bits.Len64(ms) - 1               // at least 2
	sub := int(ms>>(high-2)) & (subBins - 1) // the two bits below the highest one
	return min((high-2)*subBins+sub, binCount-1)
}

// top returns the upper end of a bin.
func top(bin int) time.Duration {
	high, sub := bin/subBins+2, bin%subBins
	return time.Duration(uint64(subBins+sub+1)<<(high-2)-subBins) * time.Millisecond
}

// Percentile returns a duration that so many of a hundred do not exceed, 0 where there are none. It is the upper end
// of a bin.
func (h *Times) Percentile(percent int64) time.Duration {
	left := (h.count*percent + 99) / 100
	if left == 0 {
		return 0
	}
	for bin, n := range h.bins {
		if left -= int64(n); left <= 0 {
			return top(bin)
		}
	}
	return top(binCount - 1)
}
