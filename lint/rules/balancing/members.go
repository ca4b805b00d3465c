package balancing

import (
	"slices"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.OneMemberCluster, Name: "one-member-cluster", Category: lint.Balancing, Severity: diag.Info,
	Check: check.On(checkOneMember),
	Subjects: []string{"ServerCluster/RetryInterval", "ServerCluster/LoadBalance",
		"Server/LoadBalanceWeight"},
	Doc: lint.Doc{
		Title:    "Failover options on a cluster of one server",
		Why:      "The only server is never marked down and there is nobody to fail over to: the options do nothing.",
		Bad:      example.Members(`RetryInterval="20" `, "", ""),
		Good:     example.Members("", "", ""),
		NearMiss: example.Members(`RetryInterval="60" ServerIOTimeoutRetry="-1" `, "", ""),
		Source:   example.IOTimeoutNote + "; R51",
	},
})

// checkOneMember looks at options that differ from what generators write into every file, whatever the number of
// servers: RetryInterval 60, ServerIOTimeoutRetry -1. A ClusterAddress is somebody to fail over to.
func checkOneMember(p *check.Pass) {
	for _, c := range p.Clusters() {
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
				p.Report(set.v.Span(), "%s is set for cluster %q, which has one server: it is never marked down "+
					"and there is nobody to fail over to (R51)", set.name, c.Name.V)
			}
		}
		if check.Empty(c.Backup) {
			p.Report(c.Backup.Node.NameSpan, "BackupServers is written for cluster %q, which has one server: "+
				"there is nobody to fail over to", c.Name.V)
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.MaxConnectionsPerProcess, Name: "max-connections-per-process", Category: lint.Balancing,
	Severity: diag.Warning, Check: check.On(checkMaxConnections),
	Subjects: []string{"Server/MaxConnections"},
	Options: []lint.Option{{Name: "processes", Default: []int{2}, Doc: "web server processes that run this plug-in"},
		{Name: "expected-load", Default: []int{0}, Doc: "pending requests expected in all; 0: not judged"}},
	Doc: lint.Doc{
		Title: "MaxConnections limits each process, not the server",
		Why: "It counts pending requests of one web server process: two processes with 10 allow 20. When all " +
			"servers are full clients get 503 while every server is up.",
		Bad:      example.Members("", "", `MaxConnections="10" `, `MaxConnections="10" `),
		Good:     example.Members("", "", `MaxConnections="-1" `, `MaxConnections="-1" `),
		NearMiss: example.Members("", "", `MaxConnections="0" `, `MaxConnections="0" `),
		Source:   "IBM, MaxConnections; R60",
	},
})

// checkMaxConnections says one thing of a cluster, the worst: a limit that is too small for the load that the settings
// name, limits that differ or that some servers lack, else that the limit is per process (R60). 0 and -1 are no limit
// (R42).
func checkMaxConnections(p *check.Pass) {
	processes, load := p.Option("processes"), p.Option("expected-load")
	for _, c := range p.Clusters() {
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
			p.Report(s.MaxConnections.Span(), "the MaxConnections of cluster %q allow %d pending requests in %d "+
				"web server processes, fewer than the expected load of %d; when all are full clients get 503 "+
				"while the servers are up (R60)", c.Name.V, sum*processes, processes, load)
		case len(limited) < len(c.Servers) || slices.ContainsFunc(limited,
			func(o *parser.Server) bool { return o.MaxConnections.V != s.MaxConnections.V }):
			p.Report(s.MaxConnections.Span(), "the servers of cluster %q have different MaxConnections; the "+
				"limit counts pending requests of each web server process, so %d here means up to %d in %d "+
				"processes (R60)", c.Name.V, s.MaxConnections.V, s.MaxConnections.V*processes, processes)
		default:
			p.Report(s.MaxConnections.Span(), "MaxConnections %d of server %q counts pending requests of each "+
				"web server process: %d processes allow %d; when all servers are full clients get 503 while they "+
				"are up (R60)", s.MaxConnections.V, s.Name.V, processes, s.MaxConnections.V*processes)
		}
	}
}
