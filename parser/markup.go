package parser

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser/chars"
	"github.com/wasplug/wasplug/parser/diag"
)

// until returns where term stands at or behind pos, -1 when nowhere. What was found once is kept, so that a file full
// of unterminated comments, or of comments that end before their terminator, stays linear.
func (s *scanner) until(pos int, term string) int {
	at, known := s.ends[term]
	if known && (at < 0 || at >= pos) {
		return at
	}
	if at = strings.Index(s.src[min(pos, len(s.src)):], term); at >= 0 {
		at += pos
	}
	s.setEnd(term, at)
	return at
}

func (s *scanner) setEnd(term string, at int) {
	if s.ends == nil {
		s.ends = map[string]int{}
	}
	s.ends[term] = at
}

// lineEnd returns the end of the line at pos, or the first of the given bytes before it.
func (s *scanner) lineEnd(pos int, or string) int {
	if i := strings.IndexAny(s.src[min(pos, len(s.src)):], "\r\n"+or); i >= 0 {
		return pos + i
	}
	return len(s.src)
}

// enclosed reads a construct from "<" through term. Without term it ends with its line, or at the first of the bytes
// in or, and has an error. It returns what stands between.
func (s *scanner) enclosed(opening, term, or, what string) (from, to int) {
	start := s.pos
	from = start + len(opening)
	if to = s.until(from, term); to >= 0 {
		s.pos = to + len(term)
		return from, to
	}
	to = s.lineEnd(from, or)
	s.malformed(start, to, "%s without the %q that ends it", what, term)
	if s.pos = to; s.at() == '>' {
		s.pos++
	}
	return from, to
}

// comment reads "<!-- ... -->". XML allows no "--" within. Where it ends a line, and another comment begins before the
// "-->", it is more likely that the ">" was forgotten: see lostEnd.
func (s *scanner) comment() *Node {
	start, last := s.pos, s.last
	from, to := s.enclosed("<!--", "-->", "", "comment")
	if dashes := doubleDash(s.src[from:to]); dashes >= 0 && s.pos > to {
		if end := s.lostEnd(from+dashes, to); end > 0 {
			s.pos, to = end, from+dashes
			s.malformed(start, s.pos, "comment without the \"-->\" that ends it")
		} else {
			s.malformed(from+dashes, min(from+dashes+2, s.pos), "\"--\" within a comment")
		}
	}
	n := s.leaf(Comment, start, s.pos, s.resolve(from, to, inRaw))
	// It follows something on the same line and is most likely about that, so Write keeps it there.
	n.Inline = last >= 0 && !strings.ContainsAny(s.src[last:start], "\r\n")
	return n
}

// doubleDash returns where "--" stands in the text of a comment, -1 when nowhere; its last "-" and that of "-->" are
// one, too.
func doubleDash(text string) int {
	if i := strings.Index(text, "--"); i >= 0 || !strings.HasSuffix(text, "-") {
		return i
	}
	return len(text) - 1
}

// lostEnd returns where a comment ends that has "--" at dashes where its "-->" should be: nothing but a blank or ">"
// follows in the line, and another comment begins before the "-->" at to. 0 says that the comment ends there.
func (s *scanner) lostEnd(dashes, to int) int {
	behind := s.src[min(dashes+len("--"), to):to]
	rest := strings.TrimLeft(behind, " \t")
	if rest == "" || strings.IndexByte("\r\n<>", rest[0]) < 0 || !strings.Contains(rest, "<!--") {
		return 0
	}
	end := to - len(rest)
	if rest[0] == '>' {
		end++
	}
	return end
}

// cdata reads "<![CDATA[ ... ]]>".
func (s *scanner) cdata() {
	start := s.pos
	from, to := s.enclosed("<![CDATA[", "]]>", "", "CDATA section")
	if len(s.open) == 0 {
		s.malformed(start, s.pos, "CDATA section outside of the root element")
	}
	s.leaf(CDATA, start, s.pos, s.resolve(from, to, inRaw))
}

// doctype reads "<!DOCTYPE ...>", whose content is passed over, and every other "<!".
func (s *scanner) doctype() {
	start := s.pos
	if !strings.HasPrefix(s.src[start:], "<!DOCTYPE") {
		from, to := s.enclosed("<!", ">", "", "\"<!\" that starts no comment,")
		s.malformed(start, s.pos, "\"<!\" that starts neither a comment (\"<!--\") nor a CDATA section")
		s.leaf(Doctype, start, s.pos, s.resolve(from, to, inRaw))
		return
	}
	from := start + len("<!")
	to := s.doctypeEnd(from)
	if s.pos = to; s.at() == '>' {
		s.pos++
	}
	s.dtd = true
	s.doubt(start, s.pos, "document type definition: it is not read here, and whether the plug-in reads it is "+
		"undocumented; nothing in the file should rely on it")
	s.leaf(Doctype, start, s.pos, s.resolve(from, to, inRaw))
}

// doctypeEnd finds the ">" that ends a declaration, skipping strings and the internal subset; without one the first
// ">" or line end.
func (s *scanner) doctypeEnd(from int) int {
	var quote byte
	depth := 0
	// Once one had no end, none is looked for again: a file full of them would be read to its end for each.
	for i := from; i < len(s.src) && s.ends["doctype"] >= 0; i++ {
		switch c := s.src[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '"' || c == '\'':
			quote = c
		case c == '<':
			depth++
		case c == '>' && depth == 0:
			return i
		case c == '>':
			depth--
		}
	}
	s.setEnd("doctype", -1)
	return s.lineEnd(from, ">")
}

// instruction reads "<?...?>". The XML declaration must be the first thing of the file.
func (s *scanner) instruction() {
	start := s.pos
	from, to := s.enclosed("<?", "?>", ">", "\"<?\"")
	text := s.src[from:to]
	target := text[:min(s.nameEnd(from)-from, len(text))]
	switch {
	case !chars.Name(s.read(from, from+len(target))):
		s.malformed(start, s.pos, "\"<?\" without a name behind it")
	case target == "xml" && start > s.begin:
		s.lateDeclaration(start)
	case target == "xml" && s.pos == to+len("?>"):
		if bad := checkDeclaration(text); bad != "" {
			s.malformed(start, s.pos, "XML declaration with %s", bad)
		}
	}
	s.leaf(Declaration, start, s.pos, s.resolve(from, to, inRaw))
}

// lateDeclaration reports an XML declaration from start to pos that is not the first thing of the file. Behind nothing
// but white space and comments it can still be meant: merge tools write such files, and people run them.
func (s *scanner) lateDeclaration(start int) {
	onlyComments := len(s.open) == 0 && !slices.ContainsFunc(s.kids, func(n *Node) bool { return n.Kind != Comment })
	if !onlyComments || strings.Contains(s.src[s.begin:start], "\ufeff") {
		s.malformed(start, s.pos, "XML declaration that is not at the start of the file")
		return
	}
	before, title := strings.Trim(s.src[s.begin:start], " \t\r\n"), "drop the white space before it"
	what, moved := "white space", diag.Edit{Span: s.span(s.begin, start)}
	if before != "" {
		what, title = "a comment", "move it to the start of the file"
		moved = diag.Edit{Span: s.span(s.begin, s.pos), New: s.src[start:s.pos] + s.newline() + before}
	}
	d := s.doubt(start, s.pos, "XML declaration behind %s, which XML does not allow: strict parsers refuse the "+
		"file, and what the plug-in makes of it is "+
		"undocumented; make it the first thing of the file", what)
	if d != nil {
		d.Fix = &diag.Fix{Title: title, Safe: true, Edits: []diag.Edit{moved}}
	}
}

// newline returns how the first line of the file ends.
func (s *scanner) newline() string {
	if i := strings.IndexByte(s.src, '\n'); i > 0 && s.src[i-1] == '\r' {
		return "\r\n"
	}
	return "\n"
}

// checkDeclaration returns what is wrong with `xml version="1.0" encoding="..." standalone="..."`, "" for nothing.
func checkDeclaration(text string) string {
	// Production 23: in this order, and only the version must be there.
	names := []string{"version", "encoding", "standalone"}
	d := declaration(text)
	for _, p := range d {
		if p.broken {
			return "a part that is not name=\"value\""
		}
		for len(names) > 0 && names[0] != p.name {
			if names[0] == "version" {
				return "no version first"
			}
			names = names[1:]
		}
		if len(names) == 0 {
			return "a part that does not belong there"
		}
		names = names[1:]
		if bad := checkPart(p); bad != "" {
			return bad
		}
	}
	if len(d) == 0 {
		return "no version"
	}
	return ""
}

// checkPart returns what is wrong with the value of a part, "" for nothing.
func checkPart(p part) string {
	switch {
	case p.name == "version" && p.value != "1.0":
		return "a version other than 1.0"
	case p.name == "standalone" && p.value != "yes" && p.value != "no":
		return "a \"standalone\" other than yes and no"
	case p.name == "encoding" && (p.value == "" || strings.ContainsFunc(p.value, notEncodingName)):
		return "a bad name of an encoding"
	}
	return ""
}

// notEncodingName reports what production 81 does not allow: the names are of ASCII letters, digits, ".", "_" and "-".
func notEncodingName(r rune) bool {
	return r >= 0x80 || !chars.Is(byte(r), chars.NameChar) || r == ':'
}
