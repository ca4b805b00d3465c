package affinity

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.AffinityCookieDiffersOnOverlap, Name: "affinity-cookie-differs-on-overlap", Category: lint.Affinity,
	Severity: diag.Warning, Fix: lint.UnsafeFix, Check: check.On(checkCookieOverlap),
	Subjects:   []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
	Suppresses: []string{diag.AffinityCookieDiffersInCluster},
	Doc: lint.Doc{
		Title: "Two Uris that overlap, or are equal, have different affinity cookies or URL identifiers",
		Why: "The cookie of the Uri that decided counts: /app/* and /app/x/* behave differently, and one of " +
			"them looks for a cookie that the application never sets. Of two equal Uris which one counts is " +
			"undocumented (choice score-tie). Looked at are Uris that lead from one alias to one cluster: " +
			"applications of different clusters have cookies of their own.",
		Bad: `<UriGroup Name="shop_uris">
  <Uri AffinityCookie="SHOPSESSION" Name="/shop/*"/>
  <Uri Name="/shop/cart/*"/>
</UriGroup>`,
		Good: `<UriGroup Name="shop_uris">
  <Uri AffinityCookie="SHOPSESSION" Name="/shop/*"/>
  <Uri AffinityCookie="SHOPSESSION" Name="/shop/cart/*"/>
</UriGroup>`,
		NearMiss: `<UriGroup Name="shop_uris">
  <Uri AffinityCookie="SHOPSESSION" Name="/shop/*"/>
  <Uri Name="/other/*"/>
</UriGroup>`,
		Source: "APAR PQ67476; R4",
	},
})

// checkCookieOverlap reports Uris that a browser meets with one session, and that look for it under different names.
func checkCookieOverlap(p *check.Pass) {
	done := map[*parser.Uri]bool{}
	work := check.MaxWork
	for _, uris := range together(p) {
		if check.SameCookies(uris) {
			continue
		}
		x := check.NewURISet(uris)
		for _, u := range uris {
			if done[u] || work < 0 {
				continue
			}
			if c := x.Differing(p, u, &work); c != nil {
				done[u] = true
				reportCookies(p, c, u)
			}
		}
	}
}

// reportCookies reports the cookie and the URL identifier apart: each is an attribute of its own, and has its own fix.
func reportCookies(p *check.Pass, c, u *parser.Uri) {
	for _, v := range []struct {
		name string
		a, b parser.Val[string]
	}{{"AffinityCookie", c.AffinityCookie, u.AffinityCookie}, {"AffinityURLIdentifier", c.AffinityURLIdentifier,
		u.AffinityURLIdentifier}} {
		if v.a.V == v.b.V {
			continue
		}
		f := p.Report(check.At(v.b, u.Node), "%s of Uri %q is %q, but %q %s on %s; %s", v.name, u.Name.V, v.b.V,
			v.a.V, besides(p, c, u), p.Where(check.At(v.a, c.Node)), cookieEffect(c, u)).
			See(check.At(v.a, c.Node), "the other Uri").
			About(check.Attr(u.Node, v.name), check.Attr(c.Node, v.name))
		f.Repair(false, "use the same", check.SetAttr(u.Node, v.name, v.a.V))
	}
}

// besides tells where the other Uri takes the same request: by an example of a path that both match.
func besides(p *check.Pass, c, u *parser.Uri) string {
	if c.Name.V == u.Name.V {
		return "where it stands before,"
	}
	path, _ := p.UnusedNames().Overlap(c.Name.V, u.Name.V)
	return "for Uri " + check.Quote(c.Name.V) + ", which also matches " + check.Quote(path) + ","
}

// cookieEffect: of equal Uris which one decides hangs on an open choice, of others the longer one does.
func cookieEffect(c, u *parser.Uri) string {
	if c.Name.V == u.Name.V {
		return "which of the two counts is undocumented (choice score-tie), so the sessions of one of them may not " +
			"be found"
	}
	return "the Uri that decides counts (R4), so a session of one is not found by the other"
}

// together lists the Uris that one cookie of a browser can meet: of all groups that lead from one alias to one
// cluster, and of each group that no Route uses.
func together(p *check.Pass) [][]*parser.Uri {
	type ends struct {
		alias   int
		cluster *parser.ServerCluster
	}
	places := map[ends]int{} // in groups
	var groups [][]*parser.UriGroup
	used := map[*parser.UriGroup]bool{}
	aliases, work := aliasKeys(p), check.MaxWork
	for i := range p.Routes {
		r := &p.Routes[i]
		if r.Uris == nil {
			continue
		}
		used[r.Uris] = true
		for _, key := range aliases[r.Hosts] {
			at, known := places[ends{key, r.Cluster}]
			if !known {
				at, groups = len(groups), append(groups, nil)
				places[ends{key, r.Cluster}] = at
			}
			if work -= 1 + len(groups[at]); work > 0 && !slices.Contains(groups[at], r.Uris) {
				groups[at] = append(groups[at], r.Uris)
			}
		}
	}
	var out [][]*parser.Uri
	var seen [][]*parser.UriGroup
	for _, met := range groups {
		if work -= len(seen); work > 0 &&
			!slices.ContainsFunc(seen, func(s []*parser.UriGroup) bool { return slices.Equal(s, met) }) {
			seen = append(seen, met)
			out = append(out, urisOf(met))
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

// aliasKeys numbers what the aliases of each group match; 0 stands for every host in a Route without a group, or with
// one that is not there.
func aliasKeys(p *check.Pass) map[*parser.VirtualHostGroup][]int {
	keys, numbers := map[*parser.VirtualHostGroup][]int{nil: {0}}, map[check.HostPort]int{}
	for i := range p.Aliases {
		a := &p.Aliases[i]
		n, known := numbers[a.Key()]
		if !known {
			n = len(numbers) + 1
			numbers[a.Key()] = n
		}
		keys[a.Group] = append(keys[a.Group], n)
	}
	return keys
}
