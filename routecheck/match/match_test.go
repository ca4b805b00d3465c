package match

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/routecheck/choices"
)

func TestMain(m *testing.M) {
	sharedtest.FewDraws("40")
	m.Run()
}

// TestMatch is the table of R1 to R17, one rule a case.
func TestMatch(t *testing.T) {
	const config = `<Config>
   <VirtualHostGroup Name="any"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/></VirtualHostGroup>
   <VirtualHostGroup Name="shop"><VirtualHost Name="Shop.example.com:80"/><VirtualHost Name="noport.example.com"/>
   <VirtualHost Name="[::1]:8080"/></VirtualHostGroup>
   <ServerCluster Name="all"><Server Name="a"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
   <ServerCluster Name="shop"><Server Name="s"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
   <ServerCluster Name="first"><Server Name="f"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
   <UriGroup Name="all"><Uri Name="/fon/*"/><Uri Name="/exact"/><Uri Name="*.jsp"/><Uri Name="/a/*.do"/>
   <Uri Name="/two*/*"/><Uri Name="/sess" AffinityURLIdentifier="sid"/></UriGroup>
   <UriGroup Name="shop"><Uri Name="/shop/*" AffinityCookie="SHOP"/><Uri Name="/*"/></UriGroup>
   <UriGroup Name="tie"><Uri Name="/exact"/></UriGroup>
   <Route ServerCluster="all" UriGroup="all" VirtualHostGroup="any"/>
   <Route ServerCluster="shop" UriGroup="shop" VirtualHostGroup="shop"/>
   <Route ServerCluster="first" UriGroup="tie" VirtualHostGroup="any"/>
</Config>`
	table := mustTable(t, config)
	for _, c := range []struct {
		name, host, path, assume, want string
		tls                            bool
	}{
		{name: "R2 prefix", host: "h", path: "/fon/x", want: "all /fon/*"},
		{name: "R2 exact only", host: "h", path: "/exact/x", want: "declined"},
		{name: "R3 bare", host: "h", path: "/fon", want: "all /fon"},
		{name: "R3 not bare", host: "h", path: "/fon", assume: "slash-star-serves-bare=no", want: "declined"},
		{name: "R5 host without case", host: "SHOP.example.COM", path: "/shop/x", want: "shop /shop/*"},
		{name: "R5 path with case", host: "h", path: "/Fon/x", want: "declined"},
		{name: "R7 port of the Host header", host: "shop.example.com:8080", path: "/shop/x", want: "declined"},
		{name: "R8 alias without port is 80", host: "noport.example.com", path: "/shop/x", want: "shop /shop/*"},
		{name: "R8 TLS is 443", host: "h", path: "/exact", tls: true, want: "all /exact"},
		{name: "R8 IPv6", host: "[::1]:8080", path: "/shop/x", want: "shop /shop/*"},
		{name: "R8 TLS as 80", host: "noport.example.com", path: "/shop/x", tls: true,
			assume: "tls-default-port=80", want: "shop /shop/*"},
		{name: "R11 longer alias wins over longer URI by sum", host: "shop.example.com",
			path: "/fon/x", want: "shop /*"},
		{name: "R12 URI first", host: "shop.example.com", path: "/fon/x",
			assume: "score-combination=uri-then-vhost", want: "all /fon/*"},
		{name: "R13 tie first", host: "h", path: "/exact", want: "all /exact"},
		{name: "R13 tie last", host: "h", path: "/exact", assume: "score-tie=last", want: "first /exact"},
		{name: "R14 query", host: "h", path: "/exact?a=/b", want: "all /exact"},
		{name: "R14 jsessionid", host: "h", path: "/exact;jsessionid=1", want: "all /exact"},
		{name: "R14 identifier of the file", host: "h", path: "/exact;sid=1", want: "all /exact"},
		{name: "R14 other parameter", host: "h", path: "/exact;v=1", want: "declined"},
		{name: "R14 any parameter", host: "h", path: "/exact;v=1",
			assume: "path-params=cut-at-semicolon", want: "all /exact"},
		{name: "R14 kept", host: "h", path: "/exact;jsessionid=1", assume: "path-params=keep", want: "declined"},
		{name: "R15 suffix", host: "h", path: "/x/y.jsp", want: "all *.jsp"},
		{name: "R15 middle", host: "h", path: "/a/b/c.do", want: "all /a/*.do"},
		{name: "R15 no overlap", host: "h", path: "/a/.do", want: "all /a/*.do"},
		{name: "R15 two stars", host: "h", path: "/two1/x", want: "declined"},
		{name: "R16 decoded and cleaned", host: "h", path: "/x/%2e%2e/%66on//x", want: "all /fon/*"},
		{name: "R16 slashes kept", host: "h", path: "/fon/x//..", assume: "merge-slashes=no", want: "all /fon/*"},
		{name: "R16 as sent", host: "h", path: "/%66on/x", assume: "path-normalisation=none", want: "declined"},
		{name: "R16 decoded", host: "h", path: "/%66on/x", assume: "path-normalisation=decode", want: "all /fon/*"},
		{name: "R16 cleaned", host: "h", path: "/x/../fon//x", assume: "path-normalisation=clean", want: "all /fon/*"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sem := choices.Latest()
			if c.assume != "" {
				if _, err := sem.Assume(c.assume); err != nil {
					t.Fatal(err)
				}
			}
			rq := Request{Host: c.host, Target: c.path, TLS: c.tls, Port: 80}
			got := "declined"
			if m, ok := table.Match(&rq, &sem); ok {
				got = table.Clusters[m.Cluster].Name + " " + m.URI()
			}
			if got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

func TestMatchByArrivalPort(t *testing.T) {
	table := mustTable(t, clusterXML(`VHostMatchingCompat="true"`, "", server("m", "")))
	sem := choices.Latest()
	rq := Request{Host: "h:9999", Port: 80, Target: "/"}
	if _, ok := table.Match(&rq, &sem); !ok {
		t.Error("R7: the port that the request arrived on must match")
	}
	rq.Port = 9999
	if _, ok := table.Match(&rq, &sem); ok {
		t.Error("R7: the port of the Host header must not count")
	}
}

// TestFirstAliasIsNamed: of two aliases of a group that score the same the first is the one to name (R13).
func TestFirstAliasIsNamed(t *testing.T) {
	for _, aliases := range [][2]string{{"h:*", "*:8"}, {"*:8", "h:*"}} {
		table := mustTable(t, `<Config><VirtualHostGroup Name="v">
<VirtualHost Name="`+aliases[0]+`"/><VirtualHost Name="`+aliases[1]+`"/></VirtualHostGroup>
<ServerCluster Name="c"><Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/*"/></UriGroup><Route ServerCluster="c" UriGroup="u" VirtualHostGroup="v"/></Config>`)
		sem, rq := choices.Latest(), Request{Host: "h:8", Target: "/x"}
		if m, ok := table.Match(&rq, &sem); !ok || m.Alias() != aliases[0] {
			t.Errorf("%v: named %q", aliases, m.Alias())
		}
	}
}

// TestDeepPath: patterns and paths of more segments than the index has bits for.
func TestDeepPath(t *testing.T) {
	deep := strings.Repeat("/d", 70)
	table := mustTable(t,
		strings.Replace(clusterXML("", "", server("m", "")), `<Uri Name="/*"/>`, `<Uri Name="`+deep+`/*"/>`, 1))
	sem := choices.Latest()
	for path, want := range map[string]bool{deep + "/x": true, deep + deep + "/x": true, deep: true,
		strings.Repeat("/d", 69) + "/x": false} {
		rq := get(path)
		if _, ok := table.Match(&rq, &sem); ok != want {
			t.Errorf("%d segments: %t", strings.Count(path, "/"), ok)
		}
	}
}

// TestManyTails: one head with more endings than a node lists, some twice.
func TestManyTails(t *testing.T) {
	var uris strings.Builder
	for i := range 120 {
		fmt.Fprintf(&uris, `<Uri Name="/a/*.x%d"/>`, i%50*7)
	}
	table := mustTable(t, strings.Replace(clusterXML("", "", server("m", "")), `<Uri Name="/*"/>`,
		uris.String()+`<Uri Name="/a/*"/><Uri Name="*.x14"/>`, 1))
	for i := range 400 {
		for _, path := range []string{"/a/b.x", "/a/.x", "/b.x", "/a/b.y"} {
			rq := get(fmt.Sprint(path, i))
			forEach(scoring, choices.Latest(), func(sem choices.Assumptions) {
				got, ok := table.Match(&rq, &sem)
				if want, wantOK := table.matchLinear(&rq, &sem); ok != wantOK || got != want {
					t.Fatalf("%s: index %t %q, walk %t %q", rq.Target, ok, got.URI(), wantOK, want.URI())
				}
			})
		}
	}
}

var scoring = []choices.Choice{choices.ScoreTie, choices.SuffixPatterns}

// TestDanglingRoute is R18.
func TestDanglingRoute(t *testing.T) {
	xml := strings.Replace(clusterXML("", "", server("m", "")), `UriGroup="u"`, `UriGroup="U"`, 1)
	cfg := parseOnly(xml)
	table, missing := New(cfg)
	if len(missing) != 1 || !strings.Contains(missing[0].Message, `did you mean "u"?`) ||
		missing[0].Rule.Code != "WP201" {
		t.Errorf("got %v", missing)
	}
	sem, rq := choices.Latest(), get("/")
	if _, ok := table.Match(&rq, &sem); ok {
		t.Error("a Route without its group must not match")
	}
}

var (
	someHosts    = []string{"*", "a.example", "A.Example", "b.example", "[::1]", "[0:0::1]", "[::A]"}
	somePorts    = []string{"", ":*", ":80", ":443", ":8080"}
	somePatterns = []string{"/", "/*", "/a", "/a/*", "/a*", "*.jsp", "/a/*.jsp", "/a/b",
		"/a/b/*", "/a/b*", "/*.jsp", "*",
		"/a*p", "/a/*b*", "*p", "/application/*", "/application/part/*", "/application/part*", "/application/*.jsp",
		"/application/part/x.jsp"}
	somePaths = []string{"/", "/a", "/a/", "/a/b", "/a/b/", "/a/b.jsp", "/ab.jsp", "/a/b/c.jsp", "/x.jsp",
		"/a/b;jsessionid=1", "/a;x=y", "//a", "/a/../a/b", "/%61", "/a%2Fb", "/..", "/a/.//b", "/ap", "", "/a/.jsp",
		"/application", "/application/", "/application/part/x.jsp", "/application/part/y?/a", "/applications"}
)

// randomConfig draws a configuration in which everything collides with everything.
func randomConfig(t *rapid.T) string {
	var b strings.Builder
	b.WriteString("<Config>\n")
	pick := func(name string, from []string) string { return rapid.SampledFrom(from).Draw(t, name) }
	groups := rapid.IntRange(1, 4).Draw(t, "groups")
	for g := range groups {
		fmt.Fprintf(&b, `<VirtualHostGroup Name="v%d">`, g)
		for range rapid.IntRange(0, 3).Draw(t, "aliases") {
			fmt.Fprintf(&b, `<VirtualHost Name="%s%s"/>`, pick("host", someHosts), pick("port", somePorts))
		}
		fmt.Fprintf(&b, "</VirtualHostGroup>\n<UriGroup Name=\"u%d\">", g)
		for range rapid.IntRange(0, 5).Draw(t, "uris") {
			fmt.Fprintf(&b, `<Uri Name="%s"/>`, pick("pattern", somePatterns))
		}
		fmt.Fprintf(&b, "</UriGroup>\n<ServerCluster Name=\"c%d\">%s</ServerCluster>\n", g, server("m", ""))
	}
	for range rapid.IntRange(1, 6).Draw(t, "routes") {
		draw := func(name string) int { return rapid.IntRange(0, groups-1).Draw(t, name) }
		fmt.Fprintf(&b, `<Route ServerCluster="c%d"`, draw("c"))
		if rapid.IntRange(0, 9).Draw(t, "open") > 0 {
			fmt.Fprintf(&b, ` VirtualHostGroup="v%d"`, draw("v"))
		}
		if rapid.IntRange(0, 9).Draw(t, "open") > 0 {
			fmt.Fprintf(&b, ` UriGroup="u%d"`, draw("u"))
		}
		b.WriteString("/>\n")
	}
	return b.String() + "</Config>"
}

// matching are the choices that matching reads, open-route without rejects-file, which is not a matter of matching.
var matching = []choices.Choice{choices.ScoreCombination, choices.VhostScore, choices.ScoreTie,
	choices.SlashStarServesBare, choices.SuffixPatterns, choices.PathParams, choices.PathNormalisation,
	choices.MergeSlashes, choices.TLSDefaultPort, choices.IPv6Hosts, choices.OpenRoute}

// TestMatchAgreesWithCandidates holds the index against the naive walk under every combination of the scoring choices.
func TestMatchAgreesWithCandidates(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := mustParse(randomConfig(t))
		rq := Request{
			TLS: rapid.Bool().Draw(t, "tls"),
			Host: rapid.SampledFrom([]string{"a.example", "b.example", "A.EXAMPLE", "c", "[::1]", "a.example:8080",
				"b.example:443", "[::1]:80", "[0::1]:80", "[::a]", ""}).Draw(t, "Host"),
			Target: rapid.SampledFrom(somePaths).Draw(t, "path"),
		}
		forEach(matching, choices.Latest(), func(sem choices.Assumptions) {
			got, gotOK := table.Match(&rq, &sem)
			want, wantOK := table.matchLinear(&rq, &sem)
			if gotOK != wantOK || got.Route() != want.Route() || got.pattern != want.pattern ||
				got.alias != want.alias {
				t.Fatalf("%+v under %v: index %t route %d %q, walk %t route %d %q",
					rq, sem, gotOK, got.Route(), got.URI(), wantOK, want.Route(), want.URI())
			}
		})
	})
}

// forEach calls f with every combination of the given choices.
func forEach(cs []choices.Choice, sem choices.Assumptions, f func(choices.Assumptions)) {
	if len(cs) == 0 {
		f(sem)
		return
	}
	for v := range cs[0].NumValues() {
		if cs[0] == choices.OpenRoute && v == choices.OpenRejects {
			continue
		}
		forEach(cs[1:], sem.With(cs[0], uint8(v)), f)
	}
}

// TestMatchAsksWhatMatters: a choice that matching did not consult cannot change its answer.
func TestMatchAsksWhatMatters(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		table := mustParse(randomConfig(t))
		rq := Request{
			TLS: rapid.Bool().Draw(t, "tls"),
			Host: rapid.SampledFrom(
				[]string{"a.example", "b.example", "a.example:8080", "[::1]", "[0::1]:8080"}).Draw(t,
				"Host"),
			Target: rapid.SampledFrom(somePaths).Draw(t, "path"),
		}
		sem := choices.Latest()
		for _, c := range matching[:len(matching)-1] {
			sem = sem.With(c, uint8(rapid.IntRange(0, int(c.NumValues())-1).Draw(t, c.String())))
		}
		var seen choices.Consulted
		base, baseOK := table.MatchNoted(&rq, &sem, &seen)
		for _, c := range matching[:len(matching)-1] {
			for v := range c.NumValues() {
				if seen.Points()&(1<<c) != 0 {
					continue
				}
				other := sem.With(c, uint8(v))
				if m, ok := table.Match(&rq, &other); ok != baseOK || m.Route() != base.Route() ||
					m.pattern != base.pattern {
					t.Fatalf("%s was not consulted, but its value %d changes the answer", c, v)
				}
			}
		}
	})
}

// TestPathOfWebServer is R16 and its fine print: %-decoded once, then // merged, then dot segments removed; some paths
// never reach the plug-in.
func TestPathOfWebServer(t *testing.T) {
	for _, c := range []struct{ sent, how, want string }{
		{"/x/%2e%2e/app/x", "", "/app/x"},
		{"/a%20b/c", "", "/a b/c"},
		{"/a/%252e%252e/b", "", "/a/%2e%2e/b"},
		{"/.hidden/a..b/...", "", "/.hidden/a..b/..."},
		{"//app//x/", "", "/app/x/"},
		{"/a/./b/..", "", "/a/"},
		{"/app/%3bjsessionid=1", "", "/app/"},
		{"/app/x;jsessionid=1/../y", "", "/app/y"},
		{"/a//../b", "", "/b"},
		{"/a//../b", "merge-slashes=no", "/a/b"},
		{"/a//b", "merge-slashes=no", "/a//b"},
		{"/%61//b/..", "path-normalisation=decode", "/a//b/.."},
		{"/%61//b/..", "path-normalisation=clean", "/%61/"},
		{"/%61//b/..", "path-normalisation=none", "/%61//b/.."},
		{"/a%2Fb", "", "404"}, {"/a%2fb", "path-normalisation=decode", "404"},
		{"/a%2Fb", "path-normalisation=clean", "/a%2Fb"},
		{"/a%00", "", "404"}, {"/a%0", "", "400"}, {"/a%zz", "", "400"}, {"/100%", "path-normalisation=decode", "400"},
		{"/..", "", "400"}, {"/a/../../app", "path-normalisation=clean", "400"}, {"/%2e%2E/app", "", "400"},
		{"/..", "path-normalisation=decode", "/.."}, {"/%", "path-normalisation=none", "/%"},
	} {
		table, sem := mustTable(t, clusterXML("", "", server("m", ""))), choices.Latest()
		if c.how != "" {
			choiceByName(t, c.how, &sem)
		}
		got, refused := table.ComparedPath(&Request{Target: c.sent + "?q=/../%"}, &sem, nil)
		if refused != Accepted {
			got = fmt.Sprint(refused.Status())
		}
		if got != c.want {
			t.Errorf("%s under %q: %s, want %s", c.sent, c.how, got, c.want)
		}
		rq := get(c.sent)
		_, ok := table.Match(&rq, &sem)
		if why, itself := table.Refusal(&rq, &sem); ok != (refused == Accepted) || itself == ok || why != refused {
			t.Errorf("%s under %q: matched %t, refused %t %d", c.sent, c.how, ok, itself, why)
		}
	}
}

// TestBundledProxyGuards: the bundled proxy answers a path with a NUL or a broken escape itself where a Route takes it
// (R16), and only there; what its own log shows has reached the plug-in.
func TestBundledProxyGuards(t *testing.T) {
	table := mustTable(t, strings.Replace(clusterXML("", "", server("m", "")), `Name="/*"`, `Name="/a*"`, 1))
	for target, status := range map[string]int{
		"/a": 0, "/a%41": 0, "/a%2F%2e": 0, "/a%c3%a4": 0, "/a?%00": 0, "/a?b=%": 0,
		"/a/../x": 0, "/x%00": 0, "/x%zz": 0,
		"/a%00": 400, "/a%00b?c": 400, "/a%": 400, "/a%4": 400, "/a%zz": 400, "/a%4z": 400,
		"/a%41%": 400, "/a%%41": 400,
		"/a%u0041": 400, "/a%4?1": 400, "/a;jsessionid=%zz": 400, "/a%2f%00": 400,
		"/a/../../x": 400, "/a/..//../x": 400, "/a/%2e%2E/../x": 400, "/a%2f..%2F..": 400, "/a/../%2e.": 400,
		"/a/..?/../..": 0, "/../a": 0, "/a/...": 0, "/a/..;/..;/..": 0, "/a/b/../..": 0,
	} {
		sem, _ := choices.Defaults("latest", "proxy")
		rq := get(target)
		if why, refused := table.Refusal(&rq, &sem); why.Status() != status || refused != (status != 0) {
			t.Errorf("%s: %d, want %d", target, why.Status(), status)
		}
		if _, ok := table.Match(&rq, &sem); ok != (status == 0 && target[1] == 'a') {
			t.Errorf("%s: matched %t", target, ok)
		}
		rq.Normalised = true
		if why, refused := table.Refusal(&rq, &sem); refused {
			t.Errorf("%s from a log: %d", target, why.Status())
		}
	}
	whole, _ := choices.Defaults("latest", "proxy")
	choiceByName(t, "path-normalisation=decode-and-clean", &whole)
	if why, _ := table.Refusal(&Request{Host: "a", Port: 80, Target: "/a%00"}, &whole); why.Status() != 404 {
		t.Errorf("decoded first: %d, want the status of httpd", why.Status())
	}
}

// TestIPv6Hosts: an address can be written in several ways; only where another way would match does the choice count.
func TestIPv6Hosts(t *testing.T) {
	table := mustTable(t, strings.Replace(clusterXML("", "", server("m", "")), `<VirtualHost Name="*:443"/>`,
		`<VirtualHost Name="[::1]:81"/><VirtualHost Name="[2001:DB8::00ff]:82"/>`, 1))
	for _, c := range []struct {
		host          string
		text, address bool
		asked         bool
	}{
		{"[::1]:81", true, true, false},
		{"[0:0:0:0:0:0:0:1]:81", false, true, true},
		{"[2001:db8::00FF]:82", true, true, false},
		{"[2001:db8:0::ff]:82", false, true, true},
		{"[::2]:81", false, false, false},
		{"[0::1]", true, true, true}, // by *:80
		{"localhost:81", false, false, false},
	} {
		rq := Request{Host: c.host, Port: 81, Target: "/"}
		for assume, want := range map[string]bool{"ipv6-hosts=text": c.text, "ipv6-hosts=address": c.address} {
			sem, seen := choices.Latest(), choices.Consulted{}
			choiceByName(t, assume, &sem)
			_, got := table.MatchNoted(&rq, &sem, &seen)
			if asked := seen.Asked()&(1<<choices.IPv6Hosts) != 0; got != want || asked != c.asked {
				t.Errorf("%s under %s: %t, asked %t", c.host, assume, got, asked)
			}
		}
	}
}

// TestNoHost is R8: a request without Host has an empty one, which only * matches.
func TestNoHost(t *testing.T) {
	for alias, want := range map[string]bool{"*:80": true, "*": true, "*:*": true, "h:80": false,
		"h:*": false, "*:443": false} {
		table, sem := mustTable(t, strings.Replace(clusterXML("", "", server("m", "")),
			`<VirtualHost Name="*:80"/><VirtualHost Name="*:443"/>`, `<VirtualHost Name="`+alias+`"/>`, 1)),
			choices.Latest()
		rq := Request{Port: 80, Target: "/"}
		if _, ok := table.Match(&rq, &sem); ok != want {
			t.Errorf("alias %s: %t", alias, ok)
		}
		rq.TLS = true
		if _, ok := table.Match(&rq, &sem); ok != (alias == "*:443" || alias == "*:*") {
			t.Errorf("alias %s over TLS: %t", alias, ok)
		}
	}
}

// TestAliasAnswers: who lists aliases or patterns asks here.
func TestAliasAnswers(t *testing.T) {
	table := mustTable(t, `<Config>
<VirtualHostGroup Name="used"><VirtualHost Name="A.example:80"/><VirtualHost Name="b.example:*"/>
<VirtualHost Name="c.example"/><VirtualHost Name="[::1]:443"/></VirtualHostGroup>
<VirtualHostGroup Name="unused"><VirtualHost Name="*:9999"/></VirtualHostGroup>
<ServerCluster Name="c"><Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/x/*"/><Uri Name="*.do"/></UriGroup>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="used"/>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="used"/></Config>`)
	for port, want := range map[int]string{80: "[A.example:80 b.example:* c.example]", 443: "[b.example:* [::1]:443]",
		9999: "[b.example:*]"} {
		if got := fmt.Sprint(table.AliasesFor(port)); got != want {
			t.Errorf("port %d: %s", port, got)
		}
	}
}

// TestIdleAt: why no request for a port can match.
func TestIdleAt(t *testing.T) {
	const parts = `<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<VirtualHostGroup Name="any"><VirtualHost Name="h:*"/></VirtualHostGroup><VirtualHostGroup Name="no"/>
<ServerCluster Name="c"><Server Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/x/*"/></UriGroup><UriGroup Name="none"/>`
	route := func(attributes string) string {
		return "<Config>" + parts + `<Route ServerCluster="c" ` + attributes + "/></Config>"
	}
	for _, c := range []struct {
		xml, assume string
		port        int
		want        Idleness
	}{
		{route(`UriGroup="u" VirtualHostGroup="v"`), "", 80, Serving},
		{route(`UriGroup="u" VirtualHostGroup="v"`), "", 81, OtherPorts},
		{route(`UriGroup="u" VirtualHostGroup="any"`), "", 81, Serving},
		{route(`UriGroup="u" VirtualHostGroup="no"`), "", 80, NoMatch},
		{route(`UriGroup="none" VirtualHostGroup="v"`), "", 80, NoMatch},
		{route(`UriGroup="none" VirtualHostGroup="v"`), "", 81, NoMatch},
		{route(`UriGroup="u"`), "open-route=matches-all", 81, Serving},
		{route(`UriGroup="u"`), "open-route=never", 81, NoMatch}, // no port would help
		{route(`VirtualHostGroup="v"`), "open-route=matches-all", 80, Serving},
		{route(`VirtualHostGroup="v"`), "open-route=matches-all", 81, OtherPorts},
		{route(`VirtualHostGroup="v"`), "open-route=never", 80, NoMatch},
		{"<Config>" + parts + "</Config>", "", 80, NoMatch},
		{"<Config><IntelligentManagement/></Config>", "", 80, AtRunTime},
	} {
		sem := choices.Latest()
		if c.assume != "" {
			if _, err := sem.Assume(c.assume); err != nil {
				t.Fatal(err)
			}
		}
		if got := mustTable(t, c.xml).IdleAt(c.port, &sem); got != c.want {
			t.Errorf("%s, %s, port %d: %d, want %d", c.xml[len("<Config>"):], c.assume, c.port, got, c.want)
		}
	}
}
