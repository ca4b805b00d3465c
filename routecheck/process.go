package routecheck

import (
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
)

// Fault is how attempts on a member end while a Fact holds.
type Fault uint8

const (
	Healthy  Fault = iota
	Refused        // connects are refused
	Timeout        // connects run into ConnectTimeout
	NoAnswer       // requests run into ServerIOTimeout
	Busy           // the member answers 503
	Reset          // the member closes the stream before it answers
	Garbled        // the member's answer cannot be read
	numFaults
)

var faultNames = [numFaults]string{"ok", "refused", "timeout", "io-timeout", "503", "reset", "malformed"}

// String returns the fault as flags and reports write it; a Healthy attempt is "ok".
func (f Fault) String() string { return faultNames[f] }

// FaultNames lists what ParseFault reads.
func FaultNames() []string { return slices.Clone(faultNames[Refused:]) }

// ParseFault reads refused, timeout, io-timeout, 503, reset or malformed.
func ParseFault(s string) (Fault, error) {
	if i := slices.Index(faultNames[:], s); i > 0 {
		return Fault(i), nil
	}
	return 0, diag.Errorf("attempts cannot end with %q: want refused, timeout, io-timeout, 503, reset or malformed", s)
}

// Fact says how attempts on a member end during [From, To); To 0 means for ever.
type Fact struct {
	Cluster  ClusterID
	Member   MemberID
	Fault    Fault
	From, To Nanos
}

// Attempt is one attempt of a request, a second stream included.
type Attempt struct {
	Member   MemberID
	Outcome  Fault
	Marked   bool // this attempt marked the member down
	By       SelectedBy
	Start    Nanos
	Reused   bool // the stream came from the queue
	Failover bool // $WSFO was set (R63)
}

// Outcome is the end of a request.
type Outcome struct {
	Matched  bool
	Rejected bool // the plug-in rejects the file (choice open-route)
	Match    Match
	Status   int      // of an error: what the client gets; 0 when the request was forwarded or declined
	Member   MemberID // who answered, NoMember when nobody did
	By       SelectedBy
	Attempts []Attempt
	Start    Nanos
	End      Nanos
}

// Process is one web server process on an offline clock: it drives Match, Next and Observe with members that behave as Facts say.
// A timeout takes its seconds, a refusal and an answer none.
type Process struct {
	Now   Nanos
	Facts []Fact

	t       *Table
	sem     *Semantics
	seed    uint64
	dice    *Dice
	states  map[ClusterID]*ClusterState    // of the clusters that were touched
	set     func(ClusterID, *ClusterState) // puts a fresh cluster into its first state
	streams map[stream]StreamQueue[struct{}]

	checkpoint *checkpoint // nil: none was set
	stage      *stage      // nil: the states are its own
}

type stream struct {
	cluster   ClusterID
	member    MemberID
	transport int
}

// NewProcess returns a fresh process. Random choices are drawn from seed.
func NewProcess(t *Table, sem *Semantics, seed uint64) *Process {
	return &Process{t: t, sem: sem, seed: seed, states: map[ClusterID]*ClusterState{}, streams: map[stream]StreamQueue[struct{}]{}}
}

// State returns the state of a cluster.
func (p *Process) State(id ClusterID) *ClusterState {
	cs := p.states[id]
	if cs == nil {
		cs = p.stage.state(&p.t.Clusters[id], id, p.sem, p.seed+uint64(id))
		if p.set != nil {
			p.set(id, cs)
		}
		p.states[id] = cs
		p.checkpoint.add(id, cs)
	}
	return cs
}

// Clone returns an independent copy.
func (p *Process) Clone() *Process {
	c := *p
	c.checkpoint, c.stage = nil, nil
	c.states = make(map[ClusterID]*ClusterState, len(p.states))
	for id, cs := range p.states {
		copied := cs.Clone()
		c.states[id] = &copied
	}
	c.streams = make(map[stream]StreamQueue[struct{}], len(p.streams))
	for k, q := range p.streams {
		c.streams[k] = q.Clone()
	}
	return &c
}

// Do runs one request from Now to its end. rec may be nil.
func (p *Process) Do(rq *Request, rec *Recorder) Outcome {
	out := Outcome{Member: NoMember, Start: p.Now, End: p.Now}
	if p.t.rejectsOpen(p.sem, rec.Seen()) {
		out.Rejected = true
		return out
	}
	if !p.t.router.IsZero() {
		p.sem.ask(IntelligentManagement, rec.Seen())
	}
	m, refused := p.t.match(rq, p.sem, rec.Seen())
	if refused != accepted {
		p.noteRequest(rq, nil, rec)
		p.noteDeclined(refused, rec)
		return out
	}
	out.Matched, out.Match = true, m
	f := p.t.Begin(rq, &m, p.Now, p.sem, rec)
	f.DrawFrom(p.dice)
	p.noteRequest(rq, &f, rec)
	p.noteRoute(&m, rec)
	cs := p.State(m.Cluster)
	for {
		a := p.t.Next(cs, &f, p.Now, p.sem, rec)
		p.noteChanges(&f, a)
		if a.Kind != Send {
			out.Status, out.Member, out.By, out.End = a.Status, a.Member, f.By, p.Now
			return out
		}
		at, over := p.attempt(cs, &f, a, rec)
		out.Attempts = append(out.Attempts, at)
		if over {
			out.Member, out.By, out.End = a.Member, f.By, p.Now
			return out
		}
	}
}

// noteChanges tells whoever will want the states back what an action changes.
func (p *Process) noteChanges(f *Flight, a Action) {
	if p.checkpoint != nil {
		p.checkpoint.note(f, a)
	}
	if p.stage != nil {
		p.stage.note(f, a)
	}
}

// attempt lets the facts decide how an attempt ends, and tells Observe. over says that the request has ended with it.
func (p *Process) attempt(cs *ClusterState, f *Flight, a Action, rec *Recorder) (at Attempt, over bool) {
	key := stream{f.Cluster, a.Member, a.Transport}
	member := &p.t.Clusters[f.Cluster].Members[a.Member]
	at = Attempt{Member: a.Member, Outcome: p.fault(f.Cluster, a.Member), By: f.By, Start: p.Now, Failover: a.Failover}
	before := cs.MarkedDown(a.Member)
	ev := Event{Sent: SentSome}
	switch at.Outcome {
	case Refused:
		ev = Event{Kind: ConnectFailed}
	case Timeout:
		ev = Event{Kind: ConnectTimeout}
		p.Now += member.connectWait(p.sem)
	default:
		at.Reused = !a.FreshStream && p.take(key, &member.Transports[a.Transport])
		ev.ReusedStream = at.Reused
		p.t.NoteStream(f, a, at.Reused, rec)
	}
	switch at.Outcome {
	case Refused, Timeout:
		p.dropStreams(f.Cluster, a.Member) // they are gone with it
	case NoAnswer:
		ev.Kind = IOTimeout
		p.Now += member.IOTimeout
	case Reset:
		ev.Kind = StreamLost
		if !at.Reused && member.HandshakeFails(p.sem, rec.Seen()) {
			ev.Sent = SentNothing
		}
	case Garbled:
		ev.Kind = Malformed
	case Busy:
		ev.Kind, ev.Status = Head, 503
		p.put(key)
	default:
		ev.Kind, ev.Status = Head, 200
		p.put(key)
	}
	then := p.t.Observe(cs, f, p.Now, ev, p.sem, rec)
	if then == Deliver {
		then = p.t.Observe(cs, f, p.Now, Event{Kind: Done}, p.sem, rec)
	}
	at.Marked = cs.MarkedDown(a.Member) && !before
	return at, then == Over
}

func (p *Process) put(key stream) {
	queue := p.streams[key]
	queue.Put(struct{}{}, p.Now)
	p.streams[key] = queue
}

func (p *Process) dropStreams(c ClusterID, m MemberID) {
	for key := range p.streams {
		if key.cluster == c && key.member == m {
			delete(p.streams, key)
		}
	}
}

// osConnect is how long a connect takes that only the operating system ends (ConnectTimeout 0), on the offline clock (R50).
const osConnect = 120 * second

// connectWait is how long a connect that nobody answers takes (R50).
func (m *Member) connectWait(sem *Semantics) Nanos {
	if limit := m.ConnectIn(sem); limit > 0 {
		return limit
	}
	return osConnect
}

func (p *Process) fault(c ClusterID, m MemberID) Fault {
	for _, f := range p.Facts {
		if f.Cluster == c && f.Member == m && p.Now >= f.From && (f.To == 0 || p.Now < f.To) {
			return f.Fault
		}
	}
	return Healthy
}

// take takes the youngest stream from a queue; those idle for longer than ConnectionTTL are dropped (R65, R66).
func (p *Process) take(key stream, tr *Transport) bool {
	queue, ok := p.streams[key]
	if !ok {
		return false
	}
	queue.Expire(p.Now, tr.TTLIn(p.sem), func(struct{}) {})
	_, ok = queue.Take()
	p.streams[key] = queue
	return ok
}
