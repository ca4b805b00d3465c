package parser

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/chars"
	"github.com/wasplug/wasplug/parser/diag"
)

// nameEnd returns the end of the name, or of what stands in its place, that begins at i.
func (s *scanner) nameEnd(i int) int {
	for i < len(s.src) && !chars.Is(s.src[i], chars.NameStop) {
		i++
	}
	return i
}

// name returns the end of the name, or of what stands in its place, that begins at start, and whether it is a name.
func (s *scanner) name(start int) (end int, good bool) {
	i := start
	for i < len(s.src) && chars.Is(s.src[i], chars.NameASCII) {
		i++
	}
	if i == len(s.src) || chars.Is(s.src[i], chars.NameStop) {
		return i, i > start && chars.Is(s.src[start], chars.NameStart)
	}
	end = s.nameEnd(i)
	return end, chars.Name(s.read(start, end))
}

// value reads the value of an attribute at pos and returns where it stands without its quotes; plain: it can be taken
// as it is. Only straight quotes are right. Typographic ones, and a quote that is missing, are reported, and the value
// is read as it was most likely meant.
func (s *scanner) value(name string) (from, to int, plain bool) {
	q := s.at()
	if q != '"' && q != '\'' {
		if size := s.curlyQuote(s.pos); size > 0 {
			return s.curly(name, size)
		}
		return s.unquoted(name)
	}
	from = s.pos + 1
	i := from
	for i < len(s.src) && !chars.Is(s.src[i], chars.Special) {
		i++
	}
	if i < len(s.src) && s.src[i] == q && !(s.lost(from, i)) {
		s.pos = i + 1
		return from, i, true
	}
	return s.quoted(name, from, q)
}

// quoted reads a value that is not plain. Without the quote that ends it, the value ends before whatever starts
// something new.
func (s *scanner) quoted(name string, from int, q byte) (int, int, bool) {
	// A value may go over lines, so the quote that ends it is looked for in all of the file.
	to := s.until(from, string(q))
	if to < 0 || s.lost(from, to) {
		to = s.cut(from)
		s.malformed(from-1, to, "value of %q without the quote that ends it", name)
		s.pos = to
		return from, to, false
	}
	if i := strings.IndexByte(s.src[from:to], '<'); i >= 0 {
		s.malformed(from+i, from+i+1, "\"<\" within the value of %q: it is written \"&lt;\"", name)
	}
	s.pos = to + 1
	return from, to, false
}

// lost reports whether the quote at to opens a value rather than ends the one that begins at from: the ending quote is
// missing where ` name=` stands before it and more of a value behind it. Name="m1 Port="80" is read as the value m1
// and the attribute Port. Behind the quote of a whole value there is a blank or the end of the tag, and no value of
// the format ends in " name=".
func (s *scanner) lost(from, to int) bool {
	if to+1 == len(s.src) || chars.Is(s.src[to+1], chars.Blank) || s.src[to+1] == '>' ||
		strings.HasPrefix(s.src[to+1:], "/>") {
		return false
	}
	v := strings.TrimRight(s.src[from:to], " \t\r\n")
	if !strings.HasSuffix(v, "=") {
		return false
	}
	v = strings.TrimRight(v[:len(v)-1], " \t\r\n")
	name := len(v)
	for name > 0 && chars.Is(v[name-1], chars.NameChar) {
		name--
	}
	return name < len(v) && name > 0 && chars.Is(v[name-1], chars.Blank)
}

// cut returns where a value without an ending quote ends: at its line, its tag, or before the next attribute. Name="m1
// Port=80/> ends behind m1.
func (s *scanner) cut(from int) int {
	to := s.lineEnd(from, "<>")
	if to > from && to < len(s.src) && s.src[to] == '>' && s.src[to-1] == '/' {
		to--
	}
	if eq := strings.IndexByte(s.src[from:to], '='); eq >= 0 {
		if gap := strings.LastIndexAny(strings.TrimRight(s.src[from:from+eq], " \t"), " \t"); gap >= 0 {
			to = from + gap
		}
	}
	return from + len(strings.TrimRight(s.src[from:to], " \t"))
}

// unquoted reads a value without quotes, up to a blank or the end of the tag. "=" and "/" may be in it, as in
// Name=/shop?a=b, though neither can be in a name.
func (s *scanner) unquoted(name string) (from, to int, plain bool) {
	from = s.pos
	i := from
	for i < len(s.src) && (!chars.Is(s.src[i], chars.NameStop) || s.src[i] == '=' ||
		s.src[i] == '/' && !strings.HasPrefix(s.src[i:], "/>")) {
		i++
	}
	s.pos = i
	if c := s.at(); c == '"' || c == '\'' {
		s.pos++
	}
	if from == i {
		s.malformed(from, s.pos, "attribute %q without a value", name)
	} else {
		s.malformed(from, s.pos, "value of %q without quotes", name)
	}
	return from, i, false
}

// curly reads a value in typographic quotes, the first of them at pos, as word processors and web pages make them.
func (s *scanner) curly(name string, size int) (from, to int, plain bool) {
	start := s.pos
	from = start + size
	for to = from; to < len(s.src) && strings.IndexByte("<\r\n\"", s.src[to]) < 0; to++ {
		if end := s.curlyQuote(to); end > 0 {
			s.pos = to + end
			s.malformed(start, s.pos, "value of %q in typographic quotes: XML knows only \" and '", name)
			return from, to, false
		}
	}
	if to = s.cut(from); to < len(s.src) && s.src[to] == '"' {
		s.pos = to + 1
	} else {
		s.pos = to
	}
	s.malformed(start, s.pos, "value of %q in typographic quotes: XML knows only \" and '", name)
	return from, to, false
}

// curlyQuote returns the size of the typographic quote at i, 0 when there is none: in UTF-8, or in the Windows code
// page that calls itself ISO-8859-1.
func (s *scanner) curlyQuote(i int) int {
	if i == len(s.src) || s.src[i] < utf8.RuneSelf {
		return 0
	}
	if r, size := utf8.DecodeRuneInString(s.src[i:]); size > 1 {
		if strings.ContainsRune("“”„‟«»‘’‚″′", r) {
			return size
		}
		return 0
	}
	if s.src[i] >= 0x91 && s.src[i] <= 0x94 {
		return 1
	}
	return 0
}

// Where a piece of the file stands decides what it may hold.
type place uint8

const (
	inValue place = iota // references are resolved, every white space becomes a blank
	inText               // references are resolved, line ends become "\n"
	inRaw                // comments, CDATA sections and the like: line ends become "\n"
)

// read returns bytes of the file as UTF-8.
func (s *scanner) read(start, end int) string {
	text := s.src[start:end]
	if s.chars == ascii {
		return text
	}
	for i := range len(text) {
		if text[i] >= utf8.RuneSelf {
			b := s.buf[:0]
			for i := start; i < end; {
				r, size := s.char(i, end)
				b, i = utf8.AppendRune(b, r), i+size
			}
			s.buf = b
			return string(b)
		}
	}
	return text
}

// char decodes the character at i. A byte that is no UTF-8 is read as ISO-8859-1, so that a file with letters in both
// encodings shows both.
func (s *scanner) char(i, end int) (rune, int) {
	c := s.src[i]
	if c < utf8.RuneSelf || s.chars == latin1 {
		return rune(c), 1
	}
	r, size := utf8.DecodeRuneInString(s.src[i:end])
	if r == utf8.RuneError && size == 1 {
		return rune(c), 1
	}
	return r, size
}

// resolve returns the meaning of a piece of the file, and reports what may not stand there. Line ends are those of
// section 2.11 of XML 1.0, blanks those of 3.3.3: a line break within a value is a blank, and one that a reference
// stands for stays. Where nothing has to be changed the text is a part of the file, and costs no memory.
func (s *scanner) resolve(start, end int, where place) string {
	i := start
	for i < end && !chars.Is(s.src[i], chars.Special) && s.src[i] != ']' {
		i++
	}
	if i == end {
		return s.src[start:end]
	}
	b := append(s.buf[:0], s.src[start:i]...)
	for i < end && !s.halted {
		switch c := s.src[i]; {
		case c == '&' && where != inRaw:
			var text string
			text, i = s.reference(i, end)
			b = append(b, text...)
			continue
		case c == '\r' && i+1 < end && s.src[i+1] == '\n': // a line end is one character
		case where == inValue && chars.Is(c, chars.Blank):
			b = append(b, ' ')
		case c == '\r':
			b = append(b, '\n')
		case c == ']' && where == inText && strings.HasPrefix(s.src[i:end], "]]>"):
			s.malformed(i, i+len("]]>"), "\"]]>\" in text: it is written \"]]&gt;\"")
			b = append(b, c)
		case c >= 0x20 && c < utf8.RuneSelf || chars.Is(c, chars.Blank):
			b = append(b, c)
		default:
			r, size := s.char(i, end)
			if !chars.Allowed(r) {
				b, i = s.noChars(b, i, end, r)
				continue
			}
			b, i = utf8.AppendRune(b, r), i+size
			continue
		}
		i++
	}
	s.buf = b
	return string(b)
}

// noChars reads characters in a row that XML does not allow, the first of them r at i, and reports them once: the rest
// of a block of a disk is hundreds of NULs.
func (s *scanner) noChars(b []byte, i, end int, r rune) ([]byte, int) {
	start, count, first := i, 0, r
	for i < end {
		r, size := s.char(i, end)
		if chars.Allowed(r) {
			break
		}
		b, i, count = utf8.AppendRune(b, utf8.RuneError), i+size, count+1
	}
	if count == 1 {
		s.malformed(start, i, "character U+%04X, which XML does not allow", first)
	} else {
		s.malformed(start, i, "%d characters that XML does not allow, the first of them U+%04X", count, first)
	}
	return b, i
}

// reference reads "&name;" or "&#number;" and returns its meaning, or the "&" itself when it is none, and where to go
// on.
func (s *scanner) reference(i, end int) (string, int) {
	j := i + 1
	for j < end && (chars.Is(s.src[j], chars.NameChar) || s.src[j] == '#') {
		j++
	}
	if j == i+1 || j == end || s.src[j] != ';' {
		s.malformed(i, i+1, "\"&\" that starts no entity: it is written \"&amp;\"")
		return "&", i + 1
	}
	name := s.src[i+1 : j]
	if r, ok := entity(name); ok {
		return string(r), j + 1
	}
	if name[0] == '#' {
		s.malformed(i, j+1, "reference &%s; to no character that XML allows", name)
	} else if s.dtd {
		// Unlike the definition itself this is an error: what is decided on the value would be a guess.
		s.syntax(i, j+1, diag.Error, fmt.Sprintf("entity &%s; is defined at most in the document type definition, "+
			"which is not read here, so what it "+
			"stands for is unknown; whether the plug-in knows it is undocumented, write the text itself",
			clip([]any{s.read(i+1, j)})...))
	} else {
		s.malformed(i, j+1, "entity &%s; that is not defined: only lt, gt, amp, apos and quot are", s.read(i+1, j))
	}
	return "&", i + 1
}

// entity returns the character that a reference stands for, by one of the five names of XML or by its number.
func entity(name string) (rune, bool) {
	switch name {
	case "lt":
		return '<', true
	case "gt":
		return '>', true
	case "amp":
		return '&', true
	case "apos":
		return '\'', true
	case "quot":
		return '"', true
	}
	digits, ok := strings.CutPrefix(name, "#")
	if !ok {
		return 0, false
	}
	base := 10
	if hex, ok := strings.CutPrefix(digits, "x"); ok {
		digits, base = hex, 16
	}
	n, err := strconv.ParseUint(digits, base, 32)
	return rune(n), err == nil && n <= utf8.MaxRune && chars.Allowed(rune(n))
}
