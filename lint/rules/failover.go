package rules

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/explain"
	"github.com/wasplug/wasplug/routecheck/match"
)

var failoverRules = []*lint.Rule{
	connectTimeoutZero, ioTimeoutZero, hungMemberChosenAgain, postReplayed, postNotRetried,
	ioTimeoutTooShort, retryIntervalRange, worstCaseWait, timeoutsDiffer, dnsFailureBlocksStart,
	negativeIOTimeoutCascade, connectionTtlTooLong,
}

// targetAtLeast reports whether the plug-in level is one or above; no level is the latest.
func targetAtLeast(o *lint.Options, major, minor int) bool {
	if o.Target == "" || o.Target == "latest" || o.Target == "liberty" {
		return true
	}
	parts := strings.Split(o.Target, ".")
	a, _ := strconv.Atoi(parts[0])
	b := 0
	if len(parts) > 1 {
		b, _ = strconv.Atoi(parts[1])
	}
	return a > major || a == major && b >= minor
}

// eachServer visits the servers of every cluster.
func (p *pass) eachServer(visit func(c *parser.ServerCluster, s *parser.Server)) {
	for _, c := range p.Config.Clusters {
		for _, s := range c.Servers {
			visit(c, s)
		}
	}
}

// listed returns how many servers failover can choose from (R62).
func listed(c *parser.ServerCluster) int {
	primary, backup := match.PrimaryAndBackup(c)
	return len(primary) + len(backup)
}

var connectTimeoutZero = &lint.Rule{
	Code: diag.ConnectTimeoutZero, Name: "connect-timeout-zero", Category: lint.Failover, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkConnectTimeout),
	Subjects: []string{"Server/ConnectTimeout"},
	Doc: lint.Doc{
		Title: "ConnectTimeout is 0",
		Why: "A connect to a dead host blocks as long as the operating system likes, often two minutes: each " +
			"request that tries it holds a thread, then the whole web server stalls. Absent means 0 up to V7 and, " +
			"by IBM's V8 page, 5 from then on.",
		Bad:      members("", "", `ConnectTimeout="0" `, `ConnectTimeout="5" `),
		Good:     members("", "", `ConnectTimeout="5" `, `ConnectTimeout="5" `),
		NearMiss: members("", "", `ConnectTimeout="1" `, `ConnectTimeout="5" `),
		Source:   recommended + "; R50",
	},
}

func checkConnectTimeout(p *pass) {
	unset, _ := choices.DefaultAt("ConnectTimeout absent", targetName(p.Options))
	absent := unset == "OS"
	p.eachServer(func(c *parser.ServerCluster, s *parser.Server) {
		switch {
		case s.ConnectTimeout.Valid && s.ConnectTimeout.V == 0:
			p.Report(s.ConnectTimeout.Span(), "ConnectTimeout 0 of server %q lets the operating system decide, "+
				"often two minutes; a dead host holds a thread of the web server for each request so long (R50)",
				s.Name.V).
				Repair(false, "wait 5 seconds", valueEdit(s.ConnectTimeout.At, "5"))
		case !s.ConnectTimeout.Set() && absent:
			p.Report(at(s.Name, s.Node), "server %q has no ConnectTimeout, which means 0 at level %s: the operating "+
				"system decides, and a dead host holds the threads of the web server (R50)", s.Name.V,
				p.Options.Target).
				Repair(false, "wait 5 seconds", addAttr(s.Node, "ConnectTimeout", "5"))
		}
	})
}

// ioZero reports whether nothing ends the wait for a server.
func ioZero(s *parser.Server) bool {
	return s.ServerIOTimeout.V == 0 && (s.ServerIOTimeout.Valid || !s.ServerIOTimeout.Set())
}

var ioTimeoutZero = &lint.Rule{
	Code: diag.IOTimeoutZero, Name: "io-timeout-zero", Category: lint.Failover, Severity: diag.Warning,
	Check:    on(checkIOTimeoutZero),
	Subjects: []string{"Server/ServerIOTimeout"},
	Doc: lint.Doc{
		Title: "ServerIOTimeout is 0 or absent",
		Why: "A hung JVM is never given up: requests pile up on it until the web server has no threads left " +
			"for the healthy ones.",
		Bad:      members("", "", `ServerIOTimeout="0" `, `ServerIOTimeout="60" `),
		Good:     members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: members("", "", `ServerIOTimeout="-60" `, `ServerIOTimeout="60" `),
		Source:   ioTimeoutNote + "; R55",
	},
}

func checkIOTimeoutZero(p *pass) {
	for _, c := range p.Config.Clusters {
		var first *parser.Server
		more := 0
		for _, s := range c.Servers {
			switch {
			case !ioZero(s):
			case first == nil:
				first = s
			default:
				more++
			}
		}
		if first == nil {
			continue
		}
		what := "no ServerIOTimeout"
		if first.ServerIOTimeout.Set() {
			what = "ServerIOTimeout 0"
		}
		p.Report(at(first.ServerIOTimeout, first.Node), "server %q%s of cluster %q %s %s; a hung JVM is never given "+
			"up, and waiting requests pile up until the web server is full (R55)",
			first.Name.V, others(more), c.Name.V, ifElse(more > 0, "have", "has"), what)
	}
}

// others words how many more servers a finding holds for.
func others(n int) string {
	switch n {
	case 0:
		return ""
	case 1:
		return " and another one"
	}
	return " and " + strconv.Itoa(n) + " others"
}

var hungMemberChosenAgain = &lint.Rule{
	Code: diag.HungMemberChosenAgain, Name: "hung-member-chosen-again", Category: lint.Failover, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: on(checkHungAgain),
	Subjects: []string{"Server/ServerIOTimeout"},
	Doc: lint.Doc{
		Title: "A positive ServerIOTimeout does not mark a hung Server down",
		Why: "Affinity sends the next request of the session to the same hung server again. A negative value " +
			"marks it down, at the price of WP511.",
		Bad:  members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		Good: members(`RetryInterval="50" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
		NearMiss: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\" " +
			"ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
		Source: ioTimeoutNote + "; R54, R55",
	},
}

func checkHungAgain(p *pass) {
	for _, c := range p.Config.Clusters {
		if len(c.Servers) < 2 || !hasClones(c) {
			continue
		}
		var first *parser.Server
		more := 0
		for _, s := range c.Servers {
			if s.ServerIOTimeout.V > 0 && first == nil {
				first = s
			} else if s.ServerIOTimeout.V > 0 {
				more++
			}
		}
		if first != nil {
			n := first.ServerIOTimeout.V
			p.Report(first.ServerIOTimeout.Span(), "ServerIOTimeout %d of server %q%s is positive: a server that "+
				"times out is not marked down, and affinity sends the next request to it again (R54); -%d would "+
				"mark it",
				n, first.Name.V, others(more), n).Repair(false, "mark it down",
				valueEdit(first.ServerIOTimeout.At, number(-n)))
		}
	}
}

var postReplayed = &lint.Rule{
	Code: diag.PostReplayed, Name: "post-replayed", Category: lint.Failover, Severity: diag.Warning,
	Check: on(checkPostReplayed),
	Subjects: []string{"Server/ServerIOTimeout", "ServerCluster/PostBufferSize",
		"ServerCluster/ServerIOTimeoutRetry"},
	Doc: lint.Doc{
		Title: "A slow POST may run on two servers",
		Why: "With a buffered body and a ServerIOTimeout, a POST that takes too long is sent again while the " +
			"first server still works on it: a payment is made twice. Other proxies leave that off unless asked.",
		Bad:  members(`PostBufferSize="64" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		Good: members(`PostBufferSize="0" `, "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: members(`PostBufferSize="64" ServerIOTimeoutRetry="0" `, "", `ServerIOTimeout="60" `,
			`ServerIOTimeout="60" `),
		Source: ioTimeoutNote + "; R57",
	},
}

func checkPostReplayed(p *pass) {
	for _, c := range p.clusters() {
		if c.PostBufferSize.V == 0 || c.ServerIOTimeoutRetry.V == 0 || listed(c) < 2 {
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
			p.Report(at(c.PostBufferSize, c.Node), "cluster %q keeps request bodies (%s) and gives up a server "+
				"after %d s (%s): a slow POST is sent again and may run on two servers (R57)%s; set "+
				"ServerIOTimeoutRetry=\"0\" or PostBufferSize=\"0\" where that must not be",
				c.Name.V, how, abs(s.ServerIOTimeout.V), p.Where(s.ServerIOTimeout.Span()),
				memory).See(s.ServerIOTimeout.Span(), "the timeout")
			break
		}
	}
}

func abs(n int) int { return max(n, -n) }

var postNotRetried = &lint.Rule{
	Code: diag.PostNotRetried, Name: "post-not-retried", Category: lint.Failover, Severity: diag.Info,
	Check:    on(checkPostNotRetried),
	Subjects: []string{"ServerCluster/PostBufferSize"},
	Doc: lint.Doc{
		Title:    "PostBufferSize is 0",
		Why:      "After a failure once its body was sent, a POST gets 500 and not the next server.",
		Bad:      members(`PostBufferSize="0" `, "", "", ""),
		Good:     members(`PostBufferSize="64" ServerIOTimeoutRetry="0" `, "", "", ""),
		NearMiss: members(`PostBufferSize="0" `, "", ""),
		Source:   ioTimeoutNote + "; R57",
	},
}

func checkPostNotRetried(p *pass) {
	for _, c := range p.clusters() {
		if c.PostBufferSize.Valid && c.PostBufferSize.V == 0 && listed(c) > 1 {
			p.Report(c.PostBufferSize.Span(), "cluster %q keeps no request bodies: a POST whose body was sent to a "+
				"server that fails ends in 500, it is not tried on another (R57)", c.Name.V)
		}
	}
}

var ioTimeoutTooShort = &lint.Rule{
	Code: diag.IOTimeoutTooShort, Name: "io-timeout-too-short", Category: lint.Failover, Severity: diag.Warning,
	Check:    on(checkShortIOTimeout),
	Subjects: []string{"Server/ServerIOTimeout"},
	Options: []lint.Option{{Name: "min-seconds", Default: []int{10}, Doc: "the shortest ServerIOTimeout that is " +
		"not reported, in seconds"}},
	Doc: lint.Doc{
		Title:    "ServerIOTimeout is very short",
		Why:      "Slow but healthy pages become failures, repeats and marks, which then take the other servers along.",
		Bad:      members("", "", `ServerIOTimeout="5" `, `ServerIOTimeout="60" `),
		Good:     members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: members("", "", `ServerIOTimeout="10" `, `ServerIOTimeout="60" `),
		Source:   "IBM text, page not recorded; R54, R55",
	},
}

func checkShortIOTimeout(p *pass) {
	least := p.Option("min-seconds")
	p.eachServer(func(c *parser.ServerCluster, s *parser.Server) {
		if n := abs(s.ServerIOTimeout.V); n > 0 && n < least {
			p.Report(s.ServerIOTimeout.Span(), "ServerIOTimeout %d of server %q is below %d seconds; slow but "+
				"healthy pages count as failures%s", s.ServerIOTimeout.V, s.Name.V, least,
				ifElse(s.ServerIOTimeout.V < 0, ", and the server is marked down for each (R55)",
					" and are sent again (R54)"))
		}
	})
}

func ifElse(cond bool, yes, no string) string {
	if cond {
		return yes
	}
	return no
}

var retryIntervalRange = &lint.Rule{
	Code: diag.RetryIntervalRange, Name: "retry-interval-range", Category: lint.Failover, Severity: diag.Warning,
	Check:    on(checkRetryInterval),
	Subjects: []string{"ServerCluster/RetryInterval", "Server/ServerIOTimeout"},
	Options: []lint.Option{{Name: "min-seconds", Default: []int{10},
		Doc: "the shortest RetryInterval that is not reported, in seconds"},
		{Name: "max-seconds", Default: []int{0}, Doc: "the longest, in seconds; 0: no limit"}},
	Doc: lint.Doc{
		Title: "RetryInterval is very short, or too long for a negative ServerIOTimeout",
		Why: "Short: each process pays the connect timeout of a dead server again and again. Long: a request " +
			"that hangs every server walks through the cluster and leaves all of them marked down together.",
		Bad:      members(`RetryInterval="2" `, "", "", ""),
		Good:     members(`RetryInterval="60" `, "", "", ""),
		NearMiss: members(`RetryInterval="2" `, "", ""),
		Source:   "IBM's bound, quoted by a blog; the meaning of 0 is unknown; R52",
	},
}

func checkRetryInterval(p *pass) {
	low, high := p.Option("min-seconds"), p.Option("max-seconds")
	for _, c := range p.clusters() {
		n := c.RetryInterval.V
		if listed(c) < 2 {
			continue
		}
		worst := 0
		var where diag.Span
		for _, s := range c.Servers {
			if s.ServerIOTimeout.V < 0 && -s.ServerIOTimeout.V > worst {
				worst, where = -s.ServerIOTimeout.V, s.ServerIOTimeout.Span()
			}
		}
		bound := (listed(c)-1)*worst - 1
		span := at(c.RetryInterval, c.Node)
		switch {
		case c.RetryInterval.Valid && n == 0:
			p.Report(span, "RetryInterval 0 of cluster %q: a marked server is tried again at once, by inference, "+
				"and each request pays for its failure; the meaning of 0 is undocumented", c.Name.V)
		case c.RetryInterval.Valid && n > 0 && n < low:
			p.Report(span, "RetryInterval %d of cluster %q is below %d seconds; every process pays the connect "+
				"timeout of a dead server again and again (R52)", n, c.Name.V, low)
		case high > 0 && n > high:
			p.Report(span, "RetryInterval %d of cluster %q is above %d seconds; a server that is back stays unused "+
				"so long (R52)", n, c.Name.V, high)
		case worst > 0 && bound > 0 && n > bound:
			p.Report(span, "RetryInterval %d of cluster %q is above (servers - 1) x ServerIOTimeout - 1 = %d "+
				"(timeout on %s): a request that hangs every server in turn marks all of them down at once",
				n, c.Name.V, bound, p.Where(where)).See(where, "the timeout")
		}
	}
}

var worstCaseWait = &lint.Rule{
	Code: diag.WorstCaseWait, Name: "worst-case-wait", Category: lint.Failover, Severity: diag.Info,
	Check: on(checkWorstWait),
	Subjects: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout",
		"ServerCluster/ServerIOTimeoutRetry"},
	Options: []lint.Option{{Name: "max-wait", Default: []int{60},
		Doc: "the longest wait that is not reported, in seconds"}},
	Doc: lint.Doc{
		Title: "A client waits long when all servers hang",
		Why: "Timeouts, attempts and the second try of pooled connections multiply. This is the number nobody " +
			"computes before the outage; the decision core computes it on servers that never answer.",
		Bad: members("", "", `ConnectTimeout="5" ServerIOTimeout="60" `,
			`ConnectTimeout="5" ServerIOTimeout="60" `),
		Good: members(`ServerIOTimeoutRetry="0" `, "", `ConnectTimeout="5" ServerIOTimeout="60" `,
			`ConnectTimeout="5" ServerIOTimeout="60" `),
		NearMiss: members("", "", `ConnectTimeout="5" ServerIOTimeout="15" `,
			`ConnectTimeout="5" ServerIOTimeout="15" `),
		Source: "R50, R54 to R57, R62; choice attempts",
	},
}

// checkWorstWait runs a request of the decision core against servers that hang, and reports the longest wait.
func checkWorstWait(p *pass) {
	limit := p.Option("max-wait")
	sem, err := choices.Level(targetName(p.Options))
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
				ifElse(k == 1, "hangs", "hang"))
		}
		if more := explain.WorstWait(p.Table, id, all, &until); more.Seconds != w.Seconds && more.Attempts < 1000 {
			text += fmt.Sprintf("; %d seconds with attempts=unlimited-until-none, which is an open choice",
				more.Seconds)
		}
		p.Report(c.At, "a client of cluster %q waits %d seconds for an error when %s: %s; the limit is %d (R50, "+
			"R54, R62)", c.Name, w.Seconds,
			ifElse(all == 1, "its only server hangs", "all "+number(all)+" servers hang"), text, limit)
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

// targetName is the plug-in level that the decision core knows the target by.
func targetName(o *lint.Options) string {
	if o.Target == "liberty" {
		return ""
	}
	return o.Target
}

var timeoutsDiffer = &lint.Rule{
	Code: diag.TimeoutsDiffer, Name: "timeouts-differ", Category: lint.Failover, Severity: diag.Info,
	Check: on(checkTimeoutsDiffer),
	Subjects: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout", "Server/MaxConnections",
		"Server/ExtendedHandshake", "Server/WaitForContinue"},
	Doc: lint.Doc{
		Title: "Servers of one cluster have different timeouts or limits",
		Why: "Usually one was edited by hand. Traditional WebSphere writes ConnectTimeout 0 for the first " +
			"server of a profile and 5 for the others.",
		Bad:      members("", "", `ConnectTimeout="5" `, `ConnectTimeout="9" `),
		Good:     members("", "", `ConnectTimeout="5" `, `ConnectTimeout="5" `),
		NearMiss: members("", "", `MaxConnections="-1" `, ""),
		Source:   "IBM i documentation, V8.0",
	},
}

func checkTimeoutsDiffer(p *pass) {
	sem, err := choices.Level(targetName(p.Options))
	if err != nil {
		sem = choices.Latest()
	}
	connect := func(s *parser.Server) parser.Val[int] {
		v := s.ConnectTimeout
		if !v.Set() {
			v.V = int(sem.ConnectAbsent.Seconds())
		}
		return v
	}
	for _, c := range p.Config.Clusters {
		if len(c.Servers) < 2 {
			continue
		}
		f := c.Servers[0]
		for _, s := range c.Servers[1:] {
			for _, v := range []struct {
				name string
				a, b parser.Val[int]
			}{{"ConnectTimeout", connect(f), connect(s)}, {"ServerIOTimeout", f.ServerIOTimeout, s.ServerIOTimeout},
				{"MaxConnections", f.MaxConnections, s.MaxConnections}} {
				if v.a.V != v.b.V {
					p.Report(at(v.b, s.Node), "%s of server %q is %d and of server %q on %s %d; usually one of them "+
						"was edited by hand",
						v.name, s.Name.V, v.b.V, f.Name.V, p.Where(at(v.a, f.Node)), v.a.V).See(at(v.a, f.Node),
						"the other value")
				}
			}
		}
	}
}

var dnsFailureBlocksStart = &lint.Rule{
	Code: diag.DNSFailureBlocksStart, Name: "dns-failure-blocks-start", Category: lint.Failover, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: on(checkDNS),
	Subjects:  []string{"Config/IgnoreDNSFailures", "Transport/Hostname"},
	Otherwise: "error for a name that --check-dns cannot resolve",
	Doc: lint.Doc{
		Title: "One host name that cannot be resolved stops the plug-in at start",
		Why: "IgnoreDNSFailures is false, so every name must be resolved while the file is loaded. With " +
			"--check-dns the names are looked up, and those that fail are errors.",
		Bad:  members("", "", "", ""),
		Good: "<Config IgnoreDNSFailures=\"true\"/>",
		NearMiss: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"10.0.0.1\" " +
			"Port=\"9080\"/></Server></ServerCluster>",
		Source: "IBM page \"plugin-cfg.xml file\" (V9); technote swg21326077",
	},
}

func checkDNS(p *pass) {
	if p.Config.IgnoreDNSFailures.V {
		return
	}
	var first *parser.Transport
	var bad []*parser.Transport
	looked := map[string]error{}
	names := 0
	p.eachServer(func(c *parser.ServerCluster, s *parser.Server) {
		for _, t := range s.Transports {
			host := t.Hostname.V
			if _, err := netip.ParseAddr(strings.Trim(host, "[]")); err == nil || host == "" || host == "localhost" {
				continue
			}
			if first == nil {
				first = t
			}
			err, known := looked[host]
			if !known {
				names++
				if p.Options.Resolver != nil {
					err = p.Options.Resolver(p.context(), host)
				}
				looked[host] = err
			}
			if err != nil && !known {
				bad = append(bad, t)
			}
		}
	})
	for _, t := range bad {
		p.Report(t.Hostname.Span(), "host name %q cannot be resolved here; with IgnoreDNSFailures false one such "+
			"name stops the plug-in, at older levels the web server, at start",
			t.Hostname.V).As(diag.Error).About(t.Hostname.Span())
	}
	if first != nil && len(bad) == 0 {
		f := p.Report(at(p.Config.IgnoreDNSFailures, p.Config.Node), "IgnoreDNSFailures is false and %s must be "+
			"resolved at start; one that cannot be stops the plug-in, at older levels the web server",
			ifElse(names == 1, "1 host name", number(names)+" host names"))
		if p.Config.Node != nil {
			f.Repair(false, "start without such servers", setAttr(p.Config.Node, "IgnoreDNSFailures", "true"))
		}
		if f.Span.IsZero() {
			f.Span = first.Hostname.Span()
		}
	}
}

func (p *pass) context() context.Context {
	if p.Options.Context != nil {
		return p.Options.Context
	}
	return context.Background()
}

var negativeIOTimeoutCascade = &lint.Rule{
	Code: diag.NegativeIOTimeoutCascade, Name: "negative-io-timeout-cascade", Category: lint.Failover,
	Severity: diag.Info, Check: on(checkCascade),
	Subjects: []string{"Server/ServerIOTimeout"},
	Doc: lint.Doc{
		Title: "One slow URL can mark every Server down in turn",
		Why: "A negative ServerIOTimeout marks the server down and the request goes to the next one: after as " +
			"many timeouts as there are servers the whole cluster is out for RetryInterval.",
		Bad: members(`RetryInterval="50" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
		Good: members(`RetryInterval="50" ServerIOTimeoutRetry="1" `, "", `ServerIOTimeout="-60" `,
			`ServerIOTimeout="-60" `),
		NearMiss: members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		Source:   ioTimeoutNote + "; R55, R56",
	},
}

func checkCascade(p *pass) {
	for _, c := range p.clusters() {
		if listed(c) < 2 || c.ServerIOTimeoutRetry.V != -1 {
			continue
		}
		for _, s := range c.Servers {
			if s.ServerIOTimeout.V < 0 {
				p.Report(s.ServerIOTimeout.Span(), "ServerIOTimeout %d marks server %q down, and "+
					"ServerIOTimeoutRetry -1 or absent lets the request try all: one slow URL marks the servers of "+
					"cluster %q down in turn for %d seconds (R55, R56); 0 or 1 bounds it",
					s.ServerIOTimeout.V, s.Name.V, c.Name.V, c.RetryInterval.V)
				break
			}
		}
	}
}

var connectionTtlTooLong = &lint.Rule{
	Code: diag.ConnectionTtlTooLong, Name: "connection-ttl-too-long", Category: lint.Failover, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: on(checkTTL),
	Subjects: []string{"Transport/ConnectionTTL"},
	Options: []lint.Option{{Name: "persist-timeout", Default: []int{30},
		Doc: "seconds after which the servers close idle connections"}},
	Doc: lint.Doc{
		Title: "ConnectionTTL is not below the servers' persist timeout",
		Why: "The plug-in reuses connections that the server has closed: errors, retries and replays under no " +
			"load at all.",
		Bad: "<Server CloneID=\"c1\" Name=\"m1\"><Transport ConnectionTTL=\"60\" Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>",
		Good: "<Server CloneID=\"c1\" Name=\"m1\"><Transport ConnectionTTL=\"28\" Hostname=\"h1\" " +
			"Port=\"9080\"/></Server>",
		NearMiss: "<Server CloneID=\"c1\" Name=\"m1\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server>",
		Source:   "APAR PH09034; R65",
	},
}

func checkTTL(p *pass) {
	limit := p.Option("persist-timeout")
	p.eachServer(func(c *parser.ServerCluster, s *parser.Server) {
		for _, t := range s.Transports {
			n := t.ConnectionTTL.V
			if !t.ConnectionTTL.Valid || n != 0 && n < limit || n < 0 {
				continue
			}
			what := ifElse(n == 0, "0 keeps idle connections for ever",
				"keeps idle connections for "+number(n)+" seconds")
			p.Report(t.ConnectionTTL.Span(), "ConnectionTTL of server %q: %s, but servers close them after %d "+
				"(persist timeout); requests meet closed connections: errors, retries, replays (R65)", s.Name.V, what,
				limit).
				Repair(false, "keep them for 28 seconds", valueEdit(t.ConnectionTTL.At,
					number(max(min(28, limit-2), 1))))
		}
	})
}
