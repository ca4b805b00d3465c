package suite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser/diag"
)

// ran runs a suite of one test over twoOfOneName, whose request goes to C by chance, and says how it ended.
func ran(t *testing.T, head, facts, request string) string {
	t.Helper()
	text := "config: x\n" + head + "tests:\n  - name: t\n" + facts + "    requests:\n      - " + request + "\n"
	files := diag.NewFiles()
	tb, _ := table(t, files, []byte(twoOfOneName))
	s, reports := Read(files, files.Add("suite.yaml", []byte(text)))
	if s != nil {
		var results []Result
		if results, reports = s.Run(files, tb, Options{}); results != nil {
			var failures []string
			for _, f := range results[0].Requests[0].Failures {
				failures = append(failures, fmt.Sprintf("%s: %s, want %s", f.Field, f.Got, f.Want))
			}
			return strings.Join(failures, "; ")
		}
	}
	if len(reports) == 0 {
		t.Fatalf("neither results nor reports of\n%s", text)
	}
	return files.Line(reports[0])
}

// TestMisfit: what a suite names and its configuration has not is reported at its place, before anything runs.
func TestMisfit(t *testing.T) {
	t.Parallel()
	const plain = "{url: http://h/c/x, expect: C}"
	for _, c := range []struct{ name, facts, request, want string }{
		{"a fact of nobody", "    facts: [{member: m9, down: refused}]\n", plain, "suite.yaml:4:"},
		{"a fact of one of two", "    facts: [{member: m1, down: refused}]\n", plain, "m1"},
		{"a state that cannot be", "    facts: [{member: D/m1, marked: 5s}]\n", plain, "never marked down (R51)"},
		{"a failure that cannot be", "    facts: [{member: C/m1, down: io-timeout}]\n", plain,
			"io-timeout cannot happen"},
		{"times of no failure", "    facts: [{member: C/m1, pending: 1, from: 5s}]\n", plain,
			"from and to belong to down"},
		{"a table that is never learnt", "    partition: {p: C/m1}\n", plain, "GetDWLMTable"},
		{"a word that nobody is called", "", "{url: http://h/c/x, expect: X}", `"X" is no member and no cluster`},
		{"no such cluster", "", "{url: http://h/c/x, expect: {cluster: X}}", "X"},
		{"no such member", "", "{url: http://h/c/x, expect: {attempts: [m9]}}", "m9"},
		{"no URL", "", "{url: 'ftp://h/', expect: C}", "suite.yaml:5:"},
		{"no time", "", "{url: http://h/c/x, at: soon, expect: C}", "must be a time such as 10s"},
	} {
		if got := ran(t, "", c.facts, c.request); !strings.HasPrefix(got,
			"suite.yaml:") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %s, want %q", c.name, got, c.want)
		}
	}
}

// TestFields: each field of an expectation is held against its own part of the answer, and what chance decides is
// told.
func TestFields(t *testing.T) {
	t.Parallel()
	const home = `{url: http://h/c/x, cookies: {JSESSIONID: "0000a:c1"}, expect: `
	database, bothDown := "session: {persistence: database}\n", "    facts:\n      - {member: C/m1, down: refused}\n"+
		"      - {member: C/m2, down: refused}\n"
	for _, c := range []struct{ name, head, facts, request, want string }{
		{"members of chance", "", "", "{url: http://h/c/x, expect: {member: [m2, m1]}}", ""},
		{"one member of chance", "", "", "{url: http://h/c/x, expect: {member: m1}}", "member: m1, m2, want m1"},
		{"attempts of chance", "", "", "{url: http://h/c/x, expect: {attempts: [m1]}}",
			"attempts: (a matter of chance), want m1"},
		{"declined", "", "", "{url: http://h/x, expect: {declined: true, cluster: C}}", "cluster: (none), want C"},
		{"a status", "", bothDown, "{url: http://h/c/x, expect: 500}", ""},
		{"another status", "", bothDown, "{url: http://h/c/x, expect: {status: 503, member: []}}",
			"status: 500, want 503; member: (error 500), want (none)"},
		{"no status", "", "", home + "{status: 500}}", "status: (none), want 500"},
		{"certain", "", "", home + "{certain: true}}", ""},
		{"a session at home", database, "", home + "{session: {session: home, changes: all}}}", ""},
		{"a session that moves", database, "    facts: [{member: C/m1, down: refused}]\n",
			home + "{session: {session: kept, serves: m2, applied: 0}}}", ""},
		{"another session", database, "    facts: [{member: C/m1, down: refused}]\n",
			home + "{session: {session: home}}}", "session session: kept, want home"},
		{"no session", "", "", "{url: http://h/x, expect: {session: kept}}", "session: none, want kept"},
	} {
		if got := ran(t, c.head, c.facts, c.request); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
