package haproxy_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/haproxy"
	"github.com/wasplug/wasplug/internal/exporttest"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Members of the cases, without and with TLS.
const (
	plainServer = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9080"/></Server>`
	otherServer = `<Server Name="n" CloneID="b"><Transport Hostname="i" Port="9080"/></Server>`
	keyring     = `<Property Name="Keyring" Value="C:\plugin\plugin-key.kdb"/>`
	tlsServer   = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9443" Protocol="https">` + keyring +
		`</Transport></Server>`
)

// checked is the end of a server that can be marked down, where RetryInterval is not written.
const checked = " check inter 60s fall 1 rise 1 observe layer4 error-limit 1 on-error mark-down " +
	"init-addr last,libc,none"

// TestLines: what each value of a configuration becomes in HAProxy's words.
func TestLines(t *testing.T) {
	t.Parallel()
	two := plainServer + otherServer
	for name, c := range map[string]exporttest.Case{
		"two members that are balanced": {XML: sharedtest.ClusterXML("", `RetryInterval="30"`, two),
			Has: []string{"backend C # C", "balance roundrobin", "retries 1", "option redispatch 1",
				"server m h:9080 weight 1" + strings.Replace(checked, "60s", "30s", 1)},
			Lacks: []string{"timeout queue", "status 413"}},
		"the only server is never marked (R51)": {XML: sharedtest.ClusterXML("", "", plainServer),
			Has:   []string{"server m h:9080 weight 1 init-addr last,libc,none"},
			Lacks: []string{" check ", "on-error"}},
		"random, which looks at no weight (R35)": {
			XML: sharedtest.ClusterXML("", `LoadBalance="Random"`, two+
				sharedtest.Server("o", `LoadBalanceWeight="0"`)),
			Has: []string{"balance random(1)", "server m h:9080 weight 256" + checked,
				"server n i:9080 weight 256" + checked, "server o o.example.com:9080 weight 256" + checked}},
		"a name that ends a line and one that is quoted": {
			XML: `<Config><VirtualHostGroup Name="v"><VirtualHost Name="*:80"/></VirtualHostGroup>` +
				`<ServerCluster Name="a&#10;stats 'b'">` + plainServer + `</ServerCluster>` +
				`<UriGroup Name="u"><Uri Name="/*"/></UriGroup>` +
				`<Route ServerCluster="a&#10;stats 'b'" UriGroup="u" VirtualHostGroup="v"/></Config>`,
			Has: []string{"backend a_stats__b_ # a stats 'b'"}},
		"a negative ServerIOTimeout marks (R55), so nothing is retried on layer 7": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `ServerIOTimeout="-60"`)+
				sharedtest.Server("n", `ServerIOTimeout="-30"`)),
			Has: []string{"timeout server 60s", "retry-on conn-failure",
				"server n n.example.com:9080 weight 1" + strings.Replace(checked, "layer4", "layer7", 1)},
			Lacks: []string{"empty-response", "http-buffer-request"}},
		"a time limit that one member lacks holds for none": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `ServerIOTimeout="60" ConnectTimeout="7"`)+
				sharedtest.Server("n", `ServerIOTimeout="0" ConnectTimeout="3"`)),
			Has: []string{"timeout connect 7s"}, Lacks: []string{"timeout server 60s"}},
		"no body is kept": {XML: sharedtest.ClusterXML("", `PostBufferSize="0"`, two),
			Has: []string{"http-request disable-l7-retry if { req.hdr_val(content-length) gt 0 } || " +
				"{ req.hdr(transfer-encoding) -m found }"},
			Lacks: []string{"http-buffer-request"}},
		"every body is kept": {XML: sharedtest.ClusterXML("", `PostBufferSize="-1"`, two),
			Has: []string{"option http-buffer-request"}, Lacks: []string{"disable-l7-retry"}},
		"a limit of bodies": {XML: sharedtest.ClusterXML("", `PostSizeLimit="1000"`, two),
			Has: []string{"http-request return status 413 if { req.hdr_val(content-length) gt 1000 }"}},
		"MaxConnections lets a session go on (R23, R60)": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `CloneID="a" MaxConnections="5"`)+otherServer),
			Has: []string{"timeout queue 1ms # who is full gets nothing",
				"http-request unset-var(txn.cookie1) if { var(txn.cookie1) -m str m } { srv_conn(C/m) ge 5 }",
				"use-server %[var(txn.cookie1)] if { var(txn.cookie1) -m found }"}},
		"a backup and a member of weight 0": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `CloneID="a" LoadBalanceWeight="0"`)+
				sharedtest.Server("o", `CloneID="c" LoadBalanceWeight="6000"`)+otherServer+
				sharedtest.Lists("m o", "n")),
			Has: []string{
				"server m m.example.com:9080 weight 0" + checked,
				"server o o.example.com:9080 weight 256" + checked,
				"server n i:9080 weight 1 backup" + checked}},
		"a ClusterAddress (R41)": {XML: sharedtest.ClusterXML("", "", two+
			`<ClusterAddress Name="all"><Transport Hostname="l" Port="9080"/></ClusterAddress>`),
			Has: []string{"use-server ClusterAddress if TRUE # the ClusterAddress takes what no session places",
				"server ClusterAddress l:9080 weight 0" + checked}},
		"an IPv6 address": {XML: sharedtest.ClusterXML("", "",
			`<Server Name="m"><Transport Hostname="::1" Port="9080"/></Server>`),
			Has: []string{"server m [::1]:9080 weight 1 init-addr last,libc,none"}},
		"no member with a Transport": {XML: sharedtest.ClusterXML("", "", `<Server Name="m" CloneID="a"/>`),
			Has: []string{"http-request return status 500 # no member has a Transport for this"}},
		"members over TLS": {XML: sharedtest.ClusterXML("", "", tlsServer),
			Options: export.Options{Keystores: map[string]string{"plugin-key.kdb": "/etc/it's.pem"}},
			Has: []string{`server m h:9443 weight 1 ssl verify required ca-file '/etc/it'\''s.pem' verifyhost h ` +
				"sni str(h) init-addr last,libc,none"}},
		"names of certificates are not checked": {
			XML:     sharedtest.ClusterXML(`SecureHostVerification="false"`, "", tlsServer),
			Options: export.Options{Keystores: map[string]string{`C:\plugin\plugin-key.kdb`: "/k.pem"}},
			Has:     []string{"server m h:9443 weight 1 ssl verify required ca-file /k.pem init-addr last,libc,none"}},
		"addresses with and without TLS": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Certificate: "/etc/my cert.pem", Listen: []export.Listen{{Port: 8080, As: 80}},
				TLSListen: []export.Listen{{Host: "[::1]", Port: 8443, As: 443}}},
			Has: []string{"bind *:8080 id 1", "bind [::1]:8443 id 2 ssl crt '/etc/my cert.pem'",
				"http-request set-var(txn.arrived) str(80) if { so_id 1 }",
				"http-request set-var(txn.arrived) str(443) if { so_id 2 }",
				"use_backend %[var(txn.to),field(1,/)] if !{ ssl_fc }",
				"use_backend %[var(txn.to),field(1,/)].tls if { ssl_fc }", "backend C # C", "backend C.tls # C"}},
		"the port of arrival is matched (R7), and that of Host told": {
			XML: sharedtest.ClusterXML(`VHostMatchingCompat="true"`, "", plainServer),
			Has: []string{"http-request set-var(txn.told) var(txn.port)",
				"http-request set-var(txn.port) var(txn.arrived)"},
			Lacks: []string{"set-header"}},
		"the port of arrival is told (R10)": {
			XML: sharedtest.ClusterXML(`AppServerPortPreference="WebserverPort"`, "", plainServer),
			Has: []string{"http-request set-var(txn.told) var(txn.arrived)"}},
		"private headers": {XML: sharedtest.ClusterXML("", "", plainServer), Options: export.Options{Headers: "ws"},
			Has: []string{"h1-case-adjust $wsra $WSRA", "http-request del-header '$ws' -m beg",
				"http-request set-header $WSRA %[src]",
				"option h1-case-adjust-bogus-server # members read $WS headers letter by letter"},
			Lacks: []string{"X-Forwarded"}},
		"a fragment": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Fragment: true, Headers: "forwarded"},
			Has:     []string{"frontend plugin", "http-request set-header X-Forwarded-For %[src]", "backend C # C"},
			Lacks:   []string{"global", "defaults", "$WSRA"}},
		"the other separator (R21)": {XML: sharedtest.ClusterXML("", `CloneSeparatorChange="true"`, two),
			Has: []string{"http-request set-var(txn.clone) 'var(txn.cookie),field(2,+)' " +
				"if { var(txn.cookie) -m sub + }"}},
		"members without clone IDs have no sessions (R25)": {XML: sharedtest.ClusterXML("", "",
			sharedtest.Server("m", "")+sharedtest.Server("n", "")), Lacks: []string{"use-server", "txn.clone"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File = "haproxy.cfg"
			c.Holds(t, haproxy.Write)
		})
	}
}

// TestMaps: what is looked up for places, paths and clone IDs.
func TestMaps(t *testing.T) {
	t.Parallel()
	const xml = `<Config>
<VirtualHostGroup Name="v"><VirtualHost Name="Shop.example.com:80"/><VirtualHost Name="[::1]:*"/></VirtualHostGroup>
<ServerCluster Name="shop a"><Server Name="m 1" CloneID="c1"><Transport Hostname="h" Port="1"/></Server>
<Server Name="m_1" CloneID="c2"><Transport Hostname="h" Port="2"/></Server></ServerCluster>
<ServerCluster Name="shop_a" CloneSeparatorChange="true"><Server Name="m" CloneID="c1">
<Transport Hostname="h" Port="3"/></Server></ServerCluster>
<UriGroup Name="u"><Uri Name="/a.b/*"/><Uri Name="*.do" AffinityCookie="SID"/><Uri Name="/it's/*"/></UriGroup>
<UriGroup Name="w"><Uri Name="/a.b/c"/></UriGroup>
<Route ServerCluster="shop a" UriGroup="u" VirtualHostGroup="v"/>
<Route ServerCluster="shop_a" UriGroup="w" VirtualHostGroup="v"/></Config>`
	for file, want := range map[string]string{
		"places.map": "[::1]:* 0\nshop.example.com:80 0\n",
		"paths.map": "0#/a.b\x7f shop_a/0/whole\n0#/a.b/c\x7f shop_a_2/0/whole\n0.0# shop_a/1\n0.0#/a.b/ shop_a/0\n" +
			"0#/a.b/ shop_a/0\n",
		"clones.map": "shop_a:c1 m_1\nshop_a:c2 m_1_2\nshop_a_2+c1 m\n",
	} {
		files, _, err := exporttest.Written(t, haproxy.Write, xml, export.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			if f.Name == file && string(f.Data) != want {
				t.Errorf("%s is\n%s\nwant\n%s", file, f.Data, want)
			}
		}
	}
}

// TestKeystore: a key database without a PEM file in its place is named with its place in the file.
func TestKeystore(t *testing.T) {
	t.Parallel()
	_, _, err := exporttest.Written(t, haproxy.Write, sharedtest.ClusterXML("", "", tlsServer), export.Options{})
	var missing *export.KeystoreError
	if !errors.As(err, &missing) || missing.Name != `C:\plugin\plugin-key.kdb` || missing.At.IsZero() {
		t.Errorf("%v", err)
	}
}
