package rules_test

import (
	"strings"
	"testing"
	"time"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/session"
)

// TestSessionSettings: what a topology says of sessions (WP315, WP312), which no file has. The script
// lint_session_settings has it from a topology on.
func TestSessionSettings(t *testing.T) {
	timeBased := session.Policy{Persistence: session.Database, Frequency: session.TimeBased, Interval: 10,
		NoSwitchBack: true}
	replicated := session.Policy{Persistence: session.MemoryToMemory, Replicas: 1, Mode: session.Both}
	change := func(p session.Policy, what func(*session.Policy)) session.Policy { what(&p); return p }
	one := `<ServerCluster GetDWLMTable="true" Name="shop"><Server CloneID="c1" Name="m1">` + tls("h1") +
		`</Server></ServerCluster>`
	two := strings.Replace(one, `</Server></`, `</Server><Server CloneID="c2" Name="m2">`+tls("h2")+`</Server></`, 1)
	for _, tt := range []struct {
		name, cluster string
		s             lint.Session
		want          string // words of its findings, "|" between them
	}{
		{"nothing is kept", two, lint.Session{Policy: session.Policy{Persistence: session.None}}, ""},
		{"as it should be", two, lint.Session{Policy: timeBased, Timeout: 30 * time.Minute}, ""},
		{"written at the end of each request", two, lint.Session{Policy: change(timeBased, func(p *session.Policy) {
			p.Frequency, p.NoSwitchBack = session.EndOfService, false
		})}, ""},
		{"they switch back", two, lint.Session{Policy: change(timeBased,
			func(p *session.Policy) { p.NoSwitchBack = false })}, "noAffinitySwitchBack is not true"},
		{"where there is nobody to switch", one, lint.Session{Policy: change(timeBased,
			func(p *session.Policy) { p.NoSwitchBack = false })}, ""},
		{"a timeout of twice the interval", two, lint.Session{Policy: timeBased, Timeout: 20 * time.Second}, ""},
		{"and below", two, lint.Session{Policy: timeBased, Timeout: 19 * time.Second}, "less than twice"},
		{"an interval without effect", two, lint.Session{Policy: change(timeBased,
			func(p *session.Policy) { p.Interval = 9 })}, "is 9 s"},
		{"a level that writes seldom", two, lint.Session{Policy: change(timeBased,
			func(p *session.Policy) { p.Interval = 300 }), Level: "very high"}, `tuning level "very high"`},
		{"a replica", two, lint.Session{Policy: replicated}, ""},
		{"and nobody to have it", one, lint.Session{Policy: replicated}, "nobody to replicate its sessions to"},
		{"two replicas for two members", two, lint.Session{Policy: change(replicated,
			func(p *session.Policy) { p.Replicas = 2 })}, "no more than 1 can be"},
		{"the table is not fetched", strings.Replace(two, `GetDWLMTable="true" `, "", 1),
			lint.Session{Known: true, Policy: replicated}, "GetDWLMTable of cluster"},
		{"the topology says otherwise than the settings", strings.Replace(two, `GetDWLMTable="true" `, "", 1),
			lint.Session{Known: true, Policy: timeBased}, ""},
	} {
		files := diag.NewFiles()
		inputs := lint.Read(files, files.Add("plugin-cfg.xml", []byte(complete(tt.cluster))))
		tt.s.Cluster = inputs[0].Config.Clusters[0].Node.NameSpan
		inputs[0].Sessions = map[string]lint.Session{"shop": tt.s}
		var got []string
		for _, d := range lint.Run(rules.All(), files, inputs, lint.Options{Session: "memory-to-memory"}) {
			if d.Rule.Code == diag.SessionSettingsLose || d.Rule.Code == diag.PartitionTableNotFetched {
				got = append(got, d.Message)
			}
		}
		if (len(got) == 0) != (tt.want == "") || !strings.Contains(strings.Join(got, "|"), tt.want) || len(got) > 1 {
			t.Errorf("%s: got %q, want %q", tt.name, got, tt.want)
		}
	}
}
