package failover

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// TestOutcomeOf: what the access log says of a session, by what its request names and who has answered it.
func TestOutcomeOf(t *testing.T) {
	servers := threeServers(`MaxConnections="2"`) + server("d", `CloneID="d1"`) + sharedtest.Lists("a b c", "d")
	for _, c := range []struct {
		clones   string // of the session, "" none
		marked   string
		attempts string
		want     string
	}{
		{"", "", "ok", "none"},
		{"a1", "", "ok", "hit"},
		{"a1", "", "503 ok", "hit"}, // affinity chooses it again
		{"a1", "", "refused ok", "moved"},
		{"a1", "a", "ok", "member-down"},
		{"d1", "", "ok", "member-down"}, // a backup has it: affinity does not look there (R39)
		{"z9", "", "ok", "unknown-clone"},
		{"A1", "", "ok", "unknown-clone"},
		{"12345678", "", "ok", "partition-id"},
		{"12345678:z9", "", "ok", "partition-id"},
		{"1234567", "", "ok", "unknown-clone"}, // too short for a partition ID (R28)
		{"a1:b1", "", "ok", "returned"},
		{"a1:b1", "a", "ok", "hit"}, // b took it over, and has it still
		{"a1:z9", "", "ok", "returned"},
		{"a1", "", "refused refused refused refused", "failed"},
		{"a1", "a b c", "refused", "failed"},
		{"z9", "a b c d", "", "none"}, // nobody was tried
		{"", "", "refused refused refused refused", "none"},
	} {
		table, sem := mustTable(t, clusterXML("", "", servers)), choices.Latest()
		cs := NewState(&table.Clusters[0], &sem, 1)
		cs.LearnPosition(0)
		for _, name := range strings.Fields(c.marked) {
			m, _ := table.Clusters[0].MemberByName(name)
			cs.LearnMark(m, true, 0)
		}
		rq := get("/x")
		if c.clones != "" {
			rq.Cookies = []string{affinityTo + c.clones}
		}
		m, _ := table.Match(&rq, &sem)
		f := Begin(table, &rq, &m, 0, &sem, nil)
		for _, word := range append(strings.Fields(c.attempts), "") {
			if a := Next(table, &cs, &f, 0, &sem, nil); a.Kind != Send {
				break
			}
			for _, ev := range attempts[word] {
				Observe(table, &cs, &f, 0, ev, &sem, nil)
			}
			if word == "ok" {
				break
			}
		}
		if got := OutcomeOf(table, &f, &sem).String(); got != c.want {
			t.Errorf("%q, %q marked, %s: %s, want %s", c.clones, c.marked, c.attempts, got, c.want)
		}
	}
}

// TestOutcomeByPartitionTable: whom the table names is at home, though the session has no clone ID of its own (R28).
func TestOutcomeByPartitionTable(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", `GetDWLMTable="true"`, threeServers(""))), choices.Latest()
	cs := NewState(&table.Clusters[0], &sem, 1)
	LearnPartitionTable(table, &cs, 0, map[string][]string{"12345678": {"c1"}})
	rq := get("/x", affinityTo+"12345678")
	m, _ := table.Match(&rq, &sem)
	f := Begin(table, &rq, &m, 0, &sem, nil)
	Next(table, &cs, &f, 0, &sem, nil)
	for _, ev := range attempts["ok"] {
		Observe(table, &cs, &f, 0, ev, &sem, nil)
	}
	if got := OutcomeOf(table, &f, &sem); table.MemberName(0, f.Last) != "c" || got != AffinityHit {
		t.Errorf("%s, %s", table.MemberName(0, f.Last), got)
	}
}
