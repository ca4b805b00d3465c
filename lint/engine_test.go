package lint

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func TestPath(t *testing.T) {
	text := `<Config><Log Name="/l"/><ServerCluster Name="a b"><Server Name="m"><Transport Port="1"/><Transport ` +
		`Port="2"/></Server><PrimaryServers><Server Name="m"/></PrimaryServers></ServerCluster><Route UriGroup="u" ` +
		`ServerCluster="c"/></Config>`
	cfg, _ := parser.Parse(1, []byte(text))
	for mark, want := range map[string]string{
		`"2"`:            `/Config/ServerCluster[@Name="a b"]/Server[@Name="m"]/Transport[2]/@Port`,
		`<Log`:           `/Config/Log[@Name="/l"]`,
		`PrimaryServers`: `/Config/ServerCluster[@Name="a b"]/PrimaryServers`,
		`"u"`:            `/Config/Route[@ServerCluster="c" @UriGroup="u"]/@UriGroup`,
		`Config`:         `/Config`,
	} {
		at := strings.Index(text, mark)
		if mark[0] == '"' {
			at++
		}
		if got := newPaths(cfg.Doc).of(diag.Span{File: 1, Start: int32(at), End: int32(at + 1)}); got != want {
			t.Errorf("%s: got %s, want %s", mark, got, want)
		}
	}
}

// TestPathOfBuiltContent: what is built from a topology has spans in another file, in no order.
func TestPathOfBuiltContent(t *testing.T) {
	at := func(start int32) diag.Span { return diag.Span{File: 1, Start: start, End: start + 5} }
	root := &parser.Node{Kind: parser.Element, Name: "Config", Span: at(0), NameSpan: at(0)}
	for i, name := range []string{"b", "a"} {
		c := &parser.Node{Kind: parser.Element, Name: "ServerCluster", Parent: root, NameSpan: at(int32(200 - i*100)),
			Span: at(int32(200 - i*100))}
		c.Attrs = []parser.Attr{{Name: "Name", Value: name, Span: at(int32(210 - i*100))}}
		root.Children = append(root.Children, c)
	}
	doc := &parser.Document{File: 1, Nodes: []*parser.Node{root}}
	if got, want := newPaths(doc).of(at(110)), `/Config/ServerCluster[@Name="a"]/@Name`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if got, want := newPaths(doc).of(at(200)), `/Config/ServerCluster[@Name="b"]`; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}

func TestFixesThatTouchWaitForTheNextRound(t *testing.T) {
	edit := func(from, to int32, text string) *diag.Fix {
		return &diag.Fix{Edits: []diag.Edit{{Span: diag.Span{File: 1, Start: from, End: to}, New: text}}}
	}
	got, n := apply([]byte("abcdef"), []*diag.Fix{edit(2, 4, "X"), edit(4, 4, "Y"), edit(0, 2, "Z"), edit(5, 6, "W"),
		edit(3, 5, "V")})
	if string(got) != "abXeW" || n != 2 {
		t.Errorf("got %s after %d fixes", got, n)
	}
}

// TestPlaceWork: the children of an element are counted once, whatever the number of findings among them.
func TestPlaceWork(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte("<Config>"+strings.Repeat("<Foo/><Bar/>", 500)+"</Config>"))
	kids := cfg.Node.Children
	p := newPaths(cfg.Doc)
	if got := p.of(kids[998].Span); got != "/Config/Foo[500]" || len(p.places) != len(kids) {
		t.Fatalf("%s, %d places", got, len(p.places))
	}
	p.places[kids[3]] = 7 // not counted again, or this would be lost
	if got := p.of(kids[3].Span); got != "/Config/Bar[7]" {
		t.Error(got)
	}
}

// TestIgnoreWork: a finding is compared with the scopes around it, not with all of the file.
func TestIgnoreWork(t *testing.T) {
	text := "<!-- wasplug:ignore WP301 all -->\n<Config>" +
		strings.Repeat("<!-- wasplug:ignore WP301,WP502 known -->\n", 500) +
		strings.Repeat("<ServerCluster><!-- wasplug:ignore WP301 known -->\n<Server/></ServerCluster>", 500) +
		"</Config>"
	files := diag.NewFiles()
	pass := newPasses([]*Rule{{Code: "WP301"}, {Code: "WP502"}}, files, Read(files, files.Add("f", []byte(text))),
		&Options{})[0]
	list := newScopes(pass.ignores(), true).byRule["WP301"]
	if len(list) != 503 { // the file, the tag of Config, the first cluster by 499 comments, the tag of each cluster
		t.Fatalf("%d scopes", len(list))
	}
	for i := range list {
		depth := 0
		for k := i; k >= 0; k = list[k].around {
			depth++
		}
		if depth > 3 {
			t.Fatalf("scope %d lies within %d others", i, depth)
		}
	}
}
