package try

import "github.com/wasplug/wasplug/routecheck"

func markDown(cs *routecheck.ClusterState, m routecheck.MemberID, now routecheck.Nanos) {
	cs.Members[m].Marked = true  // want state
	cs.Members[m].Weight--       // want state
	cs.Next = 0                  // want state
	cs.Members[m].FailedAt = now // want state
}

func inherit(from, into *routecheck.ClusterState, m routecheck.MemberID) {
	into.Members[m] = from.Members[m] // want state
}

func outgrown(f *routecheck.Flight) {
	f.Body = routecheck.Unbuffered // want state
	p := &f.Attempts               // want state
	*p++
}
