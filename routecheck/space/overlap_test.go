package space

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

// TestOverlap holds what two Uris have in common against every path of a few letters.
func TestOverlap(t *testing.T) {
	var paths []string
	for _, a := range []string{"/", "/a", "/b", "/ab", "/a/", "/a/b", "/a/x", "/x"} {
		for _, b := range []string{"", "/", "/a", "/b", "/x", "x", ".j", "/x.j", "/b.j", ".j/x"} {
			paths = append(paths, a+b)
		}
	}
	uris := []string{"/*", "/a", "/a/", "/a/*", "/a*", "*.j", "/a/*.j", "/a/b", "/a/b/*", "/**",
		"/a/*b", "/b/*", "/a.j", "*"}
	f := UnusedNames{Text: "x"}
	for _, a := range uris {
		for _, b := range uris {
			p, q := match.Compile(a), match.Compile(b)
			path, ok := f.Overlap(a, b)
			if ok && (!p.Matches(path) || !q.Matches(path)) {
				t.Errorf("%q and %q do not both match %q", a, b, path)
			}
			for _, other := range paths {
				if !ok && p.Matches(other) && q.Matches(other) {
					t.Errorf("%q and %q both match %q", a, b, other)
				}
			}
		}
	}
}

// TestMeet holds what two aliases have in common against what each matches.
func TestMeet(t *testing.T) {
	names := []string{"*:*", "*:80", "*", "a:*", "a:80", "a:443", "b:80", "*:443"}
	f := UnusedNames{Host: "fresh", Port: 8080}
	keys := []MatchKey{{Host: "a", Port: 80}, {Host: "a", Port: 443}, {Host: "b", Port: 80}, {Host: "b", Port: 443},
		{Host: "fresh", Port: 80}, {Host: "fresh", Port: 8080}, {Host: "a", Port: 8080}, {Host: "fresh", Port: 443}}
	takes := func(a parser.Alias, s MatchKey) bool {
		return (a.Host == "*" || a.Host == s.Host) && (a.Port == 0 || a.Port == s.Port)
	}
	for _, x := range names {
		for _, y := range names {
			a, _ := parser.ParseAlias(x)
			b, _ := parser.ParseAlias(y)
			key, ok := f.Meet(a, b)
			if ok && (!takes(a, key) || !takes(b, key)) {
				t.Errorf("%s and %s do not both take %v", x, y, key)
			}
			for _, s := range keys {
				if !ok && takes(a, s) && takes(b, s) {
					t.Errorf("%s and %s both take %v", x, y, s)
				}
			}
		}
	}
}

// TestTakesPortAndServes hold both against the requests that are matched.
func TestTakesPortAndServes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cfg, _ := parser.Parse(1, []byte(drawRoutes(t)))
		tab, _ := match.New(cfg)
		won, _ := sampled(tab)
		if len(won) > 0 && !tab.Serves() {
			t.Fatal("a request is matched, and none is served")
		}
		sem := choices.Latest()
		for _, port := range []int{80, 443, 8080} {
			matched := false
			for _, host := range []string{"shop.example.com", "a", "other"} {
				for _, path := range []string{"/", "/a", "/a/", "/a/b", "/a/x", "/x.jsp", "/b/x",
					"/ab", "/a/x/c", "/b"} {
					if _, ok := MatchAt(tab, MatchKey{host, port, path}, &sem); ok {
						matched = true
					}
				}
			}
			if matched && !tab.TakesPort(port) {
				t.Fatalf("a request for port %d is matched, and no Route takes the port", port)
			}
		}
	})
}

func TestEqualScores(t *testing.T) {
	text := `<Config><ServerCluster Name="c"/><UriGroup Name="u"><Uri Name="/a/*"/></UriGroup>` +
		`<VirtualHostGroup Name="1"><VirtualHost Name="*:80"/></VirtualHostGroup>` +
		`<VirtualHostGroup Name="2"><VirtualHost Name="*"/></VirtualHostGroup>` +
		`<Route ServerCluster="c" VirtualHostGroup="1" UriGroup="u"/>` +
		`<Route ServerCluster="c" VirtualHostGroup="2" UriGroup="u"/></Config>`
	cfg, _ := parser.Parse(1, []byte(text))
	tab, _ := match.New(cfg)
	sem := choices.Latest()
	all := tab.Candidates(&match.Request{Host: "h", Target: "/a/x"}, &sem)
	if a, b := all[0].Match, all[1].Match; !a.EqualScores(&a) || a.EqualScores(&b) || a.URIScore() != 3 ||
		a.VhostScore() != 2 || b.URIScore() != 3 || b.VhostScore() != 0 {
		t.Errorf("%d %d and %d %d", a.URIScore(), a.VhostScore(), b.URIScore(), b.VhostScore())
	}
}
