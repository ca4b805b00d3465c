package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// String returns "file:line:column", or "" for the zero Position.
func (p Position) String() string {
	if p.Line == 0 {
		return p.File
	}
	return fmt.Sprintf("%s:%d:%d", p.File, p.Line, p.Column)
}

// Line returns a diagnostic as one line: "file:line:column: severity: message [code name]".
func (fs *Files) Line(d Diagnostic) string {
	var b strings.Builder
	if !d.Span.IsZero() {
		fmt.Fprintf(&b, "%s: ", fs.Start(d.Span))
	}
	fmt.Fprintf(&b, "%s: %s", d.Severity, d.Message)
	if d.Rule.Code != "" {
		fmt.Fprintf(&b, " [%s %s]", d.Rule.Code, d.Rule.Name)
	}
	return b.String()
}

const snippetWidth = 120 // code points of source shown at most

// Snippet writes the source line where a span begins and carets under the span. Control characters are shown as U+FFFD
// and tabs as blanks, so that hostile bytes cannot reach the terminal. The zero span writes nothing.
func (fs *Files) Snippet(w io.Writer, s Span) error {
	f := fs.file(s.File)
	if f == nil {
		return nil
	}
	start, end := fs.Start(s), fs.End(s)
	// near is in bytes; a code point has up to four.
	near := snippetWidth
	if !f.ascii {
		near *= utf8.UTFMax
	}
	text, cut := window(f.line(start.Line), int(s.Start-f.lines[start.Line-1]), near)
	hidden := f.between(f.lines[start.Line-1], f.lines[start.Line-1]+int32(cut))
	line := printable(text)
	from, to := start.Column-1-hidden, len(line)
	if end.Line == start.Line {
		to = end.Column - 1 - hidden
	}
	// Of a long line what is shown has the carets in its middle.
	if skip := from - snippetWidth/2; skip > 0 && len(line) > snippetWidth {
		line = append([]rune("..."), line[skip:]...)
		from, to = from-skip+3, to-skip+3
	}
	if len(line) > snippetWidth {
		line = append(line[:snippetWidth:snippetWidth], []rune("...")...)
	}
	to = min(to, len(line))
	margin := fmt.Sprintf("%d", start.Line)
	// An empty span, where something is missing, has a caret, too.
	carets := strings.Repeat(" ", min(from, len(line))) + strings.Repeat("^", max(to-from, 1))
	_, err := fmt.Fprintf(w, "%s | %s\n%*s | %s\n", margin, strings.TrimRight(string(line), " "), len(margin), "",
		carets)
	return err
}

// window cuts a long line to what is near an offset, that many bytes to either side, so that a file of one line does
// not cost its size for every snippet. It returns how many bytes are cut away before.
func window(line []byte, offset, near int) (text []byte, cut int) {
	if start := min(offset, len(line)) - near; start > 0 {
		for start > 0 && !utf8.RuneStart(line[start]) {
			start--
		}
		cut, line = start, line[start:]
	}
	return line[:min(len(line), 2*near)], cut
}

// printable shows what is not Visible as U+FFFD, one for each code point: the place of the carets is counted in them.
func printable(line []byte) []rune {
	runes := make([]rune, 0, len(line))
	for len(line) > 0 {
		r, size := utf8.DecodeRune(line)
		line = line[size:]
		switch {
		case r == '\t':
			r = ' '
		case !Visible(r, size):
			r = utf8.RuneError
		}
		runes = append(runes, r)
	}
	return runes
}
