package generate

import (
	"bytes"
	"fmt"
	"os"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/generate/diff"
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

func TestMain(m *testing.M) {
	sharedtest.FewDraws("25")
	os.Exit(m.Run())
}

// drawTopology draws a sound topology: a few clusters, hosts and applications.
func drawTopology(t *rapid.T) []byte {
	root := newMap().Put("flavor", yamldoc.NewText(rapid.SampledFrom([]string{"was", "liberty", "plain"}).Draw(t,
		"flavor")))
	root.Put("webServers", yamldoc.NewList(newMap().Put("pluginRoot", yamldoc.NewText("/opt/plugins"))))
	root.Put("session", newMap().Put("cloneSeparator", yamldoc.NewText(rapid.SampledFrom([]string{":", "+"}).Draw(t,
		"separator"))))
	hosts := newMap()
	for i := range rapid.IntRange(0, 4).Draw(t, "hosts") {
		aliases := yamldoc.NewList()
		for j := range rapid.IntRange(1, 4).Draw(t, "aliases") {
			aliases.Items = append(aliases.Items, yamldoc.NewText(fmt.Sprintf("h%d-%d.example.com:%d", i, j, 80+j)))
		}
		hosts.Put(fmt.Sprintf("vh%d", i), newMap().Put("aliases", aliases).Put("addWebServerPorts",
			yamldoc.NewPlain(rapid.SampledFrom([]string{"true", "false"}).Draw(t, "ports"))))
	}
	clusters, applications := newMap(), yamldoc.NewList()
	for i := range rapid.IntRange(1, 8).Draw(t, "clusters") {
		name := fmt.Sprintf("c%d", i)
		clusters.Put(name, drawCluster(t, i))
		for j := range rapid.IntRange(0, 4).Draw(t, "applications") {
			app := newMap().Put("name", yamldoc.NewText(fmt.Sprintf("a%d-%d", i, j))).Put("cluster",
				yamldoc.NewText(name))
			if len(hosts.Fields) > 0 && rapid.Bool().Draw(t, "own host") {
				app.Put("virtualHost", yamldoc.NewText(rapid.SampledFrom(hosts.Fields).Draw(t, "host").Name))
			}
			if rapid.Bool().Draw(t, "own cookie") {
				app.Put("session", newMap().Put("cookie", yamldoc.NewText(fmt.Sprintf("COOKIE%d", j))))
			}
			uris := yamldoc.NewList()
			for k := range rapid.SampledFrom([]int{1, 2, 5, 30}).Draw(t, "uris") {
				uris.Items = append(uris.Items, yamldoc.NewText(fmt.Sprintf("/%s/%d/%d%s", name, j, k,
					rapid.SampledFrom([]string{"", "/*"}).Draw(t, "kind"))))
			}
			applications.Items = append(applications.Items, app.Put("uris", uris))
		}
	}
	return yamldoc.Print(root.Put("virtualHosts", hosts).Put("clusters", clusters).Put("applications", applications))
}

func drawCluster(t *rapid.T, i int) *yamldoc.Node {
	c := newMap()
	if rapid.Bool().Draw(t, "keys") {
		c.Put("retryInterval", yamldoc.NewPlain("7")).Put("loadBalance", yamldoc.NewText("Random"))
	}
	if rapid.Bool().Draw(t, "overrides") {
		c.Put("overrides", newMap().Put("PostBufferSize", yamldoc.NewPlain("")).Put("Odd",
			yamldoc.NewText(rapid.StringMatching(`[ -~é<&"']{0,8}`).Draw(t, "odd"))))
	}
	members := yamldoc.NewList()
	for j := range rapid.SampledFrom([]int{1, 2, 3, 20}).Draw(t, "members") {
		m := newMap().Put("name", yamldoc.NewText(fmt.Sprintf("m%d", j))).Put("host",
			yamldoc.NewText(fmt.Sprintf("10.0.%d.%d", i, j)))
		m.Put("http", yamldoc.NewPlain("9080")).Put("cloneId", yamldoc.NewText(fmt.Sprintf("%de%d", i, j)))
		if rapid.Bool().Draw(t, "https") {
			m.Put("https", yamldoc.NewPlain("9443"))
		}
		if j > 0 {
			m.Put("role", yamldoc.NewText(rapid.SampledFrom([]string{"primary", "backup", "none"}).Draw(t, "role")))
		}
		if rapid.Bool().Draw(t, "weight") {
			m.Put("weight", yamldoc.NewPlain(fmt.Sprint(rapid.IntRange(1, 65535).Draw(t, "weight value"))))
		}
		members.Items = append(members.Items, m)
	}
	return c.Put("members", members)
}

// TestRoundTripOfGeneratedTopologies: a topology gives the same bytes twice, XML that parses without a word, and,
// imported and generated anew, the same meaning.
func TestRoundTripOfGeneratedTopologies(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		roundTrip(t, rt, drawTopology(rt))
	})
	members, uris := 50, 500
	if sharedtest.Long() {
		members, uris = 500, 5000
	}
	roundTrip(t, t, large(members, uris))
}

func roundTrip(t *testing.T, rt rapid.TB, src []byte) {
	outputs, reports := compile(t, "t.yaml", src)
	if strings.Contains(reports, "error:") {
		rt.Fatalf("%s\n%s", reports, src)
	}
	again, _ := compile(t, "t.yaml", src)
	first := xml(t, outputs[0])
	if !bytes.Equal(first, xml(t, again[0])) {
		rt.Fatal("two runs, two outputs")
	}
	cfg, files, ds := parse(first)
	for _, d := range ds {
		rt.Fatal(files.Line(d))
	}
	if changes := diff.Attributes(outputs[0].Config, cfg); len(changes) > 0 {
		rt.Fatalf("what is compiled and what is written differ: %v", changes)
	}
	yaml, unsaid := Import(cfg, nil)
	for _, d := range unsaid {
		rt.Fatal(files.Line(d))
	}
	back, reports := compile(t, "back.yaml", yaml)
	if strings.Contains(reports, "error:") {
		rt.Fatalf("%s\n%s", reports, yaml)
	}
	if changes := diff.Attributes(cfg, back[0].Config); len(changes) > 0 {
		rt.Fatalf("import changed %v\n%s", changes, yaml)
	}
}

// FuzzImport: whatever XML comes, an import ends in YAML that compiles, or in a diagnostic; never in a panic.
func FuzzImport(f *testing.F) {
	for _, s := range []string{"<Config/>", "<Config><Route/></Config>", "<ServerCluster/>",
		"<Config><ServerCluster><Server/><PrimaryServers/></ServerCluster><UriGroup><Uri/></UriGroup></Config>",
		`<Config><VirtualHostGroup Name="h"/><ServerCluster Name="&#9;"><Server Name="a"><Transport ` +
			`Port="1"/></Server></ServerCluster><Route ServerCluster="&#9;" VirtualHostGroup="h"/></Config>`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		cfg, files, reports := parse(src)
		yaml, ds := Import(cfg, nil)
		for _, d := range ds {
			_ = files.Line(d)
		}
		if yaml == nil && len(ds) == 0 {
			t.Fatal("neither a topology nor a reason")
		}
		if top, _, more := reread(yaml); yaml != nil && top == nil && diag.Worst(reports) < diag.Error {
			t.Fatalf("%v\n%s", more, yaml)
		}
	})
}

// FuzzCompile: whatever topology comes, it ends in XML that parses, or in diagnostics with places.
func FuzzCompile(f *testing.F) {
	f.Add([]byte("clusters: {c: {members: [{host: a, http: 1}]}}\napplications: [{cluster: c, contextRoot: /x}]"))
	f.Add([]byte("clusters:\napplications: [{cluster: null, uris: null, virtualHost: null}]\nallow: [WP201]\n" +
		"webServers: [{name: \"\\x01\", elements: [{element: a b}]}]"))
	f.Fuzz(func(t *testing.T, src []byte) {
		files := diag.NewFiles()
		top, ds := Read(files, files.Add("t.yaml", src))
		if top == nil {
			if len(ds) == 0 {
				t.Fatal("neither a topology nor a reason")
			}
			return
		}
		outputs, ds := top.Compile(Options{})
		for _, d := range ds {
			_ = files.Line(d)
		}
		if diag.Worst(ds) == diag.Error {
			return
		}
		for _, o := range outputs {
			out := xml(t, o)
			cfg, reports := parser.Parse(0, out)
			if diag.Worst(reports) == diag.Error {
				t.Fatalf("%v\n%q", reports, out)
			}
			if changes := diff.Attributes(o.Config, cfg); len(changes) > 0 {
				t.Fatalf("%v\n%q", changes, out)
			}
		}
	})
}

// large is a topology of that many members and URIs.
func large(members, uris int) []byte {
	var b strings.Builder
	b.WriteString("version: 1\nflavor: was\nclusters:\n")
	clusters := members / 10
	for i := range clusters {
		fmt.Fprintf(&b, "  cluster%d:\n    retryInterval: 60\n    members:\n", i)
		for j := range 10 {
			fmt.Fprintf(&b, "      - {name: member%d, node: node%d, host: host%d.example.com, http: 9080, https: "+
				"9443, cloneId: c%dm%d, weight: 2}\n", j, j, i*10+j, i, j)
		}
	}
	b.WriteString("applications:\n")
	for i := range uris / 10 {
		fmt.Fprintf(&b, "  - name: application%d\n    cluster: cluster%d\n    uris:\n", i, i%clusters)
		for j := range 10 {
			fmt.Fprintf(&b, "      - /application%d/part%d/*\n", i, j)
		}
	}
	return []byte(b.String())
}

// BenchmarkGenerate compares the way from a topology of 2,000 members and 20,000 URIs to XML with the time that
// yaml.v3 alone needs to read it; the ratio must stay below 4.
func BenchmarkGenerate(b *testing.B) {
	src := large(2000, 20000)
	b.Run("yaml", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			var v any
			if err := yaml.Unmarshal(src, &v); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("generate", func(b *testing.B) {
		b.SetBytes(int64(len(src)))
		for b.Loop() {
			outputs, reports := compile(b, "t.yaml", src)
			if reports != "" {
				b.Fatal(reports)
			}
			xml(b, outputs[0])
		}
	})
}
