package space

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// drawRoutes writes a small file whose aliases and patterns meet often.
func drawRoutes(t *rapid.T) string {
	aliases := []string{"*:80", "*:443", "shop.example.com:443", "shop.example.com", "shop.example.com:80", "*:*",
		"shop.example.com:*", "a:443"}
	patterns := []string{"/*", "/a", "/a/", "/a/*", "/a/b/*", "/a/b", "*.jsp", "/a/*.jsp", "/ab*", "/a*",
		"/b/*", "/a/*/c", "/**"}
	text := "<Config>"
	for c := range 3 {
		text += fmt.Sprintf(`<ServerCluster Name="c%d">`+
			`<Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>`, c)
	}
	groups := rapid.IntRange(1, 4).Draw(t, "groups")
	for g := range groups {
		text += fmt.Sprintf(`<VirtualHostGroup Name="v%d">`, g)
		for _, a := range rapid.SliceOfN(rapid.SampledFrom(aliases), 1, 3).Draw(t, "aliases") {
			text += fmt.Sprintf(`<VirtualHost Name="%s"/>`, a)
		}
		text += fmt.Sprintf(`</VirtualHostGroup><UriGroup Name="u%d">`, g)
		for _, u := range rapid.SliceOfN(rapid.SampledFrom(patterns), 1, 5).Draw(t, "uris") {
			text += fmt.Sprintf(`<Uri Name="%s"/>`, u)
		}
		text += `</UriGroup>`
	}
	for range rapid.IntRange(1, 5).Draw(t, "routes") {
		v, u := rapid.IntRange(0, groups-1).Draw(t, "v"), rapid.IntRange(0, groups-1).Draw(t, "u")
		text += fmt.Sprintf(`<Route ServerCluster="c%d" UriGroup="u%d"`, rapid.IntRange(0, 2).Draw(t, "c"), u)
		if rapid.IntRange(0, 9).Draw(t, "open") > 0 {
			text += fmt.Sprintf(` VirtualHostGroup="v%d"`, v)
		}
		text += `/>`
	}
	return text + "</Config>"
}

// everyAssumptions visits every combination of the choices.
func everyAssumptions(among uint64, visit func(*choices.Assumptions)) {
	var walk func(sem choices.Assumptions, c choices.Choice)
	walk = func(sem choices.Assumptions, c choices.Choice) {
		for c < choices.NumChoices && among&(1<<c) == 0 {
			c++
		}
		if c == choices.NumChoices {
			visit(&sem)
			return
		}
		for v := range c.NumValues() {
			walk(sem.With(c, uint8(v)), c+1)
		}
	}
	walk(choices.Latest(), 0)
}

// sampled returns every Uri that wins some place under some combination, and the places whose cluster differs between
// combinations.
func sampled(tab *match.Table) (won map[diag.Span]bool, open int) {
	won = map[diag.Span]bool{}
	for _, host := range []string{"shop.example.com", "a", "other"} {
		for _, port := range []int{80, 443, 8080} {
			for _, path := range []string{"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/x", "/a/x", "/x.jsp", "/a/x.jsp",
				"/a/b/x.jsp", "/ab", "/abx", "/ab.jsp", "/ax", "/b", "/b/", "/b/x", "/b/x.jsp", "/a//c",
				"/a/b/c", "/a/x/c", "/*", "/q"} {
				clusters := map[match.ClusterID]bool{}
				everyAssumptions(choices.OfRoutes, func(sem *choices.Assumptions) {
					if m, ok := matchPlace(tab, MatchKey{host, port, path}, sem, nil); ok {
						won[m.URIAt()] = true
					}
				})
				everyAssumptions(scoreChoices, func(sem *choices.Assumptions) {
					if m, ok := matchPlace(tab, MatchKey{host, port, path}, sem, nil); ok {
						clusters[m.Cluster] = true
					}
				})
				if len(clusters) > 1 {
					open++
				}
			}
		}
	}
	return won, open
}

func TestReachAgainstEveryRequest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := drawRoutes(t)
		cfg, _ := parser.Parse(1, []byte(text))
		tab, _ := match.New(cfg)
		reach := NewReach(tab)
		won, open := sampled(tab)
		reported := map[diag.Span]bool{}
		for _, u := range reach.Unreachable {
			reported[u.At] = true
			if won[u.At] {
				t.Fatalf("%s is reported unreachable, but a request reaches it\n%s", u.URI, text)
			}
			if len(u.Blockers) == 0 {
				t.Fatalf("%s is unreachable without a blocker\n%s", u.URI, text)
			}
		}
		for i := range tab.Routes {
			for _, p := range tab.Routes[i].URIs.Patterns {
				if p.Kind != match.Dead && !p.Internal && !reported[p.At()] && !won[p.At()] {
					t.Fatalf("%s is not reported, and no request reaches it\n%s", p.Text, text)
				}
			}
		}
		if (open > 0) != (len(reach.Undetermined) > 0) {
			t.Fatalf("%d places are open, %d reported\n%s", open, len(reach.Undetermined), text)
		}
		for _, u := range reach.Undetermined {
			clusters := map[match.ClusterID]bool{}
			everyAssumptions(scoreChoices, func(sem *choices.Assumptions) {
				if m, ok := matchPlace(tab, u.Sample, sem, nil); ok {
					clusters[m.Cluster] = true
				}
			})
			if len(clusters) < 2 {
				t.Fatalf("%s is reported open, but always comes to one cluster\n%s", u.Sample.URL(), text)
			}
		}
	})
}

// TestUndeterminedThroughSharedGroups: where a suffix and a prefix meet that several Routes lead to different
// clusters, the first Route of each is not all there is to compare.
func TestUndeterminedThroughSharedGroups(t *testing.T) {
	text := "<Config>"
	for _, c := range []string{"a", "b", "c"} {
		text += `<ServerCluster Name="` + c +
			`"><Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>`
	}
	cfg, _ := parser.Parse(1, []byte(text+`
		<VirtualHostGroup Name="any"><VirtualHost Name="shop.example.com:*"/></VirtualHostGroup>
		<VirtualHostGroup Name="80"><VirtualHost Name="shop.example.com:80"/></VirtualHostGroup>
		<UriGroup Name="jsp"><Uri Name="*.jsp"/></UriGroup>
		<UriGroup Name="b"><Uri Name="/b/*"/></UriGroup>
		<Route ServerCluster="a" UriGroup="jsp" VirtualHostGroup="any"/>
		<Route ServerCluster="b" UriGroup="jsp" VirtualHostGroup="80"/>
		<Route ServerCluster="a" UriGroup="b" VirtualHostGroup="any"/>
		<Route ServerCluster="c" UriGroup="b" VirtualHostGroup="80"/></Config>`))
	tab, _ := match.New(cfg)
	if len(NewReach(tab).Undetermined) == 0 {
		t.Error("nothing is open between *.jsp and /b/* on port 80")
	}
}

// TestSamplesOfOddPaths: a sample is written as the web server needs it, which decodes paths or passes them on as they
// are (R16).
func TestSamplesOfOddPaths(t *testing.T) {
	table := mustTable(t, strings.Replace(clusterXML("", "", server("m", "")), `<Uri Name="/*"/>`,
		`<Uri Name="/my shop/*"/><Uri Name="/a%20b"/><Uri Name="*.do"/>`, 1))
	for platform, want := range map[string]string{
		"ihs": "http://any.example/my%20shop/x http://any.example/a%2520b http://any.example/x.do",
		"zos": "http://any.example/my shop/x http://any.example/a%20b http://any.example/x.do",
	} {
		sem, err := choices.Defaults("latest", platform)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, s := range Samples(table, &sem)[0].Requests {
			if strings.HasPrefix(s.URL, "http:") {
				got = append(got, s.URL)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s: %v", platform, got)
		}
	}
}
