package lookups_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match/lookups"
)

// tables makes the look-ups of Routes, each given as its aliases and its Uris, apart by blanks.
func tables(t *testing.T, routes ...[2]string) *lookups.Tables {
	t.Helper()
	var b strings.Builder
	for i, r := range routes {
		fmt.Fprintf(&b, `<VirtualHostGroup Name="v%d">`, i)
		for _, alias := range strings.Fields(r[0]) {
			fmt.Fprintf(&b, `<VirtualHost Name="%s"/>`, alias)
		}
		fmt.Fprintf(&b, `</VirtualHostGroup><UriGroup Name="u%d">`, i)
		for _, uri := range strings.Fields(r[1]) {
			fmt.Fprintf(&b, `<Uri Name="%s"/>`, uri)
		}
		fmt.Fprintf(&b, `</UriGroup><ServerCluster Name="c%d"><Server Name="m"/></ServerCluster>`, i)
		fmt.Fprintf(&b, `<Route ServerCluster="c%d" UriGroup="u%d" VirtualHostGroup="v%d"/>`, i, i, i)
	}
	sem := choices.Latest()
	made, err := lookups.New(coretest.Parse("<Config>" + b.String() + "</Config>").Ordered(&sem))
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// TestPlaces: a host has places for its own ports, and where it has an alias for any port for those of all hosts.
// Places with the same entries share a class.
func TestPlaces(t *testing.T) {
	for _, c := range []struct {
		routes [][2]string
		want   string
	}{
		{[][2]string{{"*:80", "/*"}}, "*:80=0"},
		{[][2]string{{"a:80 b:81", "/*"}}, "a:80=0 b:81=0"}, // one group: both lead to the same
		{[][2]string{{"a:80", "/*"}, {"b:80", "/*"}}, "a:80=0 b:80=1"},
		{[][2]string{{"a:*", "/x"}, {"*:80 *:81", "/*"}}, "*:80=0 *:81=0 a:0=1 a:80=2 a:81=2"},
		{[][2]string{{"a:80", "/x"}, {"*:81", "/*"}}, "*:81=0 a:80=1"}, // nobody asks a for port 81 but of any host
		{nil, ""},
	} {
		made := tables(t, c.routes...)
		names := map[int]int{} // classes by the order in which places come to them
		var got []string
		for _, p := range made.Places {
			if _, known := names[p.Class]; !known {
				names[p.Class] = len(names)
			}
			got = append(got, fmt.Sprintf("%s:%d=%d", p.Host, p.Port, names[p.Class]))
		}
		if text := strings.Join(got, " "); text != c.want || len(made.Classes) != len(names) {
			t.Errorf("%v: %s of %d classes, want %s", c.routes, text, len(made.Classes), c.want)
		}
	}
}

// TestTexts: every text leads to what comes first for the paths that it stands for; tails have tries of their own, the
// longest first, and paths on which a text reaches into a tail are looked up whole.
func TestTexts(t *testing.T) {
	for _, c := range []struct{ uris, want string }{
		{"/a/* /b", "exact /a=/a /b=/b; any /a/=/a/*"},
		{"/* /a/b/*", "exact /a/b=/a/b; any /=/* /a/b/=/a/b/*"},
		{"*.jsp", "exact; .jsp =*.jsp; any"},
		{"*.jsp /a/*", "exact /a=/a; .jsp =*.jsp /a/=*.jsp; any /a/=/a/*"},                  // .jsp scores 4, /a/ 3
		{"*.do /long/*", "exact /long=/long; .do =*.do /long/=/long/*; any /long/=/long/*"}, // and here it loses
		{"*.jsp /a.j*", "exact /a.jsp=*.jsp; .jsp =*.jsp /a.j=*.jsp; any /a.j=/a.j*"},
		{"/a/*.jsp *.jsp", "exact; .jsp =*.jsp /a/=/a/*.jsp; any"},
		{"*.jsp *p", "exact; .jsp =*.jsp; p =*p; any"},
	} {
		made := tables(t, [2]string{"*:80", c.uris})
		class := &made.Classes[0]
		text := "exact" + nodes(class.Exact)
		for _, trie := range class.Tries {
			name := "any"
			if trie.Tail >= 0 {
				name = made.Tails[trie.Tail]
			}
			text += "; " + name + nodes(trie.Nodes)
		}
		if text != c.want {
			t.Errorf("%s:\n%s, want\n%s", c.uris, text, c.want)
		}
	}
}

func nodes(list []lookups.Node) (text string) {
	for _, n := range list {
		text += " " + n.Text + "=" + n.Entry.Pattern
	}
	return text
}
