package simulate

import (
	"fmt"
	"testing"

	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestRestartedInLargeCluster: of a session that moves while its owner lives, the owner has the copy, whoever else has
// begun anew: places of members beyond the first 256 are told from those of others.
func TestRestartedInLargeCluster(t *testing.T) {
	t.Parallel()
	var list []server
	for i := range 258 {
		list = append(list, server{name: fmt.Sprintf("b%03d", i)})
	}
	list[256].name = "m256" // the only primary server, so it gets the session
	sc := scenario(t, clusterXML(`MarkBusyDown="true"`, `RetryInterval="100000"`, list))
	sc.Arrivals.Rate, sc.Requests = 1, 10
	sc.Sessions = Sessions{Share: 1, Length: 1e9, Live: 1}
	sc.Policy = func(string) session.Policy { return session.Policy{Persistence: session.MemoryToMemory, Replicas: 1} }
	// In troubles, two bytes a place, that of 256 stands in the middle of those of the first two.
	for _, member := range []string{"b000", "b001"} {
		again := down(member, explain.Refused, 3, 0)
		again.From, again.To = 3*match.Second+1, 4*match.Second-1 // after a request to m256, before the next
		sc.Faults = append(sc.Faults, again)
	}
	sc.Faults = append(sc.Faults, down("m256", explain.Busy, 4, 0))
	if s := run(t, sc).Sessions; s.Moved != 1 || s.Kept != 1 {
		t.Errorf("%+v, want 1 moved and kept", s)
	}
}
