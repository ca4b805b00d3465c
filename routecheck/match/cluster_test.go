package match

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
)

// clusterOf makes the cluster of a file with these attributes and this content.
func clusterOf(file, cluster, content string) *Cluster {
	return &mustParse(clusterXML(file, cluster, content)).Clusters[0]
}

// TestStartWeights is R31: divided by the highest common factor of all servers, those of weight 0 left out.
func TestStartWeights(t *testing.T) {
	for weights, want := range map[string]string{
		"100 90 80": "10 9 8", "20 20 20": "1 1 1", "20 20 19": "20 20 19", "- -": "1 1", "- 3": "2 3",
		"0 4 6": "0 2 3",
		"0 0":   "0 0", "7": "1", "-5 4 8": "0 1 2", "x 4": "1 2", "2000000000 2": "536870912 1",
	} {
		content := ""
		for i, w := range strings.Fields(weights) {
			attributes := ""
			if w != "-" {
				attributes = `LoadBalanceWeight="` + w + `"`
			}
			content += server(string(rune('a'+i)), attributes)
		}
		c := clusterOf("", "", content)
		var got []string
		for i := range c.Members {
			got = append(got, fmt.Sprint(c.Members[i].Start))
		}
		if text := strings.Join(got, " "); text != want {
			t.Errorf("%s: %s, want %s", weights, text, want)
		}
		starts := StartWeights(parseOnly(clusterXML("", "", content)).Clusters[0])
		for i := range c.Members {
			if m := &c.Members[i]; starts[m.Name] != m.Start {
				t.Errorf("%s: StartWeights says %d of %s", weights, starts[m.Name], m.Name)
			}
		}
	}
}

// TestRoles: whom a request can go to, and whom it goes to only when there is nobody else.
func TestRoles(t *testing.T) {
	content := server("a", "") + server("b", `LoadBalanceWeight="0"`) + server("c", "") + server("d", "") +
		`<ClusterAddress Name="ip"><Transport Hostname="h" Port="1"/></ClusterAddress>` +
		`<PrimaryServers><Server Name="a"/><Server Name="b"/></PrimaryServers>` +
		`<BackupServers><Server Name="c"/></BackupServers>`
	c := clusterOf("", "", content)
	if got := fmt.Sprint(c.Roles()); got != "[primary primary backup none cluster-address]" {
		t.Error(got)
	}
	for i, role := range c.Roles() {
		m := MemberID(i)
		if c.Role(m) != role {
			t.Errorf("Role says %s of %s", c.Role(m), c.Members[m].Name)
		}
		if drained := c.Drained(m); drained != (c.Members[m].Name == "b") {
			t.Errorf("%s drained: %t", c.Members[m].Name, drained)
		}
	}
	if c.Listed != 3 || c.Single() {
		t.Errorf("%d are listed", c.Listed)
	}
	if m, ok := c.MemberByName("ClusterAddress"); !ok || m != c.Address || c.Members[m].CloneID != "" {
		t.Errorf("the ClusterAddress is %d, %t", m, ok)
	}
	if random := clusterOf("", `LoadBalance="Random"`, content); random.Drained(1) {
		t.Error("Random looks at weights (R35)")
	}
}

// TestTimesAndLimits: what attributes come to, and what is put in where they are absent.
func TestTimesAndLimits(t *testing.T) {
	old, err := choices.Level("7.0")
	if err != nil {
		t.Fatal(err)
	}
	latest := choices.Latest()
	one := func(server, transport string) *Member {
		c := clusterOf("", "", `<Server Name="a" `+server+`><Transport Hostname="h" Port="1" `+transport+`/></Server>`)
		return &c.Members[0]
	}
	for _, c := range []struct {
		server, transport         string
		connect, connectOld, idle string // seconds: ConnectTimeout now and at an old level, ConnectionTTL now
		io                        string
		most                      int32
	}{
		{"", "", "5", "0", "28", "0", 0},
		{`ConnectTimeout="0"`, `ConnectionTTL="0"`, "0", "0", "0", "0", 0},
		{`ConnectTimeout="7" ServerIOTimeout="60"`, `ConnectionTTL="30"`, "7", "7", "30", "60", 0},
		{`ConnectTimeout="-1" ServerIOTimeout="-60" MaxConnections="-1"`, `ConnectionTTL="-1"`, "0", "0", "0",
			"60 marks", 0},
		{`ConnectTimeout="soon" MaxConnections="9"`, `ConnectionTTL="x"`, "5", "0", "28", "0", 9},
	} {
		m := one(c.server, c.transport)
		seconds := func(n Nanos) string { return fmt.Sprint(int64(n / Second)) }
		io := seconds(m.IOTimeout)
		if m.MarkOnIO {
			io += " marks"
		}
		got := [5]string{seconds(m.ConnectIn(&latest)), seconds(m.ConnectIn(&old)),
			seconds(m.Transports[0].TTLIn(&latest)), io, fmt.Sprint(m.MaxConnections)}
		if want := [5]string{c.connect, c.connectOld, c.idle, c.io, fmt.Sprint(c.most)}; got != want {
			t.Errorf("%s %s: %v, want %v", c.server, c.transport, got, want)
		}
		if idle := m.Transports[0].TTLIn(&old); idle != 0 && c.idle == "28" {
			t.Errorf("%s: before PH09034 there was a limit of %d", c.transport, idle)
		}
	}
}

// TestAddresses: where a member is, as URLs have it, and which one can never be reached.
func TestAddresses(t *testing.T) {
	for _, c := range []struct{ transports, address, none string }{
		{`<Transport Hostname="h" Port="9080"/>`, "h:9080", ""},
		{`<Transport Hostname="::1" Port="9080"/>`, "[::1]:9080", ""},
		{`<Transport Hostname="[::1]" Port="9080"/>`, "[::1]:9080", ""},
		{`<Transport Hostname="" Port="9080"/>`, ":9080", ":9080"},
		{`<Transport Hostname="h" Port="0"/><Transport Hostname="h" Port="70000"/>`, "h:0", "h:0"},
		{`<Transport Hostname="h" Port="0"/><Transport Hostname="h" Port="1"/>`, "h:0", ""},
		{`<Transport Hostname="h" Port="http"/>`, "h:0", ""}, // what that comes to is undocumented
		{"", "", ""},
	} {
		m := &clusterOf("", "", `<Server Name="a">`+c.transports+`</Server>`).Members[0]
		none := ""
		if tr := m.NoAddress(); tr != nil {
			none = tr.Address()
		}
		if none != c.none {
			t.Errorf("%s: %q can never be reached, want %q", c.transports, none, c.none)
		}
		if len(m.Transports) > 0 && m.Transports[0].Address() != c.address && c.transports != "" {
			t.Errorf("%s: at %s, want %s", c.transports, m.Transports[0].Address(), c.address)
		}
	}
}

// TestUsableTransports: https needs a keyring and PluginInstallRoot (R64).
func TestUsableTransports(t *testing.T) {
	const keyring = `<Property Name="keyring" Value="k"/>`
	for _, c := range []struct {
		scheme, property string
		root             bool
		want             bool
	}{
		{"http", "", false, true}, {"https", keyring, true, true}, {"https", keyring, false, false},
		{"https", "", true, false}, {"https", `<Property Name="keyring" Value=""/>`, true, false},
		{"https", `<Property Name="stashfile" Value="s"/>`, true, false},
	} {
		xml := clusterXML("", "", `<Server Name="a"><Transport Hostname="h" Port="1" Protocol="`+c.scheme+`">`+
			c.property+`</Transport></Server>`)
		if !c.root {
			xml = strings.Replace(xml, "PluginInstallRoot", "Other", 1)
		}
		if got := mustParse(xml).Clusters[0].Members[0].Transports[0].Usable; got != c.want {
			t.Errorf("%+v: %t", c, got)
		}
	}
}

// TestCloneTwins: whether letter case alone tells two clone IDs apart, and where an index finds them.
func TestCloneTwins(t *testing.T) {
	for _, c := range []struct {
		ids  string
		want bool
	}{{"a b", false}, {"a A", true}, {"a a", false}, {"aB Ab c", true}, {"", false}} {
		content := ""
		for i, id := range strings.Fields(c.ids) {
			content += server(fmt.Sprint("m", i), `CloneID="`+id+`"`)
		}
		k := clusterOf("", "", content+server("none", ""))
		if k.CaseTwins != c.want || k.HasClones != (c.ids != "") || k.Indexed() {
			t.Errorf("%s: twins %t, clone IDs %t, index %t", c.ids, k.CaseTwins, k.HasClones, k.Indexed())
		}
	}
	content := server("x", `CloneID="Id3"`)
	for i := range 18 {
		content += server(fmt.Sprint("m", i), fmt.Sprintf(`CloneID="id%d"`, i))
	}
	lists := "<PrimaryServers>"
	for i := range 17 {
		lists += fmt.Sprintf(`<Server Name="m%d"/>`, 16-i)
	}
	k := clusterOf("", "", content+lists+`<Server Name="x"/></PrimaryServers>`+
		`<BackupServers><Server Name="m17"/></BackupServers>`)
	for id, want := range map[string]string{"id16": "[0] []", "ID3": "[13 17] []", "id17": "[] [0]", "id18": "[] []",
		"": "[] []"} {
		primary, backup := k.ClonePlaces(id)
		if got := fmt.Sprint(primary, " ", backup); got != want || !k.Indexed() {
			t.Errorf("%s: %s, want %s", id, got, want)
		}
	}
}
