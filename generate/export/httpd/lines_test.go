package httpd_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/generate/export"
	"github.com/wasplug/wasplug/generate/export/httpd"
	"github.com/wasplug/wasplug/internal/exporttest"
	"github.com/wasplug/wasplug/internal/sharedtest"
)

// Members of the cases, without and with TLS.
const (
	plainServer = `<Server Name="m" CloneID="a.1"><Transport Hostname="h" Port="9080"/></Server>`
	otherServer = `<Server Name="n" CloneID="b+"><Transport Hostname="::1" Port="9080"/></Server>`
	tlsServer   = `<Server Name="m" CloneID="a"><Transport Hostname="h" Port="9443" Protocol="https">` +
		`<Property Name="keyring" Value="/plugin/plugin-key.kdb"/></Transport></Server>`
)

var keystores = map[string]string{"plugin-key.kdb": `/etc/my "key".pem`}

// TestBalancers: what each value of a cluster becomes in httpd's words.
func TestBalancers(t *testing.T) {
	t.Parallel()
	two := plainServer + otherServer
	for name, c := range map[string]exporttest.Case{
		"two members that are balanced": {XML: sharedtest.ClusterXML("", `RetryInterval="30"`, two),
			Has: []string{"# C", "<Proxy balancer://C>",
				"BalancerMember http://h:9080 route=a.1 retry=30 connectiontimeout=5 timeout=86400 loadfactor=1",
				"BalancerMember http://[::1]:9080 route=b+ retry=30 connectiontimeout=5 timeout=86400 loadfactor=1",
				"ProxySet lbmethod=byrequests stickysession=wasplug_route maxattempts=1 forcerecovery=Off",
				"ProxyPreserveHost On", "</Proxy>"},
			Lacks: []string{"failontimeout", "failonstatus", "LimitRequestBody", "SSLProxy"}},
		"the only server is asked again at once (R51)": {XML: sharedtest.ClusterXML("", "", plainServer),
			Has: []string{
				"BalancerMember http://h:9080 route=a.1 retry=0 connectiontimeout=5 timeout=86400 loadfactor=1"}},
		"an interval of 0": {XML: sharedtest.ClusterXML("", `RetryInterval="0"`, two),
			Has: []string{
				"BalancerMember http://h:9080 route=a.1 retry=1 connectiontimeout=5 timeout=86400 loadfactor=1"}},
		"weights above 100 are scaled": {XML: sharedtest.ClusterXML("", "",
			sharedtest.Server("m", `LoadBalanceWeight="1000"`)+sharedtest.Server("n", `LoadBalanceWeight="1"`)),
			Has: []string{
				"BalancerMember http://m.example.com:9080 retry=60 connectiontimeout=5 timeout=86400 loadfactor=100",
				"BalancerMember http://n.example.com:9080 retry=60 connectiontimeout=5 timeout=86400 loadfactor=1"}},
		"weight 0 and a backup": {
			XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", `LoadBalanceWeight="0"`)+
				sharedtest.Server("n", "")+sharedtest.Server("o", "")+sharedtest.Lists("m n", "o")),
			Has: []string{
				"BalancerMember http://m.example.com:9080 retry=60 connectiontimeout=5 timeout=86400 status=+N",
				"BalancerMember http://n.example.com:9080 retry=60 connectiontimeout=5 timeout=86400 loadfactor=1",
				"BalancerMember http://o.example.com:9080 retry=60 connectiontimeout=5 timeout=86400 status=+H"}},
		"a ClusterAddress takes what no session places (R41)": {XML: sharedtest.ClusterXML("", "", plainServer+
			`<ClusterAddress Name="all"><Transport Hostname="l" Port="9080"/></ClusterAddress>`),
			Has: []string{"BalancerMember http://h:9080 route=a.1 retry=0 connectiontimeout=5 timeout=86400 status=+N",
				"BalancerMember http://l:9080 retry=0 connectiontimeout=5 timeout=86400"}},
		"a timeout and a 503 that mark": {
			XML: sharedtest.ClusterXML(`MarkBusyDown="true"`, `PostSizeLimit="1000"`,
				sharedtest.Server("m", `ServerIOTimeout="-60"`)+sharedtest.Server("n", "")),
			Has: []string{"ProxySet failontimeout=On", "ProxySet failonstatus=503", "LimitRequestBody 1000"}},
		"members over TLS get their own name as Host": {XML: sharedtest.ClusterXML("", "", tlsServer),
			Options: export.Options{Keystores: keystores},
			Has: []string{
				"BalancerMember https://h:9443 route=a retry=0 connectiontimeout=5 timeout=86400 loadfactor=1",
				"SSLProxyEngine On", "SSLProxyVerify require", `SSLProxyCACertificateFile "/etc/my \"key\".pem"`,
				"ProxyPreserveHost Off", "SSLProxyCheckPeerName On"}},
		"names of certificates are not checked": {
			XML:     sharedtest.ClusterXML(`SecureHostVerification="false"`, "", tlsServer),
			Options: export.Options{Keystores: keystores},
			Has:     []string{"ProxyPreserveHost On", "SSLProxyCheckPeerName Off"}},
		"a name that continues a line": {
			XML: strings.ReplaceAll(sharedtest.ClusterXML("", "", plainServer), `"C"`, `"C &#10;Listen 1\"`),
			Has: []string{`# C  Listen 1\ .`, "<Proxy balancer://C__Listen_1_>"}},
		"no member with a Transport": {XML: sharedtest.ClusterXML("", "", `<Server Name="m" CloneID="a"/>`),
			Lacks: []string{"<Proxy"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File = "balancers.conf"
			c.Holds(t, httpd.Write)
		})
	}
}

// TestRules: how a request is compared, sent and told of.
func TestRules(t *testing.T) {
	t.Parallel()
	place := `RewriteCond "%{ENV:WASPLUG_HOST}:%{ENV:WASPLUG_PORT} %{ENV:WASPLUG_PATH}" `
	for name, c := range map[string]exporttest.Case{
		"the first pair decides, and the rest is passed over": {
			XML: strings.Replace(sharedtest.ClusterXML("", "", plainServer), `<Uri Name="/*"/>`,
				`<Uri Name="*.do"/><Uri Name="/a.b/*"/><Uri Name="/it's"/>`, 1),
			Has: []string{place + `"^[^ ]*:443 /a\.b/.*$"`, "RewriteRule ^ - [E=WASPLUG_TO:C|0,S=5]",
				place + `"^[^ ]*:443 /a\.b$"`, place + `"^[^ ]*:80 .*\.do$"`, "RewriteRule ^ - [E=WASPLUG_TO:C|0]",
				`RewriteCond %{ENV:WASPLUG_TO} "^$"`, "RewriteRule ^ - [R=404,L]"},
			Lacks: []string{"it's"}},
		"clone IDs are quoted, behind the separator of their cluster": {
			XML: sharedtest.ClusterXML("", `CloneSeparatorChange="true"`, plainServer+
				`<Server Name="n" CloneID="(b)"><Transport Hostname="i" Port="1"/></Server>`),
			Has: []string{`RewriteCond "%{ENV:WASPLUG_TO} %{ENV:WASPLUG_COOKIE}" ` +
				`"^C\|[0-9]+ .{4}[^+]*(?:\+(?!(?:a\.1|\(b\))(?:\+|$))[^+]*)*\+(a\.1|\(b\))(?:\+|$)"`}},
		"no sessions (R25)": {XML: sharedtest.ClusterXML("", "", sharedtest.Server("m", "")),
			Lacks: []string{"E=WASPLUG_HOME"}},
		"no member with a Transport": {XML: sharedtest.ClusterXML("", "", `<Server Name="m" CloneID="a"/>`),
			Has:   []string{`RewriteCond %{ENV:WASPLUG_TO} "^C\|"`, "RewriteRule ^ - [R=500,L]"},
			Lacks: []string{"balancer://"}},
		"the path is sent as it came": {XML: sharedtest.ClusterXML("", "", plainServer),
			Has: []string{"AllowEncodedSlashes NoDecode", `RewriteRule ^ "balancer://C%{ENV:WASPLUG_SENT}" [P,NE,L]`}},
		"the port of arrival is matched (R7)": {XML: sharedtest.ClusterXML(`VHostMatchingCompat="true"`, "",
			plainServer),
			Has: []string{"RewriteRule ^ - [E=WASPLUG_TOLD:%{ENV:WASPLUG_PORT}]",
				"RewriteRule ^ - [E=WASPLUG_PORT:%{ENV:WASPLUG_ARRIVED}]"}},
		"the port of arrival is told (R10)": {
			XML: sharedtest.ClusterXML(`AppServerPortPreference="WebserverPort"`, "", plainServer),
			Has: []string{"RewriteRule ^ - [E=WASPLUG_TOLD:%{ENV:WASPLUG_ARRIVED}]"}},
		"private headers of clients are dropped without ours, too": {XML: sharedtest.ClusterXML("", "", plainServer),
			Options: export.Options{Headers: "none"},
			Has: []string{"<IfModule !lua_module>", "LuaScope conn", "<LuaHookFixups wasplug_forged>",
				`RequestHeader edit* Connection "\$[A-Za-z]*" "none"`}, Lacks: []string{"$WSRA", "X-Forwarded-For"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c.File = "plugin-http.conf"
			c.Holds(t, httpd.Write)
		})
	}
}

// TestWhole: what starts as it is, for addresses of both schemes, and what a fragment leaves out.
func TestWhole(t *testing.T) {
	t.Parallel()
	opt := export.Options{Dir: `/a "b"`, Modules: "/m", Certificate: "/c d.pem",
		Listen: []export.Listen{{Port: 8080, As: 80}}, TLSListen: []export.Listen{{Host: "[::1]", Port: 8443,
			As: 443}}}
	c := exporttest.Case{XML: sharedtest.ClusterXML("", "", plainServer), Options: opt, File: "httpd.conf",
		Has: []string{`ServerRoot "/a \"b\""`, `LoadModule lua_module "/m/mod_lua.so"`,
			`LoadModule ssl_module "/m/mod_ssl.so"`,
			"Include balancers.conf", "Listen 8080", "<VirtualHost *:8080>", "RewriteRule ^ - [E=WASPLUG_ARRIVED:80]",
			"Include plugin-http.conf", "Listen [::1]:8443", "<VirtualHost [::1]:8443>", "SSLEngine On",
			`SSLCertificateFile "/c d.pem"`, "RewriteRule ^ - [E=WASPLUG_ARRIVED:443]", "Include plugin-https.conf"}}
	c.Holds(t, httpd.Write)
	opt.Fragment = true
	files, _, err := exporttest.Written(t, httpd.Write, c.XML, opt)
	var names []string
	for _, f := range files {
		names = append(names, f.Name)
	}
	if got := strings.Join(names, " "); err != nil || got != "balancers.conf plugin-http.conf plugin-https.conf" {
		t.Errorf("%s, %v", got, err)
	}
}

// TestKeystore: a key database without a PEM file in its place is named with its place in the file.
func TestKeystore(t *testing.T) {
	t.Parallel()
	_, _, err := exporttest.Written(t, httpd.Write, sharedtest.ClusterXML("", "", tlsServer), export.Options{})
	var missing *export.KeystoreError
	if !errors.As(err, &missing) || missing.At.IsZero() {
		t.Errorf("%v", err)
	}
}
