package explain

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestOtherRequestsLeaveAProbeAlone: a request that was under way before the mark ends without ending the probe (R52).
func TestOtherRequestsLeaveAProbeAlone(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", threeServers(""))), choices.Latest()
	cs := failover.NewState(&table.Clusters[0], &sem, 0)
	rq := get("/x", affinityTo+"a1")
	m, _ := table.Match(&rq, &sem)
	begin := func(now match.Nanos) *failover.RequestState {
		f := failover.Begin(table, &rq, &m, now, &sem, nil)
		if a := failover.Next(table, &cs, &f, now, &sem, nil); a.Member != 0 {
			t.Fatalf("%+v", a)
		}
		return &f
	}
	early, failing := begin(0), begin(0)
	failover.Observe(table, &cs, failing, 0, failover.Event{Kind: failover.ConnectFailed}, &sem, nil)
	probe := begin(60 * match.Second)
	failover.Observe(table, &cs, early, 60*match.Second, failover.Event{Kind: failover.Done}, &sem, nil)
	if !cs.Members[0].MarkedDown || !cs.Members[0].Probing {
		t.Errorf("%+v", cs.Members[0])
	}
	failover.Observe(table, &cs, probe, 60*match.Second, failover.Event{Kind: failover.ClientGone}, &sem, nil)
	if !cs.Members[0].MarkedDown || cs.Members[0].Probing {
		t.Errorf("%+v", cs.Members[0])
	}
}

// TestOnlyUsableMembers plays random failures, marks and clocks and checks each assignment against a literal reading
// of R42.
func TestOnlyUsableMembers(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 5).Draw(t, "members")
		var servers strings.Builder
		var primary, backup string
		for i := range n {
			name := fmt.Sprintf("m%d", i)
			servers.WriteString(
				server(name, fmt.Sprintf(
					`CloneID="%s" LoadBalanceWeight="%d" ServerIOTimeout="%d" MaxConnections="%d"`, name,
					rapid.IntRange(0, 4).Draw(t, "weight"), rapid.SampledFrom([]int{5, -5}).Draw(t, "io"),
					rapid.IntRange(0, 2).Draw(t, "max"))))
			if i == 0 || rapid.Bool().Draw(t, "primary") {
				primary += " " + name
			} else {
				backup += " " + name
			}
		}
		cluster := rapid.SampledFrom(
			[]string{"", `LoadBalance="Random"`, `RetryInterval="10" IgnoreAffinityRequests="false"`}).Draw(t,
			"cluster")
		table := mustParse(clusterXML("", cluster, servers.String()+lists(primary, backup)))
		c := &table.Clusters[0]
		sem := choices.Latest()
		p := NewProcess(table, &sem, rapid.Uint64().Draw(t, "seed"))
		for range 30 {
			p.Now += match.Nanos(rapid.IntRange(0, 30).Draw(t, "wait")) * match.Second
			p.Conditions = nil
			for i := range n {
				p.Conditions = append(p.Conditions,
					MemberCondition{Member: match.MemberID(i),
						Failure: FailureMode(rapid.IntRange(0, int(Reset)).Draw(t, "failure"))})
			}
			rq := get("/x")
			if rapid.Bool().Draw(t, "session") {
				rq.Cookies = []string{fmt.Sprintf("JSESSIONID=0000a:m%d:m%d",
					rapid.IntRange(0, n).Draw(t, "clone"), rapid.IntRange(0, n).Draw(t, "clone"))}
			}
			checkRun(t, c, p, &rq)
		}
	})
}

// checkRun steps one request by hand so that the state before each assignment can be looked at.
func checkRun(t *rapid.T, c *match.Cluster, p *Process, rq *match.Request) {
	m, ok := p.t.Match(rq, p.sem)
	if !ok {
		t.Fatal("no match")
	}
	cs := p.state(0)
	f := failover.Begin(p.t, rq, &m, p.Now, p.sem, nil)
	failed := map[match.MemberID]bool{}
	for sends := 0; ; sends++ {
		before := cs.Clone()
		attempts := f.Attempts
		a := failover.Next(p.t, cs, &f, p.Now, p.sem, nil)
		if a.Kind != failover.Send {
			return
		}
		ms := before.Members[a.Member]
		max := c.Members[a.Member].MaxConnections
		if f.Attempts > attempts { // and not the same member once more
			switch {
			case ms.MarkedDown && (ms.Probing || p.Now-ms.FailedAt < c.RetryInterval):
				t.Fatalf("assigned to %s, which is marked down and not due", c.Members[a.Member].Name)
			case max > 0 && ms.Pending >= max:
				t.Fatalf("assigned to %s, which is full", c.Members[a.Member].Name)
			case f.By != failover.ByAffinity && failed[a.Member]:
				t.Fatalf("balanced to %s, which failed this request", c.Members[a.Member].Name)
			case f.Attempts > c.Listed:
				t.Fatalf("%d attempts for %d servers", f.Attempts, c.Listed)
			}
		}
		if _, over := p.attempt(cs, &f, a, nil); over {
			return
		}
		failed[a.Member] = true
		if sends > 3*len(c.Members)+3 {
			t.Fatal("the request does not end")
		}
	}
}
