package evidence

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/internal/app"
	"github.com/wasplug/wasplug/internal/apptest"
	"github.com/wasplug/wasplug/internal/live/question"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// verifyConfig has two clusters, each with a member m1, on port 80 and, for D, 443.
const verifyConfig = `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<VirtualHostGroup Name="w"><VirtualHost Name="*:443"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="m1" CloneID="c1"><Transport Hostname="h1" Port="1"/></Server>
<Server Name="m2" CloneID="c2"><Transport Hostname="h2" Port="1"/></Server></ServerCluster>
<ServerCluster Name="D"><Server Name="m1" CloneID="d1"><Transport Hostname="h3" Port="1"/></Server></ServerCluster>
<UriGroup Name="c"><Uri Name="/c/*"/></UriGroup><UriGroup Name="d"><Uri Name="/d/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="c" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="d" VirtualHostGroup="w"/></Config>`

// suiteOf is a suite of one test.
func suiteOf(facts, request string) string {
	return "config: x\ntests:\n  - name: t\n" + facts + "    requests:\n      - " + request + "\n"
}

const m1Refuses = "    facts:\n      - {member: C/m1, down: refused}\n"

// planned is a plan for a suite, and for one choice alone: to plan for all takes seconds.
func planned(t *testing.T, v Verify, suite string) (*VerifyPlan, error) {
	t.Helper()
	v.Config, v.Suite, v.Port, v.Only = app.Config{Path: "c.xml"}, "s.yaml", 80, []string{"score-tie"}
	return v.Plan(apptest.Memory(t, map[string]string{"c.xml": verifyConfig, "s.yaml": suite}))
}

// TestLiveSuite: what is seen of a test that is asked is held against what it expects, as far as that can be seen.
func TestLiveSuite(t *testing.T) {
	t.Parallel()
	got := func(status int, members ...match.MemberID) question.Seen {
		s := question.Seen{Status: status}
		for _, m := range members {
			s.Arrived = append(s.Arrived, question.Arrival{Member: m})
		}
		return s
	}
	inD := got(200)
	inD.Arrived = []question.Arrival{{Cluster: 1}}
	blind := got(200)
	blind.Blind = true
	for _, c := range []struct {
		name, facts, expect string
		seen                question.Seen
		unmet               string // fields
	}{
		{"a cluster", "", "C", got(200, 0), ""},
		{"a member", "", "m1", got(200, 0), ""},
		{"a member of a cluster", "", "C/m1", got(200, 0), ""},
		{"that of another cluster", "", "D/m1", got(200, 0), "answer"},
		{"another member", "", "m2", got(200, 0), "answer"},
		{"a status", "", "503", got(503, 0), ""},
		{"declined", "", "declined", got(404), ""},
		{"not declined", "", "declined", got(200, 0), "answer"},
		{"refused by the plug-in", "", "{declined: true}", got(413), "declined"},
		{"all of it", "", "{cluster: C, member: [m1, m2], status: 200}", got(200, 1), ""},
		{"nothing of it", "", "{cluster: D, member: D/m1, status: 503}", got(200, 1), "cluster member status"},
		{"attempts", "", "{attempts: [m1, C/m2]}", got(200, 0, 1), ""},
		{"attempts in another order", "", "{attempts: [m2, m1]}", got(200, 0, 1), "attempts"},
		{"an attempt that leaves no trace", m1Refuses, "{attempts: [m1, m2]}", got(200, 1), ""},
		{"an attempt of a member of a cluster", m1Refuses, "{attempts: [C/m1, C/m2]}", got(200, 1), ""},
		{"attempts that leave no trace at all", m1Refuses, "{attempts: [C/m1]}", got(500), ""},
		{"the same without their cluster", m1Refuses, "{attempts: [m1]}", got(500), ""},
		{"an attempt that did not come", m1Refuses, "{attempts: [C/m1, C/m2]}", got(500), "attempts"},
		{"another cluster has who refuses", m1Refuses, "{attempts: [m1]}", inD, ""},
		{"nobody can tell", "", "{member: m1}", blind, ""},
	} {
		suite := suiteOf(c.facts, "{url: http://h/c/x, expect: "+c.expect+"}")
		plan, err := planned(t, Verify{Members: true}, suite)
		if err != nil {
			t.Fatalf("%s: %v %s", c.name, err, apptest.Noted(plan.Notes))
		}
		asked := plan.Questions[len(plan.Questions)-1]
		a := plan.Judge(question.Run{Asked: []question.Asked{{Question: asked, Seen: c.seen}}})
		var fields []string
		for _, u := range a.Suite[0].Unmet {
			field, _, _ := strings.Cut(u, ":")
			fields = append(fields, field)
		}
		if unmet := strings.Join(fields, " "); unmet != c.unmet || a.Suite[0].Why != "" {
			t.Errorf("%s: %q unmet, want %q; %s", c.name, a.Suite[0].Unmet, c.unmet, a.Suite[0].Why)
		}
		if a.Failed() != (c.unmet != "") && len(a.Contradictions) == 0 {
			t.Errorf("%s: failed %v", c.name, a.Failed())
		}
	}
}

// TestLiveSuiteUnasked: a test that cannot be asked says why, and does not keep others from being asked.
func TestLiveSuiteUnasked(t *testing.T) {
	t.Parallel()
	const request = "{url: http://h/c/x, expect: C}"
	for _, c := range []struct {
		name, suite, want string
		ask               Verify
	}{
		{"members of somebody", suiteOf(m1Refuses, request), "members are to fail", Verify{}},
		{"a state", suiteOf("    facts:\n      - {member: C/m1, marked: 5s}\n", request),
			"it sets a state of member C/m1",
			Verify{Members: true}},
		{"a partition table", suiteOf("    partition: {p: C/m1}\n", request), "it sets a partition table",
			Verify{Members: true}},
		{"no such member", suiteOf("    facts:\n      - {member: m9, down: refused}\n", request), "m9",
			Verify{Members: true}},
		{"a connect that times out", suiteOf("    facts:\n      - {member: C/m1, down: timeout}\n", request),
			"connects are to time out", Verify{Members: true}},
		{"a port that is not reached", suiteOf("", "{url: https://h/d/x, expect: D}"),
			"a port that is not reached", Verify{}},
		{"a state that nobody knows", suiteOf("", request), "nobody can tell in which state", Verify{}},
	} {
		plan, err := planned(t, c.ask, c.suite)
		if err != nil {
			t.Fatalf("%s: %v", c.name, err)
		}
		a := plan.Judge(question.Run{})
		if len(a.Suite) != 1 || !strings.Contains(a.Suite[0].Why, c.want) {
			t.Errorf("%s: %+v, want %q", c.name, a.Suite, c.want)
		}
	}
	for suite, want := range map[string]string{"tests: 5\n": "the suite cannot be used"} {
		if _, err := planned(t, Verify{}, suite); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", suite, err)
		}
	}
	v := Verify{Config: app.Config{Path: "c.xml"}, Suite: "absent.yaml", Port: 80, Only: []string{"score-tie"}}
	if _, err := v.Plan(apptest.Memory(t, map[string]string{"c.xml": verifyConfig})); err == nil ||
		!strings.Contains(err.Error(), "absent.yaml") {
		t.Errorf("a suite that is not there: %v", err)
	}
}

// TestVerifyOnly: only what is named is asked about, less what is settled.
func TestVerifyOnly(t *testing.T) {
	t.Parallel()
	in := apptest.Memory(t, map[string]string{"c.xml": verifyConfig})
	v := Verify{Config: app.Config{Path: "c.xml"}, Port: 80, Only: []string{"score-tie", "probe"},
		Plugin: app.Plugin{Assume: []string{"probe=all"}}}
	plan, err := v.Plan(in)
	if err != nil || len(plan.Among) != 1 || plan.Among[0] != choices.ScoreTie {
		t.Errorf("%v %v", plan.Among, err)
	}
	v.Only = []string{"score-ties"}
	if _, err := v.Plan(in); err == nil || !strings.Contains(err.Error(), `did you mean "score-tie"`) {
		t.Errorf("%v", err)
	}
	v.Only, v.Plugin.Assume = []string{"score-tie"}, []string{"nothing"}
	if _, err := v.Plan(in); err == nil {
		t.Error("an assumption that is none")
	}
}

// TestVerifyReason: a choice that is not settled has a reason, by what the plan and the run say.
func TestVerifyReason(t *testing.T) {
	t.Parallel()
	open := &question.Finding{Choice: choices.ScoreTie, Agrees: []uint8{0, 1}}
	for _, c := range []struct {
		name, want string
		silent     []Silent
		run        question.Run
		finding    *question.Finding
	}{
		{"nothing agrees", "", nil, question.Run{}, &question.Finding{Choice: choices.ScoreTie}},
		{"settled", "", nil, question.Run{}, &question.Finding{Choice: choices.ScoreTie, Agrees: []uint8{1},
			RuledOut: []question.RuledOut{{Value: 0}}}},
		{"the plan says", "no question", []Silent{{choices.ScoreTie, "no question"}}, question.Run{}, open},
		{"several processes", "several web server processes answer", nil, question.Run{RoutingOnly: true}, open},
		{"members with a past", "members had seen requests before", nil,
			question.Run{Stale: []match.ClusterID{0}}, open},
		{"another choice", "another choice has a value that hides the difference", nil, question.Run{}, open},
	} {
		a := &VerifyAnswer{Plan: &VerifyPlan{Silent: c.silent}, Ran: c.run}
		if got := a.Reason(c.finding); c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
