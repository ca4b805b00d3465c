package explain

import (
	"slices"
	"testing"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
)

func TestWorstWait(t *testing.T) {
	for _, tt := range []struct {
		name, servers string
		n, want       int
		endless       bool
	}{
		{"no I/O timeout: only connects end",
			`<Server Name="a" ConnectTimeout="5"/><Server Name="b" ConnectTimeout="5"/>`, 2, 10, true},
		{"one of two hangs", `<Server Name="a" ConnectTimeout="5" ServerIOTimeout="60"/>` +
			`<Server Name="b" ConnectTimeout="5" ServerIOTimeout="60"/>`, 1, 120, false},
		{"the drained one is not asked first",
			`<Server Name="a" ConnectTimeout="5" LoadBalanceWeight="0" ServerIOTimeout="60"/>` +
				`<Server Name="b" ConnectTimeout="5" ServerIOTimeout="60"/>`, 1, 120, false},
		{"both hang: two streams each", `<Server Name="a" ConnectTimeout="5" ServerIOTimeout="60"/>` +
			`<Server Name="b" ConnectTimeout="5" ServerIOTimeout="60"/>`, 2, 240, false},
		{"marked down all the same", `<Server Name="a" ConnectTimeout="5" ServerIOTimeout="-30"/>` +
			`<Server Name="b" ConnectTimeout="5" ServerIOTimeout="-30"/>`, 2, 120, false},
		{"the operating system ends connects", `<Server Name="a" ConnectTimeout="0" ServerIOTimeout="1"/>` +
			`<Server Name="b" ConnectTimeout="0" ServerIOTimeout="1"/>`, 2, 240, false},
		{"5 s where none is given (level 8.0 on)",
			`<Server Name="a" ServerIOTimeout="1"/><Server Name="b" ServerIOTimeout="1"/>`, 2, 10, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			cfg, _ := parser.Parse(1,
				[]byte(`<Config><ServerCluster Name="c">`+tt.servers+`</ServerCluster></Config>`))
			for _, s := range cfg.Clusters[0].Servers {
				s.Transports = []*parser.Transport{{}}
			}
			tab, _ := match.New(cfg)
			sem := choices.Latest()
			got := WorstWait(tab, 0, tt.n, &sem)
			if got.Seconds != tt.want || got.Endless != tt.endless {
				t.Errorf("got %+v, want %d seconds, endless %t", got, tt.want, tt.endless)
			}
		})
	}
}

// TestMarks: which failures mark which members, of primaries, backups and those in no list.
func TestMarks(t *testing.T) {
	for _, c := range []struct {
		name, config, lists string
		failure             FailureMode
		want                []bool
	}{
		{"a connect, in no list", "", `<PrimaryServers><Server Name="a"/></PrimaryServers>` +
			`<BackupServers><Server Name="b"/></BackupServers>`, Refused, []bool{true, true, false}},
		{"the only server", "",
			`<PrimaryServers><Server Name="a"/></PrimaryServers>`, Refused, []bool{false, false, false}},
		{"a timeout: negative, positive, none", "", "", NoAnswer, []bool{true, false, false}},
		{"a 503", "", "", Busy, []bool{false, false, false}},
		{"a 503 under MarkBusyDown", `MarkBusyDown="true"`, "", Busy, []bool{true, true, true}},
	} {
		table := mustTable(t, `<Config `+c.config+`><ServerCluster Name="c">
<Server Name="a" ServerIOTimeout="-9"><Transport Hostname="a" Port="1"/></Server>
<Server Name="b" ServerIOTimeout="9"><Transport Hostname="b" Port="1"/></Server>
<Server Name="c" LoadBalanceWeight="0" ServerIOTimeout="0"><Transport Hostname="c" Port="1"/>
</Server>`+c.lists+`</ServerCluster></Config>`)
		sem := choices.Latest()
		if got := Marks(table, 0, c.failure, &sem); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
