package rules

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match"
)

var balancingRules = []*lint.Rule{
	serverInNoList, serverInBothLists, backupsWithoutPrimaries, weightOfBackup, weightsCollapseToOne,
	weightZero, weightUnderRandom, affinitySkew, listsUnusedWithPartitionIDs, oneMemberCluster,
	allWeightsZero, backupSharesAddressWithPrimary, maxConnectionsPerProcess, emptyPrimaryList,
}

// primaries returns the servers that share new requests by weight (R37).
func primaries(c *parser.ServerCluster) []*parser.Server {
	primary, _ := match.PrimaryAndBackup(c)
	return primary
}

var serverInNoList = &lint.Rule{
	Code: diag.ServerInNoList, Name: "server-in-no-list", Category: lint.Balancing, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkInNoList),
	Subjects: []string{"PrimaryServers", "BackupServers"},
	Doc: lint.Doc{
		Title:    "A Server is in neither list although there are lists",
		Why:      "It gets nothing. That is IBM's own way to retire a member; forgotten, its capacity is lost.",
		Bad:      members("", primary1, "", ""),
		Good:     members("", primary12, "", ""),
		NearMiss: members("", "", "", ""),
		Source:   "technote 1236528; R40",
	},
}

func checkInNoList(p *pass) {
	for _, c := range p.Config.Clusters {
		primary, backup := match.PrimaryAndBackup(c)
		listed := map[*parser.Server]bool{}
		for _, s := range slices.Concat(primary, backup) {
			listed[s] = true
		}
		sure := !misnamed(c)
		if p.Fragment && !sure {
			continue // what the list names may stand outside of what was pasted
		}
		for _, s := range match.Servers(c) {
			if !listed[s] && s.Name.Set() {
				f := p.Report(s.Name.Span(), "server %q%s is in neither PrimaryServers nor BackupServers; it gets "+
					"no requests at all (R40), which is right only while it is being retired",
					s.Name.V, ofCluster(c)).About(s.Node)
				if l := refs(c.Primary); len(l) > 0 && sure {
					last := l[len(l)-1].Node
					end := diag.Span{File: last.Span.File, Start: last.Span.End, End: last.Span.End}
					f.Repair(false, "append it to PrimaryServers", writeValue(end, p.indent(last)+`<Server Name="`,
						s.Name.V, `"/>`))
				}
			}
		}
	}
}

// misnamed reports whether a list names a server that is not there (WP206): it may be the one that is in no list.
func misnamed(c *parser.ServerCluster) bool {
	known := serversByName(c)
	return slices.ContainsFunc(slices.Concat(refs(c.Primary), refs(c.Backup)),
		func(ref *parser.ServerRef) bool { return known[ref.Name.V] == nil })
}

var serverInBothLists = &lint.Rule{
	Code: diag.ServerInBothLists, Name: "server-in-both-lists", Category: lint.Balancing, Severity: diag.Error,
	Fix: lint.UnsafeFix, Check: on(checkInBothLists),
	Subjects:   []string{"PrimaryServers", "BackupServers"},
	Suppresses: []string{diag.ServerInNoList},
	Doc: lint.Doc{
		Title:    "A Server is in PrimaryServers and in BackupServers",
		Why:      "Its role is undefined, and as a backup it fails together with itself as a primary.",
		Bad:      members("", primary12+backup2, "", ""),
		Good:     members("", primary1+backup2, "", ""),
		NearMiss: members("", primary12, "", ""),
		Source:   "follows from R37, R38",
	},
}

func checkInBothLists(p *pass) {
	for _, c := range p.Config.Clusters {
		primary := entries(c.Primary)
		for _, ref := range refs(c.Backup) {
			if other := primary[ref.Name.V]; other != nil && ref.Name.Set() {
				p.Report(ref.Name.Span(), "server %q is in BackupServers and, on %s, in PrimaryServers of cluster "+
					"%q; its role is undefined, and as a backup it fails together with itself",
					ref.Name.V, p.Where(other.Name.Span()), c.Name.V).See(other.Name.Span(), "as a primary").
					Repair(false, "drop it from BackupServers", p.drop(ref.Node))
			}
		}
	}
}

var backupsWithoutPrimaries = &lint.Rule{
	Code: diag.BackupsWithoutPrimaries, Name: "backups-without-primaries", Category: lint.Balancing,
	Severity: diag.Error, Check: on(checkBackupsAlone),
	Subjects:   []string{"BackupServers", "PrimaryServers"},
	Suppresses: []string{diag.EmptyPrimaryList},
	Doc: lint.Doc{
		Title: "BackupServers without PrimaryServers",
		Why: "Backups serve only when all primaries are down. Without a primary list every server is primary, " +
			"so there is no backup at all.",
		Bad:      members("", backup2, "", ""),
		Good:     members("", primary1+backup2, "", ""),
		NearMiss: members("", primary12, "", ""),
		Source:   "R37, R38; the effect of an empty list is unknown",
	},
}

func checkBackupsAlone(p *pass) {
	for _, c := range p.clusters() {
		if len(refs(c.Backup)) == 0 {
			continue
		}
		if _, backup := match.PrimaryAndBackup(c); len(backup) == 0 && !named(c, c.Primary) &&
			named(c, c.Backup) {
			p.Report(c.Backup.Node.NameSpan, "cluster %q has BackupServers but %s; then every server is primary "+
				"(R37) and there is no backup", c.Name.V, noPrimaries(c)).
				About(c.Node)
		}
	}
}

// named reports whether a list names a server of its cluster.
func named(c *parser.ServerCluster, l *parser.ServerList) bool {
	known := serversByName(c)
	return slices.ContainsFunc(refs(l), func(ref *parser.ServerRef) bool { return known[ref.Name.V] != nil })
}

func noPrimaries(c *parser.ServerCluster) string {
	switch {
	case empty(c.Primary):
		return "an empty PrimaryServers (its effect is undocumented)"
	case len(refs(c.Primary)) > 0:
		return "a PrimaryServers that names none of its servers"
	}
	return "no PrimaryServers"
}

var weightOfBackup = &lint.Rule{
	Code: diag.WeightOfBackup, Name: "weight-of-backup", Category: lint.Balancing, Severity: diag.Info,
	Check:    on(checkBackupWeights),
	Subjects: []string{"Server/LoadBalanceWeight", "BackupServers"},
	Doc: lint.Doc{
		Title: "Backups have different weights",
		Why:   "They are tried in list order and never balanced: the weights promise what does not happen.",
		Bad:   members("", primary1+backup23, "", `LoadBalanceWeight="10" `, `LoadBalanceWeight="20" `),
		Good:  members("", primary1+backup23, "", "", ""),
		NearMiss: members("", `<PrimaryServers><Server Name="m2"/><Server `+
			`Name="m3"/></PrimaryServers><BackupServers><Server Name="m1"/></BackupServers>`, "",
			`LoadBalanceWeight="10" `, `LoadBalanceWeight="20" `),
		Source: "R38",
	},
}

func checkBackupWeights(p *pass) {
	for _, c := range p.clusters() {
		var first *parser.Server
		_, backup := match.PrimaryAndBackup(c)
		for _, s := range backup {
			if first == nil {
				first = s
			} else if s.LoadBalanceWeight.V != first.LoadBalanceWeight.V {
				p.Report(at(s.LoadBalanceWeight, s.Node), "backup %q has weight %d and backup %q (%s) %d; backups "+
					"are tried in list order, weights are not used (R38)",
					s.Name.V, s.LoadBalanceWeight.V, first.Name.V, p.Where(first.Node.Tag), first.LoadBalanceWeight.V)
				break
			}
		}
	}
}

var weightsCollapseToOne = &lint.Rule{
	Code: diag.WeightsCollapseToOne, Name: "weights-collapse-to-one", Category: lint.Balancing, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: on(checkEqualWeights),
	Subjects: []string{"Server/LoadBalanceWeight"},
	Doc: lint.Doc{
		Title: "All balanced servers have the same weight",
		Why: "Weights are divided by their highest common factor: 20/20/20 acts as 1/1/1. Every round uses all " +
			"weights up and resets them, which IBM advises against: 20/20/19 keeps them going.",
		Bad:      members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `),
		Good:     members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="19" `),
		NearMiss: members(`LoadBalance="Random" `, "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `),
		Source:   recommended + "; R31",
	},
}

func checkEqualWeights(p *pass) {
	for _, c := range p.clusters() {
		k := p.decided(c)
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
		f := p.Report(at(last.LoadBalanceWeight, last.Node), "all %d balanced servers of cluster %q have weight %d, "+
			"which acts as %d (R31): every round uses all weights up and resets them; one server with %d keeps them "+
			"going",
			len(k.Primary), c.Name.V, w, end.Start, max(w-1, 1)).About(c.Node)
		if w > 1 {
			f.Repair(false, "lower one weight by 1", setAttr(last.Node, "LoadBalanceWeight", number(w-1)))
		}
	}
}

var weightZero = &lint.Rule{
	Code: diag.WeightZero, Name: "weight-zero", Category: lint.Balancing, Severity: diag.Warning,
	Check:    on(checkZeroWeight),
	Subjects: []string{"Server/LoadBalanceWeight"},
	Doc: lint.Doc{
		Title: "A Server has weight 0",
		Why: "It gets no new sessions: right while it is drained, an outage when that is forgotten and the " +
			"others fail.",
		Bad:      members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="2" `),
		Good:     members("", "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="2" `),
		NearMiss: members(`LoadBalance="Random" `, "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
		Source:   "R36; APAR PQ76548",
	},
}

func checkZeroWeight(p *pass) {
	for _, c := range p.clusters() {
		k := p.decided(c)
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

var allWeightsZero = &lint.Rule{
	Code: diag.AllWeightsZero, Name: "all-weights-zero", Category: lint.Balancing, Severity: diag.Error,
	Check:      on(checkAllZero),
	Subjects:   []string{"Server/LoadBalanceWeight"},
	Suppresses: []string{diag.WeightsCollapseToOne, diag.WeightZero},
	Doc: lint.Doc{
		Title:    "Every balanced Server has weight 0",
		Why:      "Nobody gets new requests by weight, and V5 plug-ins crashed the web server on a division by zero.",
		Bad:      members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
		Good:     members("", "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="1" `),
		NearMiss: members(`LoadBalance="Random" `, "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
		Source:   "APAR PQ76548; later behaviour R36",
	},
}

func checkAllZero(p *pass) {
	for _, c := range p.clusters() {
		k := p.decided(c)
		if k == nil || len(k.Primary) == 0 || c.ClusterAddress != nil ||
			slices.ContainsFunc(k.Primary, func(m match.MemberID) bool { return !k.Drained(m) }) {
			continue
		}
		first := k.Members[k.Primary[0]].Source
		p.Report(at(first.LoadBalanceWeight, first.Node), "every balanced server of cluster %q has weight 0 or "+
			"less; nobody gets new requests by weight, and V5 plug-ins crashed (APAR PQ76548)", c.Name.V).
			About(c.Node)
	}
}

var weightUnderRandom = &lint.Rule{
	Code: diag.WeightUnderRandom, Name: "weight-under-random", Category: lint.Balancing, Severity: diag.Info,
	Check:    on(checkRandomWeights),
	Subjects: []string{"Server/LoadBalanceWeight", "ServerCluster/LoadBalance"},
	Doc: lint.Doc{
		Title:    "Weights differ but LoadBalance is Random",
		Why:      "Random does not use weights, so the strong machine gets no more than the weak one.",
		Bad:      members(`LoadBalance="Random" `, "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="5" `),
		Good:     members(`LoadBalance="Round Robin" `, "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="5" `),
		NearMiss: members(`LoadBalance="Random" `, "", "", ""),
		Source:   "IBM, LoadBalance; R35",
	},
}

func checkRandomWeights(p *pass) {
	for _, c := range p.clusters() {
		members := primaries(c)
		if c.LoadBalance.V != "Random" || len(members) < 2 {
			continue
		}
		for _, s := range members[1:] {
			if s.LoadBalanceWeight.V != members[0].LoadBalanceWeight.V {
				p.Report(at(s.LoadBalanceWeight, s.Node), "weights differ in cluster %q, but LoadBalance is Random "+
					"(%s), which does not use them (R35)", c.Name.V, p.Where(c.LoadBalance.Span()))
				break
			}
		}
	}
}

func hasClones(c *parser.ServerCluster) bool {
	return slices.ContainsFunc(c.Servers, func(s *parser.Server) bool { return s.CloneID.V != "" })
}

var affinitySkew = &lint.Rule{
	Code: diag.AffinitySkew, Name: "affinity-skew", Category: lint.Balancing, Severity: diag.Info, Fix: lint.UnsafeFix,
	Check:    on(checkAffinitySkew),
	Subjects: []string{"ServerCluster/IgnoreAffinityRequests"},
	Doc: lint.Doc{
		Title: "Requests of sessions do not count for balancing",
		Why: "With IgnoreAffinityRequests=\"true\", the default, requests of sessions do not lower a server's " +
			"weight, so load can become uneven. The name does NOT switch affinity off: sessions stay on their " +
			"server either way.",
		Bad:      members(`IgnoreAffinityRequests="true" `, "", "", ""),
		Good:     members(`IgnoreAffinityRequests="false" `, "", "", ""),
		NearMiss: members(`IgnoreAffinityRequests="true" LoadBalance="Random" `, "", "", ""),
		Source:   pages + "; R34",
	},
}

func checkAffinitySkew(p *pass) {
	for _, c := range p.clusters() {
		if len(primaries(c)) > 1 && c.LoadBalance.V != "Random" && c.IgnoreAffinityRequests.V && hasClones(c) {
			f := p.Report(at(c.IgnoreAffinityRequests, c.Node), "requests of sessions do not lower the weights of "+
				"cluster %q (IgnoreAffinityRequests true or absent, R34): load can become uneven; the name does not "+
				"mean that affinity is off", c.Name.V)
			if c.IgnoreAffinityRequests.Set() {
				f.Repair(false, "count affinity requests", valueEdit(c.IgnoreAffinityRequests.At, "false"))
			}
		}
	}
}

var listsUnusedWithPartitionIDs = &lint.Rule{
	Code: diag.ListsUnusedWithPartitionIDs, Name: "lists-unused-with-partition-ids", Category: lint.Balancing,
	Severity: diag.Info, Check: on(checkListsAndPartitions),
	Subjects: []string{"ServerCluster/GetDWLMTable", "BackupServers"},
	Doc: lint.Doc{
		Title:    "GetDWLMTable together with BackupServers",
		Why:      "With partition IDs of memory-to-memory sessions the two lists do not apply.",
		Bad:      members(`GetDWLMTable="true" `, primary1+backup2, "", ""),
		Good:     members(`GetDWLMTable="true" `, "", "", ""),
		NearMiss: members(`GetDWLMTable="false" `, primary1+backup2, "", ""),
		Source:   "R28",
	},
}

func checkListsAndPartitions(p *pass) {
	for _, c := range p.clusters() {
		if c.GetDWLMTable.V && len(refs(c.Backup)) > 0 {
			p.Report(c.GetDWLMTable.Span(), "cluster %q has GetDWLMTable=\"true\" and BackupServers (%s); with "+
				"partition IDs the lists do not apply (R28)", c.Name.V, p.Where(c.Backup.Node.Tag)).
				See(c.Backup.Node.NameSpan, "the list")
		}
	}
}

var oneMemberCluster = &lint.Rule{
	Code: diag.OneMemberCluster, Name: "one-member-cluster", Category: lint.Balancing, Severity: diag.Info,
	Check: on(checkOneMember),
	Subjects: []string{"ServerCluster/RetryInterval", "ServerCluster/LoadBalance",
		"Server/LoadBalanceWeight"},
	Doc: lint.Doc{
		Title:    "Failover options on a cluster of one server",
		Why:      "The only server is never marked down and there is nobody to fail over to: the options do nothing.",
		Bad:      members(`RetryInterval="20" `, "", ""),
		Good:     members("", "", ""),
		NearMiss: members(`RetryInterval="60" ServerIOTimeoutRetry="-1" `, "", ""),
		Source:   ioTimeoutNote + "; R51",
	},
}

func checkOneMember(p *pass) {
	for _, c := range p.clusters() {
		if len(c.Servers) != 1 || c.ClusterAddress != nil {
			continue
		}
		for _, set := range []struct {
			name string
			v    parser.Val[int]
			used bool
		}{{"RetryInterval", c.RetryInterval, c.RetryInterval.V != 60},
			{"ServerIOTimeoutRetry", c.ServerIOTimeoutRetry, c.ServerIOTimeoutRetry.V != -1}} {
			if set.v.Valid && set.used {
				p.Report(set.v.Span(), "%s is set for cluster %q, which has one server: it is never marked down and "+
					"there is nobody to fail over to (R51)", set.name, c.Name.V)
			}
		}
		if empty(c.Backup) {
			p.Report(c.Backup.Node.NameSpan, "BackupServers is written for cluster %q, which has one server: there "+
				"is nobody to fail over to", c.Name.V)
		}
	}
}

var backupSharesAddressWithPrimary = &lint.Rule{
	Code: diag.BackupSharesAddressWithPrimary, Name: "backup-shares-address-with-primary", Category: lint.Balancing,
	Severity: diag.Warning, Check: on(checkBackupAddress),
	Subjects:   []string{"BackupServers", "PrimaryServers", "Transport/Hostname", "Transport/Port"},
	Suppresses: []string{diag.SameAddressTwice},
	Doc: lint.Doc{
		Title: "A backup has the address of a primary",
		Why:   "They are one JVM and fail together: the backup is a fiction.",
		Bad: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" " +
			"Port=\"9080\"/></Server>\n  <Server Name=\"b1\" CloneID=\"c1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <PrimaryServers><Server Name=\"m1\"/><Server " +
			"Name=\"m2\"/></PrimaryServers>\n  <BackupServers><Server Name=\"b1\"/></BackupServers>\n</ServerCluster>",
		Good: members("", primary1+backup2, "", ""),
		NearMiss: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" " +
			"Port=\"9081\"/></Server>\n  " + primary1 + backup2 + "\n</ServerCluster>",
		Source: "follows from R38",
	},
}

func checkBackupAddress(p *pass) {
	for _, c := range p.clusters() {
		primary, backup := match.PrimaryAndBackup(c)
		at := map[string]*parser.Server{}
		for _, s := range primary {
			for _, t := range s.Transports {
				at[address(t)] = s
			}
		}
		for _, s := range backup {
			for _, t := range s.Transports {
				if other := at[address(t)]; other != nil && t.Hostname.Set() {
					p.Report(t.Hostname.Span(), "backup %q has the address %s of primary %q on %s; both fail together",
						s.Name.V, address(t), other.Name.V, p.Where(other.Node.Tag)).
						See(other.Node.Tag, "the primary").About(pair{other.Node, s.Node}, pair{s.Node, other.Node})
					break
				}
			}
		}
	}
}

var maxConnectionsPerProcess = &lint.Rule{
	Code: diag.MaxConnectionsPerProcess, Name: "max-connections-per-process", Category: lint.Balancing,
	Severity: diag.Warning, Check: on(checkMaxConnections),
	Subjects: []string{"Server/MaxConnections"},
	Options: []lint.Option{{Name: "processes", Default: []int{2}, Doc: "web server processes that run this plug-in"},
		{Name: "expected-load", Default: []int{0}, Doc: "pending requests expected in all; 0: not judged"}},
	Doc: lint.Doc{
		Title: "MaxConnections limits each process, not the server",
		Why: "It counts pending requests of one web server process: two processes with 10 allow 20. When all " +
			"servers are full clients get 503 while every server is up.",
		Bad:      members("", "", `MaxConnections="10" `, `MaxConnections="10" `),
		Good:     members("", "", `MaxConnections="-1" `, `MaxConnections="-1" `),
		NearMiss: members("", "", `MaxConnections="0" `, `MaxConnections="0" `),
		Source:   "IBM, MaxConnections; R60",
	},
}

func checkMaxConnections(p *pass) {
	processes, load := p.Option("processes"), p.Option("expected-load")
	for _, c := range p.clusters() {
		sum, limited := 0, []*parser.Server(nil)
		for _, s := range c.Servers {
			if s.MaxConnections.V > 0 {
				limited, sum = append(limited, s), sum+s.MaxConnections.V
			}
		}
		if len(limited) == 0 {
			continue
		}
		s := limited[0]
		switch {
		case len(limited) == len(c.Servers) && load > 0 && sum*processes < load:
			p.Report(s.MaxConnections.Span(), "the MaxConnections of cluster %q allow %d pending requests in %d web "+
				"server processes, fewer than the expected load of %d; when all are full clients get 503 while the "+
				"servers are up (R60)",
				c.Name.V, sum*processes, processes, load)
		case len(limited) < len(c.Servers) || slices.ContainsFunc(limited,
			func(o *parser.Server) bool { return o.MaxConnections.V != s.MaxConnections.V }):
			p.Report(s.MaxConnections.Span(), "the servers of cluster %q have different MaxConnections; the limit "+
				"counts pending requests of each web server process, so %d here means up to %d in %d processes (R60)",
				c.Name.V, s.MaxConnections.V, s.MaxConnections.V*processes, processes)
		default:
			p.Report(s.MaxConnections.Span(), "MaxConnections %d of server %q counts pending requests of each web "+
				"server process: %d processes allow %d; when all servers are full clients get 503 while they are up "+
				"(R60)",
				s.MaxConnections.V, s.Name.V, processes, s.MaxConnections.V*processes)
		}
	}
}

var emptyPrimaryList = &lint.Rule{
	Code: diag.EmptyPrimaryList, Name: "empty-primary-list", Category: lint.Balancing, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkEmptyPrimaries),
	Subjects: []string{"PrimaryServers"},
	Doc: lint.Doc{
		Title:    "PrimaryServers is empty",
		Why:      "Merge tools write it. Whether it means nobody or, as when it is absent, everybody is undocumented.",
		Bad:      members("", "<PrimaryServers/>", "", ""),
		Good:     members("", "", "", ""),
		NearMiss: members("", primary12, "", ""),
		Source:   "observed in merge output; effect unknown",
	},
}

func checkEmptyPrimaries(p *pass) {
	for _, c := range p.clusters() {
		if empty(c.Primary) {
			p.Report(c.Primary.Node.NameSpan, "PrimaryServers of cluster %q is empty; whether that means nobody or, "+
				"as when it is absent, everybody is undocumented", c.Name.V).
				About(c.Node).Repair(false, "drop the empty list", p.drop(c.Primary.Node))
		}
	}
}
