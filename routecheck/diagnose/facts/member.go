package facts

import (
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Member is what the log tells of one member, over all processes. The log has no clusters, so members of one name in
// two clusters are one here.
type Member struct {
	Name     string
	Stranger bool     // the file does not have it
	Hosts    []string // host:port, the first of them

	// Attempts: answered, failed, answered 5xx, and those of these that came within a second.
	Answered, Failed, Errors, Quick int64
	Served, Full                    Sightings

	// How attempts failed: refused, nobody reached, ServerIOTimeout without and with a mark, a connection that was
	// taken again or opened and then broke, no mark at all.
	Refused, unreachable, IOUnmarked, IOMarked, ReusedLost, FreshLost, Unmarked Sightings

	// Marks: all, those after it had answered again, those by a try that failed, too; refused after a mark; back only
	// when the retry interval was long over.
	Marks, Flaps, FailedTries, RefusedAtBack, SlowBack Sightings
	MarkedBy                                           int            // processes
	FirstMark, LastFirstMark                           pluginlog.Time // of the processes' first marks
	RetryIn, LongestBack                               time.Duration
	Marked                                             map[uint64]pluginlog.Time // by process, until it serves again

	// Answers while another member was marked, or had failed; those by processes that have not marked it, while
	// another has.
	AfterMark, ServedWhileMarked int64

	CountedAt requests.Place // its last counters
	lastError pluginlog.Time // of an answer 500
}

// process is what the log tells of one process of the web server.
type process struct {
	Last   pluginlog.Time // end of its last request, or the last counters, which each request prints
	marked int            // members that it has marked, and that have not answered since
}

// ProcKey names a member as one process sees it.
type ProcKey struct {
	Member string
	PID    uint64
}

// proc is what one process has seen of one member. Marks and counters are kept by each process for itself (plugin.md
// 1), so most is judged in pairs of the two.
type proc struct {
	*Member
	began              pluginlog.Time // first attempt
	okAt               pluginlog.Time // last answer
	failedAt           pluginlog.Time // first of the failures in a row
	inRow, unreach     int64          // failures in a row; those of them that no host answered
	MarkedAt           pluginlog.Time // 0 where it has answered since
	MarkAt             requests.Place
	okSince, WasMarked bool
	NewBack, OldBack   int64 // answered since it came back: new requests, those of sessions
	MovedByHang        int64 // sessions that went elsewhere after ServerIOTimeout had fired
	Counts             counts
}

// counts follow the counters that a process prints of a member; they begin anew with a process of the same number.
type counts struct {
	first, last, sum pluginlog.Counters
	Lines            int64
	at               pluginlog.Time // of the last
	flatSince        pluginlog.Time // since when the total stands at the pending limit
	Pending          int64          // most
	Flat             time.Duration  // the longest time for which requests were pending and the total stood
}

// member returns what is kept of a member, made when its name first comes; nil where the log has too many names.
func (l *Log) member(name string) *Member {
	if name == "" {
		return nil
	}
	name = name[:min(len(name), mostName)]
	m := l.Members[name]
	if m == nil && len(l.Members) < mostMembers {
		name = kept(name)
		m = &Member{Name: name, Marked: map[uint64]pluginlog.Time{}, Stranger: l.file != nil && !l.file.knows(name)}
		l.Members[name] = m
		l.Order = append(l.Order, m)
	}
	return m
}

// proc returns what is kept of a member in one process; nil where there are too many pairs.
func (l *Log) proc(name string, pid uint64) *proc {
	m := l.member(name)
	if m == nil {
		return nil
	}
	p := l.Procs[ProcKey{m.Name, pid}]
	if p == nil {
		if len(l.Procs) >= mostPairs {
			return nil
		}
		p = &proc{Member: m}
		l.Procs[ProcKey{m.Name, pid}] = p
	}
	return p
}

// process notes that a process has had a request until then.
func (l *Log) process(pid uint64, until pluginlog.Time) {
	p := l.Processes[pid]
	if p == nil {
		if len(l.Processes) >= mostProcesses {
			return
		}
		p = new(process)
		l.Processes[pid] = p
	}
	p.Last = max(p.Last, until)
}

// counted takes a line of counters. What a process had counted before the log began is taken off (first), unless the
// log has its first request.
func (l *Log) counted(e *pluginlog.Event) {
	p := l.proc(e.Member, e.PID)
	if p == nil {
		return
	}
	l.process(e.PID, e.Time)
	c, now := &p.Counts, e.Counters
	p.CountedAt = requests.Place{File: max(l.place, 1), Line: e.Line}
	switch {
	case c.Lines == 0 && now.Total <= 1:
	case c.Lines == 0:
		c.first = now
	case c.late(&now):
		return
	// a new process of that number: what the old one had counted is kept in sum
	case now.Total < c.last.Total:
		c.sum = plus(c.sum, minus(c.last, c.first))
		c.first = pluginlog.Counters{}
	// a request went well since the counters that followed the mark: below Trace this alone shows that the member is
	// back
	case now.Total > c.last.Total && now.Failed == c.last.Failed && c.at > p.MarkedAt && p.MarkedAt != 0:
		l.served(p, e)
	}
	c.Pending = max(c.Pending, now.Pending)
	// flat while requests are pending and none ends
	if now.Pending == 0 || c.Lines == 0 || now.Total != c.last.Total {
		c.flatSince = e.Time
	}
	c.Flat = max(c.Flat, e.Time.Sub(c.flatSince))
	c.last, c.at = now, e.Time
	c.Lines++
}

// served takes counters by which a member that was marked has served again, where the log shows no more of it. It
// undoes what a mark set, as an answer does that the log shows.
func (l *Log) served(p *proc, e *pluginlog.Event) {
	p.MarkedAt, p.NewBack, p.OldBack = 0, 0, 0
	p.okAt, p.okSince, p.failedAt, p.inRow, p.unreach = e.Time, true, 0, 0, 0
	delete(p.Marked, e.PID)
	if process := l.Processes[e.PID]; process != nil {
		process.marked--
	}
}

// late reports whether counters are older than those of the line before: threads of a process overtake each other. A
// process that takes the number of another one begins far below.
func (c *counts) late(now *pluginlog.Counters) bool {
	back := c.last.Total - now.Total
	return back > 0 && (back <= mostOvertaken || now.Total*2 >= c.last.Total)
}

// mostOvertaken is how many requests threads may finish between two lines that belong to each other.
const mostOvertaken = 16

// Total is what was counted while the log was written.
func (c *counts) Total() pluginlog.Counters { return plus(c.sum, minus(c.last, c.first)) }

func plus(a, b pluginlog.Counters) pluginlog.Counters {
	return pluginlog.Counters{Pending: b.Pending, Failed: a.Failed + b.Failed, Affinity: a.Affinity + b.Affinity,
		Total: a.Total + b.Total}
}

func minus(a, b pluginlog.Counters) pluginlog.Counters {
	return pluginlog.Counters{Pending: a.Pending, Failed: a.Failed - b.Failed, Affinity: a.Affinity - b.Affinity,
		Total: a.Total - b.Total}
}

// address notes where a member listens.
func (m *Member) address(hostPort string) {
	for _, known := range m.Hosts {
		if known == hostPort {
			return
		}
	}
	if len(m.Hosts) < mostHosts {
		m.Hosts = append(m.Hosts, hostPort)
	}
}
