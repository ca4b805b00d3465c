package diag

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Form is how what is not shown as it is gets written.
type Form uint8

const (
	Text Form = iota // \x1b, \u0085, \U000e0001, and \xff for a byte that is no UTF-8
	JSON             // \u001b, \udb40\udc01; U+FFFD for a byte that is no UTF-8
	XML              // &#x85;
)

// Visible reports whether a character, as utf8.DecodeRune gives it, may reach a terminal as it is: no control
// character, not those of U+0080 to U+009F either, none that turns the direction of writing or has no shape, and no
// byte that is no UTF-8. Whoever chooses a URL, a header or a name must not be able to move the cursor, or to let a
// line say what it does not.
func Visible(r rune, size int) bool {
	if r < utf8.RuneSelf {
		return ' ' <= r && r < 0x7f
	}
	return unicode.IsPrint(r) && (r != utf8.RuneError || size > 1)
}

// AppendVisible appends a text that stands within a line: everything in it that is not Visible is escaped, and the
// ASCII characters of special, by a backslash.
func AppendVisible[T string | []byte](dst []byte, s T, form Form, special string) []byte {
	return appendVisible(dst, s, form, special, false)
}

// Printable is a text as it may stand within a line of a report: with the control characters of hostile names escaped.
func Printable(s string) string { return string(AppendVisible(nil, s, Text, "")) }

// Clip shortens a text that is longer than some bytes, at the end of a character.
func Clip(s string, most int) string {
	if len(s) <= most {
		return s
	}
	for most > 0 && !utf8.RuneStart(s[most]) {
		most--
	}
	return s[:most] + "..."
}

// VisibleWriter passes a report on, line feeds and tabs as they are, with everything else escaped that is not Visible.
// A character must not be divided between two calls of Write: what divides texts, such as a bufio.Writer, stands
// behind it.
type VisibleWriter struct {
	To   io.Writer
	Form Form
}

func (w VisibleWriter) Write(p []byte) (int, error) {
	if n, err := w.To.Write(appendVisible(nil, p, w.Form, "", true)); err != nil {
		return min(n, len(p)), err
	}
	return len(p), nil
}

// appendVisible is AppendVisible that leaves line feeds and tabs where lines says so.
func appendVisible[T string | []byte](dst []byte, s T, form Form, special string, lines bool) []byte {
	for i := 0; ; {
		start := i
		for i < len(s) && ' ' <= s[i] && s[i] < 0x7f && (special == "" || strings.IndexByte(special, s[i]) < 0) {
			i++
		}
		if dst = append(dst, s[start:i]...); i == len(s) {
			return dst
		}
		// Only what is not plain ASCII is decoded, which is rare.
		char := string(s[i:min(i+utf8.UTFMax, len(s))])
		r, size := utf8.DecodeRuneInString(char)
		switch char = char[:size]; {
		case !Visible(r, size) && !(lines && (r == '\n' || r == '\t')):
			dst = AppendEscape(dst, char, form)
		case size == 1 && strings.Contains(special, char):
			dst = append(append(dst, '\\'), char...)
		default:
			dst = append(dst, char...)
		}
		i += size
	}
}

// AppendEscape appends what stands for a character, or for a byte that is no UTF-8.
func AppendEscape(dst []byte, char string, form Form) []byte {
	r, size := utf8.DecodeRuneInString(char)
	broken := r == utf8.RuneError && size == 1
	switch {
	case form == JSON && r > 0xffff:
		high, low := utf16.EncodeRune(r)
		return appendHex(append(appendHex(append(dst, `\u`...), high, 4), `\u`...), low, 4)
	case form == JSON && !broken:
		return appendHex(append(dst, `\u`...), r, 4)
	case form == XML && r >= ' ' && !broken: // no reference gives a lower one in XML
		return append(appendHex(append(dst, "&#x"...), r, 2), ';')
	case form != Text:
		return append(dst, "\uFFFD"...)
	case size == 1:
		return appendHex(append(dst, `\x`...), rune(char[0]), 2)
	case r <= 0xffff:
		return appendHex(append(dst, `\u`...), r, 4)
	}
	return appendHex(append(dst, `\U`...), r, 8)
}

// appendHex appends a number in that many digits, or more where it needs them.
func appendHex(dst []byte, r rune, digits int) []byte {
	const hex = "0123456789abcdef"
	for r>>(4*digits) > 0 {
		digits++
	}
	for i := digits - 1; i >= 0; i-- {
		dst = append(dst, hex[r>>(4*i)&15])
	}
	return dst
}
