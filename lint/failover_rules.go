package lint

import "github.com/wasplug/wasplug/parser/diag"

func failoverRules() []*Rule {
	return []*Rule{
		{
			Code: "WP501", Name: "connect-timeout-zero", Category: Failover, Severity: diag.Warning, Fix: UnsafeFix, Check: checkConnectTimeout,
			Subjects: []string{"Server/ConnectTimeout"},
			Doc: Doc{
				Title:  "ConnectTimeout is 0",
				Why:    "A connect to a dead host blocks as long as the operating system likes, often two minutes: each request that tries it holds a thread, then the whole web server stalls. Absent means 0 up to V7 and, by IBM's V8 page, 5 from then on.",
				Bad:    members("", "", `ConnectTimeout="0" `, `ConnectTimeout="5" `),
				Good:   members("", "", `ConnectTimeout="5" `, `ConnectTimeout="5" `),
				Near:   members("", "", `ConnectTimeout="1" `, `ConnectTimeout="5" `),
				Source: recommended + "; R50",
			},
		},
		{
			Code: "WP502", Name: "io-timeout-zero", Category: Failover, Severity: diag.Warning, Check: checkIOTimeoutZero,
			Subjects: []string{"Server/ServerIOTimeout"},
			Doc: Doc{
				Title:  "ServerIOTimeout is 0 or absent",
				Why:    "A hung JVM is never given up: requests pile up on it until the web server has no threads left for the healthy ones.",
				Bad:    members("", "", `ServerIOTimeout="0" `, `ServerIOTimeout="60" `),
				Good:   members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Near:   members("", "", `ServerIOTimeout="-60" `, `ServerIOTimeout="60" `),
				Source: ioTimeoutNote + "; R55",
			},
		},
		{
			Code: "WP503", Name: "hung-member-chosen-again", Category: Failover, Severity: diag.Info, Fix: UnsafeFix, Check: checkHungAgain,
			Subjects: []string{"Server/ServerIOTimeout"},
			Doc: Doc{
				Title:  "A positive ServerIOTimeout does not mark a hung Server down",
				Why:    "Affinity sends the next request of the session to the same hung server again. A negative value marks it down, at the price of WP511.",
				Bad:    members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Good:   members(`RetryInterval="50" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
				Near:   "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\" ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
				Source: ioTimeoutNote + "; R54, R55",
			},
		},
		{
			Code: "WP504", Name: "post-replayed", Category: Failover, Severity: diag.Warning, Check: checkPostReplayed,
			Subjects: []string{"Server/ServerIOTimeout", "ServerCluster/PostBufferSize",
				"ServerCluster/ServerIOTimeoutRetry"},
			Doc: Doc{
				Title:  "A slow POST may run on two servers",
				Why:    "With a buffered body and a ServerIOTimeout, a POST that takes too long is sent again while the first server still works on it: a payment is made twice. Other proxies leave that off unless asked.",
				Bad:    members(`PostBufferSize="64" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Good:   members(`PostBufferSize="0" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Near:   members(`PostBufferSize="64" ServerIOTimeoutRetry="0" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Source: ioTimeoutNote + "; R57",
			},
		},
		{
			Code: "WP505", Name: "post-not-retried", Category: Failover, Severity: diag.Info, Check: checkPostNotRetried,
			Subjects: []string{"ServerCluster/PostBufferSize"},
			Doc: Doc{
				Title:  "PostBufferSize is 0",
				Why:    "After a failure once its body was sent, a POST gets 500 and not the next server.",
				Bad:    members(`PostBufferSize="0" `, "", "", ""),
				Good:   members(`PostBufferSize="64" ServerIOTimeoutRetry="0" `, "", "", ""),
				Near:   members(`PostBufferSize="0" `, "", ""),
				Source: ioTimeoutNote + "; R57",
			},
		},
		{
			Code: "WP506", Name: "io-timeout-too-short", Category: Failover, Severity: diag.Warning, Check: checkShortIOTimeout,
			Subjects: []string{"Server/ServerIOTimeout"},
			Options:  []Option{{"min-seconds", []int{10}, "the shortest ServerIOTimeout that is not reported, in seconds"}},
			Doc: Doc{
				Title:  "ServerIOTimeout is very short",
				Why:    "Slow but healthy pages become failures, repeats and marks, which then take the other servers along.",
				Bad:    members("", "", `ServerIOTimeout="5" `, `ServerIOTimeout="60" `),
				Good:   members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Near:   members("", "", `ServerIOTimeout="10" `, `ServerIOTimeout="60" `),
				Source: "IBM text, page not recorded; R54, R55",
			},
		},
		{
			Code: "WP507", Name: "retry-interval-range", Category: Failover, Severity: diag.Warning, Check: checkRetryInterval,
			Subjects: []string{"ServerCluster/RetryInterval", "Server/ServerIOTimeout"},
			Options:  []Option{{"min-seconds", []int{10}, "the shortest RetryInterval that is not reported, in seconds"}, {"max-seconds", []int{0}, "the longest, in seconds; 0: no limit"}},
			Doc: Doc{
				Title:  "RetryInterval is very short, or too long for a negative ServerIOTimeout",
				Why:    "Short: each process pays the connect timeout of a dead server again and again. Long: a request that hangs every server walks through the cluster and leaves all of them marked down together.",
				Bad:    members(`RetryInterval="2" `, "", "", ""),
				Good:   members(`RetryInterval="60" `, "", "", ""),
				Near:   members(`RetryInterval="2" `, "", ""),
				Source: "IBM's bound, quoted by a blog; the meaning of 0 is unknown; R52",
			},
		},
		{
			Code: "WP508", Name: "worst-case-wait", Category: Failover, Severity: diag.Info, Check: checkWorstWait,
			Subjects: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout",
				"ServerCluster/ServerIOTimeoutRetry"},
			Options: []Option{{"max-wait", []int{60}, "the longest wait that is not reported, in seconds"}},
			Doc: Doc{
				Title:  "A client waits long when all servers hang",
				Why:    "Timeouts, attempts and the second try of pooled connections multiply. This is the number nobody computes before the outage; the decision core computes it on servers that never answer.",
				Bad:    members("", "", `ConnectTimeout="5" ServerIOTimeout="60" `, `ConnectTimeout="5" ServerIOTimeout="60" `),
				Good:   members(`ServerIOTimeoutRetry="0" `, "", `ConnectTimeout="5" ServerIOTimeout="60" `, `ConnectTimeout="5" ServerIOTimeout="60" `),
				Near:   members("", "", `ConnectTimeout="5" ServerIOTimeout="15" `, `ConnectTimeout="5" ServerIOTimeout="15" `),
				Source: "R50, R54 to R57, R62; choice attempts",
			},
		},
		{
			Code: "WP509", Name: "timeouts-differ", Category: Failover, Severity: diag.Info, Check: checkTimeoutsDiffer,
			Subjects: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout", "Server/MaxConnections",
				"Server/ExtendedHandshake", "Server/WaitForContinue"},
			Doc: Doc{
				Title:  "Servers of one cluster have different timeouts or limits",
				Why:    "Usually one was edited by hand. Traditional WebSphere writes ConnectTimeout 0 for the first server of a profile and 5 for the others.",
				Bad:    members("", "", `ConnectTimeout="5" `, `ConnectTimeout="9" `),
				Good:   members("", "", `ConnectTimeout="5" `, `ConnectTimeout="5" `),
				Near:   members("", "", `MaxConnections="-1" `, ""),
				Source: "IBM i documentation, V8.0",
			},
		},
		{
			Code: "WP510", Name: "dns-failure-blocks-start", Category: Failover, Severity: diag.Info, Fix: UnsafeFix, Check: checkDNS,
			Subjects:  []string{"Config/IgnoreDNSFailures", "Transport/Hostname"},
			Otherwise: "error for a name that --check-dns cannot resolve",
			Doc: Doc{
				Title:  "One host name that cannot be resolved stops the plug-in at start",
				Why:    "IgnoreDNSFailures is false, so every name must be resolved while the file is loaded. With --check-dns the names are looked up, and those that fail are errors.",
				Bad:    members("", "", "", ""),
				Good:   "<Config IgnoreDNSFailures=\"true\"/>",
				Near:   "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"10.0.0.1\" Port=\"9080\"/></Server></ServerCluster>",
				Source: "IBM page \"plugin-cfg.xml file\" (V9); technote swg21326077",
			},
		},
		{
			Code: "WP511", Name: "negative-io-timeout-cascade", Category: Failover, Severity: diag.Info, Check: checkCascade,
			Subjects: []string{"Server/ServerIOTimeout"},
			Doc: Doc{
				Title:  "One slow URL can mark every Server down in turn",
				Why:    "A negative ServerIOTimeout marks the server down and the request goes to the next one: after as many timeouts as there are servers the whole cluster is out for RetryInterval.",
				Bad:    members(`RetryInterval="50" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
				Good:   members(`RetryInterval="50" ServerIOTimeoutRetry="1" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
				Near:   members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
				Source: ioTimeoutNote + "; R55, R56",
			},
		},
		{
			Code: "WP512", Name: "connection-ttl-too-long", Category: Failover, Severity: diag.Warning, Fix: UnsafeFix, Check: checkTTL,
			Subjects: []string{"Transport/ConnectionTTL"},
			Options:  []Option{{"persist-timeout", []int{30}, "seconds after which the servers close idle connections"}},
			Doc: Doc{
				Title:  "ConnectionTTL is not below the servers' persist timeout",
				Why:    "The plug-in reuses connections that the server has closed: errors, retries and replays under no load at all.",
				Bad:    "<Server CloneID=\"c1\" Name=\"m1\"><Transport ConnectionTTL=\"60\" Hostname=\"h1\" Port=\"9080\"/></Server>",
				Good:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport ConnectionTTL=\"28\" Hostname=\"h1\" Port=\"9080\"/></Server>",
				Near:   "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
				Source: "APAR PH09034; R65",
			},
		},
	}
}
