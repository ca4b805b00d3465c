package words

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/routecheck/match"
)

// refused are in the words that follow "the path holds".
var refused = [...]string{
	match.EncodedSlash:  "an encoded slash, %2F",
	match.EncodedNUL:    "an encoded NUL, %00",
	match.BrokenEscape:  "a % without two hexadecimal digits behind it",
	match.AboveRoot:     "a .. that leads above the root",
	match.GuardedNUL:    "an encoded NUL, %00",
	match.GuardedEscape: "a % without two hexadecimal digits behind it",
	match.GuardedClimb:  "a .. that leads above the root",
}

// Refusal tells why the web server answers a request itself (R16).
func Refusal(r match.Refusal) string {
	return fmt.Sprintf("the path holds %s, which the web server refuses itself with %d", refused[r], r.Status())
}

// Scores tells the two scores of a match (R1).
func Scores(m *match.Match) string {
	return fmt.Sprintf("URI %d, virtual host %d", m.URIScore(), m.VhostScore())
}

// Role names the role of a member, as it stands in a sentence or a label.
func Role(c *match.Cluster, m match.MemberID) string {
	switch role := c.Role(m); role {
	case "none":
		return "in no list"
	case "cluster-address":
		return "cluster address"
	default:
		return role
	}
}

// Aliases tells the aliases of a Route, and what in its group is none; "" for a Route that takes every host.
func Aliases(t *match.Table, route int) string {
	aliases, invalid, ok := t.AliasesOf(route)
	if !ok {
		return ""
	}
	text := "its group has none"
	if len(aliases) > 0 {
		text = "its group has " + few(aliases)
	}
	if len(invalid) > 0 {
		text += "; not host:port, so never matched: " + few(invalid)
	}
	return text
}

// few joins a list of names, of a long one the first.
func few(names []string) string {
	const most = 5
	if len(names) > most {
		return strings.Join(names[:most], ", ") + ", ..."
	}
	return strings.Join(names, ", ")
}
