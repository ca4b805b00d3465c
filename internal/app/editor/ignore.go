package editor

import (
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Ignore returns the edit that writes a comment by which a finding at a span is to be passed over, false where no
// element stands around it. The reason is left to whoever writes the file: without one the comment has no effect and
// is a finding itself.
func (d *Document) Ignore(at diag.Span, code string) (diag.Edit, bool) {
	n := d.at(at.Start).node
	if n == nil {
		return diag.Edit{}, false
	}
	// The comment holds for the element that follows it, so it stands before that one, indented likewise.
	start := n.Span.Start
	indent := start
	for indent > 0 && (d.src[indent-1] == ' ' || d.src[indent-1] == '\t') {
		indent--
	}
	end := d.lineEnd()
	text := "<!-- wasplug:ignore " + code + "  -->" + end + string(d.src[indent:start])
	if indent > 0 && d.src[indent-1] != '\n' { // a comment behind something is about that
		text = end + text
	}
	return diag.Edit{Span: diag.Span{File: n.Span.File, Start: start, End: start}, New: text}, true
}

func (d *Document) lineEnd() string {
	if d.config.Doc.CRLF {
		return "\r\n"
	}
	return "\n"
}

// Layout returns the text as the generators lay it out, false where it is not well-formed.
func (d *Document) Layout() (string, bool) {
	if d.broken {
		return "", false
	}
	var out strings.Builder
	if err := parser.Write(&out, d.config.Doc); err != nil {
		return "", false
	}
	return out.String(), true
}
