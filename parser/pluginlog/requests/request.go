package requests

import (
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// Outcome tells how an attempt at a member ended.
type Outcome uint8

// The outcomes. Pending: the log does not say, because it ends or is not detailed enough.
const (
	Pending          Outcome = iota
	Answered                 // a status line came, or the member's counters went up without a failure
	Refused                  // connect failed at once (R50)
	ConnectTimeout           // connectTimeout expired (R50)
	IOTimeout                // ServerIOTimeout expired (R54, R55)
	Failed                   // failed in another way: a stream that broke, a write that failed
	HandshakeRefused         // the TLS handshake failed (R50)
)

// String returns the outcome in the words of the command line; "" for Pending.
func (o Outcome) String() string {
	return [...]string{"", "ok", "refused", "timeout", "io-timeout", "failed",
		"tls-handshake"}[min(o, HandshakeRefused)]
}

// Attempt is one try to have a member answer the request.
type Attempt struct {
	Member     string // "" when the log level hides it
	Affinity   bool   // a clone ID of the session names the member (R22, R23)
	Balanced   bool   // it was the member's turn (R30, R35), or nobody else was left (R38)
	Host       string // of the transport, or of the failure
	Port       int32
	Outcome    Outcome
	OSError    int32         // of a refused connect, 0 when not shown
	GSK        pluginlog.GSK // of a failed TLS handshake
	Status     int32         // of the answer, 0 when not shown
	Marked     bool          // this attempt marked the member down
	Reused     bool          // on a stream from the queue
	Start, End pluginlog.Time
	Line       int64          // the first line about it
	ended      bool           // no more lines of it come: the next one about a member begins another attempt
	told       bool           // a line says that the transaction failed
	finished   bool           // the log says that it failed, though lines about it may follow
	before     Place          // the request's last line before its own: where the request ends if carry takes it out
	quiet      pluginlog.Time // the time of that line
}

// SelectedBy says how the member was chosen, in the words of the command line; "" where the log does not show it.
func (at *Attempt) SelectedBy() string {
	switch {
	case at.Affinity:
		return "affinity"
	case at.Balanced:
		return "balancing"
	}
	return ""
}

// Reason is a set of reasons that make a request odd.
type Reason uint32

// The reasons; the comment says when each is given. The share of a phase counts only when the phase itself took
// [leastPhase]: of a request that took 3 ms no share is odd.
const (
	markedDownInside    Reason = 1 << iota // a member was marked down
	connectTimeoutFired                    // connectTimeout expired
	ioTimeoutFired                         // ServerIOTimeout, or another timeout, fired
	connectRefused                         // a connect failed
	handshakeBroken                        // a TLS handshake with a member failed
	// a second member was tried, or the plug-in said that it will try another one
	failedOver
	wsfoSent        // $WSFO was sent
	allDown         // "all could be down", or no app server was found
	gaveUp          // "Failed to handle request"
	slowConnect     // TCP connect over 2 s, or a quarter of the request
	slowHandshake   // TLS handshake over 4 s, or a quarter
	slowContinue    // 100 Continue over 2 s, or a quarter
	slowExtended    // the extended handshake took 1 s or more
	slowBody        // forwarding the body over 10 s, or three quarters
	slowAnswer      // waiting for the status over 5 s, or three quarters
	shortBody       // fewer bytes of the body were read than the client promised
	serverWrite     // a write to the member failed
	clientWrite     // a write to the client failed: it left
	noResponse      // the request ended and no status was seen
	serverError     // a member answered 500, 502, 503 or 504
	reloadInside    // the process took a new configuration while the request ran
	tookLong        // took as long as the threshold or longer
	littleServer    // over 2 s, less than half of it due to the member
	cookieCacheable // Set-Cookie without a Cache-Control that keeps caches away
	unfinished      // the log ends before the request does

	numReasons = iota
)

// reasonNames has name and words of each reason, in the order of their constants.
var reasonNames = [numReasons]struct{ name, words string }{
	{"marked-down", "a member was marked down"},
	{"connect-timeout", "a connect timed out"},
	{"io-timeout", "ServerIOTimeout fired"},
	{"connect-failed", "a connect failed"},
	{"tls-handshake", "the TLS handshake with a member failed"},
	{"failover", "another attempt was made"},
	{"wsfo", "$WSFO was sent"},
	{"all-down", "no member was usable"},
	{"gave-up", "the plug-in gave up"},
	{"slow-connect", "slow TCP connect"},
	{"slow-handshake", "slow TLS handshake"},
	{"slow-continue", "slow 100 Continue"},
	{"slow-extended-handshake", "slow extended handshake"},
	{"slow-body", "slow forwarding of the body"},
	{"slow-answer", "long wait for the status"},
	{"short-body", "the client sent less body than promised"},
	{"server-write", "a write to the member failed"},
	{"client-write", "a write to the client failed"},
	{"no-response", "no response was seen"},
	{"server-error", "a member answered 500, 502, 503 or 504"},
	{"reload-inside", "the configuration was reloaded meanwhile"},
	{"slow", "took longer than --slow"},
	{"little-server", "less than half the time was the member's"},
	{"cookie-cacheable", "Set-Cookie in an answer that caches may keep"},
	{"unfinished", "unfinished at the end of the log"},
}

// Split returns the single reasons of the set, in the order of their constants.
func (r Reason) Split() []Reason {
	var all []Reason
	for i := range numReasons {
		if one := Reason(1) << i; r&one != 0 {
			all = append(all, one)
		}
	}
	return all
}

// Name returns the name of a single reason as JSON output shows it.
func (r Reason) Name() string { return r.entry().name }

// Words returns a single reason for people.
func (r Reason) Words() string { return r.entry().words }

// entry returns name and words of a single reason, empty ones for a set of several.
func (r Reason) entry() struct{ name, words string } {
	for i := range numReasons {
		if r == Reason(1)<<i {
			return reasonNames[i]
		}
	}
	return struct{ name, words string }{}
}

// Limits for what is kept of one request, so that a hostile or endless log cannot fill the memory.
const (
	maxAttempts = 64
	maxClones   = 32
	maxText     = 2048 // bytes of a URI or host
)

// Place is a line of one of the files, both counted from 1.
type Place struct {
	File int
	Line int64
}

// Request is what the log tells of one request. What the log level hides is zero.
type Request struct {
	Number int64 // in the order of the first lines, from 1
	pluginlog.Thread
	First, Last Place
	Start, End  pluginlog.Time
	Host, URI   string // Host with the port that was matched, when shown
	Method      string
	Clones      []string // of the session, in their order
	Attempts    []Attempt
	Dropped     int // attempts beyond the limit
	Status      int32
	Complete    bool // the log shows its end
	Began       bool // the log shows its beginning
	Declined    bool // no route: the web server served it
	Subrequests int  // of ESI
	Reasons     Reason

	// Times that single phases took, 0 when not shown.
	Connect, Handshake, Continue, Extended, Body, Answer time.Duration
	Server                                               time.Duration // all waiting for members

	Events []pluginlog.Event // when the Assembler keeps them

	Note any // of whoever gets the lines, see Assembler.Line

	prev    Place // the line before the last one
	prevEnd pluginlog.Time

	at    phases
	saw   seen
	cache cacheHead
}

// Timed reports whether the log tells how long the request took: it does only where a line begins it and the log does
// not end before it. What low log levels show is an episode, lines of one thread about failures, and nobody knows how
// long before the first of them its request came.
func (r *Request) Timed() bool {
	return r.Began && r.Reasons&unfinished == 0 && r.Start != 0 && r.End != 0
}

// Episode reports whether all that the log shows of the request is how it failed.
func (r *Request) Episode() bool { return !r.Began && r.saw.failed }

// Wall returns how long the request took, 0 where the log does not tell it.
func (r *Request) Wall() time.Duration {
	if !r.Timed() {
		return 0
	}
	return r.End.Sub(r.Start)
}

// atLeast returns how long the request took at least: one that is unfinished may have taken longer.
func (r *Request) atLeast() time.Duration {
	if !r.Began {
		return 0
	}
	return r.End.Sub(r.Start)
}

// Member returns who answered, or else who was tried last; "" when the log does not name anybody.
func (r *Request) Member() string {
	for i := len(r.Attempts) - 1; i >= 0; i-- {
		if at := &r.Attempts[i]; at.Member != "" || at.Outcome == Answered {
			return at.Member
		}
	}
	return ""
}

// phases holds the moments at which phases began that are not over; 0 where none is under way, so that Sub adds
// nothing for a phase whose beginning the log level hides.
type phases struct {
	sought    pluginlog.Time // a stream: the connect, unless one is there
	handshake pluginlog.Time // of TLS
	waiting   pluginlog.Time // for 100 Continue
	extended  pluginlog.Time // the extended handshake
	body      pluginlog.Time // the body on its way to the member
	lastBody  pluginlog.Time // when another part of it was read: no line says when the last one was sent
	reading   pluginlog.Time // the answer is awaited
}

// chosen is the member that gets the next attempt: a clone ID named it, or it was found usable last. Where the log
// does not say how it was chosen, neither flag is set.
type chosen struct {
	member             string
	affinity, balanced bool
}

// seen holds what the assembly remembers of a request.
type seen struct {
	// What begins a request: a second one of these lines, or one behind those about members, begins the next.
	started, routed, named bool
	found                  bool // a Uri matched
	noRoute                bool
	acting                 bool // a line about a member or the wire: the route is decided
	read                   bool // an answer was awaited
	closing                bool // the plug-in gave up: no more attempts come, its last line may be hidden
	ended                  bool // its last line was seen
	esiMain                bool // the first look into the ESI cache, which is the request's own
	esiOpen                int  // sub-requests that members have still to answer
	reloads                int  // of the process, when the request began

	next     chosen // the member that a clone ID named or that was found usable last
	again    bool   // another attempt was announced
	balanced bool   // a member was checked with regard to its weight
	failed   bool   // a line about a failure, see Fails

	// Reasons, for judge.
	gaveUp, noApp, wsfo, retry, short, serverWrite, clientWrite, serverError, allDown, otherTimeout bool
}

// cacheHead is what the response head says about caching. A cookie in an answer that shared caches may keep is given
// to others.
type cacheHead struct{ cookie, private bool }
