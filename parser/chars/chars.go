package chars

import (
	"strings"
	"unicode/utf8"
)

// BOM is the byte order mark of UTF-8. XML allows it before the declaration, and editors of Windows write it.
const BOM = "\xef\xbb\xbf"

// Class is a set of bytes; a byte may be in several.
type Class uint8

// The classes.
const (
	Blank     Class = 1 << iota // XML white space: no form feed, and no other blank of Unicode
	NameStart                   // first of a name; every byte above 0x7f is, until Name looks closer
	NameChar                    // in a name, the first place included
	NameASCII                   // a NameChar that needs no closer look
	// NameStop ends a name, or what stands in its place: white space, "=", ">", "/", "<" and quotes. A byte that is
	// neither NameChar nor NameStop, "%" say, is read as part of a name, so that one message has all of it.
	NameStop
	TagGap  // may follow a value within a tag: white space, ">", the "/" of "/>"
	Special // needs a closer look within a value: quotes, "<", "&", control characters, bytes above 0x7f
)

// Is reports whether a byte is in a class.
func Is(c byte, class Class) bool { return classes[c]&class != 0 }

var classes = func() (t [256]Class) {
	set := func(chars string, bits Class) {
		for i := range len(chars) {
			t[chars[i]] |= bits
		}
	}
	for c := range 256 {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z' && c < 0x80
		switch {
		case c < 0x20:
			t[c] = Special
		case c >= 0x80:
			t[c] = NameStart | NameChar | Special
		case letter:
			t[c] = NameStart | NameChar | NameASCII
		}
	}
	set("_:", NameStart|NameChar|NameASCII)
	set("-.0123456789", NameChar|NameASCII)
	set(" \t\r\n", Blank|NameStop|TagGap)
	set(">/", TagGap)
	set("=></\"'", NameStop)
	set("\"'<&", Special)
	return t
}()

// Name reports whether a text in UTF-8 is a name of XML.
func Name(s string) bool {
	first, _ := utf8.DecodeRuneInString(s)
	return s != "" && startsName(first) && strings.IndexFunc(s, func(r rune) bool { return !inName(r) }) < 0
}

// startsName and inName follow the productions 4 and 4a of XML 1.0, fifth edition: earlier ones had tables of letters.
func startsName(r rune) bool {
	if r < utf8.RuneSelf {
		return Is(byte(r), NameStart)
	}
	return r >= 0xC0 && r <= 0x2FF && r != 0xD7 && r != 0xF7 || r >= 0x370 && r <= 0x1FFF && r != 0x37E ||
		r == 0x200C || r == 0x200D || r >= 0x2070 && r <= 0x218F || r >= 0x2C00 && r <= 0x2FEF ||
		r >= 0x3001 && r <= 0xD7FF ||
		r >= 0xF900 && r <= 0xFDCF || r >= 0xFDF0 && r <= 0xFFFD || r >= 0x10000 && r <= 0xEFFFF
}

func inName(r rune) bool {
	if r < utf8.RuneSelf {
		return Is(byte(r), NameChar)
	}
	return startsName(r) || r == 0xB7 || r >= 0x300 && r <= 0x36F || r == 0x203F || r == 0x2040
}

// Allowed reports whether XML allows a character at all (production 2), a reference to it included.
func Allowed(r rune) bool {
	return r >= 0x20 && r != 0xFFFE && r != 0xFFFF && (r < 0xD800 || r > 0xDFFF) || r == '\t' || r == '\n' || r == '\r'
}
