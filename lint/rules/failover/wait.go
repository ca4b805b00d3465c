package failover

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

// listed returns how many servers failover can choose from (R62).
func listed(p *check.Pass, c *parser.ServerCluster) int {
	primary, backup := p.Lists(c)
	return len(primary) + len(backup)
}

var _ = group.Add(&lint.Rule{
	Code: diag.RetryIntervalRange, Name: "retry-interval-range", Category: lint.Failover, Severity: diag.Warning,
	Check:    check.On(checkRetryInterval),
	Subjects: []string{"ServerCluster/RetryInterval", "Server/ServerIOTimeout"},
	Options: []lint.Option{{Name: "min-seconds", Default: []int{10},
		Doc: "the shortest RetryInterval that is not reported, in seconds"},
		{Name: "max-seconds", Default: []int{0}, Doc: "the longest, in seconds; 0: no limit"}},
	Doc: lint.Doc{
		Title: "RetryInterval is very short, or too long for a negative ServerIOTimeout",
		Why: "Short: each process pays the connect timeout of a dead server again and again. Long: a request " +
			"that hangs every server walks through the cluster and leaves all of them marked down together.",
		Bad:      example.Members(`RetryInterval="2" `, "", "", ""),
		Good:     example.Members(`RetryInterval="60" `, "", "", ""),
		NearMiss: example.Members(`RetryInterval="2" `, "", ""),
		Source:   "IBM's bound, quoted by a blog; the meaning of 0 is unknown; R52",
	},
})

// checkRetryInterval leaves out clusters with nobody to fail over to. IBM's bound is on the time in which one request
// can walk through the whole cluster by timeouts: (servers - 1) x ServerIOTimeout. A mark that outlasts it is still on
// when the last member gets its own.
func checkRetryInterval(p *check.Pass) {
	low, high := p.Option("min-seconds"), p.Option("max-seconds")
	for _, c := range p.Clusters() {
		n := c.RetryInterval.V
		if listed(p, c) < 2 {
			continue
		}
		worst := 0
		var where diag.Span
		for _, s := range c.Servers {
			if s.ServerIOTimeout.V < 0 && -s.ServerIOTimeout.V > worst {
				worst, where = -s.ServerIOTimeout.V, s.ServerIOTimeout.Span()
			}
		}
		bound := (listed(p, c)-1)*worst - 1
		span := check.At(c.RetryInterval, c.Node)
		switch {
		case c.RetryInterval.Valid && n == 0:
			p.Report(span, "RetryInterval 0 of cluster %q: a marked server is tried again at once, by inference, "+
				"and each request pays for its failure; the meaning of 0 is undocumented", c.Name.V)
		case c.RetryInterval.Valid && n > 0 && n < low:
			p.Report(span, "RetryInterval %d of cluster %q is below %d seconds; every process pays the connect "+
				"timeout of a dead server again and again (R52)", n, c.Name.V, low)
		case high > 0 && n > high:
			p.Report(span, "RetryInterval %d of cluster %q is above %d seconds; a server that is back stays "+
				"unused so long (R52)", n, c.Name.V, high)
		case worst > 0 && bound > 0 && n > bound:
			p.Report(span, "RetryInterval %d of cluster %q is above (servers - 1) x ServerIOTimeout - 1 = %d "+
				"(timeout on %s): a request that hangs every server in turn marks all of them down at once", n,
				c.Name.V, bound, p.Where(where)).
				See(where, "the timeout")
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.WorstCaseWait, Name: "worst-case-wait", Category: lint.Failover, Severity: diag.Info,
	Check: check.On(checkWorstWait),
	Subjects: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout",
		"ServerCluster/ServerIOTimeoutRetry"},
	Options: []lint.Option{{Name: "max-wait", Default: []int{60},
		Doc: "the longest wait that is not reported, in seconds"}},
	Doc: lint.Doc{
		Title: "A client waits long when all servers hang",
		Why: "Timeouts, attempts and the second try of pooled connections multiply. This is the number nobody " +
			"computes before the outage; the decision core computes it on servers that never answer.",
		Bad: example.Members("", "", `ConnectTimeout="5" ServerIOTimeout="60" `,
			`ConnectTimeout="5" ServerIOTimeout="60" `),
		Good: example.Members(`ServerIOTimeoutRetry="0" `, "", `ConnectTimeout="5" ServerIOTimeout="60" `,
			`ConnectTimeout="5" ServerIOTimeout="60" `),
		NearMiss: example.Members("", "", `ConnectTimeout="5" ServerIOTimeout="15" `,
			`ConnectTimeout="5" ServerIOTimeout="15" `),
		Source: "R50, R54 to R57, R62; choice attempts",
	},
})

// checkWorstWait runs a request of the decision core against servers that hang, and reports the longest wait.
func checkWorstWait(p *check.Pass) {
	limit := p.Option("max-wait")
	sem, err := choices.Level(check.TargetName(p.Options))
	if err != nil {
		sem = choices.Latest()
	}
	until := sem
	if _, err := until.Assume("attempts=unlimited-until-none"); err != nil {
		return
	}
	for i := range p.Table.Clusters {
		c := &p.Table.Clusters[i]
		all := len(c.Primary) + len(c.Backup)
		if all > 50 || c.At.IsZero() || !waits(c) {
			continue
		}
		id := match.ClusterID(i)
		w := explain.WorstWait(p.Table, id, all, &sem)
		if w.Seconds <= limit {
			continue
		}
		text := fmt.Sprintf("%d attempts, each until %s ends it", w.Attempts, waitEnd(w, c, &sem))
		for k := 1; k < all && k <= 3; k++ {
			text += fmt.Sprintf(", %d seconds when %d of them %s", explain.WorstWait(p.Table, id, k, &sem).Seconds, k,
				check.IfElse(k == 1, "hangs", "hang"))
		}
		if more := explain.WorstWait(p.Table, id, all, &until); more.Seconds != w.Seconds && more.Attempts < 1000 {
			text += fmt.Sprintf("; %d seconds with attempts=unlimited-until-none, which is an open choice",
				more.Seconds)
		}
		p.Report(c.At, "a client of cluster %q waits %d seconds for an error when %s: %s; the limit is %d (R50, "+
			"R54, R62)", c.Name, w.Seconds,
			check.IfElse(all == 1, "its only server hangs", "all "+strconv.Itoa(all)+" servers hang"), text, limit)
	}
}

// waitEnd names what ends each attempt of a wait: a ConnectTimeout of 0 leaves it to the operating system (R50).
func waitEnd(w explain.Wait, c *match.Cluster, sem *choices.Assumptions) string {
	byOS := func(m match.Member) bool { return m.ConnectIn(sem) == 0 }
	switch {
	case w.Failure != explain.Timeout:
		return "ServerIOTimeout"
	case slices.ContainsFunc(c.Members, byOS):
		return "ConnectTimeout (0: the operating system, counted as 120 seconds)"
	}
	return "ConnectTimeout"
}

// waits reports whether hanging is bounded for every member: where it is not, WP502 says so. A cluster address keeps
// its own rules.
func waits(c *match.Cluster) bool {
	for _, m := range c.Members {
		if len(m.Transports) == 0 || m.IOTimeout == 0 {
			return false
		}
	}
	return len(c.Members) > 0 && c.Address == match.NoMember
}
