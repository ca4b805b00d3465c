package routecheck

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Match is the winning Route of a request.
type Match struct {
	Route   int // index of the Route in file order
	Cluster ClusterID
	// URIScore and VhostScore are those of the deciding Uri and alias under the characters count (R1, R2, R11).
	URIScore, VhostScore int
	Cookie, Identifier   string // affinity names of the deciding Uri (R4)

	RouteAt, AliasAt, URIAt diag.Span
	Alias, URI              string // as written, "" for an open route (R17)
	pattern                 *pattern
}

// Pattern returns the deciding Uri as it is written, also where R3 made the Uri that matched; "" for an open route.
func (m *Match) Pattern() string {
	if m.pattern != nil && m.pattern.internal {
		return m.URI + "/*"
	}
	return m.URI
}

// route is a Route whose references exist.
type route struct {
	index   int // in file order, among all Routes
	cluster ClusterID
	vhosts  *vhostGroup // nil: any host (R17)
	uris    *uriGroup   // nil: any URI (R17)
	at      diag.Span
}

type vhostGroup struct {
	name    string
	aliases []alias
	invalid []string // what is no alias at all
	at      diag.Span
}

// alias is one way to match host and port (R6).
type alias struct {
	text  string
	host  string // lower case, "*" any
	port  int    // 0 any
	chars int    // written characters without * and : (R11)
	order int    // place in its group
	at    diag.Span
}

// class orders aliases by specificity: host:port, host:*, *:port, *:* (R11); 0 is for a Route without VirtualHostGroup.
func (a *alias) class() int {
	if a == nil {
		return 0
	}
	class := 1
	if a.host != "*" {
		class += 2
	}
	if a.port != 0 {
		class++
	}
	return class
}

type uriGroup struct {
	name     string
	patterns []pattern // in file order, the internal ones of R3 before their origin
	at       diag.Span
}

type patternKind uint8

const (
	exactPattern patternKind = iota
	prefixPattern
	suffixPattern // one * before the end: text before and after it
	deadPattern   // two *: matches nothing
)

// pattern is one Uri (R2, R15), or the internal Uri that R3 adds.
type pattern struct {
	text               string
	cookie, identifier string
	at                 diag.Span
	kind               patternKind
	internal           bool   // R3
	head, tail         string // what stands before and after the *
}

func (p *pattern) score() int {
	if p == nil {
		return 0
	}
	return len(p.head) + len(p.tail)
}

// matches is R2 and R15 read literally.
func (p *pattern) matches(path string) bool {
	switch p.kind {
	case exactPattern:
		return path == p.text
	case prefixPattern:
		return strings.HasPrefix(path, p.text[:len(p.text)-1])
	case suffixPattern:
		return len(path) >= len(p.head)+len(p.tail) && strings.HasPrefix(path, p.head) && strings.HasSuffix(path, p.tail)
	}
	return false
}

func newPattern(text string) pattern {
	p := pattern{text: text, head: text}
	switch strings.Count(text, "*") {
	case 0:
	case 1:
		p.head, p.tail, _ = strings.Cut(text, "*")
		p.kind = suffixPattern
		if p.tail == "" {
			p.kind = prefixPattern
		}
	default:
		p.kind, p.head = deadPattern, strings.ReplaceAll(text, "*", "")
	}
	return p
}

// newUriGroup compiles a group. R3: "/x/*" also serves "/x" unless the group lists it; the internal Uri stands before its origin.
func newUriGroup(g *parser.UriGroup) *uriGroup {
	lists := listing(g)
	out := &uriGroup{name: g.Name.V, at: nameSpan(g.Name, g.Node), patterns: make([]pattern, 0, len(g.Uris)+len(g.Uris)/2)}
	for _, u := range g.Uris {
		p := newPattern(u.Name.V)
		p.cookie, p.identifier, p.at = u.AffinityCookie.V, u.AffinityURLIdentifier.V, nameSpan(u.Name, u.Node)
		bare, ok := strings.CutSuffix(p.text, "/*")
		if ok && bare != "" && p.kind == prefixPattern && !lists(bare) {
			inner := p
			inner.text, inner.head, inner.kind, inner.internal = bare, bare, exactPattern, true
			out.patterns = append(out.patterns, inner)
		}
		out.patterns = append(out.patterns, p)
	}
	return out
}

// listing tells which Uris a group lists; most groups are small enough to look through.
func listing(g *parser.UriGroup) func(name string) bool {
	if len(g.Uris) <= 32 {
		return func(name string) bool {
			return slices.ContainsFunc(g.Uris, func(u *parser.Uri) bool { return u.Name.V == name })
		}
	}
	listed := make(map[string]bool, len(g.Uris))
	for _, u := range g.Uris {
		listed[u.Name.V] = true
	}
	return func(name string) bool { return listed[name] }
}

func newVhostGroup(g *parser.VirtualHostGroup) *vhostGroup {
	out := &vhostGroup{name: g.Name.V, at: nameSpan(g.Name, g.Node)}
	for i, vh := range g.Aliases {
		a, err := parser.ParseAlias(vh.Name.V)
		if err != nil {
			out.invalid = append(out.invalid, vh.Name.V) // matches nothing; lint reports it (WP607)
			continue
		}
		out.aliases = append(out.aliases, alias{
			text: vh.Name.V, host: a.Host, port: a.Port, order: i, at: nameSpan(vh.Name, vh.Node),
			chars: len(vh.Name.V) - strings.Count(vh.Name.V, "*") - strings.Count(vh.Name.V, ":"),
		})
	}
	return out
}

func (a *alias) matches(host string, port int) bool {
	return (a.host == "*" || a.host == host) && (a.port == 0 || a.port == port)
}

// found is a Route that matches, by one alias and one pattern: what R1 scores.
type found struct {
	route   *route
	alias   *alias   // nil: a Route without VirtualHostGroup
	pattern *pattern // nil: a Route without UriGroup
	order   int      // place of the pattern in its group
	score   int      // of the pattern
}

func (f *found) chars() int {
	if f.alias == nil {
		return 0
	}
	return f.alias.chars
}

// better reports whether a wins over b (R1, R11, R12, R13, R15).
func better(a, b *found, sem *Semantics, rec *Recorder) bool {
	if d := compareScores(a, b, sem, rec); d != 0 {
		return d > 0
	}
	d := a.route.index - b.route.index
	if d == 0 {
		d = a.order - b.order
	}
	if d == 0 {
		return false
	}
	if sem.ask(ScoreTie, rec) == lastWins {
		return d > 0
	}
	return d < 0
}

func compareScores(a, b *found, sem *Semantics, rec *Recorder) int {
	host := compareHosts(a, b, sem, rec)
	uri := a.score - b.score
	if as, bs := isSuffix(a.pattern), isSuffix(b.pattern); as != bs && sem.ask(SuffixPatterns, rec) == prefixFirst {
		uri = 1 << 20 // an exact or prefix pattern wins over any suffix pattern
		if as {
			uri = -uri
		}
	}
	if host == 0 || uri == 0 || (host > 0) == (uri > 0) {
		return host + uri // every combination agrees
	}
	switch sem.ask(ScoreCombination, rec) {
	case uriThenVhost:
		return uri
	case vhostThenURI:
		return host
	}
	return host + uri
}

func compareHosts(a, b *found, sem *Semantics, rec *Recorder) int {
	chars, class := a.chars()-b.chars(), a.alias.class()-b.alias.class()
	if chars != class && sem.ask(VhostScore, rec) == byClass {
		return class
	}
	return chars
}

func isSuffix(p *pattern) bool { return p != nil && p.kind == suffixPattern }

// Match finds the winning Route (R1). ok is false when none matches and the plug-in declines (R9). It allocates nothing.
func (t *Table) Match(rq *Request, sem *Semantics) (Match, bool) { return t.match(rq, sem, nil) }

func (t *Table) match(rq *Request, sem *Semantics, rec *Recorder) (Match, bool) {
	host, port := t.hostPort(rq, sem, rec)
	return t.lookUp(host, port, t.matchPath(rq.Target, sem, rec), sem, rec)
}

// lookUp finds the winning Route for a host in lower case, a port and a path as they are compared.
func (t *Table) lookUp(host string, port int, path string, sem *Semantics, rec *Recorder) (Match, bool) {
	s := search{sem: sem, rec: rec, path: path, entries: t.index.patterns.entries, open: t.anyOpen && sem.ask(OpenRoute, rec) == 0}
	t.index.search(&s, host, port)
	switch {
	case s.best.route == nil:
		return Match{}, false
	case s.best.pattern != nil && !s.best.pattern.matches(path):
		return t.naive(&walk{sem, host, port, path}, rec) // two texts with one hash of 64 bits
	}
	return s.best.match(), true
}

func (f *found) match() Match {
	m := Match{
		Route: f.route.index, Cluster: f.route.cluster, RouteAt: f.route.at,
		URIScore: f.score, VhostScore: f.chars(),
		Cookie: defaultCookie, Identifier: defaultIdentifier, pattern: f.pattern,
	}
	if f.pattern != nil {
		m.Cookie, m.Identifier, m.URI, m.URIAt = f.pattern.cookie, f.pattern.identifier, f.pattern.text, f.pattern.at
	}
	if f.alias != nil {
		m.Alias, m.AliasAt = f.alias.text, f.alias.at
	}
	return m
}

// The affinity names of a Route without UriGroup (R17), and the identifier that always ends a path (R14).
const (
	defaultCookie     = "JSESSIONID"
	defaultIdentifier = "jsessionid"
)
