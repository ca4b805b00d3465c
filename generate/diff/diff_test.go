package diff

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xeipuuv/gojsonschema"
	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/schemas"
)

const base = `<Config RefreshInterval="60">
<VirtualHostGroup Name="h"><VirtualHost Name="*:80"/><VirtualHost Name="shop.example.com:443"/></VirtualHostGroup>
<ServerCluster Name="c"><Server Name="a" CloneID="one"><Transport Hostname="a" Port="9080"/></Server>
<Server Name="b" CloneID="two"><Transport Hostname="b" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="d"><Server Name="a" CloneID="one"><Transport Hostname="a" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="spare"><Server Name="s"/></ServerCluster>
<UriGroup Name="u"><Uri Name="/shop/*"/><Uri Name="/rss"/></UriGroup>
<UriGroup Name="v"><Uri Name="/admin/*"/></UriGroup>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="h"/>
<Route ServerCluster="d" UriGroup="v" VirtualHostGroup="h"/>
</Config>`

// both compares two files on one platform.
func both(a, b *parser.Config) *Report {
	r, err := Compare(File{Config: a}, File{Config: b})
	if err != nil {
		panic(err)
	}
	return r
}

func compare(old, new string) (*Report, string) {
	files := diag.NewFiles()
	a, _ := parser.Parse(files.Add("old.xml", []byte(old)), []byte(old))
	b, _ := parser.Parse(files.Add("new.xml", []byte(new)), []byte(new))
	r := both(a, b)
	var text strings.Builder
	if err := r.Write(&text, files, "text", Options{}); err != nil {
		return r, err.Error()
	}
	return r, text.String()
}

const same = "same in effect\n"

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"nothing":                 {"", "", same},
		"a renamed group":         {`"u"`, `"other"`, same},
		"an unused definition":    {`<ServerCluster Name="spare"><Server Name="s"/></ServerCluster>`, ``, same},
		"a default written out":   {`Name="c">`, `Name="c" RetryInterval="60" LoadBalance="Round Robin">`, same},
		"the order of attributes": {`Name="a" CloneID="one"`, `CloneID="one" Name="a"`, same},
		"an order without meaning": {`<Uri Name="/shop/*"/><Uri Name="/rss"/>`,
			`<Uri Name="/rss"/><Uri Name="/shop/*"/>`, same},
		"an alias in another letter case": {`"shop.example.com:443"`, `"SHOP.example.com:443"`, same},
		"a URI swapped": {`"/admin/*"`, `"/manage/*"`,
			`1 application is no longer served, 1 application is newly served
requests that change cluster or members
http://shop.example.com/admin and 5 more sample requests
  - cluster d: a (primary, a:9080) (old.xml:10:2)
  + declined: the web server serves it
http://shop.example.com/manage and 5 more sample requests
  - declined: the web server serves it
  + cluster d: a (primary, a:9080) (new.xml:10:2)
`},
		"a member gone": {`<Server Name="b" CloneID="two"><Transport Hostname="b" Port="9080"/></Server>`, ``,
			`b gets no new sessions, sessions of b lose their home
sessions that lose their home
- b of c: it is gone, and its clone ID two with it; 50 % of the sessions of c (old.xml:4:15, new.xml:3:22)
new sessions
- a of c: 50 % -> 100 % (old.xml:3:39, new.xml:3:39)
- b of c: 50 % -> 0 %, the member is gone (old.xml:4:15)
requests that change cluster or members
http://shop.example.com/shop and 8 more sample requests
  - cluster c: a (primary, a:9080), b (primary, b:9080) (old.xml:9:2)
  + cluster c: a (primary, a:9080) (new.xml:9:2)
when a member fails
- a of c: it is the only server of its cluster now, which no failure marks down (R51) (old.xml:3:39, new.xml:3:39)
`},
		"a value": {`RefreshInterval="60"`, `RefreshInterval="5"`, "no consequence for requests and sessions; 1 " +
			"value in effect differs\nvalues in effect\n~ Config RefreshInterval: 60 -> 5 (old.xml:1:26, " +
			"new.xml:1:26)\n"},
		"a cookie": {`<Uri Name="/rss"/>`, `<Uri AffinityCookie="X" Name="/rss"/>`,
			`some sessions of cluster c are not found any more
sessions that lose their home
- cluster c: the affinity cookie of /rss changes from JSESSIONID to X: sessions under the old name are not found (R4) (old.xml:7:41, new.xml:7:41)
`},
	} {
		t.Run(name, func(t *testing.T) {
			_, got := compare(base, strings.Replace(base, c.from, c.to, -1))
			if d := cmp.Diff(c.want, got); d != "" {
				t.Error(d)
			}
		})
	}
}

const lists = `<Config><VirtualHostGroup Name="h"><VirtualHost Name="shop.example.com:80"/></VirtualHostGroup>
<ServerCluster Name="C" RetryInterval="60">
<Server Name="m1" CloneID="c1" ConnectTimeout="5" LoadBalanceWeight="20" ServerIOTimeout="900">
<Transport Hostname="h1" Port="1"/></Server>
<Server Name="m2" CloneID="c2" ConnectTimeout="5" LoadBalanceWeight="19" ServerIOTimeout="900">
<Transport Hostname="h2" Port="1"/></Server>
<Server Name="m3" CloneID="c3" ConnectTimeout="5" LoadBalanceWeight="1" ServerIOTimeout="900">
<Transport Hostname="h3" Port="1"/></Server>
<PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>
<BackupServers><Server Name="m3"/></BackupServers>
</ServerCluster>
<ServerCluster Name="D"><Server Name="d" CloneID="d1"><Transport Hostname="d" Port="1"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/app/*"/></UriGroup><UriGroup Name="w"><Uri Name="/d/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="h"/>
<Route ServerCluster="D" UriGroup="w" VirtualHostGroup="h"/></Config>`

// TestConsequences: the first line says what a change does to users, the lines below whom it hits and why.
func TestConsequences(t *testing.T) {
	for name, c := range map[string]struct {
		edits []string
		want  []string // the first line, then lines without their places
	}{
		"a common factor": {[]string{`"20"`, `"40"`, `"19"`, `"38"`, `"1" ServerIO`, `"2" ServerIO`},
			[]string{"same in effect"}},
		"out of the lists": {[]string{`<Server Name="m2"/>`, ``}, []string{
			"m2 gets no new sessions, sessions of m2 lose their home", "sessions that lose their home",
			"- m2 of C: it stands in no list any more (R40); 48.7 % of the sessions of C", "new sessions",
			"- m1 of C: 51.3 % -> 100 %", "- m2 of C: 48.7 % -> 0 %, in no list"}},
		"a backup now": {[]string{`<Server Name="m2"/></Pri`, `</Pri`, `<Server Name="m3"/>`,
			`<Server Name="m3"/><Server Name="m2"/>`}, []string{
			"m2 gets no new sessions, sessions of m2 lose their home",
			"- m2 of C: it is a backup now, and a primary serves its sessions (R39); 48.7 % of the sessions of C",
			"- m2 of C: 48.7 % -> 0 %, backup"}},
		"drained": {[]string{`"19"`, `"0"`}, []string{
			"m2 gets no new sessions", "new sessions", "- m1 of C: 51.3 % -> 100 %",
			"- m2 of C: 48.7 % -> 0 %, LoadBalanceWeight is 0"}},
		"two drained": {[]string{`"19"`, `"0"`, `"20"`, `"0"`},
			[]string{"no session is lost and no request goes to another cluster; 2 consequences for new sessions " +
				"and outages", "- m2 of C: 48.7 % -> 50 %"}},
		"two backups": {[]string{`<Server Name="m2"/></Pri`, `</Pri`, `<Server Name="m1"/>`, `<Server Name="m3"/>`,
			`<BackupServers><Server Name="m3"/>`, `<BackupServers><Server Name="m1"/><Server Name="m2"/>`}, []string{
			"2 members get no new sessions, sessions of m1 and m2 lose their home", "- m3 of C: 0 % -> 100 %"}},
		"other weights": {[]string{`"20"`, `"57"`},
			[]string{"no session is lost and no request goes to another cluster; 2 consequences for new sessions " +
				"and outages",
				"- m1 of C: 51.3 % -> 75 %"}},
		"a new member": {[]string{`<PrimaryServers>`, `<Server Name="m4" CloneID="c4" ` +
			`LoadBalanceWeight="39"><Transport Hostname="h4" Port="1"/></Server><PrimaryServers><Server Name="m4"/>`},
			[]string{"", "- m4 of C: new: 50 %"}},
		"another clone ID": {[]string{`"c2"`, `"x2"`}, []string{"sessions of m2 lose their home",
			"- m2 of C: its clone ID changes from c2 to x2; 48.7 % of the sessions of C"}},
		"no clone ID": {[]string{` CloneID="c2"`, ``}, []string{"sessions of m2 lose their home",
			"- m2 of C: its clone ID c2 is gone, and it has none; 48.7 % of the sessions of C"}},
		"to another cluster": {[]string{`<Server Name="m2" CloneID="c2" ConnectTimeout="5" LoadBalanceWeight="19" ` +
			`ServerIOTimeout="900">` + "\n" + `<Transport Hostname="h2" Port="1"/></Server>`, ``,
			`<Server Name="d" `,
			`<Server Name="m2" CloneID="c2"><Transport Hostname="h2" Port="1"/></Server><Server Name="d" `}, []string{
			"m2 gets no new sessions, sessions of m2 lose their home",
			"- m2 of C: its clone ID c2 is in cluster D now; 48.7 % of the sessions of C"}},
		"another separator": {[]string{`RetryInterval="60"`, `CloneSeparatorChange="true"`}, []string{
			"sessions of cluster C lose their home", `- cluster C: clone IDs in cookies are separated by '+' and no ` +
				`longer by ':' (R21); 100 % of the sessions of C`}},
		"another cluster": {[]string{`Route ServerCluster="C"`, `Route ServerCluster="D"`}, []string{
			"sessions of cluster C lose their home, 1 application moves to another cluster",
			"- cluster C: its requests go to cluster D, which has none of its clone IDs; 100 % of the sessions of C"}},
		"the same members under another name": {[]string{`Name="C"`, `Name="K"`, `ServerCluster="C"`,
			`ServerCluster="K"`}, []string{"1 application moves to another cluster"}},
		"no Route": {[]string{`<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="h"/>`, ``},
			[]string{"sessions of cluster C lose their home, 1 application is no longer served"}},
		"a longer wait": {[]string{`"60"`, `"30"`, `ServerIOTimeout="900"`, `ServerIOTimeout="-60"`},
			[]string{"", "when a member fails",
				"- cluster C: longest wait while one member hangs: 1800 s in 3 attempts -> 120 s in 3 attempts",
				"- cluster C: a member that is down is tried again after 60 s -> 30 s by each process, with a " +
					"request of a user: 1 a minute -> 2 a minute",
				"- cluster C: of each member: an expired ServerIOTimeout now marks it down for RetryInterval"}},
		"a host that is waited for": {[]string{`ConnectTimeout="5" LoadBalanceWeight="19"`,
			`ConnectTimeout="30" LoadBalanceWeight="19"`}, []string{
			"no session is lost and no request goes to another cluster; 1 consequence for new sessions and outages",
			"- m2 of C: a client waits for its host while that is gone: 5 s -> 30 s"}},
		"hosts that are waited for": {[]string{`ConnectTimeout="5"`, `ConnectTimeout="0"`}, []string{"",
			"- cluster C: of each member: a client waits for its host while that is gone: 5 s -> until the " +
				"operating system ends it (R50)"}},
		"an answer that is waited for": {[]string{`LoadBalanceWeight="19" ServerIOTimeout="900"`,
			`LoadBalanceWeight="19" ServerIOTimeout="0"`}, []string{"",
			"- m2 of C: a request waits for its answer while it hangs: 900 s -> without end"}},
		"a timeout that marks no longer": {[]string{`LoadBalanceWeight="19" ServerIOTimeout="900"`,
			`LoadBalanceWeight="19" ServerIOTimeout="-900"`},
			[]string{"", "- m2 of C: an expired ServerIOTimeout now marks it down for RetryInterval"}},
		"a 503 that marks": {[]string{`<Config>`, `<Config MarkBusyDown="true">`}, []string{
			"no session is lost and no request goes to another cluster; 1 consequence for new sessions and outages",
			"- cluster C: of each member: a 503 now marks it down for RetryInterval"}},
		"a key store": {[]string{`<Transport Hostname="h1" Port="1"/>`,
			`<Transport Hostname="h1" Port="1" Protocol="https"><Property Name="Keyring" ` +
				`Value="/k.kdb"/></Transport>`},
			[]string{"", "needs more than a reload", "- web server: the key store /k.kdb is new to the file: TLS is " +
				"set up when the web server starts, so restart it (assumed)"}},
		"an install root": {[]string{`<Config>`, `<Config><Property Name="PluginInstallRoot" Value="/opt/p/"/>`},
			[]string{
				"no consequence for requests and sessions; 1 change needs more than a reload",
				"- web server: Config Property PluginInstallRoot: added: /opt/p/: the libraries for TLS are loaded " +
					"from there when the web server starts, so restart it (assumed)"}},
		"controllers": {[]string{`<Config>`, `<Config><IntelligentManagement/>`},
			[]string{"no consequence for requests and sessions; 1 change needs more than a reload",
				"- web server: IntelligentManagement is new: its connectors are made when the web server starts, so " +
					"restart it (assumed)"}},
		"a log": {[]string{`<Config>`, `<Config><Log Name="/l/http_plugin.log"/>`},
			[]string{"no consequence for requests and sessions; 1 change needs more than a reload",
				"- web server: Log Name: added: /l/http_plugin.log: the next load writes there, if the folder is " +
					"there and can be written to; what rotates and reads the log must follow"}},
		"a host": {[]string{`"h1"`, `"elsewhere"`, `"h2"`, `"192.0.2.7"`},
			[]string{"", "- web server: new host name elsewhere: looked up once, when the file is loaded; " +
				"one that is not found makes the plug-in keep the old file, or not start"}},
		"a host that may be missing": {[]string{`"h1"`, `"elsewhere"`, `<Config>`,
			`<Config IgnoreDNSFailures="true">`}, []string{"", "- web server: new host name elsewhere: looked up " +
			"once, when the file is loaded; a member whose name is not found is unusable until the next load " +
			"(IgnoreDNSFailures)"}},
		"smaller bodies": {[]string{`RetryInterval="60"`, `PostBufferSize="0"`},
			[]string{"", "- cluster C: a request body that can be sent to another member: up to 64 KB -> none (R57)"}},
		"an identifier": {[]string{`<Uri Name="/app/*"/>`, `<Uri AffinityURLIdentifier="sid" Name="/app/*"/>`},
			[]string{
				"some sessions of cluster C are not found any more", "- cluster C: the URL identifier of /app/* " +
					"changes from jsessionid to sid: sessions under the old name are not found (R4)"}},
	} {
		t.Run(name, func(t *testing.T) {
			new := lists
			for i := 0; i < len(c.edits); i += 2 {
				if !strings.Contains(new, c.edits[i]) {
					t.Fatalf("no %s to edit", c.edits[i])
				}
				new = strings.ReplaceAll(new, c.edits[i], c.edits[i+1])
			}
			_, got := compare(lists, new)
			lines := strings.Split(got, "\n")
			if c.want[0] != "" && lines[0] != c.want[0] {
				t.Errorf("first line %q, want %q", lines[0], c.want[0])
			}
			for _, want := range c.want[1:] {
				if !slices.ContainsFunc(lines, func(line string) bool {
					return line == want || strings.HasPrefix(line, want+" (new.xml:") ||
						strings.HasPrefix(line, want+" (old.xml:")
				}) {
					t.Errorf("no line %q in\n%s", want, got)
				}
			}
		})
	}
}

// TestSections: the report can be cut to what is asked for, and values that a consequence tells are shown on demand.
func TestSections(t *testing.T) {
	files := diag.NewFiles()
	a, _ := parser.Parse(files.Add("old.xml", []byte(lists)), []byte(lists))
	src := []byte(strings.NewReplacer(`"19"`, `"0"`, `"c1"`, `"x1"`, `<Config>`, `<Config RefreshInterval="5">`).
		Replace(lists))
	b, _ := parser.Parse(files.Add("new.xml", src), src)
	r := both(a, b)
	for name, c := range map[string]struct {
		o     Options
		has   []string
		hasNo []string
	}{
		"all": {Options{}, []string{"lose their home", "new sessions\n", "RefreshInterval: 60 -> 5"},
			[]string{"LoadBalanceWeight:", "CloneID:"}},
		"values": {Options{Only: []string{values}, AllValues: true},
			[]string{"LoadBalanceWeight: 19 -> 0", "CloneID: c1 -> x1", "RefreshInterval"}, []string{"- m1 of C"}},
		"one": {Options{Only: []string{newSessions}}, []string{"- m2 of C: 48.7 % -> 0 %"},
			[]string{"clone ID", "Refresh"}},
		"nothing": {Options{Only: []string{routes}},
			[]string{"m2 gets no new sessions, sessions of m1 lose their home\n"}, []string{"- ", "~ "}},
	} {
		for _, format := range []string{"text", "markdown"} {
			var out strings.Builder
			if err := r.Write(&out, files, format, c.o); err != nil {
				t.Fatal(err)
			}
			for _, want := range c.has {
				if format == "text" && !strings.Contains(out.String(), want) {
					t.Errorf("%s: no %q in\n%s", name, want, out.String())
				}
			}
			for _, not := range c.hasNo {
				if strings.Contains(strings.ReplaceAll(out.String(), "|---|", ""), not) && format == "text" {
					t.Errorf("%s: %q in\n%s", name, not, out.String())
				}
			}
		}
	}
}

// TestSamplesAreConfirmed: whatever class of requests is told, the core leads its sample where the class says.
func TestSamplesAreConfirmed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawConfig(t), drawConfig(t)
		r, _ := compare(a, b)
		for _, c := range r.Classes {
			for i, src := range []string{a, b} {
				cfg, _ := parser.Parse(1, []byte(src))
				table, _ := routecheck.New(cfg)
				rq, err := written.URL(c.URL)
				if err != nil {
					t.Fatal(err)
				}
				sem := choices.Latest()
				m, ok := table.Match(&rq, &sem)
				want := []Target{c.Old, c.New}[i]
				if ok == want.Declined || ok && table.Clusters[m.Cluster].Name != want.Cluster {
					t.Fatalf("%s: %v, told %+v\n%s", c.URL, ok, want, src)
				}
			}
		}
	})
}

// laidOut is a file as fmt writes it, "" for one that fmt leaves alone.
func laidOut(src string) string {
	cfg, reports := parser.Parse(1, []byte(src))
	if slices.ContainsFunc(reports, func(d diag.Diagnostic) bool { return d.Rule.Code == diag.XMLSyntax }) {
		return ""
	}
	var b strings.Builder
	if err := parser.Write(&b, cfg.Doc); err != nil {
		return ""
	}
	return b.String()
}

// TestLayoutIsNoDifference: no file differs from what fmt makes of it.
func TestLayoutIsNoDifference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		src := drawConfig(t)
		if r, text := compare(src, laidOut(src)); !r.Same() {
			t.Fatalf("%s\n%s", src, text)
		}
	})
}

// TestCorpusAgainstItself: no file differs from itself, nor from what fmt makes of it.
func TestCorpusAgainstItself(t *testing.T) {
	for _, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if r, text := compare(string(src), string(src)); !r.Same() {
			t.Errorf("%s: %s", filepath.Base(path), text)
		}
		if out := laidOut(string(src)); out != "" {
			if r, text := compare(string(src), out); !r.Same() {
				t.Errorf("%s after fmt: %s", filepath.Base(path), text)
			}
		}
	}
}

func TestJSONHasItsSchema(t *testing.T) {
	schema, err := schemas.Source("diff")
	if err != nil {
		t.Fatal(err)
	}
	for _, new := range []string{base, strings.Replace(base, `CloneID="two"`, `CloneID="three"`, 1),
		strings.Replace(base, "/rss", "/feed", 1)} {
		r, _ := compare(base, new)
		files := diag.NewFiles()
		files.Add("old.xml", []byte(base))
		files.Add("new.xml", []byte(new))
		var out strings.Builder
		if err := r.Write(&out, files, "json", Options{}); err != nil {
			t.Fatal(err)
		}
		result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema),
			gojsonschema.NewStringLoader(out.String()))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range result.Errors() {
			t.Errorf("%s\n%s", e, out.String())
		}
	}
}

// TestEqualReportsMeanEqualDecisions: when Compare names no class of requests, no request is decided differently.
func TestEqualReportsMeanEqualDecisions(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		a, b := drawConfig(t), drawConfig(t)
		if rapid.Bool().Draw(t, "related") {
			b = a
			for range rapid.IntRange(0, 2).Draw(t, "edits") {
				uris := rapid.SampledFrom(uriNames)
				b = strings.Replace(b, fmt.Sprintf("%q/>", uris.Draw(t, "from")),
					fmt.Sprintf("%q/>", uris.Draw(t, "to")), 1)
			}
		}
		r, text := compare(a, b)
		x, _ := parser.Parse(1, []byte(a))
		y, _ := parser.Parse(2, []byte(b))
		sx, _ := newSide(File{Config: x})
		sy, _ := newSide(File{Config: y})
		for i := range 200 {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			s := ask{place: place{pick(random, "a", "b", "elsewhere"), []int{80, 443, 81}[random.IntN(3)]},
				target: pick(random, "/", "/a", "/a/", "/a/x", "/b/c", "/b/x.jsp", "/c", "/a/x.jsp", "/x.jsp", "/zz")}
			if p, q := sx.target(s), sy.target(s); p.key != q.key &&
				!slices.ContainsFunc(r.Classes, func(c Class) bool {
					return c.Old.words() == p.words() &&
						c.New.words() == q.words()
				}) {
				t.Fatalf("%s goes from %s to %s, which is not told:\n%s\n%s\n%s", s.URL(), p.words(),
					q.words(), text, a, b)
			}
		}
	})
}

func pick(r *rand.Rand, from ...string) string { return from[r.IntN(len(from))] }

var uriNames = []string{"/*", "/a", "/a/*", "/b/*", "/b/c", "*.jsp", "/a/*.jsp", "/c"}

func drawConfig(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("<Config>")
	n := rapid.IntRange(0, 4).Draw(t, "routes")
	for i := range n {
		fmt.Fprintf(&b, "<VirtualHostGroup Name=\"h%d\">", i)
		for _, a := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"*:80", "a:80", "*:*", "b:*", "a:443"}), 1,
			2, rapid.ID).Draw(t, "aliases") {
			fmt.Fprintf(&b, "<VirtualHost Name=%q/>", a)
		}
		fmt.Fprintf(&b, "</VirtualHostGroup><UriGroup Name=\"u%d\">", i)
		for _, u := range rapid.SliceOfNDistinct(rapid.SampledFrom(uriNames), 1, 4, rapid.ID).Draw(t, "uris") {
			fmt.Fprintf(&b, "<Uri Name=%q/>", u)
		}
		fmt.Fprintf(&b, "</UriGroup><ServerCluster Name=\"c%d\"><Server Name=\"m%d\"/></ServerCluster>", i, i)
	}
	for i := range n {
		fmt.Fprintf(&b, "<Route ServerCluster=\"c%d\" UriGroup=\"u%d\" VirtualHostGroup=\"h%d\"/>", i, i, i)
	}
	return b.String() + "</Config>"
}

// TestPlatforms: files for two web servers that hand other paths to the plug-in differ, with samples that the core
// confirms on each.
func TestPlatforms(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(base))
	r, err := Compare(File{Config: cfg, Platform: "ihs"}, File{Config: cfg, Platform: "iis"})
	if err != nil {
		t.Fatal(err)
	}
	if want := "the web server hands other paths to the plug-in"; !strings.Contains(r.headline(), want) ||
		len(r.Consequences) != 1 || len(r.Classes) == 0 || len(r.Attributes) > 0 {
		t.Errorf("%s: %+v", r.headline(), r)
	}
	table, _ := routecheck.New(cfg)
	for _, c := range r.Classes {
		for _, side := range []struct {
			platform string
			want     Target
		}{{"ihs", c.Old}, {"iis", c.New}} {
			sem, _ := choices.Defaults("latest", side.platform)
			rq, err := written.URL(c.URL)
			if err != nil {
				t.Fatal(err)
			}
			m, ok := table.Match(&rq, &sem)
			if ok == side.want.Declined || ok && table.Clusters[m.Cluster].Name != side.want.Cluster {
				t.Errorf("%s on %s: %v, told %+v", c.URL, side.platform, ok, side.want)
			}
		}
	}
	if r, err := Compare(File{Config: cfg, Platform: "iis"}, File{Config: cfg, Platform: "domino"}); err != nil ||
		!r.Same() {
		t.Errorf("%v %+v", err, r)
	}
	if _, err := Compare(File{Config: cfg}, File{Config: cfg, Platform: "nginx"}); err == nil {
		t.Error("nginx is taken")
	}
}
