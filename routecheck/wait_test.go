package routecheck

import (
	"testing"

	"github.com/wasplug/wasplug/parser"
)

func TestWorstWait(t *testing.T) {
	for _, tt := range []struct {
		name, servers string
		n, want       int
		endless       bool
	}{
		{"no I/O timeout: only connects end", `<Server Name="a" ConnectTimeout="5"/><Server Name="b" ConnectTimeout="5"/>`, 2, 10, true},
		{"one of two hangs", `<Server Name="a" ConnectTimeout="5" ServerIOTimeout="60"/><Server Name="b" ConnectTimeout="5" ServerIOTimeout="60"/>`, 1, 120, false},
		{"both hang: two streams each", `<Server Name="a" ConnectTimeout="5" ServerIOTimeout="60"/><Server Name="b" ConnectTimeout="5" ServerIOTimeout="60"/>`, 2, 240, false},
		{"marked down all the same", `<Server Name="a" ConnectTimeout="5" ServerIOTimeout="-30"/><Server Name="b" ConnectTimeout="5" ServerIOTimeout="-30"/>`, 2, 120, false},
		{"the operating system ends connects", `<Server Name="a" ConnectTimeout="0" ServerIOTimeout="1"/><Server Name="b" ConnectTimeout="0" ServerIOTimeout="1"/>`, 2, 240, false},
		{"5 s where none is given (level 8.0 on)", `<Server Name="a" ServerIOTimeout="1"/><Server Name="b" ServerIOTimeout="1"/>`, 2, 10, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, _ := parser.Parse(1, []byte(`<Config><ServerCluster Name="c">`+tt.servers+`</ServerCluster></Config>`))
			for _, s := range cfg.Clusters[0].Servers {
				s.Transports = []*parser.Transport{{}}
			}
			tab, _ := New(cfg)
			sem := Latest()
			got := tab.WorstWait(0, tt.n, &sem)
			if got.Seconds != tt.want || got.Endless != tt.endless {
				t.Errorf("got %+v, want %d seconds, endless %t", got, tt.want, tt.endless)
			}
		})
	}
}
