package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/written"
)

func TestNewSessions(t *testing.T) {
	servers := func(weights ...int) string {
		var b strings.Builder
		for i, w := range weights {
			fmt.Fprintf(&b,
				`<Server Name="m%d" CloneID="c%d" LoadBalanceWeight="%d"><Transport Hostname="h%d" Port="1"/>`+
					`</Server>`, i, i, w, i)
		}
		return b.String()
	}
	for name, c := range map[string]struct{ cluster, want string }{
		"equal weights":     {`<ServerCluster Name="C">` + servers(2, 2) + `</ServerCluster>`, "[0.500 0.500]"},
		"weights":           {`<ServerCluster Name="C">` + servers(20, 19) + `</ServerCluster>`, "[0.513 0.487]"},
		"the same, doubled": {`<ServerCluster Name="C">` + servers(40, 38) + `</ServerCluster>`, "[0.513 0.487]"},
		"one drained": {`<ServerCluster Name="C">` + servers(2, 0, 2) + `</ServerCluster>`,
			"[0.500 0.000 0.500]"},
		"all drained": {`<ServerCluster Name="C">` + servers(0, 0) + `</ServerCluster>`, "[0.500 0.500]"},
		"random": {`<ServerCluster LoadBalance="Random" Name="C">` + servers(9, 1) + `</ServerCluster>`,
			"[0.500 0.500]"},
		"a backup": {`<ServerCluster Name="C">` + servers(2, 2) +
			`<PrimaryServers><Server Name="m1"/></PrimaryServers><BackupServers><Server Name="m0"/></BackupServers>` +
			`</ServerCluster>`, "[0.000 1.000]"},
		"in no list": {`<ServerCluster Name="C">` + servers(2, 2, 2) +
			`<PrimaryServers><Server Name="m2"/><Server Name="m0"/></PrimaryServers></ServerCluster>`,
			"[0.500 0.000 0.500]"},
		"a ClusterAddress": {`<ServerCluster Name="C">` + servers(2, 2) +
			`<ClusterAddress Name="lb"><Transport Hostname="lb" Port="1"/></ClusterAddress></ServerCluster>`,
			"[0.000 0.000 1.000]"},
		"a list of strangers": {`<ServerCluster Name="C">` + servers(2, 2) +
			`<PrimaryServers><Server Name="gone"/></PrimaryServers></ServerCluster>`, "[0.500 0.500]"},
	} {
		table := mustTable(t, `<Config>`+c.cluster+`</Config>`)
		sem := choices.Latest()
		if got := fmt.Sprintf("%.3f", NewSessions(table, 0, &sem)); got != c.want {
			t.Errorf("%s: %s, want %s", name, got, c.want)
		}
	}
}

func TestHome(t *testing.T) {
	table := mustTable(t, `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="C">
<Server Name="a" CloneID="a1"><Transport Hostname="a" Port="1"/></Server>
<Server Name="b" CloneID="b1"><Transport Hostname="b" Port="1"/></Server>
<Server Name="c" CloneID="c1" LoadBalanceWeight="0"><Transport Hostname="c" Port="1"/></Server>
<PrimaryServers><Server Name="a"/><Server Name="c"/></PrimaryServers></ServerCluster>
<UriGroup Name="u"><Uri Name="/app/*"/></UriGroup><Route ServerCluster="C" UriGroup="u" VirtualHostGroup="v"/>
</Config>`)
	sem := choices.Latest()
	home := Home(table, &sem)
	for value, want := range map[string]string{"0000s:a1": "a", "0000s:b1": "", "0000s:c1": "c", "0000s:zz": "",
		"0000s+a1": "", "": ""} {
		rq, err := written.URL("http://h/app/x")
		if err != nil {
			t.Fatal(err)
		}
		rq.Cookies = []string{"JSESSIONID=" + value}
		c, m, ok := home(&rq)
		if got := name(table, c, m); got != want || ok != (want != "") {
			t.Errorf("%q: %q %v, want %q", value, got, ok, want)
		}
	}
}

func name(t *match.Table, c match.ClusterID, m match.MemberID) string {
	if m == match.NoMember {
		return ""
	}
	return t.MemberName(c, m)
}
