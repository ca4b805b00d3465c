package graph

import (
	"encoding/xml"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
)

const irregular = `<Config>
<VirtualHostGroup Name="h"><VirtualHost Name="*:80"/><VirtualHost Name="a:443"/></VirtualHostGroup>
<ServerCluster Name="c&quot;]"><Server Name="p" CloneID="one"><Transport Hostname="p" Port="1"/></Server>
<Server Name="q"/><Server Name="r"/>
<ClusterAddress Name="lb"><Transport Hostname="lb" Port="80"/></ClusterAddress>
<PrimaryServers><Server Name="p"/></PrimaryServers><BackupServers><Server Name="q"/></BackupServers></ServerCluster>
<UriGroup Name="u"><Uri Name="/a"/><Uri Name="/b&#9;"/></UriGroup><UriGroup Name="empty"/>
<Route ServerCluster="c&quot;]" UriGroup="u" VirtualHostGroup="h"/>
<Route ServerCluster="c&quot;]" UriGroup="empty" VirtualHostGroup="h"/>
<Route ServerCluster="gone" UriGroup="missing" VirtualHostGroup="nowhere"/>
<Route ServerCluster="gone"/>
</Config>`

func draw(t *testing.T, src, format string) string {
	t.Helper()
	cfg, _ := parser.Parse(1, []byte(src))
	var b strings.Builder
	if err := Write(&b, cfg, format); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestText(t *testing.T) {
	want := `h (*:80 a:443)
├─ /a
├─ /b\x09
│  └─ c"]
│     ├─ p (primary, clone ID one, http://p:1)
│     ├─ q (backup)
│     ├─ r (in no list)
│     └─ lb (cluster address, http://lb:80)
└─ uri group empty (empty)
   └─ c"]
      └─ (members as above)
nowhere (not defined)
└─ uri group missing (not defined)
   └─ gone (not defined)
every host
└─ every URI
   └─ gone (not defined)
nothing is served by this file: the plug-in rejects it, as a Route names what is not defined
`
	if d := cmp.Diff(want, draw(t, irregular, "text")); d != "" {
		t.Error(d)
	}
}

// TestNamesCannotBreakOut: quotes and markup of a file stay inside the labels.
func TestNamesCannotBreakOut(t *testing.T) {
	if got := draw(t, irregular, "mermaid"); !strings.Contains(got, `c1{{"c#34;]"}}`) {
		t.Error(got)
	}
	if got := draw(t, irregular, "dot"); !strings.Contains(got, `c1 [label="c\"]", shape=hexagon];`) ||
		!strings.Contains(got, `/b\\x09`) {
		t.Error(got)
	}
}

// TestSpare: groups that no Route uses are drawn, and said to be that, in every format.
func TestSpare(t *testing.T) {
	src := strings.Replace(irregular, "</Config>",
		`<VirtualHostGroup Name="old"><VirtualHost Name="*:81"/></VirtualHostGroup><UriGroup Name="dead"/></Config>`,
		1)
	for _, format := range formats {
		for _, group := range []string{"old (no Route uses it)", "uri group dead (no Route uses it)", "*:81"} {
			if got := draw(t, src, format); strings.Count(got, group) != 1 {
				t.Errorf("%s: %s: %s", format, group, got)
			}
		}
	}
}

// TestSpareCluster: a cluster that no Route uses hangs on no virtual host.
func TestSpareCluster(t *testing.T) {
	src := strings.Replace(irregular, "</Config>",
		`<ServerCluster Name="dmgr"><Server Name="m"/></ServerCluster></Config>`, 1)
	if got := draw(t, src, "text"); !strings.Contains(got, "\ncluster dmgr (no Route uses it)\n└─ m (primary)\n") {
		t.Error(got)
	}
}

// TestSVG: the drawing is well-formed XML whatever names there are, no box lies on another, and each line joins two.
func TestSVG(t *testing.T) {
	var drawing struct {
		Boxes []struct {
			ID   string `xml:"id,attr"`
			Rect struct {
				X      int `xml:"x,attr"`
				Y      int `xml:"y,attr"`
				Width  int `xml:"width,attr"`
				Height int `xml:"height,attr"`
			} `xml:"rect"`
			Text []string `xml:"text"`
		} `xml:"g"`
		Lines []struct {
			From string `xml:"data-from,attr"`
			To   string `xml:"data-to,attr"`
		} `xml:"path"`
	}
	got := draw(t, irregular, "svg")
	if err := xml.Unmarshal([]byte(got), &drawing); err != nil {
		t.Fatal(err, got)
	}
	seen, texts := map[string]bool{}, map[string]bool{}
	for i, b := range drawing.Boxes {
		seen[b.ID] = true
		for _, text := range b.Text {
			texts[text] = true
		}
		for _, o := range drawing.Boxes[:i] {
			if b.Rect.X < o.Rect.X+o.Rect.Width && o.Rect.X < b.Rect.X+b.Rect.Width &&
				b.Rect.Y < o.Rect.Y+o.Rect.Height && o.Rect.Y < b.Rect.Y+b.Rect.Height {
				t.Errorf("%s lies on %s", b.ID, o.ID)
			}
		}
	}
	for _, want := range []string{`c"]`, `/b\x09`, "backup", "gone (not defined)", "*:80", "a:443"} {
		if !texts[want] {
			t.Errorf("nothing says %s in %s", want, got)
		}
	}
	for _, l := range drawing.Lines {
		if !seen[l.From] || !seen[l.To] {
			t.Errorf("a line from %s to %s", l.From, l.To)
		}
	}
	if len(drawing.Lines) < 8 {
		t.Errorf("%d lines", len(drawing.Lines))
	}
}

// TestHTML: the page holds the drawing, and asks nobody for anything.
func TestHTML(t *testing.T) {
	got := draw(t, irregular, "html")
	if !strings.Contains(got, draw(t, irregular, "svg")) {
		t.Error(got)
	}
	if outside := regexp.MustCompile(`(src|href)=|url\(|@import|fetch`).FindString(got); outside != "" {
		t.Error(outside)
	}
}

func TestUnknownFormat(t *testing.T) {
	if err := Write(new(strings.Builder), &parser.Config{}, "png"); err == nil ||
		!strings.Contains(err.Error(), "text, mermaid, dot") {
		t.Error(err)
	}
}

// TestNothingIsServed: a drawing without a Route that could match says so, in every format.
func TestNothingIsServed(t *testing.T) {
	for src, want := range map[string]string{
		`<Config/>`: "nothing is served: the file has no Route",
		`<Config><VirtualHostGroup Name="h"><VirtualHost Name="*:80"/></VirtualHostGroup><ServerCluster ` +
			`Name="c"><Server Name="m"/></ServerCluster></Config>`: "nothing is served: the file has no Route",
		`<Config><VirtualHostGroup Name="h"/><ServerCluster Name="c"/><UriGroup Name="u"><Uri Name="/*"/></UriGroup>
<Route ServerCluster="c" UriGroup="u" VirtualHostGroup="h"/>
</Config>`: "nothing is served: no Route has an alias and a Uri",
		`<Config><IntelligentManagement/></Config>`: "IntelligentManagement gives the routing",
	} {
		for _, format := range formats {
			if got := draw(t, src, format); strings.Count(got, want) != 1 {
				t.Errorf("%s: %s: %s", src, format, got)
			}
		}
	}
	for _, format := range formats {
		served := strings.Replace(irregular,
			`<Route ServerCluster="gone" UriGroup="missing" VirtualHostGroup="nowhere"/>
<Route ServerCluster="gone"/>`, "", 1)
		if got := draw(t, served, format); strings.Contains(got, "nothing is served") {
			t.Error(got)
		}
	}
}

// TestAddresses: an IPv6 address stands in brackets, as a URL wants it, however the file writes it.
func TestAddresses(t *testing.T) {
	src := `<Config><ServerCluster Name="c"><Server Name="m"><Transport Hostname="2001:db8::1" Port="9080"/>
<Transport Hostname="[::1]" Port="9443" Protocol="https"/>
<Transport Hostname="h" Port="1"/></Server></ServerCluster></Config>`
	if got := draw(t, src, "text"); !strings.Contains(got, "(primary, http://[2001:db8::1]:9080 https://[::1]:9443 "+
		"http://h:1)") {
		t.Error(got)
	}
}

// TestListsOfUnknownServers: a list that names nobody is no list (R37), and the first of two servers of one name
// counts.
func TestListsOfUnknownServers(t *testing.T) {
	src := `<Config><ServerCluster Name="c"><Server Name="a"/><Server Name="b"/><Server ` +
		`Name="a"/><PrimaryServers><Server Name="gone"/></PrimaryServers></ServerCluster></Config>`
	if got := draw(t, src, "text"); !strings.Contains(got, "├─ a (primary)\n└─ b (primary)\n") {
		t.Error(got)
	}
}
