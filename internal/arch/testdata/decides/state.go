package try

import (
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

func markDown(cs *failover.ClusterState, m match.MemberID, now match.Nanos) {
	cs.Members[m].MarkedDown = true // want state
	cs.Members[m].Weight--          // want state
	cs.Next = 0                     // want state
	cs.Members[m].FailedAt = now    // want state
}

func inherit(from, into *failover.ClusterState, m match.MemberID) {
	into.Members[m] = from.Members[m] // want state
}

func outgrown(f *failover.RequestState) {
	f.Body = failover.Unbuffered // want state
	p := &f.Attempts             // want state
	*p++
}
