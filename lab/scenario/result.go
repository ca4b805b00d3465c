package scenario

import (
	"time"

	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/parser/diag"
)

// Verdict is what is said of a step.
type Verdict string

// The verdicts, from good to bad: where a prediction fails, something of ours is wrong, whatever the file expects.
const (
	AsExpected    Verdict = "as expected"
	NotAsExpected Verdict = "not as expected"
	Differs       Verdict = "prediction and observation differ"
)

// Result is what came of a test.
type Result struct {
	Test      *Test
	At        diag.Position
	Verdict   Verdict
	Err       error // it could not be done: no lab, no such member; no verdict on what members do
	Steps     []StepResult
	Failovers []Failover
	History   *history.Report // what the checker says of it (C1 to C7); nil where the lab did not start
	Took      time.Duration   // by real time, the start and the end of the lab included
}

// Failed reports a test that is not as expected.
func (r *Result) Failed() bool { return r.Err != nil || r.Verdict != AsExpected }

// StepResult is a step that was done.
type StepResult struct {
	At       diag.Position
	What     string // in words
	Verdict  Verdict
	Failures []Failure
	Rules    []string // of a prediction that differs
	Late     int64    // changes of earlier requests that it found, and that their client was not told of
}

// Failure is a field that is not as expected, or not as predicted.
type Failure struct{ Field, Want, Got string }

// Failover is a request that another member than the session's answered, or nobody.
type Failover struct {
	Client, Path       string
	Died               []Death
	Took               string // the member that answered, "" for nobody
	Before, After      string // the cookie
	Sent, Acknowledged int    // changes of the client so far, the one of this request included; and answered before it
	Written, Found     int64  // acknowledged as written before it, and found by it
	Lost               int64
	Age                time.Duration // of the last change before it
	Gap                time.Duration // from the request to its answer

	Predicted, Session, Cookie string // the session in a sentence and in a word, and the cookie
	Rules                      []string
	Steps                      []TimedStep
}

// Death is a member that was not up.
type Death struct {
	Member, How string
	Ago         time.Duration
}

// TimedStep is a step of the prediction, with when the web server process took it; -1 where its log shows no such
// line.
type TimedStep struct {
	Rule, Text string
	After      time.Duration // the request was sent
}
