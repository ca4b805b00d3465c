package pluginlog

import (
	"strings"
	"unicode"
)

// looseTime reads times that are not spelt as the plug-in spells them on a machine that speaks English: month names
// of other languages, ISO 8601, fractions and zones where they are not usual. A zone is passed over, as log lines
// name none elsewhere.
func looseTime(s string) (Time, bool) {
	var n [8]int // the numbers, in order
	count, year, month, monthAt := 0, -1, 0, 0
	fraction := ""
	for s != "" {
		word, kind := run(s)
		switch {
		case kind == aNumber && count == len(n):
			return 0, false
		case kind == aNumber:
			if n[count] = number(word); len(word) == 4 && year < 0 && (count == 0 || month > 0) {
				year = count
			}
			count++
		case kind == aWord && count <= 1 && monthName(word) > 0: // the last word that is one: "mar." is a Tuesday, too
			month, monthAt = monthName(word), count
		case (word == "." || word == ",") && count >= 4 && fraction == "":
			fraction, _ = run(s[1:])
			word += fraction
		}
		s = s[len(word):]
	}
	f, ok := parseFraction(fraction)
	switch {
	case !ok || year < 0:
		return 0, false
	case month == 0 && year == 0 && count >= 6: // 2014-12-03T15:40:13
		return date(n[0], n[1], n[2], n[3], n[4], n[5], f)
	case month > 0 && monthAt == 1 && year == 1 && count >= 5: // 03/Dez/2014:15:40:13
		return date(n[1], month, n[0], n[2], n[3], n[4], f)
	case month > 0 && monthAt == 0 && year == 4: // Mi Dez 03 15:40:13 2014
		return date(n[4], month, n[0], n[1], n[2], n[3], f)
	}
	return 0, false
}

type runKind uint8

const (
	aMark runKind = iota // one byte that is neither digit nor letter
	aNumber
	aWord
)

// run returns the digits, or the letters, or the one other byte that s begins with.
func run(s string) (string, runKind) {
	if i := strings.IndexFunc(s+" ", func(r rune) bool { return r < '0' || r > '9' }); i > 0 {
		return s[:i], aNumber
	}
	if i := strings.IndexFunc(s+" ", func(r rune) bool { return !unicode.IsLetter(r) }); i > 0 {
		return s[:i], aWord
	}
	if s == "" {
		return "", aMark
	}
	return s[:1], aMark
}

// monthName returns 1 to 12 for the first letters of a month in one of the languages of WebSphere's consoles, 0 for
// anything else.
func monthName(word string) int {
	word = strings.ToLower(word)
	for month, names := range [...]string{"jan gen ene", "feb fev fév", "mar mär mrz", "apr avr abr", "may mai mag",
		"jun juin giu", "jul juil lug",
		"aug aoû aou ago", "sep set", "oct okt ott out", "nov", "dec dez dic déc"} {
		for _, name := range strings.Fields(names) {
			if strings.HasPrefix(word, name) {
				return month + 1
			}
		}
	}
	return 0
}
