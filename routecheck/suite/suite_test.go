package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

func table(t testing.TB, files *diag.Files, src []byte) (*match.Table, bool) {
	t.Helper()
	cfg, reports := parser.Parse(files.Add("plugin-cfg.xml", src), src)
	tb, missing := match.New(cfg)
	return tb, diag.Worst(append(reports, missing...)) < diag.Error
}

func read(t testing.TB, files *diag.Files, src []byte) *Suite {
	t.Helper()
	s, reports := Read(files, files.Add("suite.yaml", src))
	for _, f := range reports {
		t.Fatalf("%s\n%s", files.Line(f), src)
	}
	return s
}

// configs are the project's own configuration and, when they are there, those of strangers.
func configs(t *testing.T) []string {
	files := []string{"../../testdata/figure-5-12/plugin-cfg.xml"}
	t.Run("shared", func(t *testing.T) {
		files = append(files, sharedtest.Files(t, "*.xml", "corpus", "cfg")...)
		files = append(files, sharedtest.Files(t, "*.xml", "corpus", "merge", "*")...)
	})
	return files
}

// TestInitPassesAndCovers: a suite that Init wrote passes at once and covers all that is reachable; without one of its
// tests exactly what that test reached alone is uncovered.
func TestInitPassesAndCovers(t *testing.T) {
	ran := 0
	for _, name := range configs(t) {
		src, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files := diag.NewFiles()
		tb, ok := table(t, files, src)
		if !ok {
			continue
		}
		sem := choices.Latest()
		s := read(t, files, Init(tb, "plugin-cfg.xml", &sem))
		if len(s.Tests) == 0 {
			continue
		}
		ran++
		results, reports := s.Run(files, tb, Options{})
		for _, f := range reports {
			t.Fatal(files.Line(f))
		}
		for _, r := range results {
			if r.Failed() {
				t.Errorf("%s: %s: %+v", filepath.Base(name), r.Test.Name.V, r.Requests[0].Failures)
			}
		}
		if c := s.Cover(tb, results); c.Percent() != 100 {
			t.Errorf("%s: %.1f %% covered: %+v", filepath.Base(name), c.Percent(), c.Kinds)
		}
		for i := range results {
			without := slices.Concat(results[:i], results[i+1:])
			var uncovered []string
			for _, u := range s.Cover(tb, without).Kinds[0].Uncovered {
				uncovered = append(uncovered, u.Name)
			}
			isRoute := strings.HasPrefix(results[i].Test.Name.V, "route ")
			shared := false // a member's test may reach the Route too
			for _, r := range without {
				for _, q := range r.Requests {
					shared = shared || q.Match.RouteAt() == results[i].Requests[0].Match.RouteAt()
				}
			}
			want := 0
			if isRoute && !shared {
				want = 1
			}
			if len(uncovered) != want {
				t.Errorf("%s without %q: uncovered are %v", filepath.Base(name), results[i].Test.Name.V, uncovered)
			}
		}
	}
	if ran == 0 {
		t.Error("no configuration is reachable at all")
	}
}

// TestPartition: an entry of the partition table is refused for a cluster that never has one (R28), and goes to the
// cluster that it names.
func TestPartition(t *testing.T) {
	const server = `<Server Name="m"><Transport Hostname="h" Port="1"/></Server>`
	const xml = `<Config><ServerCluster Name="c" GetDWLMTable="true">` + server + `<Server Name="n"/></ServerCluster>
<ServerCluster Name="d">` + server + `</ServerCluster></Config>`
	for member, want := range map[string]string{
		"c/m": "", "n": "", "m": `member "m" is in several clusters`, "x": `no member is named "x"`,
		"d/m": `cluster d has no GetDWLMTable="true"`,
	} {
		files := diag.NewFiles()
		tb, _ := table(t, files, []byte(xml))
		s := read(t, files, []byte(
			"config: x\ntests:\n  - {name: a, partition: {p: "+member+"}, requests: [{url: "+
				"'http://h/', expect: declined}]}"))
		_, reports := s.Run(files, tb, Options{})
		if (len(reports) > 0) != (want != "") ||
			want != "" && !strings.Contains(files.Line(reports[0]), "suite.yaml:3:30: error: "+want) {
			t.Errorf("%s: %v, want %q", member, reports, want)
		}
	}
}

// TestRead lists reports by where they stand and what they say.
func TestRead(t *testing.T) {
	const head = "config: plugin-cfg.xml\ntests:\n"
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "suite.yaml:1:1: error: "},
		{"no tests", "config: x\n", `needs "tests"`},
		{"level", "pluginLevel: \"4\"\n" + head + "  - {name: a, requests: [{url: 'http://h/', expect: declined}]}",
			"suite.yaml:1:15: error: plug-in level"},
		{"assume", "assume: {score-ties: last}\n" + head +
			"  - {name: a, requests: [{url: 'http://h/', expect: declined}]}",
			`suite.yaml:1:10: error: no open choice is named "score-ties" (did you mean "score-tie"?)`},
		{"url", head + "  - {name: a, requests: [{url: /x, expect: declined}]}",
			`suite.yaml:3:32: error: URL "/x": want http://HOST`},
		{"same name", head +
			"  - {name: a, requests: [{url: 'http://h/', expect: declined}]}\n  - {name: a, requests: " +
			"[{url: 'http://h/', expect: declined}]}", `suite.yaml:4:12: error: a test named "a" stands above`},
		{"no fact", head + "  - {name: a, facts: [{member: m}], requests: [{url: 'http://h/', expect: declined}]}",
			"suite.yaml:3:23: error: this fact says nothing"},
		{"time", head +
			"  - {name: a, facts: [{member: m, down: 503, from: 3s, to: 2s}], requests: [{url: 'http://h/', " +
			"expect: declined}]}", "to is not after from"},
		{"host", head + "  - {name: a, requests: [{url: 'http://h/', headers: {Host: 'h:x'}, expect: declined}]}",
			`suite.yaml:3:62: error: Host "h:x": port "x", want 1 to 65535`},
		{"negative time", head + "  - {name: a, requests: [{url: 'http://h/', at: -1s, expect: declined}]}",
			"suite.yaml:3:49: error: "},
	} {
		t.Run(c.name, func(t *testing.T) {
			files := diag.NewFiles()
			s, reports := Read(files, files.Add("suite.yaml", []byte(c.text)))
			if s != nil || len(reports) == 0 {
				t.Fatal("it must be refused")
			}
			var lines []string
			for _, f := range reports {
				lines = append(lines, files.Line(f))
			}
			if got := strings.Join(lines, "\n"); !strings.Contains(got, c.want) {
				t.Errorf("got\n%s\nwant %s", got, c.want)
			}
		})
	}
}

// TestDurations: a bare number counts seconds.
func TestDurations(t *testing.T) {
	files := diag.NewFiles()
	text := "config: x\ntests:\n  - name: a\n    requests:\n"
	want := map[string]match.Nanos{"1": 1e9, "0.5": 5e8, "500ms": 5e8, "2m": 12e10, "1h": 36e11}
	var order []string
	for at := range want {
		order = append(order, at)
		text += fmt.Sprintf("      - {url: 'http://h/', at: %s, expect: declined}\n", at)
	}
	for i, q := range read(t, files, []byte(text)).Tests[0].Requests {
		if q.Timed.At != want[order[i]] {
			t.Errorf("%s is %d ns", order[i], q.Timed.At)
		}
	}
}

func FuzzRead(f *testing.F) {
	example, err := os.ReadFile("../../testdata/figure-5-12/suite.yaml")
	if err != nil {
		f.Fatal(err)
	}
	f.Add(example)
	src, err := os.ReadFile("../../testdata/figure-5-12/plugin-cfg.xml")
	if err != nil {
		f.Fatal(err)
	}
	files := diag.NewFiles()
	tb, _ := table(f, files, src)
	f.Fuzz(func(t *testing.T, text []byte) {
		files := diag.NewFiles()
		s, reports := Read(files, files.Add("suite.yaml", text))
		if s == nil && len(reports) == 0 {
			t.Fatal("refused without a reason")
		}
		if s == nil || len(s.Tests) > 20 {
			return
		}
		s.Run(files, tb, Options{})
	})
}

// twoOfOneName has a member m1 in each of two clusters, and those of C in another order than that of their names.
const twoOfOneName = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="m2" CloneID="c2"><Transport Hostname="h2" Port="1"/></Server>
<Server Name="m1" CloneID="c1"><Transport Hostname="h1" Port="1"/></Server></ServerCluster>
<ServerCluster Name="D"><Server Name="m1" CloneID="d1"><Transport Hostname="h3" Port="1"/></Server></ServerCluster>
<UriGroup Name="c"><Uri Name="/c/*"/></UriGroup><UriGroup Name="d"><Uri Name="/d/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="c" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="d" VirtualHostGroup="v"/>
</Config>`

// TestMembersOfClusters: CLUSTER/MEMBER in an expectation is that member, and none of its name elsewhere.
func TestMembersOfClusters(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		expect string
		failed string // fields
	}{
		{"m2", ""}, {"C/m2", ""}, {"D/m1", "answer"}, {"C/m1", "answer"},
		{"{member: m2, attempts: [m1, m2], marked: [m1]}", ""},
		{"{member: C/m2, attempts: [C/m1, m2], marked: [C/m1]}", ""},
		{"{member: D/m1}", "member"}, {"{attempts: [D/m1, m2]}", "attempts"}, {"{marked: [D/m1]}", "marked"},
		{"{member: [C/m2, m1]}", "member"},
	} {
		text := "config: x\ntests:\n  - name: t\n    facts:\n      - {member: C/m1, down: refused}\n    requests:\n" +
			"      - {url: http://h/c/x, cookies: {JSESSIONID: '0000a:c1'}, expect: " + c.expect + "}\n"
		files := diag.NewFiles()
		tb, _ := table(t, files, []byte(twoOfOneName))
		results, reports := read(t, files, []byte(text)).Run(files, tb, Options{})
		if len(reports) > 0 {
			t.Fatalf("%s: %s", c.expect, files.Line(reports[0]))
		}
		var failed []string
		for _, f := range results[0].Requests[0].Failures {
			failed = append(failed, f.Field)
		}
		if got := strings.Join(failed, " "); got != c.failed {
			t.Errorf("%s: %q fail, want %q: %+v", c.expect, got, c.failed, results[0].Requests[0].Failures)
		}
	}
}
