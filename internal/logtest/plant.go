package logtest

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// Plant describes a log with faults at known times: a web server with several processes in front of the members of
// one cluster, in virtual time. A process marks members down and tries them again as a plug-in does, so that a fault
// has the lines that it would have.
type Plant struct {
	Seed      uint64
	Level     pluginlog.Level // LogLevel: the log has lines up to it
	Processes int
	Threads   int // of each process
	Members   int
	Length    time.Duration
	Every     time.Duration // between two requests, on average
	Faults    []Fault
}

// Fault is what a member, or all of the web server, does for a while.
type Fault struct {
	What     What
	Member   int // -1: all of them
	From, To time.Duration
}

// What is the way in which something goes wrong.
type What string

// The faults. Those behind Slow are moments, not spans.
const (
	Refuses       What = "refuses"        // connects, with errno 111
	Flaps         What = "flaps"          // refuses for the first 30 of each 100 s
	HangsConnect  What = "hangs-connect"  // until ConnectTimeout
	HangsAnswer   What = "hangs-answer"   // until ServerIOTimeout, which is negative and marks
	BreaksTLS     What = "breaks-tls"     // GSK_ERROR_BAD_CERT
	Fails503      What = "fails-503"      // answers 503, which is passed on
	IsFull        What = "is-full"        // is passed over
	LosesStreams  What = "loses-streams"  // a write to a stream of the queue fails
	AnswersSlowly What = "answers-slowly" // all members, after 20 s
	Reloads       What = "reloads"        // every process takes a changed file
	RefusesFile   What = "refuses-file"   // every process refuses a changed file
	Restarts      What = "restarts"       // every process starts anew
	ClientsLeave  What = "clients-leave"  // one client
	NobodyLeft    What = "nobody-left"    // what follows when all members fail; not to be planted
)

// Planted is a fault with what it did.
type Planted struct {
	Fault
	Member      string
	Begin       pluginlog.Time // of the first attempt that it hit
	First, Last pluginlog.Time // lines about it
	Lines       int64          // about failures, at LogLevel Error
	PIDs        map[uint64]bool
	Marks       int64
	FailedOver  int64            // requests that another member answered
	Errors      int64            // requests that got an error
	Waited      time.Duration    // for timeouts
	Pairs       map[uint64]int64 // by process: marks that ended while the fault was on or soon after
}

// waits of the simulated plug-in.
const (
	plantRetry   = 60 * time.Second
	plantConnect = 5 * time.Second
	plantIO      = 30 * time.Second
)

// plant is a log in the making. Requests are played one after the other, each to its end; what runs at the same time
// is put in order when the log is written.
type plant struct {
	Plant
	rng     *rand.Rand
	begin   time.Time
	lines   []plantLine
	procs   []*process
	planted []Planted
	nobody  Planted          // the fault that follows from others
	id      pluginlog.Thread // at work
	now     time.Duration    // since begin, as the thread at work sees it
}

// plantLine is a line with its time, by which lines are sorted.
type plantLine struct {
	at    time.Duration
	event pluginlog.Event
}

// process is one of the web server, with what its plug-in knows: processes share nothing.
type process struct {
	pid    uint64
	busy   []time.Duration // by thread: until when
	marked []time.Duration // by member: until when, 0 when it is not
	lost   []*Planted      // by member: the fault that marked it
	next   int             // where round robin stands
	count  []pluginlog.Counters
}

// Log writes the log and says what is in it: faults that hit nobody are left out.
func (p Plant) Log() ([]byte, []Planted) {
	w := &plant{Plant: p, rng: rand.New(rand.NewPCG(p.Seed, 2)),
		begin:  time.Date(2026, 11, 29, 6, 0, 0, 0, time.UTC),
		nobody: Planted{Fault: Fault{What: NobodyLeft, Member: -1}, PIDs: map[uint64]bool{}}}
	for _, f := range p.Faults {
		name := ""
		if f.Member >= 0 {
			name = memberName(f.Member)
		}
		w.planted = append(w.planted, Planted{Fault: f, Member: name, PIDs: map[uint64]bool{},
			Pairs: map[uint64]int64{}})
	}
	for n := range p.Processes {
		w.procs = append(w.procs, &process{pid: uint64(0x1000 + n), busy: make([]time.Duration, p.Threads),
			marked: make([]time.Duration, p.Members), lost: make([]*Planted, p.Members),
			count: make([]pluginlog.Counters, p.Members), next: n})
		w.start(w.procs[n])
	}
	every := int64(2 * p.Every / time.Millisecond)
	for at := time.Second; at < p.Length; at += time.Duration(1+w.rng.Int64N(every)) * time.Millisecond {
		w.moments(at)
		w.arrive(at)
	}
	return w.write(), slices.DeleteFunc(append(w.planted, w.nobody), func(f Planted) bool { return f.First == 0 })
}

func memberName(n int) string { return fmt.Sprintf("node%02d_m%d", n%2+1, n) }

func hostName(n int) string { return fmt.Sprintf("app%d.example.com", n) }

func (p *plant) stamp(at time.Duration) pluginlog.Time { return pluginlog.TimeOf(p.begin.Add(at)) }

// say adds a line of the thread at work and lets a little time pass.
func (p *plant) say(e pluginlog.Event) {
	e.Thread = p.id
	p.lines = append(p.lines, plantLine{p.now, e})
	p.now += 20 * time.Microsecond
}

// start writes what a plug-in writes when it begins.
func (p *plant) start(proc *process) {
	p.id = pluginlog.Thread{PID: proc.pid, TID: 1}
	p.say(pluginlog.Event{Kind: pluginlog.BuildVersion, Text: "9.0.5.20"})
	p.say(pluginlog.Event{Kind: pluginlog.WebServer, Text: "IBM_HTTP_Server/9.0.5.20"})
}

// moments lets happen what is due and concerns no request.
func (p *plant) moments(at time.Duration) {
	for n := range p.planted {
		f := &p.planted[n]
		if at < f.From || f.First != 0 {
			continue
		}
		for i, proc := range p.procs {
			p.id, p.now = pluginlog.Thread{PID: proc.pid, TID: 1}, at+time.Duration(i)*time.Second
			switch f.What {
			case Reloads:
				p.hit(f, pluginlog.Event{Kind: pluginlog.ConfigReloaded})
				clear(proc.marked)
			case RefusesFile:
				p.hit(f, pluginlog.Event{Kind: pluginlog.ErrorLine,
					Text: "ws_common: websphereUpdateConfig: Failed parsing the plugin config file"})
			case Restarts:
				proc.pid += 0x100
				p.id.PID = proc.pid
				clear(proc.marked)
				clear(proc.count)
				p.hit(f, pluginlog.Event{Kind: pluginlog.BuildVersion, Text: "9.0.5.20"})
			}
		}
	}
}

// hit adds a line about a fault.
func (p *plant) hit(f *Planted, e pluginlog.Event) {
	at := p.stamp(p.now)
	if f.First == 0 {
		f.First, f.Begin = at, at
	}
	f.Last = max(f.Last, at)
	f.PIDs[p.id.PID] = true
	if e.Kind.Level() <= pluginlog.LevelError {
		f.Lines++
	}
	p.say(e)
}

// fault returns the fault that a member has at a time, nil for none.
func (p *plant) fault(member int, at time.Duration, what ...What) *Planted {
	for n := range p.planted {
		f := &p.planted[n]
		if f.From <= at && at < f.To && (f.Fault.Member == member || f.Fault.Member < 0) &&
			slices.Contains(what, f.What) && (f.What != Flaps || (at-f.From)%(100*time.Second) < 30*time.Second) {
			return f
		}
	}
	return nil
}

// arrive lets a request come in at a process and thread that are free.
func (p *plant) arrive(at time.Duration) {
	proc := p.procs[p.rng.IntN(len(p.procs))]
	for tid := range proc.busy {
		if proc.busy[tid] <= at {
			p.id, p.now = pluginlog.Thread{PID: proc.pid, TID: uint64(16 + tid)}, at
			p.serve(proc)
			proc.busy[tid] = p.now
			return
		}
	}
}

// serve plays one request.
func (p *plant) serve(proc *process) {
	came := p.now
	uri := fmt.Sprintf("/shop/page%d?secret=%d", p.rng.IntN(20), p.rng.IntN(1000))
	p.say(pluginlog.Event{Kind: pluginlog.RouteTried, Host: "shop.example.com", URI: uri})
	p.say(pluginlog.Event{Kind: pluginlog.URIMatched, Pattern: "/shop/*", URI: uri, Group: "shop_URIs", Score: 6})
	p.say(pluginlog.Event{Kind: pluginlog.RequestStarted})
	p.say(pluginlog.Event{Kind: pluginlog.RequestNamed, Host: "shop.example.com", URI: uri})
	var hit []*Planted
	proc.next++
	for n := range p.Members {
		member := (proc.next + n) % p.Members
		f, done := p.attempt(proc, member)
		if f != nil && !slices.Contains(hit, f) {
			hit = append(hit, f)
		}
		if !done {
			continue
		}
		for _, f := range hit {
			if f.What != Fails503 && f.What != IsFull {
				f.FailedOver++
			}
		}
		p.say(pluginlog.Event{Kind: pluginlog.RequestEnded})
		return
	}
	if p.nobody.First == 0 {
		p.nobody.Begin = p.stamp(came)
	}
	begin := p.nobody.Begin
	p.hit(&p.nobody, pluginlog.Event{Kind: pluginlog.AllCouldBeDown, Text: "all could be down"})
	p.hit(&p.nobody, pluginlog.Event{Kind: pluginlog.NoAppServer})
	p.hit(&p.nobody, pluginlog.Event{Kind: pluginlog.RequestFailed})
	p.nobody.Begin = begin
	p.nobody.Errors++
	p.say(pluginlog.Event{Kind: pluginlog.RequestEnded})
	for _, f := range hit {
		f.Errors++
	}
}

// attempt plays the check of a member and the attempt at it; done says that the client has an answer.
func (p *plant) attempt(proc *process, member int) (f *Planted, done bool) {
	marked, due := proc.marked[member] > 0, proc.marked[member] <= p.now
	full := p.fault(member, p.now, IsFull)
	check := pluginlog.Event{Kind: pluginlog.StatusChecked, Member: memberName(member), Check: pluginlog.Check{
		MarkedDown: marked, RetryNow: marked && due, WLBAllows: true, HasFull: true, Full: full != nil}}
	if full != nil {
		p.hit(full, check)
		return full, false
	}
	p.say(check)
	if marked && !due {
		return nil, false
	}
	p.say(pluginlog.Event{Kind: pluginlog.Picked, Member: memberName(member), Weight: 1})
	p.say(pluginlog.Event{Kind: pluginlog.TransportSet, Host: hostName(member), Port: 9080})
	p.say(pluginlog.Event{Kind: pluginlog.StreamSought})
	began := p.now
	f = p.fault(member, p.now, Refuses, Flaps, HangsConnect,
		HangsAnswer, BreaksTLS, Fails503, LosesStreams, AnswersSlowly)
	if f != nil && f.First == 0 {
		f.Begin = p.stamp(began)
	}
	if f == nil || f.What == AnswersSlowly || f.What == Fails503 {
		p.answer(proc, member, f)
		return f, true
	}
	p.failing(proc, member, f)
	return f, false
}

// answer plays an answer of the member.
func (p *plant) answer(proc *process, member int, f *Planted) {
	took, code := time.Duration(5+p.rng.IntN(60))*time.Millisecond, int32(200)
	switch {
	case f == nil:
	case f.What == Fails503:
		code = 503
		f.Errors++
	default:
		took = 20 * time.Second
	}
	p.say(pluginlog.Event{Kind: pluginlog.StreamCreated, Socket: 23})
	p.say(pluginlog.Event{Kind: pluginlog.RequestWritten})
	p.now += took
	status := pluginlog.Event{Kind: pluginlog.StatusLine, Code: code, Text: "Whatever"}
	if f != nil {
		begin, first := f.Begin, f.First == 0
		p.hit(f, status)
		if first {
			f.Begin = begin
		}
	} else {
		p.say(status)
	}
	if lost := proc.lost[member]; proc.marked[member] > 0 && lost != nil {
		lost.Pairs[proc.pid]++
	}
	proc.marked[member] = 0
	proc.count[member].Total++
	p.counted(proc, member)
	if left := p.fault(-1, p.now, ClientsLeave); left != nil && left.First == 0 {
		p.hit(left, pluginlog.Event{Kind: pluginlog.ClientWriteFailed, Text: "write failed"})
	}
}

func (p *plant) counted(proc *process, member int) {
	p.say(pluginlog.Event{Kind: pluginlog.Counted, Member: memberName(member), Counters: proc.count[member]})
}

// failing plays an attempt that fails. f.Begin is that of the attempt, and hit would set it to that of its first line.
func (p *plant) failing(proc *process, member int, f *Planted) {
	begin := f.Begin
	first := f.First == 0
	marks := true
	switch f.What {
	case Refuses, Flaps:
		p.hit(f, pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: hostName(member), OSError: 111})
		p.hit(f, pluginlog.Event{Kind: pluginlog.StreamFailed})
	case HangsConnect:
		p.now += plantConnect
		f.Waited += plantConnect
		p.hit(f, pluginlog.Event{Kind: pluginlog.ConnectTimedOut})
		p.hit(f, pluginlog.Event{Kind: pluginlog.StreamFailed})
	case HangsAnswer:
		p.say(pluginlog.Event{Kind: pluginlog.StreamCreated, Socket: 23})
		p.say(pluginlog.Event{Kind: pluginlog.RequestWritten})
		p.now += plantIO
		f.Waited += plantIO
		p.hit(f, pluginlog.Event{Kind: pluginlog.IOTimedOut, Seconds: int32(plantIO / time.Second), Limit: -1,
			Code: 10})
	case BreaksTLS:
		p.hit(f, pluginlog.Event{Kind: pluginlog.HandshakeFailed, Text: "GSK_ERROR_BAD_CERT", Code: 414})
		p.hit(f, pluginlog.Event{Kind: pluginlog.StreamFailed})
	case LosesStreams:
		p.say(pluginlog.Event{Kind: pluginlog.StreamReused, Socket: 23})
		p.hit(f, pluginlog.Event{Kind: pluginlog.ServerWriteFailed, Text: "Write failed"})
		marks = false
	}
	if first {
		f.Begin = begin
	}
	proc.count[member].Failed++
	if marks {
		proc.marked[member], proc.lost[member] = p.now+plantRetry, f
		f.Marks++
		p.hit(f, pluginlog.Event{Kind: pluginlog.MarkedDown, Member: memberName(member)})
	}
	p.counted(proc, member)
	p.hit(f, pluginlog.Event{Kind: pluginlog.TransactionFailed, Member: memberName(member), Host: hostName(member),
		Retry: true})
}

// write puts the lines of all threads in the order of their times, and leaves out what the level hides.
func (p *plant) write() []byte {
	slices.SortStableFunc(p.lines, func(a, b plantLine) int { return cmp.Compare(a.at, b.at) })
	var log bytes.Buffer
	var line []byte
	for i := range p.lines {
		e := &p.lines[i].event
		if e.Kind.Level() > p.Level {
			continue
		}
		e.Time = p.stamp(p.lines[i].at)
		line = e.Append(line[:0])
		log.Write(line)
	}
	return log.Bytes()
}
