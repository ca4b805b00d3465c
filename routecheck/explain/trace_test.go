package explain

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

func trace(t *testing.T, name string) string {
	text, err := os.ReadFile(sharedtest.Dir(t, "traces", name))
	if err != nil {
		t.Fatal(err)
	}
	return regexp.MustCompile(`(?m)^#.*$`).ReplaceAllString(string(text), "") // without what the collector noted
}

// TestTrace01: affinity walks the clone IDs in order, each over the whole primary list; a marked member does not end
// the walk.
func TestTrace01(t *testing.T) {
	log := trace(t, "01-sg246198-ordered-routing-affinity-down.txt")
	servers := server("HAClusterServer1", `CloneID="u307p2vq"`) + server("HAClusterServer2", `CloneID="u307p48r"`) +
		server("HAClusterServer3", `CloneID="u307p62u"`) + server("HAClusterServer4", `CloneID="u307p71m"`)
	table := mustTable(t,
		clusterXML("", "", servers+lists("HAClusterServer1 HAClusterServer3", "HAClusterServer2 HAClusterServer4")))
	sem := choices.Latest()
	p := NewProcess(table, &sem, 0)
	p.Now = 100 * match.Second
	p.state(0).Members[0] = failover.MemberState{MarkedDown: true, FailedAt: p.Now - 2*match.Second}
	rq, rec := get("/x", "JSESSIONID=0000abc:u307p2vq:u307p62u"), &failover.Recorder{}
	o := p.Do(&rq, rec)

	var compared []string
	var status *failover.Step
	for i, s := range rec.Steps {
		if s.Kind == failover.StepCompare {
			compared = append(compared, s.Clone+" "+table.Clusters[0].Members[s.Member].CloneID)
		}
		if s.Kind == failover.StepStatus && status == nil {
			status = &rec.Steps[i]
		}
	}
	var logged []string
	for _, m := range regexp.MustCompile(
		`Comparing curCloneID '(\w+)' to server clone id '(\w+)'`).FindAllStringSubmatch(log, -1) {
		logged = append(logged, m[1]+" "+m[2])
	}
	if len(logged) != 3 || !slices.Equal(compared[:len(logged)], logged) {
		t.Errorf("compared %v, the trace has %v", compared, logged)
	}
	want := failover.Check{IgnoreWeights: true, MarkedDown: true, RetryIn: 58 * match.Second}
	if status == nil || status.Check != want || !strings.Contains(log,
		"ignoreWeights 1, markedDown 1, retryNow 0, wlbAllows 0") || !strings.Contains(log, "retry in 58") {
		t.Errorf("status %+v, want %+v", status, want)
	}
	if got := table.MemberName(0, o.Member); got != "HAClusterServer3" || o.By != failover.ByAffinity {
		t.Errorf("the second clone ID leads to %s by %s", got, o.By)
	}
}

// TestTrace02: a refused connect marks the member, counts as failed and not as a request, and another member is tried.
func TestTrace02(t *testing.T) {
	log := trace(t, "02-sg246198-connect-refused-marked-down.txt")
	table := mustTable(t,
		clusterXML("", "", server("was1node_PluginMember1", "")+server("was2node_PluginMember2", "")))
	sem := choices.Latest()
	p := NewProcess(table, &sem, 0)
	p.state(0).Next = 0
	rq := get("/snoop")
	if got := run(t, p, rq, "was1node_PluginMember1=refused"); got != "was1node_PluginMember1:refused! "+
		"was2node_PluginMember2:ok -> forward was2node_PluginMember2" {
		t.Error(got)
	}
	m := p.state(0).Members[0]
	if !m.MarkedDown || m.Pending != 0 || m.Failed != 1 || m.Affinity != 0 || m.Total != 0 ||
		!strings.Contains(log, "Marking was1node_PluginMember1 down") ||
		!strings.Contains(log, "pendingConnections 0 failedConnections 1 affinityConnections 0 totalConnections 0.") {
		t.Errorf("got %+v", m)
	}
}

// TestTrace03: the only server of a cluster is tried twice over its https Transport and never marked; the client gets
// 500.
func TestTrace03(t *testing.T) {
	log := trace(t, "03-dellyqiao-connect-timeout-https-transport.txt")
	table := mustTable(t, clusterXML("", "", `<Server Name="wasserverNode01_abc" ConnectTimeout="5">`+
		`<Transport Hostname="wasserver" Port="9081" Protocol="http"/>`+
		`<Transport Hostname="wasserver" Port="9444" Protocol="https">`+keyring+`</Transport></Server>`))
	sem := choices.Latest()
	p := NewProcess(table, &sem, 0)
	rq, rec := get("/x"), &failover.Recorder{}
	rq.TLS = true
	p.Conditions = []MemberCondition{{Member: 0, Failure: Timeout}}
	o := p.Do(&rq, rec)
	first, _, _ := strings.Cut(log, "----")
	tries := strings.Count(first, "Failed to execute the transaction")
	if len(o.Attempts) != tries || o.Status != 500 || p.state(0).Members[0].MarkedDown ||
		strings.Contains(first, "Marking") {
		t.Errorf("%d attempts, status %d, marked %t; the trace has %d attempts, 500 and no mark",
			len(o.Attempts), o.Status, p.state(0).Members[0].MarkedDown, tries)
	}
	p.Conditions = nil
	rec.Steps = nil
	p.Do(&rq, rec)
	i := slices.IndexFunc(rec.Steps, func(s failover.Step) bool { return s.Kind == failover.StepStream })
	if i < 0 || !strings.Contains(words.Step(table, &rec.Steps[i]), "https://wasserver:9444") ||
		!strings.Contains(log, "wasserver on port 9444") {
		t.Error("an https request must use the https Transport")
	}
}

// TestTrace06: the score of a URI is its characters without the *, and /fon/* brings /fon with it, which stands before
// it.
func TestTrace06(t *testing.T) {
	log := trace(t, "06-PQ83204-uri-score-zos.txt")
	xml := strings.NewReplacer(`Uri Name="/*"`, `Uri Name="/fon/*"`, `"u"`,
		`"default_URI"`).Replace(clusterXML("", "", server("m", "")))
	table := mustTable(t, xml)
	sem := choices.Latest()
	rq := get("/fon/jsp/index.jsp")
	var lines []string
	for _, c := range table.URIComparisons(&rq, &sem) {
		lines = append(lines,
			strings.TrimSpace(strings.Join([]string{"websphereUriMatch: Comparing '" + c.Pattern, "' to '",
				c.Path, "' in UriGroup: ", c.Group, " score is ", string(rune('0' + c.Score))}, "")))
		if c.Matches {
			lines = append(lines,
				"websphereUriMatch: Found a match '"+c.Pattern+"' to '"+c.Path+"' in UriGroup: "+c.Group+" "+
					"score is "+string(rune('0'+c.Score)))
		}
	}
	var logged []string
	for line := range strings.Lines(log) {
		if strings.HasPrefix(line, "websphereUriMatch") {
			logged = append(logged, strings.TrimSpace(line))
		}
	}
	if !slices.Equal(lines, logged) {
		t.Errorf("compared\n%s\nthe trace has\n%s", strings.Join(lines, "\n"), strings.Join(logged, "\n"))
	}
}
