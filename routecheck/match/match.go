package match

import (
	"strings"

	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// Match is the winning Route of a request. One that only names a Cluster stands for a Route without groups (R17). It
// is four words, which Go passes in registers.
type Match struct {
	Cluster ClusterID

	route   *Route
	alias   *Alias   // nil: a Route without VirtualHostGroup
	pattern *Pattern // nil: a Route without UriGroup
}

// Route is the index of the Route in file order, -1 without one.
func (m *Match) Route() int {
	if m.route == nil {
		return -1
	}
	return m.route.Index
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

// EqualScores reports whether two matches tie under every open choice about scores: only their order can decide then
// (R13).
func (m *Match) EqualScores(o *Match) bool {
	return m.URIScore() == o.URIScore() && m.alias.score() == o.alias.score()
}

// Made reports whether the deciding Uri is one that R3 made.
func (m *Match) Made() bool { return m.pattern != nil && m.pattern.Internal }

// By reports whether a Uri, or the internal one that R3 makes of it, decided.
func (m *Match) By(p *Pattern) bool {
	return m.pattern == p || m.pattern != nil && m.pattern.Internal && m.pattern.Source == p.Source
}

// Of reports whether a Route won.
func (m *Match) Of(r *Route) bool { return m.route == r }

// SameRule reports whether two Routes win by the same Uri on the same alias, with equal scores.
func (m *Match) SameRule(o *Match) bool {
	return m.URI() == o.URI() && m.alias != nil && o.alias != nil && m.alias.Host == o.alias.Host &&
		m.alias.Port == o.alias.Port && m.EqualScores(o)
}

// RouteAt is where the Route stands.
func (m *Match) RouteAt() diag.Span {
	if m.route == nil {
		return diag.Span{}
	}
	return m.route.At
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
	return m.alias.At
}

// URI returns the text that the path was compared with, "" for a Route without UriGroup (R17).
func (m *Match) URI() string {
	if m.pattern == nil {
		return ""
	}
	return m.pattern.Text
}

// HasURI reports whether a Uri decided: a Route without UriGroup has none (R17).
func (m *Match) HasURI() bool { return m.pattern != nil }

// Pattern returns the deciding Uri as it is written, also where R3 made the Uri that matched; "" for an open route.
func (m *Match) Pattern() string {
	if m.pattern == nil {
		return ""
	}
	return m.pattern.Source.Name.V
}

// URIAt is where the Uri stands.
func (m *Match) URIAt() diag.Span {
	if m.pattern == nil {
		return diag.Span{}
	}
	return m.pattern.At()
}

// Cookie is the affinity cookie that the Uri names (R4).
func (m *Match) Cookie() string {
	if m.pattern == nil {
		return defaultCookie
	}
	return m.pattern.Source.AffinityCookie.V
}

// Identifier is the affinity URL identifier that the Uri names (R4).
func (m *Match) Identifier() string {
	if m.pattern == nil {
		return defaultIdentifier
	}
	return m.pattern.Source.AffinityURLIdentifier.V
}

// Rules are the rules beside R1 that a winning Route shows.
func (m *Match) Rules() (also []string) {
	switch {
	case m.pattern == nil:
		return []string{"R17"}
	case m.pattern.Internal:
		also = append(also, "R3")
	case m.pattern.Kind == Suffix:
		also = append(also, "R15")
	default:
		also = append(also, "R2")
	}
	if m.alias == nil {
		also = append(also, "R17")
	}
	return also
}

// Match finds the winning Route (R1). ok is false when none matches and the plug-in declines (R9), or when the web
// server refuses the path itself (R16, see [Table.Refusal]). It allocates nothing for a path that R16 leaves as it is.
func (t *Table) Match(rq *Request, sem *choices.Assumptions) (Match, bool) {
	m, refused := t.Decide(rq, sem, nil)
	return m, refused == Accepted
}

// MatchNoted is Match that notes the open choices that were consulted.
func (t *Table) MatchNoted(rq *Request, sem *choices.Assumptions, seen *choices.Consulted) (Match, bool) {
	m, refused := t.Decide(rq, sem, seen)
	return m, refused == Accepted
}

// Decide is Match that says why there is none: no Route, or the web server answers the path itself. Most paths are
// plain, and ask for nothing but the lookup.
func (t *Table) Decide(rq *Request, sem *choices.Assumptions, seen *choices.Consulted) (Match, Refusal) {
	host, port := t.hostPort(rq, sem, seen)
	sent, plain := PathOf(rq.Target)
	path, refused := sent, Accepted
	if !plain {
		if path, refused = t.oddPath(sent, rq.Normalised, sem, seen); refused != Accepted {
			return Match{}, refused
		}
	}
	m, ok := t.Lookup(host, port, path, sem, seen)
	// What no Route takes is the web server's own affair, so the guard is asked behind the look-up.
	switch {
	case !ok:
		return Match{}, NoRoute
	case plain || rq.Normalised || !sem.GuardsMembers:
		return m, Accepted
	}
	if refused = guard(sent); refused != Accepted {
		return Match{}, refused
	}
	return m, Accepted
}

// Lookup finds the winning Route for a host in lower case, a port and a path as they are compared.
func (t *Table) Lookup(
	host string, port int, path string, sem *choices.Assumptions, seen *choices.Consulted,
) (Match, bool) {
	s := search{t: t, sem: sem, seen: seen, path: path,
		open: t.anyOpen && sem.Consult(choices.OpenRoute, seen) == choices.OpenMatchesAll}
	t.index.search(&s, host, port)
	switch {
	case s.best.entry == 0:
		return Match{}, false
	case s.best.node != nil && !strings.HasPrefix(path, s.best.node.text):
		// Two texts with one hash of 64 bits. Only the winner's text is looked at: one that was taken for another and
		// has lost has changed nothing.
		return t.linear(&walk{sem: sem, host: host, address: ipv6(host), port: port, path: path}, seen)
	}
	return s.match(), true
}

// The affinity names of a Route without UriGroup (R17), and the identifier that always ends a path (R14).
const (
	defaultCookie     = "JSESSIONID"
	defaultIdentifier = "jsessionid"
)
