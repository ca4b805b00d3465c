package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/session"
)

// sessionsOf is what the servers of every cluster do with sessions, traditional WAS where nothing else is said.
func sessionsOf(s session.Settings) *Sessions {
	p, err := s.Policy("")
	if err != nil {
		panic(err)
	}
	return &Sessions{Policy: func(string) session.Policy { return p }}
}

// TestSessions: what becomes of a session, of which the room that predicts is told who owned it, who can serve it
// and who is down.
func TestSessions(t *testing.T) {
	eos := session.Settings{Persistence: "database", WriteFrequency: "end of servlet service"}
	m2m := session.Settings{Persistence: "memory-to-memory", WriteFrequency: "end of servlet service"}
	two := 2
	m2mTwo := session.Settings{Persistence: "memory-to-memory",
		WriteFrequency: "end of servlet service", Replicas: &two}
	for _, c := range []struct {
		name, servers, cookie, down, assume string
		s                                   session.Settings
		want                                string
	}{
		{"at home", threeServers(""), "0000x:b1", "", "", session.Settings{}, "kept home "},
		{"not persistent", threeServers(""), "0000x:a1", "a b", "", session.Settings{}, "new new 0000<new>:c1"},
		{"no session", threeServers(""), "0000x:zz", "a b", "", session.Settings{}, "none none "},
		{"no session, nobody", threeServers(""), "0000x:zz", "a b c", "", session.Settings{}, "none none "},
		{"back from the one that took it over", threeServers(""), "0001x:a1:b1", "", "", eos,
			"kept kept 0002<id>:a1:b1"},
		{"written at the end of service", threeServers(""), "0001x:a1", "a b", "", eos, "kept kept 0002<id>:a1:c1"},
		{"time based is the default", threeServers(""), "0001x:a1", "a b",
			"", session.Settings{Persistence: "database"},
			"changes younger than 10 s lost kept 0002<id>:a1:c1"},
		{"one replica among three, its owner down", threeServers(""), "0001x:a1", "a",
			"affinity-failover=next-primary", m2m,
			"kept kept 0002<id>:a1:b1"},
		{"and perhaps its holder", threeServers(""), "0001x:a1", "a b", "", m2m, "depends on replica depends "},
		{"certainly its holder", threeServers(""), "0001x:a1", "a b", "replica-holder=next-in-list", m2m,
			"new new 0001<new>:c1"},
		{"certainly not", threeServers(""), "0001x:a1", "a c", "replica-holder=next-in-list", m2m,
			"kept kept 0002<id>:a1:b1"},
		{"two replicas among three", threeServers(""), "0001x:a1", "a b", "", m2mTwo, "kept kept 0002<id>:a1:c1"},
		{"a ClusterAddress holds none", threeServers("") + address, "0001x:a1", "a", "", m2mTwo,
			"kept kept 0002<id>:a1"},
		{"letter case", threeServers(""), "0001x:A1", "", "letter-case=ignored", eos, "kept home "},
		{"a hung member holds nothing that it could give", threeServers(""), "0001x:b1", "b a=io-timeout",
			"affinity-failover=next-primary",
			m2m, "depends on replica depends "},
		{"a busy one does", threeServers(""), "0001x:b1", "b a=503", "affinity-failover=next-primary", m2m,
			"kept kept 0002<id>:b1:c1"},
	} {
		xml := clusterXML("", "", c.servers)
		sc := &Scenario{Requests: Repeat(get("/x", "JSESSIONID="+c.cookie), 1, 0), Sessions: sessionsOf(c.s)}
		sc.Conditions = down(t, xml, c.down)
		d := explainOne(t, xml, sc, c.assume)
		if got := fmt.Sprintf("%s %s %s",
			d.Session.Fate, d.Session.Outcome.Session, d.Session.Outcome.Cookie); got != c.want {
			t.Errorf("%s: %s (%s), want %s", c.name, got, d.Session.Text, c.want)
		}
	}
}

// down reads "a b=503".
func down(t *testing.T, xml, list string) (facts []MemberCondition) {
	for _, word := range strings.Fields(list) {
		name, how, given := strings.Cut(word, "=")
		_, m, err := names.Member(mustTable(t, xml), name)
		if err != nil {
			t.Fatal(err)
		}
		failure := Refused
		if given {
			failure, _ = ParseFailureMode(how)
		}
		facts = append(facts, MemberCondition{Member: m, Failure: failure})
	}
	return facts
}

// TestSessionOfPartition: whom the table names for a partition ID has the session, and the ID stays in the cookie
// (R28).
func TestSessionOfPartition(t *testing.T) {
	xml := clusterXML("", `GetDWLMTable="true"`, threeServers(""))
	s := sessionsOf(session.Settings{Persistence: "memory-to-memory", WriteFrequency: "end of servlet service"})
	for _, c := range []struct{ down, want string }{{"", "home "}, {"b", "kept 0002<id>:1158590921"}} {
		sc := &Scenario{Requests: Repeat(get("/x", "JSESSIONID=0001x:1158590921"), 1, 0), Sessions: s,
			Partition: []PartitionEntry{{ID: "1158590921", Member: 1}}, Conditions: down(t, xml, c.down)}
		d := explainOne(t, xml, sc, "")
		if o := d.Session.Outcome; o.Session+" "+o.Cookie != c.want {
			t.Errorf("%s down: %+v", c.down, o)
		}
	}
}

// TestReplicaMadeElsewhere: a holder that went before the owner did has left its replicas to another (L8).
func TestReplicaMadeElsewhere(t *testing.T) {
	xml := clusterXML("", "", threeServers(""))
	rq := get("/x", "JSESSIONID=0001x:a1")
	for _, c := range []struct {
		from   match.Nanos
		marked match.Nanos
		want   string
	}{{0, 0, session.FateReplica}, {60 * match.Second, 0, session.FateKept},
		{0, 300 * match.Second, session.FateKept}} {
		sc := &Scenario{Requests: []Timed{{Request: rq, At: 90 * match.Second}},
			Sessions: sessionsOf(
				session.Settings{Persistence: "memory-to-memory", WriteFrequency: "end of servlet service"})}
		sc.Conditions = []MemberCondition{{Member: 0, Failure: Refused, From: c.from}, {Member: 1, Failure: Refused}}
		if c.marked > 0 {
			sc.Members = []MemberFact{{Member: 1, Marked: &c.marked}}
		}
		if d := explainOne(t, xml, sc, ""); d.Session.Fate != c.want {
			t.Errorf("owner from %v, holder marked %v: %s", c.from, c.marked, d.Session.Fate)
		}
	}
}

// TestSessionCertainty: an answer is certain only where no session choice gives the session another fate. That the
// bound or the cookie would be another is named, and no more.
func TestSessionCertainty(t *testing.T) {
	xml := clusterXML("", "", threeServers(""))
	for _, c := range []struct {
		name, down, settled, want, hangs string
		s                                session.Settings
	}{
		{"the cookie only", "a b", "", "", "takeover-id", session.Settings{}},
		{"the bound only", "a b", "", "", "time-based-scan", session.Settings{Persistence: "database"}},
		{"the holder", "a b", "", "map[replica-holder:next-in-list]  c of C, its session new", "replica-holder",
			session.Settings{Persistence: "memory-to-memory", WriteFrequency: "end of servlet service"}},
		{"settled", "a b", "replica-holder=next-in-list", "", "",
			session.Settings{Persistence: "memory-to-memory", WriteFrequency: "end of servlet service"}},
	} {
		sc := &Scenario{Requests: Repeat(get("/x", "JSESSIONID=0001x:a1"), 1, 0), Sessions: sessionsOf(c.s),
			Conditions: down(t, xml, c.down)}
		sem := choices.Latest()
		var fixed []choices.Choice
		if c.settled != "" {
			choice, err := sem.Assume(c.settled)
			if err != nil {
				t.Fatal(err)
			}
			fixed = []choices.Choice{choice}
		}
		sc.Sessions.Settled = choices.SessionChoices(fixed)
		d := Explain(mustTable(t, xml), nil, sc, sem, fixed, WithCertainty)[0]
		got := ""
		for _, on := range d.DependsOn {
			got += fmt.Sprintln(on.Assume, on.Fact, on.Gives)
		}
		if strings.TrimSpace(got) != c.want || d.Certain != (c.want == "") ||
			strings.Join(d.Session.Outcome.Hangs, " ") != c.hangs {
			t.Errorf("%s: certain %t, depends on %s, hangs on %v", c.name, d.Certain, got, d.Session.Outcome.Hangs)
		}
	}
}
