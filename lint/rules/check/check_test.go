package check_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
)

func TestWords(t *testing.T) {
	for _, tt := range []struct{ got, want string }{
		{check.List(nil), ""},
		{check.List([]string{"a"}), `"a"`},
		{check.List([]string{"a", "b"}), `"a" and "b"`},
		{check.List([]string{"a", "b", "c"}), `"a", "b" and "c"`},
		{check.Others(0) + check.Others(1) + check.Others(2), " and another one and 2 others"},
		{check.Quote(strings.Repeat("x", 1000)), `"` + lint.ClipWord(strings.Repeat("x", 1000)) + `"`},
	} {
		if tt.got != tt.want {
			t.Errorf("got %q, want %q", tt.got, tt.want)
		}
	}
	for text, want := range map[string]string{
		`<Server Name="m1"/>`: `Server "m1"`,
		`<Server/>`:           "<Server>",
		`<Log Name="/l"/>`:    "<Log>",
		`<Server Name="m1"><Property Name="keyring"/></Server>`: `Server "m1"`, // the Property has the name of a setting
	} {
		cfg, _ := parser.Parse(1, []byte(text))
		n := cfg.Doc.Nodes[0]
		for len(n.Children) > 0 {
			n = n.Children[0]
		}
		if got := check.Title(n); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestTargets(t *testing.T) {
	for target, want := range map[string]bool{"": true, "latest": true, "liberty": true, "7.0": true, "7": true,
		"8.5.5.20": true, "10.0": true, "6.1": false, "6.1.0.33": false} {
		if got := check.TargetAtLeast(&lint.Options{Target: target}, 7, 0); got != want {
			t.Errorf("%q is at least 7.0: %t", target, got)
		}
	}
}

func TestAddresses(t *testing.T) {
	for host, want := range map[string]bool{"localhost": true, "LOCALHOST": true, "loopback": true, "127.0.0.1": true,
		"127.1.2.3": true, "::1": true, "[::1]": true, "127.0.0.1.example.com": false, "h1": false, "": false,
		"10.0.0.1": false} {
		if got := check.IsLocal(host); got != want {
			t.Errorf("%q is local: %t", host, got)
		}
	}
	cfg, _ := parser.Parse(1, []byte(`<Config><ServerCluster>
<Server><Transport Hostname="H1" Port="1"/><Transport Hostname="h1" Port="2"/></Server>
<Server><Transport Hostname="h1" Port="2"/></Server>
<Server><Transport Hostname="h1" Port="02"/></Server></ServerCluster></Config>`))
	s := cfg.Clusters[0].Servers
	if !check.ShareAddress(s[0], s[1]) || check.ShareAddress(s[1], s[2]) { // ports are compared as they are written
		t.Error("shared addresses")
	}
	if got := check.AddressesOf(s[0]) + "|" + check.AddressesOf(s[1]); got != "h1:1 h1:2 |h1:2" {
		t.Errorf("got %q", got)
	}
}

// TestElements: rows of the table go with the attributes they are of, and what is unknown is visited, but not its
// content.
func TestElements(t *testing.T) {
	const text = `<Config><Log Name="/l" Foo="1"/><Foo><Server/></Foo>` +
		`<Property Name="Other" Value="1"/><Property Name="ESIEnable" Value="true"/></Config>`
	var elements, rows []string
	over(text, func(p *check.Pass) {
		p.Elements(func(n *parser.Node, typ *parser.ElementType) {
			elements = append(elements, check.IfElse(typ == nil, "?", "")+n.Name)
		})
		p.Attributes(func(n *parser.Node, _ *parser.ElementType, a *parser.Attr, row *parser.Attribute) {
			if row == nil {
				rows = append(rows, n.Name+"/"+a.Name+"?")
			} else {
				rows = append(rows, row.Element+"/"+row.Name)
			}
		})
	})
	if got, want := strings.Join(elements, " "), "Config Log ?Foo Property Property"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := strings.Join(rows, " "),
		"Log/Name Log/Foo? Property/Name Property/Value Property/Name Config/ESIEnable"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

// TestOverlaps: of Uris that overlap under other cookie names the nearest one around is named.
func TestOverlaps(t *testing.T) {
	const uris = `<Uri Name="/a/*" AffinityCookie="A"/><Uri Name="/a/b/*" AffinityCookie="B"/>` +
		`<Uri Name="/a/b/c" AffinityCookie="C"/><Uri Name="/a/b/d" AffinityCookie="B"/><Uri Name="/x/*"/>`
	over("<Config><UriGroup Name='u'>"+uris+"</UriGroup></Config>", func(p *check.Pass) {
		all := p.Config.UriGroups[0].Uris
		if check.SameCookies(all) || !check.SameCookies(all[1:2]) {
			t.Error("same cookies")
		}
		x, work := check.NewURISet(all), check.MaxWork
		for i, want := range []string{"", "/a/*", "/a/b/*", "", ""} { // /a/b/d is as /a/b/*, which answers for itself
			got := ""
			if c := x.Differing(p, all[i], &work); c != nil {
				got = c.Name.V
			}
			if got != want {
				t.Errorf("%s: got %q, want %q", all[i].Name.V, got, want)
			}
		}
		spent := 0
		if x.Differing(p, all[1], &spent) != nil || spent >= 0 {
			t.Error("work beyond what was allowed")
		}
		if path := x.Meets(p, all[2:3], &work); path == "" {
			t.Error("/a/b/c meets no other")
		}
		if path := check.NewURISet(all[:4]).Meets(p, all[4:], &work); path != "" {
			t.Errorf("/x/* meets others at %s", path)
		}
	})
}
