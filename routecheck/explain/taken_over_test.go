package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/session"
)

// explainOne asks one request of a file, in which text is replaced.
func explainOne(t interface{ Fatal(...any) }, xml string, sc *Scenario, assume string) *Decision {
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, _ := match.New(cfg)
	sem := choices.Latest()
	if assume != "" {
		if _, err := sem.Assume(assume); err != nil {
			t.Fatal(err)
		}
	}
	return &Explain(table, files, sc, sem, nil, WithAll)[0]
}

// TestPartitionIsNotCertain: where the table that a process learns would decide, the answer is not certain unless the
// entry is given (R28).
func TestPartitionIsNotCertain(t *testing.T) {
	for _, c := range []struct {
		cluster, id string
		table       []PartitionEntry
		certain     bool
	}{
		{`GetDWLMTable="true"`, "1158590921", nil, false},
		{`GetDWLMTable="true"`, "1158590921", []PartitionEntry{{ID: "1158590921", Member: 1}}, true},
		{`GetDWLMTable="true"`, "1158590921", []PartitionEntry{{ID: "99999999", Member: 1}}, true},
		{`GetDWLMTable="true"`, "clone2", nil, true},
		{`GetDWLMTable="true"`, "clone2:1158590921", nil, true},
		{`GetDWLMTable="true"`, "1158590921:clone2", nil, false},
		{`GetDWLMTable="true"`, "1234567", nil, true},
		{``, "1158590921", nil, true},
	} {
		xml := strings.Replace(coretest.TwoApplications, "CLUSTER", c.cluster, 2)
		d := explainOne(t, xml,
			&Scenario{Requests: Repeat(get("/app/x", affinityTo+c.id), 1, 0), Partition: c.table}, "")
		facts := fmt.Sprint(d.DependsOn)
		if d.Certain != c.certain || !c.certain && !strings.Contains(facts, "partition-table") {
			t.Errorf("%s %s %v: certain %t, %s", c.cluster, c.id, c.table, d.Certain, facts)
		}
	}
	// The table of a cluster with one server can name no other one; that is no help where the server is full.
	only := strings.ReplaceAll(coretest.TwoApplications, "CLUSTER", `GetDWLMTable="true"`)
	only = strings.Replace(only, `CloneID="only1"`, `CloneID="only1" MaxConnections="5"`, 1)
	c, m, err := names.Member(mustTable(t, only), "f1")
	if err != nil {
		t.Fatal(err)
	}
	for pending, certain := range map[int32]bool{0: true, 4: true, 5: false} {
		sc := &Scenario{Requests: Repeat(get("/one/x", affinityTo+"1158590921"), 1, 0),
			Members: []MemberFact{{Cluster: c, Member: m, Pending: &pending}}}
		if d := explainOne(t, only, sc, ""); d.Certain != certain {
			t.Errorf("%d pending: certain %t: %v", pending, d.Certain, d.DependsOn)
		}
	}
	// A cluster of memory-to-memory servers without CloneIDs learns a table all the same.
	xml := strings.NewReplacer("CLUSTER", `GetDWLMTable="true"`, `CloneID="clone1"`, "", `CloneID="clone2"`, "",
		`CloneID="kept03"`, "", `CloneID="gone04"`, "").Replace(coretest.TwoApplications)
	if d := explainOne(t, xml,
		&Scenario{Requests: Repeat(get("/app/x", affinityTo+"1158590921"), 1, 0)}, ""); d.Certain {
		t.Error("without CloneIDs the table decides, too")
	}
}

// TestSessionOfTakers: where chance decides who takes a session over, its fate is told of all of them.
func TestSessionOfTakers(t *testing.T) {
	for _, c := range []struct{ persistence, down, want string }{
		{"none", "b", "new: the session of b moves to a or c: sessions are not persistent, " +
			"so a new session begins and everything is lost"},
		{"database", "b",
			"kept: the session of b moves to a or c: a or c reads it from the database, " +
				"nothing of finished requests is lost"},
		{"none", "b c",
			"new: the session of b moves to a: sessions are not persistent, so a new session begins " +
				"and everything is lost"},
		{"none", "", "kept: the session is at home on b"},
		{"none", "a b c", "none: nobody answers, so the session stays where it is"},
	} {
		xml := clusterXML("", "", threeServers(""))
		sc := &Scenario{Requests: Repeat(get("/x", affinityTo+"b1"), 1, 0), Sessions: sessionsOf(session.Settings{
			Persistence: c.persistence, WriteFrequency: "end of servlet service"})}
		for _, name := range strings.Fields(c.down) {
			_, m, _ := names.Member(mustTable(t, xml), name)
			sc.Conditions = append(sc.Conditions, MemberCondition{Member: m, Failure: Refused})
		}
		d := explainOne(t, xml, sc, "")
		if d.Session == nil || d.Session.Fate+": "+d.Session.Text != c.want {
			t.Errorf("%s, %s down: %+v", c.persistence, c.down, d.Session)
		}
	}
	ends := []Answer{{Decision: Forward, Member: 0}, {Decision: Forward, Member: 1},
		{Decision: Errored, Status: 500, Member: match.NoMember}}
	table, sem, rq := mustTable(t, clusterXML("", "", threeServers(""))), choices.Latest(), get("/x", affinityTo+"b1")
	m, _ := table.Match(&rq, &sem)
	sc := &Scenario{Sessions: sessionsOf(session.Settings{})}
	if p := predictSession(table, &rq, &m, ends, sc, &sem, 0); p.Fate != session.FateByChance ||
		strings.Count(p.Text, "; or ") != 2 {
		t.Errorf("%s: %s", p.Fate, p.Text)
	}
}
