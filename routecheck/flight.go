package routecheck

import (
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
)

// BodyKind says whether a request can be sent once more (R57).
type BodyKind uint8

const (
	NoBody     BodyKind = iota // GET, HEAD: always repeatable
	Buffered                   // the whole body is kept
	Unbuffered                 // not buffered, or larger than the buffer
)

// Flight is one request on its way through a cluster: a plain value that Next and Observe advance.
type Flight struct {
	Cluster  ClusterID
	TLS      bool // the request came over TLS (R64)
	Body     BodyKind
	Size     int64 // bytes of the body, -1 unknown (R59)
	Affinity Affinity
	Arrived  Nanos
	Dice     *Dice // replaces chance, nil in production

	Attempts  int        // counted by R62
	First     SelectedBy // how the member of the first attempt was picked
	IORetries int        // resends after an I/O timeout (R56)
	Last      MemberID
	By        SelectedBy

	todo       todo
	status     int  // with todoFail and todoPass
	cost       cost // what the last pick has cost its member (R32)
	lastBusy   bool // the last attempt was answered 503
	probing    bool // the attempt under way probes a marked member (R52)
	begun      bool // part of the answer reached the client (R58)
	second     bool // R51's second connect is used up
	retried    bool // the one try of a marked member is used up (choice all-down)
	full       bool // somebody was skipped only because it was full (R60)
	raised     bool // the weights of all members were set (R32)
	session    int  // with ByAffinity: the session identifier that led to Last
	home       MemberID
	homeMarked bool      // home is valid: the first matched member that is marked down (R26)
	tried      memberSet // members that failed this request
	marked     memberSet // members that this request marked
}

type todo uint8

const (
	todoChoose todo = iota // select at R20
	todoFresh              // the same member, a new stream (R50c, R54)
	todoSecond             // the same member once more (R51)
	todoFail               // answer with status
	todoPass               // pass on the member's 503
	todoCut                // cut the connection (R58)
	todoOver               // answered
)

// cost is what a pick costs its member's weight (R32, R34).
type cost uint8

const (
	free cost = iota
	paid
	owed // until an answer's head has come (choice weight-on-failure)
)

// SelectedBy says how a member was picked.
type SelectedBy uint8

const (
	ByAffinity    SelectedBy = iota + 1
	ByNextPrimary            // the next primary after a marked affinity member (R26)
	ByBalance
	ByBackup
	ByClusterAddress // ClusterAddress (R41)
	ByRetryMarked    // the one try when everybody is down (choice all-down)
)

var selectedByNames = [...]string{"", "affinity", "next-primary", "balance", "backup", "cluster-address", "retry-marked"}

// String returns the name as reports write it.
func (b SelectedBy) String() string { return selectedByNames[b] }

// Begin prepares the flight of a request that matched.
func (t *Table) Begin(rq *Request, m *Match, now Nanos, sem *Semantics, rec *Recorder) Flight {
	return Flight{
		Cluster: m.Cluster, TLS: rq.TLS, Size: rq.Body, Body: t.Clusters[m.Cluster].BodyKind(rq.Body),
		Affinity: t.Affinity(rq, m, sem, rec.Seen()), Arrived: now, Last: NoMember,
	}
}

// NewFlight is the flight of a request without session and body through a cluster. With dice, chance is a script.
func NewFlight(id ClusterID, dice *Dice) Flight {
	return Flight{Cluster: id, Last: NoMember, Dice: dice}
}

// DrawFrom lets a script take the place of chance, nil for none.
func (f *Flight) DrawFrom(dice *Dice) { f.Dice = dice }

// BodyKind classifies a body of n bytes (R57). An unknown length (-1) counts as buffered until it outgrows the buffer;
// the caller then sets Flight.Body to Unbuffered.
func (c *Cluster) BodyKind(n int64) BodyKind {
	switch {
	case n == 0:
		return NoBody
	case c.PostBuffer < 0 || c.PostBuffer > 0 && n <= c.PostBuffer:
		return Buffered
	}
	return Unbuffered
}

// Begun reports whether an answer has begun: from then on nothing is retried (R58).
func (f *Flight) Begun() bool { return f.begun }

// Raised reports whether a selection has set the weights of all members (R32).
func (f *Flight) Raised() bool { return f.raised }

// Lowered reports whether the last pick has lowered its member's weight so far (R32).
func (f *Flight) Lowered() bool { return f.cost == paid }

// ActionKind is what the caller does next.
type ActionKind uint8

const (
	Send ActionKind = iota + 1 // send the request to Member
	Fail                       // answer Status; with a Member: pass on that member's answer
	Cut                        // part of the answer is out: cut the connection (R58)

	// What Observe says.
	Ask     // call Next
	Deliver // pass the answer at hand on to the client
	Hold    // keep the answer at hand back and call Next: it is passed on only if nobody else is tried (R53)
	Over    // the request has ended
)

// Action is what Next says. The request is declined (R9) before there is a flight, when Match finds no Route.
type Action struct {
	Kind        ActionKind
	Member      MemberID // with Fail: the one whose answer is passed on, NoMember without any
	Picked      MemberID // with Send: Member; with Fail: the one that was picked and has no Transport that can be used (R64), else NoMember
	Transport   int      // with Send: index into Member.Transports
	FreshStream bool     // with Send: open a new stream, take none from the queue
	Failover    bool     // with Send: a failed attempt has led to another selection, of whichever member; $WSFO is set (R63)
	Status      int      // with Fail
}

// EventKind is what became of an attempt.
type EventKind uint8

const (
	ConnectFailed  EventKind = iota + 1 // refused, unreachable, unresolved, TLS failed
	ConnectTimeout                      // ConnectTimeout expired
	StreamLost                          // closed or reset before the answer was complete
	IOTimeout                           // ServerIOTimeout expired
	Head                                // the head of a final answer arrived
	Done                                // the answer was passed on whole
	ClientGone                          // the client left: no failure of the member
	NameDiffers                         // the certificate has another host name, and SecureHostVerification=true-nomarkdown
	Malformed                           // the answer cannot be read or framed, or is over a limit, and did not just break off (R70)
	LocalWant                           // this process lacks descriptors, ports or memory: no failure of the member
	BodyTooLarge                        // the body outgrew PostSizeLimit on its way, Flight.Size says so: no failure of the member (R59)
)

// SentKind says how much of the request had been written when an attempt failed.
type SentKind uint8

const (
	SentNothing SentKind = iota
	SentSome
)

// Event is what the caller saw of the attempt under way.
type Event struct {
	Kind         EventKind
	ReusedStream bool // with StreamLost, IOTimeout: the stream came from the queue
	Sent         SentKind
	Status       int // with Head
}

// Recorder notes what a decision did. A nil Recorder costs nothing and notes nothing; the walk is the same.
type Recorder struct {
	Steps []Step
	quiet bool // note the consulted choices only
	seen  Consulted
}

// Quiet returns a Recorder that notes no steps, only which open choices were consulted.
func Quiet() *Recorder { return &Recorder{quiet: true} }

// Seen is what was consulted.
func (r *Recorder) Seen() *Consulted {
	if r == nil {
		return nil
	}
	return &r.seen
}

// StepKind tells steps apart for programs; people read Text.
type StepKind uint8

const (
	StepRequest StepKind = iota + 1
	StepRouter           // the On Demand Router may decide instead (R69)
	StepRoute
	StepDeclined
	StepAffinity  // session identifiers found, or none
	StepCompare   // a clone ID was compared with that of Member
	StepClone     // it matched
	StepStatus    // the status of Member was checked
	StepSkip      // an affinity member is passed over (its StepStatus stands before)
	StepPick      // Member was picked
	StepAssign    // the attempt is booked: Weight is what the member has left (no text)
	StepTransport // Member was picked, but has no Transport that can be used: Weight is what it has left
	StepStream    // a stream was opened or taken from the queue
	StepFailed    // the attempt failed
	StepClear     // the mark of Member was cleared
	StepAnswer
	StepGiveUp
	StepAgain // the same member gets another stream, without a choice (no text)
	StepHead  // the head of an answer arrived: Status (no text)
	StepGone  // the attempt ended, and not by the member: Event says why (no text)
)

// Step is one thing that a decision did. Steps without Text are details that a log at level Trace shows.
type Step struct {
	Kind    StepKind
	Rule    string   // R22
	Also    []string // further rules that the step shows
	Mark    string   // documented, traced or assumed
	Choice  string   // the open choice that the step hangs on, "" when none
	Text    string
	Member  MemberID
	Clone   string
	Clones  []string // with StepAffinity: the clone IDs of the session, in order
	Source  Source
	Check   Check       // with StepStatus
	Weight  int32       // with StepAssign
	Event   EventKind   // with StepFailed, StepGone
	Marked  bool        // with StepFailed: Member was marked down now
	Again   bool        // with StepFailed: the same member is tried once more, without a choice
	Fresh   bool        // with StepFailed: it is the same attempt, which gets a new stream (R50c, R54)
	End     End         // with StepFailed, StepGiveUp: how the request ends; a StepFailed before a StepGiveUp leaves it to that
	Retry   bool        // with StepFailed: the request is tried once more
	Retries int         // with StepFailed: how often the request has been sent again after I/O timeouts before (R56)
	Status  int         // with StepHead
	State   MemberState // with StepAssign, StepFailed, StepAnswer, StepGone: of Member, afterwards

	Transport int   // with StepStream: index into Member.Transports
	Reused    bool  // with StepStream: taken from the queue
	Failover  bool  // with StepStream: $WSFO is sent (R63)
	Size      int64 // with StepStream: bytes of the body, -1 unknown

	At diag.Span
}

// End says how a request ends that nobody answers, or whose answer breaks off.
type End uint8

const (
	NoEnd       End = iota
	EndCut          // part of the answer is out: the connection is cut (R58)
	EndPassedOn     // the 503 of the last member is the answer (R53)
	EndNobody       // nobody is usable (R60, R61)
	EndAttempts     // no further attempt is allowed (R51, R62)
	EndTooLarge     // the body exceeds PostSizeLimit (R59)
	EndFailed       // the last failure allows no other attempt (R41, R54, R56, R57)
)

// Check is the status of a member as serverGroupCheckServerStatus prints it (R42).
type Check struct {
	IgnoreWeights, MarkedDown, RetryNow, Allows, Full bool
	RetryIn                                           Nanos // until the retry is due, when marked
	Usable                                            bool
}

// wants reports whether steps are kept; texts are made only then.
func (r *Recorder) wants() bool { return r != nil && !r.quiet }

// note appends a step. Its mark is that of its rule, or assumed when it hangs on an open choice or shows another rule that is assumed.
func (r *Recorder) note(s Step) {
	switch {
	case s.Choice != "" || slices.ContainsFunc(s.Also, func(rule string) bool { return ruleMark(rule) == Assumed }):
		s.Mark = Assumed
	case s.Mark == "":
		s.Mark = ruleMark(s.Rule)
	}
	r.Steps = append(r.Steps, s)
}

func (r *Recorder) count() int {
	if r == nil {
		return 0
	}
	return len(r.Steps)
}

// settle completes the failures noted since a place with what becomes of the request.
func (r *Recorder) settle(from int, f *Flight) {
	for i := from; i < r.count(); i++ {
		if s := &r.Steps[i]; s.Kind == StepFailed {
			s.Fresh = f.todo == todoFresh
			s.Again = s.Fresh || f.todo == todoSecond
			s.Retry = s.Again || f.todo == todoChoose
			switch last := i == r.count()-1; {
			case f.todo == todoCut:
				s.End = EndCut
			case f.todo == todoFail && last:
				s.End = EndAttempts
			}
		}
	}
}
