package parser

import (
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/chars"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
)

// charset says what the bytes above 0x7f mean.
type charset uint8

const (
	ascii  charset = iota // there are none
	utf8ch                // UTF-8; a byte that is no part of it is ISO-8859-1, as Liberty's generator writes
	latin1
)

// encoding finds out how to read the file, and reports a declaration that does not fit the bytes. What is declared
// decides only between ISO-8859-1 and the rest: a file that declares UTF-8, US-ASCII, nothing or an encoding that is
// not known is read as UTF-8, each byte of it that is none as ISO-8859-1. Behind a byte order mark ISO-8859-1 does not
// count either. A file of ASCII alone fits whichever of the three it declares.
func (s *scanner) encoding() {
	switch content, what := sniff.Text(s.src); content {
	case sniff.Foreign:
		s.unreadable(1, "file %s: only UTF-8, US-ASCII and ISO-8859-1 are read here", what)
		return
	case sniff.Data:
		s.unreadable(1, "%s, no XML", what)
		return
	}
	if strings.HasPrefix(s.src, chars.BOM) {
		s.mismatch(0, len(chars.BOM), "byte order mark before the XML declaration; what the plug-in makes of it is "+
			"undocumented")
		s.reports[0].Fix = &diag.Fix{Title: "drop the byte order mark", Safe: true,
			Edits: []diag.Edit{{Span: s.span(0, len(chars.BOM))}}}
		s.pos, s.begin = len(chars.BOM), len(chars.BOM)
	}
	name, at := s.declared()
	first := diag.FirstHigh(s.src[s.pos:]) + s.pos
	known := charsetOf(name)
	if known == "" {
		s.mismatch(int(at.Start), int(at.End), "encoding %q is none of UTF-8, US-ASCII and ISO-8859-1: characters "+
			"outside of ASCII are "+
			"read as UTF-8 or ISO-8859-1, and whether the plug-in can read the file is undocumented", name)
	}
	if first == len(s.src) { // all of it is ASCII
		return
	}
	s.chars = utf8ch
	valid := utf8.ValidString(s.src)
	const effect = "; such a file can fail to load, or names with such letters do not match"
	switch {
	case known == "US-ASCII":
		s.mismatch(first, first+1, "the file declares US-ASCII but has a byte 0x%X here"+effect, s.src[first])
	// A byte order mark is that of UTF-8: then this declaration is wrong, and does not count.
	case known == "ISO-8859-1" && s.pos == 0:
		s.chars = latin1
		if valid {
			_, size := utf8.DecodeRuneInString(s.src[first:])
			s.mismatch(first, first+size, "the file declares ISO-8859-1 but its letters outside of ASCII are UTF-8"+
				effect)
		}
	case known == "UTF-8" && !valid:
		bad := firstInvalid(s.src)
		s.mismatch(bad, bad+1, "the file is UTF-8 by its declaration or for want of one, but the byte 0x%X here is "+
			"not UTF-8: it is read as "+
			"ISO-8859-1"+effect, s.src[bad])
	}
}

// unreadable reports a file whose bytes are no text that can be read, and ends the reading. It is an error although
// the plug-in may read the file: what was not checked must not pass.
func (s *scanner) unreadable(size int, format string, args ...any) {
	s.report(0, size, ruleSyntax, diag.Error, diag.Sprintf(format, args...)+", so nothing of it was checked; what "+
		"the plug-in makes of it is undocumented")
	s.halted = true
}

func (s *scanner) mismatch(start, end int, format string, args ...any) {
	s.report(start, end, ruleEncoding, diag.Warning, diag.Sprintf(format, clip(args)...))
}

// declared returns the encoding that the XML declaration names, "" for none, and where.
func (s *scanner) declared() (string, diag.Span) {
	start := s.pos + s.leading(s.src[s.pos:])
	// No declaration is longer; where one has no end, a large file is not searched for it.
	rest := s.src[start:min(len(s.src), start+400)]
	if !strings.HasPrefix(rest, "<?xml") {
		return "", diag.Span{}
	}
	if end := strings.Index(rest, "?>"); end >= 0 {
		rest = rest[:end]
	}
	for _, p := range declaration(rest[len("<?"):]) {
		if p.name == "encoding" && !p.broken {
			from := start + len("<?") + p.at
			return p.value, s.span(from, from+len(p.value))
		}
	}
	return "", diag.Span{}
}

// leading returns how much of a text is white space and comments before the first thing that is neither. Files with a
// declaration there are in use: see lateDeclaration.
func (s *scanner) leading(text string) int {
	for i := 0; ; {
		i = len(text) - len(strings.TrimLeft(text[i:], " \t\r\n"))
		if !strings.HasPrefix(text[i:], "<!--") {
			return i
		}
		end := strings.Index(text[i:], "-->")
		if end < 0 {
			return i
		}
		i += end + len("-->")
	}
}

// charsetOf returns the canonical name of an encoding that is understood, "" for any other. No name means UTF-8, as
// XML says.
func charsetOf(name string) string {
	switch strings.ToUpper(name) {
	case "", "UTF-8", "UTF8":
		return "UTF-8"
	case "US-ASCII", "ASCII":
		return "US-ASCII"
	// IANA has aliases, and Java, in which the generators are written, names of its own.
	case "ISO-8859-1", "ISO8859-1", "ISO_8859-1", "ISO8859_1", "LATIN1", "LATIN-1":
		return "ISO-8859-1"
	}
	return ""
}

// part is a name="value" of an XML declaration; at is where the value begins in the text.
type part struct {
	name, value string
	at          int
	broken      bool // the text from here on is no such part
}

// declaration takes the text of an XML declaration apart, its leading "xml" included.
func declaration(text string) []part {
	var parts []part
	const white = " \t\r\n"
	i := len("xml")
	for {
		rest := strings.TrimLeft(text[i:], white)
		gap := len(text) - i - len(rest)
		if rest == "" {
			return parts
		}
		name, rest, ok := strings.Cut(rest, "=")
		rest = strings.TrimLeft(rest, white)
		if !ok || gap == 0 || rest == "" || rest[0] != '"' && rest[0] != '\'' {
			return append(parts, part{broken: true})
		}
		value, tail, ok := strings.Cut(rest[1:], rest[:1])
		if !ok {
			return append(parts, part{broken: true})
		}
		parts = append(parts, part{name: strings.TrimRight(name, white), value: value, at: len(text) - len(rest) + 1})
		i = len(text) - len(tail)
	}
}

// firstInvalid returns the position of the first byte that is no UTF-8.
func firstInvalid(text string) int {
	for i, r := range text {
		if r == utf8.RuneError {
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				return i
			}
		}
	}
	return len(text)
}
