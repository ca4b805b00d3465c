// Package wrap breaks text into lines for a terminal.
package wrap

import "strings"

// Width is that of a terminal that nobody has widened.
const Width = 80

// Fill breaks text into lines of Width columns, behind an indent. Lines that begin with blanks are examples: one that
// is too long is continued with "\" as a shell takes it, so that it can be copied.
func Fill(text string, indent int) string {
	var b strings.Builder
	var paragraph []string
	flush := func() {
		margin := strings.Repeat(" ", indent)
		writeFilled(&b, strings.Fields(strings.Join(paragraph, " ")), margin, margin, "")
		paragraph = nil
	}
	for text := range strings.SplitSeq(text, "\n") {
		switch {
		case text == "":
			flush()
			b.WriteByte('\n')
		case text[0] == ' ':
			flush()
			writeFilled(&b, withValues(strings.Fields(text)), "   ", "       ", ` \`)
		default:
			paragraph = append(paragraph, text)
		}
	}
	flush()
	return b.String()
}

// withValues joins each flag with the word behind it, which may be its value and should stand on its line. A flag that
// takes none is joined to a word as well: nothing here knows the flags, and it does no harm.
func withValues(words []string) (joined []string) {
	for i, word := range words {
		if i > 0 && words[i-1][0] == '-' && word[0] != '-' {
			joined[len(joined)-1] += " " + word
			continue
		}
		joined = append(joined, word)
	}
	return joined
}

// writeFilled writes words into lines that begin with first, then next, and end with more where another follows.
func writeFilled(b *strings.Builder, words []string, first, next, more string) {
	if len(words) == 0 {
		return
	}
	b.WriteString(first + words[0])
	width := len(first) + len([]rune(words[0]))
	for _, word := range words[1:] {
		n := len([]rune(word))
		if width+1+n+len(more) > Width {
			b.WriteString(more + "\n" + next + word)
			width = len(next) + n
			continue
		}
		b.WriteString(" " + word)
		width += 1 + n
	}
	b.WriteByte('\n')
}
