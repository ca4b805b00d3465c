package rules_test

import (
	"strings"
	"testing"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser/diag"
)

// dmgr is how IBM's generator writes the deployment manager, whose ports are all of admin_host.
const dmgr = `<ServerCluster Name="dmgr1_Cluster"><Server ConnectTimeout="0" Name="dmgr1" ServerIOTimeout="0"/>` +
	`</ServerCluster>`

// variants are the branches of rules that their examples do not take: the severity of the finding, or silence.
var variants = []struct {
	rule, text string
	want       diag.Severity // 0: silent
	says       string
}{
	{"WP103", `<Config><Property Name="PluginInstallRoot" Value="/o/"/><Uri Name="/x"/></Config>`, diag.Warning,
		"only into <UriGroup>"},
	{"WP106", `<Config><Log LogLevel="WARN" Name="/l"/></Config>`, diag.Warning,
		`differs from "Warn" in letter case; whether that counts`},
	{"WP106", `<Config VHostMatchingCompat="TRUE"/>`, diag.Warning, `differs from "true" in letter case`},
	{"WP106", `<Config VHostMatchingCompat="yes"/>`, diag.Error, `is none of "true" and "false"`},
	{"WP104", `<Config SSLConsolidatedConfig="true"/>`, diag.Warning, `did you mean "SSLConsolidate"?`},
	{"WP105", `<Config IgnoreAffinityRequests="true"/>`, diag.Warning, "belongs on <ServerCluster>"},
	{"WP105", example.Members(`loadbalanceweight="3" `, "", "", ""), diag.Warning, `"loadbalanceweight" is written ` +
		`"LoadBalanceWeight" and belongs on <Server>`},
	{"WP101", "<?xml version=\"1.0\"?>\n<!DOCTYPE Config [ <!ENTITY kdb \"/k.kdb\"> ]>\n<Config/>", diag.Warning,
		"whether the plug-in reads it is undocumented"},
	{"WP101", "<?xml version=\"1.0\"?>\n<!DOCTYPE Config [ <!ENTITY log \"/p.log\"> ]>\n" +
		"<Config><Log Name=\"&log;\"/></Config>", diag.Error, "entity &log; is defined at most"},
	{"WP101", "<?xml version=\"1.0\"?>\n<Config><Log Name=\"&log;\"/></Config>", diag.Error,
		"entity &log; that is not defined"},
	{"WP105", `<Config PluginInstallRoot="/o/"/>`, diag.Warning, "is a Property of <Config>"},
	{"WP106", example.Members(`LoadBalance="Round-Robin" `, "", "", ""), diag.Warning, `did you mean "Round Robin"?`},
	{"WP107", `<Log LogLevel="Error" Name="/a"/><Log LogLevel="Error" Name="/b"/>`, diag.Warning, "a second time"},
	{"WP107", `<Config FIPSEnable="true"/><Property Name="FIPSEnable" Value="true"/>`, diag.Warning,
		"an attribute here and a Property"},
	{"WP108", `<ServerCluster Name="shop"/>`, diag.Error, "has no Server"},
	{"WP108", `<VirtualHostGroup Name="default_host"/>`, diag.Error, "has no VirtualHost"},
	{"WP108", `<UriGroup Name="shop_uris"/>`, diag.Error, "has no Uri"},
	{"WP109", `<Config><log LogLevel="Error" Name="/a"/></Config>`, diag.Warning, "with letter case"},
	{"WP109", example.Members(`Loadbalance="Random" `, "", "", ""), diag.Warning, `is written "LoadBalance"`},
	{"WP110", example.Members(`RetryInterval="-5" `, "", "", ""), diag.Warning, "no source says"},
	{"WP110", example.Members(`RetryInterval="60s" `, "", "", ""), diag.Error, "not a whole number"},
	{"WP114", `<Config>` + strings.NewReplacer("<VirtualHost Name=\"*:80\"/>",
		"<VirtualHost Name=\"*.a.example:80\"/>", "<VirtualHost Name=\"*:443\"/>",
		"").Replace(base["VirtualHostGroup"]) + `</Config>`, diag.Warning, "no request can match any Route"},
	{"WP114", "<?xml version=\"1.0\"?>\n<Config/>", diag.Warning, "has no Route"},
	{"WP114", "<?xml version=\"1.0\"?>\n<Config><Log></Config>", 0, ""},
	{"WP114", "<?xml version=\"1.0\"?>\n<ServerCluster Name=\"shop\"/><UriGroup Name=\"u\"/>", 0, ""},
	{"WP114", `<Route ServerCluster="shop" UriGroup="none" VirtualHostGroup="default_host"/>`, 0, ""},
	{"WP115", `<VirtualHostGroup Name="default_host">*:80<VirtualHost Name="*:443"/></VirtualHostGroup>`, diag.Warning,
		`text "*:80" directly in <VirtualHostGroup>`},
	{"WP115", "<UriGroup Name=\"shop_uris\"><![CDATA[<Uri\nName=]]><Uri Name=\"/shop/*\"/></UriGroup>", diag.Warning,
		`text "<Uri ..." directly`},
	{"WP115", "<Log LogLevel=\"Error\" Name=\"/a\">&#32;</Log>", 0, ""},
	{"WP203", `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/></UriGroup><UriGroup Name="shop_uris"><Uri ` +
		`Name="/b/*"/></UriGroup>`, diag.Error, "UriGroup"},
	{"WP302", example.TwoClusters("c1", "c1", "OTHER"), diag.Warning, "no alias shares their cookie"},
	{"WP302", strings.Replace(example.TwoClusters("c1", "c1", "JSESSIONID"), example.TwoRoutes, "", 1), diag.Warning,
		"no alias shares their cookie"},
	{"WP303", example.Members("", "", "", "") + "", 0, ""},
	{"WP303", strings.NewReplacer(`CloneID="c1" `, "", `CloneID="c2" `, "").Replace(example.Members("", "", "", "")),
		diag.Warning, "no server of cluster"},
	{"WP303", `<ServerCluster Name="shop"><Server Name="m1"><Transport Hostname="h" ` +
		`Port="1"/></Server><ClusterAddress Name="a"><Transport Hostname="lb" ` +
		`Port="80"/></ClusterAddress></ServerCluster>`, diag.Warning, "affinity is off"},
	{"WP304", `<Server CloneID="a+b" Name="m1"><Transport Hostname="h" Port="1"/></Server>`, diag.Warning, "must not"},
	{"WP304", `<ServerCluster CloneSeparatorChange="true" Name="shop"><Server CloneID="a+b" Name="m1"><Transport ` +
		`Hostname="h" Port="1"/></Server></ServerCluster>`, diag.Error, "separates"},
	{"WP304", strings.Replace(example.Members("", "", "", ""), `CloneID="c2"`, `CloneID=""`, 1), diag.Warning,
		"is empty"},
	{"WP305", strings.Replace(example.TwoClustersWith(`CloneSeparatorChange="true" `, ""), `<Uri Name="/bank/*"/>`,
		`<Uri AffinityCookie="BANK" Name="/bank/*"/>`, 1), 0, ""},
	{"WP305", strings.Replace(example.TwoClustersWith(`CloneSeparatorChange="true" `, ""), `<Uri Name="/bank/*"/>`,
		`<Uri AffinityCookie="BANK" Name="/bank/*"/><Uri Name="/b/*"/>`, 1), diag.Warning,
		`cookie "JSESSIONID" of host "*"`},
	{"WP306", "<UriGroup Name=\"shop_uris\"><Uri AffinityURLIdentifier=\"sid\" Name=\"/*\"/><Uri " +
		"Name=\"/shop/x\"/></UriGroup>", diag.Warning, "AffinityURLIdentifier"},
	{"WP310", strings.Replace(strings.Replace(example.Members("", "", "", ""), `"c1"`, `"10ig7jdvd"`, 1), `"c2"`,
		`"a0aaea8c-3251-45bb-87bb-f8b09169c03c"`, 1), diag.Info, "different forms"},
	{"WP310", example.Members("", "", "", ""), diag.Info, `"c1" of server "m1" and another one of cluster "shop" ` +
		`are set by hand`},
	{"WP310", strings.NewReplacer(`"c1"`, `"10ig7jdvd"`, `"c2"`, `"138888kcd"`).
		Replace(example.Members("", "", "", "")), 0, ""},
	{"WP310", `<Server CloneID="member1" Name="m1"><Transport Hostname="h" Port="1"/></Server>`, 0, ""},
	{"WP310", strings.NewReplacer(`"c1"`, `"10ig7jdvd"`, `"c2"`, `"placeholder"`).
		Replace(example.Members("", "", "", "")), diag.Warning, "nobody replaced"},
	{"WP403", example.Members("", "<PrimaryServers/>"+example.Backup2, "", ""), diag.Error, "an empty PrimaryServers"},
	{"WP406", strings.Replace(example.Members("", "", `LoadBalanceWeight="0" `, ""), "</ServerCluster>",
		`<ClusterAddress `+
			`Name="a"><Transport Hostname="lb" Port="80"/></ClusterAddress></ServerCluster>`, 1), 0, ""},
	{"WP405", example.Members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `), diag.Info,
		"which acts as 1"},
	{"WP405", example.Members("", "<PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2\"/></PrimaryServers>",
		`LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `, `LoadBalanceWeight="30" `), diag.Info,
		"which acts as 2"},
	// WP206; an unknown name is ignored, so all are primary
	{"WP401", example.Members("", "<PrimaryServers><Server Name=\"gone\"/></PrimaryServers>", "", ""), 0, ""},
	{"WP401", example.Members("", "<PrimaryServers><Server Name=\"gone\"/><Server Name=\"m1\"/></PrimaryServers>", "",
		""),
		diag.Warning, `server "m2"`},
	{"WP403", example.Members("", "<PrimaryServers><Server Name=\"gone\"/></PrimaryServers>"+example.Backup2, "", ""),
		diag.Error, "names none of its servers"},
	{"WP411", example.Members("", "<PrimaryServers><Server Name=\"gone\"/></PrimaryServers>", `LoadBalanceWeight="0" `,
		`LoadBalanceWeight="0" `), diag.Error, "every balanced server"},
	{"WP411", example.Members("", "<PrimaryServers><Server Name=\"m1\"/></PrimaryServers>", `LoadBalanceWeight="0" `,
		""),
		diag.Error, "every balanced server"},
	{"WP410", example.Members("", "<BackupServers/>", ""), diag.Info, "BackupServers is written"},
	{"WP413", example.Members("", "", `MaxConnections="10" `, `MaxConnections="20" `), diag.Warning,
		"different MaxConnections"},
	{"WP502", example.Members("", "", `ConnectTimeout="5" `, ""), diag.Warning,
		"and another one of cluster \"shop\" have"},
	{"WP504", example.Members(`PostBufferSize="-1" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		diag.Warning, "without bound"},
	{"WP507", example.Members(`RetryInterval="0" `, "", "", ""), diag.Warning, "undocumented"},
	{"WP507", example.Members(`RetryInterval="59" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `), 0, ""},
	{"WP507", example.Members(`RetryInterval="60" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
		diag.Warning, "= 59"},
	{"WP508", example.Members("", "", `ConnectTimeout="5" ServerIOTimeout="40" `,
		`ConnectTimeout="5" ServerIOTimeout="40" `),
		diag.Info, "waits 160 seconds for an error when all 2 servers hang: 4 attempts, each until ServerIOTimeout " +
			"ends it, 80 seconds when 1 of them hangs"},
	{"WP508", example.Members("", "", `ConnectTimeout="0" ServerIOTimeout="1" `,
		`ConnectTimeout="0" ServerIOTimeout="1" `),
		diag.Info, "waits 240 seconds for an error when all 2 servers hang: 2 attempts, each until ConnectTimeout " +
			"(0: the operating system, counted as 120 seconds) ends it"},
	{"WP509", example.Members("", "", "", `ConnectTimeout="5" `), 0, ""}, // 5 is what absent means
	{"WP509", example.Members("", "", "", `ConnectTimeout="9" `), diag.Info, `ConnectTimeout of server "m2" is 9 ` +
		`and of server "m1" on line`},
	{"WP512", `<Server CloneID="c1" Name="m1"><Transport ConnectionTTL="0" Hostname="h" Port="1"/></Server>`,
		diag.Warning, "for ever"},
	{"WP605", example.UriGroup("shop_uris", "/shop*"), diag.Error, `"/shop/*" is what is usually meant`},
	{"WP605", example.UriGroup("shop_uris", "/a/*/b/*"), diag.Error, "more than one"},
	{"WP605", example.UriGroup("shop_uris", "/a?x=1"), diag.Error, "the query is no part"},
	{"WP605", example.UriGroup("shop_uris", "/a b"), diag.Warning, "white space"},
	{"WP605", example.UriGroup("shop_uris", "/a/* "), diag.Error, "ends with white space"},
	{"WP605", example.UriGroup("shop_uris", " /a/*"), diag.Error, "does not begin"},
	{"WP605", example.UriGroup("shop_uris", "/café/*"), diag.Warning, "beyond ASCII"},
	{"WP605", example.UriGroup("shop_uris", "/a%20b"), diag.Error, "path-normalisation"},
	{"WP605", example.UriGroup("shop_uris", "/a/*/b"), diag.Error, "in its middle"},
	{"WP605", example.UriGroup("shop_uris", "//shop/*"), diag.Warning, "merge-slashes"},
	{"WP605", example.UriGroup("shop_uris", "/a/../shop/*"), diag.Warning, "cleaned up before the match"},
	{"WP605", example.UriGroup("shop_uris", "/a/..b/*"), 0, ""},
	{"WP605", example.UriGroup("shop_uris", "/a//b"), diag.Warning, "from V9 on"},
	{"WP605", example.UriGroup("shop_uris", "/a/.."), diag.Warning, "cleaned up before the match"},
	{"WP605", example.UriGroup("shop_uris", "/a/."), diag.Warning, "cleaned up before the match"},
	{"WP605", example.UriGroup("shop_uris", "/a/..b"), 0, ""},
	{"WP605", example.UriGroup("shop_uris", "/a/b."), 0, ""},
	{"WP605", example.UriGroup("shop_uris", "/a/...*"), diag.Error, "begins with"},
	{"WP605", example.UriGroup("shop_uris", "/a/..*"), diag.Error, "begins with"},
	{"WP605", `<UriGroup Name="shop_uris"><Uri Name=""/></UriGroup>`, diag.Error, "is empty"},
	{"WP306", example.HostGroup("default_host", "*:80") + example.UriGroup("shop_uris", "/shop/*") +
		`<UriGroup Name="cart_uris"><Uri AffinityCookie="CART" Name="/shop/cart/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="cart_uris" VirtualHostGroup="default_host"/>`, diag.Warning, `is "CART"`},
	{"WP306", example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/shop/*") +
		`<UriGroup Name="bank_uris"><Uri ` +
		`AffinityCookie="BANK" Name="/shop/bank/*"/></UriGroup>` + example.TwoRoutes, 0, ""},
	{"WP306", `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/><Uri AffinityCookie="OTHER" Name="/shop/*"/></UriGroup>`,
		diag.Warning, "which of the two counts is undocumented (choice score-tie)"},
	{"WP311", `<UriGroup Name="shop_uris"><Uri Name="/shop/*"/><Uri AffinityCookie="OTHER" Name="/shop/*"/></UriGroup>`,
		0, ""},
	{"WP306", `<UriGroup Name="shop_uris"><Uri AffinityCookie="A" Name="*.jsp"/><Uri AffinityCookie="B" ` +
		`Name="/shop/*"/></UriGroup>`, diag.Warning, `"A" for Uri "*.jsp", which also matches "/shop/`},
	{"WP306", `<UriGroup Name="shop_uris"><Uri AffinityCookie="A" Name="/shop/*.jsp"/><Uri AffinityCookie="B" ` +
		`Name="/shop/cart/*"/></UriGroup>`, diag.Warning, "for Uri"},
	{"WP306", `<UriGroup Name="shop_uris"><Uri AffinityCookie="A" Name="/shop/*"/><Uri AffinityCookie="B" ` +
		`Name="/shop/cart/*"/><Uri AffinityCookie="B" Name="/shop/cart/pay"/></UriGroup>`, diag.Warning,
		`Uri "/shop/cart/*"`},
	{"WP306", `<UriGroup Name="shop_uris"><Uri AffinityCookie="A" Name="*.jsp"/><Uri AffinityCookie="B" ` +
		`Name="*.do"/></UriGroup>`, 0, ""},
	{"WP306", example.HostGroup("default_host", "*:80") + example.HostGroup("old_host", "*:80") +
		example.UriGroup("shop_uris", "/shop/*") +
		`<UriGroup Name="cart_uris"><Uri AffinityCookie="CART" Name="/shop/cart/*"/></UriGroup>
<Route ServerCluster="shop" UriGroup="shop_uris" VirtualHostGroup="default_host"/>
<Route ServerCluster="shop" UriGroup="cart_uris" VirtualHostGroup="old_host"/>`, diag.Warning, `is "CART"`},
	{"WP606", example.HostGroup("default_host", "shop.example.com:443") + example.UriGroup("shop_uris", "/*"), 0, ""},
	{"WP606", example.TwoServers("c1", "c2") + example.HostGroup("default_host", "shop.example.com:443") +
		example.UriGroup("shop_uris", "/*") +
		example.UriGroup("bank_uris", "/bank/*") + example.TwoRoutes, diag.Warning, "every path"},
	{"WP606", example.HostGroup("default_host", "*:443") + example.UriGroup("shop_uris", "/*"), diag.Warning,
		"every path"},
	{"WP606", example.HostGroup("default_host", "*:443") + example.UriGroup("shop_uris", "/"), diag.Warning,
		`"/" takes the first page of its hosts`},
	{"WP606", example.HostGroup("default_host", "shop.example.com:443") + example.UriGroup("shop_uris", "/"), 0, ""},
	{"WP607", example.HostGroup("default_host", "www.example.com"), diag.Warning, "has no port"},
	{"WP607", example.HostGroup("default_host", "*:80", "2001:db8::1:443"), diag.Error, "IPv6"},
	{"WP608", `<Config VHostMatchingCompat="true"/>` + example.HostGroup("default_host", "*:9080"), 0, ""},
	{"WP609", example.HostGroup("default_host", "WWW.example.com:80") + example.HostGroup("old_host",
		"www.example.com:80"), diag.Info,
		"they are one"},
	{"WP609", example.HostGroup("default_host", "WWW.example.com:80", "www.example.com:80"), 0, ""}, // WP208
	{"WP114", example.UriGroup("shop_uris", "/a/*/b/*"), diag.Warning, "no request can match any Route"},
	{"WP114", `<Route ServerCluster="shop"/>`, 0, ""},
	{"WP208", example.Members("", "<PrimaryServers><Server Name=\"m1\"/></PrimaryServers><BackupServers><Server "+
		"Name=\"m2\"/><Server Name=\"m2\"/></BackupServers>", "", ""), diag.Warning,
		"in BackupServers of cluster \"shop\" a second time"},
	{"WP208", example.HostGroup("default_host", "*", "*:80"), 0, ""},
	{"WP313", example.CloneIDs("c1", "c10", "c1x"), diag.Warning,
		`"c1" of server "m1" is the beginning of "c10" of server "m2"`},
	{"WP313", example.CloneIDs("shop10", "shop2", "shop1"),
		diag.Warning, `"shop1" of server "m3" is the beginning of ` +
			`"shop10" of server "m1"`},
	{"WP313", example.CloneIDs("c1", "C10"), 0, ""},
	{"WP313", example.CloneIDs("1b2c3d4e5", "1b2c3d4e6"), 0, ""},
	{"WP314", `<UriGroup Name="shop_uris"><Uri AffinityCookie="" Name="/shop/*"/></UriGroup>`, diag.Error, "is empty"},
	{"WP314", `<UriGroup Name="shop_uris"><Uri AffinityCookie="JSESSION ID" Name="/shop/*"/></UriGroup>`, diag.Error,
		"holds a blank"},
	{"WP314", `<UriGroup Name="shop_uris"><Uri AffinityCookie="A,B" Name="/shop/*"/></UriGroup>`, diag.Error,
		"holds a blank"},
	// WP314
	{"WP311", `<UriGroup Name="shop_uris"><Uri AffinityCookie="" Name="/shop/*"/><Uri Name="/b/*"/></UriGroup>`, 0,
		""},
	{"WP515", host("h1:9080"), diag.Error, `ends with the port ":9080"`},
	{"WP515", host("http://h2"), diag.Error, `begins with the scheme "http://"`},
	{"WP515", host("https://h2:9443/"), diag.Error, "scheme"},
	{"WP515", host("h3 x"), diag.Error, "white space"},
	{"WP515", host(" h3"), diag.Error, "white space"},
	{"WP515", host("[2001:db8::1]"), diag.Error, "brackets"},
	{"WP515", host("[2001:db8::1]:9080"), diag.Error, `the port ":9080"`},
	{"WP515", host(""), diag.Error, "is empty"},
	{"WP515", host("*"), diag.Error, "a character that no host name has"},
	{"WP515", host("h1/"), diag.Error, "a character that no host name has"},
	{"WP515", host("http:h2"), diag.Error, "a character that no host name has"},
	{"WP515", host("h1:"), diag.Error, "a character that no host name has"},
	{"WP515", host("::1"), 0, ""},
	{"WP515", host("fe80::1%eth0"), 0, ""},
	{"WP515", host("a_b.example.com"), 0, ""},
	{"WP827", `<Log LogLevel="Error" Name="|"/>`, diag.Warning, "an empty Name"},
	{"WP108", `<Log LogLevel="Error"/>`, 0, ""},
	{"WP108", `<VirtualHostGroup Name="proxy_host"/>`, diag.Info, "no Route uses it"},
	{"WP108", `<ServerCluster Name="idle"/>`, diag.Info, `cluster "idle" has no Server, and no Route uses it`},
	{"WP108", `<UriGroup Name="old_uris"/>`, diag.Info, "no Route uses it"},
	{"WP108", dmgr, diag.Info, `server "dmgr1" has no Transport, and no Route uses its cluster`},
	{"WP202", dmgr, 0, ""}, // WP108
	{"WP501", dmgr, 0, ""},
	{"WP502", dmgr, 0, ""},
	{"WP807", dmgr, 0, ""},
	{"WP202", `<VirtualHostGroup Name="proxy_host"/>`, 0, ""}, // WP108
	{"WP611", example.HostGroup("default_host", "*:80") + example.HostGroup("old_host", "*:80"), diag.Info,
		"must not overlap"},
	{"WP611", sharedAlias("shop", []string{"/shop/*"}, []string{"/shop/cart/*"}), 0, ""},
	{"WP611", sharedAlias("bank", []string{"/shop/*"}, []string{"/shopping/*"}), 0, ""},
	{"WP611", sharedAlias("bank", []string{"/shop/*"}, []string{"/shop/bank/*.jsp"}), 0, ""}, // WP603
	{"WP611", sharedAlias("bank", []string{"/shop/*"}, []string{"/shop/bank"}), diag.Warning,
		`goes to "bank" by Uri "/shop/bank"`},
	{"WP611", "<?xml version=\"1.0\"?>\n<!-- merged by wasplug from a.xml, b.xml -->\n<Config>" +
		sharedAlias("bank", []string{"/shop/*"}, []string{"/shop/bank"}) + "</Config>", 0, ""},

	{"WP704", `<Config StrictSecurity="false"/>`, diag.Warning, "recalled"},
	{"WP705", `<Config TrustedProxyList="10.0.0.1"/>`, diag.Warning, "the element TrustedProxyGroup"},
	{"WP707", example.UriGroup("shop_uris", "/*"), diag.Warning, "\"/IBMJMXConnectorREST\" and 8 more URIs"},
	{"WP707", example.HostGroup("default_host", "inner.example.com:9080") + example.UriGroup("shop_uris", "/*"), 0,
		""},
	{"WP708", `<Config SSLPKCSPassword="hunter2"/>`, diag.Error, "clear text"},
	{"WP710", `<Property Name="GlobalHostAlias" Value="*.example.com"/>`, diag.Warning, "very wide"},
	{"WP710", `<Property Name="GlobalHostAlias" Value="a.example.com,.example.com"/>`, diag.Warning, "a whole domain"},
	{"WP710", `<Property Name="GlobalHostAlias" Value="` + strings.Repeat("a.example.com,", 21) + `"/>`, diag.Warning,
		"21 names, more than 20"},
	{"WP710", `<Property Name="GlobalHostAlias" Value="a.example.com, Com"/>`, diag.Warning, "a whole domain"},
	{"WP710", `<Property Name="GlobalHostAlias" Value="` + strings.Repeat("a.example.com,", 20) + `"/>`, 0, ""},
	{"WP710", `<Config SecureHostVerification="false"/><Server CloneID="c1" Name="m1"><Transport Hostname="h" ` +
		`Port="1"/></Server>`, 0, ""},
	{"WP710", `<Property Name="GlobalHostAlias" Value="a.example.com, b.example.com"/>`, 0, ""},
	{"WP712", trusting("example.com"), diag.Warning, "is a public name"},
	{"WP712", trusting("www.example.com"), diag.Warning, "is a public name"},
	{"WP712", trusting("www.corp.example.com"), 0, ""},
	{"WP712", trusting("proxy1"), 0, ""},
	{"WP712", trusting("192.168.0.0/16"), diag.Warning, "more than one machine"},
	{"WP712", trusting("8.8.8.8"), diag.Info, "of the public internet"},
	{"WP712", trusting("[2600::1]"), diag.Info, "of the public internet"},
	{"WP712", trusting("100.64.0.1"), 0, ""},
	{"WP712", trusting("203.0.113.9"), 0, ""},
	{"WP712", trusting("127.0.0.1"), 0, ""},
	{"WP712", trusting("169.254.1.1"), 0, ""},
	{"WP712", strings.Replace(trusting("proxy1"), "</TrustedProxyGroup>",
		strings.Repeat("<TrustedProxy Name=\"p\"/>", 20)+"</TrustedProxyGroup>", 1), diag.Warning,
		"21 machines are trusted"},
	{"WP712", strings.Replace(trusting("proxy1"), "</TrustedProxyGroup>",
		strings.Repeat("<TrustedProxy Name=\"p\"/>", 19)+"</TrustedProxyGroup>", 1), 0, ""},
	{"WP712", trusting("[fd00::1]"), 0, ""},
	{"WP702", strings.Replace(tlsServer, "stashfile", "other", 1), diag.Warning, "no Property stashfile; whether"},
	{"WP702", strings.Replace(strings.Replace(tlsServer, "stashfile", "other", 1), "/opt/plugins/k.kdb",
		"safkeyring:///WASKeyring", 1), 0, ""},
	{"WP702", strings.Replace(strings.Replace(tlsServer, "stashfile", "other", 1), "/opt/plugins/k.kdb",
		"safkeyringhybrid://WASKeyring", 1), 0, ""},
	{"WP707", example.UriGroup("shop_uris", "/metrics/*", "/app/*"), 0, ""},
	{"WP707", example.UriGroup("shop_uris", "/health", "/app/*"), 0, ""},
	{"WP707", example.UriGroup("shop_uris", "/metrics/*", "/ibm/api/*"), diag.Warning,
		`Uri "/metrics/*" lets "/metrics"`},
	{"WP707", example.UriGroup("shop_uris", "/health/*", "/snoop/*"), diag.Warning, `lets "/snoop"`},
	{"WP702", strings.Replace(tlsServer, `Value="/opt/plugins/k.kdb"`, `Value=""`, 1), diag.Error,
		"an empty Property keyring"},
	{"WP803", strings.ReplaceAll(tlsServer+tlsServer, `Value="/opt/plugins/k.kdb"`, `Value=""`), 0, ""},
	{"WP612", example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/shop") + example.UriGroup("bank_uris",
		"/*") + example.TwoRoutes, 0, ""},
	{"WP612", example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/shop") + example.UriGroup("bank_uris",
		"/bank/*") + example.TwoRoutes, diag.Info,
		"is declined"},
	{"WP711", `<Config SSLMapMode="onload"/>` + example.Members("", "", "", ""), diag.Warning,
		"choice transport-choice"},
	{"WP821", `<Log LogLevel="Error" Name="C:\logs\p.log"/>`, diag.Warning, `"C:\logs\p.log" on line`},
	{"WP601", example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/app/*") + example.UriGroup("bank_uris",
		"/app/*") + example.TwoRoutes, diag.Error,
		`Uri "/app/*" leads to`},
	{"WP804", `<Config/>`, 0, ""},
	{"WP804", `<Property Name="ESIEnable" Value="true"/><Property Name="ESIMaxCacheSize" Value="4194304"/>`, diag.Info,
		"may take 4096 MB"},
	{"WP807", example.Members("", "", `ServerIOTimeout="900" `), diag.Info, "takes every thread"},
	{"WP802", `<Config RefreshInterval="0"/>`, diag.Info, "unknown"},
	{"WP824", `<Config IISDisableNagle="true"/>`, diag.Info, "of IIS alone"},
	{"WP824", `<Config IISDisableNagle="false" IISPluginPriority="High"/>`, 0, ""},
	{"WP824", onWindows(`IISDisableNagle="true"`), 0, ""},
	{"WP824", `<Config OS400ConvertQueryStringToJobCCSID="true"/>`, diag.Info, "on IBM i alone"},
	{"WP824", onWindows(`OS400ConvertQueryStringToJobCCSID="true"`), diag.Info, "on IBM i alone"},
	{"WP824", "<?xml version=\"1.0\"?><Config OS400ConvertQueryStringToJobCCSID=\"true\"><Log " +
		"Name=\"/QIBM/UserData/plugin.log\"/></Config>", 0, ""},
	{"WP824", "<?xml version=\"1.0\"?><Config IISDisableNagle=\"true\"><Log Name=\"C:\\logs\\p.log\"/><Property " +
		"Name=\"PluginInstallRoot\" Value=\"/opt/p/\"/></Config>", 0, ""},
	{"WP824", "<?xml version=\"1.0\"?><Config IISDisableNagle=\"true\"><Log Name=\"logs/p.log\"/></Config>", 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/shop/*.do"), diag.Warning,
		`"/shop/j_security_check" and "/shop/ibm_security_logout"`},
	{"WP610", example.UriGroup("shop_uris", "/shop/*.do", "/shop/ibm_security_logout"), diag.Warning,
		`without "/shop/j_security_check";`},
	{"WP610", example.UriGroup("shop_uris", "/a/*", "/a/b/*.jsp"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/a/servlet/*", "/a/j_security_check"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/a/b", "/a/c"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "*.jsp"), diag.Warning, `without "/j_security_check"`},
	{"WP610", example.UriGroup("shop_uris", "*.jsp", "/shop/*"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/shop/html/*.gif", "/shop/*.jsp", "/shop/j_security_check"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/shop/pages/*.jsp", "/shop/j_security_check"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/shop/pages/*.jsp", "/shop/cart/*"), diag.Warning,
		`at "/shop/" is listed by ` +
			`its patterns, without "/shop/j_security_check"`},
	{"WP610", example.UriGroup("shop_uris", "/shop/img/*.gif", "/shop/css/*.css"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/a/b/*.jsp", "/a/b/j_security_check"), 0, ""},
	{"WP610", example.UriGroup("shop_uris", "/shop/servlet/Cart"), diag.Warning, `without "/shop/j_security_check"`},
	{"WP610", example.TwoServers("c1", "c2") + example.UriGroup("shop_uris", "/a/*.jsp") +
		example.UriGroup("bank_uris", "/*") + example.TwoRoutes, 0, ""},
	{"WP823", `<Config><ServerGroup Name="old"><Server Name="m"><Transport Hostname="h" ` +
		`Port="1"/></Server></ServerGroup></Config>`, diag.Warning, "V4 name"},
}

// sharedAlias has one alias in two groups, the second of which leads to a cluster.
func sharedAlias(cluster string, uris1, uris2 []string) string {
	return example.TwoServers("c1", "c2") + example.HostGroup("default_host", "*:80") + example.HostGroup("bank_host",
		"*:80") +
		example.UriGroup("shop_uris", uris1...) + example.UriGroup("bank_uris", uris2...) +
		strings.Replace(example.TwoHostRoutes, `ServerCluster="bank"`, `ServerCluster="`+cluster+`"`, 1)
}

func host(name string) string {
	return `<Server CloneID="c1" Name="m1"><Transport Hostname="` + name + `" Port="9080"/></Server>`
}

func onWindows(attrs string) string {
	return "<?xml version=\"1.0\"?><Config " + attrs + "><Log Name=\"C:\\plugins\\http_plugin.log\"/></Config>"
}

var tlsServer = `<Server CloneID="c1" Name="m1">` + tls("h1") + `</Server>`

func trusting(name string) string {
	return `<Config TrustedProxyEnable="true"><TrustedProxyGroup><TrustedProxy Name="` + name +
		`"/></TrustedProxyGroup></Config>`
}

func TestVariants(t *testing.T) {
	for _, tt := range variants {
		ds, files := lintText(complete(tt.text), lint.Options{Profile: "pedantic"})
		var found *diag.Diagnostic
		for i := range ds {
			if ds[i].Rule.Code == tt.rule && (found == nil || strings.Contains(ds[i].Message, tt.says)) {
				found = &ds[i]
			}
		}
		switch {
		case found == nil && tt.want == 0:
		case found == nil:
			t.Errorf("%s is silent on\n%s\n%s", tt.rule, tt.text, describe(ds, files))
		case found.Severity != tt.want || !strings.Contains(found.Message, tt.says):
			t.Errorf("%s: got %s, want %s %q", tt.rule, files.Line(*found), tt.want, tt.says)
		}
	}
}
