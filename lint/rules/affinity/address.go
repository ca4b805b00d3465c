package affinity

import (
	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.SameAddressTwoCloneIDs, Name: "same-address-two-clone-ids", Category: lint.Affinity,
	Severity: diag.Error, Check: check.On(checkSameAddressIDs),
	Subjects:   []string{"Server/CloneID", "Transport/Hostname", "Transport/Port"},
	Suppresses: []string{diag.SameAddressTwice},
	Doc: lint.Doc{
		Title: "One address stands in two servers with different CloneIDs",
		Why: "One of the two IDs is stale: the server behind the address knows only one, and the sessions that " +
			"name the other look foreign.",
		Bad: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="H1" Port="9080"/></Server>
</ServerCluster>`,
		Good: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		NearMiss: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h1" Port="9081"/></Server>
</ServerCluster>`,
		Source: "follows from R22",
	},
})

// checkSameAddressIDs compares within a cluster: one server that stands in two clusters has one clone ID in both.
// Servers without a clone ID have no affinity that could be wrong (WP303). Hosts compare without letter case, ports as
// they are written.
func checkSameAddressIDs(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		first := map[string]*parser.Server{}
		for _, s := range c.Servers {
			for _, t := range s.Transports {
				f := first[check.Address(t)]
				switch {
				case !t.Hostname.Set() || !t.Port.Set():
				case f == nil:
					first[check.Address(t)] = s
				case f != s && f.CloneID.V != s.CloneID.V && f.CloneID.V != "" && s.CloneID.V != "":
					p.Report(s.CloneID.Span(), "servers %q and %q (%s) have one address, %s, and different "+
						"CloneIDs; one of the two is stale, its sessions look foreign", s.Name.V, f.Name.V,
						p.Where(f.CloneID.Span()), check.Address(t)).
						See(f.CloneID.Span(), "the other CloneID").
						About(check.Pair(f.Node, s.Node))
				}
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.SameAddressTwice, Name: "same-address-twice", Category: lint.Affinity, Severity: diag.Warning,
	Check:    check.On(checkSameAddress),
	Subjects: []string{"Transport/Hostname", "Transport/Port"},
	Doc: lint.Doc{
		Title: "One address stands in two members of a cluster",
		Why: "One JVM gets a double share of the load and two marks that know nothing of each other. It was " +
			"once shown as a trick for weights; LoadBalanceWeight does that better.",
		Bad: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c1" Name="m2"><Transport Hostname="h1" Port="9080"/></Server>
</ServerCluster>`,
		Good: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
</ServerCluster>`,
		NearMiss: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h1" Port="9090"/></Server>
</ServerCluster>`,
		Source: "V4 technote 1104515",
	},
})

// checkSameAddress reports a pair of servers once, however many of their Transports agree. Where the clone IDs differ
// WP307 says more, and suppresses this.
func checkSameAddress(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		first := map[string]*parser.Server{}
		done := map[any]bool{}
		for _, s := range c.Servers {
			for _, t := range s.Transports {
				f := first[check.Address(t)]
				if f == nil {
					first[check.Address(t)] = s
				}
				if f == nil || f == s || !t.Hostname.Set() || done[check.Pair(f, s)] {
					continue
				}
				done[check.Pair(f, s)] = true
				p.Report(check.At(t.Hostname, t.Node), "server %q has the same address %s as server %q on %s; "+
					"one JVM gets a double share of the load and two marks", s.Name.V, check.Address(t), f.Name.V,
					p.Where(f.Node.NameSpan)).
					See(f.Node.Tag, "the other server").
					About(check.Pair(f.Node, s.Node))
			}
		}
	}
}
