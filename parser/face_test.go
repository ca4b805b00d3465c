package parser_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// TestLateDeclaration: a declaration behind white space or comments is in use, and has a fix that makes it the first
// thing of the file; behind anything else it is an error.
func TestLateDeclaration(t *testing.T) {
	const decl = `<?xml version="1.0"?>`
	for src, want := range map[string]string{ // the file as it is mended, "" where nothing can be
		" \n" + decl + "<Config/>":                decl + "<Config/>",
		"<!--a-->\r\n" + decl + "<Config/>":       decl + "\r\n<!--a--><Config/>",
		"<!--a--><!--b-->\n" + decl + "<Config/>": decl + "\n<!--a--><!--b--><Config/>",
		"<Config/>" + decl:                        "",
		"text" + decl + "<Config/>":               "",
	} {
		_, ds := parser.Parse(1, []byte(src))
		var late *diag.Diagnostic
		for i := range ds {
			if strings.HasPrefix(ds[i].Message, "XML declaration ") {
				late = &ds[i]
			}
		}
		switch {
		case late == nil:
			t.Errorf("%q: nothing is said of the declaration: %v", src, ds)
		case want == "":
			if late.Fix != nil || late.Severity != diag.Error {
				t.Errorf("%q: %v", src, late)
			}
		case late.Fix == nil || late.Severity != diag.Warning:
			t.Errorf("%q: %v", src, late)
		default:
			got, err := diag.Apply([]byte(src), late.Fix.Edits)
			if err != nil || string(got) != want {
				t.Errorf("%q is mended to %q, %v, want %q", src, got, err, want)
			}
			if _, again := parser.Parse(1, got); len(again) > 0 {
				t.Errorf("%q: %v", got, again)
			}
		}
	}
}

// TestLostQuote: where a quote is missing, the value ends before the next attribute, whatever that begins with.
func TestLostQuote(t *testing.T) {
	for src, second := range map[string]string{
		`<Config a="m1 Port="80"/>`:          "80",
		`<Config a="m1 Port="/usr/lib/x"/>`:  "/usr/lib/x",
		`<Config a ="m1 Port="/usr/lib/x"/>`: "/usr/lib/x",
	} {
		cfg, ds := parser.Parse(1, []byte(src))
		if len(ds) != 1 || !strings.HasPrefix(ds[0].Message, `value of "a" without the quote that ends it`) {
			t.Errorf("%s: %v", src, ds)
		}
		if a, port := cfg.Node.Attr("a"), cfg.Node.Attr("Port"); a.Value != "m1" || port == nil || port.Value != second {
			t.Errorf("%s: %+v, %+v", src, a, port)
		}
	}
}

// TestDeclaration: what is wrong with a declaration is named.
func TestDeclaration(t *testing.T) {
	for decl, want := range map[string]string{
		`version="1.0" encoding='UTF-8' standalone="yes"`: "",
		`version = "1.0"`:                    "",
		``:                                   "no version",
		`encoding="UTF-8"`:                   "no version first",
		`version="1.1"`:                      "a version other than 1.0",
		`version="1.0" standalone="perhaps"`: `a "standalone" other than yes and no`,
		`version="1.0" encoding=""`:          "a bad name of an encoding",
		`version="1.0" standalone="no" encoding="UTF-8"`: "a part that does not belong there",
		`version="1.0" author="me"`:                      "a part that does not belong there",
		`version="1.0"encoding="UTF-8"`:                  `a part that is not name="value"`,
		`version=1.0`:                                    `a part that is not name="value"`,
	} {
		_, ds := parser.Parse(1, []byte("<?xml "+decl+"?><Config/>"))
		got := ""
		for _, d := range ds {
			if rest, ok := strings.CutPrefix(d.Message, "XML declaration with "); ok {
				got, _, _ = strings.Cut(rest, ";")
			}
		}
		if got != want {
			t.Errorf("%s: %q, want %q", decl, got, want)
		}
	}
}

// TestRoom: an attribute goes to its alphabetical place, and is taken out again without a trace.
func TestRoom(t *testing.T) {
	src := `<Config><Server Name="m1" CloneID="c" Weight='2'/></Config>`
	cfg, _ := parser.Parse(1, []byte(src))
	server := cfg.Node.Elements("Server")[0]
	for name, want := range map[string]string{
		"AAA":   `<Config><Server AAA="x" Name="m1" CloneID="c" Weight='2'/></Config>`,
		"Other": `<Config><Server Name="m1" CloneID="c" Other="x" Weight='2'/></Config>`,
		"Z":     `<Config><Server Name="m1" CloneID="c" Weight='2' Z="x"/></Config>`,
	} {
		with, err := diag.Apply([]byte(src), []diag.Edit{{Span: server.Room(name), New: ` ` + name + `="x"`}})
		if err != nil || string(with) != want {
			t.Errorf("%s: %s, %v", name, with, err)
			continue
		}
		again, _ := parser.Parse(1, with)
		added := again.Node.Elements("Server")[0]
		without, err := diag.Apply(with, []diag.Edit{{Span: added.Whole(name)}})
		if err != nil || string(without) != src {
			t.Errorf("%s: %s, %v", name, without, err)
		}
	}
	if !server.Whole("Other").IsZero() || server.Attr("Other") != nil || (*parser.Node)(nil).Attr("x") != nil {
		t.Error("an attribute that is not there is found")
	}
}

// TestParseXML: a file that is no plugin-cfg.xml has the errors of its text, and none says what the plug-in does.
func TestParseXML(t *testing.T) {
	doc, ds := parser.ParseXML(1, []byte("<server>\n<a b=c/></server>"))
	if len(doc.Nodes) != 1 || doc.Nodes[0].Name != "server" || len(doc.Nodes[0].Elements("a")) != 1 {
		t.Errorf("%+v", doc.Nodes)
	}
	if len(ds) != 1 || ds[0].Message != `value of "b" without quotes` {
		t.Errorf("%v", ds)
	}
}

// TestTrimmed: the view says the same without its tree, but for where it stands.
func TestTrimmed(t *testing.T) {
	src := []byte(`<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="c" RetryInterval="30"><Server Name="m1" CloneID="x"><Transport Hostname="h" Port="9080"/></Server>
<ClusterAddress Name="a"><Transport Hostname="i" Port="1"><Property Name="p" Value="q"/></Transport></ClusterAddress>
<PrimaryServers><Server Name="m1"/></PrimaryServers><BackupServers/></ServerCluster>
<UriGroup Name="u"><Uri Name="/*" AffinityCookie="J"/></UriGroup>
<Route UriGroup="u" VirtualHostGroup="v" ServerCluster="c"/></Config>`)
	cfg, ds := parser.Parse(1, src)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	said := func() []string {
		c, u := cfg.Clusters[0], cfg.UriGroups[0]
		s, a := c.Servers[0], c.ClusterAddress.Transports[0]
		return []string{cfg.VirtualHostGroups[0].Name.Raw(), cfg.VirtualHostGroups[0].Aliases[0].Name.V, c.Name.Raw(),
			c.RetryInterval.Raw(), s.Name.V, s.CloneID.Raw(), s.Transports[0].Hostname.V, s.Transports[0].Port.Raw(),
			a.Properties[0].Name.V, a.Properties[0].Value.Raw(), c.Primary.Servers[0].Name.V, u.Name.Raw(),
			u.Uris[0].Name.V,
			u.Uris[0].AffinityCookie.Raw(), cfg.Routes[0].UriGroup.Raw(), cfg.Routes[0].ServerCluster.V}
	}
	before := strings.Join(said(), " ")
	cfg.Trim()
	if after := strings.Join(said(), " "); after != before {
		t.Errorf("%s, before %s", after, before)
	}
	if cfg.Clusters[0].Node != nil || cfg.Routes[0].Node != nil || len(cfg.Doc.Nodes[0].Children) > 0 {
		t.Error("the tree is still there")
	}
}

// TestBuilt: a tree that was built is viewed as one that was read, and is printed with its declaration first, and
// behind it on its line the comment of whoever made it.
func TestBuilt(t *testing.T) {
	n := &parser.Node{Kind: parser.Element, Name: "Config", Attrs: []parser.Attr{{Name: "RefreshInterval", Value: "9"}}}
	doc := &parser.Document{Nodes: []*parser.Node{{Kind: parser.Comment, Text: "a -- b -"},
		{Kind: parser.Declaration, Text: `xml version="1.0"`}, n}}
	if cfg := parser.View(doc); cfg.RefreshInterval.V != 9 || cfg.Node != n {
		t.Errorf("%+v", cfg.RefreshInterval)
	}
	var out bytes.Buffer
	if err := parser.Write(&out, doc); err != nil {
		t.Fatal(err)
	}
	if want := "<?xml version=\"1.0\"?><!--a - - b - -->\n<Config RefreshInterval=\"9\"/>\n"; out.String() != want {
		t.Errorf("%q, want %q", out.String(), want)
	}
}

// TestStamp: only comments of generators say that one wrote the file.
func TestStamp(t *testing.T) {
	for text, want := range map[string]bool{
		"HTTP server plugin config file for the cell c generated on x": true,
		"\n This config file was generated by plugin utility":          true,
		"an HTTP server plugin config file":                            false,
		"":                                                             false,
	} {
		if got := (&parser.Node{Kind: parser.Comment, Text: text}).IsStamp(); got != want {
			t.Errorf("%q is a stamp: %t", text, got)
		}
	}
	if (&parser.Node{Kind: parser.Text, Text: "This config file was generated by x"}).IsStamp() {
		t.Error("text between elements is a stamp")
	}
}

// TestAddress: an IPv6 address stands in brackets, once.
func TestAddress(t *testing.T) {
	for host, want := range map[string]string{"h": "h:80", "192.0.2.1": "192.0.2.1:80",
		"2001:db8::1": "[2001:db8::1]:80",
		"[::1]":       "[::1]:80"} {
		if got := parser.Address(host, "80"); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

// TestTargets: each reference of the table names elements that there are.
func TestTargets(t *testing.T) {
	targets := map[string]string{}
	for _, a := range parser.Attributes() {
		if target := a.Target(); target != "" {
			targets[a.Element+"/"+a.Name] = target
			if parser.ElementsNamed(target) == nil {
				t.Errorf("%s/%s names a %s", a.Element, a.Name, target)
			}
		}
	}
	for at, want := range map[string]string{"Route/UriGroup": "UriGroup", "Route/ServerCluster": "ServerCluster",
		"Server/Name": "Server"} {
		if targets[at] != want {
			t.Errorf("%s names a %q, want %s", at, targets[at], want)
		}
	}
}
