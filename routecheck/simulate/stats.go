package simulate

import (
	"cmp"
	"math/bits"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// stats are the figures of a world. Those of several add up to the same, however processes are divided among them.
type stats struct {
	step     match.Nanos // how long a step of the series is
	all      counts
	steps    []counts
	members  []memberCounts
	probes   [][]uint32 // member, step: that failed
	waits    histogram
	longest  *Request
	sessions SessionCounts
}

// counts say what became of requests.
type counts struct {
	requests, ok, failedOver, declined uint64
	errors                             [len(statuses)]uint64
}

// statuses are those of the errors that a plug-in answers itself, or passes on.
var statuses = [...]int{413, 500, 502, 503}

func (c *counts) add(o *counts) {
	c.requests += o.requests
	c.ok += o.ok
	c.failedOver += o.failedOver
	c.declined += o.declined
	for i := range c.errors {
		c.errors[i] += o.errors[i]
	}
}

type memberCounts struct {
	fresh, affinity      uint64
	failed               [explain.NumFailureModes]uint64 // attempts
	probes, failedProbes uint64
	pending              int32 // most at a time in one process
	waitedProbes         uint64
}

func (m *memberCounts) add(o *memberCounts) {
	m.fresh += o.fresh
	m.affinity += o.affinity
	for i := range m.failed {
		m.failed[i] += o.failed[i]
	}
	m.probes += o.probes
	m.failedProbes += o.failedProbes
	m.waitedProbes += o.waitedProbes
	m.pending = max(m.pending, o.pending)
}

// SessionCounts say what became of sessions.
type SessionCounts struct {
	Began       uint64 // with a first answer
	Moved       uint64 // requests that another member has answered than the one before
	Kept        uint64 // of those: with the session
	Lost        uint64 // the user begins anew, whether moved or at a member that has begun anew
	Open        uint64 // nobody can tell
	ChangesLost uint64 // of those kept: without the last change
}

func (s *SessionCounts) add(o *SessionCounts) {
	s.Began += o.Began
	s.Moved += o.Moved
	s.Kept += o.Kept
	s.Lost += o.Lost
	s.Open += o.Open
	s.ChangesLost += o.ChangesLost
}

// Request is how one request went.
type Request struct {
	Process  int
	Number   uint64 // in its process, from 1 on
	URL      int
	Cookie   string // that it carried, "" none
	Start    match.Nanos
	End      match.Nanos
	Status   int            // of an error, 0 when a member has answered
	Server   int            // in Result.Members: who has answered, -1 nobody
	Member   match.MemberID // the same in its cluster
	Cluster  match.ClusterID
	By       failover.SelectedBy
	Attempts []Attempt // that failed
}

// Attempt is one that has failed.
type Attempt struct {
	Member     int // in Result.Members
	Outcome    explain.FailureMode
	Start, End match.Nanos
	Marked     bool // it marked the member down
}

// notice is when a process has marked a member for the first time in a fault, and took it for well again behind it;
// -1: never.
type notice struct{ marked, back match.Nanos }

// The series ends with the last arrival: what ends later counts to the step in which it arrived.
func newStats(sc *Scenario, members int) stats {
	s := stats{step: stepOf(sc.lasts()), members: make([]memberCounts, members)}
	n := int(max(sc.lasts()-1, 0)/s.step) + 1
	s.steps, s.probes = make([]counts, n), make([][]uint32, members)
	return s
}

// stepOf is the length of a step: some 20 to 120 of them make the whole.
func stepOf(whole match.Nanos) match.Nanos {
	for _, seconds := range []match.Nanos{1, 10, 60, 600, 3600, 6 * 3600} {
		if whole <= 120*seconds*match.Second {
			return seconds * match.Second
		}
	}
	const day = 24 * 3600 * match.Second
	return max(1, (whole/day+119)/120) * day
}

// at is the step of a time; what comes after the last arrival counts to the last step.
func (s *stats) at(now match.Nanos) int { return min(int(now/s.step), len(s.steps)-1) }

func (s *stats) arrived(now match.Nanos) {
	s.all.requests++
	s.steps[s.at(now)].requests++
}

func (s *stats) declined(now match.Nanos) {
	s.all.declined++
	s.steps[s.at(now)].declined++
}

// sent counts an attempt.
func (s *stats) sent(f *requestState, pending int32) {
	m := &s.members[f.member]
	m.pending = max(m.pending, pending)
	if f.probes() {
		m.probes++
	}
}

// probes reports whether the attempt under way probes a marked member (R52), and is not the same one on a new stream.
func (f *requestState) probes() bool { return f.marked && !f.action.FreshStream }

// finished counts a request.
func (s *stats) finished(f *requestState, status int, now match.Nanos) {
	// Outcomes are told of the step in which a request arrived, so that those of a step add up to its requests.
	arrived := f.state.Arrived
	step := &s.steps[s.at(arrived)]
	switch {
	case status != 0:
		for i := range statuses {
			if statuses[i] == status {
				s.all.errors[i]++
				step.errors[i]++
			}
		}
	case len(f.failed) > 0:
		s.all.failedOver++
		step.failedOver++
	default:
		s.all.ok++
		step.ok++
	}
	if status == 0 {
		m := &s.members[f.member]
		// The next primary takes over a session, and does not get a new one.
		if f.state.By == failover.ByAffinity || f.state.By == failover.ByNextPrimary {
			m.affinity++
		} else {
			m.fresh++
		}
	}
	wait := now - arrived
	s.waits.add(wait)
}

// longest keeps a request if it is the longest so far; of several the one of the first process, and there the first.
func (w *world) longest(f *requestState, status int, m match.MemberID) {
	o, wait := w.stats.longest, w.now-f.state.Arrived
	// The tie is broken, for worlds add up in another order when there are more workers.
	if o == nil || cmp.Or(cmp.Compare(o.End-o.Start, wait), cmp.Compare(int(f.process.id), o.Process),
		cmp.Compare(f.number, o.Number)) < 0 {
		w.stats.longest = w.told(f, status, m)
	}
}

// longer keeps the longer of two requests.
func (s *stats) longer(r *Request) {
	if r == nil {
		return
	}
	if o := s.longest; o == nil || cmp.Or(cmp.Compare(o.End-o.Start, r.End-r.Start), cmp.Compare(r.Process, o.Process),
		cmp.Compare(r.Number, o.Number)) < 0 {
		s.longest = r
	}
}

// note counts an attempt that has failed, or has changed whether its member is marked down.
func (w *world) note(f *requestState, marked bool) {
	m, start := &w.stats.members[f.member], f.state.Arrived
	if n := len(f.failed); n > 0 {
		// Attempts follow each other without a pause.
		start = f.failed[n-1].End
	}
	if f.outcome != explain.Healthy {
		f.failed = append(f.failed, Attempt{int(f.member), f.outcome, start, w.now, marked && !f.marked})
		m.failed[f.outcome]++
		if f.probes() && marked {
			w.stats.failedProbe(f, start, w.now)
		}
	}
	if marked == f.marked {
		return
	}
	server := &w.roster.members[f.member]
	// A fault is noticed where it holds when an attempt ends, or held when that began: a connect that runs into its
	// timeout may end behind the fault.
	for i, number := range server.numbers {
		n := &w.noticed[number][f.process.id]
		fault := &server.faults[i]
		switch {
		case marked && n.marked < 0 && (fault.covers(w.now) || fault.covers(start)):
			n.marked = w.now
		case !marked && n.marked >= 0 && n.back < 0 && fault.To != 0 && w.now >= fault.To:
			n.back = w.now
		}
	}
}

// failedProbe counts a probe of a marked member that has failed.
func (s *stats) failedProbe(f *requestState, start, now match.Nanos) {
	m := &s.members[f.member]
	m.failedProbes++
	if now > start {
		m.waitedProbes++
	}
	if s.probes[f.member] == nil {
		s.probes[f.member] = make([]uint32, len(s.steps))
	}
	s.probes[f.member][s.at(start)]++
}

// add takes the figures of another world in.
func (s *stats) add(o *stats) {
	s.all.add(&o.all)
	for i := range s.steps {
		s.steps[i].add(&o.steps[i])
	}
	for i := range s.members {
		s.members[i].add(&o.members[i])
		for step, n := range o.probes[i] {
			if s.probes[i] == nil {
				s.probes[i] = make([]uint32, len(s.steps))
			}
			s.probes[i][step] += n
		}
	}
	s.waits.merge(&o.waits)
	s.longer(o.longest)
	s.sessions.add(&o.sessions)
}

// told is a request in the form for others.
func (w *world) told(f *requestState, status int, m match.MemberID) *Request {
	server := int(f.member)
	if m == match.NoMember {
		server = -1
	}
	return &Request{Server: server, Process: int(f.process.id),
		Number: f.number, URL: int(f.url), Start: f.state.Arrived,
		End: w.now, Status: status, Member: m, Cluster: f.state.Cluster, By: f.state.By, Attempts: f.failed,
		Cookie: w.cookies.all[f.cookie].value}
}

// histogram counts times with an error of some 1.5 percent: 64 steps between two powers of two.
type histogram struct {
	count [(64 - fine) << fine]uint64
	n     uint64
	most  match.Nanos
}

const fine = 6

func (h *histogram) add(d match.Nanos) {
	h.n++
	h.most = max(h.most, d)
	h.count[cell(d)]++
}

func cell(d match.Nanos) int {
	u := uint64(d)
	if u < 1<<fine {
		return int(u)
	}
	// The highest seven bits are kept: the first of them is always 1, the other six tell 64 cells of one power of two.
	power := bits.Len64(u) - 1 - fine
	return power<<fine + int(u>>power)
}

// least is the least time in a cell.
func least(i int) match.Nanos {
	if i < 2<<fine {
		return match.Nanos(i)
	}
	power := i>>fine - 1
	return match.Nanos(uint64(i-power<<fine) << power)
}

func (h *histogram) merge(o *histogram) {
	for i, n := range o.count {
		h.count[i] += n
	}
	h.n, h.most = h.n+o.n, max(h.most, o.most)
}

// quantile is the time that a share of all does not exceed, up to the width of a cell.
func (h *histogram) quantile(share float64) match.Nanos {
	// The rank among n sorted times, from 0 on.
	rank, seen := uint64(share*float64(h.n-min(h.n, 1))), uint64(0)
	for i, n := range h.count {
		if seen += n; seen > rank {
			return min(least(i+1)-1, h.most)
		}
	}
	return h.most
}
