package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

// TestMarksOfSteps: a step is no better known than the rules that it shows, and names the open choice that it hangs
// on.
func TestMarksOfSteps(t *testing.T) {
	route := func(uri string) string {
		return strings.Replace(clusterXML("", "", server("a", "")+server("b", "")), `<Uri Name="/*"/>`,
			`<Uri Name="`+uri+`"/>`, 1)
	}
	for _, c := range []struct{ name, xml, url, step, mark, choice string }{
		{"R8 without TLS", route("/*"), "http://h/x", "request for /x", choices.Documented, ""},
		{"R8 over TLS", route("/*"), "https://h/x", "request for /x", choices.Assumed, "tls-default-port"},
		{"R7 a written port", route("/*"), "https://h:443/x", "request for /x", choices.Documented, ""},
		{"R14", route("/*"), "http://h/x;jsessionid=0", "request for /x", choices.Assumed, ""},
		{"R2", route("/x/*"), "http://h/x/y", "virtual host", choices.Documented, ""},
		{"R3", route("/x/*"), "http://h/x", "virtual host", choices.Assumed, ""},
		{"R15", route("*.jsp"), "http://h/x.jsp", "virtual host", choices.Assumed, ""},
		{"R17", strings.Replace(route("/*"), `UriGroup="u" `, "", 1), "http://h/x",
			"virtual host", choices.Assumed, ""},
		{"R64 the same scheme", route("/*"), "http://h/x",
			"a new stream to http://a.example.com:9080 is opened", choices.Traced, ""},
		{"R64 the other scheme", route("/*"), "https://h/x",
			"is opened, for there is no Transport of the other scheme",
			choices.Assumed, "transport-choice"},
		{"R64 UseInsecure", clusterXML(`UseInsecure="true"`, "", https("")), "https://h/x",
			"is opened, for no https Transport can be used, and UseInsecure is true", choices.Traced, ""},
		{"R64 onload", clusterXML(`SSLMapMode="onload"`, "", https(keyring)), "http://h/x",
			"is opened, for SSLMapMode is onload", choices.Traced, ""},
		{"R64 offload", clusterXML(`SSLMapMode="offload"`, "", https(keyring)), "https://h/x",
			"is opened, for SSLMapMode is offload", choices.Traced, ""},
		{"R64 no keyring", clusterXML("", "", https("")), "https://h/x", "it needs a keyring", choices.Documented, ""},
		{"R67 no $WSFO at first", route("/*"), "http://h/x",
			"the request is sent to a and its answer passed to the client", choices.Traced, ""},
		{"R27", clusterXML("", "", threeServers("")), "http://h/x;jsessionid=0000a:zz",
			"no server in the primary list of C has clone ID zz", choices.Assumed, ""},
		{"R27 empty", clusterXML("", "", threeServers("")), "http://h/x;jsessionid=0000a:",
			"an empty clone ID is that of no server", choices.Assumed, ""},
		{"R39", clusterXML("", "", threeServers("")+lists("a", "b")), "http://h/x;jsessionid=0000a:b1",
			"clone ID b1 is that of b in the backup list, where affinity does not look",
			choices.Assumed, "affinity-to-backup"},
		{"R40", clusterXML("", "", threeServers("")+lists("a", "b")), "http://h/x;jsessionid=0000a:c1",
			"clone ID c1 is that of c, which stands in neither list and gets nothing", choices.Documented, ""},
		{"R61 nobody listed", clusterXML("", "", ""), "http://h/x",
			"the cluster has no server: nothing is forwarded, the client gets 500", choices.Assumed, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			rq, err := written.URL(c.url)
			if err != nil {
				t.Fatal(err)
			}
			sc := &Scenario{Requests: Repeat(rq, 1, 0)}
			d := Explain(mustTable(t, c.xml), diag.NewFiles(), sc, choices.Latest(), nil, WithAll&^WithCertainty)[0]
			for _, s := range d.Steps {
				if strings.Contains(s.Text, c.step) {
					if s.Mark != c.mark || s.Choice != c.choice {
						t.Errorf("%s: mark %s, choice %q; want %s, %q", s.Text, s.Mark, s.Choice, c.mark, c.choice)
					}
					return
				}
			}
			t.Errorf("no step %q in %+v", c.step, d.Steps)
		})
	}
}

// TestProbedByAnother: a member whose retry is due, but which another request is probing, is skipped, and the step
// says so (R52).
func TestProbedByAnother(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", threeServers(""))), choices.Latest()
	p := NewProcess(table, &sem, 0)
	p.Now = 100 * match.Second
	p.state(0).Next = 0
	p.state(0).Members[1] = failover.MemberState{Weight: 1, MarkedDown: true, Probing: true,
		FailedAt: p.Now - 60*match.Second}
	var rec failover.Recorder
	rq := get("/x", affinityTo+"b1")
	if o := p.Do(&rq, &rec); o.Member != 0 {
		t.Fatalf("answered by %d", o.Member)
	}
	for _, s := range rec.Steps {
		if strings.HasPrefix(words.Step(table, &s),
			"b is marked down and another request is probing it: skipped; round robin stands at a") {
			return
		}
	}
	t.Errorf("%+v", rec.Steps)
}

// TestFailureWithoutMark: a failure that does not mark says so, and the next attempt tells of $WSFO (R53, R63).
func TestFailureWithoutMark(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", threeServers(""))), choices.Latest()
	p := NewProcess(table, &sem, 0)
	p.state(0).Next = 0
	p.Conditions = []MemberCondition{{Member: 0, Failure: Busy}}
	var rec failover.Recorder
	rq := get("/x")
	p.Do(&rq, &rec)
	told := ""
	for _, s := range rec.Steps {
		if s.Kind == failover.StepFailed || s.Kind == failover.StepAnswer {
			told += fmt.Sprintln(words.Step(table, &s), s.Marked)
		}
	}
	want := "a answered 503, which does not mark it down false\nthe request is sent to b with $WSFO: true, " +
		"and its answer passed to the client false\n"
	if told != want {
		t.Errorf("got  %swant %s", told, want)
	}
}

// TestBusyProbeUnderMarkBusyDown: a probe that is answered 503 does not clear the mark for a moment (R52, R53).
func TestBusyProbeUnderMarkBusyDown(t *testing.T) {
	table, sem := mustTable(t, clusterXML(`MarkBusyDown="true"`, "", threeServers(""))), choices.Latest()
	p := NewProcess(table, &sem, 0)
	p.Now = 100 * match.Second
	markAll(60 * match.Second)(p)
	p.Conditions = []MemberCondition{{Member: 1, Failure: Busy}}
	var rec failover.Recorder
	rq := get("/x", affinityTo+"b1")
	p.Do(&rq, &rec)
	told := ""
	for _, s := range rec.Steps {
		if s.Member == 1 && (s.Kind == failover.StepClear || s.Kind == failover.StepFailed) {
			told += words.Step(table, &s) + "\n"
		}
	}
	if want := "b answered 503 (MarkBusyDown); b stays marked down, its retry timer starts again " +
		"(60 s)\n"; told != want {
		t.Errorf("got  %swant %s", told, want)
	}
}

// TestPassedOnAnswerHasBegun: a 503 that is passed on is the client's answer, and nothing is retried behind it (R53,
// R58).
func TestPassedOnAnswerHasBegun(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", server("a", ""))), choices.Latest()
	rq := get("/x")
	m, _ := table.Match(&rq, &sem)
	f, cs := failover.Begin(table, &rq, &m, 0, &sem, nil), failover.NewState(&table.Clusters[0], &sem, 0)
	failover.Next(table, &cs, &f, 0, &sem, nil)
	failover.Observe(table, &cs, &f, 0, failover.Event{Kind: failover.Head, Status: 503}, &sem, nil)
	if f.Begun() {
		t.Error("a 503 that may be retried is no answer yet")
	}
	if a := failover.Next(table, &cs, &f, 0, &sem, nil); a.Kind != failover.Fail || a.Member != 0 ||
		a.Status != 503 || !f.Begun() {
		t.Errorf("%+v, begun %t", a, f.Begun())
	}
}
