package names

import (
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
)

// TestNames: a member is found by its name, by that of its cluster where several have one, and what is not found is
// answered with what may be meant.
func TestNames(t *testing.T) {
	table := coretest.Parse(`<Config>
<ServerCluster Name="shop"><Server Name="m1" CloneID="c1"/><Server Name="m2"/></ServerCluster>
<ServerCluster Name="a/b"><Server Name="m2"/></ServerCluster></Config>`)
	for name, want := range map[string]string{
		"m1": "", "shop/m2": "", "a/b/m2": "",
		"m2":   `member "m2" is in several clusters: name one of shop/m2, a/b/m2`,
		"c1":   `no member is named "c1"; it is the clone ID of m1`,
		"m1x":  `no member is named "m1x" (did you mean "m1"?)`,
		"else": `no member is named "else"; there are m1, m2`,
	} {
		cluster, member, err := Member(table, name)
		if err == nil && want == "" && member >= 0 && cluster >= 0 {
			continue
		}
		if err == nil || err.Error() != want {
			t.Errorf("%s: %d/%d, %v, want %s", name, cluster, member, err, want)
		}
	}
	if _, err := Cluster(table, "shop"); err != nil {
		t.Error(err)
	}
	if _, err := Cluster(table, "shob"); err == nil ||
		err.Error() != `no cluster is named "shob" (did you mean "shop"?)` {
		t.Error(err)
	}
}

// TestMemberWithSlashes: a slash may stand in the name of a cluster, of a member, or in both, and the first reading
// that names somebody counts.
func TestMemberWithSlashes(t *testing.T) {
	table := coretest.Parse(`<Config><ServerCluster Name="a"><Server Name="b/m"/><Server Name="x"/></ServerCluster>
<ServerCluster Name="a/b"><Server Name="m"/><Server Name="x/y"/><Server Name="a/x"/></ServerCluster></Config>`)
	for name, want := range map[string]string{
		"a/b/m": "a b/m", "a/b/x/y": "a/b x/y", "x/y": "a/b x/y", "b/m": "a b/m", "m": "a/b m",
		"a/x": "a x", // CLUSTER/MEMBER goes before a member that is called so
		"a/y": "", "/m": "", "a/": "", "": "",
	} {
		got := ""
		if c, m, err := Member(table, name); err == nil {
			got = table.Clusters[c].Name + " " + table.MemberName(c, m)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestManyMembers: a message names a few of them, in order.
func TestManyMembers(t *testing.T) {
	servers := ""
	for _, n := range []string{"f1", "e2", "d3", "c4", "b5", "a6"} {
		servers += `<Server Name="` + n + `"/>`
	}
	table := coretest.Parse(`<Config><ServerCluster Name="c">` + servers + `</ServerCluster></Config>`)
	if _, _, err := Member(table, "quite another"); err == nil ||
		err.Error() != `no member is named "quite another"; there are a6, b5, c4, d3, e2, ...` {
		t.Error(err)
	}
}
