package forms

import (
	"fmt"
	"strings"
)

// Percent is a part of a whole in hundredths, 0 of nothing.
func Percent(n, all int64) float64 { return 100 * float64(n) / float64(max(all, 1)) }

// Grouped writes a number with a comma before each three digits. It is for text alone: programs get numbers. It takes
// no negative ones, whose sign would get a comma.
func Grouped[N int64 | uint64](n N) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// NoFormula keeps a spreadsheet from calculating what a client has sent: a cell that begins so is a formula there,
// which may read files and open addresses. With an apostrophe in front it is text.
func NoFormula(cell string) string {
	if cell != "" && strings.IndexByte("=+-@\t\r", cell[0]) >= 0 {
		return "'" + cell
	}
	return cell
}
