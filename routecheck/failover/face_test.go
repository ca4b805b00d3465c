package failover

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestHomeOf: the member that affinity looks for is a primary (R22), a backup only where a choice says so (R39), and
// never one that stands in neither list (R40).
func TestHomeOf(t *testing.T) {
	servers := threeServers("") + server("d", `CloneID="d1"`)
	table := mustTable(t, clusterXML("", "", servers+sharedtest.Lists("c a", "b")))
	for _, c := range []struct{ clone, assume, want string }{
		{"a1", "", "a"}, {"c1", "", "c"}, {"b1", "", ""}, {"d1", "", ""}, {"z1", "", ""}, {"", "", ""},
		{"b1", "affinity-to-backup=after-primaries", "b"}, {"d1", "affinity-to-backup=after-primaries", ""},
		{"A1", "", ""}, {"A1", "letter-case=ignored", "a"},
	} {
		sem := choices.Latest()
		if c.assume != "" {
			choiceByName(t, c.assume, &sem)
		}
		if got := table.MemberName(0, HomeOf(table, 0, c.clone, &sem)); got != c.want {
			t.Errorf("%q, %s: %q, want %q", c.clone, c.assume, got, c.want)
		}
	}
}

// TestLargeClusterFindsTheSame: whether clone IDs are found by the walk over a list or by an index, the member is the
// same, and so is who else is looked at (R22).
func TestLargeClusterFindsTheSame(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ids := []string{"", "a", "A", "b", "B", "c", "é", "É"}
		id := rapid.SampledFrom(ids[:rapid.SampledFrom([]int{6, 6, 8}).Draw(t, "ids")]) // an é, and there is no index
		var servers, primary, backup string
		for i := range rapid.IntRange(17, 20).Draw(t, "servers") {
			name := fmt.Sprintf("m%d", i)
			servers += server(name, fmt.Sprintf(`CloneID="%s"`, id.Draw(t, "own")))
			switch rapid.IntRange(0, 9).Draw(t, "list") {
			case 0: // in neither
			case 1, 2:
				backup += name + " "
			default:
				primary += name + " "
			}
		}
		table := coretest.Parse(clusterXML("", "", servers+sharedtest.Lists(primary, backup)))
		sem := choices.Latest()
		for _, c := range []choices.Choice{choices.LetterCase, choices.AffinityToBackup} {
			sem = sem.With(c, uint8(rapid.IntRange(0, 1).Draw(t, c.String())))
		}
		cs := NewState(&table.Clusters[0], &sem, 0)
		for m := range cs.Members {
			cs.LearnMark(match.MemberID(m), rapid.Bool().Draw(t, "marked"), 0)
		}
		session := affinityTo + id.Draw(t, "first") + ":" + id.Draw(t, "second")
		ask := func(rec *Recorder) string {
			rq := get("/x", session)
			m, _ := table.Match(&rq, &sem)
			f := Begin(table, &rq, &m, 0, &sem, nil)
			s := selection{t: table, c: &table.Clusters[0], cs: &cs, f: &f, sem: &sem, rec: rec}
			return fmt.Sprint(s.affinity(), f.homeMarked, f.home, f.session)
		}
		// steps are made of the walk over the list, so a recorder that wants them never has the index
		if index, walk := ask(nil), ask(new(Recorder)); index != walk {
			t.Fatalf("index %s, walk %s", index, walk)
		}
	})
}

// TestMemberSet: members beyond those that stand in the two words.
func TestMemberSet(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var s memberSet
		want := map[match.MemberID]bool{}
		for _, n := range rapid.SliceOfN(rapid.Int32Range(0, 400), 0, 30).Draw(t, "members") {
			s.add(match.MemberID(n))
			want[match.MemberID(n)] = true
		}
		for m := range match.MemberID(500) {
			if s.has(m) != want[m] {
				t.Fatalf("%d: %t", m, s.has(m))
			}
		}
	})
}

// TestCloneOfRequest: what happens to a clone does not happen to the request, in large clusters neither.
func TestCloneOfRequest(t *testing.T) {
	f := NewRequestState(0, nil)
	f.tried.add(300)
	f.marked.add(300)
	g := f.Clone()
	g.tried.add(301)
	g.marked.add(301)
	if f.tried.has(301) || f.marked.has(301) || !g.tried.has(300) || !g.marked.has(300) {
		t.Error("the two share their sets of members")
	}
}

// TestCycles: how many requests go round once. A marked member has no share, and without any weight primaries take
// turns (R36).
func TestCycles(t *testing.T) {
	weights := func(a, b int) string { return weighted(a, b) + server("c", "") + sharedtest.Lists("a b", "c") }
	for _, c := range []struct {
		servers, marked string
		full, session   int
	}{
		{weights(4, 6), "", 5, 5}, // divided by 2 (R31)
		{weights(4, 6), "b", 2, 2},
		{weights(0, 6), "", 3, 3}, // divided by 2, for the backup has a weight of 2 and counts
		{weights(0, 0), "", 1, 2},
		{weights(1, 1), "a b", 1, 1},
		{weights(9999, 10000), "", 10000, 10000}, // no more than that
	} {
		table, sem := mustTable(t, clusterXML("", "", c.servers)), choices.Latest()
		k := &table.Clusters[0]
		cs := NewState(k, &sem, 0)
		for _, name := range strings.Fields(c.marked) {
			m, _ := k.MemberByName(name)
			cs.LearnMark(m, true, 0)
		}
		cs.LearnWeight(0, 99)
		full := FullCycle(k, &cs, &sem)
		if w := cs.Member(0).Weight; w != k.Members[0].Start {
			t.Errorf("the cycle begins with a weight of %d", w)
		}
		if session := SessionCycle(k, &cs, &sem); full != c.full || session != c.session {
			t.Errorf("%s, %s marked: %d and %d, want %d and %d", c.servers, c.marked, full, session, c.full, c.session)
		}
	}
}

// TestTransports is R64: by which Transport a member gets a request.
func TestTransports(t *testing.T) {
	const http, https = `<Transport Hostname="h" Port="1" Protocol="http"/>`,
		`<Transport Hostname="h" Port="2" Protocol="https"><Property Name="keyring" Value="k"/></Transport>`
	const unusable = `<Transport Hostname="h" Port="3" Protocol="https"/>`
	for _, c := range []struct {
		file, transports string
		tls              bool
		assume           string
		want             string
	}{
		{"", http + https, false, "", "0"}, {"", http + https, true, "", "1"},
		{"", https + http, true, "", "0"}, {"", https + http, false, "", "1"},
		{"", http, true, "", "0"}, {"", https, false, "", "0"}, {"", "", false, "", "none"},
		{"", http, true, "transport-choice=strict", "none"}, {"", https, false, "transport-choice=strict", "none"},
		{"", http + unusable, true, "", "none"}, {`UseInsecure="true"`, http + unusable, true, "", "0"},
		{"", unusable, true, "", "none"}, {"", unusable, false, "", "none"},
		{`UseInsecure="true"`, unusable, false, "", "none"}, // it is https that UseInsecure replaces
		{`SSLMapMode="onload"`, http + https, false, "", "1"}, {`SSLMapMode="onload"`, http, false, "", "0"},
		{`SSLMapMode="onload"`, http, false, "transport-choice=strict", "none"},
		{`SSLMapMode="offload"`, https + http, true, "", "1"},
	} {
		table := coretest.Parse(clusterXML(c.file, "", `<Server Name="a">`+c.transports+`</Server>`))
		sem := choices.Latest()
		if c.assume != "" {
			choiceByName(t, c.assume, &sem)
		}
		got := "none"
		if i, ok := TransportFor(table, 0, 0, c.tls, &sem); ok {
			got = fmt.Sprint(i)
		}
		if got != c.want {
			t.Errorf("%s %s, TLS %t, %s: %s, want %s", c.file, c.transports, c.tls, c.assume, got, c.want)
		}
	}
}

// TestCloneComparisons: the lines of a log, as long as nobody is usable: each list from its first server, clone ID by
// clone ID.
func TestCloneComparisons(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", threeServers("")+sharedtest.Lists("b a", "c"))), choices.Latest()
	rq := get("/x", affinityTo+"a1:z9")
	m, _ := table.Match(&rq, &sem)
	f := Begin(table, &rq, &m, 0, &sem, nil)
	cs := NewState(&table.Clusters[0], &sem, 0)
	text := ""
	for _, c := range CloneComparisons(table, &cs, &f, 0, &sem, nil) {
		text += fmt.Sprintf("%s-%s-%s %t, ", c.Clone, c.Server, table.MemberName(0, c.Member), c.Matches)
	}
	if want := "a1-b1-b false, a1-a1-a true, z9-b1-b false, z9-a1-a false, "; text != want {
		t.Errorf("%s want %s", text, want)
	}
}
