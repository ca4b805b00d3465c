package match

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
)

// A pause comes at least once for each Route and each cluster.
func TestNewPausing(t *testing.T) {
	const n = 50
	var b strings.Builder
	b.WriteString(`<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>`)
	for i := range n {
		fmt.Fprintf(&b, `<ServerCluster Name="c%[1]d"><Server Name="s"/></ServerCluster><UriGroup Name="u%[1]d">
<Uri Name="/%[1]d/*"/></UriGroup>
			<Route VirtualHostGroup="v" UriGroup="u%[1]d" ServerCluster="c%[1]d"/>`, i)
	}
	b.WriteString(`</Config>`)
	cfg, _ := parser.Parse(1, []byte(b.String()))
	var pauses atomic.Int64
	table, missing := NewPausing(cfg, func() { pauses.Add(1) })
	if got := pauses.Load(); got < 2*n || len(missing) > 0 {
		t.Errorf("%d pauses, reports %v", got, missing)
	}
	sem, _ := choices.Defaults("latest", "proxy")
	m, ok := table.Match(&Request{Host: "h", Port: 80, Target: "/7/x"}, &sem)
	if !ok || table.Clusters[m.Cluster].Name != "c7" {
		t.Errorf("%+v, %v", m, ok)
	}
}
