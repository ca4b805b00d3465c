package explain

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/affinity"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

// homes says who gets a request, "chance" when nobody has its session, and which of the choices about names were
// consulted.
func homes(t *testing.T, table *match.Table, rq match.Request, assume string) string {
	t.Helper()
	sem, rec := choices.Latest(), failover.ChoicesOnly()
	if assume != "" {
		choiceByName(t, assume, &sem)
	}
	o := NewProcess(table, &sem, 1).Do(&rq, rec)
	got := "chance"
	if o.By == failover.ByAffinity {
		got = table.MemberName(0, o.Member)
	}
	for _, c := range []choices.Choice{choices.LetterCase, choices.SSLSessionCookie} {
		if rec.Seen().Asked()&(1<<c) != 0 {
			got += " " + c.String()
		}
	}
	return got
}

// TestLetterCase: the letter case of clone IDs and cookie names counts by default; the choice is asked only where
// another case would match.
func TestLetterCase(t *testing.T) {
	table := mustTable(t, clusterXML("", "", threeServers("")+lists("a b", "c")))
	for _, c := range []struct{ cookie, assume, want string }{
		{"JSESSIONID=0000abc:b1", "", "b"},
		{"JSESSIONID=0000abc:B1", "", "chance letter-case"},
		{"JSESSIONID=0000abc:B1", "letter-case=ignored", "b letter-case"},
		{"jsessionid=0000abc:b1", "", "chance letter-case"},
		{"jsessionid=0000abc:b1", "letter-case=ignored", "b letter-case"},
		{"JSessionId=0000abc:A1", "letter-case=ignored", "a letter-case"},
		{"JSESSIONID=0000abc:C1", "letter-case=ignored", "chance letter-case"}, // on a backup, R39
		{"JSESSIONID=0000abc:x1", "letter-case=ignored", "chance"},
		{"SHOPSESSION=0000abc:b1", "letter-case=ignored", "chance"},
	} {
		if got := homes(t, table, get("/x", c.cookie), c.assume); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.cookie, c.assume, got, c.want)
		}
	}
}

// TestSSLSessionCookie: SSLJSESSION counts over TLS, otherwise only under the choice, which is asked only where the
// cookie is there.
func TestSSLSessionCookie(t *testing.T) {
	table := mustTable(t, clusterXML("", "", threeServers("")))
	for _, c := range []struct{ cookie, assume, want string }{
		{"SSLJSESSION=0000abc:b1", "", "chance ssl-session-cookie"},
		{"SSLJSESSION=0000abc:b1", "ssl-session-cookie=always", "b ssl-session-cookie"},
		{"JSESSIONID=0000abc:a1; SSLJSESSION=0000abc:b1", "ssl-session-cookie=always", "b ssl-session-cookie"},
		{"JSESSIONID=0000abc:a1", "ssl-session-cookie=always", "a"},
	} {
		if got := homes(t, table, get("/x", c.cookie), c.assume); got != c.want {
			t.Errorf("%s %s: %s, want %s", c.cookie, c.assume, got, c.want)
		}
	}
	rq := get("/x", "JSESSIONID=0000abc:a1; SSLJSESSION=0000abc:b1")
	rq.TLS = true
	if got := homes(t, table, rq, ""); got != "b" {
		t.Errorf("over TLS: %s", got)
	}
}

// TestPartitionID: a decimal number of 8 digits or more that no server of the file has for clone ID (R28).
func TestPartitionID(t *testing.T) {
	table := mustTable(t, clusterXML("", "", server("a", `CloneID="12345678"`)+server("b", `CloneID="c1"`)))
	for id, want := range map[string]bool{"1158590921": true, "12345679": true, "12345678": false, "1234567": false,
		"1234567a": false, "c1": false, "": false} {
		if got := affinity.IsPartitionID(table, id); got != want {
			t.Errorf("%q: %t", id, got)
		}
	}
	if got := words.Clones(table, []string{"c1", "1158590921"}); got != "clone ID c1, then partition ID 1158590921" {
		t.Error(got)
	}
}

// TestCloneIDIsNoPartitionID: an entry of the partition table for a number that is a server's clone ID decides nothing
// (R28).
func TestCloneIDIsNoPartitionID(t *testing.T) {
	table := mustTable(t,
		clusterXML("", `GetDWLMTable="true"`, server("a", `CloneID="12345678"`)+server("b", `CloneID="c1"`)))
	for id, want := range map[string]match.MemberID{"12345678": 0, "12345679": 1} {
		p := NewProcess(table, new(choices.Assumptions), 1)
		p.state(0).Partition = map[string][]match.MemberID{"12345678": {1}, "12345679": {1}}
		rq := get("/x", "JSESSIONID=0000abc:"+id)
		if out := p.Do(&rq, nil); out.Member != want {
			t.Errorf("%s: member %d, want %d", id, out.Member, want)
		}
	}
}

// TestPartitionHasNext: of the members that the table names for a partition ID the first that is up gets the request,
// and where none is it is balanced (R28).
func TestPartitionHasNext(t *testing.T) {
	table := mustTable(t, clusterXML("", `GetDWLMTable="true"`, threeServers("")))
	for want, down := range map[match.MemberID][]match.MemberID{2: nil, 1: {2}, 0: {2, 1}} {
		p := NewProcess(table, new(choices.Assumptions), 1)
		cs := p.state(0)
		failover.LearnPartitionTable(table, cs, 0, map[string][]string{"12345678": {"nobody", "c1", "b1"}})
		for _, m := range down {
			cs.LearnMark(m, true, 0)
		}
		rq := get("/x", "JSESSIONID=0000abc:12345678")
		if out := p.Do(&rq, nil); out.Member != want {
			t.Errorf("without %v: member %d, want %d", down, out.Member, want)
		}
	}
}

// TestCloneIndex: a large cluster finds clone IDs by an index, which agrees with the walk that a recorder sees.
func TestCloneIndex(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var servers strings.Builder
		var primary, backup string
		for i := range 24 {
			id := fmt.Sprintf("%s%d",
				rapid.SampledFrom([]string{"c", "c", "C"}).Draw(t, "letter"), rapid.IntRange(0, 12).Draw(t, "id"))
			servers.WriteString(server(fmt.Sprintf("m%d", i), `CloneID="`+id+`"`))
			if rapid.IntRange(0, 3).Draw(t, "role") > 0 {
				primary += fmt.Sprintf(" m%d", i)
			} else {
				backup += fmt.Sprintf(" m%d", i)
			}
		}
		table := mustParse(clusterXML("", "", servers.String()+lists("m0"+primary, backup)))
		if !table.Clusters[0].Indexed() {
			t.Fatal("no index")
		}
		sem := choices.Latest()
		for _, c := range []choices.Choice{choices.LetterCase, choices.AffinityToBackup, choices.AffinityFailover} {
			sem = sem.With(c, uint8(rapid.IntRange(0, 1).Draw(t, c.String())))
		}
		rq := get("/x", fmt.Sprintf("%sc%d:C%d",
			affinityTo, rapid.IntRange(0, 13).Draw(t, "first"), rapid.IntRange(0, 13).Draw(t, "second")))
		quiet, told := failover.ChoicesOnly(), &failover.Recorder{}
		var ends [2]Result
		for i, rec := range []*failover.Recorder{quiet, told} {
			p := NewProcess(table, &sem, 1)
			for m := range 24 {
				p.state(0).Members[m].MarkedDown = m%3 == 0
			}
			ends[i] = p.Do(&rq, rec)
		}
		if ends[0].Member != ends[1].Member || ends[0].By != ends[1].By || *quiet.Seen() != *told.Seen() {
			t.Fatalf("index: %d %v %b, walk: %d %v %b",
				ends[0].Member, ends[0].By, quiet.Seen().Points(), ends[1].Member, ends[1].By, told.Seen().Points())
		}
	})
}
