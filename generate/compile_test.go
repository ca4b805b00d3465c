package generate

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
	"github.com/wasplug/wasplug/routecheck/session"
	"github.com/wasplug/wasplug/schemas"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

const figure = "../testdata/figure-5-12"

// compile reads and compiles a topology and returns its files and its diagnostics as lines.
func compile(t testing.TB, name string, src []byte) ([]Output, string) {
	t.Helper()
	files := diag.NewFiles()
	top, ds := Read(files, files.Add(name, src))
	var outputs []Output
	if top != nil {
		var more []diag.Diagnostic
		outputs, more = top.Compile(Options{})
		ds = append(ds, more...)
	}
	return outputs, sharedtest.Lines(files, ds)
}

func xml(t testing.TB, o Output) []byte {
	t.Helper()
	b, err := o.XML()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestFigure(t *testing.T) {
	src, err := os.ReadFile(filepath.Join(figure, "topology.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	outputs, reports := compile(t, "topology.yaml", src)
	if reports != "" {
		t.Fatal(reports)
	}
	golden.Check(t, filepath.Join(figure, "plugin-cfg.xml"), xml(t, outputs[0]))
}

func TestGolden(t *testing.T) {
	inputs, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(inputs) == 0 {
		t.Fatal("no inputs", err)
	}
	for _, in := range inputs {
		t.Run(filepath.Base(in), func(t *testing.T) {
			src, err := os.ReadFile(in)
			if err != nil {
				t.Fatal(err)
			}
			outputs, reports := compile(t, filepath.Base(in), src)
			var b bytes.Buffer
			b.WriteString(reports)
			for _, o := range outputs {
				b.WriteString("== " + o.WebServer + "\n")
				b.Write(xml(t, o))
			}
			golden.Check(t, strings.TrimSuffix(in, ".yaml")+".golden", b.Bytes())
		})
	}
}

// TestCompiledFilesAreSound: what the generator writes, the parser reads without a word, and as the same values.
func TestCompiledFilesAreSound(t *testing.T) {
	src, err := os.ReadFile("testdata/shop.yaml")
	if err != nil {
		t.Fatal(err)
	}
	outputs, _ := compile(t, "shop.yaml", src)
	for _, o := range outputs {
		first := xml(t, o)
		files := diag.NewFiles()
		cfg, ds := parser.Parse(files.Add("x.xml", first), first)
		for _, d := range ds {
			t.Error(files.Line(d))
		}
		var second bytes.Buffer
		if err := parser.Write(&second, cfg.Doc); err != nil {
			t.Fatal(err)
		}
		if d := cmp.Diff(string(first), second.String()); d != "" {
			t.Errorf("%s: written twice:\n%s", o.WebServer, d)
		}
	}
}

func TestMinimalTopology(t *testing.T) {
	outputs, reports := compile(t, "t.yaml", []byte(`
clusters: {c: {members: [{host: a.example.com, http: 9080}]}}
applications: [{cluster: c, contextRoot: /shop}]
`))
	if reports != "" || len(outputs) != 1 {
		t.Fatalf("%d files, %s", len(outputs), reports)
	}
	c := outputs[0].Config
	if len(c.Routes) != 1 || c.UriGroups[0].Uris[0].Name.V != "/shop/*" ||
		c.Clusters[0].Servers[0].Name.V != "a.example.com" {
		t.Errorf("got\n%s", xml(t, outputs[0]))
	}
}

func TestCompileRules(t *testing.T) {
	head := "clusters:\n  c: {members: [{name: m1, host: a, http: 1, cloneId: x}, {name: m2, host: b, http: 1, " +
		"cloneId: y}]}\n"
	for name, c := range map[string]struct{ src, want string }{
		"clone IDs missing": {
			"clusters: {c: {members: [{name: a, host: a, http: 1}, {name: b, host: b, http: 1}]}}",
			`t.yaml:1:12: warning: no server of cluster "c" has a CloneID; affinity is off, and sessions held in ` +
				`memory are lost at random (R25); write cloneId, or affinity: false under session where sessions ` +
				`need not come back [WP303 clone-id-missing]`},
		"one clone ID missing": {
			"clusters: {c: {members: [{name: a, host: a, http: 1, cloneId: x}, {name: b, host: b, http: 1}]}}",
			`t.yaml:1:74: error: server "b" has no CloneID while 1 of 2 servers of cluster "c" have one; its ` +
				`sessions are balanced away and lost at random (R25); write cloneId, or affinity: false under ` +
				`session where sessions need not come back [WP303 clone-id-missing]`},
		"one clone ID missing, allowed": {
			"allow: [WP303]\nclusters: {c: {members: [{name: a, host: a, http: 1, cloneId: x}, {name: b, host: b, " +
				"http: 1}]}}",
			`t.yaml:2:74: warning: server "b" has no CloneID while 1 of 2 servers of cluster "c" have one; its ` +
				`sessions are balanced away and lost at random (R25); write cloneId, or affinity: false under ` +
				`session where sessions need not come back [WP303 clone-id-missing]`},
		"one clone ID missing, no affinity wanted": {
			"clusters: {c: {session: {affinity: false}, members: [{name: a, host: a, http: 1, cloneId: x}, {name: " +
				"b, host: b, http: 1}]}}", ""},
		"no affinity wanted": {"session: {affinity: false}\nclusters: {c: {members: [{name: a, host: a, http: 1}, " +
			"{name: b, host: b, http: 1}]}}", ""},
		"clone ID twice": {
			"clusters: {c: {members: [{name: a, host: a, http: 1, cloneId: x}, {name: b, host: b, http: 1, cloneId: " +
				"x}]}}",
			`t.yaml:1:104: error: CloneID "x" of server "b" is already used by server "a" on line 1; sessions of ` +
				`one reach the other [WP301 clone-id-collision]`},
		"two clusters for one URI": {
			"clusters:\n  c: {members: [{host: a, http: 1}]}\n  d: {members: [{host: b, http: 1}]}\napplications:\n" +
				"  - {name: one, cluster: c, contextRoot: /x}\n  - {name: two, cluster: d, uris: [/x/*]}",
			`t.yaml:6:36: error: URI "/x/*" of application "two" also goes to cluster "c" by application "one"; one ` +
				`application gets the other's requests [WP601 alias-and-uri-to-two-clusters]`},
		"two cookies for one URI": {
			head + "applications: [{name: one, cluster: c, contextRoot: /x}, {name: two, cluster: c, contextRoot: " +
				"x, session: {cookie: y}}]",
			`t.yaml:3:95: warning: URI "/x/*" of application "two" has another affinity cookie or identifier than ` +
				`in application "one"; which of the two counts is documented nowhere, and sessions of the other are ` +
				`not found [WP306 affinity-cookie-differs-on-overlap]`},
		"one URI of two applications": {
			head + "applications: [{name: one, cluster: c, contextRoot: /x}, {name: two, cluster: c, uris: [/y, " +
				"/x/*, /y]}]",
			`t.yaml:3:93: warning: URI "/x/*" of application "two" is also listed by application "one", for the same cluster; once is enough [WP604 redundant-uri]
t.yaml:3:99: info: URI "/y" is listed twice by application "two"; once is enough [WP604 redundant-uri]`},
		"clone ID in two clusters of one cookie": {
			"clusters: {c: {members: [{host: a, http: 1, cloneId: x}]}, d: {members: [{host: b, http: 1, cloneId: " +
				"x}]}}\n" +
				"applications: [{cluster: c, uris: [/c]}, {cluster: d, uris: [/d]}]",
			`t.yaml:1:102: error: CloneID "x" of server "b" is already used by server "a" of cluster "c" on line 1, ` +
				`at another address; both clusters get one cookie of the browser, and a session that says it ` +
				`belongs here is looked for there [WP302 clone-id-reused-across-clusters]`},
		"clone ID in two clusters of two cookies": {
			"clusters: {c: {members: [{host: a, http: 1, cloneId: x}]}, d: {members: [{host: b, http: 1, cloneId: " +
				"x}]}}\n" +
				"applications: [{cluster: c, uris: [/c]}, {cluster: d, uris: [/d], session: {cookie: D}}]",
			`t.yaml:1:102: warning: CloneID "x" of server "b" is already used by server "a" of cluster "c" on line ` +
				`1, at another address; no alias shares their cookie today, one new Route can change that [WP302 ` +
				`clone-id-reused-across-clusters]`},
		"catch-all": {
			head + "applications: [{cluster: c, contextRoot: /}]",
			`t.yaml:3:42: warning: context root "/" becomes the URI /*, which takes static files and every other ` +
				`path from the web server [WP606 uri-catch-all]`},
		"nothing to reach": {
			"clusters: {c: {members: [{name: a, host: a}]}}\napplications: [{name: x, cluster: c}, {uris: [/a]}]",
			`t.yaml:1:33: error: server "a" has no Transport; it cannot be reached, requests that choose it fail [WP108 missing-required]
t.yaml:2:16: error: UriGroup "default_host_c_URIs" has no Uri; its Routes match no request [WP108 missing-required]
t.yaml:2:16: error: application "x" has neither a contextRoot nor uris, so no request can reach it
t.yaml:2:39: error: Route names no ServerCluster; the plug-in rejects the whole file: no routing at start, the old routing after a reload (documented for VirtualHostGroup, assumed here) [WP201 route-to-missing-group]
t.yaml:2:39: error: application "" names no cluster`},
		"no XML": {
			head + "webServers: [{config: {a b: x}, properties: {x: \"\\x01\"}, elements: [{element: 1a}]}]",
			`t.yaml:3:24: error: "a b" cannot be the name of an attribute: letters, digits, "-", "_" and "." only, a letter or "_" first
t.yaml:3:50: error: the value of Value holds the character U+0001, which cannot stand in XML
t.yaml:3:69: error: "1a" cannot be the name of an element: letters, digits, "-", "_" and "." only, a letter or "_" first
t.yaml:3:69: warning: element <1a> is unknown; it is believed to be ignored, its settings have no effect [WP103 unknown-element]`},
		"misspelt attributes": {
			"clusters: {c: {overrides: {RetryIntervall: 5}, members: [{name: a, host: a, http: 1, overrides: " +
				"{ConnectTimeout: soon}}]}}",
			`t.yaml:1:28: warning: attribute "RetryIntervall" of <ServerCluster> is unknown (did you mean "RetryInterval"?); it is believed to be ignored, the value has no effect [WP104 unknown-attribute]
t.yaml:1:114: error: ConnectTimeout "soon" of Server "a" is not a whole number; whether the plug-in takes the default, refuses the file or reads a part of it is undocumented [WP110 bad-number]`},
		"served by nobody": {
			head + "webServers: [{name: w, serves: [shpo]}, {name: w}]\napplications: [{name: shop, cluster: c, " +
				"contextRoot: /x}]",
			`t.yaml:3:33: error: web server "w" serves "shpo", which no application is called (did you mean "shop"?)
t.yaml:3:41: error: a second web server is called "w"`},
	} {
		t.Run(name, func(t *testing.T) {
			_, reports := compile(t, "t.yaml", []byte(c.src))
			if d := cmp.Diff(c.want, strings.TrimSuffix(reports, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}

// TestOneUriOnce: what several applications of a virtual host and a cluster ask for stands in the file once, in the
// first of their groups; a group that another Route uses stays whole.
func TestOneUriOnce(t *testing.T) {
	head := "virtualHosts: {default_host: {}, other: {aliases: [\"o:80\"]}}\nclusters: {c: {members: [{host: a, " +
		"http: 1}]}}\napplications:\n"
	for name, c := range map[string]struct{ apps, want string }{
		"one group": {"- {cluster: c, contextRoot: /x}\n- {cluster: c, uris: [/y, /x/*]}", "/x/* /y"},
		"two groups": {"- {cluster: c, contextRoot: /x}\n- {cluster: c, uriGroup: g, uris: [/y, /x/*]}",
			"/x/* | /y"},
		"nothing left": {"- {cluster: c, contextRoot: /x}\n- {cluster: c, uriGroup: g, contextRoot: /x}", "/x/*"},
		"a shared group": {"- {cluster: c, contextRoot: /x}\n- {cluster: c, uriGroup: g, uris: [/y, /x/*]}\n" +
			"- {cluster: c, virtualHost: other, uriGroup: g, uris: [/y, /x/*]}", "/x/* | /y /x/* | /y /x/*"},
		"two hosts": {"- {cluster: c, contextRoot: /x}\n- {cluster: c, virtualHost: other, contextRoot: /x}",
			"/x/* | /x/*"},
		"two cookies": {"- {cluster: c, contextRoot: /x}\n- {cluster: c, contextRoot: /x, session: {cookie: D}}",
			"/x/* /x/*"},
		"an empty list":    {"- {cluster: c, uris: []}", ""},
		"the same by rule": {"- {cluster: c, contextRoot: x/}\n- {cluster: c, contextRoot: /x}", "/x/*"},
	} {
		outputs, _ := compile(t, "t.yaml", []byte(head+c.apps))
		names := resolve.New(outputs[0].Config)
		var groups []string
		for _, r := range outputs[0].Config.Routes {
			var uris []string
			_, g, _ := names.RouteParts(r)
			for _, u := range g.Uris {
				uris = append(uris, u.Name.V)
			}
			groups = append(groups, strings.Join(uris, " "))
		}
		if got := strings.Join(groups, " | "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// TestExamplesOfTheSchema: what the schema shows as an example is a topology without error.
func TestExamplesOfTheSchema(t *testing.T) {
	src, err := schemas.Source("topology")
	if err != nil {
		t.Fatal(err)
	}
	files := diag.NewFiles()
	root, _ := yamldoc.Load(files, files.Add("schema.json", src))
	for _, example := range root.Get("examples").Items {
		if outputs, reports := compile(t, "example.yaml", yamldoc.Print(example)); reports != "" || len(outputs) != 1 {
			t.Errorf("%s\n%s", reports, yamldoc.Print(example))
		}
	}
}

func TestSessionFacts(t *testing.T) {
	files := diag.NewFiles()
	src := "session: {persistence: memory-to-memory, replicas: 1}\nclusters:\n  c: {session: {tuningLevel: very " +
		"high}, members: [{host: a, http: 1}]}\n  d: {session: {persistence: none, writeFrequency: manual update}}"
	top, ds := Read(files, files.Add("t.yaml", []byte(src)))
	if len(ds) > 0 {
		t.Fatal(files.Line(ds[0]))
	}
	c, d := top.SessionPolicy("c"), top.SessionPolicy("d")
	if c.Persistence != session.MemoryToMemory || c.Replicas != 1 || c.Frequency != session.TimeBased ||
		c.Interval != 300 || c.Contents != session.OnlyUpdated {
		t.Errorf("cluster c: %+v", c)
	}
	if d.Persistence != session.None || d.Frequency != session.Manual {
		t.Errorf("cluster d: %+v", d)
	}
	if outputs, _ := top.Build(Options{}); !outputs[0].Config.Clusters[0].GetDWLMTable.V ||
		outputs[0].Config.Clusters[1].GetDWLMTable.V {
		t.Error("GetDWLMTable does not follow the persistence")
	}
}

func TestOrigin(t *testing.T) {
	src := []byte("clusters:\n  c:\n    members:\n      - {name: m, host: h, http: 9080, cloneId: x}\n")
	outputs, _ := compile(t, "t.yaml", src)
	for n, line := range strings.Split(strings.TrimRight(string(xml(t, outputs[0])), "\n"), "\n") {
		origin, err := outputs[0].Origin(n + 1)
		if n == 0 {
			if err == nil {
				t.Error("the declaration has an origin")
			}
			continue
		}
		if err != nil || !strings.HasPrefix(strings.TrimSpace(line),
			strings.TrimSuffix(strings.TrimSuffix(origin.Text, "/>"), ">")) {
			t.Errorf("line %d %q: %q, %v", n+1, line, origin.Text, err)
		}
		if strings.Contains(line, "<Transport") && (origin.Span.Start != 61 || len(origin.Attrs) != 3 ||
			origin.Attrs[0].FlavorDefault) {
			t.Errorf("%+v", origin)
		}
	}
}
