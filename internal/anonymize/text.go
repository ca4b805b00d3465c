package anonymize

import (
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
)

// numeric are words that begin with a number and are one: a duration, a size; and the codes of rules.
var numeric = lazy.Regexp(`^(?:[0-9]{1,19}|(?:[0-9]+(?:ms|us|ns|s|m|h|d|k|kb|mb|gb|g))+|` +
	`wp[0-9]{3,4}|0x[0-9a-f]+)$`)

const hex = `[0-9a-fA-F]{1,4}` // a group of an IPv6 address

// tokens finds, in this order: a secret with what makes it one; what stays; an address of either kind; a word.
var tokens = lazy.Regexp(`(?i:((?:password|passwd|secret)\w*["']?\s*[=:]\s*["']?)([^\s"'<>&;,]+))` +
	`|(&(?:#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);` + // references of XML
	`|%[0-9a-fA-F]{2}|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})` + // escapes
	`|\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.,]+(?:Z|[+-][0-9:]+)?)?` + // times
	`|\b(?:6\.[01]|7\.0|8\.[05]|9\.0)\.[0-9]\.[0-9]{1,2}\b)` + // levels of the plug-in
	`|\b([0-9]{1,3}(?:\.[0-9]{1,3}){3})\b` +
	`|(\b` + hex + `(?::` + hex + `){7}\b|(?:\b` + hex + `(?::` + hex + `)*)?::(?:` + hex + `(?::` + hex + `)*\b)?)` +
	`|([\pL\pN]+)`)

// text returns a text with its words replaced; what is no UTF-8 stays.
func (m *Mapping) text(src []byte) []byte {
	var out []byte
	from := 0
	for _, at := range tokens().FindAllSubmatchIndex(src, -1) {
		token := string(src[at[0]:at[1]])
		switch {
		case at[2] >= 0:
			token = string(src[at[2]:at[3]]) + strings.Repeat("*", at[5]-at[4])
		case at[8] >= 0 && !m.ips:
			token = m.ipv4(token)
		case at[10] >= 0:
			token = m.ipv6(token)
		case at[12] >= 0:
			token = m.word(token)
		}
		out = append(append(out, src[from:at[0]]...), token...)
		from = at[1]
	}
	return append(out, src[from:]...)
}
