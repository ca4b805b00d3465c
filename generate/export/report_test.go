package export_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

// report is what three losses of one file are told as.
func report() *export.Report {
	files := diag.NewFiles()
	id := files.Add("plugin-cfg.xml", []byte(strings.Repeat("<x/>\n", 9)))
	var many []diag.Span
	for i := range int32(7) {
		many = append(many, diag.Span{File: id, Start: 5 * i, End: 5*i + 4})
	}
	losses := []export.Loss{
		{Concept: "esi", Title: "ESI", Verdict: export.Loses("nothing is cached", "cache | elsewhere"),
			Spans:    many[:1],
			Concerns: true},
		{Concept: "wsfo", Title: "$WSFO", Verdict: export.Loses("not sent", ""), Concerns: true},
		{Concept: "weights", Title: "weights", Verdict: export.Nearly("in another order"), Spans: many,
			Concerns: true},
		{Concept: "separator", Title: "separator : or +", Verdict: export.Nearly("nobody asks for it")},
		{Concept: "uris", Title: "/x/*", Verdict: export.Keeps("maps"), Concerns: true},
	}
	return export.NewReport(files, "plugin-cfg.xml", "nginx", export.Version{Major: 1, Minor: 30},
		[]export.File{{Name: "nginx.conf"}}, []string{"vhost-score"}, losses)
}

// TestReportText: people read on a terminal what is not exact and concerns the file, the worst first, with a few
// places.
func TestReportText(t *testing.T) {
	const want = `X  ESI: nothing is cached. Instead: cache | elsewhere
   asked for at plugin-cfg.xml:1:1
X  $WSFO: not sent
A  weights: in another order
   asked for at ` + `plugin-cfg.xml:1:1, plugin-cfg.xml:2:1, plugin-cfg.xml:3:1, plugin-cfg.xml:4:1, ` +
		`plugin-cfg.xml:5:1, and 2 more
The order of routes hangs on open choices: vhost-score
`
	if d := cmp.Diff(want, string(report().Text())); d != "" {
		t.Error(d)
	}
	if n := report().Lost(); n != 1 {
		t.Errorf("%d are lost, want 1: what every file loses is none", n)
	}
}

// TestReportMarkdown: all concepts are told, and no text of them is markup.
func TestReportMarkdown(t *testing.T) {
	got := string(report().Markdown())
	for _, want := range []string{"# What `wasplug export --to nginx --target-version 1.30` keeps of plugin-cfg.xml\n",
		"## Not kept (X)\n\n| concept | what happens | places |\n|---|---|---|\n" +
			"| ESI | nothing is cached. Instead: cache \\| elsewhere | plugin-cfg.xml:1:1 |\n",
		"## Approximate (A)", "| separator : or + | nobody asks for it |  |\n", `| /x/\* | maps |  |`,
		"## Open choices that the order of routes hangs on (WP603)\n\n- `vhost-score`\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("no %q in\n%s", want, got)
		}
	}
}

// TestReportJSON: nothing in it is null.
func TestReportJSON(t *testing.T) {
	empty := export.NewReport(diag.NewFiles(), "-", "envoy", export.Version{}, nil, nil, nil)
	got, err := empty.JSON()
	const want = `{
  "version": 1,
  "target": "envoy",
  "targetVersion": "",
  "source": "-",
  "files": [],
  "openChoices": [],
  "losses": []
}
`
	if d := cmp.Diff(want, string(got)); d != "" || err != nil {
		t.Error(err, d)
	}
}

// TestHeader: it tells what concerns the file, and nothing in it ends the comment.
func TestHeader(t *testing.T) {
	p, err := plan(t, sharedtest.ClusterXML("", "", sharedtest.Server("m", "")))
	if err != nil {
		t.Fatal(err)
	}
	p.Name, p.OpenChoices = "some/folder/plugin\ncfg.xml", []string{"score-tie", "vhost-score"}
	got := p.Header("#", "nginx", []export.Loss{
		{Title: "weights", Verdict: export.Nearly("in another\u2028order"), Concerns: true},
		{Title: "ESI", Verdict: export.Loses("nothing is cached", ""), Concerns: true},
		{Title: "asked for by nobody", Verdict: export.Loses("x", "")}})
	const want = `# Made by wasplug export from plugin cfg.xml, for nginx. LOSSES.md tells each loss with its place.
# X ESI: nothing is cached
# A weights: in another order
# Open choices that the order of routes hangs on (WP603): score-tie, vhost-score
`
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestComment: a comment ends where its line does, and not behind a backslash.
func TestComment(t *testing.T) {
	for text, want := range map[string]string{"a": "a", "a\r\nb\tc\x7f\u0085": "a  b c  ", `a\`: `a\ .`, `a\b`: `a\b`,
		"é": "é"} {
		if got := export.Comment(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestExpressions: the expression of each kind of pair takes what the pair takes, to be matched whole.
func TestExpressions(t *testing.T) {
	xml := strings.NewReplacer(`<Uri Name="/*"/>`, `<Uri Name="/a.b"/><Uri Name="/c/*"/><Uri Name="/d/*.jsp"/>`,
		`<VirtualHost Name="*:443"/>`, `<VirtualHost Name="H.example.com:*"/>`).
		Replace(sharedtest.ClusterXML("", "", sharedtest.Server("m", "")))
	p, err := plan(t, xml)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for i := range p.Entries {
		got = append(got, export.PlaceRegex(&p.Entries[i], "ANY", "PORT")+" "+export.PathRegex(&p.Entries[i]))
	}
	want := []string{`h\.example\.com:PORT /d/.*\.jsp`, `h\.example\.com:PORT /a\.b`, `h\.example\.com:PORT /c/.*`,
		`h\.example\.com:PORT /c`, `ANY:80 /d/.*\.jsp`, `ANY:80 /a\.b`, `ANY:80 /c/.*`, `ANY:80 /c`}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// TestLongest: targets have one time for a cluster, the longest; one without end is longer than any.
func TestLongest(t *testing.T) {
	for name, c := range map[string]struct {
		members     []export.Member
		connect, io int
		marks       bool
	}{
		"the longest":    {[]export.Member{{Connect: 5, IOTimeout: 60}, {Connect: 7, IOTimeout: 30}}, 7, 60, false},
		"the first is 0": {[]export.Member{{Connect: 0, IOTimeout: 0}, {Connect: 7, IOTimeout: 30}}, 0, 0, false},
		"the last is 0":  {[]export.Member{{Connect: 5, IOTimeout: 60}, {Connect: 0, IOTimeout: 0}}, 0, 0, false},
		"one of two marks": {[]export.Member{{Connect: 1, IOTimeout: 1}, {Connect: 1, IOTimeout: 1, MarkOnIO: true}},
			1, 1, true},
	} {
		k := export.Cluster{Members: c.members}
		if connect, io, marks := k.Longest(); connect != c.connect || io != c.io || marks != c.marks {
			t.Errorf("%s: %d %d %t", name, connect, io, marks)
		}
	}
}

// TestIdents: names of clusters and members become words that every target takes, each of its own.
func TestIdents(t *testing.T) {
	long := strings.Repeat("n", 50)
	servers := sharedtest.Server("A_B", "") + sharedtest.Server("a b", "") + sharedtest.Server("a_b", "") +
		sharedtest.Server("é", "") + sharedtest.Server(long, "") + sharedtest.Server("", "") +
		sharedtest.Server("A_b", "")
	p, err := plan(t, onOneHost(servers))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range p.Clusters[0].Members {
		got = append(got, m.Ident)
	}
	want := []string{"A_B", "a_b_2", "a_b_3", "_", long[:40], "__2", "A_b_4"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// onOneHost is a configuration whose members, of whatever names, have one host: their names make hosts that are none.
func onOneHost(servers string) string {
	host := regexp.MustCompile(`Hostname="[^"]*"`)
	return sharedtest.ClusterXML("", "", host.ReplaceAllString(servers, `Hostname="h"`))
}

// TestWays: a member without a Transport for requests of a scheme is no way for them (R64).
func TestWays(t *testing.T) {
	c := export.Cluster{Members: []export.Member{{Name: "plain", Plain: &match.Transport{Host: "a"}},
		{Name: "both", Plain: &match.Transport{Host: "b"}, TLS: &match.Transport{Host: "c", HTTPS: true}},
		{Name: "none"}}}
	for tls, want := range map[bool]string{false: "plain a both b ", true: "both c "} {
		got := ""
		for _, w := range c.Ways(tls) {
			got += w.Member.Name + " " + w.To.Host + " "
		}
		if got != want {
			t.Errorf("%t: %q, want %q", tls, got, want)
		}
	}
}

// TestWritable: paths that a target would read as variables or directives are refused.
func TestWritable(t *testing.T) {
	for path, want := range map[string]bool{"/a b/\"c\"": true, `C:\d`: true, "/é": true, "/a$b": false,
		"/a\nb":  false,
		"/a\x7f": false} {
		if err := export.Writable(path); (err == nil) != want {
			t.Errorf("%q: %v", path, err)
		}
	}
}
