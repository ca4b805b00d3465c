package rules

import (
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var affinityCookieDiffersOnOverlap = &lint.Rule{
	Code: diag.AffinityCookieDiffersOnOverlap, Name: "affinity-cookie-differs-on-overlap", Category: lint.Affinity,
	Severity: diag.Warning, Fix: lint.UnsafeFix, Check: on(checkCookieOverlap),
	Subjects:   []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
	Suppresses: []string{diag.AffinityCookieDiffersInCluster},
	Doc: lint.Doc{
		Title: "Two Uris that overlap, or are equal, have different affinity cookies or URL identifiers",
		Why: "The cookie of the Uri that decided counts: /app/* and /app/x/* behave differently, and one of " +
			"them looks for a cookie that the application never sets. Of two equal Uris which one counts is " +
			"undocumented (choice score-tie). Looked at are Uris that lead from one alias to one cluster: " +
			"applications of different clusters have cookies of their own.",
		Bad: "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n" +
			"  <Uri Name=\"/shop/cart/*\"/>\n</UriGroup>",
		Good: "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n" +
			"  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/cart/*\"/>\n</UriGroup>",
		NearMiss: "<UriGroup Name=\"shop_uris\">\n  <Uri AffinityCookie=\"SHOPSESSION\" Name=\"/shop/*\"/>\n" +
			"  <Uri Name=\"/other/*\"/>\n</UriGroup>",
		Source: "APAR PQ67476; R4",
	},
}

// checkCookieOverlap reports Uris that a browser meets with one session, and that look for it under different names.
func checkCookieOverlap(p *pass) {
	done := map[*parser.Uri]bool{}
	work := maxWork
	for _, uris := range p.together() {
		if sameCookies(uris) {
			continue
		}
		x := newURISet(uris)
		for _, u := range uris {
			if done[u] || work < 0 {
				continue
			}
			if c := x.differing(p, u, &work); c != nil {
				done[u] = true
				p.reportCookies(c, u)
			}
		}
	}
}

func cookiesOf(u *parser.Uri) [2]string {
	return [2]string{u.AffinityCookie.V, u.AffinityURLIdentifier.V}
}

func sameCookies(uris []*parser.Uri) bool {
	return !slices.ContainsFunc(uris, func(u *parser.Uri) bool { return cookiesOf(u) != cookiesOf(uris[0]) })
}

// uriSet finds the Uris that can match a path of another one: what stands before the "*" of one begins with that of
// the other.
type uriSet struct {
	byHead map[string][]alike
	place  map[*parser.Uri]int
}

// alike are Uris with one text before the "*" and the same cookie names.
type alike struct {
	cookies [2]string
	around  bool // one of them ends in "*", so that it holds every Uri with a longer beginning
	uris    []*parser.Uri
}

func newURISet(uris []*parser.Uri) *uriSet {
	x := &uriSet{byHead: map[string][]alike{}, place: map[*parser.Uri]int{}}
	for i, u := range uris {
		head, tail, star := strings.Cut(u.Name.V, "*")
		same := x.byHead[head]
		k := slices.IndexFunc(same, func(a alike) bool { return a.cookies == cookiesOf(u) })
		if k < 0 && len(same) == maxCookies {
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

// differing returns the Uri with the longest beginning that overlaps with another one under other cookie names: one
// around it, or an equal one earlier in the file.
func (x *uriSet) differing(p *pass, u *parser.Uri, work *int) *parser.Uri {
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
				if _, both := p.fresh().Overlap(c.Name.V, u.Name.V); both {
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

// meets returns a path that one of some Uris and one of the set with a shorter beginning both match, "" for none.
func (x *uriSet) meets(p *pass, uris []*parser.Uri, work *int) string {
	for _, u := range uris {
		head, _, _ := strings.Cut(u.Name.V, "*")
		for end := len(head); end >= 0; end-- {
			for _, a := range x.byHead[head[:end]] {
				for _, c := range a.uris {
					if *work--; *work < 0 {
						return ""
					}
					if path, both := p.fresh().Overlap(c.Name.V, u.Name.V); both {
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

func (p *pass) reportCookies(c, u *parser.Uri) {
	for _, v := range []struct {
		name string
		a, b parser.Val[string]
	}{{"AffinityCookie", c.AffinityCookie, u.AffinityCookie}, {"AffinityURLIdentifier", c.AffinityURLIdentifier,
		u.AffinityURLIdentifier}} {
		if v.a.V == v.b.V {
			continue
		}
		f := p.Report(at(v.b, u.Node), "%s of Uri %q is %q, but %q %s on %s; %s", v.name, u.Name.V, v.b.V, v.a.V,
			p.besides(c, u), p.Where(at(v.a, c.Node)), cookieEffect(c, u)).
			See(at(v.a, c.Node), "the other Uri").About(attr{u.Node, v.name}, attr{c.Node, v.name})
		f.Repair(false, "use the same", setAttr(u.Node, v.name, v.a.V))
	}
}

func (p *pass) besides(c, u *parser.Uri) string {
	if c.Name.V == u.Name.V {
		return "where it stands before,"
	}
	path, _ := p.fresh().Overlap(c.Name.V, u.Name.V)
	return "for Uri " + quote(c.Name.V) + ", which also matches " + quote(path) + ","
}

func cookieEffect(c, u *parser.Uri) string {
	if c.Name.V == u.Name.V {
		return "which of the two counts is undocumented (choice score-tie), so the sessions of one of them may not " +
			"be found"
	}
	return "the Uri that decides counts (R4), so a session of one is not found by the other"
}

// together lists the Uris that one cookie of a browser can meet: of all groups that lead from one alias to one
// cluster, and of each group that no Route uses.
func (p *pass) together() [][]*parser.Uri {
	type ends struct {
		alias   hostPort
		cluster *parser.ServerCluster
	}
	byEnds := map[ends][]*parser.UriGroup{}
	var order []ends
	used := map[*parser.UriGroup]bool{}
	aliases, work := p.aliasKeys(), maxWork
	for i := range p.index.routes {
		r := &p.index.routes[i]
		if r.uris == nil {
			continue
		}
		used[r.uris] = true
		for _, key := range aliases[r.vhosts] {
			e := ends{key, r.cluster}
			if byEnds[e] == nil {
				order = append(order, e)
			}
			if work -= 1 + len(byEnds[e]); work > 0 && !slices.Contains(byEnds[e], r.uris) {
				byEnds[e] = append(byEnds[e], r.uris)
			}
		}
	}
	var out [][]*parser.Uri
	var seen [][]*parser.UriGroup
	for _, e := range order {
		if work -= len(seen); work > 0 &&
			!slices.ContainsFunc(seen, func(s []*parser.UriGroup) bool { return slices.Equal(s, byEnds[e]) }) {
			seen = append(seen, byEnds[e])
			out = append(out, urisOf(byEnds[e]))
		}
	}
	for _, g := range p.Config.UriGroups {
		if !used[g] {
			out = append(out, g.Uris)
		}
	}
	return out
}

func urisOf(groups []*parser.UriGroup) (out []*parser.Uri) {
	for _, g := range groups {
		out = append(out, g.Uris...)
	}
	return out
}

// aliasKeys lists what the aliases of each group match; one key stands for every host in a Route without a group, or
// with one that is not there.
func (p *pass) aliasKeys() map[*parser.VirtualHostGroup][]hostPort {
	keys := map[*parser.VirtualHostGroup][]hostPort{nil: {{}}}
	for i := range p.index.aliases {
		a := &p.index.aliases[i]
		keys[a.group] = append(keys[a.group], a.key())
	}
	return keys
}
