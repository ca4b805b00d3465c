package generate

import (
	"strings"
	"testing"
)

// value is a topology of one cluster c and one application, with further lines, and what of the XML hangs on them.
type value struct {
	head, cluster, member, app string   // keys of the file, and of flow maps behind what is there
	has, lacks                 []string // parts of the XML, in this order
	told                       string   // a part of what is reported; "" nothing at all
}

func (v value) yaml() string {
	return v.head + "\nclusters:\n  c: {" + v.cluster + "members: [{name: m1, host: a, http: 9080, cloneId: x" +
		v.member +
		"}, {name: m2, host: b, http: 9080, cloneId: y}]}\napplications:\n  - {name: shop, cluster: c" + v.app + "}\n"
}

// TestValues: what each key of a topology becomes.
func TestValues(t *testing.T) {
	const uris = ", uris: [/shop]"
	for name, v := range map[string]value{
		"names without more": {app: uris, has: []string{`<VirtualHostGroup Name="default_host">`,
			`<VirtualHost Name="*:80"/>`, `<VirtualHost Name="*:443"/>`, `Name="m1"`, `Name="m2"`,
			`<UriGroup Name="default_host_c_URIs">`,
			`<Route ServerCluster="c" UriGroup="default_host_c_URIs" VirtualHostGroup="default_host"/>`}},
		"a node": {app: uris, member: ", node: n1", has: []string{`Name="n1_m1"`, `<Server Name="n1_m1"/>`}},
		"a cell and a stamp that would end the comment": {head: "cell: a--b", app: uris,
			has: []string{"<!--HTTP server plugin config file for the webserver a- -b.webserver1 generated " +
				"by wasplug-->"}},
		"ports of the web server": {head: "webServers: [{ports: {http: 8080, https: -1}}]", app: uris,
			has: []string{`<VirtualHost Name="*:8080"/>`}, lacks: []string{`*:443`, `*:80"`}},
		"a port that is an alias already": {head: `virtualHosts: {default_host: {aliases: ["*:80", "h:80"]}}`,
			app: uris,
			has: []string{`<VirtualHost Name="*:80"/>`, `<VirtualHost Name="h:80"/>`, `<VirtualHost Name="*:443"/>`}},
		"a virtual host of its own gets no ports": {head: `virtualHosts: {v: {aliases: ["h:80"]}}`,
			app: uris + ", virtualHost: v", has: []string{`<VirtualHostGroup Name="v">`, `"v_c_URIs"`},
			lacks: []string{"*:80"}},
		"a Route without groups (R17)": {app: ", uris: null, virtualHost: null",
			has:   []string{`<Route ServerCluster="c"/>`},
			lacks: []string{"UriGroup"}},
		"a windows machine": {head: `webServers: [{name: w, os: windows, pluginRoot: 'C:\IBM\Plugins\'}]`, app: uris,
			member: ", https: 9443", has: []string{`Name="C:\IBM\Plugins\logs\w\http_plugin.log"`,
				`Value="C:\IBM\Plugins\"`, `Value="C:\IBM\Plugins\config\w\plugin-key.kdb"`},
			lacks: []string{"certLabel"}},
		"TLS settings": {head: `webServers: [{tls: {keyring: k.kdb, stashfile: "", certLabel: mine}}]`, app: uris,
			member: ", https: 9443", has: []string{`Value="/opt/IBM/WebSphere/Plugins/config/webserver1/k.kdb"`,
				`<Property Name="certLabel" Value="mine"/>`}, lacks: []string{"stashfile"}},
		"an absolute keyring": {head: `webServers: [{tls: {keyring: /k.kdb}}]`, app: uris, member: ", https: 9443",
			has: []string{`<Property Name="keyring" Value="/k.kdb"/>`}},
		"no log": {head: "webServers: [{log: null}]", app: uris, lacks: []string{"<Log"}},
		"a log": {head: "webServers: [{log: {level: Warn}}]", app: uris,
			has: []string{`<Log LogLevel="Warn" Name="/opt/`}},
		"properties that change, go and come": {
			head: "webServers: [{properties: {ESIEnable: \"false\", ESIMaxCacheSize: null, x: \"1\"}}]", app: uris,
			has:   []string{`<Property Name="ESIEnable" Value="false"/>`, `<Property Name="x" Value="1"/>`},
			lacks: []string{"ESIMaxCacheSize"}},
		"trusted proxies": {head: "webServers: [{trustedProxies: [10.0.0.1]}]", app: uris,
			has: []string{`TrustedProxyEnable="true"`, `<TrustedProxy Name="10.0.0.1"/>`}},
		"the defaults of the flavors": {head: "flavor: plain", app: uris, lacks: []string{"<Log", "<Property",
			"LoadBalance",
			"AffinityCookie"}},
		"replicated sessions need their table (R28)": {head: "session: {persistence: memory-to-memory}", app: uris,
			has: []string{`GetDWLMTable="true"`}},
		"the other separator (R21)": {cluster: `session: {cloneSeparator: "+"}, `, app: uris,
			has: []string{`CloneSeparatorChange="true"`}},
		"a cookie of the application before that of its cluster": {head: "session: {cookie: A, urlIdentifier: a}",
			cluster: "session: {cookie: B}, ", app: uris + ", session: {cookie: C}",
			has: []string{`<Uri AffinityCookie="C" AffinityURLIdentifier="a" Name="/shop"/>`}},
		"no cookie": {head: "session: {cookie: A}", app: uris + ", session: {cookie: null}",
			has: []string{`<Uri AffinityURLIdentifier="jsessionid" Name="/shop"/>`}},
		"a backup": {app: uris, member: ", role: backup", has: []string{"<PrimaryServers>", `<Server Name="m2"/>`,
			"<BackupServers>", `<Server Name="m1"/>`}},
		"a member in no list": {app: uris, member: ", role: none", has: []string{"<PrimaryServers>",
			`<Server Name="m2"/>`},
			lacks: []string{`<Server Name="m1"/>`}},
		"a list that is written out": {cluster: "primaryServers: [m2, m1], ", app: uris,
			has: []string{"<PrimaryServers>", `<Server Name="m2"/>`, `<Server Name="m1"/>`}},
		"no list": {cluster: "primaryServers: null, ", app: uris, lacks: []string{"PrimaryServers"}},
		"defaults of the cluster, and a member's own": {
			cluster: "defaults: {connectTimeout: 7, weight: 5, overrides: {WaitForContinue: \"true\"}}, ",
			member:  ", weight: 9, overrides: {ConnectTimeout: null}", app: uris,
			has: []string{`<Server CloneID="x" ExtendedHandshake="false" LoadBalanceWeight="9"`,
				`WaitForContinue="true"`,
				`CloneID="y" ConnectTimeout="7"`, `LoadBalanceWeight="5"`}},
		"an IPv6 host in brackets": {cluster: `clusterAddress: {host: "[::1]", http: 80}, `, app: uris,
			has: []string{`Hostname="::1"`}},
		"an IPv6 host in brackets of a Transport that is written out": {app: uris,
			member: `, transports: [{host: "[::1]", port: 1, protocol: http}]`, has: []string{`Hostname="[::1]"`},
			told: `t.yaml:3:82: error: Hostname "[::1]" of server "m1" has brackets`},
		"ports that are off": {app: uris, member: ", https: -1, connectionTTL: 20",
			has:   []string{`<Transport ConnectionTTL="20" Hostname="a" Port="9080" Protocol="http"/>`},
			lacks: []string{`Protocol="https"`}},
		"a ClusterAddress": {cluster: "clusterAddress: {host: l, http: 80}, ", app: uris,
			has: []string{"<ClusterAddress ", `Hostname="l"`}},
		"a uri group of its own": {app: uris + ", uriGroup: mine", has: []string{`<UriGroup Name="mine">`,
			`UriGroup="mine"`}},
		"a context root": {app: ", contextRoot: shop/", has: []string{`Name="/shop/*"`}},
		"a context root that is a pattern": {app: `, contextRoot: "*.do"`, has: []string{`Name="*.do"`},
			lacks: []string{"/*"}},
		"elements that have no key": {head: "webServers: [{elements: [{element: RequestMetrics, attributes: " +
			"{rmEnabled: \"false\"}, elements: [{element: filters, text: hi}]}]}]", app: uris,
			has: []string{`<RequestMetrics rmEnabled="false">`, "<filters>hi</filters>"}, told: "WP1"},
		"administration is left out": {head: "virtualHosts: {admin_host: {aliases: [\"*:9060\"]}, default_host: {}}",
			member: ", transports: [{port: 9060, protocol: http}, {port: 9080, protocol: http}]",
			app:    uris + "}\n  - {name: console, cluster: c, virtualHost: admin_host, contextRoot: /ibm",
			lacks:  []string{"admin_host", "9060", "/ibm"},
			told: `warning: application "console" is left out with its virtual host "admin_host", so no request ` +
				"reaches it through the web server"},
		"administration that is wanted": {head: "virtualHosts: {admin_host: {admin: false, aliases: [\"*:9060\"]}, " +
			"default_host: {}}", app: uris, has: []string{`<VirtualHostGroup Name="admin_host">`}},
		"a web server that serves one of two": {head: "webServers: [{name: w, serves: [shop]}]",
			app: uris + "}\n  - {name: other, cluster: c, uris: [/other]", has: []string{`Name="/shop"`},
			lacks: []string{"/other"}},
	} {
		t.Run(name, func(t *testing.T) {
			outputs, reports := compile(t, "t.yaml", []byte(v.yaml()))
			if len(outputs) == 0 {
				t.Fatalf("%s\n%s", reports, v.yaml())
			}
			text := string(xml(t, outputs[0]))
			rest := text
			for _, want := range v.has {
				_, after, found := strings.Cut(rest, want)
				if !found {
					t.Fatalf("no %s, or elsewhere, in\n%s", want, text)
				}
				rest = after
			}
			for _, part := range v.lacks {
				if strings.Contains(text, part) {
					t.Errorf("%s in\n%s", part, text)
				}
			}
			if v.told == "" && reports != "" || !strings.Contains(reports, v.told) {
				t.Errorf("told\n%swant %q", reports, v.told)
			}
		})
	}
}
