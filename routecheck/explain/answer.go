package explain

import (
	"github.com/wasplug/wasplug/routecheck/match"
)

// Answer is what certainty is said of: where a request ends. It is comparable, for two runs are certain of the same
// when their Answers are equal.
type Answer struct {
	Decision string // Forward, Declined or Errored
	Rejected bool   // the plug-in does not take the file at all (R18)
	Status   int    // of Errored: what the client gets
	Cluster  match.ClusterID
	Member   match.MemberID // NoMember where none has answered
}

// The decisions of an Answer.
const (
	Forward  = "forward"
	Declined = "declined"
	Errored  = "error"
	Unknown  = "unknown" // only of a fact that nobody can tell, see OpenFact
)
