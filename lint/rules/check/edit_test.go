package check_test

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// over runs a check over a text as the engine does.
func over(text string, visit func(p *check.Pass)) *diag.Files {
	files := diag.NewFiles()
	inputs := lint.Read(files, files.Add("f.xml", []byte(text)))
	lint.Run([]*lint.Rule{{Code: "T1", Check: check.On(visit)}}, files, inputs, lint.Options{})
	return files
}

// edited returns a text after the edits that make makes for its first element Server.
func edited(t *testing.T, text string, make func(p *check.Pass, n *parser.Node) []diag.Edit) string {
	t.Helper()
	var edits []diag.Edit
	over(text, func(p *check.Pass) { edits = make(p, p.Config.Clusters[0].Servers[0].Node) })
	out, err := diag.Apply([]byte(text), edits)
	if err != nil {
		t.Fatalf("%s: %s", text, err)
	}
	return string(out)
}

// TestDrop: an element goes with its line, unless something else stands on it.
func TestDrop(t *testing.T) {
	const before, behind = "<Config><ServerCluster>", "</ServerCluster></Config>"
	for text, want := range map[string]string{
		"\n  <Server Name='a'/>\n  <Server Name='b'/>\n":         "\n  <Server Name='b'/>\n",
		"\r\n  <Server Name='a'/>  \r\n  <Server Name='b'/>\r\n": "\r\n  <Server Name='b'/>\r\n",
		"\n  <Server>\n  </Server>\n":                            "\n",
		"\n  <Server Name='a'/><Server Name='b'/>\n":             "\n  <Server Name='b'/>\n",
		"\n  <Server Name='a'/> <!-- the first -->\n":            "\n   <!-- the first -->\n",
		"<Server Name='a'/>":                                     "",
	} {
		got := edited(t, before+text+behind,
			func(p *check.Pass, n *parser.Node) []diag.Edit { return []diag.Edit{p.Drop(n)} })
		if got != before+want+behind {
			t.Errorf("%q: got %q, want %q", text, got, before+want+behind)
		}
	}
}

// TestRename changes both tags, where there are two.
func TestRename(t *testing.T) {
	const before, behind = "<Config><ServerCluster>", "</ServerCluster></Config>"
	for text, want := range map[string]string{
		"<Server Name='a'/>":                             "<Member Name='a'/>",
		"<Server Name='Server'></Server>":                "<Member Name='Server'></Member>",
		"<Server><Transport>Server</Transport></Server>": "<Member><Transport>Server</Transport></Member>",
	} {
		got := edited(t, before+text+behind,
			func(_ *check.Pass, n *parser.Node) []diag.Edit { return check.Rename(n, "Member") })
		if got != before+want+behind {
			t.Errorf("%q: got %q, want %q", text, got, before+want+behind)
		}
	}
}

// TestValues: what is written is escaped, and the attribute made where it is missing.
func TestValues(t *testing.T) {
	const before, behind = "<Config><ServerCluster>", "</ServerCluster></Config>"
	for _, tt := range []struct{ text, value, want string }{
		{`<Server Name="a"/>`, "b", `<Server Name="b"/>`},
		{`<Server Name="a"/>`, `<"&'>`, `<Server Name="&lt;&quot;&amp;&apos;&gt;"/>`},
		{`<Server CloneID="c"/>`, "b", `<Server Name="b" CloneID="c"/>`},
		{`<Server/>`, `"b"`, `<Server Name="&quot;b&quot;"/>`},
	} {
		got := edited(t, before+tt.text+behind, func(_ *check.Pass, n *parser.Node) []diag.Edit {
			return []diag.Edit{check.SetAttr(n, "Name", tt.value)}
		})
		if got != before+tt.want+behind {
			t.Errorf("%s, %q: got %q, want %q", tt.text, tt.value, got, before+tt.want+behind)
		}
	}
	// In which bytes a letter beyond ASCII is written hangs on the encoding of the file, so there is no such edit.
	over(before+`<Server Name="a"/>`+behind, func(p *check.Pass) {
		if e := check.SetAttr(p.Config.Clusters[0].Servers[0].Node, "Name", "für"); !e.Span.IsZero() || e.New != "" {
			t.Errorf("an edit beyond ASCII: %+v", e)
		}
	})
}

// TestIndent: what is put beside an element is indented as it is, on a line of its own if the element has one.
func TestIndent(t *testing.T) {
	for before, want := range map[string]string{
		"<Config><ServerCluster>\n   ":         "\n   ",
		"<Config><ServerCluster>\r\n\t":        "\r\n\t",
		"<Config><ServerCluster>\n":            "\n",
		"<Config><ServerCluster> ":             "",
		"<Config><ServerCluster>\n <Server/> ": "",
	} {
		over(before+"<Server Name='a'/></ServerCluster></Config>", func(p *check.Pass) {
			servers := p.Config.Clusters[0].Servers
			if got := check.Indent(p.Files, servers[len(servers)-1].Node); got != want {
				t.Errorf("%q: got %q, want %q", before, got, want)
			}
		})
	}
}

// TestAt: a finding about an empty value points to its name, and one about a missing attribute to the element.
func TestAt(t *testing.T) {
	for server, want := range map[string]string{
		`<Server CloneID="c1"/>`: "c1",
		`<Server CloneID=""/>`:   "CloneID",
		`<Server Name="m1"/>`:    "Server",
	} {
		text := "<Config><ServerCluster>" + server + "</ServerCluster></Config>"
		over(text, func(p *check.Pass) {
			s := p.Config.Clusters[0].Servers[0]
			if got := p.Files.Text(check.At(s.CloneID, s.Node)); got != want {
				t.Errorf("%s: got %q, want %q", server, got, want)
			}
		})
	}
}
