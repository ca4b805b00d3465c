package failover

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// awkwardState is a state in which nothing is as in a fresh process.
func awkwardState(members int) ClusterState {
	cs := ClusterState{RNG: 9, Next: 1, Partition: map[string][]match.MemberID{"12345678": {0}}}
	for range members {
		cs.Members = append(cs.Members, MemberState{Weight: -3, MarkedDown: true, Probing: true, FailedAt: 7,
			Pending: 2, Failed: 4, Affinity: 5, Total: 6})
	}
	return cs
}

// TestPutBack: what is restored is as it was, piece by piece, and a clone shares nothing that changes.
func TestPutBack(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", threeServers(`LoadBalanceWeight="4"`))), choices.Latest()
	c := &table.Clusters[0]
	fresh, was := NewState(c, &sem, 3), awkwardState(3)
	cs := was.Clone()
	for m := range cs.Members {
		ResetMember(c, &cs, match.MemberID(m), &sem)
	}
	if cs.Restart(3); fmt.Sprint(cs) != fmt.Sprint(fresh) {
		t.Errorf("begun anew %+v, a fresh process has %+v", cs, fresh)
	}
	if fmt.Sprint(was) != fmt.Sprint(awkwardState(3)) {
		t.Errorf("a clone changed what it was made of: %+v", was)
	}
	cs.RestoreMember(1, &was)
	if cs.Members[1] != was.Members[1] || cs.Members[0] != fresh.Members[0] {
		t.Errorf("one member is restored: %+v", cs.Members)
	}
	cs.RestoreMembers(&was)
	if cs.Restore(&was); fmt.Sprint(cs) != fmt.Sprint(was) {
		t.Errorf("restored %+v, was %+v", cs, was)
	}
}

// TestTimesOfMarks: for how long a member has been marked, and how long it is until its retry, as pages show it.
func TestTimesOfMarks(t *testing.T) {
	cs := ClusterState{Members: make([]MemberState, 1)}
	ms := &cs.Members[0]
	if ms.MarkedFor(100) != nil || ms.RetryIn(60, 100) != 0 || cs.MarkedDown(0) {
		t.Error("a member that is up has a mark")
	}
	cs.LearnMark(0, true, 90)
	for now, want := range map[match.Nanos][2]match.Nanos{90: {0, 60}, 100: {10, 50}, 150: {60, 0}, 200: {110, 0}} {
		if got := [2]match.Nanos{*ms.MarkedFor(now), ms.RetryIn(60, now)}; got != want || !cs.MarkedDown(0) {
			t.Errorf("at %d: %v, want %v", now, got, want)
		}
	}
}

// TestBodies is R57 as a request begins, and as a caller learns more of its body.
func TestBodies(t *testing.T) {
	for _, c := range []struct {
		buffer string // KB
		size   int64
		want   BodyKind
	}{
		{"", 0, NoBody}, {"", 1, Buffered}, {"", 64 << 10, Buffered}, {"", 64<<10 + 1, Unbuffered}, {"", -1, Buffered},
		{"0", 0, NoBody}, {"0", 1, Unbuffered}, {"0", -1, Unbuffered}, {"1", 1024, Buffered}, {"1", 1025, Unbuffered},
		{"-1", 1 << 40, Buffered},
	} {
		attribute := ""
		if c.buffer != "" {
			attribute = `PostBufferSize="` + c.buffer + `"`
		}
		table, sem := mustTable(t, clusterXML("", attribute, server("a", ""))), choices.Latest()
		rq := get("/x")
		rq.Body = c.size
		m, _ := table.Match(&rq, &sem)
		f := Begin(table, &rq, &m, 5, &sem, nil)
		if f.Body != c.want || f.Size != c.size || f.Arrived != 5 || f.Last != match.NoMember {
			t.Errorf("buffer %q, %d bytes: %+v", c.buffer, c.size, f)
		}
		var again RequestState
		if f.Repeat(&again, 9); again.Arrived != 9 || again.Body != f.Body || f.Arrived != 5 {
			t.Errorf("repeated: %+v", again)
		}
		if again.OutgrewBuffer(); again.Body != Unbuffered || f.Body != c.want {
			t.Errorf("outgrown: %+v", again)
		}
		g := f.Supposing(true, 77)
		if !g.TLS || g.Size != 77 || f.TLS || f.Size != c.size {
			t.Errorf("supposing: %+v of %+v", g, f)
		}
	}
}

// TestAdopt: a member that somebody else has picked gets the request, whatever its state, by a new stream.
func TestAdopt(t *testing.T) {
	servers := server("a", "") + strings.Replace(server("b", ""), `"http"`, `"https"`, 1) // without a keyring
	table, sem := mustTable(t, clusterXML("", "", servers)), choices.Latest()
	cs := NewState(&table.Clusters[0], &sem, 0)
	cs.LearnMark(0, true, 0)
	f := NewRequestState(0, nil)
	a, ok := Adopt(table, &cs, &f, 0, &sem)
	if !ok || a.Kind != Send || a.Member != 0 || !a.FreshStream || cs.Members[0].Pending != 1 || f.Attempts != 1 {
		t.Errorf("%+v, %t, %+v", a, ok, cs.Members[0])
	}
	f = NewRequestState(0, nil)
	if _, ok := Adopt(table, &cs, &f, 1, &sem); ok || cs.Members[1].Pending != 0 {
		t.Error("a member without a Transport that can be used is adopted")
	}
	if list := UnusableTransports(table); len(list) != 1 || list[0].Member != 1 || list[0].At.IsZero() {
		t.Errorf("%+v", list)
	}
}
