package yamldoc

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/internal/sharedtest"
)

// TestMissing: a value that is not written may be asked for anything.
func TestMissing(t *testing.T) {
	n, ds, files := load("a: {b: 1}\n")
	if len(ds) > 0 {
		t.Fatal(sharedtest.Lines(files, ds))
	}
	missing := n.Get("x").Get("y")
	if missing != nil || missing.Field("z") != nil || missing.AllItems() != nil || missing.AllFields() != nil ||
		missing.Null() || missing.Str().Set() || missing.Int().Set() || missing.Bool().Set() {
		t.Error("a value that is not written says something")
	}
	if b := n.Get("a").Get("b"); b.Int().V != 1 || b.Int().Raw() != "1" || files.Text(b.Int().Span()) != "1" {
		t.Errorf("b is %+v", b)
	}
	if f := n.Field("a"); f == nil || files.Text(f.NameSpan) != "a" || len(f.Value.AllFields()) != 1 {
		t.Errorf("a is %+v", f)
	}
}

// TestScalars: a number or a truth value is one where every version of YAML says so, and where nobody wrote quotes.
func TestScalars(t *testing.T) {
	for text, want := range map[string]struct {
		null, str, integer, boolean bool
		value                       any
	}{
		"":                     {null: true},
		"~":                    {null: true},
		"null":                 {null: true},
		"'null'":               {str: true, value: "null"},
		"\"\"":                 {str: true, value: ""},
		"-5":                   {str: true, integer: true, value: json.Number("-5")},
		"0":                    {str: true, integer: true, value: json.Number("0")},
		"010":                  {str: true, value: "010"},
		"+5":                   {str: true, value: "+5"},
		"1e3":                  {str: true, value: "1e3"},
		"'5'":                  {str: true, value: "5"},
		"true":                 {str: true, boolean: true, value: true},
		"True":                 {str: true, value: "True"},
		"yes":                  {str: true, value: "yes"},
		"99999999999999999999": {str: true, value: json.Number("99999999999999999999")}, // no int has room for it
		"[1, a]":               {value: []any{json.Number("1"), "a"}},
		"{a: [], b: }":         {value: map[string]any{"a": []any{}, "b": nil}},
	} {
		root, ds, files := load("k: " + text + "\n")
		if len(ds) > 0 {
			t.Errorf("%q: %s", text, sharedtest.Lines(files, ds))
			continue
		}
		n := root.Get("k")
		if n.Null() != want.null || n.Str().Set() != want.str || n.Int().Set() != want.integer ||
			n.Bool().Set() != want.boolean {
			t.Errorf("%q: null %t, text %t, integer %t, boolean %t", text, n.Null(), n.Str().Set(), n.Int().Set(),
				n.Bool().Set())
		}
		if diff := cmp.Diff(want.value, n.Value()); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
	}
}

// TestLineBreaks: places are right behind each of the characters that end a line for yaml.v3.
func TestLineBreaks(t *testing.T) {
	for _, end := range []string{"\n", "\r\n", "\r", "\u0085", "\u2028", "\u2029"} {
		src := "a: é" + end + "b: \"ü\\\"\" # x" + end + "c: {d: last}" + end
		n, ds, files := load(src)
		if len(ds) > 0 {
			t.Errorf("%q: %s", end, sharedtest.Lines(files, ds))
			continue
		}
		for name, want := range map[string]string{"a": "é", "b": "ü\\\""} {
			if got := files.Text(n.Get(name).Span); got != want {
				t.Errorf("%q: %s stands at %q, want %q", end, name, got, want)
			}
		}
		if got := files.Text(n.Get("c").Get("d").Span); got != "last" {
			t.Errorf("%q: the last value stands at %q", end, got)
		}
	}
}

// TestPut leaves out what is not there.
func TestPut(t *testing.T) {
	n := (&Node{Kind: Map}).Put("a", NewPlain("1")).Put("b", nil).Put("c", NewList())
	if got, want := string(Print(n)), "a: 1\nc: []\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if Flow(NewPlain("")) != "null" || Flow(NewText("")) != `""` || Flow(NewList(NewPlain(""))) != "[null]" {
		t.Errorf("%s %s %s", Flow(NewPlain("")), Flow(NewText("")), Flow(NewList(NewPlain(""))))
	}
}
