package check

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/parser"
)

// MaxWork bounds what a rule looks at in files made to be expensive; real files stay far below.
const MaxWork = 1 << 20

// MaxCookies is how many cookies of a cluster are compared.
const MaxCookies = 100

// cookiesOf are the names under which a session is looked for (R4).
func cookiesOf(u *parser.Uri) [2]string {
	return [2]string{u.AffinityCookie.V, u.AffinityURLIdentifier.V}
}

// SameCookies reports whether all Uris have one cookie and one URL identifier.
func SameCookies(uris []*parser.Uri) bool {
	return !slices.ContainsFunc(uris, func(u *parser.Uri) bool { return cookiesOf(u) != cookiesOf(uris[0]) })
}

// URISet finds the Uris that can match a path of another one: what stands before the "*" of one begins with that of
// the other.
type URISet struct {
	byHead map[string][]alike
	place  map[*parser.Uri]int
}

// alike are Uris with one text before the "*" and the same cookie names.
type alike struct {
	cookies [2]string
	around  bool // one of them ends in "*", so that it holds every Uri with a longer beginning
	uris    []*parser.Uri
}

// NewURISet indexes Uris.
func NewURISet(uris []*parser.Uri) *URISet {
	x := &URISet{byHead: map[string][]alike{}, place: map[*parser.Uri]int{}}
	for i, u := range uris {
		head, tail, star := strings.Cut(u.Name.V, "*")
		same := x.byHead[head]
		k := slices.IndexFunc(same, func(a alike) bool { return a.cookies == cookiesOf(u) })
		if k < 0 && len(same) == MaxCookies {
			continue
		}
		if k < 0 {
			k, same = len(same), append(same, alike{cookies: cookiesOf(u)})
		}
		same[k].uris = append(same[k].uris, u)
		same[k].around = same[k].around || star && tail == ""
		x.byHead[head], x.place[u] = same, i
	}
	return x
}

// Differing returns the Uri with the longest beginning that overlaps with another one under other cookie names: one
// around it, or an equal one earlier in the file.
func (x *URISet) Differing(p *Pass, u *parser.Uri, work *int) *parser.Uri {
	head, _, _ := strings.Cut(u.Name.V, "*")
	for end := len(head); end >= 0; end-- {
		answered := false
		for _, a := range x.byHead[head[:end]] {
			if a.cookies == cookiesOf(u) {
				answered = a.around && end < len(head) // as the Uri around it, which answers for itself
				continue
			}
			for _, c := range a.uris {
				if *work--; *work < 0 {
					return nil
				}
				if end == len(head) && x.place[c] > x.place[u] && !within(u, c) {
					continue
				}
				if _, both := p.UnusedNames().Overlap(c.Name.V, u.Name.V); both {
					return c
				}
			}
		}
		if answered {
			return nil
		}
	}
	return nil
}

// Meets returns a path that one of some Uris and one of the set with a shorter beginning both match, "" for none.
func (x *URISet) Meets(p *Pass, uris []*parser.Uri, work *int) string {
	for _, u := range uris {
		head, _, _ := strings.Cut(u.Name.V, "*")
		for end := len(head); end >= 0; end-- {
			for _, a := range x.byHead[head[:end]] {
				for _, c := range a.uris {
					if *work--; *work < 0 {
						return ""
					}
					if path, both := p.UnusedNames().Overlap(c.Name.V, u.Name.V); both {
						return path
					}
				}
			}
		}
	}
	return ""
}

// within reports whether a Uri with the same text before its "*" as another one matches only a part of what that one
// matches.
func within(u, c *parser.Uri) bool {
	return strings.HasSuffix(c.Name.V, "*") && !strings.HasSuffix(u.Name.V, "*")
}
