package liberty_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/wasplug/wasplug/generate/importer/liberty"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/schemas/yamldoc"
)

// imported is what becomes of a server.xml of the server shop1, and what is told, a line each.
func imported(t *testing.T, src string) (yaml, told string) {
	t.Helper()
	files := diag.NewFiles()
	node, reports := liberty.Topology(files.Add("server.xml", []byte(src)), []byte(src), "shop1")
	var lines strings.Builder
	for _, d := range reports {
		lines.WriteString(files.Line(d) + "\n")
	}
	if node == nil {
		return "", lines.String()
	}
	return string(yamldoc.Print(node)), lines.String()
}

const (
	shop     = `<webApplication location="shop.war" contextRoot="/shop"/>`
	sessions = `<httpSession cloneId="shop1a"/>`
	endpoint = `<httpEndpoint id="defaultHttpEndpoint" host="shop1.example.com"/>`
)

// TestTopology: a server.xml that says all that a topology is about leaves nothing to be told.
func TestTopology(t *testing.T) {
	t.Parallel()
	yaml, told := imported(t, `<server>
<featureManager><feature>servlet-6.0</feature><feature>transportSecurity-1.0</feature></featureManager>
<variable name="port" value="9081"/>
<httpEndpoint id="other" host="x" httpPort="1"/>
<httpEndpoint id="web" host="shop1.example.com" httpPort="${port}" httpsPort="-1"/>
<virtualHost id="default_host"><hostAlias>shop.example.com:80</hostAlias><hostAlias>*:443</hostAlias></virtualHost>
<virtualHost id="empty"/>
<httpSession cloneId="shop1a" cookieName="SHOP"/>
<pluginConfiguration webserverName="web1" pluginInstallRoot="/opt/plugins" webserverPort="8080" connectTimeout="1m5s"
 serverIOTimeout="-1" loadBalanceWeight="3" serverRole="BACKUP" httpEndpointRef="web" sslKeyringLocation="/k.kdb"
 logFileName="/l/plugin.log" trustedProxyGroup="10.0.0.1, ::1" ESIEnable="false" serverIOTimeoutRetry="2">
<extraConfigProperties RefreshInterval="10"/></pluginConfiguration>
`+shop+`</server>`)
	const want = `version: 1
flavor: liberty
webServers:
  - name: web1
    pluginRoot: /opt/plugins
    ports: {http: 8080}
    log: {file: /l/plugin.log}
    tls: {keyring: /k.kdb}
    config: {RefreshInterval: "10"}
    properties: {ESIEnable: "false"}
    trustedProxies: ["10.0.0.1", "::1"]
virtualHosts:
  default_host: {aliases: ["shop.example.com:80", "*:443"]}
session: {cookie: SHOP, persistence: none}
clusters:
  shop1:
    serverIOTimeoutRetry: 2
    members:
      - name: shop1
        host: shop1.example.com
        http: 9081
        cloneId: shop1a
        connectTimeout: 65
        serverIOTimeout: -1
        weight: 3
        role: backup
applications:
  - {name: shop, cluster: shop1, contextRoot: /shop}
`
	if d := cmp.Diff(want, yaml); d != "" {
		t.Error(d)
	}
	if told != "" {
		t.Errorf("told\n%s", told)
	}
}

// TestTopologyGuesses: what stands elsewhere, or is not understood, is told at its place and not guessed in silence.
func TestTopologyGuesses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		src       string
		has, told string // "" nothing
	}{
		"no endpoint": {sessions + shop, "{name: shop1, host: localhost, http: 9080, cloneId: shop1a}",
			"server.xml:1:2: warning: no host says where a web server reaches this server: localhost stands for it, " +
				"which is right on the same machine alone\n"},
		"an endpoint of every address": {`<httpEndpoint id="defaultHttpEndpoint" host="*"/>` + sessions + shop,
			"host: localhost", "server.xml:1:10: warning: no host says where a web server reaches this server: " +
				"localhost stands for it, which is right on the same machine alone\n"},
		"an endpoint that is not asked for": {`<httpEndpoint id="other" host="x"/>` + sessions + shop,
			"host: localhost",
			"server.xml:1:2: warning: no host says where a web server reaches this server: localhost stands for it, " +
				"which is right on the same machine alone\n"},
		"TLS by a feature": {endpoint + sessions + shop +
			`<featureManager><feature> SSL-1.0 </feature></featureManager>`, "http: 9080, https: 9443", ""},
		"no clone ID": {endpoint + shop, "{name: shop1, host: shop1.example.com, http: 9080}",
			"server.xml:1:2: warning: no httpSession has a cloneId: the server makes one when it first starts, and " +
				"this file does not know it; take it from the CloneID in the server's own plugin-cfg.xml\n"},
		"the default of a variable": {`<variable name="h" defaultValue="a"/>` +
			`<httpEndpoint id="defaultHttpEndpoint" host="${h}"/>` + sessions + shop, "host: a",
			"server.xml:1:91: warning: host is taken from the default of variable ${h}: bootstrap.properties, " +
				"server.env or the command line may say something else\n"},
		"an unknown variable": {`<httpEndpoint id="defaultHttpEndpoint" host="a" httpPort="${p}"/>` + sessions + shop,
			"host: a", "server.xml:1:67: warning: variable ${p} is not defined in this file: httpPort is not taken " +
				"over\n"},
		"a WAR goes by its name": {endpoint + sessions + `<application location="apps/admin.war" type="war"/>`,
			"{name: admin, cluster: shop1, contextRoot: /admin}",
			`server.xml:1:106: warning: application "admin" has ` +
				"no contextRoot: /admin is taken, by its name; WEB-INF/ibm-web-ext.xml may say something else\n"},
		"an EAR has its context roots inside": {endpoint + sessions + shop +
			`<enterpriseApplication name="big" location="big.ear"/>`, "applications:\n  - {name: shop, ",
			"server.xml:1:163: warning: the context roots of <enterpriseApplication> \"big\" stand in its file, " +
				"which " +
				"is not read: it is not taken over\n"},
		"the other spelling of a context root": {endpoint + sessions +
			`<application name="a" location="a.ear" context-root="b"/>`, "{name: a, cluster: shop1, contextRoot: /b}",
			""},
		"no application": {endpoint + sessions, "applications: []", "server.xml:1:2: warning: no application with a " +
			"context root: what lies in the folder dropins, or is named in an include, is not known here\n"},
		"an include": {endpoint + sessions + shop + `<include location="more.xml"/>`, "host: shop1.example.com",
			"server.xml:1:162: warning: the include more.xml is not read: what it says is missing here\n"},
		"an attribute with a slip": {endpoint + sessions + shop + `<pluginConfiguration webserverNam="w"/>`,
			"{name: webserver1}", "server.xml:1:183: warning: nobody knows attribute webserverNam of " +
				"<pluginConfiguration> (did you mean \"webserverName\"?): it is not taken over\n"},
		"what a topology cannot say": {endpoint + sessions + shop + `<pluginConfiguration logDirLocation="/l"/>` +
			`<virtualHost id="v" allowFromEndpointRef="e"><hostAlias>h:80</hostAlias></virtualHost>`,
			`v: {aliases: ["h:80"]}`,
			"server.xml:1:183: warning: a topology cannot say logDirLocation of <pluginConfiguration>\n" +
				"server.xml:1:224: warning: a topology cannot say allowFromEndpointRef of <virtualHost>\n"},
		"values that are none": {endpoint + sessions + shop +
			`<pluginConfiguration webserverPort="70000" connectTimeout="5 seconds" serverRole="primary"/>`,
			"{name: webserver1}", `server.xml:1:198: warning: webserverPort is "70000": want a number from -1 to ` +
				"65535; it is not taken over\n" + `server.xml:1:221: warning: connectTimeout is "5 seconds": want a ` +
				"time such as 5s or 1m; it is not taken over\n" +
				`server.xml:1:244: warning: serverRole is "primary": ` +
				"want one of BACKUP, PRIMARY; it is not taken over\n"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			yaml, told := imported(t, "<server>"+c.src+"</server>")
			if !strings.Contains(yaml, c.has) {
				t.Errorf("no %q in\n%s", c.has, yaml)
			}
			if d := cmp.Diff(c.told, told); d != "" {
				t.Error(d)
			}
		})
	}
	if yaml, told := imported(t, "<server>"); yaml != "" || !strings.HasPrefix(told, "server.xml:1:") {
		t.Errorf("%s\n%s", yaml, told)
	}
}

// TestIsServer: what is imported as a Liberty server, and what is left to others.
func TestIsServer(t *testing.T) {
	t.Parallel()
	for src, want := range map[string]bool{"<server/>": true,
		`<?xml version="1.0"?><!-- c --><server description="x">`: true,
		"<client/>": false, "<Config/>": false, "<process:Server/>": false, "clusters: {}": false, "": false} {
		if got := liberty.IsServer([]byte(src)); got != want {
			t.Errorf("%s: %t", src, got)
		}
	}
}

// TestTimes: durations as Liberty reads them, bare numbers being seconds.
func TestTimes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"90": "90s", "90s": "90s", "1m30s": "90s", "30m": "30m", "1h30m": "90m",
		"1d": "1440m", "1500ms": "1s", "0": "0s", "1x": "", "m": "", "5 m": "", "99999999999s": ""} {
		read, reports := liberty.Read(0, []byte(`<server><httpSession invalidationTimeout="`+text+`"/></server>`))
		got := ""
		if v := read.Settings.Get("timeout"); v != nil {
			got = v.Text
		}
		if got != want || (want == "") != (len(reports) > 0) {
			t.Errorf("%s: %q %v, want %q", text, got, reports, want)
		}
	}
}
