package explain

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// randomScenario draws a small cluster in an awkward state and a request for it.
func randomScenario(t *rapid.T) (*match.Table, *Scenario) {
	pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
	n := rapid.IntRange(1, 3).Draw(t, "members")
	var servers, primary, backup strings.Builder
	for i := range n {
		name := fmt.Sprintf("m%d", i)
		transport := pick("transport", `Protocol="http"`, `Protocol="http"`, `Protocol="https"`)
		fmt.Fprintf(&servers, `<Server Name="%s" CloneID="%s" LoadBalanceWeight="%s" ServerIOTimeout="%s" `+
			`MaxConnections="%s" ExtendedHandshake="%s"><Transport Hostname="h" Port="1" %s>%s</Transport></Server>`,
			name, pick("clone", name, name, "M0"), pick("weight", "0", "1", "2"),
			pick("io", "5", "-5"), pick("max", "0", "1"),
			pick("handshake", "false", "false", "true"), transport, pick("keyring", keyring, keyring, ""))
		if i == 0 || rapid.Bool().Draw(t, "primary") {
			fmt.Fprintf(&primary, " %s", name)
		} else {
			fmt.Fprintf(&backup, " %s", name)
		}
	}
	if pick("address", "no", "no", "yes") == "yes" {
		servers.WriteString(address)
	}
	config := pick("config", "", "", `MarkBusyDown="true"`, `FailoverToNext="true"`, `SSLMapMode="onload"`)
	cluster := pick("cluster", "", "", `LoadBalance="Random"`, `PostBufferSize="0"`,
		`IgnoreAffinityRequests="false" RetryInterval="5"`, `PostSizeLimit="1"`)
	xml := clusterXML(config, cluster, servers.String()+lists(primary.String(), backup.String()))
	xml = strings.Replace(xml, "*:80", pick("alias", "*:80", "*:80", "[::1]:80"), 1)
	table := mustParse(strings.Replace(xml, `"/*"`, pick("uri", `"/*"`, `"/x/*"`), 1))
	rq := get(pick("path", "/x", "/x", "/x/%2e./x", "/y//../x", "/x/..", "/x%2Fy", "/%78;v=1",
		"/x%3Bjsessionid=0000a:m1",
		"/x;jsessionid=0000a%3Am1"))
	rq.Host = pick("host", "h", "[::1]", "[0::1]", "")
	rq.TLS = rapid.Bool().Draw(t, "tls")
	rq.Body = int64(rapid.IntRange(-1, 2).Draw(t, "body"))
	for range rapid.IntRange(0, 2).Draw(t, "cookies") {
		rq.Cookies = append(rq.Cookies, fmt.Sprintf("%s=0000a:m%d:%s%d",
			pick("cookie", "JSESSIONID", "JSESSIONID", "JSessionID", "SSLJSESSION"),
			rapid.IntRange(0, n).Draw(t, "clone"),
			pick("case", "m", "m", "M"), rapid.IntRange(0, n).Draw(t, "clone")))
	}
	sc := &Scenario{Requests: Repeat(rq, rapid.IntRange(1, 2).Draw(t, "requests"), 3*match.Second)}
	for i := range table.Clusters[0].Members {
		m := match.MemberID(i)
		sc.Conditions = append(sc.Conditions,
			MemberCondition{Member: m,
				Failure: FailureMode(rapid.IntRange(0, int(NumFailureModes)-1).Draw(t, "failure"))})
		if Fits(table, sc.Conditions[len(sc.Conditions)-1]) != nil {
			sc.Conditions[len(sc.Conditions)-1].Failure = Healthy
		}
		ago, pending, weight := match.Nanos(rapid.IntRange(0, 9).Draw(t, "ago"))*match.Second,
			int32(rapid.IntRange(0, 1).Draw(t, "pending")), int32(rapid.IntRange(-1, 1).Draw(t, "weight"))
		fact := MemberFact{Member: m, Marked: &ago, Pending: &pending, Weight: &weight}
		if rapid.IntRange(0, 2).Draw(t, "marked") > 0 || FitsState(table, fact) != nil {
			fact.Marked = nil
		}
		sc.Members = append(sc.Members, fact)
	}
	return table, sc
}

// TestCertaintyIsSound: when an answer is certain, no combination of the open choices gives another; and each
// dependence gives what it says.
func TestCertaintyIsSound(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table, sc := randomScenario(t)
		base, err := choices.Level(rapid.SampledFrom([]string{"latest", "7.0", "5.1"}).Draw(t, "level"))
		if err != nil {
			t.Fatal(err)
		}
		decisions := Explain(table, diag.NewFiles(), sc, base, nil, WithAll)
		for range 60 {
			sem := base
			for c := range choices.NumChoices {
				sem = sem.With(c, uint8(rapid.IntRange(0, int(c.NumValues())-1).Draw(t, c.String())))
			}
			sem = sem.With(choices.BodyBeyondBuffer, uint8(rapid.IntRange(0, 1).Draw(t, "body-beyond-buffer")))
			sem = sem.With(choices.BodyBeyondLimit, uint8(rapid.IntRange(0, 1).Draw(t, "body-beyond-limit")))
			w := sc.runAll(table, &sem)
			for i, d := range decisions {
				if got := describe(table, w.answers[i]); d.Certain && !w.answers[i].sameEnds(d.Ends) {
					t.Fatalf("request %d is certain to give %s, but %v gives %s", i, d.Answers, sem, got)
				}
			}
		}
		for i, d := range decisions {
			for _, dep := range d.DependsOn {
				if dep.Gives == Unknown { // nobody can decide under it
					continue
				}
				sem := base
				for _, fact := range []choices.Choice{choices.BodyBeyondBuffer, choices.BodyBeyondLimit} {
					if dep.Fact == fact.String() {
						sem = sem.With(fact, 1)
					}
				}
				for name, value := range dep.Assume {
					if _, err := sem.Assume(name + "=" + value); err != nil {
						t.Fatal(err)
					}
				}
				w := sc.runAll(table, &sem)
				if got := describe(table, w.answers[i]); got != dep.Gives || w.answers[i].sameEnds(d.Ends) {
					t.Fatalf("request %d with %v: said to give %s instead of %s, but gives %s",
						i, dep.Assume, dep.Gives, d.Answers, got)
				}
			}
		}
	})
}

func (cs distribution) sameEnds(ends []Answer) bool {
	var other tally
	for _, a := range ends {
		other.add(a, 1)
	}
	return cs.same(other.answers)
}

// TestExhaustive tries every combination of the choices that a case can consult, by brute force, for each of its
// requests.
func TestExhaustive(t *testing.T) {
	sixty := 60 * match.Second
	probes := append(Repeat(get("/x", affinityTo+"a1"), 1, 0), Repeat(get("/x"), 2, 90*match.Second)...)
	large := get("/x", affinityTo+"a1")
	large.Body = 100000
	for _, c := range []struct {
		name, level, config, servers string
		requests                     []Timed
		facts                        []MemberCondition
		members                      []MemberFact
		choices                      []choices.Choice
	}{
		{"sessions of members that fail", "", "",
			threeServers(`MaxConnections="5"`) + lists("a b", "c"), Repeat(get("/x", affinityTo+"b1:c1"), 1, 0),
			[]MemberCondition{{Member: 1, Failure: Refused}, {Member: 2, Failure: Busy}}, nil,
			[]choices.Choice{choices.AffinityFailover, choices.AffinityToBackup,
				choices.BalanceRetry, choices.AttemptLimit,
				choices.AllDown, choices.Probe, choices.WeightZero, choices.WeightThreshold,
				choices.AffinityMaxConnections}},
		{"a probe before PM49491", "7.0", "", threeServers(`ConnectTimeout="5"`), probes,
			[]MemberCondition{{Member: 0, Failure: Busy, To: 10 * sixty}, {Member: 1, Failure: Timeout}},
			[]MemberFact{{Marked: &sixty}, {Member: 2, Next: true}},
			[]choices.Choice{choices.AffinityFailover, choices.Probe,
				choices.Probe503BeforeFix, choices.RetryClock, choices.WeightOnFailure,
				choices.BalanceRetry, choices.WeightReset}},
		{"streams that are closed early", "", "", threeServers(`ExtendedHandshake="true"`),
			[]Timed{{Request: large}, {Request: large, Gap: 1}},
			[]MemberCondition{{Member: 0, Failure: Reset}, {Member: 1, Failure: Reset}},
			[]MemberFact{{Member: 1, Next: true}}, []choices.Choice{choices.AffinityFailover, choices.EarlyClose,
				choices.ExtendedHandshake, choices.WeightOnFailure, choices.BalanceRetry,
				choices.AttemptLimit, choices.AllDown}},
		{"answers that cannot be read", "", "", threeServers(""),
			[]Timed{{Request: large}, {Request: get("/x", affinityTo+"a1")}},
			[]MemberCondition{{Member: 0, Failure: Malformed}},
			[]MemberFact{{Member: 1, Next: true}}, []choices.Choice{choices.AffinityFailover, choices.EarlyClose,
				choices.MalformedAnswer, choices.WeightOnFailure, choices.BalanceRetry, choices.AttemptLimit}},
		{"http as https", "5.1", `SSLMapMode="onload"`, usable + server("b", "") + unusable2, Repeat(get("/x"), 4, 0),
			[]MemberCondition{{Member: 0, Failure: Reset}},
			[]MemberFact{{Next: true}},
			[]choices.Choice{choices.TransportChoice, choices.EarlyClose, choices.WeightOnFailure,
				choices.WeightThreshold, choices.WeightReset, choices.BalanceRetry}},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := mustTable(t, clusterXML(c.config, "", c.servers))
			base, err := choices.Level(c.level)
			if err != nil {
				t.Fatal(err)
			}
			sc := &Scenario{Requests: c.requests, Conditions: c.facts, Members: c.members}
			given := make([]map[string]bool, len(sc.Requests))
			forEach(c.choices, base, func(sem choices.Assumptions) {
				for i, a := range sc.runAll(table, &sem).answers {
					if given[i] == nil {
						given[i] = map[string]bool{}
					}
					given[i][describe(table, a)] = true
				}
			})
			for i, d := range Explain(table, diag.NewFiles(), sc, base, nil, WithAll) {
				said := map[string]bool{d.Answers: true}
				for _, dep := range d.DependsOn {
					said[dep.Gives] = true
				}
				if fmt.Sprint(given[i]) != fmt.Sprint(said) || d.Certain != (len(given[i]) == 1) || !d.Proven {
					t.Errorf("request %d: brute force gives %v, explained are %v, proven %t",
						i+1, given[i], said, d.Proven)
				}
			}
		})
	}
}

const unusable2 = `<Server Name="c" CloneID="c1"><Transport Hostname="h" Port="9443" Protocol="https"/></Server>`

func TestPossibleMembers(t *testing.T) {
	weighted := server("a", `LoadBalanceWeight="100"`) + server("b", `LoadBalanceWeight="90"`) +
		server("c", `LoadBalanceWeight="80"`)
	next := MemberFact{Member: 1, Next: true}
	for _, c := range []struct {
		name, cluster, servers string
		members                []MemberFact
		facts                  []MemberCondition
		want                   string
	}{
		{name: "weights", servers: weighted, want: "a 0.333333 0.370370, b 0.333333 0.333333, c 0.333333 0.296296"},
		{name: "random", cluster: `LoadBalance="Random"`, servers: weighted,
			want: "a 0.333333 0.333333, b 0.333333 0.333333, c 0.333333 0.333333"},
		{name: "pinned", servers: weighted, members: []MemberFact{next}, want: "b 1.000000 0.333333"},
		{name: "one refuses", servers: weighted, facts: []MemberCondition{{Member: 0, Failure: Refused}},
			want: "b 0.666667 0.529412, c 0.333333 0.470588"},
		{name: "one refuses, random", cluster: `LoadBalance="Random"`, servers: weighted,
			facts: []MemberCondition{{Member: 0, Failure: Refused}}, want: "b 0.555556 0.666667, c 0.444444 0.333333"},
	} {
		t.Run(c.name, func(t *testing.T) {
			table := mustTable(t, clusterXML("", c.cluster, c.servers))
			sc := &Scenario{Requests: Repeat(get("/x"), 1, 0), Members: c.members, Conditions: c.facts}
			var parts []string
			d := Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, WithAll)[0]
			sum := 0.0
			for _, p := range d.Possible {
				parts = append(parts, fmt.Sprintf("%s %.6f %.6f", p.Member, p.First, p.Share))
				sum += p.First
			}
			if got := strings.Join(parts, ", "); got != c.want || math.Abs(sum-1) > 1e-5 {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			if (d.Member != "") != (len(parts) == 1) {
				t.Errorf("member %q of %d possible", d.Member, len(parts))
			}
		})
	}
}

func TestSettledChoicesAreNotOpen(t *testing.T) {
	table := mustTable(t, clusterXML("", "", threeServers("")))
	sc := &Scenario{Requests: Repeat(get("/x", affinityTo+"b1"), 1, 0),
		Conditions: []MemberCondition{{Member: 1, Failure: Refused}}, Members: []MemberFact{{Member: 0, Next: true}}}
	if d := Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, WithAll)[0]; d.Certain ||
		len(d.DependsOn) != 1 ||
		d.DependsOn[0].Assume["affinity-failover"] != "next-primary" {
		t.Errorf("want a dependence on affinity-failover, got %+v", d.DependsOn)
	}
	if d := Explain(table, diag.NewFiles(), sc, choices.Latest(), []choices.Choice{choices.AffinityFailover},
		WithAll)[0]; !d.Certain {
		t.Errorf("a settled choice is not open: %+v", d.DependsOn)
	}
}

// TestMoreChanceThanCanBeVisited: ten random choices among three members have 59,049 outcomes; the answer is then an
// estimate, and says so.
func TestMoreChanceThanCanBeVisited(t *testing.T) {
	table := mustTable(t, clusterXML("", `LoadBalance="Random"`, threeServers("")))
	sc := &Scenario{Requests: Repeat(get("/x"), 10, 0)}
	for i, d := range Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, WithAll) {
		if len(d.Possible) != 3 || d.Proven || d.Certain {
			t.Fatalf("request %d: %+v, proven %t", i+1, d.Possible, d.Proven)
		}
		for _, p := range d.Possible {
			if math.Abs(p.First-1.0/3) > 0.1 {
				t.Errorf("request %d: %s with probability %v", i+1, p.Member, p.First)
			}
		}
	}
}

// TestUnknownTableIsSound: an answer that is certain although the partition table is not known is that of every table
// (R28).
func TestUnknownTableIsSound(t *testing.T) {
	const id = "12345678"
	rapid.Check(t, func(t *rapid.T) {
		table, sc := randomScenario(t)
		table.Clusters[0].GetTable = true
		for i := range sc.Requests {
			sc.Requests[i].Request.Cookies = []string{"JSESSIONID=0000a:" + id}
		}
		base := choices.Latest()
		decisions := Explain(table, diag.NewFiles(), sc, base, nil, WithAll)
		for m := range table.Clusters[0].Members {
			sc.Partition = []PartitionEntry{{id, 0, match.MemberID(m)}}
			if table.Clusters[0].Address == match.MemberID(m) {
				continue // no server, so nobody names it
			}
			w := sc.runAll(table, &base)
			for i, d := range decisions {
				if got := describe(table, w.answers[i]); d.Certain && !w.answers[i].sameEnds(d.Ends) {
					t.Fatalf("request %d is certain to give %s, but where %s is member %d it gives %s",
						i, d.Answers, id, m, got)
				}
			}
		}
	})
}

// TestOnlyOneIsLeft: where all other members are marked down, no table can name another one; it can what the
// request leaves behind decides the next.
func TestOnlyOneIsLeft(t *testing.T) {
	now, long := match.Nanos(0), 120*match.Second
	a, b := MemberFact{Member: 0, Marked: &now}, MemberFact{Member: 1, Marked: &now}
	const unknown = "partition-table:unknown"
	for name, c := range map[string]struct {
		servers string
		facts   []MemberFact
		failing FailureMode // of the one that is left
		want    [2]string   // what each of two requests hangs on
	}{
		"one is left":  {threeServers(""), []MemberFact{a, b}, Healthy, [2]string{"", unknown}},
		"two are left": {threeServers(""), []MemberFact{a}, Healthy, [2]string{unknown, unknown}},
		"its probe is due": {threeServers(""), []MemberFact{a, {Member: 1, Marked: &long}}, Healthy,
			[2]string{unknown, unknown}},
		"it fails": {threeServers(""), []MemberFact{a, b}, Busy, [2]string{unknown, unknown}},
		"a backup is left": {threeServers("") + lists("a b", "c"), []MemberFact{a, b}, Healthy,
			[2]string{"", unknown}},
		"in no list": {threeServers("") + lists("a b", ""), []MemberFact{a, b}, Healthy,
			[2]string{unknown, unknown}},
		"a ClusterAddress":   {address + threeServers(""), []MemberFact{a, b}, Healthy, [2]string{unknown, unknown}},
		"all can be reached": {threeServers(""), nil, Healthy, [2]string{unknown, unknown}},
	} {
		sc := &Scenario{Requests: Repeat(get("/x", affinityTo+"12345678"), 2, 0), Members: c.facts,
			Conditions: []MemberCondition{{Member: 2, Failure: c.failing}}}
		table := mustTable(t, clusterXML("", `GetDWLMTable="true"`, c.servers))
		for i, d := range Explain(table, diag.NewFiles(), sc, choices.Latest(), allChoices(), WithAll) {
			if got := dependsOn(&d); got != c.want[i] {
				t.Errorf("%s, request %d: hangs on %q, want %q", name, i+1, got, c.want[i])
			}
		}
	}
}

// allChoices are the open choices, settled.
func allChoices() (all []choices.Choice) {
	for c := range choices.NumChoices {
		all = append(all, c)
	}
	return all
}

// TestPartition is R28: with a table the partition ID names the member and the lists do not apply; without one the
// request is balanced.
func TestPartition(t *testing.T) {
	table := mustTable(t, clusterXML("", `GetDWLMTable="true"`, threeServers("")+lists("a", "b")))
	sc := &Scenario{Requests: Repeat(get("/x", affinityTo+"-123456"), 1, 0)}
	for want, partition := range map[string][]PartitionEntry{"a": nil, "c": {{"-123456", 0, 2}},
		"b": {{"-123456", 0, 1}, {"9", 0, 0}, {"-123456", 1, 0}}} {
		sc.Partition = partition
		if d := Explain(table, diag.NewFiles(), sc, choices.Latest(), nil, 0)[0]; d.Member != want {
			t.Errorf("table %v: %s, want %s", partition, d.Member, want)
		}
	}
}
