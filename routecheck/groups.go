package routecheck

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

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
	p := compile(u.Name.V)
	p.source = u
	return p
}

func compile(text string) pattern {
	p := pattern{text: text}
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

// matchesAny reports whether some path is matched.
func (g *uriGroup) matchesAny() bool {
	for i := range g.patterns {
		if g.patterns[i].kind != deadPattern && g.patterns[i].text != "" {
			return true
		}
	}
	return false
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

// matches compares hosts as text (choice ipv6-hosts).
func (a *alias) matches(host string, port int) bool {
	return (a.host == "*" || a.host == host) && (a.port == 0 || a.port == port)
}

// ipv6 is the address of a host that is an IPv6 literal in brackets, else the zero Addr.
func ipv6(host string) netip.Addr {
	if !strings.HasPrefix(host, "[") || !strings.HasSuffix(host, "]") {
		return netip.Addr{}
	}
	addr, _ := netip.ParseAddr(host[1 : len(host)-1])
	return addr
}
