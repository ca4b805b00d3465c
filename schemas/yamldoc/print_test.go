package yamldoc

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

func TestPrintReadsWell(t *testing.T) {
	member := func(name string, port string) *Node {
		return (&Node{Kind: Map}).Put("name", NewText(name)).Put("http", NewPlain(port)).Put("cloneId", NewText("010"))
	}
	root := (&Node{Kind: Map, Comment: "two\nlines"}).
		Put("version", NewPlain("1")).
		Put("virtualHosts", (&Node{Kind: Map}).Put("default_host",
			(&Node{Kind: Map}).Put("aliases", NewList(NewText("*:80"), NewText("a.example.com:443"))))).
		Put("members", NewList(member("m 1", "9080"), member(`C:\x`, ""))).
		Put("none", NewPlain("")).
		Put("empty", &Node{Kind: Map})
	want := `# two
# lines
version: 1
virtualHosts:
  default_host: {aliases: ["*:80", "a.example.com:443"]}
members:
  - {name: m 1, http: 9080, cloneId: "010"}
  - {name: 'C:\x', http: null, cloneId: "010"}
none:
empty: {}
`
	if got := string(Print(root)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestPrintAndLoadAgree: whatever is printed is read back as it was.
func TestPrintAndLoadAgree(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := (&Node{Kind: Map}).Put("x", drawNode(t, 4))
		src := string(Print(root))
		back, ds, files := load(src)
		if len(ds) > 0 {
			t.Fatalf("%s\n%s", src, sharedtest.Lines(files, ds))
		}
		if got, want := dump(back), dump(root); got != want {
			t.Fatalf("%s\n got %s\nwant %s", src, got, want)
		}
		checkSpans(t, src, back)
	})
}

// checkSpans: a plain scalar's span holds its text, a quoted one's what stands between the quotes.
func checkSpans(t *rapid.T, src string, n *Node) {
	for _, c := range n.children() {
		checkSpans(t, src, c)
	}
	if n.Kind != Scalar {
		return
	}
	text := src[n.Span.Start:n.Span.End]
	if !n.Quoted && text != n.Text {
		t.Fatalf("%s\nspan %q of %q", src, text, n.Text)
	}
	if n.Quoted && (src[n.Span.Start-1] != src[n.Span.End] || !strings.ContainsRune(`'"`, rune(src[n.Span.End]))) {
		t.Fatalf("%s\nspan %q of %q is not what stands between quotes", src, text, n.Text)
	}
}

func drawNode(t *rapid.T, depth int) *Node {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"010", "12e4", "yes", "*:80", "- a", "a: b", "#",
		"null", "~", "", " x ", "a\nb", "\u0085", "\u2028", "é", "C:\\a'b", "\ufeff", "---", "0x1F", "1:30", "=",
		"<<"}))
	if depth > 0 {
		switch rapid.IntRange(0, 3).Draw(t, "kind") {
		case 0:
			n := &Node{Kind: Map}
			for _, key := range rapid.SliceOfNDistinct(text, 0, 4, rapid.ID).Draw(t, "keys") {
				n.Put(strings.ToValidUTF8(key, "?"), drawNode(t, depth-1))
			}
			return n
		case 1:
			return NewList(rapid.SliceOfN(rapid.Custom(func(t *rapid.T) *Node { return drawNode(t, depth-1) }), 0,
				4).Draw(t,
				"items")...)
		}
	}
	if rapid.Bool().Draw(t, "plain") {
		return NewPlain(rapid.SampledFrom([]string{"1", "-5", "true", "", "false"}).Draw(t, "plain"))
	}
	return NewText(strings.ToValidUTF8(text.Draw(t, "text"), "?"))
}

func dump(n *Node) string {
	var b strings.Builder
	switch n.Kind {
	case Map:
		for _, f := range n.Fields {
			b.WriteString("{" + f.Name + "=" + dump(f.Value) + "}")
		}
		return "M" + b.String()
	case List:
		for _, i := range n.Items {
			b.WriteString("[" + dump(i) + "]")
		}
		return "L" + b.String()
	}
	if n.Null() {
		return "null"
	}
	if n.Int().Set() || n.Bool().Set() {
		return "plain " + n.Text
	}
	return "text " + n.Text
}
