// Package natsword writes names of members, sessions and applications as words of a subject of NATS. It knows no
// subject: those of the grid are the grid's, those of replication are replication's.
package natsword

import (
	"fmt"
	"strings"
)

// Of writes a name as one word: a subject is words between dots, and blanks, * and > mean something in it. What is
// no letter, digit, hyphen or underscore becomes = and two hexadecimal digits; the empty name, which would be no word,
// becomes =.
func Of(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		switch {
		case c == '-' || c == '_' || '0' <= c && c <= '9' || 'A' <= c && c <= 'Z' || 'a' <= c && c <= 'z':
			b.WriteByte(c)
		default:
			fmt.Fprintf(&b, "=%02X", c)
		}
	}
	if b.Len() == 0 {
		return "="
	}
	return b.String()
}

// Name is what Of has written as that word. Of a word that Of did not write it gives what can be read.
func Name(word string) string {
	parts := strings.Split(word, "=")
	for i := 1; i < len(parts); i++ {
		var c byte
		if n, _ := fmt.Sscanf(parts[i], "%02X", &c); n == 1 {
			parts[i] = string([]byte{c}) + parts[i][2:]
		}
	}
	return strings.Join(parts, "")
}
