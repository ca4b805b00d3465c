package accesslog

import "strings"

// unescape undoes what Apache does to what a client sends: \" \\ \t \n \r \b \v \f and \xhh. Anything else stays.
func unescape(s string) string {
	i := strings.IndexByte(s, '\\')
	if i < 0 {
		return s
	}
	b := append(make([]byte, 0, len(s)), s[:i]...)
	for i < len(s) {
		if s[i] != '\\' || i+1 == len(s) {
			b = append(b, s[i])
			i++
			continue
		}
		c, size := escaped(s[i+1:])
		if size == 0 {
			b = append(b, '\\')
			i++
			continue
		}
		b = append(b, c)
		i += 1 + size
	}
	return string(b)
}

// escaped reads what stands behind a backslash; size 0 is no escape.
func escaped(s string) (c byte, size int) {
	const from, to = `"\tnrbvf`, "\"\\\t\n\r\b\v\f"
	if i := strings.IndexByte(from, s[0]); i >= 0 {
		return to[i], 1
	}
	if s[0] == 'x' && len(s) >= 3 {
		high, ok1 := hex(s[1])
		low, ok2 := hex(s[2])
		if ok1 && ok2 {
			return high<<4 | low, 3
		}
	}
	return 0, 0
}

func hex(c byte) (byte, bool) {
	switch {
	case '0' <= c && c <= '9':
		return c - '0', true
	case 'a' <= c|0x20 && c|0x20 <= 'f':
		return c | 0x20 - 'a' + 10, true
	}
	return 0, false
}
