package resolve

import (
	"strings"
	"testing"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
)

// TestFirstCounts: of two definitions of one name the first is meant, everywhere.
func TestFirstCounts(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(`<Config>
<UriGroup Name="u"/><UriGroup Name="u"><Uri Name="/*"/></UriGroup>
<ServerCluster Name="c"><Server Name="a" CloneID="1"/><Server Name="a" CloneID="2"/><Server Name="b"/></ServerCluster>
<ServerCluster Name="c"/>
<Route UriGroup="u" ServerCluster="c"/></Config>`))
	names := New(cfg)
	vhosts, uris, cluster := names.RouteParts(cfg.Routes[0])
	if vhosts != nil || uris != cfg.UriGroups[0] || cluster != cfg.Clusters[0] || len(names.Clusters()) != 1 {
		t.Errorf("%v %v %v of %d clusters", vhosts, uris, cluster, len(names.Clusters()))
	}
	if servers := Servers(cluster); len(servers) != 2 || servers[0].CloneID.V != "1" || servers[1].Name.V != "b" {
		t.Errorf("%d servers", len(servers))
	}
}

// TestDangling: what a Route names in vain is reported in the order of its parts, with the name that may be meant
// (R18).
func TestDangling(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(`<Config><VirtualHostGroup Name="hosts"/><UriGroup Name="uris"/>
<Route VirtualHostGroup="host" UriGroup="uri"/>
<Route VirtualHostGroup="hosts" UriGroup="uris" ServerCluster="c"/></Config>`))
	all := New(cfg).Dangling(cfg)
	for i, want := range []string{
		`Route names VirtualHostGroup "host", which does not exist (did you mean "hosts"?); ` +
			`the plug-in rejects the whole file`,
		`Route names UriGroup "uri", which does not exist (did you mean "uris"?); the plug-in rejects the whole file`,
		`Route names no ServerCluster; the plug-in rejects the whole file`,
		`Route names ServerCluster "c", which does not exist; the plug-in rejects the whole file`,
	} {
		if i >= len(all) || !strings.HasPrefix(all[i].Message, want) {
			t.Fatalf("got %v, want %s", all, want)
		}
	}
	if len(all) != 4 {
		t.Errorf("%d reports", len(all))
	}
}
