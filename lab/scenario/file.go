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

// Test is steps on a lab of its own.
type Test struct {
	Name  diag.Val[string]
	Row   string // of the matrix, "" for none
	Under string // the kind of persistence of which it is the variant, "" for that of its session block
	Setup Setup
	Steps []*Step

	refused diag.Val[string] // a part of the message with which the members are not to start

	next diag.Val[string]
	seed uint64
}

// Setup is how the members of a test run.
type Setup struct {
	Policy                 *session.Policy     // in place of Sessions; nil for those
	Sessions               *Sessions           // nil: what the topology says
	Store                  string              // sqlite or postgres, "" for what the caller says
	Grid                   string              // jetstream or redis, "" for what the caller says
	Real                   bool                // clocks go on by themselves; nil where the caller says
	Assumptions            choices.Assumptions // of the web server, and of the session choices
	Replicators, Processes int
	LargestColumn          int // bytes, 0: that of the database
	Distributable          bool
	Mutant                 string // of members that are broken on purpose
}

// Sessions are the settings of the servers: those that a prediction asks for, and those that it does not.
type Sessions struct {
	session.Settings
	Timeout, ReaperInterval   time.Duration // 0: default
	ScheduledInvalidation     []int
	IDLength, MaxInMemory     int // 0: default
	SecurityIntegration       bool
	AllowOverflow             bool
	OptimizeCacheIDIncrements bool
	Domain, Encryption        string
}

// The kinds of step.
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

// Step is one thing that a client or the operator does.
type Step struct {
	At      diag.Span
	do      string
	members []diag.Val[string] // that it is done to
	request *request
	steps   []*Step       // of doParallel
	how     string        // the moment and the deed of a failpoint, the deed of a fault
	moment  string        // of a failpoint
	wait    time.Duration // of doAdvance, doSleep, a delay
	times   int           // of a fault
	down    bool          // of doStore
	process int           // of doNewProcess, from 0
	next    string        // of doNewProcess: where its round robin stands
	expect  expectation
}

// request is what a client sends.
type request struct {
	method, path, host, client string
	form                       url.Values
	repeat, process            int    // process from 0
	to, cookie                 string // the member whose clone ID alone the cookie names, and that cookie
	fresh                      bool
	after                      time.Duration // among requests at the same time
}

// expectation is what must be so, field by field, in the order of the file.
type expectation struct {
	fields    []wanted
	predicted diag.Val[bool]
	certain   diag.Val[bool]
	client    string // of a state
}

// wanted is one field; a member can be one of several.
type wanted struct {
	name string
	want []string
	at   diag.Span
}
