package pluginlog

import (
	"math"
	"strings"
)

// quoteAt returns the class (0 none, 1 single, 2 double) and length of the quotation mark at the start of s: blogs
// and word processors make typographic ones of the plug-in's apostrophes.
func quoteAt(s string) (class, size int) {
	if s == "" {
		return 0, 0
	}
	switch s[0] {
	case '\'', '`', 0x91, 0x92: // the last two in windows-1252
		return 1, 1
	case '"', 0x93, 0x94:
		return 2, 1
	case 0xC2:
		if strings.HasPrefix(s, "\u00b4") {
			return 1, 2
		}
	case 0xE2:
		if len(s) >= 3 && s[1] == 0x80 {
			switch s[2] {
			case 0x98, 0x99, 0x9A, 0x9B:
				return 1, 3
			case 0x9C, 0x9D, 0x9E, 0x9F:
				return 2, 3
			}
		}
	}
	return 0, 0
}

// cutQuoted returns what stands in quotation marks at the start of s and what follows. Without a mark at the start
// the value is the first word; without one at the end (a cut line) it is all.
func cutQuoted(s string) (value, rest string) {
	class, n := quoteAt(s)
	if class == 0 {
		value, rest, _ = strings.Cut(s, " ")
		return strings.TrimRight(value, ",;"), rest
	}
	s = s[n:]
	value = untilQuote(s, class)
	rest = s[len(value):]
	_, n = quoteAt(rest)
	return value, rest[n:]
}

// unquote strips one quotation mark from each end of s, and a full stop behind it: the value may hold marks itself.
func unquote(s string) string {
	class, n := quoteAt(s)
	if class == 0 {
		return s
	}
	s = s[n:]
	t := strings.TrimRight(s, " .;")
	for _, size := range [3]int{1, 2, 3} {
		if len(t) >= size {
			if c, n := quoteAt(t[len(t)-size:]); c == class && n == size {
				return t[:len(t)-size]
			}
		}
	}
	return untilQuote(s, class)
}

// untilQuote cuts s at the first mark of a class; all of s when there is none, because the line was cut.
func untilQuote(s string, class int) string {
	if i := strings.IndexByte(s, '\''); i >= 0 && class == 1 {
		return s[:i] // the usual mark ends the value even where a typographic one began it
	}
	for i := 0; i < len(s); i++ {
		if c, n := quoteAt(s[i:]); c == class {
			return s[:i]
		} else if n > 1 {
			i += n - 1
		}
	}
	return s
}

// cutPair reads "'A' to 'B'". B may hold anything, A no " to " between quotation marks.
func cutPair(s string) (a, b string) { return cutPairAt(s, " to ") }

// cutPairAt is cutPair with other words between. These may stand in A, too: they count where a quotation mark, or
// nothing, follows.
func cutPairAt(s, between string) (a, b string) {
	for from := 0; ; {
		i := strings.Index(s[from:], between)
		if i < 0 {
			return unquote(s), ""
		}
		i += from
		after := s[i+len(between):]
		if c, _ := quoteAt(after); c != 0 || after == "" {
			return unquote(s[:i]), unquote(after)
		}
		from = i + len(between)
	}
}

// hostAndURI reads "<name>'H'; uri='U'". U ends at the last quotation mark, so it may hold some.
func hostAndURI(text, name string) (host, uri string) {
	if _, rest, ok := strings.Cut(text, name); ok {
		host, text = cutQuoted(rest)
	}
	if _, rest, ok := strings.Cut(text, "uri="); ok {
		uri = unquote(rest)
	}
	return host, uri
}

// leading reads the number at the start of s, 0 when there is none, held within int32.
func leading(s string) int32 {
	n := leading64(s)
	return int32(min(max(n, math.MinInt32), math.MaxInt32))
}

// leading64 is leading for numbers of 64 bits. Digits that would not fit are passed over, for a hostile line must not
// give a negative number.
func leading64(s string) int64 {
	negative := false
	if s != "" && s[0] == '-' {
		negative, s = true, s[1:]
	}
	var n int64
	for i := 0; i < len(s) && s[i] >= '0' && s[i] <= '9' && n < math.MaxInt64/100; i++ {
		n = n*10 + int64(s[i]-'0')
	}
	if negative {
		return -n
	}
	return n
}

// field reads the number behind the first occurrence of name.
func field(s, name string) (int64, bool) {
	i := strings.Index(s, name)
	if i < 0 {
		return 0, false
	}
	return leading64(s[i+len(name):]), true
}

// afterLast reads the number behind the last occurrence of a mark, 0 where there is none.
func afterLast(s, mark string) int32 {
	if i := strings.LastIndex(s, mark); i >= 0 {
		return leading(s[i+len(mark):])
	}
	return 0
}

// nextWord returns the next word of s, without blanks and commas around it.
func nextWord(s string) (word, rest string) {
	i := 0
	for i < len(s) && (s[i] == ' ' || s[i] == ',') {
		i++
	}
	j := i
	for j < len(s) && s[j] != ' ' && s[j] != ',' {
		j++
	}
	return s[i:j], s[j:]
}
