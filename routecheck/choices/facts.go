package choices

import "slices"

// The facts that neither the file nor the request tells. No value of an open choice settles them, but an answer hangs
// on them in the same way: they are consulted like choices, count on behind them, and one walk visits both (see
// [Tree]). The value 0 is what the answer assumes, 1 the opposite.
const (
	BodyBeyondBuffer Choice = NumChoices + iota
	BodyBeyondLimit
	SessionPath
	PartitionTable
	IntelligentManagement
	NumPoints
)

// Knowable are the choices, and the facts of which the opposite can be decided under, too: what a request with a large
// body comes to is plain arithmetic. What a partition table holds, or another router, nobody can compute.
const Knowable = 1<<NumChoices - 1 | 1<<BodyBeyondBuffer | 1<<BodyBeyondLimit

// OpenFact describes a fact that an answer can hang on.
type OpenFact struct {
	Name   string
	Rule   string // the rule that asks for it
	Where  string // what the answer assumes; reads on from "the answer holds only where"
	Settle string // how to give the fact, "" when nobody can
}

// OpenFacts lists the facts that an answer can hang on.
func OpenFacts() []OpenFact { return slices.Clone(openFacts[:]) }

var openFacts = [NumPoints - NumChoices]OpenFact{
	BodyBeyondBuffer - NumChoices: {"body-beyond-buffer", "R57",
		"the body, whose size is unknown beforehand, fits PostBufferSize", "--body-size gives its size"},
	BodyBeyondLimit - NumChoices: {"body-beyond-limit", "R59",
		"the body, whose size is unknown beforehand, fits PostSizeLimit", "--body-size gives its size"},
	SessionPath - NumChoices: {"session-path", "R20",
		"the session of the URL is read from the path as it was sent, not from what the web server leaves of it", ""},
	PartitionTable - NumChoices: {"partition-table", "R28",
		"the partition table, which the plug-in learns from the servers, names no member for the partition ID",
		"--partition ID=MEMBER gives its entry"},
	IntelligentManagement - NumChoices: {"intelligent-management", "R69",
		"the connectors of IntelligentManagement tell the On Demand Router nothing of this application", ""},
}

// IsFact reports whether a point is a fact and no choice.
func (c Choice) IsFact() bool { return c >= NumChoices && c < NumPoints }

// fact returns what a point beyond the open choices is, nil for a choice.
func (c Choice) fact() *OpenFact {
	if c < NumChoices || c >= NumPoints {
		return nil
	}
	return &openFacts[c-NumChoices]
}
