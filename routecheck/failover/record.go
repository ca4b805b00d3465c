package failover

import (
	"slices"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// Recorder notes what a decision did. A nil Recorder costs nothing and notes nothing; the walk is the same.
type Recorder struct {
	Steps       []Step
	choicesOnly bool // note the consulted choices only
	seen        choices.Consulted
}

// ChoicesOnly returns a Recorder that notes no steps, only which open choices were consulted.
func ChoicesOnly() *Recorder { return &Recorder{choicesOnly: true} }

// Seen is what was consulted.
func (r *Recorder) Seen() *choices.Consulted {
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
	Member  match.MemberID
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
	RetryIn                                           match.Nanos // until the retry is due, when marked
	Usable                                            bool
}

// Wants reports whether steps are kept; texts are made only then.
func (r *Recorder) Wants() bool { return r != nil && !r.choicesOnly }

// Note appends a step. Its mark is that of its rule, or assumed when it hangs on an open choice or shows another rule
// that is assumed.
func (r *Recorder) Note(s Step) {
	switch {
	case s.Choice != "" || slices.ContainsFunc(s.Also, func(rule string) bool { return choices.MarkOf(rule) == choices.Assumed }):
		s.Mark = choices.Assumed
	case s.Mark == "":
		s.Mark = choices.MarkOf(s.Rule)
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
func (r *Recorder) settle(from int, f *RequestState) {
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
