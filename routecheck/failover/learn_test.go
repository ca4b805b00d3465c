package failover

import (
	"fmt"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestLearn: after a line was learnt, the core says of the member what the line says, under every reading of the clock
// and of weights.
func TestLearn(t *testing.T) {
	table := mustTable(t, clusterXML("",
		`RetryInterval="60"`,
		server("a", `MaxConnections="3" LoadBalanceWeight="2"`)+server("b", `LoadBalanceWeight="6"`)))
	c := &table.Clusters[0]
	rq := get("/x")
	for _, assume := range []string{"retry-clock=now", "retry-clock=arrival-judges", "retry-clock=arrival-both",
		"weight-threshold=below-zero"} {
		sem := choices.Latest()
		choiceByName(t, assume, &sem)
		m, _ := table.Match(&rq, &sem)
		f := Begin(table, &rq, &m, 95*match.Second, &sem, nil)
		now := 100 * match.Second
		cs := NewState(c, &sem, 0)
		check := func(what string, ignore bool, want Check) {
			t.Helper()
			got := CheckMember(table, &cs, &f, 0, ignore, now, &sem, nil)
			if want.Usable = got.Usable; got != want {
				t.Errorf("%s, %s: %+v, want %+v", assume, what, got, want)
			}
		}
		cs.LearnMark(0, true, now)
		LearnRetry(table, &cs, &f, 0, 7*match.Second, now, &sem)
		check("7 s to go", true, Check{IgnoreWeights: true, MarkedDown: true, Allows: true, RetryIn: 7 * match.Second})
		if due := RetryDue(table, &cs, &f, 0, now, &sem); due != 7*match.Second {
			t.Errorf("%s: due in %d", assume, due)
		}
		LearnRetry(table, &cs, &f, 0, 0, now, &sem)
		check("due", true, Check{IgnoreWeights: true, MarkedDown: true, RetryNow: true, Allows: true})
		cs.LearnProbe(0, true)
		check("somebody probes", true, Check{IgnoreWeights: true, MarkedDown: true, Allows: true})
		cs.LearnMark(0, false, 0)
		check("up", true, Check{IgnoreWeights: true, Allows: true})
		for _, yes := range []bool{false, true} {
			LearnAllows(table, &cs, &f, 0, yes, &sem)
			check(fmt.Sprint("allows ", yes), false, Check{Allows: yes})
			LearnFull(table, &cs, &f, 0, yes)
			check(fmt.Sprint("full ", yes), false, Check{Allows: yes, Full: yes})
		}
	}
}

// TestLearnPick: a pick that the log shows moves round robin behind the member and costs weight; what balancing knew
// can be put back.
func TestLearnPick(t *testing.T) {
	table := mustTable(t, clusterXML("", "", server("a", "")+server("b", "")+server("c", "")))
	sem := choices.Latest()
	rq := get("/x")
	m, _ := table.Match(&rq, &sem)
	cs := NewState(&table.Clusters[0], &sem, 0)
	f := Begin(table, &rq, &m, 0, &sem, nil)
	before := cs.Clone()
	LearnPick(table, &cs, &f, 1, ByBalance, &sem, nil)
	if got := cs.Member(1); !cs.KnowsPosition() || got.Weight != before.Member(1).Weight-1 || got.Pending != 1 {
		t.Errorf("%+v", cs)
	}
	next := Begin(table, &rq, &m, 0, &sem, nil)
	if a := Next(table, &cs, &next, 0, &sem, nil); a.Member != 2 {
		t.Errorf("the next one is %d", a.Member)
	}
	if cs.LearnBalance(&before); cs.KnowsPosition() || cs.Member(1).Weight != before.Member(1).Weight ||
		cs.Member(1).Pending != 1 {
		t.Errorf("%+v", cs)
	}
	LearnPick(table, &cs, &next, 0, ByAffinity, &sem, nil)
	if cs.KnowsPosition() {
		t.Error("affinity moved round robin")
	}
}

// TestEnds: how a request ends is a fact of the step, not of its words or rule.
func TestEnds(t *testing.T) {
	for _, tc := range []struct {
		name, servers, cluster string
		events                 []Event
		want                   []End
	}{
		{"one server, refused twice", server("a", ""), "",
			[]Event{{Kind: ConnectFailed}, {Kind: ConnectFailed}}, []End{NoEnd, EndAttempts}},
		{"two servers, refused", server("a", "") + server("b", ""), "",
			[]Event{{Kind: ConnectFailed}, {Kind: ConnectFailed}}, []End{NoEnd, NoEnd, EndAttempts}},
		{"503 of one server", server("a", ""), "", []Event{{Kind: Head, Status: 503}}, []End{NoEnd, EndPassedOn}},
		{"cut", server("a", ""), "", []Event{{Kind: Head, Status: 200}, {Kind: StreamLost}}, []End{EndCut}},
		{"one server, timed out", server("a", `ServerIOTimeout="3"`), "",
			[]Event{{Kind: IOTimeout}}, []End{NoEnd, EndFailed}},
	} {
		t.Run(tc.name, func(t *testing.T) {
			table := mustTable(t, clusterXML("", tc.cluster, tc.servers))
			sem, rec := choices.Latest(), new(Recorder)
			rq := get("/x")
			m, _ := table.Match(&rq, &sem)
			cs := NewState(&table.Clusters[0], &sem, 0)
			f := Begin(table, &rq, &m, 0, &sem, nil)
			Next(table, &cs, &f, 0, &sem, rec)
			for _, ev := range tc.events {
				if Observe(table, &cs, &f, 0, ev, &sem, rec) != Deliver {
					Next(table, &cs, &f, 0, &sem, rec)
				}
			}
			var got []End
			for _, s := range rec.Steps {
				if s.Kind == StepFailed || s.Kind == StepGiveUp {
					got = append(got, s.End)
				}
			}
			if fmt.Sprint(got) != fmt.Sprint(tc.want) {
				t.Errorf("%v, want %v", got, tc.want)
			}
		})
	}
}
