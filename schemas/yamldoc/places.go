package yamldoc

import (
	"bytes"
	"slices"
	"unicode/utf8"

	"gopkg.in/yaml.v3"

	"github.com/wasplug/wasplug/parser/diag"
)

// places turns the lines and columns of yaml.v3 into byte offsets. It counts as yaml.v3 does: columns in code points,
// and NEL, LS and PS end a line just as LF, CR and CR LF do; a byte order mark has no column.
type places struct {
	src   []byte
	lines []int // offset of each line's first character
}

// index finds the lines, once. It may be called again: messages about a broken file need them before there is a tree.
func (p *places) index(src []byte) {
	if p.lines != nil {
		return
	}
	p.src = src
	start := 0
	if bytes.HasPrefix(src, []byte("\xEF\xBB\xBF")) {
		start = 3
	}
	p.lines = append(p.lines, start)
	for i := start; i < len(src); {
		if size := breakAt(src, i); size > 0 {
			i += size
			p.lines = append(p.lines, i)
		} else {
			i++
		}
	}
}

// breakAt returns the length of the line break at an offset, 0 when there is none.
func breakAt(src []byte, i int) int {
	switch src[i] {
	case '\n':
		return 1
	case '\r':
		if i+1 < len(src) && src[i+1] == '\n' {
			return 2
		}
		return 1
	case 0xC2:
		if i+1 < len(src) && src[i+1] == 0x85 {
			return 2
		}
	case 0xE2:
		if i+2 < len(src) && src[i+1] == 0x80 && (src[i+2] == 0xA8 || src[i+2] == 0xA9) {
			return 3
		}
	}
	return 0
}

// offset returns the byte of a line and a column, both from 1; places outside the file become its end.
func (p *places) offset(line, column int) int {
	if line < 1 || line > len(p.lines) {
		return len(p.src)
	}
	at := p.lines[line-1]
	for ; column > 1 && at < len(p.src); column-- {
		_, size := utf8.DecodeRune(p.src[at:])
		at += size
	}
	return at
}

// line returns the line, from 1, where a byte stands.
func (p *places) line(offset int) int {
	i, found := slices.BinarySearch(p.lines, offset)
	if !found {
		i--
	}
	return i + 1
}

// scalarSpan returns the bytes of a scalar that begins at start. yaml.v3 says where a value begins, never where it
// ends: that is found here, by the style in which it is written.
func (r *reader) scalarSpan(y *yaml.Node, start int) diag.Span {
	src := r.src
	switch {
	case y.Style&yaml.DoubleQuotedStyle != 0:
		return r.span(start+1, quoteEnd(src, start, '"'))
	case y.Style&yaml.SingleQuotedStyle != 0:
		return r.span(start+1, quoteEnd(src, start, '\''))
	case y.Style&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		return r.span(start, r.blockEnd(y.Line))
	case bytes.HasPrefix(src[start:], []byte(y.Value)): // plain, on one line: it stands for itself
		return r.span(start, start+len(y.Value))
	}
	return r.span(start, foldedEnd(src, start, y.Value))
}

// quoteEnd finds the quote that closes a scalar.
func quoteEnd(src []byte, start int, quote byte) int {
	for i := start + 1; i < len(src); i++ {
		switch {
		case src[i] == '\\' && quote == '"': // the next byte is escaped, a quote perhaps
			i++
		case src[i] == quote && quote == '\'' && i+1 < len(src) && src[i+1] == quote:
			i++
		case src[i] == quote:
			return i
		}
	}
	return len(src)
}

// blockEnd finds the end of a literal or folded scalar: behind the last line that is indented as deep as its first.
func (r *reader) blockEnd(line int) int {
	indent, end := -1, r.lineEnd(line)
	for line++; line <= len(r.place.lines); line++ {
		from, to := r.place.lines[line-1], r.lineEnd(line)
		text := r.src[from:to]
		depth := len(text) - len(bytes.TrimLeft(text, " "))
		switch {
		case len(bytes.TrimSpace(text)) == 0: // it belongs to the scalar only if another line of it follows
			continue
		case indent < 0 && depth > 0:
			indent = depth
		case depth < max(indent, 1):
			return end
		}
		end = to
	}
	return end
}

// lineEnd returns where a line, from 1, ends before its line break.
func (r *reader) lineEnd(line int) int {
	end := len(r.src)
	if line < len(r.place.lines) {
		end = r.place.lines[line]
	}
	from := r.place.lines[line-1]
	return from + len(bytes.TrimRight(r.src[from:end], "\r\n"))
}

// foldedEnd finds the end of a plain scalar that spans lines: white space of the source and of the value are skipped
// alike. yaml.v3 has made one blank of a line break and the blanks around it, so the other characters are looked for
// one by one.
func foldedEnd(src []byte, start int, value string) int {
	i := start
	for j := 0; j < len(value); j++ {
		if value[j] == ' ' || value[j] == '\n' {
			continue
		}
		for i < len(src) && src[i] != value[j] {
			i++
		}
		i++
	}
	return min(i, len(src))
}
