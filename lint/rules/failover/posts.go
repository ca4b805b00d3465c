package failover

import (
	"fmt"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser/diag"
)

var _ = group.Add(&lint.Rule{
	Code: diag.PostReplayed, Name: "post-replayed", Category: lint.Failover, Severity: diag.Warning,
	Check: check.On(checkPostReplayed),
	Subjects: []string{"Server/ServerIOTimeout", "ServerCluster/PostBufferSize",
		"ServerCluster/ServerIOTimeoutRetry"},
	Doc: lint.Doc{
		Title: "A slow POST may run on two servers",
		Why: "With a buffered body and a ServerIOTimeout, a POST that takes too long is sent again while the " +
			"first server still works on it: a payment is made twice. Other proxies leave that off unless asked.",
		Bad:  example.Members(`PostBufferSize="64" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		Good: example.Members(`PostBufferSize="0" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: example.Members(`PostBufferSize="64" ServerIOTimeoutRetry="0" `, "", `ServerIOTimeout="60" `,
			`ServerIOTimeout="60" `),
		Source: example.IOTimeoutNote + "; R57",
	},
})

// checkPostReplayed needs all by which a body is sent twice (R57): bodies that are kept, a timeout that can fire, a
// retry that is allowed, and somebody to send the body to. Where PostBufferSize is absent, 64 KB are kept.
func checkPostReplayed(p *check.Pass) {
	for _, c := range p.Clusters() {
		if c.PostBufferSize.V == 0 || c.ServerIOTimeoutRetry.V == 0 || listed(p, c) < 2 {
			continue
		}
		for _, s := range c.Servers {
			if s.ServerIOTimeout.V == 0 {
				continue
			}
			how := fmt.Sprintf("PostBufferSize %d KB", c.PostBufferSize.V)
			if !c.PostBufferSize.Set() {
				how = fmt.Sprintf("PostBufferSize absent, which means %d KB", c.PostBufferSize.V)
			}
			memory := ""
			if c.PostBufferSize.V < 0 {
				how = fmt.Sprintf("PostBufferSize %d", c.PostBufferSize.V)
				memory = "; without a limit it also costs memory without bound"
			}
			p.Report(check.At(c.PostBufferSize, c.Node), "cluster %q keeps request bodies (%s) and gives up a "+
				"server after %d s (%s): a slow POST is sent again and may run on two servers (R57)%s; set "+
				"ServerIOTimeoutRetry=\"0\" or PostBufferSize=\"0\" where that must not be", c.Name.V, how,
				max(s.ServerIOTimeout.V, -s.ServerIOTimeout.V), p.Where(s.ServerIOTimeout.Span()), memory).
				See(s.ServerIOTimeout.Span(), "the timeout")
			break
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.PostNotRetried, Name: "post-not-retried", Category: lint.Failover, Severity: diag.Info,
	Check:    check.On(checkPostNotRetried),
	Subjects: []string{"ServerCluster/PostBufferSize"},
	Doc: lint.Doc{
		Title:    "PostBufferSize is 0",
		Why:      "After a failure once its body was sent, a POST gets 500 and not the next server.",
		Bad:      example.Members(`PostBufferSize="0" `, "", "", ""),
		Good:     example.Members(`PostBufferSize="64" ServerIOTimeoutRetry="0" `, "", "", ""),
		NearMiss: example.Members(`PostBufferSize="0" `, "", ""),
		Source:   example.IOTimeoutNote + "; R57",
	},
})

// checkPostNotRetried reports a 0 that is written: Liberty's generator writes it, so this is advice.
func checkPostNotRetried(p *check.Pass) {
	for _, c := range p.Clusters() {
		if c.PostBufferSize.Valid && c.PostBufferSize.V == 0 && listed(p, c) > 1 {
			p.Report(c.PostBufferSize.Span(), "cluster %q keeps no request bodies: a POST whose body was sent to "+
				"a server that fails ends in 500, it is not tried on another (R57)", c.Name.V)
		}
	}
}
