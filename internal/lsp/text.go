package lsp

import (
	"bytes"
	"slices"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/diag"
)

// text is a document as the editor would save it, which is what lint reads. Editors send Unicode; a file that was
// opened as ISO-8859-1 goes back as that. It never changes.
type text struct {
	src    []byte
	latin1 bool    // a byte is a character
	lines  []int32 // where each begins; an empty text has one
}

// newText finds the lines, which end with \n, \r\n or \r, as the protocol has them.
func newText(src []byte, latin1 bool) *text {
	t := &text{src: src, latin1: latin1, lines: []int32{0}}
	if bytes.IndexByte(src, '\r') < 0 { // the usual file, at the speed of the machine's search
		for from := 0; ; {
			i := bytes.IndexByte(src[from:], '\n')
			if i < 0 {
				return t
			}
			from += i + 1
			t.lines = append(t.lines, int32(from))
		}
	}
	for i, c := range src {
		if c == '\n' || c == '\r' && (i+1 == len(src) || src[i+1] != '\n') {
			t.lines = append(t.lines, int32(i+1))
		}
	}
	return t
}

// openText takes what an editor has read from a file, of which saved is what is on the disk.
func openText(sent string, saved []byte) *text {
	if string(saved) != sent {
		if coded, ok := toLatin1(sent); ok && bytes.Equal(coded, saved) {
			return newText(coded, true)
		}
	}
	return newText([]byte(sent), false)
}

// toLatin1 writes text as ISO-8859-1, false where it has other letters.
func toLatin1(s string) ([]byte, bool) {
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r > 0xff {
			return nil, false
		}
		out = append(out, byte(r))
	}
	return out, true
}

// toUTF8 is the text for a letter that ISO-8859-1 has not.
func (t *text) toUTF8() *text {
	out := make([]byte, 0, len(t.src)+len(t.src)/8)
	for _, c := range t.src {
		out = utf8.AppendRune(out, rune(c))
	}
	return newText(out, false)
}

// next returns the size of the character at a place, and how many units of UTF-16 it takes: two beyond U+FFFF, else
// one. A byte that is no UTF-8 is one: an editor shows it as one character (U+FFFD).
func (t *text) next(at int32) (size, units int32) {
	if t.latin1 || t.src[at] < utf8.RuneSelf {
		return 1, 1
	}
	r, n := utf8.DecodeRune(t.src[at:])
	return int32(n), int32(max(utf16.RuneLen(r), 1))
}

// line returns where a line begins and where its end stands.
func (t *text) line(n int) (from, to int32) {
	from, to = t.lines[n], int32(len(t.src))
	if n+1 < len(t.lines) {
		to = t.lines[n+1]
	}
	for to > from && (t.src[to-1] == '\n' || t.src[to-1] == '\r') {
		to--
	}
	return from, to
}

// offset returns the place of a position: behind the end of a line its end, behind the last line the end of the text,
// and within a character its beginning.
func (t *text) offset(p position) int32 {
	if p.Line >= len(t.lines) {
		return int32(len(t.src))
	}
	at, end := t.line(max(p.Line, 0))
	for units := int32(0); at < end; {
		size, n := t.next(at)
		if units += n; units > int32(min(p.Character, len(t.src))) { // an editor may send any number
			break
		}
		at += size
	}
	return at
}

// position returns that of a place, within a character that of its beginning.
func (t *text) position(offset int32) position { return t.counted(offset, false) }

// counted returns the position of a place; up: within a character that behind it.
func (t *text) counted(offset int32, up bool) position {
	offset = min(max(offset, 0), int32(len(t.src)))
	n, found := slices.BinarySearch(t.lines, offset)
	if !found {
		n--
	}
	p := position{Line: n}
	for at := t.lines[n]; at < offset; {
		size, units := t.next(at)
		if at += size; at > offset && !up {
			break
		}
		p.Character += int(units)
	}
	return p
}

// rangeOf returns that of a span, with the whole of a character that it ends in.
func (t *text) rangeOf(s diag.Span) span {
	return span{t.position(s.Start), t.counted(s.End, s.End > s.Start)}
}

// written returns a place that is given as people count: lines and code points from 1.
func (t *text) written(at diag.Position) int32 {
	if at.Line < 1 || at.Line > len(t.lines) {
		return 0
	}
	place, end := t.line(at.Line - 1)
	for n := 1; n < at.Column && place < end; n++ {
		size, _ := t.next(place)
		place += size
	}
	return place
}

// change is a piece of the text that an editor has replaced, all of it where there is no range.
type change struct {
	Range *span  `json:"range"`
	Text  string `json:"text"`
}

// apply makes changes, of which each counts from the text that the one before has left. Those that go from the end of
// the text to its beginning, as an editor sends the edits of a rename, cost one copy together.
func (t *text) apply(changes []change) *text {
	for len(changes) > 0 {
		if changes[0].Range == nil {
			t, changes = t.replaced(changes[0].Text), changes[1:]
			continue
		}
		var edits []diag.Edit
		first := int32(len(t.src))
		for len(changes) > 0 && changes[0].Range != nil {
			from, to := t.offset(changes[0].Range.Start), t.offset(changes[0].Range.End)
			if len(edits) > 0 && max(from, to) >= first {
				break // behind one of these edits its places count from the text that they leave
			}
			first = min(from, to)
			edits = append(edits, diag.Edit{Span: diag.Span{Start: first, End: max(from, to)}, New: changes[0].Text})
			changes = changes[1:]
		}
		t = t.edited(edits)
	}
	return t
}

// replaced is another text in the same encoding, where that has its letters.
func (t *text) replaced(all string) *text {
	if t.latin1 {
		if coded, ok := toLatin1(all); ok {
			return newText(coded, true)
		}
	}
	return newText([]byte(all), false)
}

// edited makes edits that do not touch each other. A text of ISO-8859-1 that gets a letter which that has not goes on
// as UTF-8, as editors save it then.
func (t *text) edited(edits []diag.Edit) *text {
	if t.latin1 {
		coded := slices.Clone(edits)
		for i := range coded {
			letters, ok := toLatin1(coded[i].New)
			if !ok {
				return t.recoded(edits)
			}
			coded[i].New = string(letters)
		}
		edits = coded
	}
	src, err := diag.Apply(t.src, edits)
	if err != nil {
		return t // they were made so that they fit
	}
	return newText(src, t.latin1)
}

// recoded makes edits in the text as UTF-8, where the same places have other offsets.
func (t *text) recoded(edits []diag.Edit) *text {
	u := t.toUTF8()
	moved := slices.Clone(edits)
	for i := range moved {
		moved[i].Span.Start = u.offset(t.position(edits[i].Span.Start))
		moved[i].Span.End = u.offset(t.position(edits[i].Span.End))
	}
	return u.edited(moved)
}
