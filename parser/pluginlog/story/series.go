package story

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Series is how a log went, by member and by stretches of time that are equally long.
type Series struct {
	From    pluginlog.Time // where the first stretch begins
	Step    time.Duration
	Members []MemberSeries // by name
	Reloads []int64        // by stretch
	Dropped int64          // lines about further members
}

// MemberSeries is what became of a member.
type MemberSeries struct {
	Member string
	Cells  []Cell // by stretch
	All    Cell
}

// Cell is what a stretch of time holds. STATS lines give differences of their counters, summed over the processes.
type Cell struct {
	Marks, Back    int64  // how often processes marked the member, and were seen to have it back
	Served, Failed int64  // attempts
	Counted        bool   // there are STATS lines
	New, Affinity  int64  // requests, by STATS lines
	Pending        int64  // the most, by STATS lines
	took           *Times // of requests that the member answered; nil where none shows how long it took
}

// Timed returns how many requests the log shows the duration of.
func (c *Cell) Timed() int64 {
	if c.took == nil {
		return 0
	}
	return c.took.Count()
}

// Percentile returns how long so many of a hundred requests took at most, 0 where the log does not tell it.
func (c *Cell) Percentile(percent int64) time.Duration {
	if c.took == nil {
		return 0
	}
	return c.took.Percentile(percent)
}

// add joins another stretch to this one: it adds up, but of what is pending it takes the most.
func (c *Cell) add(d *Cell) {
	c.Marks += d.Marks
	c.Back += d.Back
	c.Served += d.Served
	c.Failed += d.Failed
	c.New += d.New
	c.Affinity += d.Affinity
	c.Counted = c.Counted || d.Counted
	c.Pending = max(c.Pending, d.Pending)
	if d.took == nil {
		return
	}
	if c.took == nil {
		c.took = new(Times)
	}
	c.took.join(d.took)
}

// join adds the counts of another one; that is exact, for all have the same bins.
func (h *Times) join(other *Times) {
	for bin, n := range other.bins {
		h.bins[bin] += n
	}
	h.count += other.count
}

const (
	maxCells  = 300 // stretches that are kept
	maxTracks = 200 // members of which they are
	maxShown  = 60  // stretches of a Series
)

// Stretches are kept in steps of which each is a multiple of the one before: where a log is longer than expected they
// are joined.
var steps = seconds(1, 2, 10, 30, 60, 120, 600, 1800, 3600, 7200, 21600, 43200, 86400, 7*86400)

// shownSteps are those of a Series.
var shownSteps = seconds(1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1200, 1800, 3600, 7200, 3*3600, 4*3600,
	6*3600, 12*3600, 86400, 2*86400, 7*86400)

func seconds(all ...int64) (out []pluginlog.Time) {
	for _, n := range all {
		out = append(out, pluginlog.Time(n)*pluginlog.Time(time.Second))
	}
	return out
}

// track is the stretches of a member, by their number since 1970.
type track map[int64]*Cell

// recorder makes a Series. A nil one records nothing.
type recorder struct {
	step        pluginlog.Time // how long a stretch is
	first, last int64          // of the stretches with something in them; both 0 before there is one
	tracks      map[string]track
	rows        map[place]pluginlog.Counters // the last ones
	pending     map[string]int64             // by member, over its processes
	dropped     int64                        // lines for which there was no track
}

func newRecorder() *recorder {
	return &recorder{step: steps[0], tracks: map[string]track{}, rows: map[place]pluginlog.Counters{},
		pending: map[string]int64{}}
}

// reloadTrack is where reloads are counted: no member has that name.
const reloadTrack = ""

// cell returns the stretch of a member that a time is in, nil where there is none.
func (rec *recorder) cell(member string, at pluginlog.Time) *Cell {
	if rec == nil || at <= 0 {
		return nil
	}
	t := rec.tracks[member]
	if t == nil {
		if len(rec.tracks) > maxTracks {
			rec.dropped++
			return nil
		}
		t = track{}
		rec.tracks[keep(member)] = t
	}
	n := int64(at / rec.step)
	if rec.last == 0 {
		rec.first, rec.last = n, n
	}
	rec.first, rec.last = min(rec.first, n), max(rec.last, n)
	// The log is longer than so many stretches. widen makes new tracks, in which the time is in another stretch.
	for rec.last-rec.first >= maxCells {
		rec.widen(nextStep(rec.step))
		n, t = int64(at/rec.step), rec.tracks[member]
	}
	if t[n] == nil {
		t[n] = new(Cell)
	}
	return t[n]
}

// nextStep is the next longer one of steps; beyond the last of them it is twice as long.
func nextStep(step pluginlog.Time) pluginlog.Time {
	for _, s := range steps {
		if s > step {
			return s
		}
	}
	return 2 * step
}

// widen joins stretches to such of another step.
func (rec *recorder) widen(step pluginlog.Time) {
	by := int64(step / rec.step)
	for member, t := range rec.tracks {
		wide := track{}
		for n, c := range t {
			if wide[n/by] == nil {
				wide[n/by] = new(Cell)
			}
			wide[n/by].add(c)
		}
		rec.tracks[member] = wide
	}
	rec.step, rec.first, rec.last = step, rec.first/by, rec.last/by
}

// line takes what single lines tell.
func (rec *recorder) line(e *pluginlog.Event) {
	if rec == nil {
		return
	}
	switch e.Kind {
	case pluginlog.MarkedDown:
		if c := rec.cell(e.Member, e.Time); c != nil && e.Member != "" {
			c.Marks++
		}
	case pluginlog.ConfigReloaded:
		if c := rec.cell(reloadTrack, e.Time); c != nil {
			c.Marks++
		}
	case pluginlog.Counted:
		rec.counted(e)
	}
}

// counted takes the counters of a member in a process. What was counted before the log begins is not of its time;
// where they have gone down another process has the number now, and began at 0.
func (rec *recorder) counted(e *pluginlog.Event) {
	at, now := place{e.Member, e.PID}, e.Counters
	was, known := rec.rows[at]
	c := rec.cell(e.Member, e.Time)
	if c == nil || !known && len(rec.rows) >= maxMarks {
		return
	}
	c.Counted = true
	since := was
	if now.Total < was.Total {
		since = pluginlog.Counters{}
	}
	// The first counters of a process count from its start only where they show its first request.
	if known || now.Total <= 1 {
		c.New += max(now.New()-since.New(), 0)
		c.Affinity += max(now.Affinity-since.Affinity, 0)
	}
	// Each process knows its own pending requests alone: the sum follows by what changed in one of them.
	rec.pending[e.Member] += now.Pending - was.Pending
	c.Pending = max(c.Pending, rec.pending[e.Member])
	if !known {
		at.member = keep(at.member)
	}
	rec.rows[at] = now
}

// back takes that a process has a member again.
func (rec *recorder) back(member string, at pluginlog.Time) {
	if c := rec.cell(member, at); c != nil {
		c.Back++
	}
}

// done takes the attempts of a request that is over.
func (rec *recorder) done(r *requests.Request) {
	if rec == nil {
		return
	}
	for i := range r.Attempts {
		at := &r.Attempts[i]
		if at.Member == "" || at.Outcome == requests.Pending {
			continue
		}
		c := rec.cell(at.Member, cmp.Or(at.End, r.End))
		switch {
		case c == nil:
		case at.Outcome == requests.Answered:
			c.Served++
			if r.Timed() && !r.Declined {
				if c.took == nil {
					c.took = new(Times)
				}
				c.took.Add(r.Wall())
			}
		default:
			c.Failed++
		}
	}
}

// Series returns how the log went so far, in at most 60 stretches; nil where it was not asked for, or the log shows no
// time.
func (s *Story) Series() *Series {
	rec := s.series
	if rec == nil || rec.last == 0 {
		return nil
	}
	step := rec.shownStep()
	by := int64(step / rec.step)
	first, count := rec.first/by, int(rec.last/by-rec.first/by)+1
	out := &Series{From: pluginlog.Time(first) * step, Step: time.Duration(step), Reloads: make([]int64, count),
		Dropped: rec.dropped}
	for _, member := range slices.Sorted(maps.Keys(rec.tracks)) {
		m := MemberSeries{Member: member, Cells: make([]Cell, count)}
		for n, c := range rec.tracks[member] {
			m.Cells[n/by-first].add(c)
			m.All.add(c)
		}
		if member != reloadTrack {
			out.Members = append(out.Members, m)
			continue
		}
		for n := range m.Cells {
			out.Reloads[n] = m.Cells[n].Marks
		}
	}
	return out
}

// shownStep is the shortest that a Series has room for, a multiple of that in which was counted.
func (rec *recorder) shownStep() pluginlog.Time {
	few := func(step pluginlog.Time) bool {
		by := int64(step / rec.step)
		return step%rec.step == 0 && rec.last/by-rec.first/by < maxShown
	}
	for _, step := range shownSteps {
		if step >= rec.step && few(step) {
			return step
		}
	}
	step := rec.step
	for !few(step) {
		step += rec.step
	}
	return step
}
