package rules_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestSilencing: one mistake gives one finding.
func TestSilencing(t *testing.T) {
	routed := example.Members("", "", "", "") + example.HostGroup("h", "*:80") +
		"<Route ServerCluster=\"shop\" UriGroup=\"u\" VirtualHostGroup=\"h\"/>\n"
	for _, tt := range []struct{ text, only, not string }{
		{strings.Replace(example.Members("", "", "", ""), "CloneID=\"c1\"", "CloneId=\"c1\"", 1), "WP109",
			"WP303 WP104"},
		{example.Members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `), "WP411", "WP405 WP406"},
		{example.Members("", "<PrimaryServers/>"+example.Backup2, "", ""), "WP403", "WP414"},
		{strings.Replace(example.Members("", "", "", ""), `"h2"`, `"h1"`, 1), "WP307", "WP308"},
		{example.TwoServers("c1", "c2") + example.HostGroup("default_host", "*:80") + example.HostGroup("bank_host",
			"*:80") +
			example.UriGroup("shop_uris", "/app/*") + example.UriGroup("bank_uris", "/app/*") + example.TwoHostRoutes,
			"WP601", "WP603 WP611"},
		{example.UriGroup("shop_uris", "shop/*", "shop/*", "shop/*"), "WP605", "WP602 WP604 WP612"},
		{strings.Replace(example.Members("", "", "", ""), `CloneID="c1"`, `CloneID="x:y"`, 1), "WP304", "WP310"},
		{strings.NewReplacer(`"c1"`, `"10ig7jdvd"`, `"c2"`, `" 138888kcd"`).Replace(example.Members("", "", "", "")),
			"WP304", "WP310"},
		{strings.Replace(example.Members("", "", "", ""), `"h1"`, `"&host;"`, 1), "WP101", "WP515"},
		{strings.Replace(example.Members("", "", "", ""), `"h1"`, `"a.&domain;"`, 1), "WP101", "WP515"},
		{example.UriGroup("shop_uris", "/&app;/*"), "WP101", "WP605"},
		{example.HostGroup("default_host", "&host;:80"), "WP101", "WP607"},
		{strings.Replace(example.Members("", "", "", ""), `"c1"`, `"&clone;"`, 1), "WP101", "WP304"},
		// what is dropped for broken text mutes all the same
		{routed + example.UriGroup("u", "/&app;/*", "/*"), "WP101", "WP605 WP604"},
		{routed + strings.NewReplacer(`Name="/shop/*"`, `AffinityCookie="&x;" Name="/shop/*"`, `Name="/cart/*"`,
			`AffinityCookie="JSESSIONID" Name="/cart/*"`).Replace(example.UriGroup("u", "/shop/*", "/cart/*")), "WP101",
			"WP311"},
	} {
		ds, files := lintText(complete(tt.text), lint.Options{Profile: "pedantic"})
		got := codes(ds)
		if !strings.Contains(got, tt.only) {
			t.Errorf("no %s:\n%s", tt.only, describe(ds, files))
		}
		for _, code := range strings.Fields(tt.not) {
			if strings.Contains(got, code) {
				t.Errorf("%s beside %s:\n%s", code, tt.only, describe(ds, files))
			}
		}
	}
}

func TestIgnoreInsideAStartTagLine(t *testing.T) {
	text := strings.Replace(complete(collision), "<ServerCluster Name=\"shop\" PostBufferSize=\"0\">",
		"<ServerCluster Name=\"shop\" PostBufferSize=\"0\"> <!-- wasplug:ignore WP301 only for this tag -->", 1)
	if ds, files := lintText(text, lint.Options{}); codes(ds) != "WP901 WP822 WP301" {
		t.Errorf("got\n%s", describe(ds, files))
	}
}

// TestNameIsMendedOnce: a server in no list may be the one that a list misspells.
func TestNameIsMendedOnce(t *testing.T) {
	files := diag.NewFiles()
	text := complete(example.Members("",
		"<PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2x\"/></PrimaryServers>", "", ""))
	got, n := lint.Fix(rules.All(), files, files.Add("f.xml", []byte(text)), lint.Options{}, true)
	if n != 1 || strings.Count(string(got), `<Server Name="m2"/>`) != 1 {
		t.Errorf("%d repairs:\n%s", n, got)
	}
}

// TestAttributesMove: an attribute goes to the one element that it can be meant for, the line ends of the file stay.
func TestAttributesMove(t *testing.T) {
	for _, tt := range []struct{ text, want string }{
		{"<Config><ServerCluster Name=\"c\">\r\n<Server RetryInterval=\"30\" Name=\"m\"/>\r\n" +
			"</ServerCluster></Config>",
			"<Config><ServerCluster RetryInterval=\"30\" Name=\"c\">\r\n<Server Name=\"m\"/>\r\n" +
				"</ServerCluster></Config>"},
		{`<Config><ServerCluster Name="c" RetryInterval="9"><Server RetryInterval="30" ` +
			`Name="m"/></ServerCluster></Config>`, ""},
		{`<Config><ServerCluster Name="c"><Server Name="m" ConnectionTTL = '20'><Transport Hostname="h" ` +
			`Port="1"/></Server></ServerCluster></Config>`, `<Config><ServerCluster Name="c"><Server ` +
			`Name="m"><Transport ConnectionTTL="20" Hostname="h" Port="1"/></Server></ServerCluster></Config>`},
		{`<Config><ServerCluster Name="c"><Server Name="m" ConnectionTTL="20"><Transport Port="1"/><Transport ` +
			`Port="2"/></Server></ServerCluster></Config>`, ""},
		{`<Config><ServerCluster Name="c"><Server Name="a" RetryInterval="1"/><Server Name="b" ` +
			`RetryInterval="2"/></ServerCluster></Config>`, `<Config><ServerCluster RetryInterval="1" ` +
			`Name="c"><Server Name="a"/><Server Name="b" RetryInterval="2"/></ServerCluster></Config>`},
	} {
		files := diag.NewFiles()
		if tt.want == "" {
			tt.want = tt.text
		}
		if got, _ := lint.Fix(rules.All(), files, files.Add("f.xml", []byte(tt.text)), onlyRule("WP105"),
			true); string(got) != tt.want {
			t.Errorf("got\n%s\nwant\n%s", got, tt.want)
		}
	}
}

// TestLineEndsStay: what a repair writes on a line of its own ends as the lines around it.
func TestLineEndsStay(t *testing.T) {
	text := strings.ReplaceAll(complete(example.UriGroup("shop_uris", "/shop")), "\n", "\r\n")
	files := diag.NewFiles()
	got, n := lint.Fix(rules.All(), files, files.Add("f.xml", []byte(text)), onlyRule("WP612"), true)
	if n != 1 || strings.Count(string(got), "\n") != strings.Count(string(got), "\r\n") {
		t.Errorf("%d repairs:\n%q", n, got)
	}
}

// TestRoutesMoveInOrder: of equal scores the first Route may win, so a repair keeps their order.
func TestRoutesMoveInOrder(t *testing.T) {
	const text = `<Config>
  <VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
  <ServerCluster Name="c"><Server CloneID="1" Name="m"><Transport Hostname="h" Port="1"/></Server></ServerCluster>
  <Route ServerCluster="c" UriGroup="a" VirtualHostGroup="v"/>
  <Route ServerCluster="c" UriGroup="b" VirtualHostGroup="v"/>
  <UriGroup Name="b"><Uri Name="/b"/></UriGroup>
  <UriGroup Name="a"><Uri Name="/a"/></UriGroup>
  <Route ServerCluster="c" UriGroup="z" VirtualHostGroup="v"/>
</Config>
`
	files := diag.NewFiles()
	got, n := lint.Fix(rules.All(), files, files.Add("f.xml", []byte(text)), lint.Options{}, false)
	const want = `  <UriGroup Name="b"><Uri Name="/b"/></UriGroup>
  <Route ServerCluster="c" UriGroup="b" VirtualHostGroup="v"/>
`
	if n != 1 || !strings.Contains(string(got), want) || strings.Index(string(got),
		`UriGroup="a"`) > strings.Index(string(got), `UriGroup="b"`) {
		t.Errorf("%d repairs:\n%s", n, got)
	}
}

// TestOtherCharacters: a file that cannot be read does not pass, and nothing is claimed of the plug-in.
func TestOtherCharacters(t *testing.T) {
	for text, want := range map[string]string{"\xff\xfe<\x00C\x00": "file in UTF-16: only",
		"\x4c\x6f\xa7\x94\x93": "file in EBCDIC: only"} {
		ds, files := lintText(text, lint.Options{})
		if codes(ds) != "WP101" || ds[0].Severity != diag.Error || !strings.HasPrefix(ds[0].Message, want) ||
			!strings.HasSuffix(ds[0].Message, "undocumented") {
			t.Errorf("got %s", describe(ds, files))
		}
	}
}
