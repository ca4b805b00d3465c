package parser_test

import (
	"fmt"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/parser"
)

// A pause comes at least once in 64 elements, while the tree is read and while it is viewed, and changes nothing.
func TestParsePausing(t *testing.T) {
	const clusters, servers = 20, 50
	var b strings.Builder
	b.WriteString("<Config>\n")
	for c := range clusters {
		fmt.Fprintf(&b, "<ServerCluster Name=\"c%d\">\n", c)
		for s := range servers {
			fmt.Fprintf(&b, "<Server Name=\"s%d\"><Transport Hostname=\"h\" Port=\"%d\"/></Server>\n", s, s)
		}
		b.WriteString("</ServerCluster>\n")
	}
	b.WriteString("</Config>\n")
	src := []byte(b.String())
	var pauses atomic.Int64
	cfg, reports := parser.ParsePausing(1, src, func() { pauses.Add(1) })
	if n, want := pauses.Load(), int64(2*clusters*(2*servers+1)/64); n < want {
		t.Errorf("%d pauses, want %d at least", n, want)
	}
	plain, plainReports := parser.Parse(1, src)
	if d := cmp.Diff(plainReports, reports); d != "" {
		t.Error(d)
	}
	if len(cfg.Clusters) != clusters || len(cfg.Clusters[7].Servers) != len(plain.Clusters[7].Servers) {
		t.Errorf("%d clusters", len(cfg.Clusters))
	}
}
