package match

import (
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// TestCompetingWithOpenRoutes: a Route that lacks its VirtualHostGroup competes with the one alias of either place,
// and wins at the first alone. So their keys differ, though both aliases lead to the same Routes: by the characters of
// the alias, or by its class.
func TestCompetingWithOpenRoutes(t *testing.T) {
	type place struct {
		alias, host string
		port        int
	}
	for _, c := range []struct {
		assume       string
		first, other place
		uri          string // of the Route that lacks its group; the other one has /x/*
	}{
		{"vhost-score=characters", place{"a.b:80", "a.b", 80}, place{"long.example:80", "long.example", 80},
			"/x/yyyyy/*"},
		{"vhost-score=classes", place{"*:1234", "any", 1234}, place{"host", "host", 80}, "/x/yyy*"},
	} {
		table := mustTable(t, `<Config><VirtualHostGroup Name="v"><VirtualHost Name="`+c.first.alias+`"/>`+
			`<VirtualHost Name="`+c.other.alias+`"/></VirtualHostGroup>`+
			`<ServerCluster Name="c"><Server Name="m"/></ServerCluster>`+
			`<ServerCluster Name="d"><Server Name="m"/></ServerCluster>`+
			`<UriGroup Name="u"><Uri Name="/x/*"/></UriGroup><UriGroup Name="w"><Uri Name="`+c.uri+`"/></UriGroup>`+
			`<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/>`+
			`<Route ServerCluster="d" UriGroup="w"/></Config>`)
		sem := choices.Latest()
		choiceByName(t, c.assume, &sem)
		answer := func(p place) string {
			m, _ := table.Lookup(p.host, p.port, "/x/yyyyy/z", &sem, nil)
			return table.Clusters[m.Cluster].Name
		}
		if got := answer(c.first) + answer(c.other); got != "dc" {
			t.Fatalf("%s: %s, so this test shows nothing", c.assume, got)
		}
		key, _ := table.Competing(c.first.host, c.first.port)
		if other, _ := table.Competing(c.other.host, c.other.port); key == other {
			t.Errorf("%s: two places of different answers have one key", c.assume)
		}
	}
}

// TestCompetingKeys: places of one key have the same answers, whatever the choices but ipv6-hosts are.
func TestCompetingKeys(t *testing.T) {
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
