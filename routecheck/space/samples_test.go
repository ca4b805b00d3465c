package space

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

// routes is a file with one Route for each pair of aliases and Uris, to a cluster of its own. Without aliases, or
// without Uris, a Route lacks that group.
func routes(pairs ...[2]string) string {
	var b strings.Builder
	for i, p := range pairs {
		fmt.Fprintf(&b, `<ServerCluster Name="c%d"><Server Name="m"/></ServerCluster>`, i)
		attributes := ""
		if p[0] != "" {
			fmt.Fprintf(&b, `<VirtualHostGroup Name="v%d">%s</VirtualHostGroup>`, i, list("VirtualHost", p[0]))
			attributes += fmt.Sprintf(` VirtualHostGroup="v%d"`, i)
		}
		if p[1] != "" {
			fmt.Fprintf(&b, `<UriGroup Name="u%d">%s</UriGroup>`, i, list("Uri", p[1]))
			attributes += fmt.Sprintf(` UriGroup="u%d"`, i)
		}
		fmt.Fprintf(&b, `<Route ServerCluster="c%d"%s/>`, i, attributes)
	}
	return "<Config>" + b.String() + "</Config>"
}

func list(element, names string) (text string) {
	for name := range strings.FieldsSeq(names) {
		text += fmt.Sprintf(`<%s Name="%s"/>`, element, name)
	}
	return text
}

// TestSamples: requests that together win by everything of a Route that can win, no more than it takes, and what
// cannot win is named.
func TestSamples(t *testing.T) {
	for _, c := range []struct {
		name  string
		pairs [][2]string
		want  string // of each Route its requests, and how much of it none was found for
	}{
		{"one of each", [][2]string{{"*:80", "/a/*"}}, "http://any.example/a/x 0"},
		{"aliases and Uris, not their product", [][2]string{{"a:80 b:80", "/a /b /c"}},
			"http://a/a http://a/b http://a/c http://b/a 0"},
		{"whatever the port", [][2]string{{"a:* *:443", "/a"}}, "http://a:8080/a https://any.example/a 0"},
		{"a Route without its groups", [][2]string{{"", "/a"}, {"*:80", ""}},
			"http://any.example:8080/a 0, http://any.example/x 0"},
		{"a Uri that another Route takes away", [][2]string{{"*:80", "/a/*"}, {"*:80", "/a/* /b"}},
			"http://any.example/a/x 0, http://any.example/b 1"},
		{"an alias that another Route takes away", [][2]string{{"a:80", "/*"}, {"a:80 b:80", "/*"}},
			"http://a/x 0, http://b/x 1"},
		{"what matches nothing", [][2]string{{"*:80", "/a/*b*c /d"}}, "http://any.example/d 1"},
	} {
		sem := choices.Latest()
		var got []string
		for _, r := range Samples(coretest.Parse(routes(c.pairs...)), &sem) {
			text := ""
			for _, s := range r.Requests {
				if text += s.URL + " "; s.Match.Route() != r.Route || s.Match.Cluster != r.Cluster {
					t.Errorf("%s: %s is of Route %d", c.name, s.URL, s.Match.Route())
				}
			}
			got = append(got, fmt.Sprint(text, len(r.Unreached)))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.name, text, c.want)
		}
	}
}

// TestSamplesHangOn: the choices by which the request of a sample would go elsewhere.
func TestSamplesHangOn(t *testing.T) {
	sem := choices.Latest()
	for _, c := range []struct {
		pairs [][2]string
		want  string // of the first sample of the first Route
	}{
		{[][2]string{{"*:80", "/a"}}, ""},
		{[][2]string{{"*:80", "/a"}, {"*:80", "/a"}}, "score-tie"},
		{[][2]string{{"long.example:80", "/a"}, {"*:80", "/*"}}, ""}, // it is better in both
		{[][2]string{{"", "/a"}}, "open-route"},
	} {
		table := coretest.Parse(routes(c.pairs...))
		s := &Samples(table, &sem)[0].Requests[0]
		if got := strings.Join(ClusterHangsOn(table, s, &sem), " "); got != c.want {
			t.Errorf("%v, %s: %q, want %q", c.pairs, s.URL, got, c.want)
		}
	}
}

// TestUnused: a host, a port and a character that the file does not name.
func TestUnused(t *testing.T) {
	for _, c := range []struct {
		pairs [][2]string
		want  string
	}{
		{[][2]string{{"*:80", "/a"}}, "any.example 8080 x"},
		{[][2]string{{"any.example:80 *:8080 a:8081", "/xy/z"}}, "xany.example 8082 q"},
		{[][2]string{{"xany.example:80 any.example", "/a"}}, "xxany.example 8080 x"},
		{nil, "any.example 8080 x"},
	} {
		f := Unused(coretest.Parse(routes(c.pairs...)))
		if got := fmt.Sprint(f.Host, " ", f.Port, " ", f.Text); got != c.want {
			t.Errorf("%v: %s, want %s", c.pairs, got, c.want)
		}
	}
}

// TestRouteOutcomes: every answer that open choices can give at a place, the default first, with the choices that lead
// to it.
func TestRouteOutcomes(t *testing.T) {
	for _, c := range []struct {
		pairs [][2]string
		at    MatchKey
		want  string
	}{
		{[][2]string{{"*:80", "/a"}}, MatchKey{"h", 80, "/a"}, "0 []"},
		{[][2]string{{"*:80", "/a"}}, MatchKey{"h", 80, "/b"}, "none []"},
		{[][2]string{{"*:80", "/a"}, {"*:80", "/a"}}, MatchKey{"h", 80, "/a"},
			"0 [score-tie=first], 1 [score-tie=last]"},
		{[][2]string{{"*:80", "/a/*"}}, MatchKey{"h", 80, "/a"},
			"0 [slash-star-serves-bare=yes], none [slash-star-serves-bare=no]"},
		{[][2]string{{"", "/a"}}, MatchKey{"h", 80, "/a"}, "0 [open-route=matches-all], none [open-route=never]"},
	} {
		var got []string
		for _, o := range RouteOutcomes(coretest.Parse(routes(c.pairs...)), c.at) {
			who := "none"
			if o.OK {
				who = fmt.Sprint(o.Match.Route())
			}
			got = append(got, fmt.Sprint(who, " ", o.Assume))
		}
		if text := strings.Join(got, ", "); text != c.want {
			t.Errorf("%v at %v: %s, want %s", c.pairs, c.at, text, c.want)
		}
	}
}

// TestURLs: how a client gets to a place, on a web server that decodes paths and on one that does not.
func TestURLs(t *testing.T) {
	raw := choices.Latest()
	coretest.Assume(t, "path-normalisation=none", &raw)
	decoding := choices.Latest()
	for _, c := range []struct {
		at             MatchKey
		url, sent, raw string
	}{
		{MatchKey{"h", 80, "/a"}, "http://h/a", "/a", "/a"},
		{MatchKey{"h", 443, "/a"}, "https://h/a", "/a", "/a"},
		{MatchKey{"[::1]", 8080, "/a b"}, "http://[::1]:8080/a%20b", "/a%20b", "/a b"},
		{MatchKey{"h", 80, "/50%"}, "http://h/50%25", "/50%25", "/50%"},
	} {
		if got := c.at.URL(); got != c.url {
			t.Errorf("%v: %s, want %s", c.at, got, c.url)
		}
		if got := c.at.TargetIn(&decoding); got != c.sent {
			t.Errorf("%v: %s, want %s", c.at, got, c.sent)
		}
		if got := c.at.TargetIn(&raw); got != c.raw {
			t.Errorf("%v: %s where paths are not decoded, want %s", c.at, got, c.raw)
		}
	}
}
