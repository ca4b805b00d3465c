package diag

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"
	"unicode/utf8"
)

// hostile are characters that no terminal may get, with what stands for each in every form.
var hostile = []struct{ char, text, json, xml string }{
	{"\x1b", `\x1b`, `\u001b`, "\uFFFD"},
	{"\x7f", `\x7f`, `\u007f`, "&#x7f;"},
	{"\u0080", `\u0080`, `\u0080`, "&#x80;"},
	{"\u0085", `\u0085`, `\u0085`, "&#x85;"}, // NEL, a line end
	{"\u009b", `\u009b`, `\u009b`, "&#x9b;"}, // CSI, as ESC [
	{"\u009f", `\u009f`, `\u009f`, "&#x9f;"},
	{"\u00a0", `\u00a0`, `\u00a0`, "&#xa0;"},
	{"\u061c", `\u061c`, `\u061c`, "&#x61c;"},
	{"\u200b", `\u200b`, `\u200b`, "&#x200b;"},
	{"\u200e", `\u200e`, `\u200e`, "&#x200e;"},
	{"\u200f", `\u200f`, `\u200f`, "&#x200f;"},
	{"\u202a", `\u202a`, `\u202a`, "&#x202a;"},
	{"\u202b", `\u202b`, `\u202b`, "&#x202b;"},
	{"\u202c", `\u202c`, `\u202c`, "&#x202c;"},
	{"\u202d", `\u202d`, `\u202d`, "&#x202d;"},
	{"\u202e", `\u202e`, `\u202e`, "&#x202e;"},
	{"\u2028", `\u2028`, `\u2028`, "&#x2028;"},
	{"\u2066", `\u2066`, `\u2066`, "&#x2066;"},
	{"\u2067", `\u2067`, `\u2067`, "&#x2067;"},
	{"\u2068", `\u2068`, `\u2068`, "&#x2068;"},
	{"\u2069", `\u2069`, `\u2069`, "&#x2069;"},
	{"\ufeff", `\ufeff`, `\ufeff`, "&#xfeff;"},
	{"\U000e0001", `\U000e0001`, `\udb40\udc01`, "&#xe0001;"},
	{"\xff", `\xff`, "\uFFFD", "\uFFFD"},
	{"\xc2", `\xc2`, "\uFFFD", "\uFFFD"},
}

func TestVisible(t *testing.T) {
	for _, c := range hostile {
		for form, want := range map[Form]string{Text: c.text, JSON: c.json, XML: c.xml} {
			if got := AppendVisible(nil, "a"+c.char+"b", form, ""); string(got) != "a"+want+"b" {
				t.Errorf("%q becomes %s, want %s", c.char, got, want)
			}
			if got := AppendVisible(nil, []byte(c.char), form, ""); string(got) != want {
				t.Errorf("%q becomes %s, want %s", c.char, got, want)
			}
		}
	}
	for _, plain := range []string{"", "/shop?a=b&c", "é", "日本", "שלום", "🙂", "\uFFFD", `C:\x`} {
		if got := AppendVisible(nil, plain, Text, ""); string(got) != plain {
			t.Errorf("%q becomes %q", plain, got)
		}
	}
	if got := AppendVisible(nil, "\t\n"+`"\`, Text, `"\`); string(got) != `\x09\x0a\"\\` {
		t.Errorf("%s", got)
	}
}

func TestVisibleWriter(t *testing.T) {
	var out bytes.Buffer
	w := VisibleWriter{To: &out, Form: Text}
	if n, err := w.Write([]byte("a\tb\u202e\nc\r\n")); n != len("a\tb\u202e\nc\r\n") || err != nil ||
		out.String() != "a\tb\\u202e\nc\\x0d\n" {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
}

// FuzzVisible: nothing gets through, and what a JSON or XML report says stays the same.
func FuzzVisible(f *testing.F) {
	for _, c := range hostile {
		f.Add("é" + c.char + "x")
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, form := range []Form{Text, JSON, XML} {
			for rest := AppendVisible(nil, s, form, ""); len(rest) > 0; {
				r, size := utf8.DecodeRune(rest)
				if !Visible(r, size) {
					t.Fatalf("%q lets %q through", s, r)
				}
				rest = rest[size:]
			}
		}
		if !utf8.ValidString(s) {
			return
		}
		before, _ := json.Marshal(s)
		var out bytes.Buffer
		VisibleWriter{To: &out, Form: JSON}.Write(before)
		var after string
		if err := json.Unmarshal(out.Bytes(), &after); err != nil || after != s {
			t.Errorf("%q becomes %q (%v)", s, after, err)
		}
		var doc strings.Builder
		doc.WriteString("<a>")
		xml.EscapeText(&doc, []byte(s))
		doc.WriteString("</a>")
		out.Reset()
		VisibleWriter{To: &out, Form: XML}.Write([]byte(doc.String()))
		var want, got string
		if xml.Unmarshal([]byte(doc.String()), &want) == nil {
			if err := xml.Unmarshal(out.Bytes(), &got); err != nil || got != want {
				t.Errorf("%q becomes %q (%v)", want, got, err)
			}
		}
	})
}
