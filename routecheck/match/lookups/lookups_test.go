package lookups_test

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// config draws a configuration whose aliases, leading texts and endings overlap in every way.
func config(t *rapid.T) string {
	var b strings.Builder
	pick := func(from ...string) string { return rapid.SampledFrom(from).Draw(t, "of") }
	b.WriteString("<Config>\n")
	groups := rapid.IntRange(1, 3).Draw(t, "groups")
	for g := range groups {
		fmt.Fprintf(&b, `<VirtualHostGroup Name="v%d">`, g)
		for range rapid.IntRange(1, 3).Draw(t, "aliases") {
			fmt.Fprintf(&b, `<VirtualHost Name="%s%s"/>`, pick("*", "a", "B", "[::1]", "[0::1]"),
				pick("", ":*", ":80", ":81"))
		}
		fmt.Fprintf(&b, `</VirtualHostGroup><UriGroup Name="u%d">`, g)
		for range rapid.IntRange(1, 6).Draw(t, "uris") {
			fmt.Fprintf(&b, `<Uri Name="%s"/>`,
				pick("/*", "/a", "/a/*", "/a/b/*", "/a/b*", "/a.j*", "/a.*", "/a/x.jsp",
					"*.jsp", "/a/*.jsp", "/a/b/*.jsp", "*p", "/a*p", "/a.j*p", "/a/*sp", "/a.*jsp",
					"*", "/a.jsp*", "/a/*/p"))
		}
		fmt.Fprintf(&b, `</UriGroup><ServerCluster Name="c%d"><Server Name="m"/></ServerCluster>`, g)
	}
	for range rapid.IntRange(1, 5).Draw(t, "routes") {
		n := func() int { return rapid.IntRange(0, groups-1).Draw(t, "group") }
		fmt.Fprintf(&b, `<Route ServerCluster="c%d" UriGroup="u%d" `, n(), n())
		if rapid.IntRange(0, 9).Draw(t, "open") > 0 {
			fmt.Fprintf(&b, `VirtualHostGroup="v%d" `, n())
		}
		b.WriteString("/>")
	}
	return b.String() + "</Config>"
}

var paths = []string{"", "/", "/a", "/a/", "/a/b", "/a/b/", "/a/b/c", "/a.jsp", "/a.j", "/a.jp", "/a.p", "/ap",
	"/a/x.jsp",
	"/a/b.jsp", "/a/b/.jsp", "/a/bx.jsp", "/a/p", "/a//p", "/a/b/p", "/a/sp", "/x.jsp",
	"/a.jsp.jsp", "/a.jspp", ".jsp",
	"p"}

// TestFind: the tables find what Match finds, whatever the choices about scores. Of an IPv6 address they know the
// spellings of the file.
func TestFind(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := coretest.Parse(config(t))
		sem := choices.Latest()
		for _, c := range []choices.Choice{choices.ScoreCombination, choices.VhostScore, choices.ScoreTie,
			choices.SuffixPatterns, choices.SlashStarServesBare, choices.IPv6Hosts} {
			sem = sem.With(c, uint8(rapid.IntRange(0, int(c.NumValues())-1).Draw(t, c.String())))
		}
		tables, err := lookups.New(table.Ordered(&sem))
		if err != nil {
			t.Fatal(err)
		}
		for _, host := range []string{"a", "b", "c", "", "[::1]", "[0::1]"} {
			if strings.HasPrefix(host, "[") && !table.NamesHost(host) {
				continue
			}
			for port := range 3 {
				for _, path := range paths {
					want, ok := table.Lookup(host, 79+port, path, &sem, nil)
					got := tables.Find(host, 79+port, path)
					if (got != nil) != ok || ok && !same(got, &want) {
						t.Fatalf("%s:%d %s: %+v, want %t %s %s",
							host, 79+port, path, got, ok, want.Alias(), want.URI())
					}
				}
			}
		}
	})
}

func same(e *match.Entry, m *match.Match) bool {
	return e.Route == m.Route() && e.Pattern == m.URI() && e.Cluster == m.Cluster
}
