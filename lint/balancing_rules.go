package lint

import "github.com/wasplug/wasplug/parser/diag"

// members writes an example cluster; attrs are those of its servers.
func members(cluster, lists string, attrs ...string) string {
	text := `<ServerCluster ` + cluster + `Name="shop">`
	for i, a := range attrs {
		n := number(i + 1)
		text += "\n  <Server CloneID=\"c" + n + `" ` + a + `Name="m` + n + `"><Transport Hostname="h` + n + `" Port="9080"/></Server>`
	}
	if lists != "" {
		lists = "\n  " + lists
	}
	return text + lists + "\n</ServerCluster>"
}

const (
	primary1      = `<PrimaryServers><Server Name="m1"/></PrimaryServers>`
	primary12     = `<PrimaryServers><Server Name="m1"/><Server Name="m2"/></PrimaryServers>`
	backup2       = `<BackupServers><Server Name="m2"/></BackupServers>`
	backup23      = `<BackupServers><Server Name="m2"/><Server Name="m3"/></BackupServers>`
	pages         = "IBM page \"Web server plug-in configuration properties\""
	recommended   = "IBM technote swg21318463, recommended values"
	ioTimeoutNote = "IBM technote swg21408884, ServerIOTimeout and PostBufferSize"
)

func balancingRules() []*Rule {
	return []*Rule{
		{
			Code: "WP401", Name: "server-in-no-list", Category: Balancing, Severity: diag.Warning, Fix: UnsafeFix, Check: checkInNoList,
			Subjects: []string{"PrimaryServers", "BackupServers"},
			Doc: Doc{
				Title:  "A Server is in neither list although there are lists",
				Why:    "It gets nothing. That is IBM's own way to retire a member; forgotten, its capacity is lost.",
				Bad:    members("", primary1, "", ""),
				Good:   members("", primary12, "", ""),
				Near:   members("", "", "", ""),
				Source: "technote 1236528; R40",
			},
		},
		{
			Code: "WP402", Name: "server-in-both-lists", Category: Balancing, Severity: diag.Error, Fix: UnsafeFix, Check: checkInBothLists,
			Subjects: []string{"PrimaryServers", "BackupServers"},
			Silences: []string{"WP401"},
			Doc: Doc{
				Title:  "A Server is in PrimaryServers and in BackupServers",
				Why:    "Its role is undefined, and as a backup it fails together with itself as a primary.",
				Bad:    members("", primary12+backup2, "", ""),
				Good:   members("", primary1+backup2, "", ""),
				Near:   members("", primary12, "", ""),
				Source: "follows from R37, R38",
			},
		},
		{
			Code: "WP403", Name: "backups-without-primaries", Category: Balancing, Severity: diag.Error, Check: checkBackupsAlone,
			Subjects: []string{"BackupServers", "PrimaryServers"},
			Silences: []string{"WP414"},
			Doc: Doc{
				Title:  "BackupServers without PrimaryServers",
				Why:    "Backups serve only when all primaries are down. Without a primary list every server is primary, so there is no backup at all.",
				Bad:    members("", backup2, "", ""),
				Good:   members("", primary1+backup2, "", ""),
				Near:   members("", primary12, "", ""),
				Source: "R37, R38; the effect of an empty list is unknown",
			},
		},
		{
			Code: "WP404", Name: "weight-of-backup", Category: Balancing, Severity: diag.Info, Check: checkBackupWeights,
			Subjects: []string{"Server/LoadBalanceWeight", "BackupServers"},
			Doc: Doc{
				Title:  "Backups have different weights",
				Why:    "They are tried in list order and never balanced: the weights promise what does not happen.",
				Bad:    members("", primary1+backup23, "", `LoadBalanceWeight="10" `, `LoadBalanceWeight="20" `),
				Good:   members("", primary1+backup23, "", "", ""),
				Near:   members("", `<PrimaryServers><Server Name="m2"/><Server Name="m3"/></PrimaryServers><BackupServers><Server Name="m1"/></BackupServers>`, "", `LoadBalanceWeight="10" `, `LoadBalanceWeight="20" `),
				Source: "R38",
			},
		},
		{
			Code: "WP405", Name: "weights-collapse-to-one", Category: Balancing, Severity: diag.Info, Fix: UnsafeFix, Check: checkEqualWeights,
			Subjects: []string{"Server/LoadBalanceWeight"},
			Doc: Doc{
				Title:  "All balanced servers have the same weight",
				Why:    "Weights are divided by their highest common factor: 20/20/20 acts as 1/1/1. Every round uses all weights up and resets them, which IBM advises against: 20/20/19 keeps them going.",
				Bad:    members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `),
				Good:   members("", "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="19" `),
				Near:   members(`LoadBalance="Random" `, "", `LoadBalanceWeight="20" `, `LoadBalanceWeight="20" `),
				Source: recommended + "; R31",
			},
		},
		{
			Code: "WP406", Name: "weight-zero", Category: Balancing, Severity: diag.Warning, Check: checkZeroWeight,
			Subjects: []string{"Server/LoadBalanceWeight"},
			Doc: Doc{
				Title:  "A Server has weight 0",
				Why:    "It gets no new sessions: right while it is drained, an outage when that is forgotten and the others fail.",
				Bad:    members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="2" `),
				Good:   members("", "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="2" `),
				Near:   members(`LoadBalance="Random" `, "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
				Source: "R36; APAR PQ76548",
			},
		},
		{
			Code: "WP407", Name: "weight-under-random", Category: Balancing, Severity: diag.Info, Check: checkRandomWeights,
			Subjects: []string{"Server/LoadBalanceWeight", "ServerCluster/LoadBalance"},
			Doc: Doc{
				Title:  "Weights differ but LoadBalance is Random",
				Why:    "Random does not use weights, so the strong machine gets no more than the weak one.",
				Bad:    members(`LoadBalance="Random" `, "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="5" `),
				Good:   members(`LoadBalance="Round Robin" `, "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="5" `),
				Near:   members(`LoadBalance="Random" `, "", "", ""),
				Source: "IBM, LoadBalance; R35",
			},
		},
		{
			Code: "WP408", Name: "affinity-skew", Category: Balancing, Severity: diag.Info, Fix: UnsafeFix, Check: checkAffinitySkew,
			Subjects: []string{"ServerCluster/IgnoreAffinityRequests"},
			Doc: Doc{
				Title:  "Requests of sessions do not count for balancing",
				Why:    "With IgnoreAffinityRequests=\"true\", the default, requests of sessions do not lower a server's weight, so load can become uneven. The name does NOT switch affinity off: sessions stay on their server either way.",
				Bad:    members(`IgnoreAffinityRequests="true" `, "", "", ""),
				Good:   members(`IgnoreAffinityRequests="false" `, "", "", ""),
				Near:   members(`IgnoreAffinityRequests="true" LoadBalance="Random" `, "", "", ""),
				Source: pages + "; R34",
			},
		},
		{
			Code: "WP409", Name: "lists-unused-with-partition-ids", Category: Balancing, Severity: diag.Info, Check: checkListsAndPartitions,
			Subjects: []string{"ServerCluster/GetDWLMTable", "BackupServers"},
			Doc: Doc{
				Title:  "GetDWLMTable together with BackupServers",
				Why:    "With partition IDs of memory-to-memory sessions the two lists do not apply.",
				Bad:    members(`GetDWLMTable="true" `, primary1+backup2, "", ""),
				Good:   members(`GetDWLMTable="true" `, "", "", ""),
				Near:   members(`GetDWLMTable="false" `, primary1+backup2, "", ""),
				Source: "R28",
			},
		},
		{
			Code: "WP410", Name: "one-member-cluster", Category: Balancing, Severity: diag.Info, Check: checkOneMember,
			Subjects: []string{"ServerCluster/RetryInterval", "ServerCluster/LoadBalance",
				"Server/LoadBalanceWeight"},
			Doc: Doc{
				Title:  "Failover options on a cluster of one server",
				Why:    "The only server is never marked down and there is nobody to fail over to: the options do nothing.",
				Bad:    members(`RetryInterval="20" `, "", ""),
				Good:   members("", "", ""),
				Near:   members(`RetryInterval="60" ServerIOTimeoutRetry="-1" `, "", ""),
				Source: ioTimeoutNote + "; R51",
			},
		},
		{
			Code: "WP411", Name: "all-weights-zero", Category: Balancing, Severity: diag.Error, Check: checkAllZero,
			Subjects: []string{"Server/LoadBalanceWeight"},
			Silences: []string{"WP405", "WP406"},
			Doc: Doc{
				Title:  "Every balanced Server has weight 0",
				Why:    "Nobody gets new requests by weight, and V5 plug-ins crashed the web server on a division by zero.",
				Bad:    members("", "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
				Good:   members("", "", `LoadBalanceWeight="1" `, `LoadBalanceWeight="1" `),
				Near:   members(`LoadBalance="Random" `, "", `LoadBalanceWeight="0" `, `LoadBalanceWeight="0" `),
				Source: "APAR PQ76548; later behaviour R36",
			},
		},
		{
			Code: "WP412", Name: "backup-shares-address-with-primary", Category: Balancing, Severity: diag.Warning, Check: checkBackupAddress,
			Subjects: []string{"BackupServers", "PrimaryServers", "Transport/Hostname", "Transport/Port"},
			Silences: []string{"WP308"},
			Doc: Doc{
				Title:  "A backup has the address of a primary",
				Why:    "They are one JVM and fail together: the backup is a fiction.",
				Bad:    "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h2\" Port=\"9080\"/></Server>\n  <Server Name=\"b1\" CloneID=\"c1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <PrimaryServers><Server Name=\"m1\"/><Server Name=\"m2\"/></PrimaryServers>\n  <BackupServers><Server Name=\"b1\"/></BackupServers>\n</ServerCluster>",
				Good:   members("", primary1+backup2, "", ""),
				Near:   "<ServerCluster Name=\"shop\">\n  <Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>\n  <Server CloneID=\"c2\" Name=\"m2\"><Transport Hostname=\"h1\" Port=\"9081\"/></Server>\n  " + primary1 + backup2 + "\n</ServerCluster>",
				Source: "follows from R38",
			},
		},
		{
			Code: "WP413", Name: "max-connections-per-process", Category: Balancing, Severity: diag.Warning, Check: checkMaxConnections,
			Subjects: []string{"Server/MaxConnections"},
			Options:  []Option{{"processes", []int{2}, "web server processes that run this plug-in"}, {"expected-load", []int{0}, "pending requests expected in all; 0: not judged"}},
			Doc: Doc{
				Title:  "MaxConnections limits each process, not the server",
				Why:    "It counts pending requests of one web server process: two processes with 10 allow 20. When all servers are full clients get 503 while every server is up.",
				Bad:    members("", "", `MaxConnections="10" `, `MaxConnections="10" `),
				Good:   members("", "", `MaxConnections="-1" `, `MaxConnections="-1" `),
				Near:   members("", "", `MaxConnections="0" `, `MaxConnections="0" `),
				Source: "IBM, MaxConnections; R60",
			},
		},
		{
			Code: "WP414", Name: "empty-primary-list", Category: Balancing, Severity: diag.Warning, Fix: UnsafeFix, Check: checkEmptyPrimaries,
			Subjects: []string{"PrimaryServers"},
			Doc: Doc{
				Title:  "PrimaryServers is empty",
				Why:    "Merge tools write it. Whether it means nobody or, as when it is absent, everybody is undocumented.",
				Bad:    members("", "<PrimaryServers/>", "", ""),
				Good:   members("", "", "", ""),
				Near:   members("", primary12, "", ""),
				Source: "observed in merge output; effect unknown",
			},
		},
	}
}
