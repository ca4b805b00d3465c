package merge

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

func TestMain(m *testing.M) {
	sharedtest.FewDraws("40")
	m.Run()
}

// inputs parses files; their names are in1.xml, in2.xml and so on.
func inputs(files *diag.Files, sources ...[]byte) []Input {
	var all []Input
	for i, src := range sources {
		name := fmt.Sprintf("in%d.xml", i+1)
		cfg, _ := parser.Parse(files.Add(name, src), src)
		all = append(all, Input{name, cfg})
	}
	return all
}

func reported(files *diag.Files, r *Result) string {
	return sharedtest.Lines(files, r.Conflicts)
}

func parse(src []byte) *parser.Config {
	cfg, _ := parser.Parse(0, src)
	return cfg
}

// triples are clone ID, alias and URI as the peer's own test computes them: from the names of each Route.
func triples(cfg *parser.Config) map[string]bool {
	all := map[string]bool{}
	names := resolve.New(cfg)
	for _, r := range cfg.Routes {
		h, g, c := names.RouteParts(r)
		if c == nil || h == nil || g == nil {
			continue
		}
		for _, s := range c.Servers {
			for _, a := range h.Aliases {
				for _, u := range g.Uris {
					all[s.CloneID.V+" "+a.Name.V+" "+u.Name.V] = true
				}
			}
		}
	}
	return all
}

func union(sets ...map[string]bool) map[string]bool {
	all := map[string]bool{}
	for _, s := range sets {
		for k := range s {
			all[k] = true
		}
	}
	return all
}

func equal(a, b map[string]bool) bool {
	return len(a) == len(b) && len(union(a, b)) == len(a)
}

// TestPeerCases holds the rule of the peer's own tests wherever its expected file is the true union.
func TestPeerCases(t *testing.T) {
	for _, dir := range []string{"ol-test1", "ol-test2", "ol-vhost", "ol-improperly-scoped-subset",
		"ol-paused-endpoint"} {
		t.Run(dir, func(t *testing.T) {
			files := diag.NewFiles()
			var sources [][]byte
			var unions []map[string]bool
			for _, path := range sharedtest.Files(t, "in*.xml", "corpus", "merge", dir) {
				src, err := os.ReadFile(path)
				if err != nil {
					t.Fatal(err)
				}
				sources = append(sources, src)
				unions = append(unions, triples(parse(src)))
			}
			r, err := Merge(files, inputs(files, sources...), Options{})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%s", reported(files, r))
			got := parse(r.XML)
			if want := union(unions...); !equal(triples(got), want) {
				t.Errorf("%d triples, the union has %d\n%s", len(triples(got)), len(want), r.XML)
			}
			path := filepath.Join(sharedtest.Dir(t, "corpus", "merge", dir), "expected.xml")
			src, err := os.ReadFile(path)
			if errors.Is(err, os.ErrNotExist) || dir == "ol-improperly-scoped-subset" {
				return // no file, or one with triples no input has
			}
			want := parse(src)
			if len(got.Routes) != len(want.Routes) || len(got.UriGroups) != len(want.UriGroups) ||
				len(got.Clusters) != len(want.Clusters) {
				t.Errorf("%d Routes, %d UriGroups, %d ServerClusters; the peer has %d, %d, %d\n%s", len(got.Routes),
					len(got.UriGroups), len(got.Clusters),
					len(want.Routes), len(want.UriGroups), len(want.Clusters), r.XML)
			}
			if !equal(triples(got), triples(want)) {
				t.Errorf("other triples than the peer's")
			}
		})
	}
}

// aboutOneFile finds what is told of a file that is merged alone, too.
var aboutOneFile = regexp.MustCompile("has a second Route here|uses what is left out|has no Route")

// TestSameInputsSameBytes: the same inputs give the same bytes, and one file alone keeps its endpoints and names.
func TestSameInputsSameBytes(t *testing.T) {
	for _, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		files := diag.NewFiles()
		cfg, ds := parser.Parse(files.Add("a.xml", src), src)
		if cfg.Node == nil || diag.Worst(ds) == diag.Error {
			continue
		}
		first, err := Merge(files, []Input{{"a.xml", cfg}}, Options{})
		if err != nil {
			t.Errorf("%s: %v", filepath.Base(path), err)
			continue
		}
		again, _ := Merge(files, []Input{{"a.xml", cfg}}, Options{})
		if !bytes.Equal(first.XML, again.XML) {
			t.Errorf("%s: two runs, two outputs", filepath.Base(path))
		}
		if cfg.IntelligentManagement != nil {
			continue
		}
		twice, err := Merge(files, []Input{{"a.xml", cfg}, {"a.xml", cfg}}, Options{})
		if err != nil {
			t.Errorf("%s with itself: %v", filepath.Base(path), err)
			continue
		}
		a, b := parse(first.XML), parse(twice.XML)
		conflicts := slices.DeleteFunc(twice.Conflicts, func(d diag.Diagnostic) bool {
			return d.Severity < diag.Warning || d.Rule.Code == "WP201" || d.Rule.Code == "WP308" ||
				aboutOneFile.MatchString(d.Message)
		})
		if len(a.Routes) != len(b.Routes) || len(a.Clusters) != len(b.Clusters) || len(conflicts) > 0 {
			t.Errorf("%s with itself: %d Routes, not %d; %s", filepath.Base(path), len(b.Routes), len(a.Routes),
				reported(files, twice))
		}
	}
}

// file writes a small plugin-cfg.xml: per route its aliases, its URIs with their cookie, and its members as clone ID @
// host:port.
func file(routes ...[4]string) []byte {
	var b strings.Builder
	b.WriteString("<Config>\n")
	for i, r := range routes {
		fmt.Fprintf(&b, "<VirtualHostGroup Name=\"h%d\">", i)
		for _, a := range strings.Fields(r[0]) {
			fmt.Fprintf(&b, "<VirtualHost Name=%q/>", a)
		}
		fmt.Fprintf(&b, "</VirtualHostGroup>\n<ServerCluster Name=\"c%d\" %s>", i, r[3])
		for j, m := range strings.Fields(r[2]) {
			clone, at, _ := strings.Cut(m, "@")
			host, port, _ := strings.Cut(at, ":")
			fmt.Fprintf(&b, "<Server Name=\"s%d\" CloneID=%q><Transport Hostname=%q Port=%q "+
				"Protocol=\"http\"/></Server>", j, clone, host, port)
		}
		fmt.Fprintf(&b, "</ServerCluster>\n<UriGroup Name=\"u%d\">", i)
		for _, u := range strings.Fields(r[1]) {
			name, cookie, _ := strings.Cut(u, "=")
			if cookie != "" {
				cookie = fmt.Sprintf("AffinityCookie=%q", cookie)
			}
			fmt.Fprintf(&b, "<Uri Name=%q %s/>", name, cookie)
		}
		b.WriteString("</UriGroup>\n")
	}
	for i := range routes {
		fmt.Fprintf(&b, "<Route ServerCluster=\"c%d\" UriGroup=\"u%d\" VirtualHostGroup=\"h%d\"/>\n", i, i, i)
	}
	b.WriteString("</Config>\n")
	return []byte(b.String())
}

func merged(t *testing.T, o Options, sources ...[]byte) (*parser.Config, string) {
	t.Helper()
	files := diag.NewFiles()
	r, err := Merge(files, inputs(files, sources...), o)
	if err != nil {
		t.Fatal(err)
	}
	return parse(r.XML), reported(files, r)
}

func TestConflicts(t *testing.T) {
	for name, c := range map[string]struct {
		a, b []byte
		want string
	}{
		"nothing": {file([4]string{"*:80", "/a", "x@h:1", ""}), file([4]string{"*:80", "/a", "y@h:2", ""}), ""},
		"cookie": {file([4]string{"*:80", "/a", "x@h:1", ""}), file([4]string{"*:80", "/a=OTHER", "y@h:2", ""}),
			`in2.xml:4:21: warning: URI "/a" of in2.xml has the affinity cookie "OTHER" and identifier ` +
				`"jsessionid", in in1.xml it has "JSESSIONID" and "jsessionid"; those of in1.xml count [WP306 ` +
				`affinity-cookie-differs-on-overlap]`},
		"clone ID": {file([4]string{"*:80", "/a", "x@h:1", ""}), file([4]string{"*:80", "/b", "x@h:2", ""}),
			`clone ID "x" of server "s0" of in2.xml is that of server "s0" of in1.xml at another address; sessions ` +
				`of one reach the other (WP302 in the merged file) [WP309 clone-id-collision-after-merge]`},
		"host and port": {file([4]string{"*:80", "/a", "x@h:1", ""}), file([4]string{"*:80", "/a", "y@H:1", ""}),
			`h:1 is server "s0" with clone ID "x" in in1.xml and server "s0" with clone ID "y" in in2.xml [WP307 ` +
				`same-address-two-clone-ids]`},
		"cluster attribute": {file([4]string{"*:80", "/a", "x@h:1", `RetryInterval="5"`}),
			file([4]string{"*:80", "/a", "y@h:2", ""}),
			`RetryInterval of cluster "c0" of in1.xml is "5", of cluster "c0" of in2.xml, which serves the same ` +
				`URIs, not set ("60" by default); the first counts`},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := merged(t, Options{}, c.a, c.b)
			if c.want == "" && got != "" || !strings.Contains(got, c.want) || strings.Count(got, "\n") > 1 {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
		})
	}
}

// TestAllow: an error that is lived with is a warning, by the code of the merged file or that of the merge; what is
// allowed is nothing else.
func TestAllow(t *testing.T) {
	a, b := file([4]string{"*:80", "/a", "x@h:1", ""}), file([4]string{"*:80", "/b", "x@h:2", ""})
	for allowed, want := range map[string]string{"": ": error: ", "WP301": ": error: ", "WP302": ": warning: ",
		"WP309": ": warning: ", "clone-id-collision-after-merge": ": warning: "} {
		_, got := merged(t, Options{Allow: []string{allowed}}, a, b)
		if !strings.Contains(got, want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%q: %s", allowed, got)
		}
	}
}

// TestLeftOut: what no Route uses is named once for a file, of many things the first ones.
func TestLeftOut(t *testing.T) {
	a := file([4]string{"*:80", "/a", "x@h:1", ""})
	more := func(n int) []byte {
		unused := ""
		for i := range n {
			unused += fmt.Sprintf(`<UriGroup Name="g%d"/>`, i)
		}
		return bytes.Replace(file([4]string{"*:80", "/b", "y@h:2", ""}), []byte("</Config>"),
			[]byte(unused+"</Config>"), 1)
	}
	for n, want := range map[int]string{0: "", 1: `no Route of in2.xml uses what is left out: uri group "g0"`,
		12: `uri group "g8", uri group "g9" and 2 more`} {
		if _, got := merged(t, Options{}, a, more(n)); (got == "") != (want == "") || !strings.Contains(got, want) {
			t.Errorf("%d: %s, want %s", n, got, want)
		}
	}
	_, got := merged(t, Options{}, a, []byte(`<Config><ServerCluster Name="c"/></Config>`))
	if want := `in2.xml:1:2: warning: in2.xml has no Route, so no request reaches what it defines and nothing of ` +
		`it is merged; left out: server cluster "c"`; strings.TrimSpace(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestModes(t *testing.T) {
	a, b := file([4]string{"*:80", "/a /b", "x@h:1", ""}), file([4]string{"*:80", "/a /c", "y@h:2", ""})
	byURI := func(cfg *parser.Config, uri string) (primary, backup []string) {
		names := resolve.New(cfg)
		for _, r := range cfg.Routes {
			if _, g, c := names.RouteParts(r); slices.ContainsFunc(g.Uris,
				func(u *parser.Uri) bool { return u.Name.V == uri }) {
				for _, s := range c.Servers {
					switch roles(c)[s] {
					case 0:
						primary = append(primary, s.CloneID.V)
					default:
						backup = append(backup, s.CloneID.V)
					}
				}
			}
		}
		return primary, backup
	}
	for mode, want := range map[Mode]string{Balance: "[x y] []", Failover: "[x] [y]", Precedence: "[x] []"} {
		cfg, _ := merged(t, Options{Mode: mode}, a, b)
		p, k := byURI(cfg, "/a")
		if got := fmt.Sprint(p, k); got != want {
			t.Errorf("%s: /a is served by %s, want %s", Modes[mode], got, want)
		}
		if p, _ := byURI(cfg, "/c"); fmt.Sprint(p) != "[y]" {
			t.Errorf("%s: /c is served by %v", Modes[mode], p)
		}
	}
}

func TestRefusals(t *testing.T) {
	for _, src := range []string{"<Config><IntelligentManagement/></Config>", "<ServerCluster Name='c'/>"} {
		files := diag.NewFiles()
		_, err := Merge(files, inputs(files, file(), []byte(src)), Options{})
		var refused *RefusedError
		if !errors.As(err, &refused) || refused.Span.File != 2 {
			t.Errorf("%s: %v", src, err)
		}
	}
}

// TestRolesAndAddresses: lists are joined member by member; what the files say differently is told.
func TestRolesAndAddresses(t *testing.T) {
	one := func(name, cluster string) []byte {
		return []byte(`<Config><VirtualHostGroup Name="h"><VirtualHost ` +
			`Name="*:80"/></VirtualHostGroup><ServerCluster Name="` + name + `">` + cluster +
			`</ServerCluster><UriGroup Name="u"><Uri Name="/a"/></UriGroup><Route ServerCluster="` + name +
			`" UriGroup="u" VirtualHostGroup="h"/></Config>`)
	}
	server := func(name, clone, at, more string) string {
		return `<Server Name="` + name + `" CloneID="` + clone + `" ` + more + `><Transport Hostname="` + at +
			`" Port="1"/></Server>`
	}
	a := one("c", server("m", "x", "x", "")+server("n", "y", "y", "")+`<PrimaryServers><Server `+
		`Name="m"/></PrimaryServers><BackupServers><Server Name="n"/></BackupServers>`)
	b := one("d", server("k", "y", "y", `LoadBalanceWeight="7"`)+server("m", "z", "z", "")+`<ClusterAddress `+
		`Name="lb"><Transport Hostname="lb" Port="1"/></ClusterAddress>`)
	cfg, told := merged(t, Options{}, a, b)
	c := cfg.Clusters[0]
	var got []string
	for _, s := range c.Servers {
		got = append(got, s.Name.V+" "+s.CloneID.V+" "+roles(c)[s].String())
	}
	if want := []string{"m x primary", "n y primary", "m_2 z primary"}; !slices.Equal(got, want) ||
		len(cfg.Clusters) != 1 || c.Name.V != "Shared_c" || c.ClusterAddress == nil {
		t.Errorf("got %q, want %q", got, want)
	}
	for _, want := range []string{
		`server "k" is backup in in1.xml and primary in in2.xml; it is merged as primary`,
		`LoadBalanceWeight of server "k" is not set ("2" by default) in in1.xml and "7" in in2.xml; the first counts`,
		`of cluster "c" of in1.xml and cluster "d" of in2.xml, which serve the same URIs, one has a ClusterAddress`,
		`y:1 is server "n" in in1.xml and server "k" in in2.xml; it is one member`,
	} {
		if !strings.Contains(told, want) {
			t.Errorf("not told: %s\n%s", want, told)
		}
	}
}

// TestTooMuchToMerge: aliases and URIs multiply; a small file must not eat the memory of the machine.
func TestTooMuchToMerge(t *testing.T) {
	var aliases, uris strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&aliases, "h%d:80 ", i)
		fmt.Fprintf(&uris, "/u%d ", i)
	}
	files := diag.NewFiles()
	_, err := Merge(files, inputs(files, file([4]string{aliases.String(), uris.String(), "x@h:1", ""})), Options{})
	var refused *RefusedError
	if !errors.As(err, &refused) || files.Start(refused.Span).Line != 5 {
		t.Error(err)
	}
}

// TestMergeOfRandomFiles: triples, computed the peer's way, are the union of the inputs'; each part of a file that
// shares nothing keeps its clusters; no cluster is unused.
func TestMergeOfRandomFiles(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		words := func(label string, max int, from ...string) string {
			return strings.Join(rapid.SliceOfNDistinct(rapid.SampledFrom(from), 1, max, rapid.ID).Draw(t, label), " ")
		}
		var sources [][]byte
		var want []map[string]bool
		for range rapid.IntRange(1, 5).Draw(t, "files") {
			var routes [][4]string
			for range rapid.IntRange(0, 5).Draw(t, "routes") {
				routes = append(routes, [4]string{
					words("aliases", 3, "*:80", "*:443", "a:80", "b:9080"),
					words("uris", 5, "/*", "/a", "/a/*", "/a/*=C", "/b/*", "/c", "*.jsp"),
					words("members", 3, "x@h:1", "y@h:2", "z@h:3", "x@i:1", "w@h:1"),
					words("attributes", 1, `RetryInterval="1"`, `RetryInterval="60"`),
				})
			}
			sources = append(sources, file(routes...))
			want = append(want, triples(parse(sources[len(sources)-1])))
		}
		files := diag.NewFiles()
		r, err := Merge(files, inputs(files, sources...), Options{})
		if err != nil {
			t.Fatal(err)
		}
		got := parse(r.XML)
		if !equal(triples(got), union(want...)) {
			t.Fatalf("triples differ:\n%s", r.XML)
		}
		used := map[string]bool{}
		for _, route := range got.Routes {
			used[route.ServerCluster.V] = true
		}
		if len(used) != len(got.Clusters) || len(got.UriGroups) > len(got.Routes) {
			t.Fatalf("%d clusters, %d of them used:\n%s", len(got.Clusters), len(used), r.XML)
		}
	})
}

func FuzzMerge(f *testing.F) {
	f.Add(file([4]string{"*:80", "/a", "x@h:1", ""}), file([4]string{"*:80", "/a", "y@h:2", ""}))
	f.Add([]byte("<Config><Route/></Config>"),
		[]byte("<Config><ServerCluster><Server/><PrimaryServers/></ServerCluster><Route ServerCluster=''/></Config>"))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		files := diag.NewFiles()
		in := inputs(files, a, b)
		broken := false
		for i, src := range [][]byte{a, b} {
			_, ds := parser.Parse(diag.FileID(i+1), src)
			broken = broken || diag.Worst(ds) == diag.Error
		}
		r, err := Merge(files, in, Options{})
		var refused *RefusedError
		if err != nil && !broken && !errors.As(err, &refused) {
			t.Fatal(err)
		}
		if r != nil {
			_ = reported(files, r)
		}
	})
}
