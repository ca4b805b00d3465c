package rules

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/space"
)

var securityRules = []*lint.Rule{
	plaintextToMembers, tlsKeystoreMissing, pluginRootMissing, insecureFallback,
	trustedProxyListMissing, privateHeadersKept, adminURIExposed, secretInClear, postSizeUnlimited,
	hostCheckOff, sslMapModeConflict, trustedProxyTooWide, trustedProxySwitchOff, tlsTuningOff,
}

func isLocal(host string) bool {
	host = strings.ToLower(strings.Trim(host, "[]"))
	if addr, err := netip.ParseAddr(host); err == nil {
		return addr.IsLoopback()
	}
	return host == "localhost" || host == "loopback"
}

// eachHTTPS visits the https Transports of servers and cluster addresses.
func (p *pass) eachHTTPS(visit func(s *parser.Server, t *parser.Transport)) {
	for _, c := range p.Config.Clusters {
		servers := c.Servers
		if c.ClusterAddress != nil {
			servers = append(slices.Clone(servers), c.ClusterAddress)
		}
		for _, s := range servers {
			for _, t := range s.Transports {
				if isHTTPS(t) {
					visit(s, t)
				}
			}
		}
	}
}

var plaintextToMembers = &lint.Rule{
	Code: diag.PlaintextToMembers, Name: "plaintext-to-members", Category: lint.Security, Severity: diag.Warning,
	Check:    on(checkPlaintext),
	Subjects: []string{"Transport/Protocol"},
	Doc: lint.Doc{
		Title: "A Server has http Transports only",
		Why: "Session cookies and LTPA tokens cross the network in clear text, those of https clients too. " +
			"Servers on the web server's own machine are not reported.",
		Bad: "<Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\" Protocol=\"http\"/></Server>",
		Good: `<Server CloneID="c1" Name="m1" ServerIOTimeout="60"><Transport Hostname="h1" Port="9443" ` +
			`Protocol="https">` + keys + `</Transport></Server>`,
		NearMiss: "<Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"127.0.0.1\" " +
			"Port=\"9080\" Protocol=\"http\"/></Server>",
		Source: "R64",
	},
}

func checkPlaintext(p *pass) {
	for _, c := range p.Config.Clusters {
		var first *parser.Server
		more := 0
		for _, s := range c.Servers {
			if len(s.Transports) == 0 || slices.ContainsFunc(s.Transports,
				func(t *parser.Transport) bool { return isHTTPS(t) || isLocal(t.Hostname.V) }) {
				continue
			}
			if first == nil {
				first = s
			} else {
				more++
			}
		}
		if first != nil {
			t := first.Transports[0]
			p.Report(at(t.Protocol, t.Node), "server %q%s of cluster %q %s no https Transport; session cookies and "+
				"LTPA tokens, of https clients too, cross the network in clear text", first.Name.V, others(more),
				c.Name.V, ifElse(more > 0, "have", "has"))
		}
	}
}

var tlsKeystoreMissing = &lint.Rule{
	Code: diag.TLSKeystoreMissing, Name: "tls-keystore-missing", Category: lint.Security, Severity: diag.Error,
	Check:     on(checkKeystore),
	Subjects:  []string{"Transport/Protocol", "Transport/keyring", "Transport/stashfile"},
	Otherwise: "warning where only the stashfile is missing",
	Doc: lint.Doc{
		Title: "An https Transport has no keyring or no stashfile",
		Why: "Without a keyring it cannot be used: https clients get 500, or their requests go out in clear " +
			"text under UseInsecure. Without a stashfile (a warning) what the plug-in does is undocumented; a SAF " +
			"key ring of z/OS has none.",
		Bad: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property ` +
			`Name="stashfile" Value="/k.sth"/></Transport></Server>`,
		Good: https1,
		NearMiss: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property ` +
			`Name="Keyring" Value="/k.kdb"/><Property Name="StashFile" Value="/k.sth"/></Transport></Server>`,
		Source: "inferred from APAR PI77874; R64",
	},
}

func checkKeystore(p *pass) {
	p.eachHTTPS(func(s *parser.Server, t *parser.Transport) {
		keyring, stash := parser.Find(t.Properties, "keyring"), parser.Find(t.Properties, "stashfile")
		switch {
		case !match.HasKeyring(t):
			p.Report(at(t.Protocol, t.Node), "https Transport of server %q has %s Property keyring; it cannot be "+
				"used: https clients get 500, or clear text with UseInsecure (R64)", s.Name.V,
				ifElse(keyring == nil, "no", "an empty"))
		case isSAF(keyring.Value.V) || stash != nil && stash.Value.V != "" ||
			parser.Find(t.Properties, "password") != nil:
		default:
			p.Report(at(t.Protocol, t.Node), "https Transport of server %q has a keyring and %s Property stashfile; "+
				"whether the plug-in opens a key store without one is undocumented", s.Name.V,
				ifElse(stash == nil, "no", "an empty")).
				As(diag.Warning)
		}
	})
}

// isSAF: a key ring of z/OS, which has no stash file.
func isSAF(keyring string) bool { return strings.HasPrefix(strings.ToLower(keyring), "safkeyring") }

var pluginRootMissing = &lint.Rule{
	Code: diag.PluginRootMissing, Name: "plugin-root-missing", Category: lint.Security, Severity: diag.Error,
	Check:    on(checkInstallRoot),
	Subjects: []string{"Transport/Protocol", "Config/PluginInstallRoot"},
	Doc: lint.Doc{
		Title: "There are https Transports but no Property PluginInstallRoot",
		Why:   "Plug-ins from V7 on cannot find their security library and skip every https Transport.",
		Bad:   "<!-- no PluginInstallRoot --><Property Name=\"ESIEnable\" Value=\"false\"/>\n" + https1,
		Good:  "<Property Name=\"PluginInstallRoot\" Value=\"/opt/plugins/\"/>\n" + https1,
		NearMiss: "<!-- no PluginInstallRoot --><Property Name=\"ESIEnable\" Value=\"false\"/>\n" +
			`<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Source: "https://ibm.com/support/pages/node/408041",
	},
}

func checkInstallRoot(p *pass) {
	if p.Fragment || p.Config.Node == nil || !targetAtLeast(p.Options, 7, 0) ||
		parser.Find(p.Config.Properties, "PluginInstallRoot") != nil {
		return
	}
	var first *parser.Transport
	n := 0
	p.eachHTTPS(func(_ *parser.Server, t *parser.Transport) {
		if n++; first == nil {
			first = t
		}
	})
	if first != nil {
		p.Report(at(first.Protocol, first.Node), "there is no Property PluginInstallRoot under Config; plug-ins "+
			"from V7 on cannot find their security library and skip %s (R64)",
			ifElse(n == 1, "this https Transport", "all "+number(n)+" https Transports"))
	}
}

// configAttr returns an attribute of Config with that value, nil when it is absent or another.
func (p *pass) configAttr(name, value string) *parser.Attr {
	if a := p.Config.Node.Attr(name); a != nil && a.Value == value {
		return a
	}
	return nil
}

var insecureFallback = &lint.Rule{
	Code: diag.InsecureFallback, Name: "insecure-fallback", Category: lint.Security, Severity: diag.Error,
	Fix: lint.UnsafeFix, Check: on(checkInsecure),
	Subjects:  []string{"Config/UseInsecure", "Config/StrictSecurity"},
	Otherwise: "warning for StrictSecurity",
	Doc: lint.Doc{
		Title: "UseInsecure is true, or StrictSecurity is written as false",
		Why: "An https request goes to an http Transport when TLS is broken or missing. Scripts set it to " +
			"avoid the set-up of TLS. StrictSecurity=\"false\" written out is a warning: what it does rests on " +
			"recollection, and it is the default, so a file without it is no safer.",
		Bad:      "<Config UseInsecure=\"true\"/>",
		Good:     "<Config UseInsecure=\"false\"/>",
		NearMiss: "<Config StrictSecurity=\"true\"/>",
		Source:   "APAR PI77874; StrictSecurity recalled",
	},
}

func checkInsecure(p *pass) {
	if a := p.configAttr("UseInsecure", "true"); a != nil {
		p.Report(a.Span, "UseInsecure true sends an https client's request over http when TLS to the server is "+
			"broken or missing; passwords and cookies then cross the network in clear text, without a message to "+
			"anybody (R64)").
			Repair(false, "switch it off", valueEdit(a, "false"))
	}
	if a := p.configAttr("StrictSecurity", "false"); a != nil {
		p.Report(a.Span, "StrictSecurity false, which is also the default, allows TLS handshakes below TLSv1.2 with "+
			"the servers (recalled, not confirmed)").As(diag.Warning)
	}
}

var trustedProxyListMissing = &lint.Rule{
	Code: diag.TrustedProxyListMissing, Name: "trusted-proxy-list-missing", Category: lint.Security,
	Severity: diag.Warning, Check: on(checkTrustedProxyList),
	Subjects: []string{"Config/TrustedProxyEnable", "TrustedProxyGroup"},
	Doc: lint.Doc{
		Title:    "Trusted proxies are switched on but none is listed",
		Why:      "Nobody is trusted: client addresses and certificates that the proxy sends are dropped.",
		Bad:      "<Config TrustedProxyEnable=\"true\"/>",
		Good:     "<Config TrustedProxyEnable=\"true\">" + proxies1 + "</Config>",
		NearMiss: "<Config TrustedProxyEnable=\"false\"/>",
		Source:   "observed in Liberty; IBM page on private headers",
	},
}

func checkTrustedProxyList(p *pass) {
	if a := p.Config.Node.Attr("TrustedProxyList"); a != nil {
		p.Report(a.NameSpan, "TrustedProxyList is a setting of the console, not an attribute; the plug-in reads the "+
			"element TrustedProxyGroup, and trusts nobody without it")
	}
	if p.Config.TrustedProxyEnable.V && len(p.Config.TrustedProxies) == 0 {
		p.Report(p.Config.TrustedProxyEnable.Span(), "TrustedProxyEnable is true but there is no TrustedProxy; "+
			"nobody is trusted, so client addresses and certificates from the proxy are dropped")
	}
}

var privateHeadersKept = &lint.Rule{
	Code: diag.PrivateHeadersKept, Name: "private-headers-kept", Category: lint.Security, Severity: diag.Error,
	Fix: lint.UnsafeFix, Check: on(checkPrivateHeaders),
	Subjects: []string{"ServerCluster/RemoveSpecialHeaders"},
	Doc: lint.Doc{
		Title:    "RemoveSpecialHeaders is false",
		Why:      "Any browser can send $WS headers: user, certificate, scheme and address of a request can be forged.",
		Bad:      members(`RemoveSpecialHeaders="false" `, "", "", ""),
		Good:     members(`RemoveSpecialHeaders="true" `, "", "", ""),
		NearMiss: members("", "", "", ""),
		Source:   "IBM, plug-in server cluster properties: \"security exposure\"",
	},
}

func checkPrivateHeaders(p *pass) {
	for _, c := range p.clusters() {
		if v := c.RemoveSpecialHeaders; v.Valid && !v.V {
			p.Report(v.Span(), "RemoveSpecialHeaders false of cluster %q lets every browser send $WS headers: user, "+
				"certificate, scheme and address can be forged", c.Name.V).
				Repair(false, "remove them", valueEdit(v.At, "true"))
		}
	}
}

// adminURIs lead to administration or diagnosis.
var adminURIs = []string{"/ibm/console", "/admin", "/IBMJMXConnectorREST", "/ibm/api", "/adminCenter", "/metrics",
	"/health", "/snoop", "/hitcount", "/ivt", "/wasPerfTool"}

// Two of them are context roots of other products too, and mean something only beside an endpoint that is Liberty's
// own.
var (
	otherProducts = []string{"/metrics", "/health"}
	libertyURIs   = []string{"/IBMJMXConnectorREST", "/ibm/api", "/adminCenter"}
)

var adminURIExposed = &lint.Rule{
	Code: diag.AdminURIExposed, Name: "admin-uri-exposed", Category: lint.Security, Severity: diag.Warning,
	Check:    on(checkAdmin),
	Subjects: []string{"Uri/Name", "VirtualHost/Name"},
	Options:  []lint.Option{{Name: "public-ports", Default: []int{80, 443}, Doc: "ports that the public reaches"}},
	Doc: lint.Doc{
		Title: "Administration or diagnosis is reachable on a public alias",
		Why: "Consoles, metrics and test programs are open to the internet side, also when only /* covers " +
			"them. /metrics and /health are context roots of other products too: they count only where the cluster " +
			"gets /ibm/api, /IBMJMXConnectorREST or /adminCenter as well.",
		Bad:  uriGroup("shop_uris", "/shop/*", "/ibm/console/*"),
		Good: uriGroup("shop_uris", "/shop/*"),
		NearMiss: hostGroup("default_host", "*:80") + hostGroup("admin_host", "*:9060") +
			uriGroup("shop_uris", "/shop/*") + uriGroup("admin_uris", "/ibm/console/*") +
			"<Route ServerCluster=\"shop\" UriGroup=\"shop_uris\" VirtualHostGroup=\"default_host\"/>\n" +
			"<Route ServerCluster=\"shop\" UriGroup=\"admin_uris\" VirtualHostGroup=\"admin_host\"/>",
		Source: "follows from R1",
	},
}

// checkAdmin asks the decision core where these URIs go on the aliases that the public reaches.
func checkAdmin(p *pass) {
	ports, fresh := p.OptionList("public-ports"), p.fresh()
	type exposed struct {
		match match.Match
		uris  []string
	}
	var found []*exposed
	byURI := map[diag.Span]*exposed{}
	liberty := map[match.ClusterID]bool{} // lets another endpoint of Liberty through
	type tried struct {
		group *parser.VirtualHostGroup
		any   bool
		port  int
	}
	done := map[tried]bool{}
	for i := range p.index.aliases {
		a := &p.index.aliases[i]
		key := tried{a.group, a.Host == "*", a.Port}
		if done[key] || len(done) > 10_000 || a.Port != 0 && !slices.Contains(ports, a.Port) {
			continue
		}
		done[key] = true
		spot := fresh.Key(a.Alias)
		if a.Port == 0 {
			spot.Port = ports[0]
		}
		for _, uri := range adminURIs {
			m, ok := p.answer(spot, uri)
			if !ok {
				continue
			}
			e := byURI[uriAt(&m)]
			if e == nil {
				e = &exposed{match: m}
				byURI[uriAt(&m)] = e
				found = append(found, e)
			}
			if !slices.Contains(e.uris, uri) {
				e.uris = append(e.uris, uri)
			}
			liberty[m.Cluster] = liberty[m.Cluster] || slices.Contains(libertyURIs, uri)
		}
	}
	for _, e := range found {
		e.uris = slices.DeleteFunc(e.uris, func(uri string) bool {
			return slices.Contains(otherProducts, uri) &&
				!liberty[e.match.Cluster]
		})
		if len(e.uris) == 0 {
			continue
		}
		what := list(e.uris)
		if more := len(e.uris) - 3; more > 1 {
			what = strings.Replace(list(e.uris[:3]), " and ", ", ", 1) + " and " + number(more) +
				" more URIs of administration and diagnosis"
		}
		p.Report(uriAt(&e.match), "Uri %q lets %s through to cluster %q on the public alias %q (%s), if its servers "+
			"have them: consoles, metrics and test programs are open to the outside",
			e.match.Pattern(), what, p.clusterName(&e.match), e.match.Alias(),
			p.Where(e.match.AliasAt())).See(e.match.AliasAt(), "the alias").About(uriAt(&e.match))
	}
}

// answer returns who gets a URI or what is below it, under any scoring choice.
func (p *pass) answer(spot space.MatchKey, uri string) (match.Match, bool) {
	for _, path := range []string{uri, uri + "/x"} {
		spot.Path = path
		for _, r := range space.RouteOutcomes(p.Table, spot) {
			if r.OK {
				return r.Match, true
			}
		}
	}
	return match.Match{}, false
}

var secretInClear = &lint.Rule{
	Code: diag.SecretInClear, Name: "secret-in-clear", Category: lint.Security, Severity: diag.Error,
	Check:    on(checkSecrets),
	Subjects: []string{"Config/SSLPKCSPassword", "Transport/password"},
	Doc: lint.Doc{
		Title: "A password stands in the file",
		Why:   "Whoever reads the file, or a copy of it in a ticket, has it.",
		Bad: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property ` +
			`Name="keyring" Value="/k.kdb"/><Property Name="password" Value="secret"/></Transport></Server>`,
		Good:     https1,
		NearMiss: "<Config SSLPKCSPassword=\"/opt/plugins/pkcs.sth\"/>",
		Source:   "recalled",
	},
}

func checkSecrets(p *pass) {
	p.eachHTTPS(func(s *parser.Server, t *parser.Transport) {
		if prop := parser.Find(t.Properties, "password"); prop != nil && prop.Value.V != "" {
			p.Report(prop.Name.Span(), "Property password of server %q holds the key store's password in clear "+
				"text; whoever reads the file has it, use a stashfile", s.Name.V)
		}
	})
	if a := p.Config.Node.Attr("SSLPKCSPassword"); a != nil && a.Value != "" && !strings.ContainsAny(a.Value, `/\`) {
		p.Report(a.NameSpan, "SSLPKCSPassword holds a password in clear text; whoever reads the file has it, name a "+
			"stash file (recalled, not confirmed)")
	}
}

var postSizeUnlimited = &lint.Rule{
	Code: diag.PostSizeUnlimited, Name: "post-size-unlimited", Category: lint.Security, Severity: diag.Info,
	Check:    on(checkPostSize),
	Subjects: []string{"ServerCluster/PostSizeLimit"},
	Doc: lint.Doc{
		Title:    "Request bodies may have any size",
		Why:      "One client can fill memory or disk of every server. Generators write -1.",
		Bad:      members(`PostSizeLimit="-1" `, "", "", ""),
		Good:     members(`PostSizeLimit="10000000" `, "", "", ""),
		NearMiss: members(`PostSizeLimit="1" `, "", "", ""),
		Source:   "IBM, plug-in server cluster properties; R59",
	},
}

func checkPostSize(p *pass) {
	for _, c := range p.clusters() {
		if c.PostSizeLimit.V == -1 {
			p.Report(at(c.PostSizeLimit, c.Node), "cluster %q accepts request bodies of any size (PostSizeLimit -1 "+
				"or absent); one client can fill memory or disk of every server", c.Name.V)
		}
	}
}

var hostCheckOff = &lint.Rule{
	Code: diag.HostCheckOff, Name: "host-check-off", Category: lint.Security, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkHostVerification),
	Subjects: []string{"Config/SecureHostVerification"},
	Options: []lint.Option{{Name: "max-names", Default: []int{20},
		Doc: "names in GlobalHostAlias that are not reported"}},
	Doc: lint.Doc{
		Title: "Certificates of servers are not compared with their names",
		Why: "Any server with a certificate of the same authority can take a member's place: CVE-2022-39161. A " +
			"GlobalHostAlias with \"*\", a whole domain or a long list comes close to that. The documented form is " +
			"a list of host names: how a name with \"*\" or a leading dot is taken is undocumented, and what is " +
			"called wide here is a judgement.",
		Bad:      "<Config SecureHostVerification=\"false\"/>",
		Good:     "<Config SecureHostVerification=\"true-markdown\"/>",
		NearMiss: "<Config SecureHostVerification=\"true-nomarkdown\"/>",
		Source:   "APAR PH48747, https://ibm.com/support/pages/node/6982543",
	},
}

func checkHostVerification(p *pass) {
	https := false
	p.eachHTTPS(func(*parser.Server, *parser.Transport) { https = true })
	if a := p.configAttr("SecureHostVerification", "false"); a != nil && https {
		p.Report(a.Span, "SecureHostVerification false: certificates of servers are not compared with their host "+
			"names, which opens CVE-2022-39161 again").
			Repair(false, "verify", valueEdit(a, "true-nomarkdown"))
	}
	if prop := parser.Find(p.Config.Properties, "GlobalHostAlias"); prop != nil {
		p.checkHostAlias(prop.Value)
	}
}

// checkHostAlias judges the names that a certificate of any server may have instead of its host's.
func (p *pass) checkHostAlias(v parser.Val[string]) {
	names := strings.FieldsFunc(v.V, func(r rune) bool { return r == ',' || r == ';' || r == ' ' })
	switch most := p.Option("max-names"); {
	case strings.Contains(v.V, "*"):
		p.Report(v.Span(), "GlobalHostAlias %q is very wide: a certificate of any such name is accepted for every "+
			"server", v.V)
	case slices.ContainsFunc(names, isDomain):
		p.Report(v.Span(), "GlobalHostAlias %q holds a whole domain: a certificate of any name in it may be "+
			"accepted for every server", v.V)
	case len(names) > most:
		p.Report(v.Span(), "GlobalHostAlias holds %d names, more than %d: a certificate of any of them is accepted "+
			"for every server", len(names), most)
	}
}

// isDomain: ".example.com", or a name without a machine such as "com".
func isDomain(name string) bool {
	return strings.HasPrefix(name, ".") || slices.Contains([]string{"com", "net", "org", "local", "localdomain"},
		strings.ToLower(name))
}

var sslMapModeConflict = &lint.Rule{
	Code: diag.SSLMapModeConflict, Name: "ssl-map-mode-conflict", Category: lint.Security, Severity: diag.Warning,
	Check:    on(checkMapMode),
	Subjects: []string{"Config/SSLMapMode"},
	Doc: lint.Doc{
		Title: "SSLMapMode does not fit the aliases or the Transports",
		Why: "offload with https clients: clear text behind a padlock. onload without an https Transport: http " +
			"or 500, which is undocumented (choice transport-choice).",
		Bad:      "<Config SSLMapMode=\"offload\"/>",
		Good:     "<Config/>",
		NearMiss: "<Config SSLMapMode=\"onload\"/>",
		Source:   "APAR PH23808, https://ibm.com/support/pages/node/6202858; R64",
	},
}

func checkMapMode(p *pass) {
	mode := p.Config.SSLMapMode
	switch mode.V {
	case "offload":
		for i := range p.index.aliases {
			if a := &p.index.aliases[i]; a.Port == 443 || a.Port == 0 {
				p.Report(mode.Span(), "SSLMapMode offload sends https requests, which alias %q on %s takes, to the "+
					"servers as http; clear text stands behind the padlock (R64)", a.host.Name.V,
					p.Where(a.host.Name.Span())).
					See(a.host.Name.Span(), "the alias")
				return
			}
		}
	case "onload":
		var first *parser.Server
		more := 0
		p.eachServer(func(c *parser.ServerCluster, s *parser.Server) {
			switch {
			case len(s.Transports) == 0 || slices.ContainsFunc(s.Transports, isHTTPS):
			case first == nil:
				first = s
			default:
				more++
			}
		})
		if first != nil {
			p.Report(mode.Span(), "SSLMapMode onload sends http requests as https, but server %q on %s%s %s no "+
				"https Transport; whether such a request then goes out as http or ends in 500 is undocumented "+
				"(choice transport-choice, R64)",
				first.Name.V, p.Where(first.Node.NameSpan), others(more),
				ifElse(more > 0, "have", "has")).See(first.Node.Tag, "the server")
		}
	}
}

var trustedProxyTooWide = &lint.Rule{
	Code: diag.TrustedProxyTooWide, Name: "trusted-proxy-too-wide", Category: lint.Security, Severity: diag.Warning,
	Check:     on(checkTrustedProxyWidth),
	Subjects:  []string{"TrustedProxy/Name"},
	Otherwise: "info for a public address",
	Options:   []lint.Option{{Name: "max-proxies", Default: []int{20}, Doc: "trusted proxies that are not reported"}},
	Doc: lint.Doc{
		Title: "Too many, or public, machines are trusted proxies",
		Why: "Each of them may set $WSRA, $WSRH and $WSCC: client address and certificate can be forged. No " +
			"name is looked up, so this is a judgement: of names those count as public that are a bare domain such " +
			"as example.com or begin with www, cdn, api or public, and have no label such as intranet or corp. " +
			"Addresses of the public internet are only mentioned (info).",
		Bad: "<Config TrustedProxyEnable=\"true\"><TrustedProxyGroup><TrustedProxy " +
			"Name=\"*\"/></TrustedProxyGroup></Config>",
		Good: "<Config TrustedProxyEnable=\"true\">" + proxies1 + "</Config>",
		NearMiss: "<Config TrustedProxyEnable=\"true\"><TrustedProxyGroup><TrustedProxy " +
			"Name=\"proxy.example.com\"/></TrustedProxyGroup></Config>",
		Source: "observed; follows from what the headers carry",
	},
}

func checkTrustedProxyWidth(p *pass) {
	most := p.Option("max-proxies")
	for _, tp := range p.Config.TrustedProxies {
		name := tp.Name.V
		addr, err := netip.ParseAddr(strings.Trim(name, "[]"))
		switch {
		case strings.ContainsAny(name, "*/"):
			p.Report(tp.Name.Span(), "TrustedProxy %q names more than one machine; each of them may set $WSRA, "+
				"$WSRH and $WSCC: client address and certificate can be forged. That \"*\" or a network is "+
				"understood at all is undocumented", name)
		case err == nil && isPublicAddress(addr):
			p.Report(tp.Name.Span(), "TrustedProxy %q is an address of the public internet; whoever has it may set "+
				"$WSRA, $WSRH and $WSCC: client address and certificate can be forged", name).As(diag.Info)
		case err != nil && isPublicName(name):
			p.Report(tp.Name.Span(), "TrustedProxy %q is a public name; whoever controls its DNS entry may set "+
				"$WSRA, $WSRH and $WSCC: client address and certificate can be forged. Write the inner address of "+
				"the proxy", name)
		}
	}
	if n := len(p.Config.TrustedProxies); n > most {
		p.Report(p.Config.TrustedProxies[most].Node.NameSpan, "%d machines are trusted proxies, more than %d; each "+
			"of them may forge client addresses and certificates", n, most)
	}
}

// isPublicAddress: neither private nor shared, of a laboratory or of documentation (RFC 6598, 2544, 5737, 3849).
func isPublicAddress(addr netip.Addr) bool {
	if !addr.Unmap().IsGlobalUnicast() || addr.Unmap().IsPrivate() {
		return false
	}
	return !slices.ContainsFunc([]string{"100.64.0.0/10", "198.18.0.0/15", "192.0.2.0/24", "198.51.100.0/24",
		"203.0.113.0/24", "2001:db8::/32"},
		func(net string) bool { return netip.MustParsePrefix(net).Contains(addr.Unmap()) })
}

// isPublicName: the last label of a host is one of the public DNS, and the host has no label that says it is inside.
func isPublicName(host string) bool {
	labels := strings.Split(strings.ToLower(strings.TrimSuffix(host, ".")), ".")
	if len(labels) < 2 || slices.ContainsFunc(labels, func(l string) bool { return slices.Contains(innerLabels, l) }) {
		return false
	}
	top := labels[len(labels)-1]
	return len(labels) == 2 && slices.Contains(publicTops, top) || slices.Contains(publicHosts, labels[0]) &&
		len(top) > 1
}

// A name of three labels and more, as proxy1.example.com, is as often one of an inner DNS; it counts as public when it
// is called as front doors are.
var (
	innerLabels = []string{"internal", "intern", "intra", "intranet", "corp", "lan", "local", "localdomain", "private",
		"priv", "home", "arpa"}
	publicHosts = []string{"www", "cdn", "public", "api"}
	publicTops  = []string{"com", "net", "org", "info", "io", "edu", "gov", "de", "uk", "fr", "eu"}
)

var trustedProxySwitchOff = &lint.Rule{
	Code: diag.TrustedProxySwitchOff, Name: "trusted-proxy-switch-off", Category: lint.Security, Severity: diag.Info,
	Check:    on(checkTrustedProxySwitch),
	Subjects: []string{"Config/TrustedProxyEnable", "TrustedProxyGroup"},
	Doc: lint.Doc{
		Title:    "Trusted proxies are listed but switched off",
		Why:      "The list is ignored.",
		Bad:      proxies1,
		Good:     "<Config TrustedProxyEnable=\"true\">" + proxies1 + "</Config>",
		NearMiss: "<Config TrustedProxyEnable=\"false\"/>",
		Source:   "observed in Liberty",
	},
}

func checkTrustedProxySwitch(p *pass) {
	if len(p.Config.TrustedProxies) > 0 && !p.Config.TrustedProxyEnable.V {
		p.Report(p.Config.TrustedProxies[0].Node.NameSpan, "TrustedProxy %q is ignored because TrustedProxyEnable "+
			"is not true", p.Config.TrustedProxies[0].Name.V)
	}
}

var tlsTuningOff = &lint.Rule{
	Code: diag.TLSTuningOff, Name: "tls-tuning-off", Category: lint.Security, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkAutoSecurity),
	Subjects: []string{"Config/AutoSecurity"},
	Doc: lint.Doc{
		Title:    "AutoSecurity is false",
		Why:      "It opts out of automatic hardening of TLS and of certificate checks.",
		Bad:      "<Config AutoSecurity=\"false\"/>",
		Good:     "<Config/>",
		NearMiss: "<Config AutoSecurity=\"true\"/>",
		Source:   "APAR PI39126; the place as an attribute of Config is inferred",
	},
}

func checkAutoSecurity(p *pass) {
	if a := p.configAttr("AutoSecurity", "false"); a != nil {
		p.Report(a.Span, "AutoSecurity false switches off the plug-in's automatic hardening of TLS and its "+
			"certificate checks").Repair(false, "switch it on", valueEdit(a, "true"))
	}
}
