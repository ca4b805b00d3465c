package parser_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

func TestEncoding(t *testing.T) {
	declared := func(name, text string) string {
		return `<?xml version="1.0" encoding="` + name + `"?><Config><Log Name="` + text + `"/></Config>`
	}
	tests := []struct {
		name, src string
		want      string // Log/@Name
		codes     string // of the diagnostics
		message   string // part of the first
	}{
		{"no declaration", `<Config><Log Name="é"/></Config>`, "é", "", ""},
		{"UTF-8", declared("UTF-8", "é"), "é", "", ""},
		{"utf-8", declared("utf-8", "é"), "é", "", ""},
		{"UTF-8 with Latin-1 bytes", declared("UTF-8", "\xe9 é"), "é é", "WP111", "byte 0xE9"},
		{"no declaration, Latin-1 bytes", "<Config><Log Name='\xe9'/></Config>", "é", "WP111", "for want of one"},
		{"ISO-8859-1", declared("ISO-8859-1", "\xe9\x80"), "é\u0080", "", ""},
		{"ISO-8859-1 with UTF-8 bytes", declared("ISO-8859-1", "é"), "Ã©", "WP111", "are UTF-8"},
		{"US-ASCII", declared("US-ASCII", "e&#233;"), "eé", "", ""},
		{"US-ASCII with UTF-8 bytes", declared("US-ASCII", "é"), "é", "WP111", "has a byte 0xC3"},
		{"US-ASCII with Latin-1 bytes", declared("us-ascii", "\xe9"), "é", "WP111", "has a byte 0xE9"},
		{"windows-1252", declared("windows-1252", "a"), "a", "WP111", `encoding "windows-1252" is none of`},
		{"UTF-16 only by name", declared("UTF-16", "a"), "a", "WP111", `encoding "UTF-16"`},
		{"byte order mark", "\xef\xbb\xbf" + declared("UTF-8", "é"), "é", "WP111", "byte order mark"},
		{"byte order mark and ISO-8859-1", "\xef\xbb\xbf" + declared("ISO-8859-1", "é"), "é", "WP111",
			"byte order mark"},
		{"UTF-16, big end first", "\xfe\xff\x00<\x00C", "", "WP101", "file in UTF-16"},
		{"UTF-16, little end first", "\xff\xfe<\x00C\x00", "", "WP101", "file in UTF-16"},
		{"UTF-16 without a mark", "<\x00?\x00x\x00m\x00l\x00", "", "WP101", "file in UTF-16"},
		{"UTF-32", "\x00\x00\x00<\x00\x00\x00C", "", "WP101", "file in UTF-32"},
		{"a program", "\x7fELF\x02\x01\x01\x00\x00<Config/>", "", "WP101", "binary data"},
		{"an archive", "\x1f\x8b\x08\x08\x8f\xfa\x9e\x61\x02\x03plugin-cfg.xml", "", "WP101", "binary data"},
		{"a control character in XML", "<Config><Log Name='a'/>\x01</Config>", "a", "WP101", "character"},
		{"EBCDIC", "\x4c\x6f\xa7\x94\x93", "", "WP101", "file in EBCDIC"},
		{"UTF-8 character that XML does not allow", declared("UTF-8", "\uffff"), "\ufffd", "WP101", "U+FFFF"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			cfg, ds := parser.Parse(1, []byte(test.src))
			checkTree(t, []byte(test.src), cfg.Doc, ds)
			var codes []string
			for _, d := range ds {
				codes = append(codes, d.Rule.Code)
			}
			if got := strings.Join(codes, " "); got != test.codes {
				t.Errorf("diagnostics %v, want %q", ds, test.codes)
			}
			if test.message != "" && !strings.Contains(ds[0].Message, test.message) {
				t.Errorf("message %q, want %q", ds[0].Message, test.message)
			}
			got := ""
			if cfg.Log != nil {
				got = cfg.Log.Name.V
			}
			if got != test.want {
				t.Errorf("Log/@Name is %q, want %q", got, test.want)
			}
			if test.codes == "" {
				roundTrip(t, cfg.Doc)
			}
		})
	}
}

// TestEncodingPlace: spans are bytes of the file, not of the text that it means.
func TestEncodingPlace(t *testing.T) {
	src := []byte("<?xml version='1.0' encoding='ISO-8859-1'?><Config \xe9='\xe9\xe9' b='&amp;'/>")
	cfg, ds := parser.Parse(1, src)
	if len(ds) > 0 {
		t.Fatal(ds)
	}
	files := diag.NewFiles()
	files.Add("latin1.xml", src)
	var got []string
	for _, a := range cfg.Node.Attrs {
		got = append(got, files.Text(a.NameSpan)+"="+files.Text(a.Span), a.Name+"="+a.Value)
	}
	if want := "\xe9=\xe9\xe9 é=éé b=&amp; b=&"; strings.Join(got, " ") != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestByteOrderMarkFix: the fix of the byte order mark drops it and nothing else.
func TestByteOrderMarkFix(t *testing.T) {
	src := []byte("\xef\xbb\xbf<Config/>")
	_, ds := parser.Parse(1, src)
	if len(ds) != 1 || ds[0].Fix == nil || !ds[0].Fix.Safe {
		t.Fatal(ds)
	}
	fixed, err := diag.Apply(src, ds[0].Fix.Edits)
	if err != nil || string(fixed) != "<Config/>" {
		t.Errorf("%q, %v", fixed, err)
	}
}

// TestWriteEncoding: the bytes fit the declaration, whatever it says.
func TestWriteEncoding(t *testing.T) {
	tests := []struct{ declaration, comment, want string }{
		{`xml version="1.0" encoding="UTF-8"`, "é", `<?xml version="1.0" encoding="UTF-8"?><!--é--><Config a="é•"/>`},
		{`xml version="1.0" encoding="ISO-8859-1"`, "é", `<?xml version="1.0" encoding="ISO-8859-1"?><!--` +
			"\xe9--><Config a=\"\xe9&#8226;\"/>"},
		{`xml version="1.0" encoding="ISO-8859-1"`, "ő", `<?xml version="1.0" encoding="UTF-8"?><!--ő--><Config ` +
			`a="é•"/>`},
		{`xml version="1.0" encoding="US-ASCII"`, "e", `<?xml version="1.0" encoding="US-ASCII"?><!--e--><Config ` +
			`a="&#233;&#8226;"/>`},
		{`xml version="1.0" encoding="windows-1252"`, "e", `<?xml version="1.0" ` +
			`encoding="windows-1252"?><!--e--><Config a="&#233;&#8226;"/>`},
		{`xml version="1.0" encoding="UTF-16"`, "e", `<?xml version="1.0" encoding="UTF-8"?><!--e--><Config a="é•"/>`},
		{`xml version="1.0"`, "é", `<?xml version="1.0"?><!--é--><Config a="é•"/>`},
	}
	for _, test := range tests {
		doc := &parser.Document{Nodes: []*parser.Node{
			{Kind: parser.Declaration, Text: test.declaration},
			{Kind: parser.Comment, Text: test.comment},
			{Kind: parser.Element, Name: "Config", Attrs: []parser.Attr{{Name: "a", Value: "é•"}}},
		}}
		var b bytes.Buffer
		if err := parser.Write(&b, doc); err != nil {
			t.Fatal(err)
		}
		if got := strings.ReplaceAll(b.String(), "\n", ""); got != test.want {
			t.Errorf("got  %q\nwant %q", got, test.want)
		}
		if _, ds := parser.Parse(1, b.Bytes()); has(ds, "WP101") || has(ds, "WP111") &&
			!strings.Contains(test.declaration, "windows") {
			t.Errorf("%q: %v", b.String(), ds)
		}
	}
}
