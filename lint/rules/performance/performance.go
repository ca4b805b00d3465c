// Package performance holds the rules about what costs time or memory at every request.
package performance

import (
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

var group lint.Group

// Rules returns the rules of the group.
func Rules() []*lint.Rule { return group }

var _ = group.Add(&lint.Rule{
	Code: diag.TraceLevelLeftOn, Name: "trace-level-left-on", Category: lint.Performance, Severity: diag.Warning,
	Fix: lint.SafeFix, Check: check.On(checkTraceLevel),
	Subjects: []string{"Log/LogLevel"},
	Doc: lint.Doc{
		Title:    "The log level is one for tracing",
		Why:      "The log grows without bound and requests slow down; cookies and bodies may be in it.",
		Bad:      `<Log LogLevel="Trace" Name="/opt/plugins/logs/http_plugin.log"/>`,
		Good:     `<Log LogLevel="Error" Name="/opt/plugins/logs/http_plugin.log"/>`,
		NearMiss: `<Log LogLevel="Stats" Name="/opt/plugins/logs/http_plugin.log"/>`,
		Source:   "levels: IBM, the plug-in log",
	},
})

// checkTraceLevel has a safe fix: where requests go does not depend on what is logged. Stats, a line for each request,
// may stay on.
func checkTraceLevel(p *check.Pass) {
	if p.Config.Log == nil {
		return
	}
	switch level := p.Config.Log.Level; level.V {
	case "Trace", "Debug", "Detail":
		p.Report(level.Span(), "LogLevel %q writes many lines for each request; the log grows without bound, "+
			"requests slow down, and cookies and bodies may be in it", level.V).
			Repair(true, "write Error", check.ValueEdit(level.At, "Error"))
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.RefreshInterval, Name: "refresh-interval", Category: lint.Performance, Severity: diag.Info,
	Check:    check.On(checkRefresh),
	Subjects: []string{"Config/RefreshInterval"},
	Doc: lint.Doc{
		Title: "RefreshInterval is very short, very long, or not positive",
		Why: "Edits seem to be ignored, or every process polls the disk. The value that means never is " +
			"undocumented.",
		Bad:      `<Config RefreshInterval="86400"/>`,
		Good:     `<Config RefreshInterval="60"/>`,
		NearMiss: `<Config RefreshInterval="3600"/>`,
		Source:   "IBM, refresh interval of the plug-in",
	},
})

// checkRefresh reports only what is written; 60 is the default. No source says which number means never.
func checkRefresh(p *check.Pass) {
	v := p.Config.RefreshInterval
	if !v.Valid {
		return
	}
	switch n := v.V; {
	case n <= 0:
		p.Report(v.Span(), "RefreshInterval %d: that the file is then never read again is not documented, the "+
			"number that means never is unknown", n)
	case n < 10:
		p.Report(v.Span(), "RefreshInterval %d lets every process of the web server look at the file every %d "+
			"seconds", n, n)
	case n > 3600:
		p.Report(v.Span(), "RefreshInterval %d: a change of this file is noticed after up to %d minutes, edits "+
			"seem to be ignored", n, n/60)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.TLSNotConsolidated, Name: "tls-not-consolidated", Category: lint.Performance, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkConsolidate),
	Subjects: []string{"Config/SSLConsolidate"},
	Doc: lint.Doc{
		Title:    "Equal TLS environments are not shared",
		Why:      "One TLS environment for each Transport: slow start, memory.",
		Bad:      `<Config SSLConsolidate="false"/>`,
		Good:     `<Config SSLConsolidate="true"/>`,
		NearMiss: example.HTTPS1,
		Source:   "OpenLiberty/open-liberty#28696; meaning recalled",
	},
})

// checkConsolidate counts Transports that could share an environment: of one keyring and one label. Those without a
// keyring cannot be used (WP702).
func checkConsolidate(p *check.Pass) {
	if a := p.Config.Node.Attr("SSLConsolidate"); a != nil && a.Value == "true" {
		return
	}
	type environment struct{ keyring, label string }
	count := map[environment]int{}
	most := 0
	p.EachHTTPS(func(_ *parser.Server, t *parser.Transport) {
		var e environment
		if k := parser.Find(t.Properties, "keyring"); k != nil {
			e.keyring = k.Value.V
		}
		if l := parser.Find(t.Properties, "certLabel"); l != nil {
			e.label = l.Value.V
		}
		if e.keyring == "" {
			return // WP702
		}
		count[e]++
		most = max(most, count[e])
	})
	if most > 1 && p.Config.Node != nil {
		span := p.Config.Node.NameSpan
		if a := p.Config.Node.Attr("SSLConsolidate"); a != nil {
			span = a.Span
		}
		p.Report(span, "%d https Transports have one keyring and label, and SSLConsolidate is not true; each "+
			"gets a TLS environment of its own: slow start, memory (recalled)", most).
			Repair(false, "share it", check.SetAttr(p.Config.Node, "SSLConsolidate", "true"))
	}
}

// largestCache is the ESIMaxCacheSize, in KB, above which each process of the web server takes much memory.
const largestCache = 512 * 1024

var _ = group.Add(&lint.Rule{
	Code: diag.ESIOn, Name: "esi-on", Category: lint.Performance, Severity: diag.Info, Fix: lint.UnsafeFix,
	Check:    check.On(checkESI),
	Subjects: []string{"Config/ESIEnable"},
	Doc: lint.Doc{
		Title: "ESI caching is on",
		Why: "Each process caches by itself; a page with Set-Cookie and without Cache-Control may be given to " +
			"other users. The default hangs on the level: on up to V7, unknown for V8 and V8.5, off at V9. " +
			"ESIMaxCacheSize counts KB for each process: above 512 MB it is mentioned too.",
		Bad:      `<Property Name="ESIEnable" Value="true"/>`,
		Good:     `<Property Name="ESIEnable" Value="false"/>`,
		NearMiss: `<Property Name="esiEnable" Value="false"/>`,
		Source:   "IBM, edge side include caching",
	},
})

// checkESI: whether an absent ESIEnable means on hangs on the level (plugin.md 6); where the default of the level is
// unknown, that is told.
func checkESI(p *check.Pass) {
	if p.Config.Node == nil {
		return
	}
	const effect = "; each process of the web server caches by itself, and a page with Set-Cookie and without " +
		"Cache-Control may be given to other users"
	prop := parser.Find(p.Config.Properties, "ESIEnable")
	if prop != nil {
		if prop.Value.V == "true" {
			p.Report(check.At(prop.Value, prop.Node), "ESI caching is on"+effect).
				Repair(false, "switch it off", check.SetAttr(prop.Node, "Value", "false"))
			checkCacheSize(p)
		}
		return
	}
	level := check.IfElse(check.TargetName(p.Options) == "", "latest", check.TargetName(p.Options))
	switch unset, _ := choices.DefaultAt("ESIEnable absent", level); unset {
	case "true":
		p.Report(p.Config.Node.NameSpan, "ESI caching is on, as there is no Property ESIEnable and level %s has "+
			"it on by default"+effect, level)
	case "unknown":
		p.Report(p.Config.Node.NameSpan, "whether ESI caching is on is unknown: there is no Property ESIEnable, "+
			"and the default of level %s is undocumented", level)
	}
}

// checkCacheSize is asked only where the file switches ESI on: while it is off the size does nothing.
func checkCacheSize(p *check.Pass) {
	prop := parser.Find(p.Config.Properties, "ESIMaxCacheSize")
	if prop == nil {
		return
	}
	if n, err := strconv.Atoi(prop.Value.V); err == nil && n > largestCache {
		p.Report(prop.Value.Span(), "ESIMaxCacheSize %d is in KB: each process of the web server may take %d MB "+
			"for its cache", n, n/1024)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.RouteScanCost, Name: "route-scan-cost", Category: lint.Performance, Severity: diag.Info,
	Check:    check.On(checkScanCost),
	Subjects: []string{"Route", "Uri", "VirtualHost"},
	Options: []lint.Option{{Name: "max-comparisons", Default: []int{20000},
		Doc: "aliases and Uris of all Routes that are not reported"}},
	Doc: lint.Doc{
		Title: "Every request is compared with very many aliases and Uris",
		Why: "Every Route is scored for every request; thousands of listed servlets cost time that one /app/* " +
			"does not.",
		Bad:      example.UriGroup("shop_uris", "/shop/a", "/shop/b", "/shop/c"),
		Good:     example.UriGroup("shop_uris", "/shop/*"),
		NearMiss: example.UriGroup("shop_uris", "/shop/a", "/bank/b"),
		Source:   "R1",
	},
})

// checkScanCost adds up over the Routes, for each is scored for each request (R1), and tells the Route at which the
// limit is passed.
func checkScanCost(p *check.Pass) {
	most := p.Option("max-comparisons")
	sum := 0
	for i := range p.Routes {
		r := &p.Routes[i]
		if r.Hosts != nil {
			sum += len(r.Hosts.Aliases)
		}
		if r.Uris != nil {
			sum += len(r.Uris.Uris)
		}
		if sum > most {
			p.Report(r.Node.NameSpan, "up to this Route a request is compared with more than %d aliases and "+
				"Uris; every Route is scored for every request (R1)", most)
			return
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.ExtraRoundTrips, Name: "extra-round-trips", Category: lint.Performance, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkRoundTrips),
	Subjects: []string{"Server/ExtendedHandshake", "Server/WaitForContinue"},
	Doc: lint.Doc{
		Title: "ExtendedHandshake or WaitForContinue is true",
		Why: "A round trip more for each request, with WaitForContinue for each one with a body; only proxy " +
			"firewalls need it.",
		Bad:      example.Members("", "", `ExtendedHandshake="true" `, ""),
		Good:     example.Members("", "", `ExtendedHandshake="false" `, ""),
		NearMiss: example.Members("", "", `WaitForContinue="false" `, ""),
		Source:   "IBM, plug-in properties",
	},
})

// checkRoundTrips reports what is written and true; both are false by default.
func checkRoundTrips(p *check.Pass) {
	p.EachServer(func(_ *parser.ServerCluster, s *parser.Server) {
		for _, v := range []struct {
			name, each string
			parser.Val[bool]
		}{{"ExtendedHandshake", "request", s.ExtendedHandshake}, {"WaitForContinue", "request with a body",
			s.WaitForContinue}} {
			if v.Valid && v.V {
				p.Report(v.Span(), "%s true of server %q costs a round trip more for each %s; only a proxy "+
					"firewall between web server and server needs it", v.name, s.Name.V, v.each).
					Repair(false, "switch it off", check.ValueEdit(v.At, "false"))
			}
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.NoConnectionLimit, Name: "no-connection-limit", Category: lint.Performance, Severity: diag.Info,
	Check:    check.On(checkNoLimit),
	Subjects: []string{"Server/MaxConnections"},
	Doc: lint.Doc{
		Title: "Nothing limits the requests that wait for a hung Server",
		Why: "Without MaxConnections and with a long or no ServerIOTimeout, one hung server takes up every " +
			"thread.",
		Bad:      example.Members("", "", `ServerIOTimeout="900" `, `ServerIOTimeout="900" `),
		Good:     example.Members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: example.Members("", "", `MaxConnections="50" ServerIOTimeout="900" `),
		Source:   "REDP-4308, 2.2.4",
	},
})

// checkNoLimit is advice: a timeout of a minute, or a limit on any server of the cluster, bounds what a hung one
// takes.
func checkNoLimit(p *check.Pass) {
	for _, c := range p.Clusters() {
		if slices.ContainsFunc(c.Servers, func(s *parser.Server) bool { return s.MaxConnections.V > 0 }) {
			continue
		}
		for _, s := range c.Servers {
			if n := max(s.ServerIOTimeout.V, -s.ServerIOTimeout.V); (n == 0 || n > 60) && !p.Unreachable(s) {
				p.Report(check.At(s.MaxConnections, s.Node), "no server of cluster %q has MaxConnections, and "+
					"server %q may hang for %s; one hung server then takes every thread of the web server",
					c.Name.V, s.Name.V, check.IfElse(n == 0, "ever", strconv.Itoa(n)+" seconds"))
				break
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.ESIInvalidationWithoutMonitor, Name: "esi-invalidation-without-monitor", Category: lint.Performance,
	Severity: diag.Info, Check: check.On(checkESIMonitor),
	Subjects: []string{"Config/ESIInvalidationMonitor"},
	Doc: lint.Doc{
		Title:    "ESIInvalidationMonitor is true",
		Why:      "It needs DynaCacheEsi.ear on the servers, else the web server's log fills with errors.",
		Bad:      `<Property Name="ESIInvalidationMonitor" Value="true"/>`,
		Good:     `<Property Name="ESIInvalidationMonitor" Value="false"/>`,
		NearMiss: `<Property Name="ESIEnable" Value="true"/>`,
		Source:   "IBM, set edge side include caching",
	},
})

// checkESIMonitor cannot see whether the servers have the application, so it is advice.
func checkESIMonitor(p *check.Pass) {
	if prop := parser.Find(p.Config.Properties, "ESIInvalidationMonitor"); prop != nil && prop.Value.V == "true" {
		p.Report(prop.Value.Span(), "ESIInvalidationMonitor true needs the application DynaCacheEsi.ear on the "+
			"servers; without it the web server's log fills with errors")
	}
}
