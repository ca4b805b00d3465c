package cause

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

// TestNearURLsAreTrue: each URL that is shown as a near miss of a declined request, asked alone, is forwarded to the
// cluster that it names.
func TestNearURLsAreTrue(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
		x := example{url: pick("scheme", "http", "https") + "://" + pick("host", "shop.example.com",
			"www.shop.example.com",
			"shops.example.com", "shop", "shop.example.org", "h", "SHOP.example.com") + pick("port", "", ":80",
			":443", ":9080", ":8080") +
			pick("path", "/app/x", "/App/x", "/ap/x", "/app", "/x/app/y", "/api/x", "/cart/view/1", "/cart/View",
				"/app;v=1", "/%61pp/x",
				"//app/x", "/shop/x?q=1", "/", "/elsewhere/%20x")}
		if pick("hosts", "any", "named") == "named" {
			x.change = []string{`"*:80"`, `"www.example.org:81"`}
		}
		if pick("exact", "no", "yes") == "yes" {
			x.change = append(x.change, `<Uri Name="/app/*"/>`, `<Uri Name="/app"/><Uri Name="/app/x/*"/>`)
		}
		e := x.run(t)
		if e.d.Decision != explain.Declined {
			return
		}
		if e.d.Cause == nil {
			t.Fatalf("%s is declined without a cause", x.url)
		}
		for _, n := range e.d.Cause.Near {
			e.leadsWhereItSays(t, &n)
		}
	})
}

// leadsWhereItSays asks a near miss alone.
func (e *explained) leadsWhereItSays(t interface{ Fatalf(string, ...any) }, n *explain.Near) {
	rq, err := written.URL(n.URL)
	sem := e.sem
	if _, assume, ok := strings.Cut(n.What, "--assume "); ok && err == nil {
		_, err = sem.Assume(assume)
	}
	if err != nil {
		t.Fatalf("%s: %+v: %v", e.url, n, err)
	}
	m, ok := e.table.Match(&rq, &sem)
	if !ok || e.table.Clusters[m.Cluster].Name != n.Cluster {
		t.Fatalf("%s: %+v does not lead to its cluster", e.url, n)
	}
}

// TestNearMissesOfExamples: so do those of all other causes.
func TestNearMissesOfExamples(t *testing.T) {
	for i := range examples {
		e := examples[i].run(t)
		for _, n := range e.d.Cause.Near {
			if n.URL != "" {
				e.leadsWhereItSays(t, &n)
			}
		}
	}
}

// TestQuestionsAreFew: near misses cost a bounded number of changed requests, on a file of 20,000 Uris and as many
// cookies as a browser sends.
func TestQuestionsAreFew(t *testing.T) {
	const most = 2000
	var b strings.Builder
	b.WriteString(`<Config><VirtualHostGroup Name="v"><VirtualHost Name="shop.example.com:80"/>`)
	for i := range 500 {
		fmt.Fprintf(&b, `<VirtualHost Name="shop%d.example.com:9080"/>`, i)
	}
	b.WriteString(`</VirtualHostGroup><ServerCluster Name="C">`)
	for i := range 50 {
		fmt.Fprintf(&b, `<Server Name="m%d" CloneID="clone%d"><Transport Hostname="h" Port="1"/></Server>`, i, i)
	}
	b.WriteString(`</ServerCluster><ServerCluster Name="D"><Server Name="d" CloneID="other"/></ServerCluster>`)
	for _, c := range []string{"C", "D"} {
		fmt.Fprintf(&b, `<UriGroup Name="%s">`, c)
		for i := range 10000 {
			fmt.Fprintf(&b, `<Uri Name="/%s%d/*"/>`, strings.ToLower(c), i)
		}
		fmt.Fprintf(&b, `</UriGroup><Route ServerCluster="%s" UriGroup="%s" VirtualHostGroup="v"/>`, c, c)
	}
	table := coretest.Parse(b.String() + `</Config>`)
	cookies := "x=1"
	for i := range 150 {
		cookies += fmt.Sprintf("; c%d=0001abc+CLONE%d%%3A", i, i)
	}
	for _, url := range []string{"http://shop.example.com/c/x", "http://shop.example.com/C1/x",
		"http://shop9.example.com/c1/x",
		"http://other/c1/x", "http://shop.example.com/c1/x", "https://shop.example.com/d9"} {
		rq, err := written.URL(url)
		if err != nil {
			t.Fatal(err)
		}
		rq.Cookies = []string{cookies, "JSESSIONID=0001abc:clone99"}
		sc := &explain.Scenario{Requests: explain.Repeat(rq, 1, 0)}
		sem := choices.Latest()
		d := explain.Explain(table, diag.NewFiles(), sc, sem, nil, explain.WithAll)
		q := inquiry{t: table, files: diag.NewFiles(), sc: sc, sem: sem, rq: &sc.Requests[0].Request, d: &d[0]}
		q.answer([]Wanted{{Cluster: 1, Member: match.NoMember}})
		if q.asked > most {
			t.Errorf("%s: %d changed requests", url, q.asked)
		}
	}
}
