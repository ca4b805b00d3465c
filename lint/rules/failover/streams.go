package failover

import (
	"strconv"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.ConnectionTtlTooLong, Name: "connection-ttl-too-long", Category: lint.Failover, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkTTL),
	Subjects: []string{"Transport/ConnectionTTL"},
	Options: []lint.Option{{Name: "persist-timeout", Default: []int{30},
		Doc: "seconds after which the servers close idle connections"}},
	Doc: lint.Doc{
		Title: "ConnectionTTL is not below the servers' persist timeout",
		Why: "The plug-in reuses connections that the server has closed: errors, retries and replays under no " +
			"load at all.",
		Bad:      `<Server CloneID="c1" Name="m1"><Transport ConnectionTTL="60" Hostname="h1" Port="9080"/></Server>`,
		Good:     `<Server CloneID="c1" Name="m1"><Transport ConnectionTTL="28" Hostname="h1" Port="9080"/></Server>`,
		NearMiss: `<Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>`,
		Source:   "APAR PH09034; R65",
	},
})

// checkTTL reports what is written alone: when it is absent the level decides (28 s since PH09034, R65). Servers close
// idle connections after 30 s, unless the option persist-timeout says otherwise.
func checkTTL(p *check.Pass) {
	limit := p.Option("persist-timeout")
	p.EachServer(func(c *parser.ServerCluster, s *parser.Server) {
		for _, t := range s.Transports {
			n := t.ConnectionTTL.V
			if !t.ConnectionTTL.Valid || n != 0 && n < limit || n < 0 {
				continue
			}
			what := check.IfElse(n == 0, "0 keeps idle connections for ever",
				"keeps idle connections for "+strconv.Itoa(n)+" seconds")
			p.Report(t.ConnectionTTL.Span(), "ConnectionTTL of server %q: %s, but servers close them after %d "+
				"(persist timeout); requests meet closed connections: errors, retries, replays (R65)", s.Name.V,
				what, limit).
				Repair(false, "keep them for 28 seconds",
					check.ValueEdit(t.ConnectionTTL.At, strconv.Itoa(max(min(28, limit-2), 1))))
		}
	})
}
