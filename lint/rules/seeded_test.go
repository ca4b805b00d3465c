package rules

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser/diag"
)

// clean is laid out as generators write it; no rule of the default profile reports anything about it.
const clean = `<?xml version="1.0" encoding="ISO-8859-1"?>
<Config AppServerPortPreference="HostHeader" IgnoreDNSFailures="true" RefreshInterval="60" SSLConsolidate="true" TrustedProxyEnable="true">
   <Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>
   <Property Name="ESIEnable" Value="false"/>
   <Property Name="PluginInstallRoot" Value="/opt/plugins/"/>
   <VirtualHostGroup Name="default_host">
      <VirtualHost Name="*:80"/>
      <VirtualHost Name="www.example.com:443"/>
   </VirtualHostGroup>
   <VirtualHostGroup Name="admin_host">
      <VirtualHost Name="*:9060"/>
   </VirtualHostGroup>
   <TrustedProxyGroup>
      <TrustedProxy Name="10.0.0.5"/>
   </TrustedProxyGroup>
   <ServerCluster CloneSeparatorChange="false" GetDWLMTable="false" IgnoreAffinityRequests="false" LoadBalance="Round Robin" Name="shop" PostBufferSize="0" PostSizeLimit="1000000" RemoveSpecialHeaders="true" RetryInterval="60" ServerIOTimeoutRetry="0">
      <Server CloneID="1b2c3d4e5" ConnectTimeout="5" LoadBalanceWeight="2" MaxConnections="-1" Name="m1" ServerIOTimeout="30">
         <Transport ConnectionTTL="28" Hostname="node1" Port="9080" Protocol="http"/>
         <Transport ConnectionTTL="28" Hostname="node1" Port="9443" Protocol="https">
            <Property Name="keyring" Value="/opt/plugins/key.kdb"/>
            <Property Name="stashfile" Value="/opt/plugins/key.sth"/>
         </Transport>
      </Server>
      <Server CloneID="1b2c3d4e6" ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="m2" ServerIOTimeout="30">
         <Transport ConnectionTTL="28" Hostname="node2" Port="9080" Protocol="http"/>
         <Transport ConnectionTTL="28" Hostname="node2" Port="9443" Protocol="https">
            <Property Name="keyring" Value="/opt/plugins/key.kdb"/>
            <Property Name="stashfile" Value="/opt/plugins/key.sth"/>
         </Transport>
      </Server>
      <Server CloneID="1b2c3d4e7" ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="m3" ServerIOTimeout="30">
         <Transport ConnectionTTL="28" Hostname="node3" Port="9443" Protocol="https">
            <Property Name="keyring" Value="/opt/plugins/key.kdb"/>
            <Property Name="stashfile" Value="/opt/plugins/key.sth"/>
         </Transport>
      </Server>
      <PrimaryServers>
         <Server Name="m1"/>
         <Server Name="m2"/>
      </PrimaryServers>
      <BackupServers>
         <Server Name="m3"/>
      </BackupServers>
   </ServerCluster>
   <ServerCluster Name="admin" PostSizeLimit="1000000">
      <Server CloneID="2b2c3d4e5" ConnectTimeout="5" Name="a1" ServerIOTimeout="60">
         <Transport ConnectionTTL="28" Hostname="node9" Port="9043" Protocol="https">
            <Property Name="keyring" Value="/opt/plugins/key.kdb"/>
            <Property Name="stashfile" Value="/opt/plugins/key.sth"/>
         </Transport>
      </Server>
   </ServerCluster>
   <UriGroup Name="shop_uris">
      <Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/shop/*"/>
      <Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/catalogue/*.jsp"/>
      <Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/catalogue/j_security_check"/>
      <Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/catalogue/ibm_security_logout"/>
   </UriGroup>
   <UriGroup Name="admin_uris">
      <Uri Name="/ibm/console/*"/>
   </UriGroup>
   <Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
   <Route ServerCluster="admin" UriGroup="admin_uris" VirtualHostGroup="admin_host"/>
</Config>
`

// seeds are mistakes: old becomes new, and the rule must report exactly what stands between the marks, in new or in
// place.
var seeds = []struct{ rule, old, new, place string }{
	{"WP101", `Name="/opt/plugins/logs/http_plugin.log"/>`, `Name="/opt/plugins/logs/«<»http_plugin.log"/>`, ""},
	{"WP102", `</Config>`, "</Config>\n<«Config»/>", ""},
	{"WP103", `<Log LogLevel`, `<«Lgo» LogLevel`, ""},
	{"WP104", `RetryInterval="60"`, `«RetryIntervl»="60"`, ""},
	{"WP105", `<Server CloneID="1b2c3d4e5"`, `<Server «RetryInterval»="10" CloneID="1b2c3d4e5"`, ""},
	{"WP106", `LogLevel="Error"`, `LogLevel="«error»"`, ""},
	{"WP107", `<Property Name="PluginInstallRoot"`, `<Property Name="«esiEnable»" Value="true"/><Property ` +
		`Name="PluginInstallRoot"`, ""},
	{"WP108", `Hostname="node1" Port="9080"`, `Port="9080"`, `<«Transport» ConnectionTTL="28" Port="9080"`},
	{"WP109", `CloneID="1b2c3d4e6"`, `«CloneId»="1b2c3d4e6"`, ""},
	{"WP110", `Port="9080" Protocol="http"`, `Port="«90800»" Protocol="http"`, ""},
	{"WP111", `Name="/shop/*"`, "Name=\"/sh«ö»p/*\"", ""},
	{"WP112", `   <UriGroup Name="admin_uris">`, `<«IntelligentManagement»/><UriGroup Name="admin_uris">`, ""},
	{"WP113", `Hostname="node3" Port="9443" Protocol="https">`, `Hostname="node3" Port="9444" ` +
		`Protocol="https"><Property Name="keyring" Value="/k"/><Property Name="stashfile" ` +
		`Value="/s"/></Transport><Transport Hostname="node3" Port="9443" Protocol="«https»">`, ""},
	{"WP114", `   <Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
   <Route ServerCluster="admin" UriGroup="admin_uris" VirtualHostGroup="admin_host"/>`, ``, `<«Config» AppServerPortPreference`},
	{"WP115", `<Server Name="m1"/>`, "<Server Name=\"m1\"/>\n «/&gt; Name=\"m1» \n\t", ""},
	{"WP201", `VirtualHostGroup="admin_host"/>`, `VirtualHostGroup="«admin_hots»"/>`, ""},
	{"WP202", `<UriGroup Name="admin_uris">`, `<UriGroup Name="«old»"><Uri Name="/old/*"/></UriGroup><UriGroup ` +
		`Name="admin_uris">`, ""},
	{"WP203", `Name="m2" ServerIOTimeout`, `Name="«m1»" ServerIOTimeout`, ""},
	{"WP204", `<Route ServerCluster="admin"`, `<«Route» ServerCluster="shop" UriGroup="shop_uris" ` +
		`VirtualHostGroup="default_host"/><Route ServerCluster="admin"`, ""},
	{"WP205", `<Route ServerCluster="admin" UriGroup="admin_uris"`, `<«Route» ServerCluster="admin"`, ""},
	{"WP206", `<Server Name="m2"/>`, `<Server Name="«m4»"/>`, ""},
	{"WP207", `<UriGroup Name="shop_uris">`, `<Route ServerCluster="shop" UriGroup="«shop_uris»" ` +
		`VirtualHostGroup="admin_host"/><UriGroup Name="shop_uris">`, ""},
	{"WP301", `CloneID="1b2c3d4e6"`, `CloneID="«1b2c3d4e5»"`, ""},
	{"WP302", `CloneID="2b2c3d4e5"`, `CloneID="«1b2c3d4e5»"`, ""},
	{"WP303", `CloneID="1b2c3d4e6" ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="m2"`,
		`ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="«m2»"`, ""},
	{"WP304", `CloneID="1b2c3d4e6"`, `CloneID="«1b2c:d4e6»"`, ""},
	{"WP305", `<ServerCluster Name="admin"`, `<ServerCluster CloneSeparatorChange="«true»" Name="admin"`, ""},
	{"WP306", `<Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" ` +
		`Name="/catalogue/j_security_check"/>`, `<Uri AffinityCookie="«OTHER»" Name="/shop/x/*"/>`, ""},
	{"WP307", `Hostname="node2" Port="9443"`, `Hostname="node1" Port="9443"`, `CloneID="«1b2c3d4e6»"`},
	{"WP308", `1b2c3d4e6" ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="m2" ServerIOTimeout="30">
         <Transport ConnectionTTL="28" Hostname="node2"`, `1b2c3d4e5" ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="m2" ServerIOTimeout="30">
         <Transport ConnectionTTL="28" Hostname="«node1»"`, ""},
	{"WP310", `CloneID="1b2c3d4e6"`, `CloneID="«placeholder»"`, ""},
	{"WP310", `CloneID="1b2c3d4e6"`, `CloneID="«1B2C3D4E6»"`, ""},
	{"WP310", `CloneID="1b2c3d4e6"`, `CloneID="«a0aaea8c-3251-45bb-87bb-f8b09169c0»"`, ""},
	{"WP310", `CloneID="1b2c3d4e6"`, `CloneID="«8646911284551352321»"`, ""},
	{"WP310", `CloneID="1b2c3d4e6"`, `CloneID="«member2»"`, ""},
	{"WP311", `<Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/catalogue/*.jsp"/>`,
		`<Uri AffinityCookie="«OTHER»" Name="/catalogue/*.jsp"/>`, ""},
	{"WP312", `GetDWLMTable="false"`, `GetDWLMTable="«false»"`, ""},
	{"WP401", `<Server Name="m2"/>`, ``, `Name="«m2»" ServerIOTimeout`},
	{"WP402", `<Server Name="m3"/>`, `<Server Name="m3"/><Server Name="«m1»"/>`, ""},
	{"WP403", "      <PrimaryServers>\n         <Server Name=\"m1\"/>\n         <Server Name=\"m2\"/>\n" +
		"      </PrimaryServers>\n      <BackupServers>", `<«BackupServers»>`, ""},
	{"WP404", `<Server Name="m1"/>
         <Server Name="m2"/>
      </PrimaryServers>
      <BackupServers>`, `<Server Name="m2"/></PrimaryServers><BackupServers><Server Name="m1"/>`, `LoadBalanceWeight="«3»" MaxConnections="-1" Name="m3"`},
	{"WP405", `LoadBalanceWeight="3" MaxConnections="-1" Name="m2"`,
		`LoadBalanceWeight="«2»" MaxConnections="-1" Name="m2"`, ""},
	{"WP406", `LoadBalanceWeight="3" MaxConnections="-1" Name="m2"`,
		`LoadBalanceWeight="«0»" MaxConnections="-1" Name="m2"`, ""},
	{"WP407", `LoadBalance="Round Robin"`, `LoadBalance="Random"`,
		`LoadBalanceWeight="«3»" MaxConnections="-1" Name="m2"`},
	{"WP408", `IgnoreAffinityRequests="false"`, `IgnoreAffinityRequests="«true»"`, ""},
	{"WP409", `GetDWLMTable="false"`, `GetDWLMTable="«true»"`, ""},
	{"WP410", `<ServerCluster Name="admin"`, `<ServerCluster RetryInterval="«20»" Name="admin"`, ""},
	{"WP411", `<ServerCluster Name="admin" PostSizeLimit="1000000">
      <Server CloneID="2b2c3d4e5"`, `<ServerCluster Name="admin" PostSizeLimit="1000000">
      <Server LoadBalanceWeight="«0»" CloneID="2b2c3d4e5"`, ""},
	{"WP412", `Hostname="node3"`, `Hostname="«node1»"`, ""},
	{"WP413", `MaxConnections="-1" Name="m1"`, `MaxConnections="«10»" Name="m1"`, ""},
	{"WP414", "      <PrimaryServers>\n         <Server Name=\"m1\"/>\n         <Server Name=\"m2\"/>\n" +
		"      </PrimaryServers>\n      <BackupServers>\n         <Server Name=\"m3\"/>\n      </BackupServers>",
		`<«PrimaryServers»/>`, ""},
	{"WP501", `ConnectTimeout="5" LoadBalanceWeight="2"`, `ConnectTimeout="«0»" LoadBalanceWeight="2"`, ""},
	{"WP502", `Name="m1" ServerIOTimeout="30"`, `Name="m1" ServerIOTimeout="«0»"`, ""},
	{"WP503", `Name="m1" ServerIOTimeout="30"`, `Name="m1" ServerIOTimeout="«30»"`, ""},
	{"WP504", `PostBufferSize="0" PostSizeLimit="1000000" RemoveSpecialHeaders="true" RetryInterval="60" ` +
		`ServerIOTimeoutRetry="0"`, `PostBufferSize="«64»" PostSizeLimit="1000000" RemoveSpecialHeaders="true" ` +
		`RetryInterval="60"`, ""},
	{"WP505", `PostBufferSize="0"`, `PostBufferSize="«0»"`, ""},
	{"WP506", `Name="m1" ServerIOTimeout="30"`, `Name="m1" ServerIOTimeout="«3»"`, ""},
	{"WP507", `RetryInterval="60"`, `RetryInterval="«3»"`, ""},
	{"WP508", ` ServerIOTimeoutRetry="0"`, ``, `Name="«shop»"`},
	{"WP509", `ConnectTimeout="5" LoadBalanceWeight="3" MaxConnections="-1" Name="m2"`, `ConnectTimeout="«7»" ` +
		`LoadBalanceWeight="3" MaxConnections="-1" Name="m2"`, ""},
	{"WP510", `IgnoreDNSFailures="true"`, `IgnoreDNSFailures="«false»"`, ""},
	{"WP511", `RetryInterval="60" ServerIOTimeoutRetry="0">
      <Server CloneID="1b2c3d4e5" ConnectTimeout="5" LoadBalanceWeight="2" MaxConnections="-1" Name="m1" ServerIOTimeout="30"`, `RetryInterval="60">
      <Server CloneID="1b2c3d4e5" ConnectTimeout="5" LoadBalanceWeight="2" MaxConnections="-1" Name="m1" ServerIOTimeout="«-90»"`, ""},
	{"WP512", `ConnectionTTL="28" Hostname="node1" Port="9080"`, `ConnectionTTL="«60»" Hostname="node1" Port="9080"`,
		""},
	{"WP601", `VirtualHostGroup="admin_host"/>
</Config>`, `VirtualHostGroup="admin_host"/><UriGroup Name="z"><Uri Name="«/shop/*»"/></UriGroup><Route ServerCluster="admin" UriGroup="z" VirtualHostGroup="default_host"/></Config>`, ""},
	{"WP602", `Name="/shop/*"/>`, `Name="/shop/*"/><Uri Name="«/shop/*»"/><Uri Name="/shop/*"/>`, ""},
	{"WP603", `VirtualHostGroup="admin_host"/>
</Config>`, `VirtualHostGroup="admin_host"/><UriGroup Name="z"><Uri Name="«/shop/admin/*»"/></UriGroup><VirtualHostGroup Name="z"><VirtualHost Name="*:443"/></VirtualHostGroup><Route ServerCluster="admin" UriGroup="z" VirtualHostGroup="z"/></Config>`, ""},
	{"WP604", `<Uri Name="/ibm/console/*"/>
   </UriGroup>
   <Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
   <Route ServerCluster="admin"`, `<Uri Name="/ibm/console/*"/><Uri Name="«/ibm/console/x»"/>
   </UriGroup>
   <Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
   <Route ServerCluster="shop"`, ""},
	{"WP605", `Name="/shop/*"`, `Name="«shop/*»"`, ""},
	{"WP606", `<Uri Name="/ibm/console/*"/>`, `<Uri Name="«/*»"/>`, ""},
	{"WP607", `Name="*:9060"`, `Name="«*.example.com:9060»"`, ""},
	{"WP608", `<VirtualHost Name="*:80"/>
      <VirtualHost Name="www.example.com:443"/>`, `<VirtualHost Name="*:9080"/>`, `<VirtualHostGroup Name="«default_host»">`},
	{"WP609", `Name="/shop/*"/>`, `Name="/shop/*"/><Uri Name="«/Shop/*»"/>`, ""},
	{"WP610", `Name="/catalogue/j_security_check"`, `Name="/catalogue/other"`, `Name="«/catalogue/*.jsp»"`},
	{"WP610", `Name="/ibm/console/*"`, `Name="«/bank/servlet/*»"`, ""},
	{"WP611", `VirtualHostGroup="admin_host"/>
</Config>`, `VirtualHostGroup="admin_host"/><UriGroup Name="z"><Uri Name="/shop/admin/*"/></UriGroup><VirtualHostGroup Name="z"><VirtualHost Name="«*:80»"/></VirtualHostGroup><Route ServerCluster="admin" UriGroup="z" VirtualHostGroup="z"/></Config>`, ""},
	{"WP612", `<Uri Name="/ibm/console/*"/>`, `<Uri Name="/ibm/console/*"/><Uri Name="«/status»"/>`, ""},
	{"WP701", `Port="9043" Protocol="https"`, `Port="9043" Protocol="«http»"`, ""},
	{"WP702", `Port="9043" Protocol="https">
            <Property Name="keyring" Value="/opt/plugins/key.kdb"/>`, `Port="9043" Protocol="«https»">`, ""},
	{"WP703", "   <Property Name=\"PluginInstallRoot\" Value=\"/opt/plugins/\"/>\n", ``,
		`Hostname="node1" Port="9443" Protocol="«https»"`},
	{"WP704", `SSLConsolidate="true"`, `SSLConsolidate="true" UseInsecure="«true»"`, ""},
	{"WP704", `SSLConsolidate="true"`, `SSLConsolidate="true" StrictSecurity="«false»"`, ""},
	{"WP705", "      <TrustedProxy Name=\"10.0.0.5\"/>\n", ``, `TrustedProxyEnable="«true»"`},
	{"WP706", `RemoveSpecialHeaders="true"`, `RemoveSpecialHeaders="«false»"`, ""},
	{"WP707", `Name="/shop/*"/>`, `Name="/shop/*"/><Uri Name="«/adminCenter/*»"/>`, ""},
	{"WP708", `<Property Name="stashfile" Value="/opt/plugins/key.sth"/>`, `<Property Name="«password»" Value="x"/>`,
		""},
	{"WP709", `PostSizeLimit="1000000" RemoveSpecialHeaders`, `PostSizeLimit="«-1»" RemoveSpecialHeaders`, ""},
	{"WP710", `SSLConsolidate="true"`, `SecureHostVerification="«false»"`, ""},
	{"WP710", `<Property Name="ESIEnable" Value="false"/>`, `<Property Name="ESIEnable" Value="false"/><Property ` +
		`Name="GlobalHostAlias" Value="«a.example.com,.example.com»"/>`, ""},
	{"WP711", `SSLConsolidate="true"`, `SSLMapMode="«offload»" SSLConsolidate="true"`, ""},
	{"WP712", `Name="10.0.0.5"`, `Name="«8.8.8.8»"`, ""},
	{"WP712", `Name="10.0.0.5"`, `Name="«10.0.0.0/8»"`, ""},
	{"WP712", `Name="10.0.0.5"`, `Name="«*»"`, ""},
	{"WP712", `Name="10.0.0.5"`, `Name="«www.example.com»"`, ""},
	{"WP713", ` TrustedProxyEnable="true"`, ``, `<«TrustedProxy» Name`},
	{"WP714", `SSLConsolidate="true"`, `AutoSecurity="«false»"`, ""},
	{"WP801", `LogLevel="Error"`, `LogLevel="«Debug»"`, ""},
	{"WP802", `RefreshInterval="60"`, `RefreshInterval="«5»"`, ""},
	{"WP803", `SSLConsolidate="true"`, `SSLConsolidate="«false»"`, ""},
	{"WP804", `Value="false"/>`, `Value="«true»"/>`, ""},
	{"WP805", `<Route ServerCluster="admin"`, `<«Route» ServerCluster="admin"`, ""},
	{"WP806", `Name="m1" ServerIOTimeout="30"`, `Name="m1" WaitForContinue="«true»" ServerIOTimeout="30"`, ""},
	{"WP807", `MaxConnections="-1" Name="m2" ServerIOTimeout="30"`,
		`MaxConnections="«-1»" Name="m2" ServerIOTimeout="300"`, ""},
	{"WP808", `<Property Name="ESIEnable" Value="false"/>`, `<Property Name="ESIEnable" Value="false"/><Property ` +
		`Name="ESIInvalidationMonitor" Value="«true»"/>`, ""},
	{"WP821", `Name="/opt/plugins/logs/http_plugin.log"`, `Name="C:\plugins\logs\http_plugin.log"`,
		`<Property Name="PluginInstallRoot" Value="«/opt/plugins/»"/>`},
	{"WP822", `Hostname="node9"`, `Hostname="«localhost»"`, ""},
	{"WP823", `<Route ServerCluster="admin"`, `<Route «ServerGroup»="admin"`, ""},
	{"WP824", `SSLConsolidate="true"`, `«MarkBusyDown»="true"`, ""},
	{"WP824", `SSLConsolidate="true"`, `«IISDisableNagle»="true"`, ""},
	{"WP824", `SSLConsolidate="true"`, `«OS400ConvertQueryStringToJobCCSID»="true"`, ""},
	{"WP208", `<Server Name="m2"/>`, `<Server Name="m2"/><Server Name="«m1»"/>`, ""},
	{"WP208", `<VirtualHost Name="*:9060"/>`, `<VirtualHost Name="*:9060"/><VirtualHost Name="«*:9060»"/>`, ""},
	{"WP208", `<VirtualHost Name="*:80"/>`, `<VirtualHost Name="*:80"/><VirtualHost Name="WWW.example.com:443"/>`,
		`<VirtualHost Name="«www.example.com:443»"/>`},
	{"WP313", `CloneID="1b2c3d4e6"`, `CloneID="«1b2c»"`, ""},
	{"WP314", `<Uri Name="/ibm/console/*"/>`, `<Uri «AffinityCookie»="" Name="/ibm/console/*"/>`, ""},
	{"WP314", `<Uri Name="/ibm/console/*"/>`, `<Uri AffinityURLIdentifier="«;sid»" Name="/ibm/console/*"/>`, ""},
	{"WP515", `Hostname="node9"`, `Hostname="«node9:9043»"`, ""},
	{"WP515", `Hostname="node9"`, `Hostname="«https://node9»"`, ""},
	{"WP515", `Hostname="node9"`, `Hostname="«node 9»"`, ""},
	{"WP515", `Hostname="node9"`, `Hostname="«[2001:db8::9]»"`, ""},
	{"WP827", `Name="/opt/plugins/logs/http_plugin.log"/>`, `«Name»=""/>`, ""},
	{"WP827", ` Name="/opt/plugins/logs/http_plugin.log"/>`, `/>`, `<«Log» LogLevel`},
	{"WP901", `<Log `, `«<!-- wasplug:ignore WP801 it was so -->»<Log `, ""},
	{"WP902", `<Log `, `«<!-- wasplug:ignore WP801 -->»<Log `, ""},
}

func TestCleanFileIsClean(t *testing.T) {
	if ds, files := lintText(clean, lint.Options{}); len(ds) > 0 {
		t.Errorf("findings:\n%s", describe(ds, files))
	}
}

func TestSeededFaults(t *testing.T) {
	seen := map[string]bool{}
	for _, seed := range seeds {
		seen[seed.rule] = true
		t.Run(seed.rule, func(t *testing.T) {
			text := strings.Replace(clean, seed.old, seed.new, 1)
			if text == clean && seed.old != seed.new {
				t.Fatal("nothing was changed")
			}
			if seed.place != "" {
				text = strings.Replace(text, strings.NewReplacer("«", "", "»", "").Replace(seed.place), seed.place, 1)
			}
			start := strings.Index(text, "«")
			text = strings.Replace(text, "«", "", 1)
			end := strings.Index(text, "»")
			if start < 0 || end < 0 {
				t.Fatal("the place was not found")
			}
			text = strings.Replace(text, "»", "", 1)
			r := lint.Lookup(All(), seed.rule)
			o := only(r)
			for code := range o.Rules {
				if code != r.Code {
					delete(o.Rules, code)
				}
			}
			if r.Code == "WP805" {
				o.Rules[r.Code] = lint.RuleSetting{Severity: diag.Warning,
					Options: map[string][]int{"max-comparisons": {6}}}
			}
			o.Profile = "pedantic"
			ds, files := lintText(text, o)
			found := slices.DeleteFunc(slices.Clone(ds),
				func(d diag.Diagnostic) bool { return d.Rule.Code != seed.rule })
			if !slices.ContainsFunc(found, func(d diag.Diagnostic) bool {
				return int(d.Span.Start) == start &&
					int(d.Span.End) == end
			}) {
				t.Errorf("no %s at %d to %d (%q):\n%s", seed.rule, start, end, text[start:end], describe(ds, files))
			}
			before, _ := lintText(clean, o)
			if more := len(found) - strings.Count(codes(before), seed.rule); more > 1 {
				t.Errorf("%d more findings, want one:\n%s", more, describe(found, files))
			}
		})
	}
	for _, r := range All() {
		if !seen[r.Code] && !slices.Contains(withoutExample, r.Code) {
			t.Errorf("no seeded mistake for %s", r.Code)
		}
	}
}

// TestSeededFaultsElsewhere are those that no single file shows: of two files, of the machine. Package settings has
// those of a baseline, and the script lint_session_settings those of a topology.
func TestSeededFaultsElsewhere(t *testing.T) {
	twin := strings.NewReplacer(`Hostname="node`, `Hostname="twin`, "1b2c3d4e6", "1b2c3d4e9", "1b2c3d4e7", "1b2c3d4e8",
		"2b2c3d4e5", "2b2c3d4e9").Replace(clean)
	files := diag.NewFiles()
	a, b := files.Add("a.xml", []byte(clean)), files.Add("b.xml", []byte(twin))
	missing := func(path string) string {
		return check.IfElse(strings.HasSuffix(path, "/logs/"),
			"does not exist", "")
	}
	inputs := lint.Read(files, b, a)
	placed := lint.Place(inputs, lint.Run(All(), files, inputs, lint.Options{Inspect: missing}))
	if len(placed) != 3 {
		t.Fatalf("%d findings", len(placed))
	}
	for i, want := range []struct{ code, file, text string }{
		{"WP825", "a.xml", "/opt/plugins/logs/http_plugin.log"}, {"WP825", "b.xml",
			"/opt/plugins/logs/http_plugin.log"}, {"WP309", "b.xml", "1b2c3d4e5"},
	} {
		d := placed[i]
		if d.Rule.Code != want.code || files.Name(d.Span.File) != want.file || files.Text(d.Span) != want.text {
			t.Errorf("got %s at %q, want %+v", files.Line(d.Diagnostic), files.Text(d.Span), want)
		}
	}
}

// TestTarget: an attribute that fix packs brought to a release is known there.
func TestTarget(t *testing.T) {
	for target, want := range map[string]string{"": "", "liberty": "", "8.5.5.20": "", "8.0": "MarkBusyDown",
		"7.0.0.13": "MarkBusyDown", "6.1": "MarkBusyDown ServerIOTimeoutRetry"} {
		o := onlyRule("WP824")
		o.Target = target
		ds, files := lintText(strings.Replace(clean, `SSLConsolidate="true"`, `MarkBusyDown="true"`, 1), o)
		var got []string
		for _, d := range ds {
			if text := files.Text(d.Span); text == "MarkBusyDown" || text == "ServerIOTimeoutRetry" {
				got = append(got, text)
			}
		}
		if strings.Join(got, " ") != want {
			t.Errorf("target %q: got %s, want %s", target, got, want)
		}
	}
}

func TestTwoRunsAndAnyOrderGiveTheSame(t *testing.T) {
	texts := []string{complete(collision), clean, strings.Replace(clean, "1b2c3d4e5", "c1", 1), "<Config><Server",
		strings.Replace(clean, "node1", "nodeX", -1)}
	run := func(order []int) string {
		files := diag.NewFiles()
		var ids []diag.FileID
		for _, i := range order {
			ids = append(ids, files.Add(string(rune('a'+i))+".xml", []byte(texts[i])))
		}
		inputs := lint.Read(files, ids...)
		return describe(lint.Run(All(), files, inputs, lint.Options{Profile: "pedantic"}), files)
	}
	first := run([]int{0, 1, 2, 3, 4})
	for _, order := range [][]int{{0, 1, 2, 3, 4}, {4, 3, 2, 1, 0}, {2, 4, 0, 3, 1}} {
		if got := run(order); got != first {
			t.Errorf("order %v gives\n%s\nnot\n%s", order, got, first)
		}
	}
	if !strings.Contains(first, "WP309") {
		t.Errorf("no finding across files:\n%s", first)
	}
}

func TestCheckDNSAndFiles(t *testing.T) {
	text := strings.Replace(clean, `IgnoreDNSFailures="true"`, `IgnoreDNSFailures="false"`, 1)
	o := lint.Options{
		Resolver: func(_ context.Context, host string) error {
			if host == "node2" {
				return errors.New("no such host")
			}
			return nil
		},
		Inspect: func(path string) string {
			if strings.HasSuffix(path, "key.sth") {
				return "does not exist"
			}
			return ""
		},
	}
	ds, files := lintText(text, o)
	if got := codes(ds); got != "WP825 WP510" {
		t.Errorf("got %s\n%s", got, describe(ds, files))
	}
}
