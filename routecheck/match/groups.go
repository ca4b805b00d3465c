package match

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

// Route is a Route whose references exist.
type Route struct {
	Index   int // in file order, among all Routes
	Cluster ClusterID
	Vhosts  *VhostGroup // nil: any host (R17)
	URIs    *URIGroup   // nil: any URI (R17)
	At      diag.Span
}

// VhostGroup is a VirtualHostGroup made ready: Routes that name one share it.
type VhostGroup struct {
	name    string
	Aliases []Alias  // in file order, what is no alias left out
	invalid []string // what is no alias at all, as written
	at      diag.Span
}

// Alias is one way to match host and port (R6). Two that mean the same may score differently: "host" and "host:80"
// take the same requests (R8), and have 4 and 6 characters.
type Alias struct {
	text  string // as written
	Host  string // lower case, "*" any; an IPv6 address in brackets
	Port  int    // 0 any; 80 where none is written (R8)
	chars int    // written characters without * and : (R11)
	order int    // place in its group, where names that are no alias count as well
	At    diag.Span
}

// score is that of an alias alone; nil stands for a Route without VirtualHostGroup.
func (a *Alias) score() score {
	if a == nil {
		return score{}
	}
	s := score{chars: int32(a.chars), class: 1}
	if a.Host != "*" {
		s.class += 2
	}
	if a.Port != 0 {
		s.class++
	}
	return s
}

// URIGroup is a UriGroup made ready: Routes that name one share it.
type URIGroup struct {
	name     string
	Patterns []Pattern // in file order, the internal ones of R3 before their origin
	at       diag.Span
}

// PatternKind is what the * of a Uri makes of it (R2, R15).
type PatternKind uint8

const (
	Exact PatternKind = iota
	Prefix
	Suffix // one * before the end: text before and after it
	Dead   // two *: matches nothing
)

// Pattern is one Uri (R2, R15), or the internal Uri that R3 adds.
type Pattern struct {
	Text     string      // what a path is compared with; letter case counts (R5)
	Source   *parser.Uri // also of an internal one, which has its cookie names (R3, R4); nil where Compile made it
	star     int32       // where the first * stands, 0 in an exact pattern
	Kind     PatternKind
	Internal bool // R3 made it; the choice slash-star-serves-bare says whether it counts
}

func newPattern(u *parser.Uri) Pattern {
	p := Compile(u.Name.V)
	p.Source = u
	return p
}

// Compile reads the text of a Uri. A * at the very end makes a prefix of it, also one that is the whole text.
func Compile(text string) Pattern {
	p := Pattern{Text: text}
	star := strings.IndexByte(p.Text, '*')
	switch {
	case star < 0:
		return p
	case star == len(p.Text)-1:
		p.Kind = Prefix
	case strings.IndexByte(p.Text[star+1:], '*') < 0:
		p.Kind = Suffix
	default:
		p.Kind = Dead
	}
	p.star = int32(star)
	return p
}

// bare is the internal Uri of R3: "/x" of "/x/*".
func (p *Pattern) bare() Pattern {
	return Pattern{Text: p.Text[:len(p.Text)-len("/*")], Source: p.Source, Internal: true}
}

// At is where the Uri stands that the file has, also of an internal one.
func (p *Pattern) At() diag.Span { return nameSpan(p.Source.Name, p.Source.Node) }

// Head is what stands before the *, or the whole text without one.
func (p *Pattern) Head() string {
	if p.Kind == Exact {
		return p.Text
	}
	return p.Text[:p.star]
}

// Tail is what stands behind the *.
func (p *Pattern) Tail() string {
	if p.Kind == Exact {
		return ""
	}
	return p.Text[p.star+1:]
}

// score counts the characters without the * (R2).
func (p *Pattern) score() int {
	switch p.Kind {
	case Exact:
		return len(p.Text)
	case Dead:
		return len(p.Text) - strings.Count(p.Text, "*")
	}
	return len(p.Text) - 1
}

// Matches is R2 and R15 read literally.
func (p *Pattern) Matches(path string) bool {
	switch p.Kind {
	case Exact:
		return path == p.Text
	case Prefix:
		return strings.HasPrefix(path, p.Head())
	case Suffix:
		return len(path) >= p.score() && strings.HasPrefix(path, p.Head()) && strings.HasSuffix(path, p.Tail())
	}
	return false
}

// newUriGroup compiles a group. R3: "/x/*" also serves "/x" unless the group lists it; the internal Uri stands
// directly before its origin, as in the order of comparisons that trace 06 shows. "/*" has none: that would be the
// empty text.
func newUriGroup(g *parser.UriGroup) *URIGroup {
	lists := listing(g)
	out := &URIGroup{name: g.Name.V, at: nameSpan(g.Name, g.Node),
		Patterns: make([]Pattern, 0, len(g.Uris)+len(g.Uris)/2)}
	for _, u := range g.Uris {
		p := newPattern(u)
		if p.Kind == Prefix && len(p.Text) > len("/*") && strings.HasSuffix(p.Text, "/*") && !lists(p.bare().Text) {
			out.Patterns = append(out.Patterns, p.bare())
		}
		out.Patterns = append(out.Patterns, p)
	}
	return out
}

// matchesAny reports whether some path is matched.
func (g *URIGroup) matchesAny() bool {
	for i := range g.Patterns {
		if g.Patterns[i].Kind != Dead && g.Patterns[i].Text != "" {
			return true
		}
	}
	return false
}

// listing tells which Uris a group lists; most groups are small enough to look through, but one of 20,000 would be
// looked through 20,000 times.
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

// newVhostGroup reads the aliases of a group. A name that is no alias takes no request, and is kept for reports.
func newVhostGroup(g *parser.VirtualHostGroup) *VhostGroup {
	out := &VhostGroup{name: g.Name.V, at: nameSpan(g.Name, g.Node)}
	for i, vh := range g.Aliases {
		a, err := parser.ParseAlias(vh.Name.V)
		if err != nil {
			out.invalid = append(out.invalid, vh.Name.V) // matches nothing; lint reports it (WP607)
			continue
		}
		out.Aliases = append(out.Aliases, Alias{
			text: vh.Name.V, Host: a.Host, Port: a.Port, order: i, At: nameSpan(vh.Name, vh.Node),
			chars: len(vh.Name.V) - strings.Count(vh.Name.V, "*") - strings.Count(vh.Name.V, ":"),
		})
	}
	return out
}

// matches compares hosts as text (choice ipv6-hosts).
func (a *Alias) matches(host string, port int) bool {
	return (a.Host == "*" || a.Host == host) && (a.Port == 0 || a.Port == port)
}

// ipv6 is the address of a host that is an IPv6 literal in brackets, else the zero Addr.
func ipv6(host string) netip.Addr {
	if !strings.HasPrefix(host, "[") || !strings.HasSuffix(host, "]") {
		return netip.Addr{}
	}
	addr, _ := netip.ParseAddr(host[1 : len(host)-1])
	return addr
}
