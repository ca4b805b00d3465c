// Package mistakes holds the rules about slips of the hand that leave a file well-formed and its references whole.
package mistakes

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

var _ = group.Add(&lint.Rule{
	Code: diag.CloneIDPrefix, Name: "clone-id-prefix", Category: lint.Affinity, Severity: diag.Warning,
	Check: check.On(checkClonePrefix), Topology: true,
	Otherwise: "error where a topology says noAffinitySwitchBack: true",
	Subjects:  []string{"Server/CloneID"},
	Doc: lint.Doc{
		Title: "A CloneID is the beginning of another one of its cluster",
		Why: "A server looks its own ID up in the session cookie as a substring: :c1 is found in :c10. After a " +
			"failover from c10 to c1 it does not add itself, so the next request is balanced again and the session " +
			"may be lost on the way. With noAffinitySwitchBack it cuts the list to pieces, :x:c10 becomes :c1:x0, " +
			"so a session can lose its home for good.",
		Bad:      example.CloneIDs("c1", "c10"),
		Good:     example.CloneIDs("c01", "c10"),
		NearMiss: example.CloneIDs("c1", "xc1"),
		Source:   "observed in the session manager of Open Liberty (updateCloneInfo)",
	},
})

// checkClonePrefix reports, for each CloneID that begins another one of its cluster, the next longer one. Sorted, one
// that begins others stands directly before the first of them.
func checkClonePrefix(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		servers := slices.DeleteFunc(slices.Clone(c.Servers), func(s *parser.Server) bool { return s.CloneID.V == "" })
		slices.SortStableFunc(servers, func(a, b *parser.Server) int {
			return strings.Compare(a.CloneID.V, b.CloneID.V)
		})
		for i, s := range servers {
			if i > 0 && servers[i-1].CloneID.V == s.CloneID.V {
				continue // WP301
			}
			next := slices.IndexFunc(servers[i:], func(o *parser.Server) bool { return o.CloneID.V != s.CloneID.V })
			if next < 0 || !strings.HasPrefix(servers[i+next].CloneID.V, s.CloneID.V) {
				continue
			}
			o := servers[i+next]
			severity, effect := p.Rule.Severity, ""
			if p.Sessions[c.Name.V].Policy.NoSwitchBack {
				severity, effect = diag.Error, "; under noAffinitySwitchBack it cuts the longer ID out of the "+
					"cookie's list instead (S10)"
			}
			p.Report(s.CloneID.Span(), "CloneID %q of server %q is the beginning of %q of server %q on %s; a "+
				"server looks its own ID up as a substring of the session cookie, so %q does not record that it "+
				"took a session over from %q, and the next request is balanced again%s", s.CloneID.V, s.Name.V,
				o.CloneID.V, o.Name.V, p.Where(o.CloneID.Span()), s.Name.V, o.Name.V, effect).
				As(severity).
				See(o.CloneID.Span(), "the longer CloneID")
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.AffinityCookieOdd, Name: "affinity-cookie-odd", Category: lint.Affinity, Severity: diag.Error,
	Check:           check.On(checkCookieName),
	Subjects:        []string{"Uri/AffinityCookie", "Uri/AffinityURLIdentifier"},
	Suppresses:      []string{diag.AffinityCookieDiffersOnOverlap, diag.AffinityCookieDiffersInCluster},
	NeedsWellFormed: true,
	Doc: lint.Doc{
		Title: "AffinityCookie or AffinityURLIdentifier is empty or holds a character that no such name has",
		Why: "No cookie and no path parameter has that name, so no session is ever found: there is no affinity. " +
			"The = and ; around the name in a URL do not belong to it.",
		Bad:  `<UriGroup Name="shop_uris"><Uri AffinityURLIdentifier=";jsessionid=" Name="/shop/*"/></UriGroup>`,
		Good: `<UriGroup Name="shop_uris"><Uri AffinityURLIdentifier="jsessionid" Name="/shop/*"/></UriGroup>`,
		NearMiss: `<UriGroup Name="shop_uris"><Uri AffinityCookie="JSESSIONID_shop.1" ` +
			`AffinityURLIdentifier="shop-id" Name="/shop/*"/></UriGroup>`,
		Source: "RFC 6265, cookie-name; R4, R20",
	},
})

// checkCookieName knows what RFC 6265 forbids in the name of a cookie, as far as people write it. An attribute that is
// absent has its default.
func checkCookieName(p *check.Pass) {
	for _, g := range p.Config.UriGroups {
		for _, u := range g.Uris {
			for _, v := range []struct {
				name, what string
				parser.Val[string]
			}{{"AffinityCookie", "cookie", u.AffinityCookie}, {"AffinityURLIdentifier", "path parameter",
				u.AffinityURLIdentifier}} {
				problem := ""
				switch {
				case !v.Set():
					continue
				case v.V == "":
					problem = "is empty"
				case strings.ContainsAny(v.V, " \t\r\n=;,"):
					problem = `holds a blank, "=", ";" or ","`
				default:
					continue
				}
				p.Report(check.At(v.Val, u.Node), "%s %q of Uri %q %s; no %s has that name, so there is no "+
					"affinity by it (R20)", v.name, v.V, u.Name.V, problem, v.what).
					About(check.Attr(u.Node, v.name))
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.HostnameOdd, Name: "hostname-odd", Category: lint.Failover, Severity: diag.Error, Fix: lint.SomeUnsafe,
	Check:           check.On(checkHostname),
	Subjects:        []string{"Transport/Hostname"},
	Suppresses:      []string{diag.DNSFailureBlocksStart},
	NeedsWellFormed: true,
	Doc: lint.Doc{
		Title: "The Hostname of a Transport is no host name",
		Why: "A port, a scheme, a blank or brackets stand in it, so it does not resolve: the server is not " +
			"reached, and with IgnoreDNSFailures false the plug-in may not start. An IPv6 address stands bare here, " +
			"and in brackets only in a VirtualHost.",
		Bad:      `<Server CloneID="c1" Name="m1"><Transport Hostname="h1:9080" Port="9080"/></Server>`,
		Good:     `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		NearMiss: `<Server CloneID="c1" Name="m1"><Transport Hostname="2001:db8::1" Port="9080"/></Server>`,
		Source:   "IBM page \"plugin-cfg.xml file\" (V9)",
	},
})

// checkHostname looks at ClusterAddress, too. The fix is unsafe: what is dropped may have been meant for another
// attribute.
func checkHostname(p *check.Pass) {
	p.EachTransport(func(s *parser.Server, t *parser.Transport) {
		problem, right := hostProblem(t.Hostname.V)
		if problem == "" || !t.Hostname.Set() {
			return
		}
		f := p.Report(check.At(t.Hostname, t.Node), "Hostname %q of server %q %s; it does not resolve, so the "+
			"server is not reached, or the plug-in does not start (IgnoreDNSFailures)", t.Hostname.V, s.Name.V,
			problem).
			About(t.Hostname.Span())
		if right != "" && t.Hostname.At != nil {
			f.Repair(false, "write "+right, check.ValueEdit(t.Hostname.At, right))
		}
	})
}

// hostProblem says what is wrong with the Hostname of a Transport, and what was meant where that is clear.
func hostProblem(host string) (problem, right string) {
	if _, err := netip.ParseAddr(host); err == nil || host != "" && check.Plain(host, ".-_") {
		return "", ""
	}
	rest, scheme := strings.TrimSpace(host), ""
	if i := strings.Index(rest, "://"); i >= 0 {
		scheme, rest = rest[:i+3], strings.TrimRight(rest[i+3:], "/")
	}
	// one colon, or brackets, is a port behind a host; several colons are an address of IPv6
	bare, port := rest, ""
	if i := strings.LastIndexByte(rest, ':'); i >= 0 && len(rest) > i+1 && check.AllOf(rest[i+1:], "0123456789") &&
		(strings.Count(rest, ":") == 1 || strings.HasPrefix(rest, "[")) {
		bare, port = rest[:i], rest[i:]
	}
	brackets := strings.HasPrefix(bare, "[") && strings.HasSuffix(bare, "]")
	if brackets {
		bare = bare[1 : len(bare)-1]
	}
	if plainHost(bare) {
		right = bare
	}
	switch {
	case host == "":
		return "is empty", ""
	case scheme != "":
		return diag.Sprintf("begins with the scheme %q, which Protocol says", scheme), right
	case port != "":
		return diag.Sprintf("ends with the port %q, which Port says", port), right
	case brackets:
		return "has brackets, which an IPv6 address has only in a VirtualHost", right
	case strings.ContainsAny(host, " \t\r\n"):
		return "holds white space", right
	case strings.ContainsAny(host, `/\,;@*?#[]:`):
		return "holds a character that no host name has", right
	}
	return "", ""
}

// plainHost reports whether a text can be a host name or an address.
func plainHost(host string) bool {
	_, err := netip.ParseAddr(host)
	return err == nil || host != "" && !strings.ContainsAny(host, " \t\r\n/\\,;@*?#[]:")
}

var _ = group.Add(&lint.Rule{
	Code: diag.LogNameEmpty, Name: "log-name-empty", Category: lint.Portability, Severity: diag.Warning,
	Check:    check.On(checkLogName),
	Subjects: []string{"Log/Name"},
	Doc: lint.Doc{
		Title:    "Log has no Name, or an empty one",
		Why:      "Nothing says where the log is: there is believed to be none, and failures leave no trace.",
		Bad:      `<Log LogLevel="Error"/>`,
		Good:     `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		NearMiss: `<Log LogLevel="Error" Name="|/opt/bin/rotatelogs /opt/plugins/logs/http_plugin.log 86400"/>`,
		Source:   "IBM page \"plugin-cfg.xml file\" (V9); effect inferred",
	},
})

// checkLogName: a Name that begins with | is a program that takes the log, and | alone names none.
func checkLogName(p *check.Pass) {
	l := p.Config.Log
	if l == nil || strings.Trim(l.Name.V, " \t|") != "" {
		return
	}
	p.Report(check.At(l.Name, l.Node), "Log has %s Name; nothing says where the log is, so there is believed to "+
		"be none", check.IfElse(l.Name.Set(), "an empty", "no"))
}
