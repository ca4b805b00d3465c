package balancing

import (
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

var _ = group.Add(&lint.Rule{
	Code: diag.WeightOfBackup, Name: "weight-of-backup", Category: lint.Balancing, Severity: diag.Info,
	Check:    check.On(checkBackupWeights),
	Subjects: []string{"Server/LoadBalanceWeight", "BackupServers"},
	Doc: lint.Doc{
		Title: "Backups have different weights",
		Why:   "They are tried in list order and never balanced: the weights promise what does not happen.",
		Bad: example.Members("", example.Primary1+example.Backup23, "", `LoadBalanceWeight="10" `,
			`LoadBalanceWeight="20" `),
		Good: example.Members("", example.Primary1+example.Backup23, "", "", ""),
		NearMiss: example.Members("", `<PrimaryServers><Server Name="m2"/><Server `+
			`Name="m3"/></PrimaryServers><BackupServers><Server Name="m1"/></BackupServers>`, "",
			`LoadBalanceWeight="10" `, `LoadBalanceWeight="20" `),
		Source: "R38",
	},
})

// checkBackupWeights compares backups with each other alone: that a backup's weight differs from a primary's says
// nothing.
func checkBackupWeights(p *check.Pass) {
	for _, c := range p.Clusters() {
		var first *parser.Server
		_, backup := p.Lists(c)
		for _, s := range backup {
			if first == nil {
				first = s
			} else if s.LoadBalanceWeight.V != first.LoadBalanceWeight.V {
				p.Report(check.At(s.LoadBalanceWeight, s.Node), "backup %q has weight %d and backup %q (%s) %d; "+
					"backups are tried in list order, weights are not used (R38)", s.Name.V, s.LoadBalanceWeight.V,
					first.Name.V, p.Where(first.Node.Tag), first.LoadBalanceWeight.V)
				break
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.WeightsCollapseToOne, Name: "weights-collapse-to-one", Category: lint.Balancing, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkEqualWeights),
	Subjects: []string{"Server/LoadBalanceWeight"},
	Doc: lint.Doc{
		Title: "All balanced servers have the same weight",
		Why: "Weights are divided by their highest common factor: 20/20/20 acts as 1/1/1. Every round uses all " +
			"weights up and resets them, which IBM advises against: 20/20/19 keeps them going.",
		Bad:      example.Members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `),
		Good:     example.Members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="19" `),
		NearMiss: example.Members(`LoadBalance="Random" `, "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `),
		Source:   example.Recommended + "; R31",
	},
})

// checkEqualWeights compares start weights, as they are after the division by what they have in common (R31): 2/2 and
// 20/20 are one case. Under Random weights are not used (R35). The last server is told, whose weight the fix lowers.
func checkEqualWeights(p *check.Pass) {
	for _, c := range p.Clusters() {
		k := p.Decided(c)
		if k == nil || len(k.Primary) < 2 || k.Random {
			continue
		}
		end := &k.Members[k.Primary[len(k.Primary)-1]]
		if end.Start == 0 || slices.ContainsFunc(k.Primary,
			func(m match.MemberID) bool { return k.Members[m].Start != end.Start }) {
			continue
		}
		last := end.Source
		w := last.LoadBalanceWeight.V
		f := p.Report(check.At(last.LoadBalanceWeight, last.Node), "all %d balanced servers of cluster %q have "+
			"weight %d, which acts as %d (R31): every round uses all weights up and resets them; one server with "+
			"%d keeps them going", len(k.Primary), c.Name.V, w, end.Start, max(w-1, 1)).
			About(c.Node)
		if w > 1 {
			f.Repair(false, "lower one weight by 1", check.SetAttr(last.Node, "LoadBalanceWeight", strconv.Itoa(w-1)))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.WeightZero, Name: "weight-zero", Category: lint.Balancing, Severity: diag.Warning,
	Check:    check.On(checkZeroWeight),
	Subjects: []string{"Server/LoadBalanceWeight"},
	Doc: lint.Doc{
		Title: "A Server has weight 0",
		Why: "It gets no new sessions: right while it is drained, an outage when that is forgotten and the " +
			"others fail.",
		Bad:      example.Members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="2" `),
		Good:     example.Members("", "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="2" `),
		NearMiss: example.Members(`LoadBalance="Random" `, "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
		Source:   "R36; APAR PQ76548",
	},
})

// checkZeroWeight asks the decision core who is drained: whose weight is 0 or below, unless LoadBalance is Random,
// which does not look at weights (R35, R36).
func checkZeroWeight(p *check.Pass) {
	for _, c := range p.Clusters() {
		k := p.Decided(c)
		if k == nil || c.ClusterAddress != nil {
			continue // new sessions go to the address, whatever the weights
		}
		for m := range k.Members {
			if s := k.Members[m].Source; k.Drained(match.MemberID(m)) && s.LoadBalanceWeight.Valid {
				p.Report(s.LoadBalanceWeight.Span(), "server %q of cluster %q has weight %d; it gets no new "+
					"sessions (R36), which is right only while it is being drained", s.Name.V, c.Name.V,
					s.LoadBalanceWeight.V).
					About(c.Node)
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.AllWeightsZero, Name: "all-weights-zero", Category: lint.Balancing, Severity: diag.Error,
	Check:      check.On(checkAllZero),
	Subjects:   []string{"Server/LoadBalanceWeight"},
	Suppresses: []string{diag.WeightsCollapseToOne, diag.WeightZero},
	Doc: lint.Doc{
		Title:    "Every balanced Server has weight 0",
		Why:      "Nobody gets new requests by weight, and V5 plug-ins crashed the web server on a division by zero.",
		Bad:      example.Members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
		Good:     example.Members("", "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="1" `),
		NearMiss: example.Members(`LoadBalance="Random" `, "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
		Source:   "APAR PQ76548; later behaviour R36",
	},
})

// checkAllZero looks at primaries: a backup serves without any weight (R38).
func checkAllZero(p *check.Pass) {
	for _, c := range p.Clusters() {
		k := p.Decided(c)
		if k == nil || len(k.Primary) == 0 || c.ClusterAddress != nil ||
			slices.ContainsFunc(k.Primary, func(m match.MemberID) bool { return !k.Drained(m) }) {
			continue
		}
		first := k.Members[k.Primary[0]].Source
		p.Report(check.At(first.LoadBalanceWeight, first.Node), "every balanced server of cluster %q has weight "+
			"0 or less; nobody gets new requests by weight, and V5 plug-ins crashed (APAR PQ76548)", c.Name.V).
			About(c.Node)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.WeightUnderRandom, Name: "weight-under-random", Category: lint.Balancing, Severity: diag.Info,
	Check:    check.On(checkRandomWeights),
	Subjects: []string{"Server/LoadBalanceWeight", "ServerCluster/LoadBalance"},
	Doc: lint.Doc{
		Title: "Weights differ but LoadBalance is Random",
		Why:   "Random does not use weights, so the strong machine gets no more than the weak one.",
		Bad:   example.Members(`LoadBalance="Random" `, "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="5" `),
		Good: example.Members(`LoadBalance="Round Robin" `, "", `LoadBalanceWeight="1" `,
			`LoadBalanceWeight="5" `),
		NearMiss: example.Members(`LoadBalance="Random" `, "", "", ""),
		Source:   "IBM, LoadBalance; R35",
	},
})

// checkRandomWeights: that all weights are alike is no mistake under Random, since generators write them into every
// file.
func checkRandomWeights(p *check.Pass) {
	for _, c := range p.Clusters() {
		members := primaries(p, c)
		if c.LoadBalance.V != "Random" || len(members) < 2 {
			continue
		}
		for _, s := range members[1:] {
			if s.LoadBalanceWeight.V != members[0].LoadBalanceWeight.V {
				p.Report(check.At(s.LoadBalanceWeight, s.Node), "weights differ in cluster %q, but LoadBalance "+
					"is Random (%s), which does not use them (R35)", c.Name.V, p.Where(c.LoadBalance.Span()))
				break
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.AffinitySkew, Name: "affinity-skew", Category: lint.Balancing, Severity: diag.Info, Fix: lint.UnsafeFix,
	Check:    check.On(checkAffinitySkew),
	Subjects: []string{"ServerCluster/IgnoreAffinityRequests"},
	Doc: lint.Doc{
		Title: "Requests of sessions do not count for balancing",
		Why: "With IgnoreAffinityRequests=\"true\", the default, requests of sessions do not lower a server's " +
			"weight, so load can become uneven. The name does NOT switch affinity off: sessions stay on their " +
			"server either way.",
		Bad:      example.Members(`IgnoreAffinityRequests="true" `, "", "", ""),
		Good:     example.Members(`IgnoreAffinityRequests="false" `, "", "", ""),
		NearMiss: example.Members(`IgnoreAffinityRequests="true" LoadBalance="Random" `, "", "", ""),
		Source:   example.Pages + "; R34",
	},
})

// checkAffinitySkew holds for clusters where it can matter: several primaries that are balanced in turn, and affinity.
// True is the default, and only where it is written there is something to edit.
func checkAffinitySkew(p *check.Pass) {
	for _, c := range p.Clusters() {
		if len(primaries(p, c)) > 1 && c.LoadBalance.V != "Random" && c.IgnoreAffinityRequests.V &&
			check.HasClones(c) {
			f := p.Report(check.At(c.IgnoreAffinityRequests, c.Node), "requests of sessions do not lower the "+
				"weights of cluster %q (IgnoreAffinityRequests true or absent, R34): load can become uneven; the "+
				"name does not mean that affinity is off", c.Name.V)
			if c.IgnoreAffinityRequests.Set() {
				f.Repair(false, "count affinity requests", check.ValueEdit(c.IgnoreAffinityRequests.At, "false"))
			}
		}
	}
}
