package failover

import (
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Step is one thing that a decision did, as facts. It holds no sentence: explain/words makes one of it, and a log its
// lines. What the configuration says of a member or a cluster is not repeated here, for whoever reads a step has the
// table.
type Step struct {
	Kind StepKind
	Why  Reason // what people are told; 0 is a detail that only a log at level Trace shows

	Rule   string   // R22
	Also   []string // further rules that the step shows
	Mark   string   // documented, traced or assumed
	Choice string   // the open choice that the step hangs on, "" when none

	Cluster match.ClusterID // NoCluster before there is a Route
	Member  match.MemberID  // NoMember where the step is about none
	Other   match.MemberID  // the second member that a Reason speaks of
	At      diag.Span       // the XML that caused it

	Request *RequestFacts // with StepRequest
	Refused match.Refusal // with StepDeclined
	Route   *match.Match  // with StepRoute

	Source     affinity.Source // with StepAffinity: where the session identifier stands, 0 without any
	CookieName string          // of the cookie or the identifier of the URL
	Clones     []string        // with StepAffinity, StepRequest: the clone IDs of the session, in order
	Clone      string          // with StepCompare, StepClone
	Place      int             // with StepClone: of Member in its list

	Check  Check        // with StepStatus
	Passed []PassedOver // with StepPick, StepGiveUp: who gets nothing, in the order of their lists
	Skip   *PassedOver  // with StepSkip, and with the StepPick that it led to: the member of the session
	Turn   *Turn        // with StepPick by round robin
	Weight int32        // with StepAssign, StepTransport: what the member has left
	Paid   bool         // with StepTransport: the pick has cost weight

	Transport int    // with StepStream: index into Member.Transports
	Scheme    Scheme // with StepStream
	Reused    bool   // with StepStream: taken from the queue
	Failover  bool   // with StepStream, StepAnswer: $WSFO is sent (R63)
	Size      int64  // with StepStream, StepGiveUp: bytes of the body, -1 unknown

	Event     EventKind   // with StepFailed, StepGone
	Limit     match.Nanos // with a connect that timed out: its ConnectTimeout, 0 without one
	Marked    bool        // with StepFailed: Member was marked down now
	Stays     Stays       // with StepFailed: what became of a mark that Member had before
	AtArrival bool        // with StepFailed: the retry timer starts where the request arrived (choice retry-clock)
	Fits      bool        // with StepFailed: a body of unknown size is taken to fit PostBufferSize (R57)
	Again     bool        // with StepFailed: the same member is tried once more, without a choice
	Fresh     bool        // with StepFailed: it is the same attempt, which gets a new stream (R50c, R54)
	Retry     bool        // with StepFailed: the request is tried once more
	Retries   int         // with StepFailed: how often it has been sent again after I/O timeouts before (R56)

	End      End // with StepFailed, StepGiveUp: how the request ends; before a StepGiveUp a StepFailed has none
	Attempts int // with StepGiveUp: made so far
	Status   int // with StepHead; with StepGiveUp: what the client gets

	State MemberState // with StepAssign, StepAgain, StepFailed, StepAnswer, StepGone: of Member, afterwards
}

// NoCluster stands where no cluster is meant.
const NoCluster match.ClusterID = -1

// StepKind tells steps apart for programs; people are told by Reason.
type StepKind uint8

const (
	StepRequest   StepKind = iota + 1 // the request as it is understood
	StepRouter                        // the On Demand Router may decide instead (R69)
	StepRoute                         // a Route has won (R1)
	StepDeclined                      // no Route takes the request, or the web server does not ask (R9, R16)
	StepAffinity                      // session identifiers found, or none
	StepCompare                       // a clone ID was compared with that of Member
	StepClone                         // whose clone ID, or partition ID, it is: NoMember where nobody is found
	StepStatus                        // the status of Member was checked
	StepSkip                          // an affinity member is passed over (its StepStatus stands before)
	StepPick                          // Member was picked
	StepAssign                        // the attempt is booked
	StepTransport                     // Member was picked, but has no Transport that can be used
	StepStream                        // a stream was opened or taken from the queue
	StepFailed                        // the attempt failed
	StepClear                         // the mark of Member was cleared
	StepAnswer                        // the answer of Member was passed on whole (R67)
	StepGiveUp                        // nobody is asked any more, see End
	StepAgain                         // the same member gets another stream, without a choice
	StepHead                          // the head of an answer arrived
	StepGone                          // the attempt ended, and not by the member: Event says why
)

// RequestFacts is a request as it is matched.
type RequestFacts struct {
	Path string // as compared (R14, R16)
	Sent string // the path of the request where R16 changes it, else ""
	Host string // "" matches only aliases with host * (R8)
	Port int
	TLS  bool
}

// PassedOver is a member that gets no request, with the reason.
type PassedOver struct {
	Member    match.MemberID
	Why       Obstacle
	RetryIn   match.Nanos // with RetryRuns
	AtArrival bool        // with RetryRuns: when the request arrived (choice retry-clock)
	Pending   int32       // with Full
}

// Obstacle is why a member gets no request.
type Obstacle uint8

const (
	NoObstacle     Obstacle = iota
	FailedRequest           // it failed this request
	MarkedByItself          // this request marked it, and does not probe it (R52)
	Stuck                   // nobody probes it until a reload (choice probe-503-before-fix)
	BeingProbed             // by another request
	RetryRuns               // its retry is not due
	Full                    // MaxConnections (R60)
	WeightZero              // its LoadBalanceWeight is 0 (R36)
	NoWeightLeft            // (R32)
)

// Turn is how round robin came to its pick (R30 to R33, R36).
type Turn struct {
	From   match.MemberID // where it stood
	Start  TurnStart
	Raised bool  // the weights were raised for it (R33)
	Weight int32 // of the pick, before the attempt costs any
	Full   int32 // its start weight
	Probes bool  // its retry is due (R52)
}

// TurnStart is how round robin came to where it stood.
type TurnStart uint8

const (
	Stood      TurnStart = iota // since the request before
	DrawnAmong                  // chance is open: From stands for every start that it can give
	Drawn                       // by the generator of the process
)

// Scheme is why a request leaves by a scheme (R64).
type Scheme uint8

const (
	SameScheme    Scheme = iota // it came by it
	HTTPSUnusable               // no https Transport can be used, and UseInsecure is true
	NoOtherScheme               // there is no Transport of the other one
	SchemeOnload                // SSLMapMode
	SchemeOffload               // SSLMapMode
)

// Stays is what became of the mark that a member had before an attempt failed (R52).
type Stays uint8

const (
	NotKept   Stays = iota // it had none, or it is gone
	Restarted              // its retry timer starts again
	KeptStuck              // and nobody probes it until a reload (choice probe-503-before-fix)
)

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
	RetryIn                                           match.Nanos // until the retry is due, when marked
	Usable                                            bool
}

// Reason is what a step tells people: each has one sentence in explain/words, which fills in the facts of the step.
type Reason uint8

const (
	// About the request before a member is looked for.
	WhyRequest     Reason = iota + 1 // how it is understood (R7, R8, R14, R16)
	WhyRouter                        // the On Demand Router may know better (R69)
	WhyRoute                         // which Route wins (R1)
	WhyRefused                       // the web server refuses the path itself (R16)
	WhyNoRoutes                      // the file has none (R9)
	WhyNoneMatches                   // no Route matches (R9)

	// About its session (R20 to R28, R39, R40).
	WhyNoSession
	WhyNoCloneIDs   // of the cluster's servers
	WhySession      // the first identifier of the request
	WhyNextSession  // another one, for the one before led nowhere
	WhySessionAgain // after a failed attempt

	WhyCloneOfPrimary
	WhyCloneOfBackup
	WhyPartition // the partition table names Member

	// Nobody is found. Other is who would be expected.
	WhyUnknownClone
	WhyEmptyClone
	WhyOtherCase    // Other has the clone ID in another letter case
	WhyOnBackup     // Other is a backup, where affinity does not look
	WhyInNoList     // Other is in neither list
	WhyNotInTable   // the partition table does not name the partition ID
	WhyOnlyOther    // the partition table is not known, and could name only Other
	WhyTableUnknown // the partition table is not known
	WhyNoTable      // GetDWLMTable is not true

	// About who gets the attempt.
	WhyNotMarked
	WhyProbes // the retry of a marked member is due
	WhySkipped

	WhyNextPrimary // after Other, the member of the session (R26)
	WhyClusterAddress
	WhyFirstBackup
	WhyTriedAllTheSame // everybody is marked down (choice all-down)
	WhyRandom
	WhyRoundRobin
	WhyWeightZero // nobody else is usable (R36)

	WhyNoTransport
	WhyHTTPSUnusable
	WhyOnloadWithoutHTTPS
	WhySchemeMissing
	WhyStream

	// About what became of an attempt.
	WhyNoStream         // (R50)
	WhyNoStreamSecond   // the only server of a cluster is tried once more (R51)
	WhyNoStreamOnly     // it is not tried again (R51)
	WhyStale            // a stream from the queue, nothing is known of the member (R50c)
	WhyStaleEnds        // and the request cannot be sent again
	WhyCut              // in the middle of the answer (R58)
	WhyClosed           // before the answer (R50b)
	WhyUnreadableCloses // an answer that cannot be read counts as a closed stream (choice malformed-answer)
	WhyUnreadable       // (R70)
	WhyStaleTimeout     // on a stream from the queue (R54)
	WhyIOTimeout
	WhyBusyMarks
	WhyBusy
	WhyCleared
	WhyAnswer

	// About how a request ends without an answer of a member's own.
	WhyAddressFailed // (R41)
	WhyNotRepeatable // its body was not buffered (R57)
	WhyOnlyClosed    // the only server closed the stream (R54)
	WhyOnlyTimeout   // the only server did not answer (R54)
	WhyAnswered      // with what cannot be read, so nobody is asked again (R70)
	WhyRetriesUsed   // ServerIOTimeoutRetry (R56)

	WhyAttempts   // no further one is allowed (R62)
	WhyAllFull    // (R60)
	WhyNobodyElse // (R61)
	WhyNoServer   // the cluster has none
	WhyAllDown    // (R61)
	WhyTooLarge   // (R59)

	// The 503 of the last member is passed on (R53).
	WhyPassedNotRepeatable
	WhyPassedAddress
	WhyPassedAttempts
	WhyPassedNobodyElse

	NumReasons
)
