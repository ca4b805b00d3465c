package routecheck

import (
	"fmt"
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
)

// Match is the winning Route of a request. One that only names a Cluster stands for a Route without groups (R17). It is four words, which
// Go passes in registers.
type Match struct {
	Cluster ClusterID

	route   *route
	alias   *alias   // nil: a Route without VirtualHostGroup
	pattern *pattern // nil: a Route without UriGroup
}

// Route is the index of the Route in file order, -1 without one.
func (m *Match) Route() int {
	if m.route == nil {
		return -1
	}
	return m.route.index
}

// URIScore is that of the deciding Uri (R1, R2).
func (m *Match) URIScore() int {
	if m.pattern == nil {
		return 0
	}
	return m.pattern.score()
}

// VhostScore is that of the deciding alias under the characters count (R1, R11).
func (m *Match) VhostScore() int {
	if m.alias == nil {
		return 0
	}
	return m.alias.chars
}

// Scores writes the two scores as every output shows them.
func (m *Match) Scores() string {
	return fmt.Sprintf("URI %d, virtual host %d", m.URIScore(), m.VhostScore())
}

// EqualScores reports whether two matches tie under every open choice about scores: only their order can decide then (R13).
func (m *Match) EqualScores(o *Match) bool {
	return m.URIScore() == o.URIScore() && m.alias.score() == o.alias.score()
}

// made reports whether the deciding Uri is one that R3 made.
func (m *Match) made() bool { return m.pattern != nil && m.pattern.internal }

// By reports whether a Uri, or the internal one that R3 makes of it, decided.
func (m *Match) By(p *pattern) bool {
	return m.pattern == p || m.pattern != nil && m.pattern.internal && m.pattern.source == p.source
}

// Of reports whether a Route won.
func (m *Match) Of(r *route) bool { return m.route == r }

// SameRule reports whether two Routes win by the same Uri on the same alias, with equal scores.
func (m *Match) SameRule(o *Match) bool {
	return m.URI() == o.URI() && m.alias != nil && o.alias != nil && m.alias.host == o.alias.host && m.alias.port == o.alias.port && m.EqualScores(o)
}

// RouteAt is where the Route stands.
func (m *Match) RouteAt() diag.Span {
	if m.route == nil {
		return diag.Span{}
	}
	return m.route.at
}

// Alias returns the deciding alias as written, "" for a Route without VirtualHostGroup (R17).
func (m *Match) Alias() string {
	if m.alias == nil {
		return ""
	}
	return m.alias.text
}

// AliasAt is where the alias stands.
func (m *Match) AliasAt() diag.Span {
	if m.alias == nil {
		return diag.Span{}
	}
	return m.alias.at
}

// URI returns the text that the path was compared with, "" for a Route without UriGroup (R17).
func (m *Match) URI() string {
	if m.pattern == nil {
		return ""
	}
	return m.pattern.text
}

// HasURI reports whether a Uri decided: a Route without UriGroup has none (R17).
func (m *Match) HasURI() bool { return m.pattern != nil }

// Pattern returns the deciding Uri as it is written, also where R3 made the Uri that matched; "" for an open route.
func (m *Match) Pattern() string {
	if m.pattern == nil {
		return ""
	}
	return m.pattern.source.Name.V
}

// URIAt is where the Uri stands.
func (m *Match) URIAt() diag.Span {
	if m.pattern == nil {
		return diag.Span{}
	}
	return m.pattern.at()
}

// Cookie is the affinity cookie that the Uri names (R4).
func (m *Match) Cookie() string {
	if m.pattern == nil {
		return defaultCookie
	}
	return m.pattern.source.AffinityCookie.V
}

// Identifier is the affinity URL identifier that the Uri names (R4).
func (m *Match) Identifier() string {
	if m.pattern == nil {
		return defaultIdentifier
	}
	return m.pattern.source.AffinityURLIdentifier.V
}

// Rules are the rules beside R1 that a winning Route shows.
func (m *Match) Rules() (also []string) {
	switch {
	case m.pattern == nil:
		return []string{"R17"}
	case m.pattern.internal:
		also = append(also, "R3")
	case m.pattern.kind == suffixPattern:
		also = append(also, "R15")
	default:
		also = append(also, "R2")
	}
	if m.alias == nil {
		also = append(also, "R17")
	}
	return also
}

// Match finds the winning Route (R1). ok is false when none matches and the plug-in declines (R9), or when the web server refuses the path itself
// (R16, see [Table.Refused]). It allocates nothing for a path that R16 leaves as it is.
func (t *Table) Match(rq *Request, sem *Semantics) (Match, bool) {
	m, refused := t.match(rq, sem, nil)
	return m, refused == accepted
}

// MatchNoted is Match that notes the open choices that were consulted.
func (t *Table) MatchNoted(rq *Request, sem *Semantics, seen *Consulted) (Match, bool) {
	m, refused := t.match(rq, sem, seen)
	return m, refused == accepted
}

func (t *Table) match(rq *Request, sem *Semantics, seen *Consulted) (Match, refusal) {
	host, port := t.hostPort(rq, sem, seen)
	path, refused := t.matchPath(rq, sem, seen)
	if refused != accepted {
		return Match{}, refused
	}
	m, ok := t.lookUp(host, port, path, sem, seen)
	if !ok {
		return Match{}, noRoute
	}
	if refused := sem.guard(rq); refused != accepted {
		return Match{}, refused
	}
	return m, accepted
}

// lookUp finds the winning Route for a host in lower case, a port and a path as they are compared.
func (t *Table) lookUp(host string, port int, path string, sem *Semantics, seen *Consulted) (Match, bool) {
	s := search{t: t, sem: sem, seen: seen, path: path, open: t.anyOpen && sem.ask(OpenRoute, seen) == openMatchesAll}
	t.index.search(&s, host, port)
	switch {
	case s.best.entry == 0:
		return Match{}, false
	case s.best.node != nil && !strings.HasPrefix(path, s.best.node.text):
		return t.naive(&walk{sem: sem, host: host, address: ipv6(host), port: port, path: path}, seen) // two texts with one hash of 64 bits
	}
	return s.match(), true
}

// The affinity names of a Route without UriGroup (R17), and the identifier that always ends a path (R14).
const (
	defaultCookie     = "JSESSIONID"
	defaultIdentifier = "jsessionid"
)
