package check

import (
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// ValueEdit replaces the value of an attribute.
func ValueEdit(at *parser.Attr, value string) diag.Edit { return WriteValue(at.Span, "", value, "") }

// WriteValue writes a value between two texts. A value outside of ASCII gives the edit in no file, which makes no fix:
// its bytes hang on the encoding of the file.
func WriteValue(span diag.Span, before, value, after string) diag.Edit {
	for i := range len(value) {
		if value[i] >= utf8.RuneSelf {
			return diag.Edit{}
		}
	}
	return diag.Edit{Span: span, New: before + escaping.Replace(value) + after}
}

var escaping = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&apos;")

// AddAttr writes an attribute that an element lacks, behind its name.
func AddAttr(n *parser.Node, name, value string) diag.Edit {
	at := diag.Span{File: n.NameSpan.File, Start: n.NameSpan.End, End: n.NameSpan.End}
	return WriteValue(at, " "+name+`="`, value, `"`)
}

// SetAttr writes a value whether the attribute stands there or not.
func SetAttr(n *parser.Node, name, value string) diag.Edit {
	if at := n.Attr(name); at != nil {
		return ValueEdit(at, value)
	}
	return AddAttr(n, name, value)
}

// At returns where a value is written, the name of the attribute where the value is empty, or the name of the element
// that lacks it.
func At[T any](v parser.Val[T], n *parser.Node) diag.Span {
	switch span := v.Span(); {
	case v.At != nil && span.Start == span.End && !v.At.NameSpan.IsZero():
		return v.At.NameSpan
	case v.Set() || n == nil:
		return span
	}
	return n.NameSpan
}

// What a finding is about is a key of its own, by which another rule can silence it (lint.Rule.Suppresses).
type (
	attr struct {
		node *parser.Node
		name string
	}
	pair struct{ a, b any }
)

// Attr is the key of an attribute of an element, written or missing.
func Attr(n *parser.Node, name string) any { return attr{n, name} }

// Pair is the key of two things in this order.
func Pair(a, b any) any { return pair{a, b} }

// Indent returns what stands between the line before and an element: a line end, as the file writes it, and blanks, or
// nothing.
func Indent(files *diag.Files, n *parser.Node) string {
	src := files.Source(n.Span.File)
	start := int(n.Span.Start)
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	if start == 0 || src[start-1] != '\n' {
		return ""
	}
	end := "\n"
	if start > 1 && src[start-2] == '\r' {
		end = "\r\n"
	}
	return end + string(src[start:n.Span.Start])
}

// Rename changes the name of an element in its start and its end tag.
func Rename(n *parser.Node, name string) []diag.Edit {
	edits := []diag.Edit{{Span: n.NameSpan, New: name}}
	if n.Tag.End != n.Span.End && n.Closed {
		end := n.Span.End - 1 - int32(len(n.Name))
		edits = append(edits, diag.Edit{Span: diag.Span{File: n.Span.File, Start: end, End: n.Span.End - 1},
			New: name})
	}
	return edits
}

// Drop removes an element, and its line when nothing else stands on it.
func (p *Pass) Drop(n *parser.Node) diag.Edit {
	span := n.Span
	if span.IsZero() {
		return diag.Edit{Span: span}
	}
	src := p.Files.Source(span.File)
	start, end := int(span.Start), int(span.End)
	for start > 0 && (src[start-1] == ' ' || src[start-1] == '\t') {
		start--
	}
	for end < len(src) && (src[end] == ' ' || src[end] == '\t' || src[end] == '\r') {
		end++
	}
	if (start == 0 || src[start-1] == '\n') && end < len(src) && src[end] == '\n' {
		span.Start, span.End = int32(start), int32(end+1)
	}
	return diag.Edit{Span: span}
}
