package story

import (
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// A mark is held from the line that says so to the first evidence that the process does not hold it any more: a check
// that finds the member not marked down, counters that show another request and no other failure, or an answer to a
// request that was sent later.

// place is a member in a process.
type place struct {
	member string
	pid    uint64
}

// mark is a mark that a process holds, by all that is known.
type mark struct {
	at        pluginlog.Time
	counters  pluginlog.Counters // after it
	counted   bool
	incidents []*Incident // that are about it
}

// run is how often a process marked a member and found it serving again, without a long pause.
type run struct {
	first, last pluginlog.Time
	pairs, told int64 // told: those that an incident knows
	line        Lines // of the last mark
}

const (
	// settleTime is how long lines of other threads may still show what was before a mark.
	settleTime = time.Second
	// leastFlaps is how many pairs of a mark and its end make a member flap.
	leastFlaps = 3
)

// markedDown takes a mark; i is the incident of its attempt.
func (s *Story) markedDown(i *Incident, e *pluginlog.Event) {
	// No incident knows the attempt that the line is about.
	if i == nil {
		return
	}
	i.Marks++
	if p := i.hit(e.PID); p != nil {
		p.Marked, p.Back = e.Time, 0
	}
	at := place{e.Member, e.PID}
	m, known := s.marks.Get(e.Member, e.PID)
	if !known {
		if s.marks.Len() >= maxMarks {
			return
		}
		m = new(mark)
		s.marks.Set(keep(e.Member), e.PID, m)
	}
	// It may be marked again: counters from before say nothing of this mark.
	m.at, m.counted = e.Time, false
	for _, known := range m.incidents {
		if known == i {
			i = nil
		}
	}
	if i != nil && len(m.incidents) < maxOfRequest {
		m.incidents = append(m.incidents, i)
	}
	s.ran(at, e)
}

// ran notes the mark in the run of its process.
func (s *Story) ran(at place, e *pluginlog.Event) {
	r, known := s.runs.Get(at.member, at.pid)
	if !known {
		if s.runs.Len() >= maxMarks {
			return
		}
		r = new(run)
		s.runs.Set(keep(at.member), at.pid, r)
	}
	if r.first == 0 || e.Time.Sub(r.last) > s.window {
		*r = run{first: e.Time}
	}
	r.last, r.line = e.Time, Lines{max(s.file, 1), e.Line, e.Line}
}

// back takes evidence that a process does not hold its mark of a member.
func (s *Story) back(at place, e *pluginlog.Event) {
	m, known := s.marks.Get(at.member, at.pid)
	// Sub is 0 where a time is missing, too: such a line is no evidence.
	if !known || e.Time.Sub(m.at) < settleTime {
		return
	}
	for _, i := range m.incidents {
		if n, ok := i.process[at.pid]; ok && i.Processes[n].Back == 0 {
			i.Processes[n].Back = e.Time
		}
	}
	s.marks.Delete(at.member, at.pid)
	s.series.back(at.member, e.Time)
	r, known := s.runs.Get(at.member, at.pid)
	if !known {
		return
	}
	r.pairs++
	r.last = e.Time
	if r.pairs >= leastFlaps {
		s.flaps(at, r, e)
	}
}

// flaps tells of a run that is long enough: of all of it at first, then of each further pair.
func (s *Story) flaps(at place, r *run, e *pluginlog.Event) {
	i := s.incident(key{kind: Flapping, subject: at.member}, e.Time)
	i.Member = keep(at.member)
	more := r.pairs - r.told
	r.told = r.pairs
	i.Events[pluginlog.MarkedDown] += more
	i.Marks += more
	i.touch(at.pid, r.first, e.Time, r.line)
}

// checked takes the check of a member's status (R42).
func (s *Story) checked(r *requests.Request, e *pluginlog.Event) {
	if e.Check.Full {
		i := s.alone(key{kind: Full, subject: e.Member}, e)
		i.Member = keep(e.Member)
		if r != nil {
			taleOf(r).belong(i)
		}
	}
	if !e.Check.MarkedDown && s.marks.Len() > 0 {
		s.back(place{e.Member, e.PID}, e)
	}
}

// counted takes the counters of a member in a process (R67).
func (s *Story) counted(r *requests.Request, e *pluginlog.Event) {
	if r != nil && served(r) && r.Attempts[len(r.Attempts)-1].Member == e.Member {
		s.hasServed(e.Member, e.Time)
	}
	m, known := s.marks.Get(e.Member, e.PID)
	switch c := &e.Counters; {
	case !known:
	// The first counters behind the mark hold the failure that led to it; a lower total is of another process.
	case !m.counted || c.Failed != m.counters.Failed || c.Total < m.counters.Total:
		m.counters, m.counted = *c, true
	case c.Total > m.counters.Total:
		s.back(place{e.Member, e.PID}, e)
	}
}

// statusLine takes the status of an answer: the member serves.
func (s *Story) statusLine(r *requests.Request, e *pluginlog.Event) {
	if r == nil || !served(r) || e.Code < 200 || e.Code == 503 {
		return
	}
	at := &r.Attempts[len(r.Attempts)-1]
	s.hasServed(at.Member, e.Time)
	// An answer to what was sent before the mark says nothing of it.
	if m, known := s.marks.Get(at.Member, e.PID); known && at.Start > m.at {
		s.back(place{at.Member, e.PID}, e)
	}
}

// hasServed notes when a member answered last, in whatever process.
func (s *Story) hasServed(member string, at pluginlog.Time) {
	last, known := s.served.Get(member, 0)
	if !known {
		if s.served.Len() >= maxMembers {
			return
		}
		last = new(pluginlog.Time)
		s.served.Set(keep(member), 0, last)
	}
	*last = max(*last, at)
}
