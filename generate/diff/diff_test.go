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
	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/schemas"
)

const base = `<Config RefreshInterval="60">
<VirtualHostGroup Name="h"><VirtualHost Name="*:80"/><VirtualHost Name="shop.example.com:443"/></VirtualHostGroup>
<ServerCluster Name="c"><Server Name="a" CloneID="one"><Transport Hostname="a" Port="9080"/></Server><Server Name="b" CloneID="two"><Transport Hostname="b" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="d"><Server Name="a" CloneID="one"><Transport Hostname="a" Port="9080"/></Server></ServerCluster>
<ServerCluster Name="spare"><Server Name="s"/></ServerCluster>
<UriGroup Name="u"><Uri Name="/shop/*"/><Uri Name="/rss"/></UriGroup>
<UriGroup Name="v"><Uri Name="/admin/*"/></UriGroup>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="h"/>
<Route ServerCluster="d" UriGroup="v" VirtualHostGroup="h"/>
</Config>`

func compare(old, new string) (*Report, string) {
	files := diag.NewFiles()
	a, _ := parser.Parse(files.Add("old.xml", []byte(old)), []byte(old))
	b, _ := parser.Parse(files.Add("new.xml", []byte(new)), []byte(new))
	r := Compare(a, b)
	var text strings.Builder
	if err := r.Write(&text, files, "text"); err != nil {
		return r, err.Error()
	}
	return r, text.String()
}

const same = "no difference: every request goes where it went, by the same values\n"

func TestCompare(t *testing.T) {
	for name, c := range map[string]struct{ from, to, want string }{
		"nothing":                         {"", "", same},
		"a renamed group":                 {`"u"`, `"other"`, same},
		"an unused definition":            {`<ServerCluster Name="spare"><Server Name="s"/></ServerCluster>`, ``, same},
		"a default written out":           {`Name="c">`, `Name="c" RetryInterval="60" LoadBalance="Round Robin">`, same},
		"the order of attributes":         {`Name="a" CloneID="one"`, `CloneID="one" Name="a"`, same},
		"an order without meaning":        {`<Uri Name="/shop/*"/><Uri Name="/rss"/>`, `<Uri Name="/rss"/><Uri Name="/shop/*"/>`, same},
		"an alias in another letter case": {`"shop.example.com:443"`, `"SHOP.example.com:443"`, same},
		"a URI swapped": {`"/admin/*"`, `"/manage/*"`, `http://other.example/admin and 5 more
  - cluster d: a (primary, a:9080) (old.xml:9:2)
  + declined: the web server serves it
http://other.example/manage and 5 more
  - declined: the web server serves it
  + cluster d: a (primary, a:9080) (new.xml:9:2)
`},
		"a member gone": {`<Server Name="b" CloneID="two"><Transport Hostname="b" Port="9080"/></Server>`, ``, `http://other.example/shop and 8 more
  - cluster c: a (primary, a:9080), b (primary, b:9080) (old.xml:8:2)
  + cluster c: a (primary, a:9080) (new.xml:8:2)
clone IDs that vanish: their sessions lose their home
- two of b in cluster c (old.xml:3:128)
values in effect
~ ServerCluster "c" Server "b": removed (old.xml:3:128)
`},
		"a value": {`RefreshInterval="60"`, `RefreshInterval="5"`, "values in effect\n~ Config RefreshInterval: 60 -> 5 (old.xml:1:26, new.xml:1:26)\n"},
		"a cookie": {`<Uri Name="/rss"/>`, `<Uri AffinityCookie="X" Name="/rss"/>`, `values in effect
~ *:80 /rss: ServerCluster "c", cookie "JSESSIONID", identifier "jsessionid" -> ServerCluster "c", cookie "X", identifier "jsessionid" (old.xml:6:41, new.xml:6:41)
~ shop.example.com:443 /rss: ServerCluster "c", cookie "JSESSIONID", identifier "jsessionid" -> ServerCluster "c", cookie "X", identifier "jsessionid" (old.xml:6:41, new.xml:6:41)
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

// TestCorpusAgainstItself: no file differs from itself.
func TestCorpusAgainstItself(t *testing.T) {
	for _, path := range sharedtest.Files(t, "*.xml", "corpus", "cfg") {
		src, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if r, text := compare(string(src), string(src)); !r.Same() {
			t.Errorf("%s: %s", filepath.Base(path), text)
		}
	}
}

func TestJSONHasItsSchema(t *testing.T) {
	for _, new := range []string{base, strings.Replace(base, `CloneID="two"`, `CloneID="three"`, 1), strings.Replace(base, "/rss", "/feed", 1)} {
		r, _ := compare(base, new)
		files := diag.NewFiles()
		files.Add("old.xml", []byte(base))
		files.Add("new.xml", []byte(new))
		var out strings.Builder
		if err := r.Write(&out, files, "json"); err != nil {
			t.Fatal(err)
		}
		_, ds := schemas.Load(files, files.Add("out.json", []byte(out.String())), "diff")
		for _, d := range ds {
			t.Errorf("%s\n%s", files.Line(d), out.String())
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
				b = strings.Replace(b, fmt.Sprintf("%q/>", uris.Draw(t, "from")), fmt.Sprintf("%q/>", uris.Draw(t, "to")), 1)
			}
		}
		r, text := compare(a, b)
		x, _ := parser.Parse(1, []byte(a))
		y, _ := parser.Parse(2, []byte(b))
		sx, sy := newSide(x), newSide(y)
		sem := routecheck.Latest()
		for i := range 200 {
			random := rand.New(rand.NewPCG(1, uint64(i)))
			s := routecheck.Spot{Host: pick(random, "a", "b", "elsewhere"), Port: []int{80, 443, 81}[random.IntN(3)],
				Path: pick(random, "/", "/a", "/a/", "/a/x", "/b/c", "/b/x.jsp", "/c", "/a/x.jsp", "/x.jsp", "/zz")}
			if p, q := sx.target(s, &sem), sy.target(s, &sem); p.key != q.key && !slices.ContainsFunc(r.Classes, func(c Class) bool { return c.Old.words() == p.words() && c.New.words() == q.words() }) {
				t.Fatalf("%s goes from %s to %s, which is not told:\n%s\n%s\n%s", s.URL(), p.words(), q.words(), text, a, b)
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
		for _, a := range rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"*:80", "a:80", "*:*", "b:*", "a:443"}), 1, 2, rapid.ID).Draw(t, "aliases") {
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
