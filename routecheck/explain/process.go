package explain

import (
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/streams"
)

// FailureMode is how attempts on a member end while a MemberCondition holds.
type FailureMode uint8

const (
	Healthy   FailureMode = iota
	Refused               // connects are refused
	Timeout               // connects run into ConnectTimeout
	NoAnswer              // requests run into ServerIOTimeout
	Busy                  // the member answers 503
	Reset                 // the member closes the stream before it answers
	Malformed             // the member's answer cannot be read
	NumFailureModes
)

var failureNames = [NumFailureModes]string{"ok", "refused", "timeout", "io-timeout", "503", "reset", "malformed"}

// String returns the failure as flags and reports write it; a Healthy attempt is "ok".
func (f FailureMode) String() string { return failureNames[f] }

// FailureModes lists what ParseFault reads.
func FailureModes() []string { return slices.Clone(failureNames[Refused:]) }

// ParseFailureMode reads refused, timeout, io-timeout, 503, reset or malformed.
func ParseFailureMode(s string) (FailureMode, error) {
	if i := slices.Index(failureNames[:], s); i > 0 {
		return FailureMode(i), nil
	}
	return 0, diag.Errorf("attempts cannot end with %q: want refused, timeout, io-timeout, 503, reset or malformed", s)
}

// MemberCondition says how attempts on a member end during [From, To); To 0 means for ever.
type MemberCondition struct {
	Cluster  match.ClusterID
	Member   match.MemberID
	Failure  FailureMode
	From, To match.Nanos
}

// Attempt is one attempt of a request, a second stream included.
type Attempt struct {
	Member   match.MemberID
	Outcome  FailureMode
	Marked   bool // this attempt marked the member down
	By       failover.SelectedBy
	Start    match.Nanos
	Reused   bool // the stream came from the queue
	Failover bool // $WSFO was set (R63)
	TLS      bool // the Transport is one of https
}

// Result is the end of a request.
type Result struct {
	Matched  bool
	Rejected bool // the plug-in rejects the file (choice open-route)
	Match    match.Match
	Status   int            // of an error: what the client gets; 0 when the request was forwarded or declined
	Member   match.MemberID // who answered, NoMember when nobody did
	By       failover.SelectedBy
	Attempts []Attempt
	Start    match.Nanos
	End      match.Nanos
	OnlyOne  bool // the answer is this one, whomever the partition table names
}

// Process is one web server process on an offline clock: it drives Match, Next and Observe with members that behave as
// Facts say. A timeout takes its seconds, a refusal and an answer none.
type Process struct {
	Now        match.Nanos
	Conditions []MemberCondition // of several about one member and moment the first counts

	t       *match.Table
	sem     *choices.Assumptions
	seed    uint64
	chance  *failover.Chance                              // draws by script, nil: by the state of each cluster (seed)
	states  map[match.ClusterID]*failover.ClusterState    // of the clusters that were touched
	set     func(match.ClusterID, *failover.ClusterState) // puts a fresh cluster into its first state
	streams map[stream]streams.Queue[struct{}]            // idle ones; nothing is known of each but how long

	checkpoint *checkpoint // nil: none was set
	stage      *stage      // nil: the states are its own
}

// stream is whose idle streams a queue holds. transport is an index into the member's Transports.
type stream struct {
	cluster   match.ClusterID
	member    match.MemberID
	transport int
}

// NewProcess returns a fresh process. Random choices are drawn from seed.
func NewProcess(t *match.Table, sem *choices.Assumptions, seed uint64) *Process {
	return &Process{t: t, sem: sem, seed: seed, states: map[match.ClusterID]*failover.ClusterState{},
		streams: map[stream]streams.Queue[struct{}]{}}
}

// state returns the state of a cluster.
func (p *Process) state(id match.ClusterID) *failover.ClusterState {
	cs := p.states[id]
	if cs == nil {
		// A cluster that no request comes to costs nothing. Each has a seed of its own: processes do not draw the same
		// number in all clusters.
		cs = p.stage.state(&p.t.Clusters[id], id, p.sem, p.seed+uint64(id))
		if p.set != nil {
			p.set(id, cs)
		}
		p.states[id] = cs
		p.checkpoint.add(id, cs)
	}
	return cs
}

// clone returns an independent copy.
func (p *Process) clone() *Process {
	c := *p
	// What is put back or kept for the next play are the states of the original.
	c.checkpoint, c.stage = nil, nil
	c.states = make(map[match.ClusterID]*failover.ClusterState, len(p.states))
	for id, cs := range p.states {
		copied := cs.Clone()
		c.states[id] = &copied
	}
	c.streams = make(map[stream]streams.Queue[struct{}], len(p.streams))
	for k, q := range p.streams {
		c.streams[k] = q.Clone()
	}
	return &c
}

// Do runs one request from Now to its end. rec may be nil.
func (p *Process) Do(rq *match.Request, rec *failover.Recorder) Result {
	out, f := p.begin(rq, rec)
	if f == nil {
		return out
	}
	// Next and Observe decide; the loop only lets time pass and members fail.
	for {
		a := p.next(f, rec)
		if a.Kind != failover.Send {
			out.Status, out.Member, out.By, out.End = a.Status, a.Member, f.By, p.Now
			return out
		}
		at, over := p.attempt(p.state(f.Cluster), f, a, rec)
		out.Attempts = append(out.Attempts, at)
		if over {
			out.Member, out.By, out.End = a.Member, f.By, p.Now
			out.OnlyOne = f.OnlyOne() && len(out.Attempts) == 1 && out.Status == 0
			return out
		}
	}
}

// begin takes a request up; nil: it has no way through a cluster, and the result says why.
func (p *Process) begin(rq *match.Request, rec *failover.Recorder) (Result, *failover.RequestState) {
	out := Result{Member: match.NoMember, Start: p.Now, End: p.Now}
	// A file that the plug-in does not take matches nothing, so that is asked first.
	if p.t.RejectsOpen(p.sem, rec.Seen()) {
		out.Rejected = true
		return out, nil
	}
	if !p.t.Router.IsZero() {
		// Consulted, so that certainty knows of it: with IntelligentManagement controllers may route otherwise.
		p.sem.Consult(choices.IntelligentManagement, rec.Seen())
	}
	m, refused := p.t.Decide(rq, p.sem, rec.Seen())
	if refused != match.Accepted {
		failover.NoteRequest(p.t, rq, nil, p.sem, rec)
		failover.NoteDeclined(p.t, refused, rec)
		return out, nil
	}
	out.Matched, out.Match = true, m
	f := failover.Begin(p.t, rq, &m, p.Now, p.sem, rec)
	// From here on the request draws, not the process: whoever plays all outcomes gives it the script.
	f.DrawFrom(p.chance)
	failover.NoteRequest(p.t, rq, &f, p.sem, rec)
	failover.NoteRoute(m, rec)
	return out, &f
}

// next asks what happens to a request.
func (p *Process) next(f *failover.RequestState, rec *failover.Recorder) failover.Action {
	a := failover.Next(p.t, p.state(f.Cluster), f, p.Now, p.sem, rec)
	p.noteChanges(f, a)
	return a
}

// underWay is a request whose member has not answered yet.
type underWay struct {
	f  failover.RequestState
	a  failover.Action
	at Attempt
}

// hold is Do until a member that is well has the request. It is nil where the request came to its end before.
func (p *Process) hold(rq *match.Request, rec *failover.Recorder) (Result, *underWay) {
	out, f := p.begin(rq, rec)
	for f != nil {
		a := p.next(f, rec)
		if a.Kind != failover.Send {
			out.Status, out.Member, out.By, out.End = a.Status, a.Member, f.By, p.Now
			break
		}
		if p.failure(f.Cluster, a.Member) == Healthy {
			at := Attempt{Member: a.Member, By: f.By, Start: p.Now, Failover: a.Failover, TLS: p.overTLS(f, a)}
			at.Reused = !a.FreshStream && p.take(stream{f.Cluster, a.Member, a.Transport},
				&p.t.Clusters[f.Cluster].Members[a.Member].Transports[a.Transport])
			out.Attempts, out.Member, out.By = append(out.Attempts, at), a.Member, f.By
			return out, &underWay{*f, a, at}
		}
		at, over := p.attempt(p.state(f.Cluster), f, a, rec)
		out.Attempts = append(out.Attempts, at)
		if over {
			out.Member, out.By, out.End = a.Member, f.By, p.Now
			break
		}
	}
	return out, nil
}

// answered is what comes after hold: the member answers.
func (p *Process) answered(u *underWay, rec *failover.Recorder) {
	cs := p.state(u.f.Cluster)
	p.put(stream{u.f.Cluster, u.a.Member, u.a.Transport})
	failover.Observe(p.t, cs, &u.f, p.Now, failover.Event{Kind: failover.Head, Status: 200}, p.sem, rec)
	failover.Observe(p.t, cs, &u.f, p.Now, failover.Event{Kind: failover.Done}, p.sem, rec)
}

// noteChanges tells whoever will want the states back what an action changes.
func (p *Process) noteChanges(f *failover.RequestState, a failover.Action) {
	if p.checkpoint != nil {
		p.checkpoint.note(f, a)
	}
	if p.stage != nil {
		p.stage.note(f, a)
	}
}

// overTLS reports whether an action sends over TLS.
func (p *Process) overTLS(f *failover.RequestState, a failover.Action) bool {
	return p.t.Clusters[f.Cluster].Members[a.Member].Transports[a.Transport].HTTPS
}

// attempt lets the facts decide how an attempt ends, and tells Observe. over says that the request has ended with it.
func (p *Process) attempt(
	cs *failover.ClusterState, f *failover.RequestState, a failover.Action, rec *failover.Recorder,
) (at Attempt, over bool) {
	key := stream{f.Cluster, a.Member, a.Transport}
	member := &p.t.Clusters[f.Cluster].Members[a.Member]
	at = Attempt{Member: a.Member, Outcome: p.failure(f.Cluster, a.Member), By: f.By,
		Start: p.Now, Failover: a.Failover, TLS: p.overTLS(f, a)}
	// An attempt on a member that is marked already (a probe) sets no mark, whatever Observe does to its timer.
	before := cs.MarkedDown(a.Member)
	if at.Outcome.connected() {
		at.Reused = !a.FreshStream && p.take(key, &member.Transports[a.Transport])
		failover.NoteStream(p.t, f, a, at.Reused, rec)
	}
	switch at.Outcome {
	case Refused:
		p.dropStreams(f.Cluster, a.Member) // they are gone with it
	case Timeout:
		p.Now += ConnectWait(member, p.sem)
		p.dropStreams(f.Cluster, a.Member)
	case NoAnswer:
		// Only a stream of which an answer was read to its end goes back to the queue, see below.
		p.Now += member.IOTimeout
	case Busy, Healthy:
		p.put(key)
	}
	ev := at.Outcome.Event(member, at.Reused, p.sem, rec)
	then := failover.Observe(p.t, cs, f, p.Now, ev, p.sem, rec)
	// Observe says Deliver of a head that goes to the client. A 503 that is retried elsewhere has no Done.
	if then == failover.Deliver {
		then = failover.Observe(p.t, cs, f, p.Now, failover.Event{Kind: failover.Done}, p.sem, rec)
	}
	at.Marked = cs.MarkedDown(a.Member) && !before
	return at, then == failover.Over
}

// connected reports whether an attempt that ends so has had a stream.
func (f FailureMode) connected() bool { return f != Refused && f != Timeout }

// Event is what Observe is told of an attempt on a member that ends so. Busy and Healthy answer: Done is to follow
// where Observe says Deliver.
func (f FailureMode) Event(
	m *match.Member, reused bool, sem *choices.Assumptions, rec *failover.Recorder,
) failover.Event {
	ev := failover.Event{Sent: failover.SentSome, ReusedStream: reused}
	switch f {
	case Refused:
		return failover.Event{Kind: failover.ConnectFailed}
	case Timeout:
		return failover.Event{Kind: failover.ConnectTimeout}
	case NoAnswer:
		ev.Kind = failover.IOTimeout
	case Reset:
		ev.Kind = failover.StreamLost
		// On a fresh stream over TLS the reset may be that of the handshake: then nothing of the request was sent.
		if !reused && failover.HandshakeFails(m, sem, rec.Seen()) {
			ev.Sent = failover.SentNothing
		}
	case Malformed:
		ev.Kind = failover.Malformed
	case Busy:
		ev.Kind, ev.Status = failover.Head, 503
	default:
		ev.Kind, ev.Status = failover.Head, 200
	}
	return ev
}

func (p *Process) put(key stream) {
	queue := p.streams[key]
	queue.Put(struct{}{}, p.Now)
	p.streams[key] = queue
}

func (p *Process) dropStreams(c match.ClusterID, m match.MemberID) {
	for key := range p.streams {
		if key.cluster == c && key.member == m {
			delete(p.streams, key)
		}
	}
}

// osConnect is how long a connect takes that only the operating system ends (ConnectTimeout 0), on the offline clock
// (R50).
const osConnect = 120 * match.Second

// ConnectWait is how long a connect that nobody answers takes (R50).
func ConnectWait(m *match.Member, sem *choices.Assumptions) match.Nanos {
	if limit := m.ConnectIn(sem); limit > 0 {
		return limit
	}
	return osConnect
}

// failure is how an attempt ends that begins now: conditions are asked when it begins, not when it ends.
func (p *Process) failure(c match.ClusterID, m match.MemberID) FailureMode {
	for _, f := range p.Conditions {
		if f.Cluster == c && f.Member == m && p.Now >= f.From && (f.To == 0 || p.Now < f.To) {
			return f.Failure
		}
	}
	return Healthy
}

// take takes the youngest stream from a queue; those idle for longer than ConnectionTTL are dropped (R65, R66).
func (p *Process) take(key stream, tr *match.Transport) bool {
	queue, ok := p.streams[key]
	if !ok {
		return false
	}
	// Expired when one is wanted, not by a clock: the plug-in looks at a stream when it takes it.
	queue.Expire(p.Now, tr.TTLIn(p.sem), func(struct{}) {})
	_, ok = queue.Take()
	p.streams[key] = queue
	return ok
}
