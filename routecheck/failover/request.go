package failover

import (
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// BodyKind says whether a request can be sent once more (R57).
type BodyKind uint8

const (
	NoBody     BodyKind = iota // GET, HEAD: always repeatable
	Buffered                   // the whole body is kept
	Unbuffered                 // not buffered, or larger than the buffer
)

// RequestState is one request on its way through a cluster: a plain value that Next and Observe advance. The first
// fields are Begin's, and stay but for the body, of which a caller learns more as it reads it; the others say how far
// the request has come.
type RequestState struct {
	Cluster  match.ClusterID
	TLS      bool // the request came over TLS (R64)
	Body     BodyKind
	Size     int64             // bytes of the body, -1 unknown (R59)
	Affinity affinity.Affinity // each selection begins with it anew (R20)
	Arrived  match.Nanos       // by which clock a retry is judged is open (choice retry-clock)
	Chance   *Chance           // replaces chance, nil in production

	Attempts  int            // counted by R62: second streams and R51's second connect are not
	First     SelectedBy     // how the member of the first attempt was picked
	IORetries int            // resends after an I/O timeout (R56)
	Last      match.MemberID // who was picked last, NoMember before; no attempt follows without a Transport (R64)
	By        SelectedBy     // how the member of the last attempt was picked, 0 before there was one

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
	onlyOne    bool // one member alone could be chosen where a partition table would have helped (R28)
	home       match.MemberID
	homeMarked bool      // home is valid: the first matched member that is marked down (R26)
	tried      memberSet // members that failed this request
	marked     memberSet // members that this request marked
}

// todo is what Next does about a request: Observe leaves it behind.
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
	free cost = iota // it costs nothing, or an answer's head has come and the matter is closed
	paid             // the weight has been lowered
	owed             // until an answer's head has come (choice weight-on-failure)
)

// SelectedBy says how a member was picked.
type SelectedBy uint8

const (
	ByAffinity       SelectedBy = iota + 1 // (R22)
	ByNextPrimary                          // the next primary after a marked affinity member (R26)
	ByBalance                              // round robin, or at random (R30, R35)
	ByBackup                               // (R38)
	ByClusterAddress                       // ClusterAddress (R41)
	ByRetryMarked                          // the one try when everybody is down (choice all-down)
)

var selectedByNames = [...]string{"", "affinity", "next-primary", "balance", "backup",
	"cluster-address", "retry-marked"}

// String returns the name as reports write it.
func (b SelectedBy) String() string { return selectedByNames[b] }

// Begin prepares a request that matched. A request that no Route takes is declined (R9) and never gets here.
func Begin(
	t *match.Table, rq *match.Request, m *match.Match, now match.Nanos, sem *choices.Assumptions, rec *Recorder,
) RequestState {
	return RequestState{
		Cluster: m.Cluster, TLS: rq.TLS, Size: rq.Body, Body: kindOfBody(&t.Clusters[m.Cluster], rq.Body),
		Affinity: affinity.Of(t, rq, m, sem, rec.Seen()), Arrived: now, Last: match.NoMember,
	}
}

// Repeat makes the state anew of a request that comes again and again: f is as Begin has made it, and nothing has
// happened to it.
func (f *RequestState) Repeat(into *RequestState, now match.Nanos) {
	*into = *f
	into.Arrived = now
}

// NewRequestState is a request without session and body to a cluster. With a Chance, draws are
// by its script.
func NewRequestState(id match.ClusterID, chance *Chance) RequestState {
	return RequestState{Cluster: id, Last: match.NoMember, Chance: chance}
}

// DrawFrom lets a script take the place of chance, nil for none.
func (f *RequestState) DrawFrom(chance *Chance) { f.Chance = chance }

// kindOfBody classifies a body of n bytes (R57). An unknown length (-1) counts as buffered until it outgrows the
// buffer; the caller then sets RequestState.Body to Unbuffered.
func kindOfBody(c *match.Cluster, n int64) BodyKind {
	switch {
	case n == 0:
		return NoBody
	case c.PostBuffer < 0 || c.PostBuffer > 0 && n <= c.PostBuffer:
		return Buffered
	}
	return Unbuffered
}

// OutgrewBuffer notes that the body is larger than what is kept of it, so that it cannot be sent again (R57).
func (f *RequestState) OutgrewBuffer() { f.Body = Unbuffered }

// Sized notes how large a body of unknown size is, or at least is: Next holds it against PostSizeLimit (R59).
func (f *RequestState) Sized(bytes int64) { f.Size = bytes }

// WaitsForContinue reports whether a member gets a body only after its 100 Continue (R57; choice wait-for-continue).
func WaitsForContinue(t *match.Table, c match.ClusterID, m match.MemberID, sem *choices.Assumptions) bool {
	return t.Clusters[c].Members[m].Source.WaitForContinue.V ||
		sem.Consult(choices.WaitForContinue, nil) == choices.AlwaysWithBody
}

// Begun reports whether an answer has begun: from then on nothing is retried (R58).
func (f *RequestState) Begun() bool { return f.begun }

// Raised reports whether a selection has set the weights of all members (R32).
func (f *RequestState) Raised() bool { return f.raised }

// OnlyOne reports whether a partition table that is not known could name nobody but who was chosen.
func (f *RequestState) OnlyOne() bool { return f.onlyOne }

// Lowered reports whether the last pick has lowered its member's weight so far (R32).
func (f *RequestState) Lowered() bool { return f.cost == paid }

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

// Action is what Next says. The request is declined (R9) before there is a state, when Match finds no Route.
type Action struct {
	Kind   ActionKind
	Member match.MemberID // with Fail: the one whose answer is passed on, NoMember without any
	// with Send: Member; with Fail: the one that was picked and has no Transport that can be used (R64), else NoMember
	Picked      match.MemberID
	Transport   int  // with Send: index into Member.Transports
	FreshStream bool // with Send: open a new stream, take none from the queue
	// with Send: a failed attempt has led to another selection, of whichever member; $WSFO is set (R63)
	Failover bool
	Status   int // with Fail
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
	// the certificate has another host name, and SecureHostVerification=true-nomarkdown
	NameDiffers
	// the answer cannot be read or framed, or is over a limit, and did not just break off (R70)
	Malformed
	LocalWant // this process lacks descriptors, ports or memory: no failure of the member
	// the body outgrew PostSizeLimit on its way, RequestState.Size says so: no failure of the member (R59)
	BodyTooLarge
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
