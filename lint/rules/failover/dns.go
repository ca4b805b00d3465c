package failover

import (
	"context"
	"net/netip"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.DNSFailureBlocksStart, Name: "dns-failure-blocks-start", Category: lint.Failover, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkDNS),
	Subjects:  []string{"Config/IgnoreDNSFailures", "Transport/Hostname"},
	Otherwise: "error for a name that --check-dns cannot resolve",
	Doc: lint.Doc{
		Title: "One host name that cannot be resolved stops the plug-in at start",
		Why: "IgnoreDNSFailures is false, so every name must be resolved while the file is loaded. With " +
			"--check-dns the names are looked up, and those that fail are errors.",
		Bad:  example.Members("", "", "", ""),
		Good: `<Config IgnoreDNSFailures="true"/>`,
		NearMiss: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"10.0.0.1\" " +
			"Port=\"9080\"/></Server></ServerCluster>",
		Source: "IBM page \"plugin-cfg.xml file\" (V9); technote swg21326077",
	},
})

// checkDNS tells which names cannot be looked up here, where it is given a resolver (--check-dns). Where no name
// failed, or none was looked up, it tells that names must be. localhost, or an address, needs no DNS.
func checkDNS(p *check.Pass) {
	if p.Config.IgnoreDNSFailures.V {
		return
	}
	named := namedHosts(p)
	known := true
	for _, t := range named {
		if p.Options.Resolver != nil && p.Options.Resolver(asking(p), t.Hostname.V) != nil {
			known = false
			p.Report(t.Hostname.Span(), "host name %q cannot be resolved here; with IgnoreDNSFailures false one "+
				"such name stops the plug-in, at older levels the web server, at start", t.Hostname.V).
				As(diag.Error).
				About(t.Hostname.Span())
		}
	}
	if len(named) > 0 && known {
		reportNames(p, named)
	}
}

// namedHosts are the first Transports with each host name, which is none of an address or of this machine.
func namedHosts(p *check.Pass) (named []*parser.Transport) {
	seen := map[string]bool{"": true, "localhost": true}
	p.EachServer(func(c *parser.ServerCluster, s *parser.Server) {
		for _, t := range s.Transports {
			host := t.Hostname.V
			if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || seen[host] {
				continue
			}
			seen[host] = true
			named = append(named, t)
		}
	})
	return named
}

// reportNames says that names must be resolved, where no lookup has failed.
func reportNames(p *check.Pass, named []*parser.Transport) {
	config := p.Config.Node
	f := p.Report(check.At(p.Config.IgnoreDNSFailures, config), "IgnoreDNSFailures is false and %s must be "+
		"resolved at start; one that cannot be stops the plug-in, at older levels the web server",
		check.IfElse(len(named) == 1, "1 host name", strconv.Itoa(len(named))+" host names"))
	if config != nil {
		f.Repair(false, "start without such servers", check.SetAttr(config, "IgnoreDNSFailures", "true"))
	}
	if f.Span.IsZero() {
		f.Span = named[0].Hostname.Span()
	}
}

// asking is the context of lookups. A run that has none, as in tests and in the browser, is never broken off.
func asking(p *check.Pass) context.Context {
	if p.Options.Context != nil {
		return p.Options.Context
	}
	return context.Background()
}
