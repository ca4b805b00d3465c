package pluginlog

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/wasplug/wasplug/parser/diag"
)

// str appends a text so that it stays one, whoever chose it: what no terminal shows, and what would read as the time
// of another line or as an escape, is escaped. The reader takes that back (unescaped).
func str(dst []byte, s string) []byte { return appendEscaped(dst, s, false) }

// quoted appends a text that stands between quotation marks: such marks are escaped, too, and a colon that could end
// the level of a message.
func quoted(dst []byte, s string) []byte { return appendEscaped(dst, s, true) }

// appendEscaped is both: inMarks says that the text stands between quotation marks.
func appendEscaped(dst []byte, s string, inMarks bool) []byte {
	for s != "" {
		// Nearly all texts are plain as a whole: what follows is for the others.
		n := plain(s)
		if dst, s = append(dst, s[:n]...), s[n:]; s == "" {
			break
		}
		r, size := utf8.DecodeRuneInString(s)
		if !diag.Visible(r, size) || misread(s) || inMarks && endsQuoted(s) {
			dst = diag.AppendEscape(dst, s[:size], diag.Text)
		} else {
			dst = append(dst, s[:size]...)
		}
		s = s[size:]
	}
	return dst
}

// plain returns how many of the first bytes are ASCII that needs no second look.
func plain(s string) int {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c >= 0x7f || c == '\'' || c == '"' || c == '`' || c == '\\' || c == '[' || c == ':' {
			return i
		}
	}
	return len(s)
}

// misread reports whether s begins with what a reader would take for an escape, or for the begin of another line (see
// glued).
func misread(s string) bool {
	switch s[0] {
	case '\\':
		return len(s) > 1 && strings.IndexByte(escapes, s[1]) >= 0
	case '[':
		_, _, ok := cutStamp(s)
		return ok
	}
	return false
}

// endsQuoted reports whether s begins with what a reader would take for the end of a quoted text.
func endsQuoted(s string) bool {
	class, _ := quoteAt(s)
	return class != 0 || strings.HasPrefix(s, ": ")
}

// escapes are the letters behind the backslash of an escape.
const escapes = "xuU"

// unescaped takes back what str and quoted did. The plug-in itself escapes nothing; what looks so in its log is read
// as ours.
func unescaped(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	b := make([]byte, 0, len(s))
	for s != "" {
		if len(s) > 1 && s[0] == '\\' && strings.IndexByte(escapes, s[1]) >= 0 {
			if r, multibyte, rest, err := strconv.UnquoteChar(s, 0); err == nil {
				if s = rest; multibyte {
					b = utf8.AppendRune(b, r)
				} else {
					b = append(b, byte(r))
				}
				continue
			}
		}
		b, s = append(b, s[0]), s[1:]
	}
	return string(b)
}

// unescape reads the texts of an event as they were before they were written.
func (e *Event) unescape() {
	for _, s := range [...]*string{&e.Text, &e.Member, &e.Host, &e.URI, &e.Pattern, &e.Group, &e.Clone, &e.Method} {
		*s = unescaped(*s)
	}
}
