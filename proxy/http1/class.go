package http1

import (
	"bytes"
	"encoding/binary"
)

// Properties of a byte. Bytes beyond ASCII are let through in values and targets: what they mean is for the member to
// say.
const (
	tokenChar  = 1 << iota // may stand in a method, or in a name of a field (RFC 9110, 5.6.2)
	valueChar              // may stand in a value: anything but control characters other than the tab (RFC 9110, 5.5)
	targetChar             // may stand in a request target: no blank, and no fragment (RFC 9110, 7.1)
	hostChar               // may stand in a host name of a URL (RFC 3986, 3.2.2)
	hexDigit
)

// class holds the properties of every byte.
var class = makeClass()

func makeClass() (t [256]byte) {
	for i := range t {
		c := byte(i)
		letter := c|0x20 >= 'a' && c|0x20 <= 'z'
		digit := c >= '0' && c <= '9'
		if letter || digit || bytes.IndexByte([]byte("!#$%&'*+-.^_`|~"), c) >= 0 {
			t[i] |= tokenChar
		}
		if c == '\t' || c >= ' ' && c != 0x7f {
			t[i] |= valueChar
		}
		if c > ' ' && c != 0x7f && c != '#' {
			t[i] |= targetChar
		}
		if letter || digit || bytes.IndexByte([]byte("-._~%!$&'()*+,;="), c) >= 0 {
			t[i] |= hostChar
		}
		if digit || c|0x20 >= 'a' && c|0x20 <= 'f' {
			t[i] |= hexDigit
		}
	}
	return t
}

// validValue reports whether a value has no control character but tabs. It looks at eight bytes at once, for values
// are most of a head: is one below the blank, or DEL? A tab is below it, too, so then validBytes decides.
func validValue(v []byte) bool {
	const ones, tops = 0x0101010101010101, 0x8080808080808080
	for ; len(v) >= 8; v = v[8:] {
		eight := binary.LittleEndian.Uint64(v)
		del := eight ^ 0x7f*ones // 0 where there is one
		if ((eight-' '*ones)&^eight|(del-ones)&^del)&tops != 0 && !validBytes(v[:8]) {
			return false
		}
	}
	return validBytes(v)
}

// validBytes is validValue byte by byte.
func validBytes(v []byte) bool {
	for _, c := range v {
		if class[c]&valueChar == 0 {
			return false
		}
	}
	return true
}

// EqualFold compares ASCII text without letter case.
func EqualFold(a []byte, b string) bool {
	if len(a) != len(b) {
		return false
	}
	for i, c := range a {
		if c != b[i] && lower(c) != lower(b[i]) { // most letters are small ones
			return false
		}
	}
	return true
}

func lower(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		return c | 0x20
	}
	return c
}
