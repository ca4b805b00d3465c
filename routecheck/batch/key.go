package batch

import (
	"encoding/binary"
	"strings"

	"github.com/wasplug/wasplug/routecheck/match"
)

// appendKey adds all that the answer about a session hangs on: the Uri that decided, and the cookies and parameters
// without the IDs of sessions, which no rule looks at beyond their form and length. id is the ID in the cookie that
// the Uri names, or else in a parameter.
//
// It decides nothing: two requests of one key get one answer, and a key that tells too much apart only costs time.
func appendKey(key []byte, rq *match.Request, m *match.Match) (_ []byte, id string) {
	key = binary.AppendVarint(key, int64(m.Cluster))
	key = binary.AppendVarint(key, int64(m.Route()))
	key = append(append(key, m.URI()...), 0)
	for _, header := range rq.Cookies {
		for rest := header; rest != ""; {
			var pair string
			pair, rest, _ = strings.Cut(rest, ";")
			pair = strings.TrimLeft(pair, " ")
			name, value, _ := strings.Cut(pair, "=")
			if !strings.EqualFold(name, m.Cookie()) && !strings.ContainsAny(value, `:+%!"`) {
				continue // no clone ID can stand in it, and nobody asks for its name
			}
			found := ""
			key, found = appendValue(append(append(key, ';'), name...), value)
			if id == "" && name == m.Cookie() {
				id = found
			}
		}
	}
	path, _, _ := strings.Cut(rq.Target, "?")
	if _, parameters, ok := strings.Cut(path, ";"); ok {
		for pair := range strings.SplitSeq(parameters, ";") {
			name, value, _ := strings.Cut(pair, "=")
			found := ""
			key, found = appendValue(append(append(key, '?'), name...), value)
			if id == "" && name == m.Identifier() {
				id = found
			}
		}
	}
	return key, id
}

// longID is how long an ID may be whose exact length is nothing to go by any more.
const longID = 32

// appendValue adds a value without the ID that it begins with: its first four characters, which say how often it was
// read, its length as far as that counts, and what stands behind.
func appendValue(key []byte, value string) (_ []byte, id string) {
	end := 0
	for end < len(value) && strings.IndexByte(`:+%!";`, value[end]) < 0 {
		end++
	}
	// No longer than a cache ID, so that no ID of a session follows: the value is kept as it is.
	if end <= 4 {
		return append(append(key, '='), value...), ""
	}
	key = append(append(key, '='), value[:4]...)
	key = append(key, byte(min(end, longID)))
	return append(key, value[end:]...), value[4:end]
}

// hasParameter reports whether a path has a parameter, which may be a session.
func hasParameter(target string) bool {
	semi := strings.IndexByte(target, ';')
	if semi < 0 {
		return false
	}
	query := strings.IndexByte(target, '?')
	return query < 0 || semi < query
}
