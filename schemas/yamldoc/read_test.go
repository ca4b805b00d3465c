package yamldoc

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/parser/diag"
)

func load(src string) (*Node, []diag.Diagnostic, *diag.Files) {
	files := diag.NewFiles()
	n, ds := Load(files, files.Add("t.yaml", []byte(src)))
	return n, ds, files
}

func TestSpansAreExact(t *testing.T) {
	for src, want := range map[string]string{
		"a: 010":                               "010",
		"a: 12e4":                              "12e4",
		"a: yes":                               "yes",
		"a: 0x1F":                              "0x1F",
		"é: \"ü\\\"x\\u00e9\" # c":             `ü\"x\u00e9`,
		"a: 'it''s'":                           "it''s",
		"\xEF\xBB\xBFa: b":                     "b",
		"x: {é: [ä,   öß]}":                    "öß",
		"k: one\n  two\n  three\nb: \n":        "one\n  two\n  three",
		"k: |\n  l1\n\n  l2\nb: x":             "x",
		"k: |\n  l1\n\n  l2\n":                 "|\n  l1\n\n  l2",
		"k: >-\r\n   l1\r\n   l2\r\n\r\nb: ''": "",
		"k: \"\"":                              "",
	} {
		n, ds, files := load(src)
		if len(ds) > 0 {
			t.Errorf("%q: %s", src, sharedtest.Lines(files, ds))
			continue
		}
		for n.Kind != Scalar {
			if n.Kind == List {
				n = n.Items[len(n.Items)-1]
				continue
			}
			last := n.Fields[len(n.Fields)-1].Value
			if strings.HasPrefix(src, "k: one") {
				last = n.Fields[0].Value
			}
			n = last
		}
		if got := files.Text(n.Span); got != want {
			t.Errorf("%q: the last value's span is %q, want %q", src, got, want)
		}
	}
}

func TestTextStays(t *testing.T) {
	n, ds, files := load("- 010\n- 12e4\n- yes\n- 0x1F\n- 1_000\n- 2001-01-01\n- .inf\n- 'a\n  b'\n")
	if len(ds) > 0 {
		t.Fatal(sharedtest.Lines(files, ds))
	}
	want := []string{"010", "12e4", "yes", "0x1F", "1_000", "2001-01-01", ".inf", "a b"}
	for i, item := range n.Items {
		if item.Str().V != want[i] || item.Int().Set() || item.Bool().Set() {
			t.Errorf("item %d is %+v, want the text %q", i, item, want[i])
		}
	}
}

func TestRefusals(t *testing.T) {
	for src, want := range map[string]string{
		"":                "t.yaml:1:1: error: the file is empty\n",
		"a: 1\na: 2":      "t.yaml:2:1: error: key \"a\" is given twice, first on line 1\n",
		"a: 1\n---\nb: 2": "t.yaml:2:1: error: a second document begins here; a file holds one\n",
		"a: &x 1\nb: *x": "t.yaml:1:4: error: anchor &x is not read; write the value out where it is " +
			"needed\nt.yaml:2:4: error: alias *x is not read; write the value out\n",
		"a:\n  <<: {b: 1}":       "t.yaml:2:3: error: merge key << is not read; write the fields out\n",
		"a: !!binary aGk=":       "t.yaml:1:4: error: tag !!binary is not read; write text in quotes\n",
		"? {a: 1}\n: x":          "t.yaml:1:3: error: a key must be text\n",
		"a: \xff":                "t.yaml:1:4: error: not UTF-8, the file is not read; save it as UTF-8\n",
		"a: [1\nb: {":            "t.yaml:2:1: error: not YAML: did not find expected ',' or ']'\n",
		"version: 1\n  bad: 2\n": "t.yaml:2:3: error: not YAML: mapping values are not allowed in this context\n",
	} {
		_, ds, files := load(src)
		if got := sharedtest.Lines(files, ds); got != want {
			t.Errorf("%q:\n got %s want %s", src, got, want)
		}
	}
}

func TestDeepNestingEnds(t *testing.T) {
	_, ds, _ := load(strings.Repeat("[", 5000) + strings.Repeat("]", 5000))
	if diag.Worst(ds) != diag.Error {
		t.Error("5,000 lists inside one another are read")
	}
}

func FuzzLoad(f *testing.F) {
	for _, s := range []string{"a: 1", "clusters: {a: {members: [{host: x, http: 1}]}}", "- [a, 'b', \"\\x41\"]",
		"k: |\n  x\n", "? a\n: b", "a: &x [*x]", "%YAML 1.1\n---\n"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, src string) {
		n, ds, files := load(src)
		for _, d := range ds {
			if d.Span.IsZero() || int(d.Span.End) > len(src) || d.Span.Start > d.Span.End {
				t.Fatalf("%q: diagnostic %q has the span %v", src, d.Message, d.Span)
			}
			_ = files.Line(d)
		}
		walk(t, src, n)
	})
}

func walk(t *testing.T, src string, n *Node) {
	if n == nil {
		return
	}
	if n.Span.Start < 0 || n.Span.Start > n.Span.End || int(n.Span.End) > len(src) {
		t.Fatalf("%q: span %v of %q", src, n.Span, n.Text)
	}
	for _, f := range n.Fields {
		walk(t, src, f.Value)
	}
	for _, i := range n.Items {
		walk(t, src, i)
	}
}
