package diagnose

import (
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// member is what the log tells of one member, over all processes.
type member struct {
	name                          string
	attempts, answered, failed    int64
	affinity, fresh               int64 // answered requests: by a session, by balancing
	errors, busy, quick           int64 // answers 5xx, 503 of them; errors that came within a second
	worked                        time.Duration
	stranger                      bool     // the file does not have it
	hosts                         []string // host:port, the first of them
	marks, flaps, steps           sightings
	refused, unreachable          sightings
	ioUnmarked, ioMarked          sightings
	reusedLost, freshLost         sightings
	full, refusedAtBack, unmarked sightings
	slowBack                      sightings // came back only when its retry interval was over
	served                        sightings
	countedAt                     requests.Place // its last counters
	afterMark                     int64          // answers while another member was marked down, or had failed
	retryIn                       time.Duration
	longestBack                   time.Duration
	markedBy                      int                       // processes
	firstMark, lastFirstMark      pluginlog.Time            // of the processes' first marks
	lastError                     pluginlog.Time            // of an answer 500
	errorsAt                      []requests.Place          // of the last answers 500
	servedWhileMarked             int64                     // by processes that have not marked it, while another has
	marked                        map[uint64]pluginlog.Time // by process, until it serves again
}

// process is what the log tells of one process of the web server.
type process struct {
	first, last pluginlog.Time // of its requests
	requests    int64
	marked      int // members that it has marked, and that have not answered since
}

type procKey struct {
	member string
	pid    uint64
}

// proc is what one process has seen of one member.
type proc struct {
	*member
	pid                uint64
	began              pluginlog.Time // first attempt
	okAt               pluginlog.Time // last answer
	failedAt           pluginlog.Time // first of the failures in a row
	inRow, unreach     int64          // failures in a row; those of them that no host answered
	markedAt           pluginlog.Time // 0 where it has answered since
	markAt             requests.Place
	times              int64 // marked
	okSince, wasMarked bool
	newBack, oldBack   int64 // answered since it came back: new requests, those of sessions
	movedByHang        int64 // sessions that went elsewhere after ServerIOTimeout had fired
	counts             counts
}

// counts follow the counters that a process prints of a member; they begin anew with a process of the same number.
type counts struct {
	first, last, sum pluginlog.Counters
	lines            int64
	flatSince        pluginlog.Time // since when the total stands at the pending limit
	pending          int64          // most
	flat             time.Duration  // the longest time for which requests were pending and the total stood
}

func (l *Log) member(name string) *member {
	if name == "" {
		return nil
	}
	name = name[:min(len(name), mostName)]
	m := l.members[name]
	if m == nil && len(l.members) < mostMembers {
		name = kept(name)
		m = &member{name: name, marked: map[uint64]pluginlog.Time{},
			stranger: l.file != nil && !l.file.knows(name)}
		l.members[name] = m
		l.order = append(l.order, m)
	}
	return m
}

func (l *Log) proc(name string, pid uint64) *proc {
	m := l.member(name)
	if m == nil {
		return nil
	}
	p := l.procs[procKey{m.name, pid}]
	if p == nil {
		if len(l.procs) >= mostPairs {
			return nil
		}
		p = &proc{member: m, pid: pid}
		l.procs[procKey{m.name, pid}] = p
	}
	return p
}

func (l *Log) process(r *requests.Request) {
	p := l.processes[r.PID]
	if p == nil {
		if len(l.processes) >= mostProcesses {
			return
		}
		p = &process{first: r.Start}
		l.processes[r.PID] = p
	}
	p.last = max(p.last, r.End)
	p.requests++
}

// counted takes a line of counters.
func (l *Log) counted(e *pluginlog.Event) {
	p := l.proc(e.Member, e.PID)
	if p == nil {
		return
	}
	c, now := &p.counts, e.Counters
	p.countedAt = requests.Place{File: max(l.place, 1), Line: e.Line}
	switch {
	case c.lines == 0 && now.Total <= 1:
	case c.lines == 0:
		c.first = now
	case c.late(&now):
		return
	case now.Total < c.last.Total:
		c.sum = plus(c.sum, minus(c.last, c.first))
		c.first = pluginlog.Counters{}
	}
	c.pending = max(c.pending, now.Pending)
	if now.Pending == 0 || c.lines == 0 || now.Total != c.last.Total {
		c.flatSince = e.Time
	}
	c.flat = max(c.flat, e.Time.Sub(c.flatSince))
	c.last = now
	c.lines++
}

// late reports whether counters are older than those of the line before: threads of a process overtake each other. A
// process that takes the number of another one begins far below.
func (c *counts) late(now *pluginlog.Counters) bool {
	back := c.last.Total - now.Total
	return back > 0 && (back <= mostOvertaken || now.Total*2 >= c.last.Total)
}

// mostOvertaken is how many requests threads may finish between two lines that belong to each other.
const mostOvertaken = 16

// total is what was counted while the log was written.
func (c *counts) total() pluginlog.Counters { return plus(c.sum, minus(c.last, c.first)) }

func plus(a, b pluginlog.Counters) pluginlog.Counters {
	return pluginlog.Counters{Pending: b.Pending, Failed: a.Failed + b.Failed, Affinity: a.Affinity + b.Affinity,
		Total: a.Total + b.Total}
}

func minus(a, b pluginlog.Counters) pluginlog.Counters {
	return pluginlog.Counters{Pending: a.Pending, Failed: a.Failed - b.Failed, Affinity: a.Affinity - b.Affinity,
		Total: a.Total - b.Total}
}

// address notes where a member listens.
func (m *member) address(hostPort string) {
	for _, known := range m.hosts {
		if known == hostPort {
			return
		}
	}
	if len(m.hosts) < mostHosts {
		m.hosts = append(m.hosts, hostPort)
	}
}
