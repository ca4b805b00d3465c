package evidence

import (
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/routecheck/choices"
)

const arrivedConfig = `<Config VHostMatchingCompat="true">
<VirtualHostGroup Name="a"><VirtualHost Name="*:80"/></VirtualHostGroup>
<VirtualHostGroup Name="b"><VirtualHost Name="*:9000"/></VirtualHostGroup>
<ServerCluster Name="A"><Server CloneID="one" Name="m1">
<Transport Hostname="h" Port="1" Protocol="http"/></Server></ServerCluster>
<ServerCluster Name="B"><Server CloneID="two" Name="m2">
<Transport Hostname="h" Port="1" Protocol="http"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/a/*"/></UriGroup><UriGroup Name="v"><Uri Name="/b/*"/></UriGroup>
<Route ServerCluster="A" UriGroup="u" VirtualHostGroup="a"/>
<Route ServerCluster="B" UriGroup="v" VirtualHostGroup="b"/></Config>`

// TestVerifyPorts: where virtual hosts are matched by the port that a request arrives on, only those are asked for
// that can be reached there.
func TestVerifyPorts(t *testing.T) {
	for _, c := range []struct {
		ports []int
		want  []string
	}{{nil, []string{"A"}}, {[]int{9000}, []string{"A", "B"}}} {
		v := Verify{Config: app.Config{Path: "plugin-cfg.xml"}, Port: 80, Ports: c.ports}
		plan, err := v.Plan(apptest.Memory(t, map[string]string{"plugin-cfg.xml": arrivedConfig}))
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, q := range plan.Questions {
			if name := plan.Table.Clusters[q.Cluster].Name; !slices.Contains(got, name) {
				got = append(got, name)
			}
		}
		if slices.Sort(got); !slices.Equal(got, c.want) {
			t.Errorf("ports %v: asked for %q, want %q", c.ports, got, c.want)
		}
	}
}

// TestVerifySettledFile: what is settled stands in the file, what is open in its comment, and a contradiction, too.
func TestVerifySettledFile(t *testing.T) {
	a := &VerifyAnswer{Target: "http://ihs", Plan: &VerifyPlan{Config: "probe.xml"}, Findings: &question.Findings{
		Choices: []question.Finding{
			{Choice: choices.ScoreTie, Agrees: []uint8{1}, RuledOut: []question.RuledOut{{Value: 0}}},
			{Choice: choices.Probe, Agrees: []uint8{0, 1}},
		},
		Contradictions: make([]question.Contradiction, 2),
	}}
	text := string(a.Settled())
	for _, want := range []string{"score-tie: last", "# probe: one or all\n", "2 requests no value explains",
		"what http://ihs says about the open choices, asked by probe.xml"} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
	if !a.Failed() {
		t.Error("a contradiction is no failure")
	}
}
