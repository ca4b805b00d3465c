package story

import (
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/parser/pluginlog/requests"
)

// Incident is one thing that went wrong, or a notice: events of one kind at one member with one reason, none of which
// comes later than [Options.Window] after the one before it.
type Incident struct {
	Kind    Kind
	Member  string        // "" where the log names none, or where it is about no single one
	Host    string        // of the attempts, with the port where a line shows it; "" where none does
	OSError int32         // of connects that failed, 0 when not shown
	GSK     pluginlog.GSK // of handshakes that failed
	Texts   []string      // of lines that it is known by, each once, at most 8: ReloadFailed, TLS that did not start
	Members []string      // of AllDown and GaveUp: whom their requests tried, at most 100

	// First is when what belongs to it began, an attempt with its beginning where that is shown; Last is the last
	// event. Both are 0 where the lines show no time.
	First, Last pluginlog.Time
	Open        bool // it goes on when the log ends, by all that is known

	Marks     int64     // how often processes marked the member down
	Processes []Process // that were hit, at most 1,000, in the order of the log
	// MoreProcesses is how many lines are about further processes.
	MoreProcesses int64

	Events  map[pluginlog.Kind]int64 // lines, by what they say
	Clients Clients
	Phases  Phases // of Slow: where the time went

	Lines     []Lines // at most 32, in the order of the log
	MoreLines int64   // further ranges of lines

	// Served is when the member answered a request after Last, in any process; 0 where the log shows none.
	Served pluginlog.Time
	Level  pluginlog.Level // the most talkative one of the log: what it hides is not known
	Parts  []*Incident     // folded under this one: at the same time, about the same members

	number  int            // what Hit knows it by, from 1
	process map[uint64]int // index into Processes
}

// Number is what [Story.Hit] calls it, 0 where nothing of it is about single requests.
func (i *Incident) Number() int { return i.number }

// Process is a web-server process that an incident hit.
type Process struct {
	PID uint64
	// Marked is when it marked the member down, for the last time; 0 where it did not.
	Marked pluginlog.Time
	// Back is when the log first shows that the process does not hold that mark any more.
	Back pluginlog.Time
}

// Clients is what an incident cost those who waited for an answer.
type Clients struct {
	FailedOver  int64         // requests that went on to another member, and of which no line says that they failed
	Errors      int64         // requests that the plug-in gave up, or that got the member's 503
	Unknown     int64         // requests of which the log does not say what the client got
	Again       int64         // times that the same member was asked again after a timeout (R54)
	Waits       int64         // attempts that a timeout ended
	Waited      time.Duration // how long these waited, all together, as far as the log tells
	WaitUnknown int64         // those of Waits that Waited does not hold
	Left        int64         // of ClientLeft: clients that were gone
	Slower      int64         // of Slow: requests of 5 s and more
}

// Phases are the seconds of requests, by what was waited for.
type Phases struct{ All, Connect, Handshake, Body, Member time.Duration }

// Lines is a range of lines of one file, both ends included; those of other threads stand between.
type Lines struct {
	File     int // counted from 1
	From, To int64
}

// End returns when the incident was over: when the last process that marked the member was back, or else its last
// event.
func (i *Incident) End() pluginlog.Time {
	end := i.Last
	for _, p := range i.Processes {
		end = max(end, p.Back)
	}
	return end
}

// Back counts the processes that marked the member, and those of them that are seen to have it back; first and last
// are when. Without one of them they are 0.
func (i *Incident) Back() (marked, back int, first, last pluginlog.Time) {
	for _, p := range i.Processes {
		if p.Marked == 0 {
			continue
		}
		marked++
		if p.Back == 0 {
			continue
		}
		back++
		if first == 0 || p.Back < first {
			first = p.Back
		}
		last = max(last, p.Back)
	}
	return marked, back, first, last
}

// touch says that something of the incident happened in a process, from a time to a time, in some lines. Without the
// second time, which a broken line does not have, it is over when it began.
func (i *Incident) touch(pid uint64, from, to pluginlog.Time, lines Lines) {
	if from != 0 && (i.First == 0 || from < i.First) {
		i.First = from
	}
	i.Last = max(i.Last, from, to)
	i.hit(pid)
	i.addLines(lines)
}

// hit returns the process, nil where there are too many.
func (i *Incident) hit(pid uint64) *Process {
	n, known := i.process[pid]
	if !known {
		if len(i.Processes) >= maxProcesses {
			i.MoreProcesses++
			return nil
		}
		n = len(i.Processes)
		i.process[pid] = n
		i.Processes = append(i.Processes, Process{PID: pid})
	}
	return &i.Processes[n]
}

// addLines joins what is adjacent.
func (i *Incident) addLines(l Lines) {
	if n := len(i.Lines); n > 0 {
		last := &i.Lines[n-1]
		// Only the last range is looked at: incidents grow with the log.
		if last.File == l.File && l.From <= last.To+1 && l.To >= last.From-1 {
			last.From, last.To = min(last.From, l.From), max(last.To, l.To)
			return
		}
		if n >= maxRanges {
			i.MoreLines++
			return
		}
	}
	i.Lines = append(i.Lines, l)
}

func (i *Incident) count(kinds []pluginlog.Kind) {
	for _, k := range kinds {
		i.Events[k]++
	}
}

// tried notes whom the requests of an incident tried.
func (i *Incident) tried(r *requests.Request) {
	for a := range r.Attempts {
		if at := &r.Attempts[a]; at.Outcome > requests.Answered && len(i.Members) < maxTried {
			i.addMember(at.Member)
		}
	}
}

// addText keeps a text that it is known by.
func (i *Incident) addText(text string) {
	for _, known := range i.Texts {
		if known == text {
			return
		}
	}
	if len(i.Texts) < maxTexts {
		i.Texts = append(i.Texts, keep(text))
	}
}

// addMember keeps a member, once however often it was tried.
func (i *Incident) addMember(member string) {
	for _, known := range i.Members {
		if known == member {
			return
		}
	}
	if member != "" {
		i.Members = append(i.Members, member)
	}
}
