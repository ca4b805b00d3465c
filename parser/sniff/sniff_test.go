package sniff_test

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser/sniff"
)

// TestBytes: what is meant as XML counts as XML, however broken, and no mapping is taken for it.
func TestBytes(t *testing.T) {
	for _, test := range []struct {
		src     string
		content sniff.Content
		what    string
	}{
		{"", sniff.Empty, "empty"},
		{"\ufeff\r\n\f", sniff.Empty, "empty"},
		{"<Config", sniff.Markup, "XML"},
		{"\ufeff<Config/>", sniff.Markup, "XML"},
		{"oops\n<?xml version='1.0'?>", sniff.Markup, "XML"},
		{"oops: 1\n<Config/>", sniff.Mapping, "YAML or JSON"},
		{"<!-- \x00 -->", sniff.Markup, "XML"},
		{"<a" + strings.Repeat("\x01", 50) + ">", sniff.Data, "binary data, such as a key store"},
		{"<a>" + strings.Repeat("\x01", 50), sniff.Markup, "XML"},
		// a twentieth of it, and a byte more
		{strings.Repeat("\x01", 5) + strings.Repeat("a", 95), sniff.PlainText, "plain text"},
		{strings.Repeat("\x01", 6) + strings.Repeat("a", 94), sniff.Data, "binary data, such as a key store"},
		{"version: 1\n", sniff.Mapping, "YAML or JSON"},
		{"\r\n  - a\nclusters:\r\n", sniff.Mapping, "YAML or JSON"},
		{"{", sniff.Mapping, "YAML or JSON"},
		{"http://shop.example.com/\n", sniff.PlainText, "plain text"},
		{"a note: of two words", sniff.PlainText, "plain text"},
		{"text\x00", sniff.Data, "binary data, such as a key store"},
		{"\x1f\x8b\x08\x00", sniff.Data, "binary data (a gzip archive)"},
		{"\xff\xfe<\x00C\x00", sniff.Foreign, "in UTF-16"},
		{"\x00<\x00C", sniff.Foreign, "in UTF-16"},
		{"<\x00\x00\x00", sniff.Foreign, "in UTF-32"},
		{"\x4c\x6f\xa7\x94\x93", sniff.Foreign, "in EBCDIC"},
	} {
		if content, what := sniff.Bytes([]byte(test.src)); content != test.content || what != test.what {
			t.Errorf("%q: %d, %q, want %d, %q", test.src, content, what, test.content, test.what)
		}
	}
}
