package generate

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestRefused: what a topology leaves open, or says in two ways, is told at its place and not decided in silence.
func TestRefused(t *testing.T) {
	const head = "clusters:\n  c: {members: [{name: m, host: a, http: 1}]}\n" +
		"  d: {members: [{name: m, host: b, http: 1}]}\n"
	for name, c := range map[string]struct{ src, want string }{
		"two ways to say the URIs": {head + "applications: [{name: x, cluster: c, contextRoot: /x, uris: [/y]}]",
			`t.yaml:4:16: error: UriGroup "default_host_c_URIs" has no Uri; its Routes match no request ` +
				"[WP108 missing-required]\n" +
				`t.yaml:4:38: error: application "x" has uris and a contextRoot; write one of them`},
		"one group, two sets of URIs": {head + "applications:\n  - {cluster: c, uris: [/x], uriGroup: g}\n" +
			"  - {cluster: d, virtualHost: v, uris: [/y], uriGroup: g}\nvirtualHosts: {default_host: {}, " +
			"v: {aliases: [\"h:1\"]}}", `t.yaml:6:56: error: uri group "g" has other URIs for cluster "c" than for ` +
			`"d"; give one of them another uriGroup [WP203 duplicate-name]`},
		"a virtual host that is not described": {head + "virtualHosts: {v: {aliases: [\"h:80\"]}}\n" +
			"applications: [{cluster: c, uris: [/x], virtualHost: default_host}]",
			`t.yaml:5:54: error: Route names VirtualHostGroup "default_host", which does not exist; the plug-in ` +
				"rejects the whole file: no routing at start, the old routing after a reload " +
				"[WP201 route-to-missing-group]"},
		"a cluster that is not there": {head + "applications: [{name: x, cluster: e, uris: [/x]}]",
			`t.yaml:4:35: error: Route names ServerCluster "e", which does not exist; the plug-in rejects the whole ` +
				"file: no routing at start, the old routing after a reload (documented for VirtualHostGroup, " +
				"assumed " +
				"here) [WP201 route-to-missing-group]"},
		"a key that nobody knows": {head + "applications: [{name: x, cluster: c, contextroot: /x}]",
			`t.yaml:4:38: error: unknown key "contextroot" in applications[0] (did you mean "contextRoot"?)`},
		"a key twice": {head + "clusters: {}",
			`t.yaml:4:1: error: key "clusters" is given twice, first on line 1`},
		"two documents": {head + "---\nclusters: {}",
			"t.yaml:4:1: error: a second document begins here; a file holds one"},
		"no YAML": {"clusters: {", "t.yaml:1:1: error: not YAML: did not find expected node content"},
		"a text that no XML holds": {head + "webServers: [{elements: [{element: RequestMetrics, text: \"\\x02\"}]}]",
			"t.yaml:4:59: error: the text holds the character U+0002, which cannot stand in XML"},
		"a flavor with a slip": {"flavor: libery\n" + head,
			`t.yaml:1:9: error: flavor is "libery" (did you mean "liberty"?)`},
		"a port that is none": {"clusters: {c: {members: [{host: a, http: 70000}]}}",
			"t.yaml:1:42: error: clusters.c.members[0].http is 70000, outside -1 to 65535"},
		"a code that is none": {"allow: [303]\n" + head,
			`t.yaml:1:9: error: allow[0] is "303", it must be text`},
	} {
		t.Run(name, func(t *testing.T) {
			_, reports := compile(t, "t.yaml", []byte(c.src))
			if d := cmp.Diff(c.want, strings.TrimSuffix(reports, "\n")); d != "" {
				t.Error(d)
			}
		})
	}
}
