package match

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// firstTaker asks a list as a proxy does that knows nothing but its order.
func firstTaker(entries []Entry, host string, port int, path string) *Entry {
	i := slices.IndexFunc(entries, func(e Entry) bool { return e.takes(host, port, path) })
	if i < 0 {
		return nil
	}
	return &entries[i]
}

// orderChoices are those that an ordered list hangs on.
var orderChoices = []choices.Choice{choices.ScoreCombination, choices.VhostScore, choices.ScoreTie,
	choices.SuffixPatterns, choices.SlashStarServesBare, choices.IPv6Hosts, choices.OpenRoute}

// TestOrderedAgrees: the first of the list that takes a request is what Match and the linear walk find, under every
// combination of the choices about scores.
func TestOrderedAgrees(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := mustParse(randomConfig(t))
		var requests []Request
		for range 8 {
			requests = append(requests, Request{
				TLS: rapid.Bool().Draw(t, "tls"),
				Host: rapid.SampledFrom([]string{"a.example", "b.example", "A.EXAMPLE", "c", "[::1]", "a.example:8080",
					"b.example:443", "[::1]:80", "[0::1]:80", "[::a]", ""}).Draw(t, "Host"),
				Target: rapid.SampledFrom(somePaths).Draw(t, "path"),
			})
		}
		forEach(orderChoices, choices.Latest(), func(sem choices.Assumptions) {
			entries := table.Ordered(&sem)
			for i := range requests {
				checkOrdered(t, table, entries, &requests[i], &sem)
			}
		})
	})
}

func checkOrdered(t *rapid.T, table *Table, entries []Entry, rq *Request, sem *choices.Assumptions) {
	path, refused := table.ComparedPath(rq, sem, nil)
	if refused != Accepted {
		return
	}
	host, port := table.HostPort(rq, sem)
	got := firstTaker(entries, host, port, path)
	m, ok := table.Match(rq, sem)
	linear, linearOK := table.matchLinear(rq, sem)
	switch {
	case (got != nil) != ok || ok != linearOK:
		t.Fatalf("%+v: list %t, index %t, walk %t", rq, got != nil, ok, linearOK)
	case !ok:
	case got.matched != m || m != linear:
		t.Fatalf("%+v: list %s %q, index %s %q, walk %s %q", rq, got.Alias, got.Pattern, m.Alias(), m.URI(),
			linear.Alias(), linear.URI())
	case got.Cluster != m.Cluster || got.Route != m.Route() || got.Cookie != m.Cookie() ||
		got.Identifier != m.Identifier() || m.HasURI() && got.Span != m.URIAt():
		t.Fatalf("%+v: the entry %+v says something else than the match", rq, got)
	}
}

const orderedXML = `<Config>
<VirtualHostGroup Name="a"><VirtualHost Name="a.example:80"/><VirtualHost Name="[::1]:*"/></VirtualHostGroup>
<VirtualHostGroup Name="any"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c"><Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<ServerCluster Name="d"><Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<UriGroup Name="short"><Uri Name="/x/*" AffinityCookie="S" AffinityURLIdentifier="s"/></UriGroup>
<UriGroup Name="long"><Uri Name="/x/long/path/more/*"/><Uri Name="*.jsp"/><Uri Name="/*bad*"/></UriGroup>
<Route ServerCluster="c" UriGroup="short" VirtualHostGroup="a"/>
<Route ServerCluster="d" UriGroup="long" VirtualHostGroup="any"/>
<Route ServerCluster="gone" UriGroup="long" VirtualHostGroup="any"/>
<Route ServerCluster="d"/>
</Config>`

// TestOrdered shows the list and what choices do to it: scores add, the host goes first, or a Uri with an ending last;
// a Route of a cluster that does not exist is no rule (R18).
func TestOrdered(t *testing.T) {
	for assume, want := range map[string]string{
		"": `*:80 /x/long/path/more/*, *:80 /x/long/path/more, a.example:80 /x/*, a.example:80 /x, [::1]:* /x/*, ` +
			`*:80 *.jsp, [::1]:* /x,  *`,
		"score-combination=vhost-then-uri": `a.example:80 /x/*, a.example:80 /x, [::1]:* /x/*, [::1]:* /x, ` +
			`*:80 /x/long/path/more/*, *:80 /x/long/path/more, *:80 *.jsp,  *`,
		"score-combination=uri-then-vhost": `*:80 /x/long/path/more/*, *:80 /x/long/path/more, *:80 *.jsp, ` +
			`a.example:80 /x/*, [::1]:* /x/*, a.example:80 /x, [::1]:* /x,  *`,
		"suffix-patterns=prefix-first": `*:80 /x/long/path/more/*, *:80 /x/long/path/more, a.example:80 /x/*, ` +
			`a.example:80 /x, [::1]:* /x/*, [::1]:* /x,  *, *:80 *.jsp`,
		"slash-star-serves-bare=no": `*:80 /x/long/path/more/*, a.example:80 /x/*, [::1]:* /x/*, *:80 *.jsp,  *`,
		"open-route=never": `*:80 /x/long/path/more/*, *:80 /x/long/path/more, a.example:80 /x/*, a.example:80 /x, ` +
			`[::1]:* /x/*, *:80 *.jsp, [::1]:* /x`,
	} {
		sem := choices.Latest()
		if assume != "" {
			choiceByName(t, assume, &sem)
		}
		var got []string
		for _, e := range mustParse(orderedXML).Ordered(&sem) {
			got = append(got, e.Alias+" "+e.Pattern)
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s:\n got %s\nwant %s", assume, s, want)
		}
	}
}

// TestCoversAndMeets: what is said of two entries holds of requests: where one covers the other it takes whatever that
// takes, and where both take one, they meet.
func TestCoversAndMeets(t *testing.T) {
	patterns := []string{"/*", "/a", "/a/*", "/a*", "/a/b", "*.b", "/a/*.b", "/b/*", "/a/*c.b", "/*/*"}
	paths := []string{"/", "/a", "/a/", "/a/b", "/a/x.b", "/x.b", "/a.b", "/b/a", "/ab", "/a/c.b", "/a/xc.b", "/.b"}
	for _, a := range patterns {
		for _, b := range patterns {
			p, q := Compile(a), Compile(b)
			for _, path := range paths {
				if p.covers(&q) && q.Matches(path) && !p.Matches(path) {
					t.Errorf("%s covers %s, and does not match %s", a, b, path)
				}
				if p.Matches(path) && q.Matches(path) && !p.meets(&q) {
					t.Errorf("%s and %s meet at %s", a, b, path)
				}
			}
			if p.meets(&q) != q.meets(&p) || p.covers(&q) && q.Kind != Dead && !p.meets(&q) {
				t.Errorf("%s, %s: covers %t, meets %t, %t", a, b, p.covers(&q), p.meets(&q), q.meets(&p))
			}
		}
	}
}
