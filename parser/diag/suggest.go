package diag

import (
	"strings"
	"unicode"
)

// Suggest returns the known word that a misspelt one most likely stands for, "" when none is near enough. Words that
// differ only in letter case, blanks, "-" or "_" are nearest; of equally near ones the first of known wins.
func Suggest(word string, known []string) string {
	// At first as many edits as a third of its length are near enough, then only fewer than those of the best so far.
	best, limit, plain := "", len(word)/3+1, bare(word)
	for _, k := range known {
		if k == word {
			continue
		}
		if d := Distance(plain, bare(k), limit); d < limit {
			best, limit = k, d
		}
	}
	return best
}

// DidYouMean returns what a message says behind a word that is not known: ` (did you mean "X"?)` with the nearest that
// is, "" when none is near.
func DidYouMean(word string, known []string) string { return Hint(Suggest(word, known)) }

// Hint is DidYouMean for a word that was found near already. Nobody else words it.
func Hint(near string) string {
	if near == "" {
		return ""
	}
	return ` (did you mean "` + near + `"?)`
}

// bare is what remains of a word when case and separators do not count.
func bare(s string) string {
	return strings.Map(func(r rune) rune {
		if r == ' ' || r == '-' || r == '_' {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
}

// Distance counts the edits (insert, delete, replace, swap of neighbours) that turn a into b, and stops beyond limit.
func Distance(a, b string, limit int) int {
	if len(a)-len(b) > limit || len(b)-len(a) > limit {
		return limit + 1
	}
	// Three rows of the table at a time: a swap looks two rows back.
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			// Two neighbours that changed places count as one edit.
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
