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

// TestDanglingSays: where each report stands, of which kind of group R18 is documented, and that of missing
// attributes only that of the cluster is reported (R17).
func TestDanglingSays(t *testing.T) {
	const documented, assumed = "reload", "(documented for VirtualHostGroup, assumed here)"
	src := `<Config><ServerCluster Name="c"/>
<Route ServerCluster="c"/>
<Route VirtualHostGroup="v" ServerCluster="c"/>
<Route UriGroup="" ServerCluster="c"/>
<Route ServerCluster="C"/>
<Route/></Config>`
	cfg, _ := parser.Parse(1, []byte(src))
	all := New(cfg).Dangling(cfg)
	for i, want := range []struct{ at, ends string }{
		{`"v"`, documented}, {`""`, assumed}, {`"C"`, assumed}, {"Route", assumed},
	} {
		if i >= len(all) {
			t.Fatalf("%d reports", len(all))
		}
		d := all[i]
		if got := strings.Trim(src[d.Span.Start:d.Span.End], `"`); got != strings.Trim(want.at, `"`) ||
			!strings.HasSuffix(d.Message, want.ends) ||
			d.Rule.Name != "route-to-missing-group" {
			t.Errorf("report %d stands at %q: %s", i, got, d.Message)
		}
	}
	if len(all) != 4 {
		t.Errorf("%d reports", len(all))
	}
}

// TestManyDangling: a file that is broken rather than misspelt is not searched for near names.
func TestManyDangling(t *testing.T) {
	routes := strings.Repeat(`<Route ServerCluster="clustr"/>`, 100)
	src := `<Config><ServerCluster Name="cluster"/>` + routes + `</Config>`
	cfg, _ := parser.Parse(1, []byte(src))
	near := 0
	all := New(cfg).Dangling(cfg)
	for _, d := range all {
		if strings.Contains(d.Message, `did you mean "cluster"?`) {
			near++
		}
	}
	if len(all) != 100 || near != mostSuggestions {
		t.Errorf("%d reports, %d with a suggestion", len(all), near)
	}
}

// TestNames: what a name means, and that one which nobody has means nothing.
func TestNames(t *testing.T) {
	cfg, _ := parser.Parse(1, []byte(`<Config><VirtualHostGroup Name="v"/><VirtualHostGroup Name="v"/>
<ServerCluster Name="b"/><ServerCluster Name="a"/><ServerCluster Name="b"/></Config>`))
	n := New(cfg)
	if n.Cluster("b") != cfg.Clusters[0] || n.Cluster("B") != nil || n.Cluster("") != nil ||
		n.VirtualHostGroup("v") != cfg.VirtualHostGroups[0] || n.VirtualHostGroup("w") != nil {
		t.Error("a name means another definition")
	}
	var order []string
	for _, c := range n.Clusters() {
		order = append(order, c.Name.V)
	}
	if strings.Join(order, " ") != "b a" {
		t.Errorf("clusters %v, want the order of the file", order)
	}
}
