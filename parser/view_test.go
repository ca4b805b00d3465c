package parser_test

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strings"
	"testing"
	"weak"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

const small = `<Config RefreshInterval="10" appserverportpreference="x" AppServerPortPreference="webserverport" ResponseChunkSize="many"
      ASDisableNagle="TRUE" SecureHostVerification="false" IgnoreDNSFailures="true">
   <Log Name="/logs/http_plugin.log" LogLevel="Loud"/>
   <Property Name="ESIEnable" Value="true"/>
   <VirtualHostGroup Name="default_host"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/></VirtualHostGroup>
   <TrustedProxyGroup><TrustedProxy Name="p1"/><TrustedProxy Name="p2"/></TrustedProxyGroup>
   <ServerCluster Name="one" LoadBalance="RoundRobin" PostSizeLimit="99999999999" IgnoreAffinityRequests="false">
      <Server Name="m1" CloneID="a1" ConnectTimeout="+5" ServerIOTimeout="-30" wsServerIOTimeout="7">
         <Transport Hostname="h1" Port="9443" Protocol="https" ConnectionTTL="28">
            <Property Name="Keyring" Value="/k.kdb"/>
         </Transport>
         <Transport Hostname="h1" Port=""/>
      </Server>
      <Server Name="m2"/>
      <ClusterAddress Name="all"><Transport Hostname="vip" Port="80" Protocol="http"/></ClusterAddress>
      <PrimaryServers><Server Name="m1"/></PrimaryServers>
      <BackupServers><Server Name="m2"/></BackupServers>
   </ServerCluster>
   <ServerGroup Name="old" RetryInterval="9"/>
   <UriGroup Name="uris"><Uri Name="/a/*" AffinityCookie="C"/><Uri Name="/b"/></UriGroup>
   <Route VirtualHostGroup="default_host" UriGroup="uris" ServerCluster="one"/>
   <Route ServerGroup="old"/>
   <IntelligentManagement><Property name="webserverName" value="w"/></IntelligentManagement>
</Config>`

func show[T any](v parser.Val[T]) string { return fmt.Sprintf("%v/%q/%t", v.V, v.Raw(), v.Valid) }

func TestView(t *testing.T) {
	cfg, ds := parser.Parse(1, []byte(small))
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	c, old := cfg.Clusters[0], cfg.Clusters[1]
	m1, m2 := c.Servers[0], c.Servers[1]
	tests := []struct{ what, got, want string }{
		{"int", show(cfg.RefreshInterval), `10/"10"/true`},
		{"enum in another case", show(cfg.AppServerPort), `WebserverPort/"webserverport"/true`},
		{"no int", show(cfg.ResponseChunkSize), `64/"many"/false`},
		{"no bool", show(cfg.ASDisableNagle), `false/"TRUE"/false`},
		{"not written", show(cfg.HTTPMaxHeaders), `300/""/false`},
		{"not written, no default", show(cfg.SSLMapMode), `/""/false`},
		{"enum", show(cfg.HostVerification), `false/"false"/true`},
		{"no enum", show(cfg.Log.Level), `Error/"Loud"/false`},
		{"with a blank", show(c.LoadBalance), `Round Robin/"RoundRobin"/false`},
		{"too large", show(c.PostSizeLimit), `-1/"99999999999"/false`},
		{"bool with default true", show(c.IgnoreAffinityRequests), `false/"false"/true`},
		{"default true", show(c.RemoveSpecialHeaders), `true/""/false`},
		{"V4 cluster", show(old.RetryInterval) + show(old.PostBufferSize), `9/"9"/true64/""/false`},
		{"plus sign", show(m1.ConnectTimeout), `5/"+5"/true`},
		{"minus sign", show(m1.ServerIOTimeout), `-30/"-30"/true`},
		{"small name", show(m1.WSIOTimeout), `7/"7"/true`},
		{"defaults of a server", show(m2.LoadBalanceWeight) + show(m2.MaxConnections) + show(m2.ConnectTimeout),
			`2/""/false-1/""/false0/""/false`},
		{"default of a list of values", show(m1.Transports[1].Protocol), `http/""/false`},
		{"empty number", show(m1.Transports[1].Port), `0/""/false`},
		{"no default at all", show(m1.Transports[1].ConnectionTTL), `0/""/false`},
		{"property, case aside", show(parser.Find(m1.Transports[0].Properties, "keyring").Value),
			`/k.kdb/"/k.kdb"/true`},
		{"cluster address", show(c.ClusterAddress.Transports[0].Hostname) + show(c.ClusterAddress.MaxConnections),
			`vip/"vip"/true-1/""/false`},
		{"lists", c.Primary.Servers[0].Name.V + c.Backup.Servers[0].Name.V, "m1m2"},
		{"cookie", cfg.UriGroups[0].Uris[0].AffinityCookie.V + cfg.UriGroups[0].Uris[1].AffinityCookie.V,
			"CJSESSIONID"},
		{"aliases", cfg.VirtualHostGroups[0].Aliases[1].Name.V, "*:443"},
		{"proxies", cfg.TrustedProxies[1].Name.V, "p2"},
		{"routes", cfg.Routes[0].ServerCluster.V + " " + cfg.Routes[1].ServerCluster.V + " " +
			show(cfg.Routes[1].UriGroup), `one old /""/false`},
		{"intelligent management", cfg.IntelligentManagement.Name, "IntelligentManagement"},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("%s: %s, want %s", test.what, test.got, test.want)
		}
	}
	if parser.Find(cfg.Properties, "none") != nil || old.Primary != nil || old.ClusterAddress != nil {
		t.Error("something where nothing is")
	}
}

// TestViewSpans: a finding can point at names and values.
func TestViewSpans(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(small))
	files := diag.NewFiles()
	files.Add("small.xml", []byte(small))
	uri := cfg.UriGroups[0].Uris[0]
	if got := files.Text(uri.Name.Span()) + files.Text(uri.AffinityCookie.At.NameSpan) +
		files.Text(uri.Node.NameSpan); got != "/a/*AffinityCookieUri" {
		t.Error(got)
	}
	if !cfg.HTTPMaxHeaders.Span().IsZero() || cfg.HTTPMaxHeaders.Set() || !cfg.ResponseChunkSize.Set() {
		t.Error("a value that is not written has a place")
	}
	var names []string
	for n := range cfg.Doc.All() {
		names = append(names, n.Name)
		if n.Name == "VirtualHost" {
			break
		}
	}
	if got := strings.Join(names, " "); got != "Config Log Property VirtualHostGroup VirtualHost" {
		t.Error(got)
	}
}

func TestViewOfFragments(t *testing.T) {
	src, err := os.ReadFile("testdata/fragment.xml")
	if err != nil {
		t.Fatal(err)
	}
	cfg, _ := parser.Parse(1, src)
	if cfg.Node != nil || len(cfg.Clusters) != 1 || len(cfg.UriGroups) != 1 || len(cfg.Routes) != 1 {
		t.Fatalf("%d clusters, %d groups, %d routes", len(cfg.Clusters), len(cfg.UriGroups), len(cfg.Routes))
	}
	c := cfg.Clusters[0]
	if len(c.Servers) != 2 || c.Servers[0].LoadBalanceWeight.V != 3 || len(c.Primary.Servers) != 1 || c.Node == nil ||
		!c.Node.Span.IsZero() {
		t.Errorf("cluster %+v", c)
	}
	if cfg.RefreshInterval.V != 60 || cfg.UriGroups[0].Uris[0].Name.V != "/a/*" {
		t.Error("no defaults, or no Uri")
	}
	for _, text := range []string{"", "text", "<a/>", "<Transport Port='1'/>", "<Connector/>",
		"<Config/><Config><Log/></Config>", "<Uri/><Config/>"} {
		parser.Parse(1, []byte(text))
	}
	if cfg, _ := parser.Parse(1, []byte(
		"<Config RefreshInterval='1'/><Config><Log/></Config><Route/>")); cfg.RefreshInterval.V != 1 ||
		cfg.Log == nil || len(cfg.Routes) != 1 {
		t.Error("several roots are not viewed together")
	}
}

// TestReadOn: the view has what stands behind an error.
func TestReadOn(t *testing.T) {
	broken := []string{
		"<Log Name='/a'>", "<Log Name='/a'", "<Log Name='/a", "<Log Name=/a>", "<Log Name=“/a”/>",
		"<Log Name='/a' <!-- x -->/>", "</Log>", "</Config", "</>", "< Log/>",
		"<", "&", "&a;", "]]>", "<!-- a", "<!- a ->", "<![CDATA[ a", "<?a", "<!DOCTYPE a [ <!ENTITY b 'c'>", "<1/>",
		"<Log a='1' a='2'/>", "<Log a='1'b='2'/>",
		"<UriGroup Name='u'>", "<UriGroup Name='u'><Uri Name='/x'></UriGroup>", "<ServerCluster Name='c'><Server " +
			"Name='m'><Transport Port='1'>", "<Log \x01/>", "\x01",
		"<UriGroup Name=\"u><Uri Name=\"/x\"/></UriGroup>", "<Log Name=>", "<Log =\"x\"/>", "<Log/ >",
		"<Log Name=\x93/a\x94/>", "<VirtualHostGroup Name='u'><VirtualHost Name='a'><VirtualHost " +
			"Name='b'><VirtualHost Name='c'></VirtualHostGroup>", "<a></b>", "<a><b></a>", "<a>",
		"<Prop<a>erty Name='x'/>", "<UriGroup Name='u'></é/UriGroup>", "<!-- a -- >\n<Log/><!-- b -->",
		"<Log a=\"b<c\"/>", "<Log\x00/>",
	}
	for _, text := range broken {
		src := []byte("<Config>\n" + text + "\n<VirtualHostGroup Name='behind'/>\n<ServerCluster Name='behind'>\n" +
			"<Server Name='m1'/>\n</ServerCluster>\n</Config>\n")
		cfg, ds := parser.Parse(1, src)
		checkTree(t, src, cfg.Doc, ds)
		if !has(ds, "WP101") {
			t.Errorf("%q: no report", text)
		}
		if ds[0].Span.Start > int32(len("<Config>\n")+len(text)) {
			t.Errorf("%q: the error is said to be at %v", text, ds[0].Span)
		}
		if len(cfg.VirtualHostGroups) == 0 || len(cfg.Clusters) == 0 ||
			len(cfg.Clusters[len(cfg.Clusters)-1].Servers) != 1 {
			t.Errorf("%q: what stands behind is not read: %d groups, %d clusters", text, len(cfg.VirtualHostGroups),
				len(cfg.Clusters))
		}
	}
}

// TestMisspeltRoot: an element of an unknown name that holds what a Config holds is viewed as one.
func TestMisspeltRoot(t *testing.T) {
	for _, root := range []string{"<Confg RefreshInterval='1'>%s</Confg>", "<Confg RefreshInterval='1'>%s</Config>",
		"<Con\"fig RefreshInterval='1'>%s</Config>",
		"<file for it --><Config RefreshInterval='1'>%s</Config>"} {
		cfg, ds := parser.Parse(1, fmt.Appendf(nil, root, "<UriGroup Name='u'/><Route/>"))
		if len(cfg.UriGroups) != 1 || len(cfg.Routes) != 1 || cfg.RefreshInterval.V != 1 || len(ds) == 0 {
			t.Errorf("%s: %d groups, %d routes, %v", root, len(cfg.UriGroups), len(cfg.Routes), ds)
		}
	}
}

// TestUnclosed: an element without end tag says so, and what belongs elsewhere stands behind it, with the comment
// above.
func TestUnclosed(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte("<Config>\n<UriGroup Name='u'>\n<Uri/> <!-- of the Uri -->\n"+
		"<!-- of the Route -->\n<Route/>\n</Config>"))
	var got []string
	for _, n := range cfg.Node.Children {
		got = append(got, fmt.Sprintf("%s|%s|%t|%d; ", n.Name, n.Text, n.Closed, len(n.Children)))
	}
	if want := "UriGroup||false|2; | of the Route |true|0; Route||true|0; "; strings.Join(got, "") != want {
		t.Errorf("%q, want %q", strings.Join(got, ""), want)
	}
	if !cfg.Node.Closed {
		t.Error("Config is closed")
	}
	cfg, ds := parser.Parse(1, []byte("<Config><VirtualHostGroup><VirtualHost Name='a'><VirtualHost Name='b'>\n"+
		"<VirtualHost Name='c'\n<VirtualHost Name='d'></VirtualHostGroup></Config>"))
	if aliases := cfg.VirtualHostGroups[0].Aliases; len(aliases) != 4 || len(ds) != 4 || aliases[0].Node.Closed ||
		!aliases[2].Node.Closed {
		t.Errorf("%d aliases, %v", len(aliases), ds)
	}
}

func TestParseAlias(t *testing.T) {
	tests := []struct {
		name string
		want parser.Alias
		err  string
	}{
		{"*:80", parser.Alias{Host: "*", Port: 80, PortWritten: true}, ""},
		{"*:*", parser.Alias{Host: "*", PortWritten: true}, ""},
		{"*", parser.Alias{Host: "*", Port: 80}, ""},
		{"WWW.Example.com:443", parser.Alias{Host: "www.example.com", Port: 443, PortWritten: true}, ""},
		{"host", parser.Alias{Host: "host", Port: 80}, ""},
		{"10.0.0.1:9080", parser.Alias{Host: "10.0.0.1", Port: 9080, PortWritten: true}, ""},
		{"[2001:DB8::1]:443", parser.Alias{Host: "[2001:db8::1]", Port: 443, PortWritten: true}, ""},
		{"[::1]", parser.Alias{Host: "[::1]", Port: 80}, ""},
		{"", parser.Alias{}, "no host"},
		{":80", parser.Alias{}, "no host"},
		{"*.example.com:80", parser.Alias{}, "partial wildcard"},
		{"host:8*", parser.Alias{}, "port \"8*\""},
		{"host:", parser.Alias{}, "port \"\""},
		{"host:0", parser.Alias{}, "port"},
		{"host:65536", parser.Alias{}, "port"},
		{"host:+80", parser.Alias{}, "port"},
		{"2001:db8::1", parser.Alias{}, "brackets"},
		{"[2001:db8::1", parser.Alias{}, "brackets"},
		{"[10.0.0.1]:80", parser.Alias{}, "brackets"},
		{"[::1]80", parser.Alias{}, "brackets"},
		{"a b:80", parser.Alias{}, "character"},
	}
	for _, test := range tests {
		got, err := parser.ParseAlias(test.name)
		if got != test.want || (err == nil) != (test.err == "") || err != nil &&
			!strings.Contains(err.Error(), test.err) {
			t.Errorf("%q: %+v, %v, want %+v, %q", test.name, got, err, test.want, test.err)
		}
	}
}

// TestValues: what stands between the quotes, and what it means.
func TestValues(t *testing.T) {
	tests := []struct{ raw, want string }{
		{"a\r\nb\rc\nd\te", "a b c d e"},
		{"&#13;&#10;&#9;", "\r\n\t"},
		{"&lt;&gt;&amp;&apos;&quot;&#x1F600;", "<>&'\"\U0001F600"},
		{"", ""},
		{" two  blanks ", " two  blanks "},
	}
	for _, test := range tests {
		cfg, ds := parser.Parse(1, []byte(`<Config><Log Name="`+test.raw+`"/></Config>`))
		if len(ds) > 0 || cfg.Log.Name.V != test.want {
			t.Errorf("%q: %q, %v, want %q", test.raw, cfg.Log.Name.V, ds, test.want)
		}
	}
}

// TestWriteBuilt: a tree made by hand that holds what XML has no place for is still written well-formed.
func TestWriteBuilt(t *testing.T) {
	doc := &parser.Document{Nodes: []*parser.Node{
		{Kind: parser.Declaration, Text: `xml version="1.0"`},
		{Kind: parser.Comment, Text: " a -- b ---"},
		{Kind: parser.Element, Name: "Config", Attrs: []parser.Attr{{Name: "b", Value: "\x00\n"},
			{Name: "a", Value: "\xff"}}, Children: []*parser.Node{
			{Kind: parser.Element, Name: "Empty"},
			{Kind: parser.Element, Name: "Full", Children: []*parser.Node{{Kind: parser.CDATA, Text: "a]]>b"},
				{Kind: parser.Text, Text: "]]>"}}},
		}},
	}}
	var b strings.Builder
	if err := parser.Write(&b, doc); err != nil {
		t.Fatal(err)
	}
	want := "<?xml version=\"1.0\"?><!-- a - - b - - - -->\n<Config a=\"\ufffd\" b=\"\ufffd&#10;\">\n   <Empty/>\n" +
		"   <Full><![CDATA[a]]]]><![CDATA[>b]]>]]&gt;</Full>\n</Config>\n"
	if b.String() != want {
		t.Errorf("got  %q\nwant %q", b.String(), want)
	}
	if _, ds := parser.Parse(1, []byte(b.String())); len(ds) > 0 {
		t.Error(ds)
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestWriteError(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(small))
	if err := parser.Write(failing{}, cfg.Doc); err == nil || err.Error() != "disk full" {
		t.Error(err)
	}
}

// TestTrim: what is left of a configuration holds neither its nodes nor the attributes of most Uris, and says the
// same.
func TestTrim(t *testing.T) {
	var b strings.Builder
	b.WriteString("<Config>")
	for i := range 5000 {
		fmt.Fprintf(&b, "<UriGroup Name=\"g%d\"><Uri Name=\"/u%d\" AffinityCookie=\"C\"/></UriGroup>", i, i)
		fmt.Fprintf(&b, "<Route UriGroup=\"g%d\" ServerCluster=\"c\"/>\n", i)
	}
	b.WriteString(`<ServerCluster Name="c"><Server Name="s" ConnectTimeout="5"><Transport Hostname="h" Port="1">` +
		`<Property Name="keyring" Value="k"/></Transport></Server></ServerCluster></Config>`)
	cfg, _ := parser.Parse(0, []byte(b.String()))
	uri := cfg.UriGroups[2500].Uris[0]
	at := uri.Name.Span()
	node, cookie := weak.Make(uri.Node), weak.Make(uri.AffinityCookie.At)
	server := cfg.Clusters[0].Servers[0]
	other := weak.Make(server.Node)
	cfg.Trim()
	runtime.GC()
	if other.Value() != nil {
		t.Error("the node of a server is still there")
	}
	if tr := server.Transports[0]; show(server.Name)+show(server.ConnectTimeout)+show(tr.Port)+
		show(tr.Properties[0].Value) != `s/"s"/true5/"5"/true1/"1"/truek/"k"/true` {
		t.Errorf("got %+v, %+v", server, tr)
	}
	if node.Value() != nil || cookie.Value() != nil {
		t.Errorf("still there: the node %t, the attribute %t", node.Value() != nil, cookie.Value() != nil)
	}
	route := cfg.Routes[2500]
	if uri.Name.V != "/u2500" || uri.Name.Span() != at || show(uri.AffinityCookie) != `C/"C"/true` ||
		show(route.UriGroup) != `g2500/"g2500"/true` || route.VirtualHostGroup.Set() {
		t.Errorf("got %s at %v, %s, %s", uri.Name.V, uri.Name.Span(), show(uri.AffinityCookie), show(route.UriGroup))
	}
}
