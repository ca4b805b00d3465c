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
