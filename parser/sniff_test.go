package parser_test

import (
	"bytes"
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/sniff"
)

func utf16Text(text string, order binary.AppendByteOrder) (out []byte) {
	for _, u := range utf16.Encode([]rune(text)) {
		out = order.AppendUint16(out, u)
	}
	return out
}

// TestSniff: what a file is is said in one message, however many bytes of it are none of XML.
func TestSniff(t *testing.T) {
	const xml = "<Config/>"
	noise := bytes.Repeat([]byte("\x03\x80\x11Q\x9ea\x1b\xf0"), 600)
	tests := []struct {
		name    string
		src     []byte
		content sniff.Content
		what    string
		message string // of the only diagnostic, "" when there may be others
	}{
		{"nothing", nil, sniff.Empty, "empty", "the file is empty and has no element <Config>"},
		{"blanks", []byte(" \n\t"), sniff.Empty, "empty", "the file is empty and has no element <Config>"},
		{"XML", []byte("\ufeff \n" + xml), sniff.Markup, "XML", ""},
		{"a note", []byte("hello\nthis is a note: read it\n"), sniff.PlainText, "plain text",
			"the file is plain text and has no element <Config>"},
		{"text before XML", []byte("oops\n" + xml), sniff.Markup, "XML", "text outside of the root element"},
		{"YAML", []byte("# of the shop\n\nversion: 1\nclusters:\n  a: {}\n"), sniff.Mapping, "YAML or JSON",
			"the file is YAML or JSON and has no element <Config>"},
		{"YAML below a long comment", []byte(strings.Repeat("# a licence\n", 900) + "version: 1\n"), sniff.Mapping,
			"YAML or JSON", "the file is YAML"},
		{"JSON", []byte("{\"a\": 1}"), sniff.Mapping, "YAML or JSON", "the file is YAML"},
		{"UTF-16 with blanks before it", utf16Text("\r\n "+xml, binary.LittleEndian), sniff.Foreign, "in UTF-16",
			"file in UTF-16"},
		{"UTF-16, big end first", utf16Text("\n"+xml, binary.BigEndian), sniff.Foreign, "in UTF-16",
			"file in UTF-16"},
		{"EBCDIC without declaration", []byte("\x40\x15\x4c\xc3\x96\x95\x86\x89\x87\x61\x6e"), sniff.Foreign,
			"in EBCDIC", "file in EBCDIC"},
		{"zip", []byte("PK\x03\x04\x14\x00\x08\x00"), sniff.Data, "binary data (a zip or jar archive)",
			"binary data (a zip or jar archive), no XML"},
		{"picture", []byte("\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"), sniff.Data, "binary data (a picture)",
			"binary data (a picture), no XML"},
		{"noise", noise, sniff.Data, "binary data, such as a key store", "binary data"},
		{"noise that begins as a tag", append([]byte("<"), noise...), sniff.Data, "binary data, such as a key store",
			"binary data"},
		{"the rest of a disk's block", []byte("<Config>" + strings.Repeat("\x00", 4000) + "</Config>"), sniff.Markup,
			"XML", "4000 characters that XML does not allow, the first of them U+0000"},
		{"one control character", []byte("<Config a='\x01'/>"), sniff.Markup, "XML",
			"character U+0001, which XML does not allow"},
	}
	for _, test := range tests {
		content, what := sniff.Bytes(test.src)
		if content != test.content || what != test.what {
			t.Errorf("%s: %d, %q, want %d, %q", test.name, content, what, test.content, test.what)
		}
		cfg, ds := parser.Parse(1, test.src)
		checkTree(t, test.src, cfg.Doc, ds)
		if test.message != "" && (len(ds) != 1 || !strings.HasPrefix(ds[0].Message, test.message)) {
			t.Errorf("%s: want %q, got %v", test.name, test.message, ds)
		}
	}
}
