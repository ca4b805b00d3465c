// Package history remembers what became of each member in the last ten minutes, for the status page. It is told of
// totals from time to time, and never on the way of a request. It knows neither clusters nor clocks.
package history

import (
	"sync"

	"github.com/wasplug/wasplug/proxy/admin"
	"github.com/wasplug/wasplug/routecheck/match"
)

// slot is how long a column of the picture is.
const slot = 10 * match.Second

// Count is what a member has done so far, and whether it is marked down.
type Count struct {
	Requests, Failed uint64      // totals; they begin anew with a configuration
	Answers, Errors  uint64      // heads of answers, and those of server errors among them
	Waited           match.Nanos // for all these heads
	Marked           bool
}

// Recorder keeps the history of all members. The zero value is one that has seen nothing.
type Recorder struct {
	mu      sync.Mutex
	column  int64 // of the time that was told last, counted from 0 on
	members map[admin.Name]*series
}

// series is the history of one member. columns is a ring: column c, counted from the start of the process, stands at
// c % admin.Columns, so nothing is moved when time goes on.
type series struct {
	last    Count       // as it was last told: its totals are subtracted from the next ones
	changed match.Nanos // when Marked changed; below 0 never
	seen    int64       // the column in which something was last told of it
	columns [admin.Columns]admin.Column
}

// Begin moves on to a time. Members of which nothing was told for as long as the picture reaches are forgotten: those
// that no configuration has any more. A column begins marked where the one before ended so, for a mark lasts until it
// is told that it is gone.
func (r *Recorder) Begin(now match.Nanos) {
	r.mu.Lock()
	defer r.mu.Unlock()
	was := r.column
	r.column = int64(now / slot)
	for name, s := range r.members {
		if r.column-s.seen >= admin.Columns {
			delete(r.members, name)
			continue
		}
		for c := max(was, r.column-admin.Columns) + 1; c <= r.column; c++ {
			s.columns[c%admin.Columns] = admin.Column{Marked: s.last.Marked}
		}
	}
}

// Note adds what a member has done since it was last told of. The first time is where counting begins.
func (r *Recorder) Note(n admin.Name, c Count, now match.Nanos) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.members[n]
	if s == nil {
		if r.members == nil {
			r.members = map[admin.Name]*series{}
		}
		s = &series{last: c, changed: -1}
		r.members[n] = s
	}
	column := &s.columns[r.column%admin.Columns]
	column.Requests += since(s.last.Requests, c.Requests)
	column.Failed += since(s.last.Failed, c.Failed)
	column.Answers += since(s.last.Answers, c.Answers)
	column.Errors += since(s.last.Errors, c.Errors)
	column.Waited += max(c.Waited-s.last.Waited, 0)
	column.Marked = column.Marked || c.Marked
	if c.Marked != s.last.Marked {
		s.changed = now
	}
	s.last, s.seen = c, r.column
}

// since is how much a total has grown: one that is smaller than before has begun anew, as at a reload that keeps no
// state.
func since(before, after uint64) uint32 {
	if after < before {
		return uint32(after)
	}
	return uint32(after - before)
}

func seconds(n match.Nanos) float64 { return float64(n) / float64(match.Second) }

// Recent returns the picture of a member, the oldest column first.
func (r *Recorder) Recent(n admin.Name, now match.Nanos) (out admin.Recent) {
	r.mu.Lock()
	defer r.mu.Unlock()
	s := r.members[n]
	if s == nil {
		return out
	}
	for i := range out.Columns {
		out.Columns[i] = s.columns[(r.column+1+int64(i))%admin.Columns]
	}
	lastMinute(&out, now)
	if s.changed >= 0 {
		ago := seconds(now - s.changed)
		out.ChangedAgo = &ago
	}
	return out
}

// lastMinute sums up five columns, and the one that has begun: what it divides by is that long, between 50 and 60
// seconds, and less in the first minute of the process.
func lastMinute(r *admin.Recent, now match.Nanos) {
	const minute = admin.Columns / 10
	var sum admin.Column
	for _, c := range r.Columns[admin.Columns-minute:] {
		sum.Add(c)
	}
	if span := seconds(min(now, (minute-1)*slot+now%slot)); span > 0 {
		r.PerSecond, r.FailedPerSecond = float64(sum.Requests)/span, float64(sum.Failed)/span
		r.ErrorsPerSecond = float64(sum.Errors) / span
	}
	if sum.Answers > 0 {
		wait := seconds(sum.Waited) / float64(sum.Answers)
		r.Wait = &wait
	}
}
