package parser

import (
	"bufio"
	"bytes"
	"cmp"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/chars"
)

// Write prints a document: 3 blanks per level, one element per line, attributes in alphabetical order, comments where
// they stand. It is the only printer of the format. Lines end as those of the file did. White space between elements
// is layout and made anew; text, and with it the inside of an element that has text, is kept. The bytes fit the
// encoding that the XML declaration names: what US-ASCII or ISO-8859-1 lack becomes a character reference, and where
// none may stand (a comment, a name) the file and its declaration become UTF-8.
func Write(w io.Writer, doc *Document) error {
	if doc.CRLF {
		w = crlfWriter{w}
	}
	p := &printer{w: bufio.NewWriter(w)}
	nodes := declarationFirst(doc.Nodes)
	p.chooseEncoding(nodes)
	for i, n := range nodes {
		switch {
		case i > 0 && isInline(n, nodes[i-1]):
			p.inline(nodes[i-1], n)
		default:
			p.line(i > 0, 0)
			p.node(n, 0)
		}
	}
	p.line(len(nodes) > 0, 0)
	return p.w.Flush()
}

// crlfWriter ends lines in CR LF. It meets no line feed of a value: there it is written as a reference.
type crlfWriter struct{ w io.Writer }

func (c crlfWriter) Write(b []byte) (int, error) {
	if _, err := c.w.Write(bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n"))); err != nil {
		return 0, err
	}
	return len(b), nil
}

// declarationFirst puts an XML declaration that stands behind comments before them, with what follows it on its line.
func declarationFirst(nodes []*Node) []*Node {
	at := slices.IndexFunc(nodes, func(n *Node) bool { return n.Kind != Comment })
	if at <= 0 || !isXMLDeclaration(nodes[at]) {
		return nodes
	}
	end := at + 1
	for end < len(nodes) && isInline(nodes[end], nodes[end-1]) {
		end++
	}
	return slices.Concat(nodes[at:end], nodes[:at], nodes[end:])
}

type printer struct {
	w        *bufio.Writer
	encoding string  // canonical name of the charset of the bytes
	rename   bool    // the declaration must be made to say encoding
	attrs    []*Attr // of the element at hand, in the order of their names; its memory is used again
}

const indent = "   "

// line begins a new line at a level; wanted is false at the start of the file.
func (p *printer) line(wanted bool, level int) {
	if !wanted {
		return
	}
	p.w.WriteByte('\n')
	for range level {
		p.w.WriteString(indent)
	}
}

// isInline reports whether a comment goes on the line of what stands before it. One that was built, not read, does so
// behind the XML declaration, where generators write theirs.
func isInline(n, before *Node) bool {
	return n.Kind == Comment && (n.Inline || n.Span.IsZero() && before.Kind == Declaration)
}

// inline prints a comment on the line of what stands before it: right behind the declaration, as generators do, else
// after a blank.
func (p *printer) inline(before, comment *Node) {
	if before == nil || before.Kind != Declaration {
		p.w.WriteByte(' ')
	}
	p.node(comment, 0)
}

// node prints a node where the line has got to; level is how deep that line is indented.
func (p *printer) node(n *Node, level int) {
	switch n.Kind {
	case Element:
		p.element(n, level)
	case Text:
		p.text(n.Text)
	case Comment:
		p.wrapped("<!--", commentText(n.Text), "-->")
	case CDATA:
		p.wrapped("<![CDATA[", strings.ReplaceAll(n.Text, "]]>", "]]]]><![CDATA[>"), "]]>")
	case Declaration:
		p.wrapped("<?", p.declaration(n.Text), "?>")
	case Doctype:
		p.wrapped("<!", n.Text, ">")
	}
}

// wrapped prints a construct in whose text no references stand.
func (p *printer) wrapped(open, text, end string) {
	p.w.WriteString(open)
	p.raw(text)
	p.w.WriteString(end)
}

// element prints one without children as an empty tag, as generators write it, however the file wrote it.
func (p *printer) element(n *Node, level int) {
	p.w.WriteByte('<')
	p.raw(n.Name)
	p.attributes(n.Attrs)
	if len(n.Children) == 0 {
		p.w.WriteString("/>")
		return
	}
	p.w.WriteByte('>')
	if hasText(n) {
		for _, c := range n.Children {
			p.node(c, level)
		}
	} else {
		p.children(n, level)
	}
	p.w.WriteString("</")
	p.raw(n.Name)
	p.w.WriteByte('>')
}

// children prints each child on a line of its own, comments that go on the line of what is before them aside.
func (p *printer) children(n *Node, level int) {
	for _, c := range n.Children {
		if c.Kind == Comment && c.Inline {
			p.inline(nil, c)
			continue
		}
		p.line(true, level+1)
		p.node(c, level+1)
	}
	p.line(true, level)
}

// hasText reports whether white space within an element may mean something.
func hasText(n *Node) bool {
	return slices.ContainsFunc(n.Children, func(c *Node) bool { return c.Kind == Text || c.Kind == CDATA })
}

// attributes prints them in alphabetical order, as IBM's tools do: their order means nothing.
func (p *printer) attributes(attrs []Attr) {
	p.attrs = p.attrs[:0]
	for i := range attrs {
		p.attrs = append(p.attrs, &attrs[i])
	}
	// Stable: of a doubled attribute the first one counts.
	slices.SortStableFunc(p.attrs, func(a, b *Attr) int { return cmp.Compare(a.Name, b.Name) })
	for _, a := range p.attrs {
		p.w.WriteByte(' ')
		p.raw(a.Name)
		p.w.WriteString(`="`)
		p.escaped(a.Value, "<&\"\t\n\r")
		p.w.WriteByte('"')
	}
}

// text prints character data. White space alone would be read as layout, so it is written as references.
func (p *printer) text(text string) {
	if strings.Trim(text, " \t\r\n") == "" {
		for _, r := range text {
			p.w.WriteString(reference(r))
		}
		return
	}
	p.escaped(text, "<&>\r")
}

// escaped prints text with the given characters, and those that the encoding lacks, as references.
func (p *printer) escaped(text, special string) {
	if isPlain(text) {
		p.w.WriteString(text)
		return
	}
	for _, r := range text {
		switch {
		case strings.ContainsRune(special, r) && r != utf8.RuneError:
			p.w.WriteString(reference(r))
		case !chars.Allowed(r):
			p.escaped("\uFFFD", "")
		case p.has(r):
			p.char(r)
		default:
			p.w.WriteString("&#" + strconv.Itoa(int(r)) + ";")
		}
	}
}

// reference is what stands for a character: by its name for the four that need one here, else by its number.
func reference(r rune) string {
	switch r {
	case '<':
		return "&lt;"
	case '>':
		return "&gt;"
	case '&':
		return "&amp;"
	case '"':
		return "&quot;"
	}
	return "&#" + strconv.Itoa(int(r)) + ";"
}

// raw prints text that takes no references: chooseEncoding saw to it that every character can be written.
func (p *printer) raw(text string) {
	if isPlain(text) {
		p.w.WriteString(text)
		return
	}
	for _, r := range text {
		if !chars.Allowed(r) {
			r = utf8.RuneError
		}
		p.char(r)
	}
}

// isPlain reports whether text has only characters that mean themselves everywhere and in every encoding.
func isPlain(text string) bool {
	for i := range len(text) {
		if chars.Is(text[i], chars.Special) || text[i] == '>' {
			return false
		}
	}
	return true
}

// char prints a character that the encoding of the file has.
func (p *printer) char(r rune) {
	if p.encoding == "ISO-8859-1" && r <= 0xFF {
		p.w.WriteByte(byte(r))
		return
	}
	p.w.WriteRune(r)
}

// has reports whether the encoding has a character.
func (p *printer) has(r rune) bool {
	switch p.encoding {
	case "UTF-8":
		return true
	case "ISO-8859-1":
		return r <= 0xFF
	}
	return r < utf8.RuneSelf
}

// commentText keeps "--" out of a comment and "-" from its end, where XML does not allow them.
func commentText(text string) string {
	for strings.Contains(text, "--") {
		text = strings.ReplaceAll(text, "--", "- -")
	}
	if strings.HasSuffix(text, "-") {
		text += " "
	}
	return text
}

// chooseEncoding takes the declared encoding, or UTF-8 where that cannot be written. Of an encoding that is not known,
// only its ASCII part is used, which is right for every superset of ASCII.
func (p *printer) chooseEncoding(nodes []*Node) {
	name := ""
	if len(nodes) > 0 && isXMLDeclaration(nodes[0]) {
		for _, part := range declaration(nodes[0].Text) {
			if part.name == "encoding" {
				name = part.value
			}
		}
	}
	p.encoding = cmp.Or(charsetOf(name), "US-ASCII")
	if wide(name) || !p.writable(nodes) {
		p.encoding, p.rename = "UTF-8", true
	}
}

// isXMLDeclaration tells the XML declaration from other instructions, xml-stylesheet say.
func isXMLDeclaration(n *Node) bool {
	return n.Kind == Declaration && strings.HasPrefix(n.Text, "xml") &&
		(len(n.Text) == 3 || chars.Is(n.Text[3], chars.Blank))
}

// wide reports whether an encoding is no superset of ASCII.
func wide(name string) bool {
	name = strings.ToUpper(name)
	for _, prefix := range []string{"UTF-16", "UTF-32", "UCS-", "ISO-10646", "EBCDIC", "IBM", "CP037", "CP1047",
		"UTF-7"} {
		if strings.HasPrefix(name, prefix) {
			return true
		}
	}
	return false
}

// writable reports whether everything that takes no character references can be written in the encoding.
func (p *printer) writable(nodes []*Node) bool {
	fits := func(text string) bool { return strings.IndexFunc(text, func(r rune) bool { return !p.has(r) }) < 0 }
	for _, n := range nodes {
		if n.Kind != Text && !fits(n.Text) || !fits(n.Name) || !p.writable(n.Children) {
			return false
		}
		for i := range n.Attrs {
			if !fits(n.Attrs[i].Name) {
				return false
			}
		}
	}
	return true
}

// declaration returns the text of the declaration with the encoding that is written.
func (p *printer) declaration(text string) string {
	if !p.rename || !strings.HasPrefix(text, "xml") {
		return text
	}
	for _, part := range declaration(text) {
		if part.name == "encoding" {
			return text[:part.at] + p.encoding + text[part.at+len(part.value):]
		}
	}
	return text
}
