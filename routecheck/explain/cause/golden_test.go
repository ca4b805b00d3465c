package cause

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/xeipuuv/gojsonschema"
	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/golden"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/explain/words"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
	"github.com/wasplug/wasplug/routecheck/match/written"
	"github.com/wasplug/wasplug/schemas"
)

// base is what each case changes in a few lines: two applications on one host, C with a backup and a retired server.
const base = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="shop.example.com:80"/><VirtualHost Name="shop.example.com:9080"/></VirtualHostGroup>
<VirtualHostGroup Name="any"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C" PostBufferSize="64">
<Server Name="m1" CloneID="clone1"><Transport Hostname="h1" Port="1"/></Server>
<Server Name="m2" CloneID="clone2"><Transport Hostname="h2" Port="1"/></Server>
<Server Name="m3" CloneID="kept03"><Transport Hostname="h3" Port="1"/></Server>
<Server Name="m4" CloneID="gone04"><Transport Hostname="h4" Port="1"/></Server>
<PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers><BackupServers><Server Name="m3"/></BackupServers>
</ServerCluster>
<ServerCluster Name="D">
<Server Name="d1" CloneID="shop1"><Transport Hostname="h5" Port="1"/></Server>
<Server Name="d2" CloneID="shop2"><Transport Hostname="h6" Port="1"/></Server>
</ServerCluster>
<UriGroup Name="app"><Uri Name="/app/*"/></UriGroup>
<UriGroup Name="shop"><Uri Name="/shop/*"/><Uri Name="/cart/view" AffinityCookie="CART"/><Uri Name="/app/api/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="app" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="shop" VirtualHostGroup="any"/>
</Config>`

// example is one case.
type example struct {
	code   string
	change []string // old and new text of the file
	url    string   // "" a usual one
	cookie string
	body   int64
	assume string
	down   string // MEMBER=how, blanks between several
	marked string
	full   string
	expect string // member or cluster
	not    string
}

const usual, to = "http://shop.example.com/app/x", "JSESSIONID=0001abcdefghijklmnopqrstuvw:"

// secondOfD is what a case takes out so that D has one server.
const secondOfD = `<Server Name="d2" CloneID="shop2"><Transport Hostname="h6" Port="1"/></Server>`

var examples = []example{
	{code: "file-rejected", change: []string{`UriGroup="app" VirtualHostGroup="v"`, `UriGroup="app"`},
		assume: "open-route=rejects-file"},
	{code: "declined-no-route", change: []string{`<Uri Name="/app/*"/>`, "", `UriGroup="shop" V`, `UriGroup="app" V`}},
	{code: "declined-host", change: []string{`"*:80"`, `"www.example.org:80"`}, url: "http://shops.example.com/app/x"},
	{code: "declined-port", url: "http://shop.example.com:8080/app/x"},
	{code: "declined-scheme", url: "https://shop.example.com/app/x"},
	{code: "declined-path-case", url: "http://shop.example.com/App/x"},
	{code: "declined-path", url: "http://shop.example.com/ap/x"},
	{code: "declined-path", url: "http://shop.example.com/cart/view/9"},
	{code: "error-transport",
		change: []string{`<Transport Hostname="h1" Port="1"/>`, "", `<Transport Hostname="h2" Port="1"/>`, ""}},
	{code: "error-all-down", marked: "m1 m2 m3"},
	{code: "error-all-down", down: "m1=refused m2=timeout m3=refused"},
	{code: "error-all-down", down: "m1=503 m2=503 m3=503",
		change: []string{"<Config>", `<Config MarkBusyDown="true">`}},
	{code: "error-all-full", change: []string{`CloneID="clone1"`, `CloneID="clone1" MaxConnections="10"`,
		`CloneID="clone2"`, `CloneID="clone2" MaxConnections="10"`,
		`CloneID="kept03"`, `CloneID="kept03" MaxConnections="10"`}, full: "m1 m2 m3"},
	{code: "error-body", down: "m1=reset m2=reset", body: 90 << 10},
	{code: "error-io-timeout", change: []string{`CloneID="clone1"`, `CloneID="clone1" ServerIOTimeout="60"`},
		cookie: to + "clone1", down: "m1=io-timeout"},
	{code: "error-io-timeout", down: "d1=io-timeout", change: []string{secondOfD, "",
		`CloneID="shop1"`, `CloneID="shop1" ServerIOTimeout="60"`}, url: "http://shop.example.com/shop/x"},
	{code: "error-io-timeout", change: []string{`CloneID="clone1"`, `CloneID="clone1" ServerIOTimeout="60"`,
		`CloneID="clone2"`, `CloneID="clone2" ServerIOTimeout="60"`,
		`CloneID="kept03"`, `CloneID="kept03" ServerIOTimeout="60"`},
		down: "m1=io-timeout m2=io-timeout m3=io-timeout"},
	{code: "error-503", down: "d1=503", change: []string{secondOfD, "",
		`CloneID="shop1"`, `CloneID="shop1" ServerIOTimeout="60"`}, url: "http://shop.example.com/shop/x"},
	{code: "error-503", cookie: to + "clone1", down: "m1=503"},
	{code: "error-other", change: []string{`PostBufferSize="64"`, `PostSizeLimit="1000"`}, body: 2000},
	{code: "error-other", down: "d1=refused", change: []string{secondOfD, "",
		`CloneID="shop1"`, `CloneID="shop1" ServerIOTimeout="60"`}, url: "http://shop.example.com/shop/x"},
	{code: "error-other", down: "m1=malformed m2=malformed"},
	{code: "session-cookie-not-watched", cookie: strings.Replace(to, "JSESSIONID", "CART", 1) + "clone2"},
	{code: "session-separator", cookie: strings.TrimSuffix(to, ":") + "+clone2"},
	{code: "session-encoded", cookie: strings.TrimSuffix(to, ":") + "%3Aclone2"},
	{code: "session-servers-without-clone", change: []string{` CloneID="shop1"`, "", ` CloneID="shop2"`, ""},
		url: "http://shop.example.com/shop/x", cookie: to + "shop1"},
	{code: "session-no-clone", cookie: strings.TrimSuffix(to, ":")},
	{code: "session-partition", cookie: to + "1158590921"},
	{code: "session-case", cookie: to + "CLONE1"},
	{code: "session-other-cluster", cookie: to + "shop1"},
	{code: "session-unknown-clone", cookie: to + "clone9"},
	{code: "session-in-no-list", cookie: to + "gone04"},
	{code: "session-on-backup", cookie: to + "kept03"},
	{code: "session-full",
		change: []string{`CloneID="clone2"`, `CloneID="clone2" MaxConnections="10"`},
		cookie: to + "clone2", full: "m2"},
	{code: "session-member-marked", cookie: to + "clone1", marked: "m1"},
	{code: "session-member-failed", cookie: to + "clone1", down: "m1=refused"},
	{code: "session-second-cookie", cookie: to + "zzz; " + to + "clone2"},
	{code: "session-returned", cookie: to + "clone1:clone2"},
	{code: "session-prefix", change: []string{`"clone2"`, `"clone12"`}, cookie: to + "clone12"},
	{code: "failover", down: "m1=refused m2=refused"},
	{code: "other-cluster", url: "http://shop.example.com/app/api/x", expect: "D",
		change: []string{`"/app/*"`, `"/app/ap*"`}},
	{code: "other-cluster", expect: "D"},
	{code: "other-cluster", not: "C"},
	{code: "drained", change: []string{`CloneID="clone2"`, `CloneID="clone2" LoadBalanceWeight="0"`}, expect: "C/m2"},
	{code: "drained", expect: "m4"},
	{code: "drained", expect: "m3"},
}

// explained is an example with its answer.
type explained struct {
	*example
	table *match.Table
	sem   choices.Assumptions
	rq    match.Request
	d     *explain.Decision
}

// run asks the question of an example.
func (x *example) run(t rapid.TB) *explained {
	t.Helper()
	for i := 0; i < len(x.change); i += 2 {
		if !strings.Contains(base, x.change[i]) {
			t.Fatalf("%s: the file has no %s", x.code, x.change[i])
		}
	}
	xml := []byte(strings.NewReplacer(x.change...).Replace(base))
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", xml), xml)
	out := &explained{example: x, sem: choices.Latest()}
	out.table, _ = match.New(cfg)
	if x.assume != "" {
		if _, err := out.sem.Assume(x.assume); err != nil {
			t.Fatal(err)
		}
	}
	url := x.url
	if url == "" {
		url = usual
	}
	rq, err := written.URL(url)
	if err != nil {
		t.Fatal(err)
	}
	if rq.Body = x.body; x.cookie != "" {
		rq.Cookies = []string{x.cookie}
	}
	out.rq = rq
	sc := &explain.Scenario{Requests: explain.Repeat(rq, 1, 0)}
	x.conditions(t, out.table, sc)
	out.d = &Explain(out.table, files, sc, out.sem, nil, explain.WithAll, x.wanted(t, out.table, cfg)...)[0]
	return out
}

func (x *example) conditions(t rapid.TB, table *match.Table, sc *explain.Scenario) {
	member := func(name string) (match.ClusterID, match.MemberID) {
		c, m, err := names.Member(table, name)
		if err != nil {
			t.Fatal(err)
		}
		return c, m
	}
	for _, f := range strings.Fields(x.down) {
		name, how, _ := strings.Cut(f, "=")
		c, m := member(name)
		mode, err := explain.ParseFailureMode(how)
		if err != nil {
			t.Fatal(err)
		}
		sc.Conditions = append(sc.Conditions, explain.MemberCondition{Cluster: c, Member: m, Failure: mode})
	}
	ago, pending := 10*match.Second, int32(10)
	for _, name := range strings.Fields(x.marked) {
		c, m := member(name)
		sc.Members = append(sc.Members, explain.MemberFact{Cluster: c, Member: m, Marked: &ago})
	}
	for _, name := range strings.Fields(x.full) {
		c, m := member(name)
		sc.Members = append(sc.Members, explain.MemberFact{Cluster: c, Member: m, Pending: &pending})
	}
}

func (x *example) wanted(t rapid.TB, table *match.Table, cfg *parser.Config) (all []Wanted) {
	for i, name := range []string{x.expect, x.not} {
		if name == "" {
			continue
		}
		w := Wanted{Member: match.NoMember, Not: i == 1, Config: cfg}
		id, err := names.Cluster(table, name)
		if w.Cluster = id; err != nil {
			if w.Cluster, w.Member, err = names.Member(table, name); err != nil {
				t.Fatal(err)
			}
		}
		all = append(all, w)
	}
	return all
}

// TestEveryCause: what is told of each cause, from one file that is changed in a few lines.
func TestEveryCause(t *testing.T) {
	var b strings.Builder
	told := map[string]bool{}
	for i := range examples {
		x := examples[i].run(t)
		if codeOf(x.d) != x.code {
			t.Errorf("%s: the cause is %+v", x.code, x.d.Cause)
			continue
		}
		told[x.code] = true
		fmt.Fprintf(&b, "== %s, also %q\n%s\n\n", x.code, x.d.Also, strings.Join(x.d.Lines, "\n"))
		x.agrees(t)
	}
	for _, c := range words.Causes() {
		if !told[c.Code] {
			t.Errorf("no example shows %s", c.Code)
		}
	}
	golden.Check(t, "testdata/causes.txt", []byte(b.String()))
}

// agrees: no cause contradicts the decision, nothing is left to fill in, and the first line is short.
func (x *explained) agrees(t *testing.T) {
	c := x.d.Cause
	if all := c.Effect + c.Text + c.Advice; strings.ContainsAny(all, "{}") {
		t.Errorf("%s: %q has a hole", x.code, all)
	}
	if n := len(x.d.Lines[0]); n > 100 {
		t.Errorf("%s: the first line has %d columns", x.code, n)
	}
	source, err := schemas.Source("why")
	if err != nil {
		t.Fatal(err)
	}
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(source), gojsonschema.NewGoLoader(x.d))
	if err != nil || !result.Valid() {
		t.Errorf("%s: %v %v", x.code, err, result.Errors())
	}
	family, _, _ := strings.Cut(x.code, "-")
	want := map[string]string{"declined": explain.Declined, "error": explain.Errored, "session": explain.Forward,
		"failover": explain.Forward}[family]
	if want != "" && x.d.Decision != want {
		t.Errorf("%s: the decision is %s", x.code, x.d.Decision)
	}
}

// TestPage: docs/why.md has a row for each cause, in their order.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/why.md")
	if err != nil {
		t.Fatal(err)
	}
	rest := string(page)
	for _, c := range words.Causes() {
		_, after, found := strings.Cut(rest, "| "+c.Code+" | "+c.Fact+" | ")
		if rest = after; !found {
			t.Fatalf("docs/why.md lacks %s (%s) in its place", c.Code, c.Fact)
		}
	}
}
