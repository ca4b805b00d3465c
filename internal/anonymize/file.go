package anonymize

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/sniff"
)

// File returns a file with its words replaced. In XML the names of elements and attributes stay, misspelt ones too,
// and so do numbers and the words that an attribute allows; passwords become asterisks.
func (m *Mapping) File(src []byte) []byte {
	if !isMarkup(src) {
		return m.text(src)
	}
	var out []byte
	from := 0
	for _, p := range protected(src) {
		if int(p.Start) < from {
			continue
		}
		out = append(out, m.text(src[from:p.Start])...)
		out = append(out, p.text...)
		from = int(p.End)
	}
	return append(out, m.text(src[from:])...)
}

// isMarkup reports whether a file is XML, by what it begins with: its name may be anything.
func isMarkup(src []byte) bool {
	content, _ := sniff.Bytes(src)
	return content == sniff.Markup
}

// piece is a part of a file that is not looked at word by word: it stays, or text, of the same length, takes its
// place.
type piece struct {
	diag.Span
	text []byte
}

// protected finds the pieces of an XML file, in order. The parser reads what is not well formed as far as it can; what
// it does not reach is text like any other.
func protected(src []byte) (all []piece) {
	cfg, _ := parser.Parse(1, src)
	keep := func(s diag.Span) {
		if !s.IsZero() {
			all = append(all, piece{s, src[s.Start:s.End]})
		}
	}
	for n := range cfg.Doc.All() {
		keep(n.NameSpan)
		keep(endName(src, n))
		for i := range n.Attrs {
			a := &n.Attrs[i]
			keep(a.NameSpan)
			switch {
			case isSecret(n, a):
				all = append(all, piece{a.Span, bytes.Repeat([]byte("*"), int(a.Span.End-a.Span.Start))})
			case isWord(parser.AttributeOf(n, a.Name), a.Value):
				keep(a.Span)
			}
		}
	}
	slices.SortFunc(all, func(a, b piece) int { return int(a.Start - b.Start) })
	return all
}

// endName is where the end tag of an element names it, zero where there is none.
func endName(src []byte, n *parser.Node) diag.Span {
	if n.Span.End <= n.Tag.End {
		return diag.Span{}
	}
	i := bytes.LastIndex(src[n.Tag.End:n.Span.End], []byte("</"+n.Name))
	if i < 0 {
		return diag.Span{}
	}
	start := n.Tag.End + int32(i) + 2
	return diag.Span{File: n.Span.File, Start: start, End: start + int32(len(n.Name))}
}

// isSecret reports whether a value is a password: by the attribute's own name, or by that of the Property whose Value
// it is, however that is written.
func isSecret(n *parser.Node, a *parser.Attr) bool {
	name := a.Name
	if n.Name == "Property" && (a.Name == "Value" || a.Name == "value") {
		for _, of := range []string{"Name", "name"} {
			if of := n.Attr(of); of != nil {
				name = of.Value
			}
		}
	}
	return strings.Contains(strings.ToLower(name), "password")
}

// isWord reports whether a value is a number or one of the words that its attribute has, if only nearly.
func isWord(row *parser.Attribute, value string) bool {
	if row == nil {
		return false
	}
	_, near := row.Near(value)
	switch row.Type {
	case parser.Boolean, parser.Enum:
		return near || row.Check(value) == parser.Good
	case parser.Int, parser.Port:
		return row.Check(value) != parser.Unreadable
	}
	return false
}

// Name returns what a file is called whose words were replaced, without its folder.
func (m *Mapping) Name(path string) string { return string(m.text([]byte(filepath.Base(path)))) }
