package security

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.TrustedProxyListMissing, Name: "trusted-proxy-list-missing", Category: lint.Security,
	Severity: diag.Warning, Check: check.On(checkTrustedProxyList),
	Subjects: []string{"Config/TrustedProxyEnable", "TrustedProxyGroup"},
	Doc: lint.Doc{
		Title:    "Trusted proxies are switched on but none is listed",
		Why:      "Nobody is trusted: client addresses and certificates that the proxy sends are dropped.",
		Bad:      `<Config TrustedProxyEnable="true"/>`,
		Good:     "<Config TrustedProxyEnable=\"true\">" + example.Proxies1 + "</Config>",
		NearMiss: `<Config TrustedProxyEnable="false"/>`,
		Source:   "observed in Liberty; IBM page on private headers",
	},
})

// checkTrustedProxyList: the attribute is what people make of the console's word for it.
func checkTrustedProxyList(p *check.Pass) {
	if a := p.Config.Node.Attr("TrustedProxyList"); a != nil {
		p.Report(a.NameSpan, "TrustedProxyList is a setting of the console, not an attribute; the plug-in reads "+
			"the element TrustedProxyGroup, and trusts nobody without it")
	}
	if p.Config.TrustedProxyEnable.V && len(p.Config.TrustedProxies) == 0 {
		p.Report(p.Config.TrustedProxyEnable.Span(), "TrustedProxyEnable is true but there is no TrustedProxy; "+
			"nobody is trusted, so client addresses and certificates from the proxy are dropped")
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.PrivateHeadersKept, Name: "private-headers-kept", Category: lint.Security, Severity: diag.Error,
	Fix: lint.UnsafeFix, Check: check.On(checkPrivateHeaders),
	Subjects: []string{"ServerCluster/RemoveSpecialHeaders"},
	Doc: lint.Doc{
		Title: "RemoveSpecialHeaders is false",
		Why: "Any browser can send $WS headers: user, certificate, scheme and address of a request can be " +
			"forged.",
		Bad:      example.Members(`RemoveSpecialHeaders="false" `, "", "", ""),
		Good:     example.Members(`RemoveSpecialHeaders="true" `, "", "", ""),
		NearMiss: example.Members("", "", "", ""),
		Source:   "IBM, plug-in server cluster properties: \"security exposure\"",
	},
})

// checkPrivateHeaders: true is the default, so only a false that is written is a mistake.
func checkPrivateHeaders(p *check.Pass) {
	for _, c := range p.Clusters() {
		if v := c.RemoveSpecialHeaders; v.Valid && !v.V {
			p.Report(v.Span(), "RemoveSpecialHeaders false of cluster %q lets every browser send $WS headers: "+
				"user, certificate, scheme and address can be forged", c.Name.V).
				Repair(false, "remove them", check.ValueEdit(v.At, "true"))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.PostSizeUnlimited, Name: "post-size-unlimited", Category: lint.Security, Severity: diag.Info,
	Check:    check.On(checkPostSize),
	Subjects: []string{"ServerCluster/PostSizeLimit"},
	Doc: lint.Doc{
		Title:    "Request bodies may have any size",
		Why:      "One client can fill memory or disk of every server. Generators write -1.",
		Bad:      example.Members(`PostSizeLimit="-1" `, "", "", ""),
		Good:     example.Members(`PostSizeLimit="10000000" `, "", "", ""),
		NearMiss: example.Members(`PostSizeLimit="1" `, "", "", ""),
		Source:   "IBM, plug-in server cluster properties; R59",
	},
})

// checkPostSize is advice: nearly every file has no limit, as the generators write it.
func checkPostSize(p *check.Pass) {
	for _, c := range p.Clusters() {
		if c.PostSizeLimit.V == -1 {
			p.Report(check.At(c.PostSizeLimit, c.Node), "cluster %q accepts request bodies of any size "+
				"(PostSizeLimit -1 or absent); one client can fill memory or disk of every server", c.Name.V)
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.TrustedProxyTooWide, Name: "trusted-proxy-too-wide", Category: lint.Security, Severity: diag.Warning,
	Check:     check.On(checkTrustedProxyWidth),
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
		Good: "<Config TrustedProxyEnable=\"true\">" + example.Proxies1 + "</Config>",
		NearMiss: "<Config TrustedProxyEnable=\"true\"><TrustedProxyGroup><TrustedProxy " +
			"Name=\"proxy.example.com\"/></TrustedProxyGroup></Config>",
		Source: "observed; follows from what the headers carry",
	},
})

// checkTrustedProxyWidth judges each name by itself, and their number. A private address is what belongs there. A
// public address is advice, for it may be the proxy's own; a public name is a warning, since another can take it over
// by DNS.
func checkTrustedProxyWidth(p *check.Pass) {
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
			p.Report(tp.Name.Span(), "TrustedProxy %q is an address of the public internet; whoever has it may "+
				"set $WSRA, $WSRH and $WSCC: client address and certificate can be forged", name).
				As(diag.Info)
		case err != nil && isPublicName(name):
			p.Report(tp.Name.Span(), "TrustedProxy %q is a public name; whoever controls its DNS entry may set "+
				"$WSRA, $WSRH and $WSCC: client address and certificate can be forged. Write the inner address "+
				"of the proxy", name)
		}
	}
	if n := len(p.Config.TrustedProxies); n > most {
		p.Report(p.Config.TrustedProxies[most].Node.NameSpan, "%d machines are trusted proxies, more than %d; "+
			"each of them may forge client addresses and certificates", n, most)
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

var _ = group.Add(&lint.Rule{
	Code: diag.TrustedProxySwitchOff, Name: "trusted-proxy-switch-off", Category: lint.Security, Severity: diag.Info,
	Check:    check.On(checkTrustedProxySwitch),
	Subjects: []string{"Config/TrustedProxyEnable", "TrustedProxyGroup"},
	Doc: lint.Doc{
		Title:    "Trusted proxies are listed but switched off",
		Why:      "The list is ignored.",
		Bad:      example.Proxies1,
		Good:     "<Config TrustedProxyEnable=\"true\">" + example.Proxies1 + "</Config>",
		NearMiss: `<Config TrustedProxyEnable="false"/>`,
		Source:   "observed in Liberty",
	},
})

// checkTrustedProxySwitch says it at the first of the list, once.
func checkTrustedProxySwitch(p *check.Pass) {
	if len(p.Config.TrustedProxies) > 0 && !p.Config.TrustedProxyEnable.V {
		p.Report(p.Config.TrustedProxies[0].Node.NameSpan, "TrustedProxy %q is ignored because "+
			"TrustedProxyEnable is not true", p.Config.TrustedProxies[0].Name.V)
	}
}
