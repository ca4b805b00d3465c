package match

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// TestCompetingKeys: places of one key have the same answers, whatever the choices but ipv6-hosts are. The second
// table is one of which a Route lacks its VirtualHostGroup: it competes with the aliases of either place, and lost to
// one.
func TestCompetingKeys(t *testing.T) {
	const open = `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:81"/><VirtualHost Name="long.example:80"/>` +
		`</VirtualHostGroup><ServerCluster Name="c"><Server Name="m"/></ServerCluster>` +
		`<ServerCluster Name="d"><Server Name="m"/></ServerCluster>` +
		`<UriGroup Name="u"><Uri Name="/x/*"/></UriGroup><UriGroup Name="w"><Uri Name="/x/yyyyy/*"/></UriGroup>` +
		`<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/><Route ServerCluster="d" UriGroup="w"/></Config>`
	table, sem := mustTable(t, open), choices.Latest()
	small, _ := table.Lookup("any.example", 81, "/x/yyyyy/z", &sem, nil)
	large, _ := table.Lookup("long.example", 80, "/x/yyyyy/z", &sem, nil)
	if small.Cluster == large.Cluster {
		t.Fatal("the two places have one answer: this test shows nothing")
	}
	a, _ := table.Competing("any.example", 81)
	if b, _ := table.Competing("long.example", 80); a == b {
		t.Fatal("two places of different answers have one key")
	}
	checks := 0
	rapid.Check(t, func(t *rapid.T) {
		table, sem := mustParse(randomConfig(t)), choices.Latest()
		for _, c := range matching {
			if c != choices.IPv6Hosts {
				sem = sem.With(c, uint8(rapid.IntRange(0, int(c.NumValues())-1).Draw(t, c.String())))
			}
		}
		type answer struct {
			route int
			uri   string
			ok    bool
		}
		known := map[string][]answer{}
		for _, host := range []string{"a.example", "b.example", "else.example", "[::1]", "[::a]", ""} {
			for _, port := range []int{80, 443, 8080, 9} {
				key, _ := table.Competing(host, port)
				var answers []answer
				for _, path := range somePaths {
					m, ok := table.Lookup(host, port, path, &sem, nil)
					answers = append(answers, answer{m.Route(), m.URI(), ok})
				}
				had, met := known[key]
				for i := range had {
					if checks++; had[i] != answers[i] {
						t.Fatalf("%s:%d%s: %+v, of another place of its key %+v", host, port, somePaths[i], answers[i],
							had[i])
					}
				}
				if !met {
					known[key] = answers
				}
			}
		}
	})
	if checks == 0 {
		t.Error("no two places had one key")
	}
}
