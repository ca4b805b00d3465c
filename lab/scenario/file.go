package scenario

import (
	"net/url"
	"time"

	"github.com/wasplug/wasplug/lab/history"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/session"
)

// File is a scenario file, see schemas/lab.schema.json.
type File struct {
	Config    diag.Val[string] // path, from where the file stands
	WebServer string
	Tests     []*Test

	files *diag.Files
}

// Test is steps on a lab of its own: no process, no cookie and no row of a table outlives the test that made it, so
// tests can run in any order and alone.
type Test struct {
	Name  diag.Val[string]
	Row   string // of the matrix, "" for none
	Under string // the kind of persistence of which it is the variant, "" for that of its session block
	Setup Setup
	Steps []*Step

	refused diag.Val[string] // a part of the message with which the members are not to start

	next diag.Val[string] // the member at which round robin begins, "": the first primary
	seed uint64           // of chance in the proxy and of session IDs; 0: round robin begins at next
}

// Setup is how the members of a test run.
type Setup struct {
	Policy                 *session.Policy     // in place of Sessions; nil for those
	Sessions               *Sessions           // nil: what the topology says
	Store                  string              // sqlite or postgres, "" for what the caller says
	Grid                   string              // jetstream or redis, "" for what the caller says
	Real                   bool                // clocks go on by themselves, unless Options.Clock says otherwise
	Assumptions            choices.Assumptions // of web server and sessions: members and prediction follow them
	Replicators, Processes int
	LargestColumn          int // bytes, 0: that of the database
	Distributable          bool
	Mutant                 string // of members that are broken on purpose
}

// Sessions are the settings of the servers: those that a prediction asks for, and those below it, which change what
// members do and nothing that is predicted.
type Sessions struct {
	session.Settings
	Timeout, ReaperInterval   time.Duration // 0: default
	ScheduledInvalidation     []int
	IDLength, MaxInMemory     int // 0: default
	SecurityIntegration       bool
	AllowOverflow             bool
	OptimizeCacheIDIncrements bool
	Domain, Encryption        string // of replication; "": the cluster's name, none
}

// The kinds of step. Those that stand in a history carry the word that it has for them, so that no table translates
// between the two.
const (
	doRequest    = "request"
	doParallel   = "parallel"
	doKill       = history.Kill
	doStop       = history.Stop
	doContinue   = history.Continue
	doShutdown   = history.Shutdown
	doStart      = history.Start
	doFailpoint  = "failpoint"
	doFault      = "fault"
	doTick       = "tick"
	doReap       = "reap"
	doAdvance    = "advance"
	doSleep      = "sleep"
	doStore      = "store"
	doNewProcess = "newProcess"
	doExpect     = "expect"
)

// Step is one thing that a client or the operator does. do says which, and which of the fields below have a meaning;
// the reader has refused a step with two of them.
type Step struct {
	At      diag.Span
	do      string
	members []diag.Val[string] // that it is done to
	request *request
	steps   []*Step       // of doParallel
	how     string        // the moment and the deed of a failpoint, the deed of a fault
	moment  string        // of a failpoint
	wait    time.Duration // of doAdvance, doSleep, a delay
	times   int           // of a fault: how many requests meet it, at least 1
	down    bool          // of doStore: it is taken away, not given back
	process int           // of doNewProcess, from 0
	next    string        // of doNewProcess: where its round robin stands
	expect  expectation
}

// request is what a client sends.
type request struct {
	method, path, host, client string // host "": the first that the file serves; client names whose cookies it carries
	form                       url.Values
	repeat, process            int           // repeat from 1, each after the answer to the one before; process from 0
	to, cookie                 string        // the member whose clone ID alone the cookie names, and that cookie
	fresh                      bool          // the client begins anew, without a cookie
	after                      time.Duration // in a parallel step: how long it waits before it sends
}

// expectation is what must be so, field by field, in the order of the file.
type expectation struct {
	fields    []wanted
	predicted diag.Val[bool]
	certain   diag.Val[bool]
	client    string // of a state
}

// wanted is one field. Several values are all wanted in order (attempts) or in any order (marked, holders, up); of
// status, member and the like one of them, as where chance decides which member answers.
type wanted struct {
	name string
	want []string
	at   diag.Span
}
