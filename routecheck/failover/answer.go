package failover

import (
	"github.com/wasplug/wasplug/routecheck/match"
)

// Answer is what certainty is said of: where a request ends.
type Answer struct {
	Decision string // forward, declined or error
	Rejected bool
	Status   int
	Cluster  match.ClusterID
	Member   match.MemberID
}

// The decisions of an Answer.
const (
	Forward  = "forward"
	Declined = "declined"
	Errored  = "error"
	Unknown  = "unknown" // only of a fact that nobody can tell, see OpenFact
)
