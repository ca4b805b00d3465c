package session

import "slices"

// Choice names a point on which the servers' behaviour is not documented, as routecheck's choices name those of the
// plug-in.
type Choice uint8

// The session choices. Their names on the command line and their values stand in [Choices]; the first value is the
// default.
const (
	timeBasedScan Choice = iota
	newSessionWrite
	replicationAck
	replicaHolder
	replicaRetarget
	partitionAfterTakeover
	earlyAnswer
	takeoverID
	numChoices
)

// The values that a prediction looks for, as indexes into ChoiceInfo.Values.
const (
	exactInterval     = 1    // timeBasedScan
	atEndOfService    = 1    // newSessionWrite
	ackWaits          = 1    // replicationAck
	nextInList        = 1    // replicaHolder
	nextWrite, never  = 1, 2 // replicaRetarget
	cloneAppended     = 1    // partitionAfterTakeover
	answerBeforeWrite = 1    // earlyAnswer
	sameID            = 1    // takeoverID
)

// ChoiceInfo describes a session choice.
type ChoiceInfo struct {
	Name     string
	Values   []string // the first is the default
	Rule     string   // the rule that hangs on it
	Meaning  string
	Evidence string
}

// Choices lists the session choices, indexed by Choice.
func Choices() []ChoiceInfo { return slices.Clone(choices[:]) }

var choices = [numChoices]ChoiceInfo{
	timeBasedScan: {"time-based-scan", []string{"fixed-10s", "exact"}, "W4",
		"whether time based writes come from a look at all sessions every 10 s, or every session is written at its " +
			"interval",
		"Open Liberty, issue #7634, against the texts"},
	newSessionWrite: {"new-session-write", []string{"as-frequency", "end-of-service"}, "W3",
		"when the attributes of a new session are first written: by its write frequency, or at the end of the " +
			"service call that made it",
		"Open Liberty's source against IBM, write frequency"},
	replicationAck: {"replication-ack", []string{"async", "wait"}, "M8",
		"whether an answer waits until a copy of the session has reached the replicas", "none"},
	replicaHolder: {"replica-holder", []string{"unknown", "next-in-list"}, "M9",
		"which members hold the replicas of a member: nobody can tell, or those that follow it in the order of names",
		"none"},
	replicaRetarget: {"replica-retarget", []string{"at-once", "next-write", "never"}, "L8",
		"when the replicas of a member that has gone are made elsewhere", "none"},
	partitionAfterTakeover: {"partition-after-takeover", []string{"same", "clone-appended"}, "M14",
		"whether the partition ID of a session stays alone in its cookie after a take-over",
		"Open Liberty's source, read for a database"},
	earlyAnswer: {"answer-before-write", []string{"no", "yes"}, "W1",
		"whether the last byte of an answer goes out before the write at the end of the servlet's service", "none"},
	takeoverID: {"takeover-id", []string{"new", "same"}, "S15",
		"whether a member that finds nothing of a session draws a new session ID, where sessions are not persistent",
		"Open Liberty's source; APAR PQ55940"},
}

// Assumed holds a value for every session choice. The zero value is the defaults.
type Assumed [numChoices]uint8

// Set is a set of session choices.
type Set uint16

// Of returns the set of one choice.
func Of(c Choice) Set { return 1 << c }

// has reports whether a choice is in the set.
func (s Set) has(c Choice) bool { return s>>c&1 != 0 }
