package security

import (
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

var _ = group.Add(&lint.Rule{
	Code: diag.PlaintextToMembers, Name: "plaintext-to-members", Category: lint.Security, Severity: diag.Warning,
	Check:    check.On(checkPlaintext),
	Subjects: []string{"Transport/Protocol"},
	Doc: lint.Doc{
		Title: "A Server has http Transports only",
		Why: "Session cookies and LTPA tokens cross the network in clear text, those of https clients too. " +
			"Servers on the web server's own machine are not reported.",
		Bad: "<Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\" Protocol=\"http\"/></Server>",
		Good: `<Server CloneID="c1" Name="m1" ServerIOTimeout="60"><Transport Hostname="h1" Port="9443" ` +
			`Protocol="https">` + example.Keys + `</Transport></Server>`,
		NearMiss: "<Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"127.0.0.1\" " +
			"Port=\"9080\" Protocol=\"http\"/></Server>",
		Source: "R64",
	},
})

// checkPlaintext takes http to the web server's own machine for safe: nobody is on the way. One finding for a cluster.
func checkPlaintext(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		var first *parser.Server
		more := 0
		for _, s := range c.Servers {
			if len(s.Transports) == 0 || slices.ContainsFunc(s.Transports,
				func(t *parser.Transport) bool { return check.IsHTTPS(t) || check.IsLocal(t.Hostname.V) }) {
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
			p.Report(check.At(t.Protocol, t.Node), "server %q%s of cluster %q %s no https Transport; session "+
				"cookies and LTPA tokens, of https clients too, cross the network in clear text", first.Name.V,
				check.Others(more), c.Name.V, check.IfElse(more > 0, "have", "has"))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.TLSKeystoreMissing, Name: "tls-keystore-missing", Category: lint.Security, Severity: diag.Error,
	Check:     check.On(checkKeystore),
	Subjects:  []string{"Transport/Protocol", "Transport/keyring", "Transport/stashfile"},
	Otherwise: "warning where only the stashfile is missing",
	Doc: lint.Doc{
		Title: "An https Transport has no keyring or no stashfile",
		Why: "Without a keyring it cannot be used: https clients get 500, or their requests go out in clear " +
			"text under UseInsecure. Without a stashfile (a warning) what the plug-in does is undocumented; a SAF " +
			"key ring of z/OS has none.",
		Bad: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property ` +
			`Name="stashfile" Value="/k.sth"/></Transport></Server>`,
		Good: example.HTTPS1,
		NearMiss: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9443" Protocol="https"><Property ` +
			`Name="Keyring" Value="/k.kdb"/><Property Name="StashFile" Value="/k.sth"/></Transport></Server>`,
		Source: "inferred from APAR PI77874; R64",
	},
})

// checkKeystore asks the decision core what a keyring is that counts (R64). That a stash file is missing is a warning:
// a password in the file (WP708), or a key ring of z/OS, takes its place.
func checkKeystore(p *check.Pass) {
	p.EachHTTPS(func(s *parser.Server, t *parser.Transport) {
		keyring, stash := parser.Find(t.Properties, "keyring"), parser.Find(t.Properties, "stashfile")
		switch {
		case !match.HasKeyring(t):
			p.Report(check.At(t.Protocol, t.Node), "https Transport of server %q has %s Property keyring; it "+
				"cannot be used: https clients get 500, or clear text with UseInsecure (R64)", s.Name.V,
				check.IfElse(keyring == nil, "no", "an empty"))
		case isSAF(keyring.Value.V) || stash != nil && stash.Value.V != "" ||
			parser.Find(t.Properties, "password") != nil:
		default:
			p.Report(check.At(t.Protocol, t.Node), "https Transport of server %q has a keyring and %s Property "+
				"stashfile; whether the plug-in opens a key store without one is undocumented", s.Name.V,
				check.IfElse(stash == nil, "no", "an empty")).
				As(diag.Warning)
		}
	})
}

// isSAF: a key ring of z/OS, which has no stash file.
func isSAF(keyring string) bool { return strings.HasPrefix(strings.ToLower(keyring), "safkeyring") }

var _ = group.Add(&lint.Rule{
	Code: diag.PluginRootMissing, Name: "plugin-root-missing", Category: lint.Security, Severity: diag.Error,
	Check:    check.On(checkInstallRoot),
	Subjects: []string{"Transport/Protocol", "Config/PluginInstallRoot"},
	Doc: lint.Doc{
		Title: "There are https Transports but no Property PluginInstallRoot",
		Why:   "Plug-ins from V7 on cannot find their security library and skip every https Transport.",
		Bad:   "<!-- no PluginInstallRoot --><Property Name=\"ESIEnable\" Value=\"false\"/>\n" + example.HTTPS1,
		Good:  "<Property Name=\"PluginInstallRoot\" Value=\"/opt/plugins/\"/>\n" + example.HTTPS1,
		NearMiss: `<!-- no PluginInstallRoot --><Property Name="ESIEnable" Value="false"/>
<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Source: "https://ibm.com/support/pages/node/408041",
	},
})

// checkInstallRoot holds from V7 on (node/408041). A fragment may have lost the Property, and one finding is enough
// for all Transports.
func checkInstallRoot(p *check.Pass) {
	if p.Fragment || p.Config.Node == nil || !check.TargetAtLeast(p.Options, 7, 0) ||
		parser.Find(p.Config.Properties, "PluginInstallRoot") != nil {
		return
	}
	var first *parser.Transport
	n := 0
	p.EachHTTPS(func(_ *parser.Server, t *parser.Transport) {
		if n++; first == nil {
			first = t
		}
	})
	if first != nil {
		p.Report(check.At(first.Protocol, first.Node), "there is no Property PluginInstallRoot under Config; "+
			"plug-ins from V7 on cannot find their security library and skip %s (R64)",
			check.IfElse(n == 1, "this https Transport", "all "+strconv.Itoa(n)+" https Transports"))
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.InsecureFallback, Name: "insecure-fallback", Category: lint.Security, Severity: diag.Error,
	Fix: lint.UnsafeFix, Check: check.On(checkInsecure),
	Subjects:  []string{"Config/UseInsecure", "Config/StrictSecurity"},
	Otherwise: "warning for StrictSecurity",
	Doc: lint.Doc{
		Title: "UseInsecure is true, or StrictSecurity is written as false",
		Why: "An https request goes to an http Transport when TLS is broken or missing. Scripts set it to " +
			"avoid the set-up of TLS. StrictSecurity=\"false\" written out is a warning: what it does rests on " +
			"recollection, and it is the default, so a file without it is no safer.",
		Bad:      `<Config UseInsecure="true"/>`,
		Good:     `<Config UseInsecure="false"/>`,
		NearMiss: `<Config StrictSecurity="true"/>`,
		Source:   "APAR PI77874; StrictSecurity recalled",
	},
})

// checkInsecure: StrictSecurity false is the default, and is told only where somebody wrote it.
func checkInsecure(p *check.Pass) {
	if a := configAttr(p, "UseInsecure", "true"); a != nil {
		p.Report(a.Span, "UseInsecure true sends an https client's request over http when TLS to the server is "+
			"broken or missing; passwords and cookies then cross the network in clear text, without a message to "+
			"anybody (R64)").
			Repair(false, "switch it off", check.ValueEdit(a, "false"))
	}
	if a := configAttr(p, "StrictSecurity", "false"); a != nil {
		p.Report(a.Span, "StrictSecurity false, which is also the default, allows TLS handshakes below TLSv1.2 "+
			"with the servers (recalled, not confirmed)").
			As(diag.Warning)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.SSLMapModeConflict, Name: "ssl-map-mode-conflict", Category: lint.Security, Severity: diag.Warning,
	Check:    check.On(checkMapMode),
	Subjects: []string{"Config/SSLMapMode"},
	Doc: lint.Doc{
		Title: "SSLMapMode does not fit the aliases or the Transports",
		Why: "offload with https clients: clear text behind a padlock. onload without an https Transport: http " +
			"or 500, which is undocumented (choice transport-choice).",
		Bad:      `<Config SSLMapMode="offload"/>`,
		Good:     "<Config/>",
		NearMiss: `<Config SSLMapMode="onload"/>`,
		Source:   "APAR PH23808, https://ibm.com/support/pages/node/6202858; R64",
	},
})

// checkMapMode: under offload any alias that takes 443 is a contradiction, under onload any server without https. An
// unreachable server (WP108) is neither.
func checkMapMode(p *check.Pass) {
	mode := p.Config.SSLMapMode
	switch mode.V {
	case "offload":
		for i := range p.Aliases {
			if a := &p.Aliases[i]; a.Port == 443 || a.Port == 0 {
				p.Report(mode.Span(), "SSLMapMode offload sends https requests, which alias %q on %s takes, to "+
					"the servers as http; clear text stands behind the padlock (R64)", a.VirtualHost.Name.V,
					p.Where(a.VirtualHost.Name.Span())).
					See(a.VirtualHost.Name.Span(), "the alias")
				return
			}
		}
	case "onload":
		var first *parser.Server
		more := 0
		p.EachServer(func(c *parser.ServerCluster, s *parser.Server) {
			switch {
			case len(s.Transports) == 0 || slices.ContainsFunc(s.Transports, check.IsHTTPS):
			case first == nil:
				first = s
			default:
				more++
			}
		})
		if first != nil {
			p.Report(mode.Span(), "SSLMapMode onload sends http requests as https, but server %q on %s%s %s no "+
				"https Transport; whether such a request then goes out as http or ends in 500 is undocumented "+
				"(choice transport-choice, R64)", first.Name.V, p.Where(first.Node.NameSpan), check.Others(more),
				check.IfElse(more > 0, "have", "has")).
				See(first.Node.Tag, "the server")
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.TLSTuningOff, Name: "tls-tuning-off", Category: lint.Security, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkAutoSecurity),
	Subjects: []string{"Config/AutoSecurity"},
	Doc: lint.Doc{
		Title:    "AutoSecurity is false",
		Why:      "It opts out of automatic hardening of TLS and of certificate checks.",
		Bad:      `<Config AutoSecurity="false"/>`,
		Good:     "<Config/>",
		NearMiss: `<Config AutoSecurity="true"/>`,
		Source:   "APAR PI39126; the place as an attribute of Config is inferred",
	},
})

// checkAutoSecurity takes the attribute of Config alone: that it belongs there is inferred from PI39126.
func checkAutoSecurity(p *check.Pass) {
	if a := configAttr(p, "AutoSecurity", "false"); a != nil {
		p.Report(a.Span, "AutoSecurity false switches off the plug-in's automatic hardening of TLS and its "+
			"certificate checks").
			Repair(false, "switch it on", check.ValueEdit(a, "true"))
	}
}
