package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// onlyRule switches every other rule off.
func onlyRule(code string) lint.Options {
	o := lint.Options{Profile: "pedantic", Rules: map[string]lint.RuleSetting{}}
	for _, r := range rules.All() {
		o.Rules[r.Code] = lint.RuleSetting{Off: r.Code != code}
	}
	return o
}

// drawCovered writes a small file whose Uris stand within each other.
func drawCovered(t *rapid.T) string {
	aliases := []string{"*:80", "*:443", "shop.example.com:443", "shop.example.com:80", "*:*", "a.example:80"}
	uris := []string{"/*", "/a", "/a/*", "/a/b/*", "/a/b", "/a/b/c", "*.jsp", "/a/*.jsp", "/a/b/*.jsp", "/a/x.jsp",
		"/a/b.jsp/*", "/ab/*"}
	cookies := []string{"", "", "", "", ` AffinityCookie="OTHER"`}
	text := "<Config>"
	groups := rapid.IntRange(1, 3).Draw(t, "groups")
	for g := range groups {
		text += fmt.Sprintf("<ServerCluster Name=\"c%d\"><Server Name=\"m\"><Transport Hostname=\"h\" "+
			"Port=\"1\"/></Server></ServerCluster>\n<VirtualHostGroup Name=\"v%d\">", g, g)
		for _, a := range rapid.SliceOfN(rapid.SampledFrom(aliases), 1, 3).Draw(t, "aliases") {
			text += fmt.Sprintf("<VirtualHost Name=%q/>", a)
		}
		text += fmt.Sprintf("</VirtualHostGroup>\n<UriGroup Name=\"u%d\">\n", g)
		for _, u := range rapid.SliceOfN(rapid.SampledFrom(uris), 1, 6).Draw(t, "uris") {
			text += fmt.Sprintf("  <Uri%s Name=%q/>\n", rapid.SampledFrom(cookies).Draw(t, "cookie"), u)
		}
		text += "</UriGroup>\n"
	}
	for range rapid.IntRange(1, 4).Draw(t, "routes") {
		pick := func(what string) int { return rapid.IntRange(0, groups-1).Draw(t, what) }
		text += fmt.Sprintf("<Route ServerCluster=\"c%d\" UriGroup=\"u%d\" VirtualHostGroup=\"v%d\"/>\n", pick("c"),
			pick("u"), pick("v"))
	}
	return text + "</Config>"
}

// decisions sends requests of every kind through a file, and writes down where they go.
func decisions(src []byte, sem *choices.Assumptions) string {
	cfg, _ := parser.Parse(1, src)
	table, _ := routecheck.New(cfg)
	var b strings.Builder
	for _, host := range []string{"shop.example.com", "shop.example.com:443", "a.example", "a.example:9080", "other",
		"other:443", "other:9080"} {
		for _, path := range []string{"/", "/a", "/a/", "/a/q", "/a/b", "/a/b/", "/a/b/c", "/a/b/q", "/q.jsp",
			"/a/q.jsp", "/a/x.jsp", "/a/b.jsp", "/a/b.jsp/q", "/a/b/q.jsp", "/a/b/c.jsp", "/ab", "/ab/q", "/ab/q.jsp",
			"/q"} {
			m, ok := table.Match(&routecheck.Request{Host: host, Target: path}, sem)
			if ok {
				fmt.Fprintf(&b, "%s%s %s %s\n", host, path, table.Clusters[m.Cluster].Name, m.Cookie())
			} else {
				fmt.Fprintf(&b, "%s%s declined\n", host, path)
			}
		}
	}
	return b.String()
}

// TestRedundantUrisAreMissedByNobody deletes what WP604 reports, one by one and all together: no request goes
// elsewhere or has another cookie, whatever the open choices are.
func TestRedundantUrisAreMissedByNobody(t *testing.T) {
	found := 0
	rapid.Check(t, func(t *rapid.T) {
		src := []byte(drawCovered(t))
		files := diag.NewFiles()
		id := files.Add("f.xml", src)
		o := onlyRule("WP604")
		ds := lint.Run(rules.All(), files, lint.Read(files, id), o)
		found += len(ds)
		if len(ds) == 0 {
			return
		}
		all, n := lint.Fix(rules.All(), files, id, o, false)
		if n < len(ds) {
			t.Errorf("%d findings, %d repaired", len(ds), n)
		}
		without := [][]byte{all}
		for _, d := range ds {
			one, err := diag.Apply(src, d.Fix.Edits)
			if err != nil {
				t.Fatal(err)
			}
			without = append(without, one)
		}
		for range 8 {
			sem := drawAssumptions(t)
			want := decisions(src, &sem)
			for _, text := range without {
				if got := decisions(text, &sem); got != want {
					t.Fatalf("decisions differ:\n%s\n--\n%s\n--\n%s", src, text, firstDifference(want, got))
				}
			}
		}
	})
	if found == 0 {
		t.Error("no file has such a Uri")
	}
}

func drawAssumptions(t *rapid.T) choices.Assumptions {
	sem := choices.Latest()
	for i, c := range choices.All() {
		switch c.Name {
		case "score-combination", "vhost-score", "score-tie", "slash-star-serves-bare", "suffix-patterns":
			sem = sem.With(choices.Choice(i), uint8(rapid.IntRange(0, len(c.Values)-1).Draw(t, c.Name)))
		}
	}
	return sem
}

func firstDifference(a, b string) string {
	as, bs := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range as {
		if as[i] != bs[i] {
			return as[i] + " | " + bs[i]
		}
	}
	return ""
}

// TestRedundantUri names what is reported, and by its absence what is not.
func TestRedundantUri(t *testing.T) {
	hosts := example.HostGroup("default_host", "*:80")
	for _, tt := range []struct{ name, text, want string }{
		{"same group", hosts + example.UriGroup("shop_uris", "/shop/*", "/shop/cart/*", "/shop/*.jsp", "/shop/a.html"),
			"/shop/cart/* /shop/*.jsp /shop/a.html"},
		{"of three the widest stays", hosts + example.UriGroup("shop_uris", "/a/b/c/*", "/a/b/*", "/a/*"),
			"/a/b/c/* /a/b/*"},
		{"the same again", hosts + example.UriGroup("shop_uris", "/shop/*", "/shop/*", "/b"), "/shop/*"},
		{"the same again with another cookie", hosts + `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/><Uri ` +
			`AffinityCookie="OTHER" Name="/shop/*"/></UriGroup>`, ""},
		{"only the bare path is different", hosts + example.UriGroup("shop_uris", "/shop/*", "/shop"), ""},
		{"another cluster lies between", example.TwoServers("c1", "c2") + hosts + example.UriGroup("shop_uris",
			"/shop/*", "/shop/cart/pay/*") +
			example.UriGroup("bank_uris", "/shop/cart/*") + example.TwoRoutes, ""},
		{"another cluster lies within", example.TwoServers("c1", "c2") + hosts + example.UriGroup("shop_uris",
			"/shop/*", "/shop/cart/*") +
			example.UriGroup("bank_uris", "/shop/cart/pay/*") + example.TwoRoutes, "/shop/cart/*"},
		{"a suffix pattern of another cluster may win instead", example.TwoServers("c1", "c2") + hosts +
			example.UriGroup("shop_uris", "/*", "/shop/cart/*") + example.UriGroup("bank_uris", "*.jsp") +
			example.TwoRoutes, ""},
		{"another cookie", hosts + `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/><Uri AffinityCookie="OTHER" ` +
			`Name="/shop/cart/*"/></UriGroup>`, ""},
		{"covered by another group", example.TwoServers("c1", "c2") + hosts +
			example.UriGroup("shop_uris", "/shop/*") +
			example.UriGroup("more_uris", "/shop/cart/*", "/b/*") +
			`<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/><Route ` +
			`ServerCluster="shop" UriGroup="more_uris" VirtualHostGroup="default_host"/>`, "/shop/cart/*"},
		{"the other group has fewer aliases", example.TwoServers("c1", "c2") + example.HostGroup("default_host",
			"*:80", "*:443") +
			example.HostGroup("bank_host", "*:80") + example.UriGroup("shop_uris", "/shop/*") +
			example.UriGroup("more_uris", "/shop/cart/*", "/b/*") +
			`<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="bank_host"/><Route ` +
			`ServerCluster="shop" UriGroup="more_uris" VirtualHostGroup="default_host"/>`, ""},
		{"a group is not emptied", example.TwoServers("c1", "c2") + hosts + example.UriGroup("shop_uris", "/shop/*") +
			example.UriGroup("more_uris", "/shop/cart/*") +
			`<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/><Route ` +
			`ServerCluster="shop" UriGroup="more_uris" VirtualHostGroup="default_host"/>`, ""},
		{"a closer alias of another cluster", example.TwoServers("c1", "c2") + hosts + example.HostGroup("bank_host",
			"www.example.com:80") +
			example.UriGroup("shop_uris", "/shop/*", "/shop/a/very/long/path/to/the/cart/*") +
			example.UriGroup("bank_uris", "/shop/a/*") + example.TwoHostRoutes, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ds, files := lintText(complete(tt.text), onlyRule("WP604"))
			var got []string
			for _, d := range ds {
				got = append(got, files.Text(d.Span))
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("got %q, want %q\n%s", got, tt.want, describe(ds, files))
			}
		})
	}
}
