package export_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

func plan(t *testing.T, xml string) (*export.Plan, error) {
	t.Helper()
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, _ := match.New(cfg)
	sem, err := choices.Defaults("latest", "iis")
	if err != nil {
		t.Fatal(err)
	}
	return export.NewPlan("plugin-cfg.xml", cfg, table, &sem)
}

// TestRefused: what no proxy could keep, and nobody wants to lose without noticing.
func TestRefused(t *testing.T) {
	for name, c := range map[string]struct{ cluster, server, want string }{
		"partition table":   {`GetDWLMTable="true"`, `CloneID="a"`, "partition table"},
		"one clone ID":      {"", `CloneID="b"`, `servers "m" and "n" of cluster "C" share the clone ID "b"`},
		"no clone ID":       {"", `CloneID="a b"`, `clone ID "a b"`},
		"nothing to refuse": {"", `CloneID="a"`, ""},
	} {
		xml := sharedtest.ClusterXML("",
			c.cluster, sharedtest.Server("m", c.server)+sharedtest.Server("n", `CloneID="b"`))
		_, err := plan(t, xml)
		if c.want == "" && err != nil || c.want != "" && (err == nil || !strings.Contains(err.Error(), c.want)) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}

// TestHostile: names are written as they are, so those that a target would read as directives, variables or patterns
// of its own are refused, with the place.
func TestHostile(t *testing.T) {
	for name, hostile := range map[string][]string{
		"ALIAS": {"a b", "a&#10;evil:80 0", "~.*", "a;b", "a{", "${HOME}", "&quot;a", "a'", "[::1", "é"},
		"HOST": {"", "a b", "a&#10;stats enable", "a;b", "a{", "${HOME}", "a'", "a#", `a\`, "[::1", "::1]", "~a",
			"fe80::1%eth0"},
		"CLONE":  {"a&#10;b", "${HOME}", "a;b", "a'", "a|b"},
		"PORT":   {"0", "65536", "x", "-1"},
		"COOKIE": {"a&#10;b", "${HOME}", "a;b", "a'b", "a#b"},
	} {
		for _, text := range hostile {
			written := hostileXML(map[string]string{name: text})
			p, err := plan(t, written)
			if name == "ALIAS" && err == nil && len(p.Entries) == 0 {
				continue // no alias at all
			}
			var refused *export.Refusal
			if !errors.As(err, &refused) || refused.At.IsZero() ||
				name == "PORT" && !strings.Contains(err.Error(), `Port "`+text+`" is no port`) {
				t.Errorf("%s %q: %v, want a refusal and its place", name, text, err)
			}
		}
	}
	for _, host := range []string{"h", "h_1.example.com", "10.0.0.1", "[::1]", "::1"} {
		if _, err := plan(t, hostileXML(map[string]string{"HOST": host})); err != nil {
			t.Errorf("%s: %v", host, err)
		}
	}
}

// hostileXML is a configuration with some names.
func hostileXML(names map[string]string) string {
	const xml = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="%s:80"/></VirtualHostGroup>
<ServerCluster Name="C"><Server Name="m" CloneID="%s"><Transport Hostname="%s" Port="%s"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/*" AffinityCookie="%s"/></UriGroup>
<Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
</Config>`
	of := func(name, usual string) string {
		if text, ok := names[name]; ok {
			return text
		}
		return usual
	}
	return fmt.Sprintf(xml, of("ALIAS", "*"), of("CLONE", "c"), of("HOST", "h"), of("PORT", "9080"),
		of("COOKIE", "SID"))
}

// TestReadListen reads addresses as wasplug proxy does.
func TestReadListen(t *testing.T) {
	for text, want := range map[string]export.Listen{
		"127.0.0.1:8080=80": {Host: "127.0.0.1", Port: 8080, As: 80}, ":8080": {Port: 8080, As: 8080},
		"8080": {Port: 8080, As: 8080}, "[::1]:80=443": {Host: "[::1]", Port: 80, As: 443},
	} {
		if got, err := export.ReadListen(text); err != nil || got != want {
			t.Errorf("%s: %+v %v, want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", ":", "a:b", ":0", ":70000", ":80=", ":80=x", "a b:80", "x;y:80", "{:80"} {
		if got, err := export.ReadListen(text); err == nil {
			t.Errorf("%s: %+v, want an error", text, got)
		}
	}
}

// TestLarge: a plan of 20,000 Uris agrees with the decision on all samples.
func TestLarge(t *testing.T) {
	sharedtest.Computes(t)
	p, err := plan(t, string(sharedtest.Large(t)))
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Entries) < 80000 || len(p.Clusters) != 200 {
		t.Errorf("%d entries, %d clusters", len(p.Entries), len(p.Clusters))
	}
}

// TestUnsendable: what a Uri has and no target takes is told.
func TestUnsendable(t *testing.T) {
	for uri, told := range map[string]bool{"/a/*": false, "/it's/*": true, "/a{b}": true, "/\u00e9": true} {
		xml := strings.Replace(sharedtest.ClusterXML("", "", sharedtest.Server("m", "")), `<Uri Name="`,
			fmt.Sprintf(`<Uri Name="%s"/><Uri Name="`, uri), 1)
		p, err := plan(t, xml)
		if err != nil {
			t.Fatal(err)
		}
		l := p.Grade(export.Verdicts{export.Patterns: {Grade: export.Exact, What: "x"}})[export.Patterns]
		if told != strings.Contains(l.What, "take no request") || told == (l.Grade == export.Exact) {
			t.Errorf("%s: %+v", uri, l.Verdict)
		}
	}
}

// TestVersion reads versions and compares them.
func TestVersion(t *testing.T) {
	for text, want := range map[string]string{"1.29.6": "1.29.6",
		"2.6": "2.6", "2.6.0": "2.6", "1": "", "x": "", "1.2.3.4": "",
		"99999.1": "", "-1.2": "", "": ""} {
		v, err := export.ReadVersion(text)
		if got := v.String(); got != want || (err == nil) != (want != "") {
			t.Errorf("%q: %q %v", text, got, err)
		}
	}
	for _, pair := range [][2]string{{"1.29.5", "1.29.6"}, {"1.9", "1.29"}, {"1.99.99", "2.0"}} {
		a, _ := export.ReadVersion(pair[0])
		b, _ := export.ReadVersion(pair[1])
		if !a.Before(b) || b.Before(a) || a.Before(a) {
			t.Errorf("%v is not before %v", a, b)
		}
	}
}

// TestRandomHasNoWeights: LoadBalance="Random" draws each primary as often, whatever its weight is (R35), while
// targets draw by weights.
func TestRandomHasNoWeights(t *testing.T) {
	servers := sharedtest.Server("m", `LoadBalanceWeight="20"`) + sharedtest.Server("n", `LoadBalanceWeight="0"`) +
		sharedtest.Server("o", `LoadBalanceWeight="2"`)
	for balance, want := range map[string][]int{"Random": {1, 1, 1}, "Round Robin": {10, 0, 1}} {
		p, err := plan(t, sharedtest.ClusterXML("", `LoadBalance="`+balance+`"`, servers))
		if err != nil {
			t.Fatal(err)
		}
		var got []int
		for i := range p.Clusters[0].Members {
			got = append(got, export.Scale(&p.Clusters[0], &p.Clusters[0].Members[i], 256))
		}
		if !slices.Equal(got, want) {
			t.Errorf("%s: weights %v, want %v", balance, got, want)
		}
	}
}

// TestUsualPort: VHostMatchingCompat does not change what a Host header without port means, which members are told all
// the same (R8, R10).
func TestUsualPort(t *testing.T) {
	for _, attributes := range []string{"", `VHostMatchingCompat="true"`, `AppServerPortPreference="WebserverPort"`} {
		p, err := plan(t, sharedtest.ClusterXML(attributes, "", sharedtest.Server("m", "")))
		if err != nil {
			t.Fatal(err)
		}
		if p.PlainPort != 80 || p.TLSPort != 443 {
			t.Errorf("%s: ports %d and %d, want 80 and 443", attributes, p.PlainPort, p.TLSPort)
		}
	}
}
