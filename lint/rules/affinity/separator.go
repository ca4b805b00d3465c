package affinity

import (
	"maps"
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.SeparatorDiffers, Name: "separator-differs", Category: lint.Affinity, Severity: diag.Warning,
	Check:    check.On(checkSeparators),
	Subjects: []string{"ServerCluster/CloneSeparatorChange"},
	Doc: lint.Doc{
		Title: "CloneSeparatorChange differs between clusters that share a host and a cookie",
		Why: "A cookie written with + is read with : and names no clone: affinity is lost where the browser " +
			"moves from one application to the other.",
		Bad:      example.TwoClustersWith(`CloneSeparatorChange="true" `, ""),
		Good:     example.TwoClustersWith(`CloneSeparatorChange="true" `, `CloneSeparatorChange="true" `),
		NearMiss: example.TwoClustersWith(`CloneSeparatorChange="false" `, ""),
		Source:   "APAR PM56332",
	},
})

// checkSeparators compares clusters that a browser sends one cookie to: by host and name of the cookie, without the
// port, since cookies know none. A cluster without servers writes no cookies.
func checkSeparators(p *check.Pass) {
	type user struct {
		cluster *parser.ServerCluster
		change  bool
	}
	type sent struct{ host, cookie string } // by a browser, to each of the clusters there
	first := map[sent]user{}
	names := map[*parser.ServerCluster][]string{}
	reported := map[*parser.ServerCluster]bool{}
	for _, a := range routedHosts(p) {
		c := a.route.Cluster
		if c == nil || len(c.Servers) == 0 || len(first) > check.MaxWork {
			continue
		}
		if names[c] == nil {
			sorted := slices.Sorted(maps.Keys(cookieNames(p, c)))
			names[c] = sorted[:min(len(sorted), check.MaxCookies)]
		}
		for _, name := range names[c] {
			f, seen := first[sent{a.host, name}]
			if !seen {
				first[sent{a.host, name}] = user{c, c.CloneSeparatorChange.V}
			} else if f.change != c.CloneSeparatorChange.V && !reported[c] {
				reported[c] = true
				p.Report(check.At(c.CloneSeparatorChange, c.Node), "CloneSeparatorChange of cluster %q differs "+
					"from that of cluster %q on %s, and both get cookie %q of host %q; written with one "+
					"separator and read with the other it names no clone", c.Name.V, f.cluster.Name.V,
					p.Where(check.At(f.cluster.CloneSeparatorChange, f.cluster.Node)), name, a.host).
					See(check.At(f.cluster.CloneSeparatorChange, f.cluster.Node), "the other cluster")
			}
		}
	}
}

// routedHost is a host to which a browser sends cookies, and a Route that takes its requests.
type routedHost struct {
	host  string
	route *check.Routed
}

// routedHosts lists the hosts of each Route, each host once for a group and cluster.
func routedHosts(p *check.Pass) []routedHost {
	type use struct {
		group   *parser.VirtualHostGroup
		cluster *parser.ServerCluster
	}
	var out []routedHost
	done := map[use]bool{}
	for i := range p.Routes {
		r := &p.Routes[i]
		if r.Hosts == nil || done[use{r.Hosts, r.Cluster}] || len(out) > check.MaxWork {
			continue
		}
		done[use{r.Hosts, r.Cluster}] = true
		seen := map[string]bool{}
		for _, h := range r.Hosts.Aliases {
			if a, err := parser.ParseAlias(h.Name.V); err == nil && !seen[a.Host] {
				seen[a.Host] = true
				out = append(out, routedHost{a.Host, r})
			}
		}
	}
	return out
}
