package sniff

import (
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/chars"
)

// Content is what a file holds, as far as its beginning tells.
type Content uint8

const (
	Empty     Content = iota + 1 // nothing but white space
	Markup                       // XML, or what is meant to be
	Mapping                      // keys with values: YAML or JSON
	PlainText                    // none of these
	Foreign                      // text in an encoding that is not read here
	Data                         // no text at all
)

const sniffed = 4096 // bytes in which binary data shows

// Bytes says what the bytes of a file are, and in words for a message: "plain text", "binary data (a gzip archive)".
func Bytes(src []byte) (Content, string) { return Text(string(src)) }

// Text is Bytes of a text.
func Text(src string) (Content, string) {
	head := src[:min(len(src), sniffed)]
	if name := foreignEncoding(head); name != "" {
		return Foreign, "in " + name
	}
	if name := dataFormat(head); name != "" {
		return Data, name
	}
	text := strings.TrimLeft(strings.TrimPrefix(src, chars.BOM), " \t\r\n\f")
	switch {
	case text == "":
		return Empty, "empty"
	case text[0] == '<':
		return Markup, "XML"
	case mapping(text):
		return Mapping, "YAML or JSON"
	case strings.Contains(text, "<?xml"), strings.Contains(text, "<Config"): // text before it is an error of it
		return Markup, "XML"
	}
	return PlainText, "plain text"
}

// foreign names the encodings that are no superset of ASCII by their first bytes. None can be read.
var foreign = []struct{ start, name string }{
	{"\x00\x00\xfe\xff", "UTF-32"}, {"\xff\xfe\x00\x00", "UTF-32"}, {"\x00\x00\x00<", "UTF-32"},
	{"<\x00\x00\x00", "UTF-32"},
	{"\xfe\xff", "UTF-16"}, {"\xff\xfe", "UTF-16"},
	{"\x4c\x6f\xa7\x94", "EBCDIC"},                 // <?xm
	{"\x4c\xc3\x96\x95\x86\x89\x87", "EBCDIC"},     // <Config
	{"\x4c\x5a\x60\x60", "EBCDIC"},                 // <!--
	{"\x4c\xe2\x85\x99\xa5\x85\x99\xc3", "EBCDIC"}, // <ServerC
}

// foreignEncoding names the encoding of a text that is no superset of ASCII, "" for any other. White space may stand
// before it, which in EBCDIC is other bytes.
func foreignEncoding(head string) string {
	const ebcdicBlanks = "\x40\x15\x25\x0d\x05"
	for _, f := range foreign {
		if strings.HasPrefix(head, f.start) || f.name == "EBCDIC" && strings.HasPrefix(strings.TrimLeft(head,
			ebcdicBlanks), f.start) {
			return f.name
		}
	}
	if wideXML(head, 0) || wideXML(head, 1) {
		return "UTF-16"
	}
	return ""
}

// wideXML reports whether a text of two bytes a character begins as XML does, white space before it included; the low
// bytes stand at low.
func wideXML(head string, low int) bool {
	for i := 0; i+1 < len(head) && head[i+1-low] == 0; i += 2 {
		switch c := head[i+low]; {
		case c == '<':
			return true
		case !chars.Is(c, chars.Blank):
			return false
		}
	}
	return false
}

// formats are known by their first bytes.
var formats = []struct{ start, name string }{
	{"\x1f\x8b", "a gzip archive"}, {"PK\x03\x04", "a zip or jar archive"}, {"BZh", "a bzip2 archive"},
	{"\xfd7zXZ\x00", "an xz archive"},
	{"\x28\xb5\x2f\xfd", "a zstd archive"}, {"\x7fELF", "a program"}, {"MZ", "a program"},
	{"\xca\xfe\xba\xbe", "a Java class"},
	{"\xfe\xed\xfe\xed", "a Java key store"}, {"\x89PNG", "a picture"}, {"\xff\xd8\xff", "a picture"},
	{"GIF8", "a picture"}, {"%PDF-", "a PDF document"},
	{"SQLite format 3\x00", "a database"},
}

// dataFormat names what is no text: a twentieth of it are bytes that no text holds, or it has a NUL and does not begin
// as XML. One message tells more than one for each such byte.
func dataFormat(head string) string {
	controls, nul := 0, false
	for i := range len(head) {
		if c := head[i]; c < ' ' && c != '\t' && c != '\r' && c != '\n' && c != '\f' {
			controls++
			nul = nul || c == 0
		}
	}
	xml := strings.HasPrefix(strings.TrimLeft(strings.TrimPrefix(head, chars.BOM), " \t\r\n"), "<")
	if begins := xml && controls > 0 && likelyXML(head); begins || controls*20 <= len(head) && (!nul || xml) {
		return ""
	}
	for _, f := range formats {
		if strings.HasPrefix(head, f.start) {
			return "binary data (" + f.name + ")"
		}
	}
	return "binary data, such as a key store"
}

// likelyXML reports whether a text begins with a tag, a comment or a declaration: what stands behind it is an error of
// a file that is meant.
func likelyXML(head string) bool {
	text := strings.TrimLeft(strings.TrimPrefix(head, chars.BOM), " \t\r\n")
	if strings.HasPrefix(text, "<?xml") || strings.HasPrefix(text, "<!--") {
		return true
	}
	end := strings.IndexAny(text, " \t\r\n>/")
	return end > 1 && chars.Name(text[1:end]) && utf8.ValidString(text[:end])
}

// mapping reports whether some line of a text begins with a key, or all of it is in braces.
func mapping(text string) bool {
	if text[0] == '{' {
		return true
	}
	for line := range strings.Lines(text) {
		key, value, found := strings.Cut(strings.TrimRight(line, "\r\n"), ":")
		if found && key != "" && !strings.ContainsAny(key, " \t<") && (value == "" || value[0] == ' ' ||
			value[0] == '\t') {
			return true
		}
	}
	return false
}
