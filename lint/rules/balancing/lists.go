package balancing

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/match/resolve"
)

// primaries returns the servers that share new requests by weight (R37).
func primaries(p *check.Pass, c *parser.ServerCluster) []*parser.Server {
	primary, _ := p.Lists(c)
	return primary
}

var _ = group.Add(&lint.Rule{
	Code: diag.ServerInNoList, Name: "server-in-no-list", Category: lint.Balancing, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkInNoList),
	Subjects: []string{"PrimaryServers", "BackupServers"},
	Doc: lint.Doc{
		Title:    "A Server is in neither list although there are lists",
		Why:      "It gets nothing. That is IBM's own way to retire a member; forgotten, its capacity is lost.",
		Bad:      example.Members("", example.Primary1, "", ""),
		Good:     example.Members("", example.Primary12, "", ""),
		NearMiss: example.Members("", "", "", ""),
		Source:   "technote 1236528; R40",
	},
})

// checkInNoList asks the decision core who is a primary or a backup: without lists all are primaries (R37), and
// nothing is reported. A file that drains a member in this way is reported, too: nobody but its owner knows.
func checkInNoList(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		primary, backup := p.Lists(c)
		servers := resolve.Servers(c)
		if len(primary)+len(backup) == len(servers) {
			continue
		}
		listed := map[*parser.Server]bool{}
		for _, s := range slices.Concat(primary, backup) {
			listed[s] = true
		}
		sure := !misnamed(c)
		if p.Fragment && !sure {
			continue // what the list names may stand outside of what was pasted
		}
		for _, s := range servers {
			if !listed[s] && s.Name.Set() {
				f := p.Report(s.Name.Span(), "server %q%s is in neither PrimaryServers nor BackupServers; it "+
					"gets no requests at all (R40), which is right only while it is being retired", s.Name.V,
					check.OfCluster(c)).
					About(s.Node)
				if l := check.Refs(c.Primary); len(l) > 0 && sure {
					last := l[len(l)-1].Node
					end := diag.Span{File: last.Span.File, Start: last.Span.End, End: last.Span.End}
					f.Repair(false, "append it to PrimaryServers",
						check.WriteValue(end, check.Indent(p.Files, last)+`<Server Name="`, s.Name.V, `"/>`))
				}
			}
		}
	}
}

// misnamed reports whether a list names a server that is not there (WP206): it may be the one that is in no list.
func misnamed(c *parser.ServerCluster) bool {
	known := check.ServersByName(c)
	return slices.ContainsFunc(slices.Concat(check.Refs(c.Primary), check.Refs(c.Backup)),
		func(ref *parser.ServerRef) bool { return known[ref.Name.V] == nil })
}

var _ = group.Add(&lint.Rule{
	Code: diag.ServerInBothLists, Name: "server-in-both-lists", Category: lint.Balancing, Severity: diag.Error,
	Fix: lint.UnsafeFix, Check: check.On(checkInBothLists),
	Subjects:   []string{"PrimaryServers", "BackupServers"},
	Suppresses: []string{diag.ServerInNoList},
	Doc: lint.Doc{
		Title:    "A Server is in PrimaryServers and in BackupServers",
		Why:      "Its role is undefined, and as a backup it fails together with itself as a primary.",
		Bad:      example.Members("", example.Primary12+example.Backup2, "", ""),
		Good:     example.Members("", example.Primary1+example.Backup2, "", ""),
		NearMiss: example.Members("", example.Primary12, "", ""),
		Source:   "follows from R37, R38",
	},
})

// checkInBothLists goes by the lists as they are written: the decision core takes such a server for a primary
// (plugin.md, "Odd files").
func checkInBothLists(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		primary := check.Entries(c.Primary)
		for _, ref := range check.Refs(c.Backup) {
			if other := primary[ref.Name.V]; other != nil && ref.Name.Set() {
				p.Report(ref.Name.Span(), "server %q is in BackupServers and, on %s, in PrimaryServers of "+
					"cluster %q; its role is undefined, and as a backup it fails together with itself", ref.Name.V,
					p.Where(other.Name.Span()), c.Name.V).
					See(other.Name.Span(), "as a primary").
					Repair(false, "drop it from BackupServers", p.Drop(ref.Node))
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.BackupsWithoutPrimaries, Name: "backups-without-primaries", Category: lint.Balancing,
	Severity: diag.Error, Check: check.On(checkBackupsAlone),
	Subjects:   []string{"BackupServers", "PrimaryServers"},
	Suppresses: []string{diag.EmptyPrimaryList},
	Doc: lint.Doc{
		Title: "BackupServers without PrimaryServers",
		Why: "Backups serve only when all primaries are down. Without a primary list every server is primary, " +
			"so there is no backup at all.",
		Bad:      example.Members("", example.Backup2, "", ""),
		Good:     example.Members("", example.Primary1+example.Backup2, "", ""),
		NearMiss: example.Members("", example.Primary12, "", ""),
		Source:   "R37, R38; the effect of an empty list is unknown",
	},
})

// checkBackupsAlone: a list that names nobody of the cluster is as good as none; that the names are wrong is WP206.
func checkBackupsAlone(p *check.Pass) {
	for _, c := range p.Clusters() {
		if len(check.Refs(c.Backup)) == 0 {
			continue
		}
		if _, backup := p.Lists(c); len(backup) == 0 && !named(c, c.Primary) &&
			named(c, c.Backup) {
			p.Report(c.Backup.Node.NameSpan, "cluster %q has BackupServers but %s; then every server is primary "+
				"(R37) and there is no backup", c.Name.V, noPrimaries(c)).
				About(c.Node)
		}
	}
}

// named reports whether a list names a server of its cluster.
func named(c *parser.ServerCluster, l *parser.ServerList) bool {
	known := check.ServersByName(c)
	return slices.ContainsFunc(check.Refs(l), func(ref *parser.ServerRef) bool { return known[ref.Name.V] != nil })
}

// noPrimaries words in which way there is no list of primaries.
func noPrimaries(c *parser.ServerCluster) string {
	switch {
	case check.Empty(c.Primary):
		return "an empty PrimaryServers (its effect is undocumented)"
	case len(check.Refs(c.Primary)) > 0:
		return "a PrimaryServers that names none of its servers"
	}
	return "no PrimaryServers"
}

var _ = group.Add(&lint.Rule{
	Code: diag.ListsUnusedWithPartitionIDs, Name: "lists-unused-with-partition-ids", Category: lint.Balancing,
	Severity: diag.Info, Check: check.On(checkListsAndPartitions),
	Subjects: []string{"ServerCluster/GetDWLMTable", "BackupServers"},
	Doc: lint.Doc{
		Title:    "GetDWLMTable together with BackupServers",
		Why:      "With partition IDs of memory-to-memory sessions the two lists do not apply.",
		Bad:      example.Members(`GetDWLMTable="true" `, example.Primary1+example.Backup2, "", ""),
		Good:     example.Members(`GetDWLMTable="true" `, "", "", ""),
		NearMiss: example.Members(`GetDWLMTable="false" `, example.Primary1+example.Backup2, "", ""),
		Source:   "R28",
	},
})

// checkListsAndPartitions looks for backups alone: generators write PrimaryServers into every cluster of several
// servers, where it harms nothing.
func checkListsAndPartitions(p *check.Pass) {
	for _, c := range p.Clusters() {
		if c.GetDWLMTable.V && len(check.Refs(c.Backup)) > 0 {
			p.Report(c.GetDWLMTable.Span(), "cluster %q has GetDWLMTable=\"true\" and BackupServers (%s); with "+
				"partition IDs the lists do not apply (R28)", c.Name.V, p.Where(c.Backup.Node.Tag)).
				See(c.Backup.Node.NameSpan, "the list")
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.BackupSharesAddressWithPrimary, Name: "backup-shares-address-with-primary", Category: lint.Balancing,
	Severity: diag.Warning, Check: check.On(checkBackupAddress),
	Subjects:   []string{"BackupServers", "PrimaryServers", "Transport/Hostname", "Transport/Port"},
	Suppresses: []string{diag.SameAddressTwice},
	Doc: lint.Doc{
		Title: "A backup has the address of a primary",
		Why:   "They are one JVM and fail together: the backup is a fiction.",
		Bad: `<ServerCluster Name="shop">
  <Server CloneID="c1" Name="m1"><Transport Hostname="h1" Port="9080"/></Server>
  <Server CloneID="c2" Name="m2"><Transport Hostname="h2" Port="9080"/></Server>
  <Server Name="b1" CloneID="c1"><Transport Hostname="h1" Port="9080"/></Server>
  <PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>
  <BackupServers><Server Name="b1"/></BackupServers>
</ServerCluster>`,
		Good: example.Members("", example.Primary1+example.Backup2, "", ""),
		NearMiss: "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" " +
			"Port=\"9081\"/></Server>\n  " + example.Primary1 + example.Backup2 + "\n</ServerCluster>",
		Source: "follows from R38",
	},
})

// checkBackupAddress reports each backup once: its http and https Transports stand at one machine.
func checkBackupAddress(p *check.Pass) {
	for _, c := range p.Clusters() {
		primary, backup := p.Lists(c)
		at := map[string]*parser.Server{}
		for _, s := range primary {
			for _, t := range s.Transports {
				at[check.Address(t)] = s
			}
		}
		for _, s := range backup {
			for _, t := range s.Transports {
				if other := at[check.Address(t)]; other != nil && t.Hostname.Set() {
					p.Report(t.Hostname.Span(), "backup %q has the address %s of primary %q on %s; both fail "+
						"together", s.Name.V, check.Address(t), other.Name.V, p.Where(other.Node.Tag)).
						See(other.Node.Tag, "the primary").
						About(check.Pair(other.Node, s.Node), check.Pair(s.Node, other.Node))
					break
				}
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.EmptyPrimaryList, Name: "empty-primary-list", Category: lint.Balancing, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkEmptyPrimaries),
	Subjects: []string{"PrimaryServers"},
	Doc: lint.Doc{
		Title:    "PrimaryServers is empty",
		Why:      "Merge tools write it. Whether it means nobody or, as when it is absent, everybody is undocumented.",
		Bad:      example.Members("", "<PrimaryServers/>", "", ""),
		Good:     example.Members("", "", "", ""),
		NearMiss: example.Members("", example.Primary12, "", ""),
		Source:   "observed in merge output; effect unknown",
	},
})

// checkEmptyPrimaries: beside backups WP403 says more, and suppresses this.
func checkEmptyPrimaries(p *check.Pass) {
	for _, c := range p.Clusters() {
		if check.Empty(c.Primary) {
			p.Report(c.Primary.Node.NameSpan, "PrimaryServers of cluster %q is empty; whether that means nobody "+
				"or, as when it is absent, everybody is undocumented", c.Name.V).
				About(c.Node).
				Repair(false, "drop the empty list", p.Drop(c.Primary.Node))
		}
	}
}
