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

// TestWhoFailedFirst: the same members are down twice, and what becomes of a session hangs on who of them went first
// (L8): the replica of a member that was gone before the owner was made elsewhere in time.
func TestWhoFailedFirst(t *testing.T) {
	t.Parallel()
	sc := scenario(t, clusterXML("", "", equal(3, "")))
	sc.Sessions = Sessions{Share: 1, Length: 1e9, Live: 1}
	sc.Policy = func(string) session.Policy { return session.Policy{Persistence: session.MemoryToMemory, Replicas: 1} }
	sc.Faults = []Fault{down("m2", explain.Reset, 5, 20), down("m1", explain.Reset, 10, 20),
		down("m1", explain.Reset, 30, 50), down("m2", explain.Reset, 35, 50),
		down("m1", explain.Refused, 55, 58), down("m2", explain.Reset, 60, 80), down("m1", explain.Refused, 65, 70)}
	worlds, err := newWorlds(sc, 1, nil)
	if err != nil {
		t.Fatal(err)
	}
	w := worlds[0]
	// m3 gets the request of a session that m1 served last.
	f := &requestState{generation: w.generations[0], process: w.processes[0], member: 2}
	table := &sc.Table.Clusters[0]
	cookie := w.cookies.of("0000" + sessionID + ":cm1")
	for _, at := range []struct{ last, now match.Nanos }{{4, 12}, {29, 40}} {
		w.now = at.now * match.Second
		w.taken(f, &client{owner: 0, cookie: cookie, last: at.last * match.Second}, table)
	}
	if s := w.stats.sessions; s.Kept != 1 || s.Open != 1 {
		t.Errorf("%+v, want one kept and one open", s)
	}
	// The same where the owner has begun anew since.
	for _, at := range []struct{ last, now match.Nanos }{{54, 63}, {64, 75}} {
		w.now = at.now * match.Second
		w.taken(f, &client{owner: 0, cookie: cookie, last: at.last * match.Second}, table)
	}
	if s := w.stats.sessions; s.Kept != 2 || s.Open != 2 {
		t.Errorf("with an owner that has begun anew: %+v, want one more of each", s)
	}
}
