package lint

import "github.com/wasplug/wasplug/parser/diag"

const (
	keys     = `<Property Name="keyring" Value="/k.kdb"/><Property Name="stashfile" Value="/k.sth"/>`
	https1   = `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https">` + keys + `</Transport></Server>`
	proxies1 = `<TrustedProxyGroup><TrustedProxy Name="10.0.0.5"/></TrustedProxyGroup>`
)

func securityRules() []*Rule {
	return []*Rule{
		{
			Code: "WP701", Name: "plaintext-to-members", Category: Security, Severity: diag.Warning, Check: checkPlaintext,
			Subjects: []string{"Transport/Protocol"},
			Doc: Doc{
				Title:  "A Server has http Transports only",
				Why:    "Session cookies and LTPA tokens cross the network in clear text, those of https clients too. Servers on the web server's own machine are not reported.",
				Bad:    "<Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" Port=\"9080\" Protocol=\"http\"/></Server>",
				Good:   `<Server CloneID="c1" Name="m1" ServerIOTimeout="60"><Transport Hostname="h1" Port="9443" Protocol="https">` + keys + `</Transport></Server>`,
				Near:   "<Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"127.0.0.1\" Port=\"9080\" Protocol=\"http\"/></Server>",
				Source: "R64",
			},
		},
		{
			Code: "WP702", Name: "tls-keystore-missing", Category: Security, Severity: diag.Error, Check: checkKeystore,
			Subjects:  []string{"Transport/Protocol", "Transport/keyring", "Transport/stashfile"},
			Otherwise: "warning where only the stashfile is missing",
			Doc: Doc{
				Title:  "An https Transport has no keyring or no stashfile",
				Why:    "Without a keyring it cannot be used: https clients get 500, or their requests go out in clear text under UseInsecure. Without a stashfile (a warning) what the plug-in does is undocumented; a SAF key ring of z/OS has none.",
				Bad:    `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property Name="stashfile" Value="/k.sth"/></Transport></Server>`,
				Good:   https1,
				Near:   `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property Name="Keyring" Value="/k.kdb"/><Property Name="StashFile" Value="/k.sth"/></Transport></Server>`,
				Source: "inferred from APAR PI77874; R64",
			},
		},
		{
			Code: "WP703", Name: "plugin-root-missing", Category: Security, Severity: diag.Error, Check: checkInstallRoot,
			Subjects: []string{"Transport/Protocol", "Config/PluginInstallRoot"},
			Doc: Doc{
				Title:  "There are https Transports but no Property PluginInstallRoot",
				Why:    "Plug-ins from V7 on cannot find their security library and skip every https Transport.",
				Bad:    "<!-- no PluginInstallRoot --><Property Name=\"ESIEnable\" Value=\"false\"/>\n" + https1,
				Good:   "<Property Name=\"PluginInstallRoot\" Value=\"/opt/plugins/\"/>\n" + https1,
				Near:   "<!-- no PluginInstallRoot --><Property Name=\"ESIEnable\" Value=\"false\"/>\n" + `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
				Source: "https://ibm.com/support/pages/node/408041",
			},
		},
		{
			Code: "WP704", Name: "insecure-fallback", Category: Security, Severity: diag.Error, Fix: UnsafeFix, Check: checkInsecure,
			Subjects:  []string{"Config/UseInsecure", "Config/StrictSecurity"},
			Otherwise: "warning for StrictSecurity",
			Doc: Doc{
				Title:  "UseInsecure is true, or StrictSecurity is written as false",
				Why:    "An https request goes to an http Transport when TLS is broken or missing. Scripts set it to avoid the set-up of TLS. StrictSecurity=\"false\" written out is a warning: what it does rests on recollection, and it is the default, so a file without it is no safer.",
				Bad:    "<Config UseInsecure=\"true\"/>",
				Good:   "<Config UseInsecure=\"false\"/>",
				Near:   "<Config StrictSecurity=\"true\"/>",
				Source: "APAR PI77874; StrictSecurity recalled",
			},
		},
		{
			Code: "WP705", Name: "trusted-proxy-list-missing", Category: Security, Severity: diag.Warning, Check: checkTrustedProxyList,
			Subjects: []string{"Config/TrustedProxyEnable", "TrustedProxyGroup"},
			Doc: Doc{
				Title:  "Trusted proxies are switched on but none is listed",
				Why:    "Nobody is trusted: client addresses and certificates that the proxy sends are dropped.",
				Bad:    "<Config TrustedProxyEnable=\"true\"/>",
				Good:   "<Config TrustedProxyEnable=\"true\">" + proxies1 + "</Config>",
				Near:   "<Config TrustedProxyEnable=\"false\"/>",
				Source: "observed in Liberty; IBM page on private headers",
			},
		},
		{
			Code: "WP706", Name: "private-headers-kept", Category: Security, Severity: diag.Error, Fix: UnsafeFix, Check: checkPrivateHeaders,
			Subjects: []string{"ServerCluster/RemoveSpecialHeaders"},
			Doc: Doc{
				Title:  "RemoveSpecialHeaders is false",
				Why:    "Any browser can send $WS headers: user, certificate, scheme and address of a request can be forged.",
				Bad:    members(`RemoveSpecialHeaders="false" `, "", "", ""),
				Good:   members(`RemoveSpecialHeaders="true" `, "", "", ""),
				Near:   members("", "", "", ""),
				Source: "IBM, plug-in server cluster properties: \"security exposure\"",
			},
		},
		{
			Code: "WP707", Name: "admin-uri-exposed", Category: Security, Severity: diag.Warning, Check: checkAdmin,
			Subjects: []string{"Uri/Name", "VirtualHost/Name"},
			Options:  []Option{{"public-ports", []int{80, 443}, "ports that the public reaches"}},
			Doc: Doc{
				Title:  "Administration or diagnosis is reachable on a public alias",
				Why:    "Consoles, metrics and test programs are open to the internet side, also when only /* covers them. /metrics and /health are context roots of other products too: they count only where the cluster gets /ibm/api, /IBMJMXConnectorREST or /adminCenter as well.",
				Bad:    uriGroup("shop_uris", "/shop/*", "/ibm/console/*"),
				Good:   uriGroup("shop_uris", "/shop/*"),
				Near:   hostGroup("default_host", "*:80") + hostGroup("admin_host", "*:9060") + uriGroup("shop_uris", "/shop/*") + uriGroup("admin_uris", "/ibm/console/*") + "<Route ServerCluster=\"shop\" UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n<Route ServerCluster=\"shop\" UriGroup=\"admin_uris\" VirtualHostGroup=\"admin_host\"/>",
				Source: "follows from R1",
			},
		},
		{
			Code: "WP708", Name: "secret-in-clear", Category: Security, Severity: diag.Error, Check: checkSecrets,
			Subjects: []string{"Config/SSLPKCSPassword", "Transport/password"},
			Doc: Doc{
				Title:  "A password stands in the file",
				Why:    "Whoever reads the file, or a copy of it in a ticket, has it.",
				Bad:    `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property Name="keyring" Value="/k.kdb"/><Property Name="password" Value="secret"/></Transport></Server>`,
				Good:   https1,
				Near:   "<Config SSLPKCSPassword=\"/opt/plugins/pkcs.sth\"/>",
				Source: "recalled",
			},
		},
		{
			Code: "WP709", Name: "post-size-unlimited", Category: Security, Severity: diag.Info, Check: checkPostSize,
			Subjects: []string{"ServerCluster/PostSizeLimit"},
			Doc: Doc{
				Title:  "Request bodies may have any size",
				Why:    "One client can fill memory or disk of every server. Generators write -1.",
				Bad:    members(`PostSizeLimit="-1" `, "", "", ""),
				Good:   members(`PostSizeLimit="10000000" `, "", "", ""),
				Near:   members(`PostSizeLimit="1" `, "", "", ""),
				Source: "IBM, plug-in server cluster properties; R59",
			},
		},
		{
			Code: "WP710", Name: "host-check-off", Category: Security, Severity: diag.Warning, Fix: UnsafeFix, Check: checkHostVerification,
			Subjects: []string{"Config/SecureHostVerification"},
			Options:  []Option{{"max-names", []int{20}, "names in GlobalHostAlias that are not reported"}},
			Doc: Doc{
				Title:  "Certificates of servers are not compared with their names",
				Why:    "Any server with a certificate of the same authority can take a member's place: CVE-2022-39161. A GlobalHostAlias with \"*\", a whole domain or a long list comes close to that. The documented form is a list of host names: how a name with \"*\" or a leading dot is taken is undocumented, and what is called wide here is a judgement.",
				Bad:    "<Config SecureHostVerification=\"false\"/>",
				Good:   "<Config SecureHostVerification=\"true-markdown\"/>",
				Near:   "<Config SecureHostVerification=\"true-nomarkdown\"/>",
				Source: "APAR PH48747, https://ibm.com/support/pages/node/6982543",
			},
		},
		{
			Code: "WP711", Name: "ssl-map-mode-conflict", Category: Security, Severity: diag.Warning, Check: checkMapMode,
			Subjects: []string{"Config/SSLMapMode"},
			Doc: Doc{
				Title:  "SSLMapMode does not fit the aliases or the Transports",
				Why:    "offload with https clients: clear text behind a padlock. onload without an https Transport: http or 500, which is undocumented (choice transport-choice).",
				Bad:    "<Config SSLMapMode=\"offload\"/>",
				Good:   "<Config/>",
				Near:   "<Config SSLMapMode=\"onload\"/>",
				Source: "APAR PH23808, https://ibm.com/support/pages/node/6202858; R64",
			},
		},
		{
			Code: "WP712", Name: "trusted-proxy-too-wide", Category: Security, Severity: diag.Warning, Check: checkTrustedProxyWidth,
			Subjects:  []string{"TrustedProxy/Name"},
			Otherwise: "info for a public address",
			Options:   []Option{{"max-proxies", []int{20}, "trusted proxies that are not reported"}},
			Doc: Doc{
				Title:  "Too many, or public, machines are trusted proxies",
				Why:    "Each of them may set $WSRA, $WSRH and $WSCC: client address and certificate can be forged. No name is looked up, so this is a judgement: of names those count as public that are a bare domain such as example.com or begin with www, cdn, api or public, and have no label such as intranet or corp. Addresses of the public internet are only mentioned (info).",
				Bad:    "<Config TrustedProxyEnable=\"true\"><TrustedProxyGroup><TrustedProxy Name=\"*\"/></TrustedProxyGroup></Config>",
				Good:   "<Config TrustedProxyEnable=\"true\">" + proxies1 + "</Config>",
				Near:   "<Config TrustedProxyEnable=\"true\"><TrustedProxyGroup><TrustedProxy Name=\"proxy.example.com\"/></TrustedProxyGroup></Config>",
				Source: "observed; follows from what the headers carry",
			},
		},
		{
			Code: "WP713", Name: "trusted-proxy-switch-off", Category: Security, Severity: diag.Info, Check: checkTrustedProxySwitch,
			Subjects: []string{"Config/TrustedProxyEnable", "TrustedProxyGroup"},
			Doc: Doc{
				Title:  "Trusted proxies are listed but switched off",
				Why:    "The list is ignored.",
				Bad:    proxies1,
				Good:   "<Config TrustedProxyEnable=\"true\">" + proxies1 + "</Config>",
				Near:   "<Config TrustedProxyEnable=\"false\"/>",
				Source: "observed in Liberty",
			},
		},
		{
			Code: "WP714", Name: "tls-tuning-off", Category: Security, Severity: diag.Warning, Fix: UnsafeFix, Check: checkAutoSecurity,
			Subjects: []string{"Config/AutoSecurity"},
			Doc: Doc{
				Title:  "AutoSecurity is false",
				Why:    "It opts out of automatic hardening of TLS and of certificate checks.",
				Bad:    "<Config AutoSecurity=\"false\"/>",
				Good:   "<Config/>",
				Near:   "<Config AutoSecurity=\"true\"/>",
				Source: "APAR PI39126; the place as an attribute of Config is inferred",
			},
		},
	}
}
