package routecheck

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
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

// score is that of an alias alone; nil stands for a Route without VirtualHostGroup.
func (a *alias) score() score {
	if a == nil {
		return score{}
	}
	s := score{chars: int32(a.chars), class: 1}
	if a.host != "*" {
		s.class += 2
	}
	if a.port != 0 {
		s.class++
	}
	return s
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
	text     string
	source   *parser.Uri
	star     int32 // where the * of a prefix or suffix pattern stands
	kind     patternKind
	internal bool // R3
}

func newPattern(u *parser.Uri) pattern {
	p := pattern{text: u.Name.V, source: u}
	star := strings.IndexByte(p.text, '*')
	switch {
	case star < 0:
		return p
	case star == len(p.text)-1:
		p.kind = prefixPattern
	case strings.IndexByte(p.text[star+1:], '*') < 0:
		p.kind = suffixPattern
	default:
		p.kind = deadPattern
	}
	p.star = int32(star)
	return p
}

// bare is the internal Uri of R3.
func (p *pattern) bare() pattern {
	return pattern{text: p.text[:len(p.text)-len("/*")], source: p.source, internal: true}
}

func (p *pattern) at() diag.Span { return nameSpan(p.source.Name, p.source.Node) }

// head is what stands before the *, or the whole text without one.
func (p *pattern) head() string {
	if p.kind == exactPattern {
		return p.text
	}
	return p.text[:p.star]
}

// tail is what stands behind the *.
func (p *pattern) tail() string {
	if p.kind == exactPattern {
		return ""
	}
	return p.text[p.star+1:]
}

// score counts the characters without the * (R2).
func (p *pattern) score() int {
	switch p.kind {
	case exactPattern:
		return len(p.text)
	case deadPattern:
		return len(p.text) - strings.Count(p.text, "*")
	}
	return len(p.text) - 1
}

// matches is R2 and R15 read literally.
func (p *pattern) matches(path string) bool {
	switch p.kind {
	case exactPattern:
		return path == p.text
	case prefixPattern:
		return strings.HasPrefix(path, p.head())
	case suffixPattern:
		return len(path) >= p.score() && strings.HasPrefix(path, p.head()) && strings.HasSuffix(path, p.tail())
	}
	return false
}

// newUriGroup compiles a group. R3: "/x/*" also serves "/x" unless the group lists it; the internal Uri stands before its origin.
func newUriGroup(g *parser.UriGroup) *uriGroup {
	lists := listing(g)
	out := &uriGroup{name: g.Name.V, at: nameSpan(g.Name, g.Node), patterns: make([]pattern, 0, len(g.Uris)+len(g.Uris)/2)}
	for _, u := range g.Uris {
		p := newPattern(u)
		if p.kind == prefixPattern && len(p.text) > len("/*") && strings.HasSuffix(p.text, "/*") && !lists(p.bare().text) {
			out.patterns = append(out.patterns, p.bare())
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

// found is a Route that matches, by one alias and one pattern.
type found struct {
	route   *route
	alias   *alias   // nil: a Route without VirtualHostGroup
	pattern *pattern // nil: a Route without UriGroup
	order   int      // place of the pattern in its group
}

func (f *found) score() score {
	s := f.alias.score()
	if f.pattern != nil {
		s.uri, s.suffix = int32(f.pattern.score()), f.pattern.kind == suffixPattern
	}
	return s
}

// score is what R1 compares.
type score struct {
	uri    int32 // characters of the pattern (R2)
	chars  int32 // of the alias (R11)
	class  int8  // of the alias: host:port, host:*, *:port, *:* are 4, 3, 2, 1 (R11); 0 is for a Route without VirtualHostGroup
	suffix bool  // the pattern goes on behind its * (R15)
}

// compare is positive when a wins over b, 0 on a tie (R1, R11, R12, R15).
func (a score) compare(b score, sem *Semantics, rec *Recorder) int {
	host, uri := a.compareHosts(b, sem, rec), int(a.uri-b.uri)
	if a.suffix != b.suffix && sem.ask(SuffixPatterns, rec) == prefixFirst {
		uri = 1 << 20 // an exact or prefix pattern wins over any suffix pattern
		if a.suffix {
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

func (a score) compareHosts(b score, sem *Semantics, rec *Recorder) int {
	chars, class := int(a.chars-b.chars), int(a.class-b.class)
	if chars != class && sem.ask(VhostScore, rec) == byClass {
		return class
	}
	return chars
}

// better reports whether a wins over b (R1, R13).
func better(a, b *found, sem *Semantics, rec *Recorder) bool {
	if d := a.score().compare(b.score(), sem, rec); d != 0 {
		return d > 0
	}
	return winsTie(place{a.route.index, a.order}, place{b.route.index, b.order}, sem, rec)
}

// place is where a pattern stands: its Route in the file, then its place in the group.
type place struct{ route, order int }

// winsTie is R13: which of two equal scores wins.
func winsTie(a, b place, sem *Semantics, rec *Recorder) bool {
	d := a.route - b.route
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

// Match finds the winning Route (R1). ok is false when none matches and the plug-in declines (R9). It allocates nothing.
func (t *Table) Match(rq *Request, sem *Semantics) (Match, bool) { return t.match(rq, sem, nil) }

func (t *Table) match(rq *Request, sem *Semantics, rec *Recorder) (Match, bool) {
	host, port := t.hostPort(rq, sem, rec)
	return t.lookUp(host, port, t.matchPath(rq.Target, sem, rec), sem, rec)
}

// lookUp finds the winning Route for a host in lower case, a port and a path as they are compared.
func (t *Table) lookUp(host string, port int, path string, sem *Semantics, rec *Recorder) (Match, bool) {
	s := search{t: t, sem: sem, rec: rec, path: path, open: t.anyOpen && sem.ask(OpenRoute, rec) == 0}
	t.index.search(&s, host, port)
	switch {
	case s.best.entry == 0:
		return Match{}, false
	case s.best.node != nil && !strings.HasPrefix(path, s.best.node.text):
		return t.naive(&walk{sem, host, port, path}, rec) // two texts with one hash of 64 bits
	}
	return s.match(), true
}

func (f *found) match() Match { return Match{f.route.cluster, f.route, f.alias, f.pattern} }

// The affinity names of a Route without UriGroup (R17), and the identifier that always ends a path (R14).
const (
	defaultCookie     = "JSESSIONID"
	defaultIdentifier = "jsessionid"
)
