package affinity

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

// twoApplications has /app with JSESSIONID and jsessionid, and /shop with names of its own.
const twoApplications = `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/>` +
	`</VirtualHostGroup>
<ServerCluster Name="C"><Server Name="m1" CloneID="c1"/><Server Name="m2" CloneID="c2"/>` +
	`<Server Name="m3"/></ServerCluster>
<ServerCluster Name="D" CloneSeparatorChange="true"><Server Name="d" CloneID="12345678"/></ServerCluster>
<UriGroup Name="app"><Uri Name="/app/*"/></UriGroup>
<UriGroup Name="shop"><Uri Name="/shop/*" AffinityCookie="SHOP" AffinityURLIdentifier="shopid"/></UriGroup>
<Route ServerCluster="C" UriGroup="app" VirtualHostGroup="v"/>
<Route ServerCluster="D" UriGroup="shop" VirtualHostGroup="v"/></Config>`

var sources = map[Source]string{SSLSession: "ssl", SessionCookie: "cookie", SessionURL: "url"}

// TestOf: which session identifiers a request has, in the order in which they are tried, and which choices were asked
// for it (R4, R20, R29).
func TestOf(t *testing.T) {
	table := coretest.Parse(twoApplications)
	for _, c := range []struct {
		name    string
		tls     bool
		target  string
		cookies []string // headers
		assume  string
		want    string
		asked   string
	}{
		{name: "none", target: "/app/x", cookies: []string{"a=b; c=d"}},
		{name: "a cookie", target: "/app/x", cookies: []string{"a=b; JSESSIONID=v; c=d"}, want: "cookie JSESSIONID v"},
		{name: "blanks and an = in the value", target: "/app/x", cookies: []string{"a=b;\t JSESSIONID=v=w \t;x"},
			want: "cookie JSESSIONID v=w"},
		{name: "the names of the Uri", target: "/shop/x", cookies: []string{"JSESSIONID=v; SHOP=w"},
			want: "cookie SHOP w"},
		{name: "names without a value", target: "/app/x", cookies: []string{"JSESSIONID; JSESSIONID="},
			want: "cookie JSESSIONID "},
		{name: "two", target: "/app/x", cookies: []string{"JSESSIONID=v; JSESSIONID=w"},
			want: "cookie JSESSIONID v, cookie JSESSIONID w", asked: "many-cookies"},
		{name: "in two headers", target: "/app/x", cookies: []string{"JSESSIONID=v", "JSESSIONID=w"},
			want: "cookie JSESSIONID v, cookie JSESSIONID w", asked: "many-cookies"},
		{name: "the first of three", target: "/app/x", cookies: []string{"JSESSIONID=u; JSESSIONID=v; JSESSIONID=w"},
			assume: "many-cookies=first", want: "cookie JSESSIONID u", asked: "many-cookies"},
		{name: "the last of three", target: "/app/x", cookies: []string{"JSESSIONID=u; JSESSIONID=v; JSESSIONID=w"},
			assume: "many-cookies=last", want: "cookie JSESSIONID w", asked: "many-cookies"},
		{name: "letter case", target: "/app/x", cookies: []string{"jsessionid=v"}, asked: "letter-case"},
		{name: "letter case ignored", target: "/app/x", cookies: []string{"jsessionid=v"},
			assume: "letter-case=ignored", want: "cookie JSESSIONID v", asked: "letter-case"},
		{name: "in the URL", target: "/app/x;jsessionid=v", want: "url jsessionid v"},
		{name: "up to a slash", target: "/app;jsessionid=v/x?q", want: "url jsessionid v"},
		{name: "among parameters", target: "/app/x;a=b;jsessionid=v;c", want: "url jsessionid v"},
		{name: "in the query", target: "/app/x?;jsessionid=v"},
		{name: "of the Uri's identifier", target: "/shop/x;jsessionid=v;shopid=w", want: "url shopid w"},
		{name: "a cookie before the URL", target: "/app/x;jsessionid=u", cookies: []string{"JSESSIONID=v"},
			want: "cookie JSESSIONID v, url jsessionid u"},
		{name: "SSL before both", tls: true, target: "/app/x;jsessionid=u",
			cookies: []string{"JSESSIONID=v; SSLJSESSION=s"},
			want:    "ssl SSLJSESSION s, cookie JSESSIONID v, url jsessionid u"},
		{name: "SSL without TLS", target: "/app/x", cookies: []string{"SSLJSESSION=s"}, asked: "ssl-session-cookie"},
		{name: "SSL always", target: "/app/x", cookies: []string{"SSLJSESSION=s"},
			assume: "ssl-session-cookie=always", want: "ssl SSLJSESSION s", asked: "ssl-session-cookie"},
		{name: "many, of which the last counts", tls: true, target: "/app/x;jsessionid=u",
			cookies: []string{"SSLJSESSION=r; SSLJSESSION=s; JSESSIONID=v; JSESSIONID=w"},
			assume:  "many-cookies=last", want: "ssl SSLJSESSION s, cookie JSESSIONID w, url jsessionid u",
			asked: "many-cookies"},
		{name: "or the first", tls: true, target: "/app/x;jsessionid=u",
			cookies: []string{"SSLJSESSION=r; SSLJSESSION=s; JSESSIONID=v; JSESSIONID=w"},
			assume:  "many-cookies=first", want: "ssl SSLJSESSION r, cookie JSESSIONID v, url jsessionid u",
			asked: "many-cookies"},
		{name: "the path as sent", target: "/app/x%3Bjsessionid=0000v:c1",
			asked: "path-normalisation session-path"},
		{name: "both paths have the same clone IDs", target: "/app/x;jsessionid=0000%76:c1",
			want: "url jsessionid 0000%76:c1", asked: "path-normalisation"},
		{name: "both paths have the same", target: "/app//x;jsessionid=0000v:c1", want: "url jsessionid 0000v:c1",
			asked: "path-normalisation merge-slashes"},
	} {
		t.Run(c.name, func(t *testing.T) {
			sem := choices.Latest()
			if c.assume != "" {
				coretest.Assume(t, c.assume, &sem)
			}
			rq := coretest.Get(c.target, c.cookies...)
			rq.TLS = c.tls
			m, ok := table.Match(&rq, &sem)
			if !ok {
				t.Fatal("no Route takes it")
			}
			var seen choices.Consulted
			a := Of(table, &rq, &m, &sem, &seen)
			if got := all(&a); got != c.want {
				t.Errorf("%s, want %s", got, c.want)
			}
			if got := consulted(&seen); got != c.asked {
				t.Errorf("asked %s, want %s", got, c.asked)
			}
			if quiet := Of(table, &rq, &m, &sem, nil); all(&quiet) != c.want {
				t.Errorf("%s where nothing is noted", all(&quiet))
			}
		})
	}
}

func all(a *Affinity) string {
	var list []string
	for i := range a.Len() {
		source, name, value := a.Session(i)
		list = append(list, fmt.Sprintf("%s %s %s", sources[source], name, value))
	}
	return strings.Join(list, ", ")
}

func consulted(seen *choices.Consulted) string {
	var names []string
	for c := range choices.NumPoints {
		if seen.Points()>>c&1 != 0 {
			names = append(names, c.String())
		}
	}
	return strings.Join(names, " ")
}

// TestOfTakesNoMemory: a usual request costs the proxy nothing.
func TestOfTakesNoMemory(t *testing.T) {
	table, sem := coretest.Parse(twoApplications), choices.Latest()
	rq := coretest.Get("/app/x;jsessionid=0000v:c1", "a=b; JSESSIONID=0000v:c1")
	m, _ := table.Match(&rq, &sem)
	if n := testing.AllocsPerRun(100, func() {
		a := Of(table, &rq, &m, &sem, nil)
		if a.Len() != 2 {
			t.Error(a.Len())
		}
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestCloneIDs: what stands behind the cache ID, separator by separator (R21).
func TestCloneIDs(t *testing.T) {
	for _, c := range []struct {
		value     string
		separator byte
		want      string
	}{
		{"0000id:a", ':', "[a]"}, {"0000id:a:b", ':', "[a b]"}, {"0000id", ':', "[]"}, {"", ':', "[]"},
		{"000", ':', "[]"}, {"0000id:a+b", '+', "[b]"}, {"0000id+a+b", '+', "[a b]"}, {"0000id+a", ':', "[]"},
		{"0000id:", ':', "[]"},     // one that is empty, which prints as nothing
		{"0000id::b", ':', "[ b]"}, // an empty one before b
		{"00:0id:a", ':', "[a]"},   // a separator within the cache ID is a character of it
		{"0000:a", ':', "[a]"},     // no session ID
	} {
		got := CloneIDs(c.value, c.separator)
		if text := fmt.Sprint(got); text != c.want {
			t.Errorf("%q by %c: %q, want %s", c.value, c.separator, got, c.want)
		}
	}
	if got := CloneIDs("0000id:", ':'); len(got) != 1 {
		t.Errorf("%q: an empty clone ID is one", got)
	}
}

// TestPartitionIDs: a decimal number of 8 digits or more that is no server's clone ID, in whichever cluster (R28).
func TestPartitionIDs(t *testing.T) {
	table := coretest.Parse(twoApplications)
	for id, want := range map[string][2]bool{ // its form, and whether it is one here
		"": {}, "1234567": {}, "12345678": {true, false}, "12345679": {true, true}, "1234567a": {}, "c1": {},
		"123456789012345678901": {true, true}, "-12345678": {}, "1234 5678": {}, "１２３４５６７８": {},
	} {
		if form, is := PartitionForm(id), IsPartitionID(table, id); form != want[0] || is != want[1] {
			t.Errorf("%q: form %t, is one %t", id, form, is)
		}
	}
}

// TestWhoseCloneID: letter case counts unless the choice says otherwise, and never for whether a number is a clone ID.
func TestWhoseCloneID(t *testing.T) {
	table, sem := coretest.Parse(twoApplications), choices.Latest()
	ignored := choices.Latest()
	coretest.Assume(t, "letter-case=ignored", &ignored)
	c := &table.Clusters[0]
	for id, want := range map[string][3]bool{ // exact, ignored, in some cluster
		"c1": {true, true, true}, "C1": {false, true, false}, "c3": {}, "": {}, "12345678": {false, false, true},
	} {
		got := [3]bool{HasClone(c, id, &sem), HasClone(c, id, &ignored), IsCloneID(table, id)}
		if got != want {
			t.Errorf("%q: %v, want %v", id, got, want)
		}
	}
}
