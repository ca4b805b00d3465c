package pluginlog

import (
	"strings"
	"time"
	"unicode"
)

// Time is a moment on the wall clock of the machine that wrote the log, in nanoseconds since 1970 as if that clock
// showed UTC: log lines name no zone. The zero Time says that the line shows none. Old plug-ins write whole seconds,
// newer ones 10 microseconds.
type Time int64

// TimeOf returns what the wall clock of t's location shows.
func TimeOf(t time.Time) Time {
	_, offset := t.Zone()
	return Time(t.UnixNano() + int64(offset)*int64(time.Second))
}

// Sub returns t-u, and 0 when either is missing or the clock went backwards.
func (t Time) Sub(u Time) time.Duration {
	if t == 0 || u == 0 || t < u {
		return 0
	}
	return time.Duration(t - u)
}

// String returns the time as 2006-01-02 15:04:05.00000, without the fraction when it is zero; "" for the zero Time.
func (t Time) String() string {
	switch {
	case t == 0:
		return ""
	case t%Time(time.Second) == 0:
		return t.utc().Format("2006-01-02 15:04:05")
	}
	return t.utc().Format("2006-01-02 15:04:05.00000")
}

func (t Time) utc() time.Time { return time.Unix(0, int64(t)).UTC() }

// append writes the newer form, 06/Oct/2017:19:06:43.24773.
func (t Time) append(dst []byte) []byte {
	return t.utc().AppendFormat(dst, "02/Jan/2006:15:04:05.00000")
}

// clock reads times and remembers the last second it read, because neighbouring lines mostly share it.
type clock struct {
	second string // the text that stood for whole, without fraction
	whole  Time
}

// ParseTime reads a time as log lines show it: the plug-in's own two forms, ISO 8601, and month names of languages of
// WebSphere's consoles. False says that it is none.
func ParseTime(s string) (Time, bool) {
	if s == "" {
		return 0, false // a new clock has read "" before, and takes it for the time 0
	}
	return new(clock).read(s)
}

const (
	oldTime = len("Wed Dec 03 15:40:13 2014") // trace 03
	newTime = len("06/Oct/2017:19:06:43")     // trace 04, which has a point and five digits behind it
)

// read reads the text between the brackets; false when it is no time.
func (c *clock) read(s string) (Time, bool) {
	second, fraction := s, ""
	if len(s) > newTime && s[newTime] == '.' {
		second, fraction = s[:newTime], s[newTime+1:]
	}
	// Within a second, times of the newer form differ in their fraction alone, those of the older in nothing.
	if second != c.second {
		t, ok := parseSecond(second)
		if !ok {
			return looseTime(s)
		}
		c.second, c.whole = second, t
	}
	f, ok := usualFraction(fraction)
	if !ok {
		if f, ok = parseFraction(fraction); !ok {
			return looseTime(s)
		}
	}
	return c.whole + f, true
}

// looksLikeTime is the cheap test for a text between brackets: the punctuation of one of the two forms.
func looksLikeTime(s string) bool {
	switch {
	case len(s) == oldTime:
		return s[3] == ' ' && s[13] == ':' && s[16] == ':' && s[19] == ' '
	case len(s) >= newTime && len(s) <= newTime+10:
		return s[2] == '/' && s[6] == '/' && s[11] == ':' && s[14] == ':' && s[17] == ':'
	}
	return false
}

// parseSecond reads one of the two forms without a fraction.
func parseSecond(s string) (Time, bool) {
	if !looksLikeTime(s) {
		return 0, false
	}
	var year, month, day int
	var hms string
	if len(s) == oldTime {
		year, month, day, hms = number(s[20:24]), monthOf(s[4:7]), number(s[8:10]), s[11:19]
	} else {
		year, month, day, hms = number(s[7:11]), monthOf(s[3:6]), number(s[0:2]), s[12:20]
	}
	return date(year, month, day, number(hms[0:2]), number(hms[3:5]), number(hms[6:8]), 0)
}

// date checks the numbers of a time. It lets an hour 24, a leap second, and a day that the month does not have pass:
// time.Date carries them over into the next day, minute or month.
func date(year, month, day, hour, minute, second int, fraction Time) (Time, bool) {
	if year < 1970 || year > 2200 || month < 1 || month > 12 || day < 1 || day > 31 || hour < 0 || hour > 24 ||
		minute < 0 || minute > 59 || second < 0 || second > 60 {
		return 0, false
	}
	return Time(time.Date(year, time.Month(month), day, hour, minute, second, 0, time.UTC).UnixNano()) + fraction, true
}

// parseFraction reads the digits behind the point of the second; five in the logs seen, one to nine here.
func parseFraction(s string) (Time, bool) {
	if s == "" {
		return 0, true
	}
	n := number(s)
	if n < 0 || len(s) > 9 {
		return 0, false
	}
	for i := len(s); i < 9; i++ {
		n *= 10
	}
	return Time(n), true
}

// usualFraction is the quick way of parseFraction for five digits; false for anything else. A log with times of the
// newer form has one in each line.
func usualFraction(s string) (Time, bool) {
	if len(s) != 5 {
		return 0, false
	}
	a, b, c, d, e := s[0]-'0', s[1]-'0', s[2]-'0', s[3]-'0', s[4]-'0'
	if a > 9 || b > 9 || c > 9 || d > 9 || e > 9 {
		return 0, false
	}
	return Time(int(a)*10000+int(b)*1000+int(c)*100+int(d)*10+int(e)) * 10_000, true
}

// monthOf returns 1 to 12 for an English abbreviation, 0 for anything else.
func monthOf(s string) int {
	const names = "JanFebMarAprMayJunJulAugSepOctNovDec"
	for i := 0; i < len(names); i += 3 {
		if s == names[i:i+3] {
			return i/3 + 1
		}
	}
	return 0
}

// number reads a short decimal number, blanks in front allowed ("Oct  6"); -1 when it is none.
func number(s string) int {
	n, digits := 0, 0
	for i := 0; i < len(s); i++ {
		switch c := s[i]; {
		case c >= '0' && c <= '9' && digits < 9:
			n, digits = n*10+int(c-'0'), digits+1
		case c != ' ' || digits > 0:
			return -1
		}
	}
	if digits == 0 {
		return -1
	}
	return n
}

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
		case kind == aNumber && count == len(n): // no time has so many
			return 0, false
		case kind == aNumber:
			// Four digits are the year where they come first, as in ISO 8601, or behind the month.
			if n[count] = number(word); len(word) == 4 && year < 0 && (count == 0 || month > 0) {
				year = count
			}
			count++
		case kind == aWord && count <= 1 && monthName(word) > 0: // the last word that is one: "mar." is a Tuesday, too
			month, monthAt = monthName(word), count
		// The seconds are the fourth number at the earliest: a point before them belongs to an abbreviation.
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
