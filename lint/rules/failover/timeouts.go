package failover

import (
	"strconv"

	"github.com/wasplug/wasplug/lint"
	"github.com/wasplug/wasplug/lint/rules/check"
	"github.com/wasplug/wasplug/lint/rules/example"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/routecheck/choices"
)

var _ = group.Add(&lint.Rule{
	Code: diag.ConnectTimeoutZero, Name: "connect-timeout-zero", Category: lint.Failover, Severity: diag.Warning,
	Fix: lint.UnsafeFix, Check: check.On(checkConnectTimeout),
	Subjects: []string{"Server/ConnectTimeout"},
	Doc: lint.Doc{
		Title: "ConnectTimeout is 0",
		Why: "A connect to a dead host blocks as long as the operating system likes, often two minutes: each " +
			"request that tries it holds a thread, then the whole web server stalls. Absent means 0 up to V7 and, " +
			"by IBM's V8 page, 5 from then on.",
		Bad:      example.Members("", "", `ConnectTimeout="0" `, `ConnectTimeout="5" `),
		Good:     example.Members("", "", `ConnectTimeout="5" `, `ConnectTimeout="5" `),
		NearMiss: example.Members("", "", `ConnectTimeout="1" `, `ConnectTimeout="5" `),
		Source:   example.Recommended + "; R50",
	},
})

// checkConnectTimeout: what an absent ConnectTimeout means is for the level to say, up to V7 as much as 0 (plugin.md
// 6).
func checkConnectTimeout(p *check.Pass) {
	unset, _ := choices.DefaultAt("ConnectTimeout absent", check.TargetName(p.Options))
	absent := unset == "OS"
	p.EachServer(func(c *parser.ServerCluster, s *parser.Server) {
		switch {
		case p.Unreachable(s):
		case s.ConnectTimeout.Valid && s.ConnectTimeout.V == 0:
			p.Report(s.ConnectTimeout.Span(), "ConnectTimeout 0 of server %q lets the operating system decide, "+
				"often two minutes; a dead host holds a thread of the web server for each request so long (R50)",
				s.Name.V).
				Repair(false, "wait 5 seconds", check.ValueEdit(s.ConnectTimeout.At, "5"))
		case !s.ConnectTimeout.Set() && absent:
			p.Report(check.At(s.Name, s.Node), "server %q has no ConnectTimeout, which means 0 at level %s: the "+
				"operating system decides, and a dead host holds the threads of the web server (R50)", s.Name.V,
				p.Options.Target).
				Repair(false, "wait 5 seconds", check.AddAttr(s.Node, "ConnectTimeout", "5"))
		}
	})
}

// ioZero reports whether nothing ends the wait for a server. A value that cannot be read is for WP110.
func ioZero(s *parser.Server) bool {
	return s.ServerIOTimeout.V == 0 && (s.ServerIOTimeout.Valid || !s.ServerIOTimeout.Set())
}

var _ = group.Add(&lint.Rule{
	Code: diag.IOTimeoutZero, Name: "io-timeout-zero", Category: lint.Failover, Severity: diag.Warning,
	Check:    check.On(checkIOTimeoutZero),
	Subjects: []string{"Server/ServerIOTimeout"},
	Doc: lint.Doc{
		Title: "ServerIOTimeout is 0 or absent",
		Why: "A hung JVM is never given up: requests pile up on it until the web server has no threads left " +
			"for the healthy ones.",
		Bad:      example.Members("", "", `ServerIOTimeout="0" `, `ServerIOTimeout="60" `),
		Good:     example.Members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: example.Members("", "", `ServerIOTimeout="-60" `, `ServerIOTimeout="60" `),
		Source:   example.IOTimeoutNote + "; R55",
	},
})

// checkIOTimeoutZero tells once for a cluster, and how many more servers have it: what a generator leaves out of one
// it leaves out of all.
func checkIOTimeoutZero(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		var first *parser.Server
		more := 0
		for _, s := range c.Servers {
			switch {
			case !ioZero(s), p.Unreachable(s):
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
		p.Report(check.At(first.ServerIOTimeout, first.Node), "server %q%s of cluster %q %s %s; a hung JVM is "+
			"never given up, and waiting requests pile up until the web server is full (R55)", first.Name.V,
			check.Others(more), c.Name.V, check.IfElse(more > 0, "have", "has"), what)
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.HungMemberChosenAgain, Name: "hung-member-chosen-again", Category: lint.Failover, Severity: diag.Info,
	Fix: lint.UnsafeFix, Check: check.On(checkHungAgain),
	Subjects: []string{"Server/ServerIOTimeout"},
	Doc: lint.Doc{
		Title: "A positive ServerIOTimeout does not mark a hung Server down",
		Why: "Affinity sends the next request of the session to the same hung server again. A negative value " +
			"marks it down, at the price of WP511.",
		Bad:  example.Members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		Good: example.Members(`RetryInterval="50" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
		NearMiss: "<ServerCluster Name=\"shop\"><Server CloneID=\"c1\" Name=\"m1\" " +
			"ServerIOTimeout=\"60\"><Transport Hostname=\"h1\" Port=\"9080\"/></Server></ServerCluster>",
		Source: example.IOTimeoutNote + "; R54, R55",
	},
})

// checkHungAgain needs affinity, by which the same member is chosen, and a second member that could be asked instead;
// the only listed server is never marked anyway (R55).
func checkHungAgain(p *check.Pass) {
	for _, c := range p.Config.Clusters {
		if len(c.Servers) < 2 || !check.HasClones(c) {
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
				"mark it", n, first.Name.V, check.Others(more), n).
				Repair(false, "mark it down", check.ValueEdit(first.ServerIOTimeout.At, strconv.Itoa(-n)))
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.IOTimeoutTooShort, Name: "io-timeout-too-short", Category: lint.Failover, Severity: diag.Warning,
	Check:    check.On(checkShortIOTimeout),
	Subjects: []string{"Server/ServerIOTimeout"},
	Options: []lint.Option{{Name: "min-seconds", Default: []int{10}, Doc: "the shortest ServerIOTimeout that is " +
		"not reported, in seconds"}},
	Doc: lint.Doc{
		Title: "ServerIOTimeout is very short",
		Why: "Slow but healthy pages become failures, repeats and marks, which then take the other servers " +
			"along.",
		Bad:      example.Members("", "", `ServerIOTimeout="5" `, `ServerIOTimeout="60" `),
		Good:     example.Members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		NearMiss: example.Members("", "", `ServerIOTimeout="10" `, `ServerIOTimeout="60" `),
		Source:   "IBM text, page not recorded; R54, R55",
	},
})

// checkShortIOTimeout: the sign says whether the server is marked, the amount how long is waited (R54, R55).
func checkShortIOTimeout(p *check.Pass) {
	least := p.Option("min-seconds")
	p.EachServer(func(c *parser.ServerCluster, s *parser.Server) {
		if n := max(s.ServerIOTimeout.V, -s.ServerIOTimeout.V); n > 0 && n < least {
			p.Report(s.ServerIOTimeout.Span(), "ServerIOTimeout %d of server %q is below %d seconds; slow but "+
				"healthy pages count as failures%s", s.ServerIOTimeout.V, s.Name.V, least,
				check.IfElse(s.ServerIOTimeout.V < 0, ", and the server is marked down for each (R55)",
					" and are sent again (R54)"))
		}
	})
}

var _ = group.Add(&lint.Rule{
	Code: diag.TimeoutsDiffer, Name: "timeouts-differ", Category: lint.Failover, Severity: diag.Info,
	Check: check.On(checkTimeoutsDiffer),
	Subjects: []string{"Server/ConnectTimeout", "Server/ServerIOTimeout", "Server/MaxConnections",
		"Server/ExtendedHandshake", "Server/WaitForContinue"},
	Doc: lint.Doc{
		Title: "Servers of one cluster have different timeouts or limits",
		Why: "Usually one was edited by hand. Traditional WebSphere writes ConnectTimeout 0 for the first " +
			"server of a profile and 5 for the others.",
		Bad:      example.Members("", "", `ConnectTimeout="5" `, `ConnectTimeout="9" `),
		Good:     example.Members("", "", `ConnectTimeout="5" `, `ConnectTimeout="5" `),
		NearMiss: example.Members("", "", `MaxConnections="-1" `, ""),
		Source:   "IBM i documentation, V8.0",
	},
})

// checkTimeoutsDiffer compares effective values with those of the first server: one that is absent on one server and
// written with its default on another is no difference.
func checkTimeoutsDiffer(p *check.Pass) {
	sem, err := choices.Level(check.TargetName(p.Options))
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
					p.Report(check.At(v.b, s.Node), "%s of server %q is %d and of server %q on %s %d; usually "+
						"one of them was edited by hand", v.name, s.Name.V, v.b.V, f.Name.V,
						p.Where(check.At(v.a, f.Node)), v.a.V).
						See(check.At(v.a, f.Node), "the other value")
				}
			}
		}
	}
}

var _ = group.Add(&lint.Rule{
	Code: diag.NegativeIOTimeoutCascade, Name: "negative-io-timeout-cascade", Category: lint.Failover,
	Severity: diag.Info, Check: check.On(checkCascade),
	Subjects: []string{"Server/ServerIOTimeout"},
	Doc: lint.Doc{
		Title: "One slow URL can mark every Server down in turn",
		Why: "A negative ServerIOTimeout marks the server down and the request goes to the next one: after as " +
			"many timeouts as there are servers the whole cluster is out for RetryInterval.",
		Bad: example.Members(`RetryInterval="50" `, "", `ServerIOTimeout="-60" `, `ServerIOTimeout="-60" `),
		Good: example.Members(`RetryInterval="50" ServerIOTimeoutRetry="1" `, "", `ServerIOTimeout="-60" `,
			`ServerIOTimeout="-60" `),
		NearMiss: example.Members("", "", `ServerIOTimeout="60" `, `ServerIOTimeout="60" `),
		Source:   example.IOTimeoutNote + "; R55, R56",
	},
})

// checkCascade: -1 and absent are without a limit of their own (R56), so the number of listed servers bounds the
// attempts (R62).
func checkCascade(p *check.Pass) {
	for _, c := range p.Clusters() {
		if listed(p, c) < 2 || c.ServerIOTimeoutRetry.V != -1 {
			continue
		}
		for _, s := range c.Servers {
			if s.ServerIOTimeout.V < 0 {
				p.Report(s.ServerIOTimeout.Span(), "ServerIOTimeout %d marks server %q down, and "+
					"ServerIOTimeoutRetry -1 or absent lets the request try all: one slow URL marks the servers "+
					"of cluster %q down in turn for %d seconds (R55, R56); 0 or 1 bounds it", s.ServerIOTimeout.V,
					s.Name.V, c.Name.V, c.RetryInterval.V)
				break
			}
		}
	}
}
