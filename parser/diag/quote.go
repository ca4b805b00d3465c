package diag

import (
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Quote puts a text of a file into quotes for a message. It stays as the file writes it: a path of Windows keeps its
// single backslashes. A text with quotes of its own stands in the other ones; one that no terminal can show, or that
// has both kinds, is escaped as Go does.
func Quote(text string) string {
	switch {
	case strings.ContainsFunc(text, func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }):
		return strconv.Quote(text)
	case !strings.Contains(text, `"`):
		return `"` + text + `"`
	case !strings.Contains(text, "'"):
		return "'" + text + "'"
	}
	return strconv.Quote(text)
}

// Sprintf is fmt.Sprintf, but %q quotes strings as Quote does.
func Sprintf(format string, args ...any) string { return fmt.Sprintf(format, words(args)...) }

// Errorf is fmt.Errorf, but %q quotes strings as Quote does.
func Errorf(format string, args ...any) error { return fmt.Errorf(format, words(args)...) }

// words wraps the strings among arguments; all others are for fmt.
func words(args []any) []any {
	out := make([]any, len(args))
	for i, a := range args {
		if text, ok := a.(string); ok {
			a = word(text)
		}
		out[i] = a
	}
	return out
}

// word is a text that %q quotes as Quote does.
type word string

// Format implements fmt.Formatter.
func (w word) Format(f fmt.State, verb rune) {
	if verb == 'q' {
		fmt.Fprint(f, Quote(string(w)))
		return
	}
	// Flags and width of the format hold, as in %-10s.
	fmt.Fprintf(f, fmt.FormatString(f, verb), string(w))
}
