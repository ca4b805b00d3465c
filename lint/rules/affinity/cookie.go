package affinity

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.AffinityCookieDiffersInCluster, Name: "affinity-cookie-differs-in-cluster", Category: lint.Affinity,
	Severity: diag.Info, Check: check.On(checkCookieInCluster),
	Subjects: []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
	Doc: lint.Doc{
		Title: "Uris of one cluster use different affinity cookies",
		Why: "Right when applications have cookies of their own; otherwise one of them lost its affinity. " +
			"Liberty learns the names of cookies late.",
		Bad: `<UriGroup Name="shop_uris">
  <Uri AffinityCookie="SHOPSESSION" Name="/shop/*"/>
  <Uri Name="/other/*"/>
</UriGroup>`,
		Good: `<UriGroup Name="shop_uris">
  <Uri AffinityCookie="SHOPSESSION" Name="/shop/*"/>
  <Uri AffinityCookie="SHOPSESSION" Name="/other/*"/>
</UriGroup>`,
		NearMiss: `<UriGroup Name="shop_uris">
  <Uri AffinityCookie="JSESSIONID" Name="/shop/*"/>
  <Uri Name="/other/*"/>
</UriGroup>`,
		Source: "R4",
	},
})

// checkCookieInCluster compares with the first Uri of the cluster, and reports each other name once. It is advice:
// several applications on one cluster may well have cookies of their own. Where the Uris overlap WP306 is sure, and
// suppresses this.
func checkCookieInCluster(p *check.Pass) {
	for _, c := range p.Clusters() {
		var first *parser.Uri
		differs := map[string]bool{}
		for _, r := range p.ByRoute[c.Name.V] {
			if r.Uris == nil {
				continue
			}
			for _, u := range r.Uris.Uris {
				if first == nil {
					first = u
				}
				if u.AffinityCookie.V == first.AffinityCookie.V || differs[u.AffinityCookie.V] {
					continue
				}
				differs[u.AffinityCookie.V] = true
				p.Report(check.At(u.AffinityCookie, u.Node), "AffinityCookie %q differs from %q on %s, both for "+
					"cluster %q; right when the applications have cookies of their own, else one of them lost "+
					"its affinity", u.AffinityCookie.V, first.AffinityCookie.V,
					p.Where(check.At(first.AffinityCookie, first.Node)), c.Name.V).
					See(check.At(first.AffinityCookie, first.Node), "the other cookie").
					About(check.Attr(u.Node, "AffinityCookie"), check.Attr(first.Node, "AffinityCookie"))
			}
		}
	}
}
