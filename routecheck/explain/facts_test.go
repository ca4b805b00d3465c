package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// explained answers requests in a fresh process in which round robin stands at the first member.
func explained(t *testing.T, xml string, facts []MemberCondition, requests ...match.Request) []Decision {
	t.Helper()
	sc := &Scenario{Conditions: facts, Members: []MemberFact{{Next: true}}}
	for _, rq := range requests {
		sc.Requests = append(sc.Requests, Repeat(rq, 1, 0)...)
	}
	return Explain(mustTable(t, xml), diag.NewFiles(), sc, choices.Latest(),
		[]choices.Choice{choices.EarlyClose, choices.ExtendedHandshake}, WithAll)
}

// dependsOn writes what an answer hangs on: "balance-retry=allow:a of C; body-beyond-buffer:500 in C".
func dependsOn(d *Decision) string {
	var parts []string
	for _, dep := range d.DependsOn {
		text := dep.Fact
		for name, value := range dep.Assume {
			text = strings.TrimSpace(text + " " + name + "=" + value)
		}
		parts = append(parts, text+":"+dep.Gives)
	}
	return strings.Join(parts, "; ")
}

// TestBodyOfUnknownSize: whether it fits PostBufferSize decides only where it has been sent, and would be sent again
// (R57).
func TestBodyOfUnknownSize(t *testing.T) {
	for _, c := range []struct {
		name, cluster, servers string
		failure                FailureMode
		body                   int64
		answer, depends        string
	}{
		{"lost stream", "", threeServers(""), Reset, -1, "b of C", "body-beyond-buffer:500 in C"},
		{"timeout", "", threeServers(""), NoAnswer, -1, "b of C", "body-beyond-buffer:500 in C"},
		{"503", "", threeServers(""), Busy, -1, "b of C", "body-beyond-buffer:503 of a in C"},
		{"nothing was sent", "", threeServers(""), Refused, -1, "b of C", ""},
		{"no failure", "", threeServers(""), Healthy, -1, "a of C", ""},
		{"the size is known", "", threeServers(""), Reset, 1000, "b of C", ""},
		{"no limit", `PostBufferSize="-1"`, threeServers(""), Reset, -1, "b of C", ""},
		{"no buffer", `PostBufferSize="0"`, threeServers(""), Reset, -1, "500 in C", ""},
		{"beyond the limit", `PostSizeLimit="100000"`, threeServers(""), Healthy, -1, "a of C",
			"body-beyond-limit:413 in C; body-beyond-limit post-limit-status=500:500 in C"},
		{"beyond the limit or the buffer", `PostSizeLimit="100000"`, threeServers(""), Reset, -1, "b of C",
			"body-beyond-limit:413 in C; body-beyond-buffer:500 in C; body-beyond-limit " +
				"post-limit-status=500:500 in C"},
		{"a limit below the buffer", `PostSizeLimit="1000"`, threeServers(""), Reset, -1, "b of C",
			"body-beyond-limit:413 in C; body-beyond-limit post-limit-status=500:500 in C"},
		{"no body", `PostSizeLimit="1000"`, threeServers(""), Healthy, 0, "a of C", ""},
		{"within the limit", `PostSizeLimit="1000"`, threeServers(""), Healthy, 1000, "a of C", ""},
		{"nobody else to ask", "", server("a", ""), Reset, -1, "500 in C", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rq := get("/x")
			rq.Body = c.body
			d := explained(t, clusterXML("", c.cluster, c.servers),
				[]MemberCondition{{Member: 0, Failure: c.failure}}, rq)[0]
			if got := dependsOn(&d); d.Answers != c.answer || got != c.depends || d.Certain != (c.depends == "") {
				t.Errorf("%s, certain %t, hangs on %q; want %s, %q", d.Answers, d.Certain, got, c.answer, c.depends)
			}
		})
	}
}

// TestSessionPath: no text says whether the session of the URL is read from the path as sent or from what the web
// server leaves of it. It is asked for only where that is not the same.
func TestSessionPath(t *testing.T) {
	for _, c := range []struct{ path, answer, depends string }{
		{"/x;jsessionid=0000s:b1", "b of C", ""},
		{"/x%20y;jsessionid=0000s:b1", "b of C", ""},
		{"/x/../y;jsessionid=0000s:b1", "b of C", ""},
		{"/x%3Bjsessionid=0000s:b1", "a of C", "session-path:unknown"},
		{"/x;jsessionid=0000s%3Ab1", "a of C", "session-path:unknown"},
		{"/x;jsessionid=0000%73:b1", "b of C", ""},
		{"/x;jsessionid=0000s:b1/../y", "b of C", "session-path:unknown"},
		{"/x%3Bjsessionid=0000s", "a of C", ""},
		{"/x%253Bjsessionid=0000s:b1", "a of C", ""},
		{"/x?;jsessionid=0000s:b1", "a of C", ""},
		{"/x%3F;jsessionid=0000s:b1", "b of C", ""},
	} {
		d := explained(t, clusterXML("", "", threeServers("")), nil, get(c.path))[0]
		if got := dependsOn(&d); d.Answers != c.answer || got != c.depends || d.Certain != (c.depends == "") {
			t.Errorf("%s: %s, certain %t, hangs on %q; want %s, %q",
				c.path, d.Answers, d.Certain, got, c.answer, c.depends)
		}
	}
}

// TestIntelligentManagement is R69: every answer hangs on the connectors, unless they are switched off.
func TestIntelligentManagement(t *testing.T) {
	for im, on := range map[string]bool{
		"":                         false,
		`<IntelligentManagement/>`: true,
		`<IntelligentManagement enable="true"><Connector host="h" port="1"/>` +
			`</IntelligentManagement>`: true,
		`<IntelligentManagement enable="false"/>`: false,
		`<IntelligentManagement><ConnectorCluster enabled="false"/>` +
			`</IntelligentManagement>`: false,
		`<IntelligentManagement><ConnectorCluster enabled="false"/><ConnectorCluster enabled="TRUE"/>` +
			`</IntelligentManagement>`: true,
		`<IntelligentManagement enabled="false"><ConnectorCluster enabled="true"/>` +
			`</IntelligentManagement>`: false,
		`<IntelligentManagement><ConnectorCluster/><Property name="webserverName" value="w"/>` +
			`</IntelligentManagement>`: true,
	} {
		xml := strings.Replace(clusterXML("", "", threeServers("")), "<VirtualHostGroup", im+"<VirtualHostGroup", 1)
		for i, d := range explained(t, xml, nil, get("/x"), match.Request{Host: "h", Port: 81, Target: "/x"}) {
			want := map[bool]string{true: "intelligent-management:unknown"}[on]
			if got := dependsOn(&d); got != want || d.Certain == on {
				t.Errorf("%s, request %d: certain %t, hangs on %q", im, i+1, d.Certain, got)
			}
			if told := strings.Contains(fmt.Sprint(d.Steps), "{R69 "); told != on {
				t.Errorf("%s, request %d: told of it: %t", im, i+1, told)
			}
		}
	}
}

// TestUnknownFacts: what follows from a fact that nobody can tell is unknown for the request that asks for it and for
// those after it that meet its cluster, for no other.
func TestUnknownFacts(t *testing.T) {
	answer := func(c match.ClusterID) distribution {
		return distribution{{Answer{Decision: Forward, Cluster: c, Member: 0}, 1}}
	}
	p := played{
		answers: []distribution{answer(0), answer(1), answer(0), answer(2),
			{{Answer{Decision: Declined, Cluster: -1, Member: match.NoMember}, 1}}},
		asked: []uint64{0, 0, 0, 0, 0}, several: []bool{true, true, true, true, true},
	}
	told := func() (text string) {
		for _, a := range p.without(choices.PartitionTable) {
			text += a[0].answer.Decision + " "
		}
		return text
	}
	for i, want := range []string{
		"unknown forward unknown forward declined ", "forward unknown forward forward declined ",
		"forward forward unknown forward declined ",
		"forward forward forward unknown declined ", "forward forward forward forward unknown ",
	} {
		p.asked[i] = 1 << choices.PartitionTable
		if got := told(); got != want {
			t.Errorf("asked by request %d: %s, want %s", i+1, got, want)
		}
		p.asked[i] = 0
	}
}
