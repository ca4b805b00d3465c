package anonymize

import (
	"strings"

	"github.com/wasplug/wasplug/internal/lazy"
)

// numeric are words that begin with a number and are one: a duration, a size; and the codes of rules.
var numeric = lazy.Regexp(`^(?:[0-9]{1,19}|(?:[0-9]+(?:ms|us|ns|s|m|h|d|k|kb|mb|gb|g))+|` +
	`wp[0-9]{3,4}|0x[0-9a-f]+)$`)

const hex = `[0-9a-fA-F]{1,4}` // a group of an IPv6 address

// tokens finds, in this order: a secret with what makes it one; what stays; an address of either kind; a UUID, as
// Liberty makes clone IDs; a word.
var tokens = lazy.Regexp(`(?i:((?:password|passwd|secret)\w*["']?\s*[=:]\s*["']?)([^\s"'<>&;,]+))` +
	`|(&(?:#[0-9]+|#x[0-9a-fA-F]+|amp|lt|gt|quot|apos);` + // references of XML
	`|%[0-9a-fA-F]{2}|\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4})` + // escapes
	`|\b[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.,]+(?:Z|[+-][0-9:]+)?)?` + // times
	`|\b(?:6\.[01]|7\.0|8\.[05]|9\.0)\.[0-9]\.[0-9]{1,2}\b)` + // levels of the plug-in
	`|([0-9]{1,3}(?:\.[0-9]{1,3}){3})(?:\b|_)` + // in front is no word: it would be found first
	`|(\b` + hex + `(?::` + hex + `){7}\b|(?:\b` + hex + `(?::` + hex + `)*)?::(?:` + hex + `(?::` + hex + `)*\b)?)` +
	`|([0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})(?:\b|_)` +
	`|([\pL\pN]+)`)

// text returns a text with its words replaced; what is no UTF-8 stays. The numbers below are those of the groups of
// tokens: group n is at[2n:2n+2], -1 where it has no part in the match.
func (m *Mapping) text(src []byte) []byte {
	var out []byte
	from := 0
	for _, at := range tokens().FindAllSubmatchIndex(src, -1) {
		token := string(src[at[0]:at[1]])
		switch {
		case at[2] >= 0:
			token = string(src[at[2]:at[3]]) + strings.Repeat("*", at[5]-at[4])
		case at[8] >= 0 && !m.ips:
			token = m.ipv4(string(src[at[8]:at[9]])) + string(src[at[9]:at[1]])
		case at[10] >= 0:
			token = m.ipv6(token)
		case at[12] >= 0:
			token = m.uuid(string(src[at[12]:at[13]])) + string(src[at[13]:at[1]])
		case at[14] >= 0:
			token = m.word(token)
		}
		out = append(append(out, src[from:at[0]]...), token...)
		from = at[1]
	}
	return append(out, src[from:]...)
}

// uuid replaces all of a UUID, groups that look like a number, too: none of them stands alone. It stays where those
// that do not look so are to stay.
func (m *Mapping) uuid(text string) string {
	groups, words, kept := strings.Split(text, "-"), 0, 0
	for i, group := range groups {
		if folded := strings.Map(small, group); !numeric().MatchString(folded) {
			words++
			if m.stay[folded] {
				kept++
			}
		}
		groups[i] = m.once(group)
	}
	if words > 0 && kept == words {
		return text
	}
	return strings.Join(groups, "-")
}
