package explain

import (
	"fmt"
	"strings"
	"testing"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/match"
	"github.com/wasplug/wasplug/routecheck/match/names"
)

// run plays one request with failures "member=failure ..." and returns "a:refused! b:ok -> forward b", ! meaning
// marked.
func run(t *testing.T, p *Process, rq match.Request, failures string) string {
	t.Helper()
	p.Conditions = nil
	for _, f := range strings.Fields(failures) {
		name, how, _ := strings.Cut(f, "=")
		c, m, err := names.Member(p.t, name)
		if err != nil {
			t.Fatal(err)
		}
		failure, err := ParseFailureMode(how)
		if err != nil {
			t.Fatal(err)
		}
		p.Conditions = append(p.Conditions, MemberCondition{Cluster: c, Member: m, Failure: failure})
	}
	o := p.Do(&rq, nil)
	return describeRun(p.t, &o)
}

func describeRun(t *match.Table, o *Result) string {
	var parts []string
	for _, a := range o.Attempts {
		mark := ""
		if a.Marked {
			mark = "!"
		}
		parts = append(parts, fmt.Sprintf("%s:%s%s", t.MemberName(0, a.Member), a.Outcome, mark))
	}
	a := o.answer()
	end := a.Decision
	if a.Decision == Errored {
		end = fmt.Sprint(a.Status)
	}
	if a.Member != match.NoMember {
		end += " " + t.MemberName(0, a.Member)
	}
	return strings.Join(append(parts, "-> "+end), " ")
}

const affinityTo = "JSESSIONID=0000abc:"

// TestFailover is the table of section 4: one request, its attempts, marks and end.
func TestFailover(t *testing.T) {
	for _, c := range []struct {
		name, config, cluster, servers, assume, level string
		cookie, failures, want                        string
		tls                                           bool
		body                                          int64
		setup                                         func(*Process)
	}{
		{name: "R22 affinity", cookie: affinityTo + "b1", want: "b:ok -> forward b"},
		{name: "R21 plus separator", cluster: `CloneSeparatorChange="true"`, cookie: "JSESSIONID=0000abc+c1",
			want: "c:ok -> forward c"},
		{name: "R21 wrong separator", cluster: `CloneSeparatorChange="true"`, cookie: affinityTo + "c1",
			want: "a:ok -> forward a"},
		{name: "R22 second clone ID", cookie: affinityTo + "gone:c1", want: "c:ok -> forward c"},
		{name: "R27 unknown clone ID", cookie: affinityTo + "zz", want: "a:ok -> forward a"},
		{name: "R29 in order", cookie: affinityTo + "zz; JSESSIONID=0000abc:c1", want: "c:ok -> forward c"},
		{name: "R29 first", cookie: affinityTo + "zz; JSESSIONID=0000abc:c1", assume: "many-cookies=first",
			want: "a:ok -> forward a"},
		{name: "R20 SSL session first", tls: true, cookie: "SSLJSESSION=0000abc:b1; JSESSIONID=0000abc:c1",
			want: "b:ok -> forward b"},
		{name: "R20 SSL session needs TLS", cookie: "SSLJSESSION=0000abc:b1; JSESSIONID=0000abc:c1",
			want: "c:ok -> forward c"},
		{name: "R50 refused", cookie: affinityTo + "b1", failures: "b=refused", want: "b:refused! a:ok -> forward a"},
		{name: "R50 timeout", cookie: affinityTo + "b1", failures: "b=timeout", want: "b:timeout! a:ok -> forward a"},
		{name: "R26 next primary by level", level: "6.1", cookie: affinityTo + "b1", failures: "b=refused",
			want: "b:refused! c:ok -> forward c"},
		{name: "R26 FailoverToNext", config: `FailoverToNext="true"`, cookie: affinityTo + "b1", failures: "b=refused",
			want: "b:refused! c:ok -> forward c"},
		{name: "R26 next primary cyclic", level: "5.1", cookie: affinityTo + "c1", failures: "c=refused a=refused",
			want: "c:refused! a:refused! b:ok -> forward b"},
		{name: "R50 unbuffered body follows", cluster: `PostBufferSize="0"`, body: 10, cookie: affinityTo + "b1",
			failures: "b=refused", want: "b:refused! a:ok -> forward a"},
		{name: "R61 all refused", failures: "a=refused b=refused c=refused",
			want: "a:refused! b:refused! c:refused! -> 500"},
		{name: "R51 single refused", servers: server("a", `CloneID="a1"`), failures: "a=refused",
			want: "a:refused a:refused -> 500"},
		{name: "R51 no second", servers: server("a", ""), failures: "a=refused",
			assume: "single-member-connect-retry=none",
			want:   "a:refused -> 500"},
		{name: "R53 503 without affinity", failures: "a=503", want: "a:503 b:ok -> forward b"},
		{name: "R53 503 with affinity", cookie: affinityTo + "b1", failures: "b=503",
			want: "b:503 b:503 b:503 -> 503 b"},
		{name: "R53 MarkBusyDown", config: `MarkBusyDown="true"`, cookie: affinityTo + "b1", failures: "b=503",
			want: "b:503! a:ok -> forward a"},
		{name: "R53 all busy", failures: "a=503 b=503 c=503", want: "a:503 b:503 c:503 -> 503 c"},
		{name: "R53 single busy", config: `MarkBusyDown="true"`, servers: server("a", ""), failures: "a=503",
			want: "a:503 -> 503 a"},
		{name: "R57 503 of an unbuffered body", body: 100000, failures: "a=503", want: "a:503 -> 503 a"},
		{name: "R54 positive timeout", failures: "a=io-timeout", want: "a:io-timeout b:ok -> forward b"},
		{name: "R54 affinity chooses it again", cookie: affinityTo + "b1", failures: "b=io-timeout",
			want: "b:io-timeout b:io-timeout b:io-timeout -> 500"},
		{name: "R56 no retry", cluster: `ServerIOTimeoutRetry="0"`, failures: "a=io-timeout",
			want: "a:io-timeout -> 500"},
		{name: "R56 one retry", cluster: `ServerIOTimeoutRetry="1"`, failures: "a=io-timeout b=io-timeout",
			want: "a:io-timeout b:io-timeout -> 500"},
		{name: "R55 negative timeout", servers: threeServers(`ServerIOTimeout="-10"`), cookie: affinityTo + "b1",
			failures: "b=io-timeout", want: "b:io-timeout! a:ok -> forward a"},
		{name: "R55 unbuffered",
			cluster: `PostBufferSize="0"`, servers: threeServers(`ServerIOTimeout="-10"`), body: 1,
			failures: "a=io-timeout", want: "a:io-timeout! -> 500"},
		{name: "R57 unbuffered", cluster: `PostBufferSize="0"`, body: 1, failures: "a=reset", want: "a:reset! -> 500"},
		{name: "R57 buffered", cluster: `PostBufferSize="1"`, body: 1024, failures: "a=reset",
			want: "a:reset! b:ok -> forward b"},
		{name: "R57 larger than the buffer", cluster: `PostBufferSize="1"`, body: 1025, failures: "a=reset",
			want: "a:reset! -> 500"},
		{name: "R57 no limit", cluster: `PostBufferSize="-1"`, body: 1 << 30, failures: "a=reset",
			want: "a:reset! b:ok -> forward b"},
		{name: "R50b single", servers: server("a", ""), failures: "a=reset", want: "a:reset -> 500"},
		{name: "R59 post limit", cluster: `PostSizeLimit="10"`, body: 11, want: "-> 413"},
		{name: "R59 other status", cluster: `PostSizeLimit="10"`, body: 11,
			assume: "post-limit-status=500", want: "-> 500"},
		{name: "R59 at the limit", cluster: `PostSizeLimit="10"`, body: 10, want: "a:ok -> forward a"},
		{name: "R60 all full", servers: threeServers(`MaxConnections="1"`), setup: pending(1), want: "-> 503"},
		{name: "R60 mixed", servers: threeServers(`MaxConnections="1"`),
			setup: func(p *Process) { pending(1)(p); markAll(0)(p); p.state(0).Members[2].MarkedDown = false },
			want:  "-> 503"},
		{name: "R60 zero is no limit", servers: threeServers(`MaxConnections="0"`), setup: pending(1),
			want: "a:ok -> forward a"},
		{name: "R23 full affinity member", servers: threeServers(`MaxConnections="1"`), cookie: affinityTo + "b1",
			setup: func(p *Process) { p.state(0).Members[1].Pending = 1 }, want: "a:ok -> forward a"},
		{name: "R23 full ignored", servers: threeServers(`MaxConnections="1"`), cookie: affinityTo + "b1",
			assume: "affinity-max-connections=ignored", setup: func(p *Process) { p.state(0).Members[1].Pending = 1 },
			want: "b:ok -> forward b"},
		{name: "R61 all marked", setup: markAll(10 * match.Second), want: "-> 500"},
		{name: "R61 retry marked", setup: markAll(10 * match.Second), assume: "all-down=retry-marked",
			want: "a:ok -> forward a"},
		{name: "R52 probe succeeds", setup: markAll(60 * match.Second), cookie: affinityTo + "b1",
			want: "b:ok -> forward b"},
		{name: "R52 probe fails", setup: markAll(60 * match.Second), cookie: affinityTo + "b1", failures: "b=refused",
			want: "b:refused a:ok -> forward a"},
		{name: "R52 interval 0 never again in the request", cluster: `RetryInterval="0"`, cookie: affinityTo + "b1",
			failures: "b=refused", want: "b:refused! a:ok -> forward a"},
		{name: "R38 backup", servers: threeServers("") + lists("a b", "c"), failures: "a=refused b=refused",
			want: "a:refused! b:refused! c:ok -> forward c"},
		{name: "R38 failed without mark", servers: threeServers("") + lists("a", "b c"), failures: "a=503",
			want: "a:503 b:ok -> forward b"},
		{name: "R39 affinity to a backup", servers: threeServers("") + lists("a b", "c"), cookie: affinityTo + "c1",
			want: "a:ok -> forward a"},
		{name: "R39 other reading", servers: threeServers("") + lists("a b", "c"), cookie: affinityTo + "c1",
			assume: "affinity-to-backup=after-primaries", want: "c:ok -> forward c"},
		{name: "R40 in neither list", servers: threeServers("") + lists("b", ""), cookie: affinityTo + "c1",
			want: "b:ok -> forward b"},
		{name: "R36 weight 0 last", servers: threeServers(`LoadBalanceWeight="0"`) + lists("a b", "c"),
			want: "a:ok -> forward a"},
		{name: "R36 after backups", servers: threeServers(`LoadBalanceWeight="0"`) + lists("a b", "c"),
			assume: "weight-zero=after-backups", want: "c:ok -> forward c"},
		{name: "R36 affinity is served", servers: threeServers(`LoadBalanceWeight="0"`), cookie: affinityTo + "c1",
			want: "c:ok -> forward c"},
		{name: "R41 cluster address", servers: address + threeServers(""),
			want: "ClusterAddress:ok -> forward ClusterAddress"},
		{name: "R41 affinity goes straight", servers: address + threeServers(""), cookie: affinityTo + "b1",
			want: "b:ok -> forward b"},
		{name: "R41 fails", servers: address + threeServers(""), failures: "ClusterAddress=refused",
			want: "ClusterAddress:refused -> 500"},
		{name: "R41 balance instead", servers: address + threeServers(""), failures: "ClusterAddress=refused",
			assume: "cluster-address-failure=balance", want: "ClusterAddress:refused a:ok -> forward a"},
		{name: "R41 its 503", servers: address + threeServers(""), failures: "ClusterAddress=503",
			want: "ClusterAddress:503 -> 503 ClusterAddress"},
		{name: "R41 after affinity failed", servers: address + threeServers(""), cookie: affinityTo + "b1",
			failures: "b=refused", want: "b:refused! ClusterAddress:ok -> forward ClusterAddress"},
		{name: "R41 next primary comes first", level: "5.1",
			servers: address + threeServers(""), cookie: affinityTo + "b1",
			failures: "b=refused", want: "b:refused! c:ok -> forward c"},
		{name: "R62 unlimited", cookie: affinityTo + "b1", failures: "b=refused a=refused c=refused",
			assume: "attempts=unlimited-until-none", want: "b:refused! a:refused! c:refused! -> 500"},
		{name: "R64 no https Transport", tls: true, want: "a:ok -> forward a"},
		{name: "R64 strict", tls: true, assume: "transport-choice=strict", want: "-> 500"},
		{name: "R64 strict, but UseInsecure", config: `UseInsecure="true"`, tls: true,
			assume: "transport-choice=strict",
			want:   "a:ok -> forward a"},
		{name: "R64 https without keyring", tls: true, servers: https(""), want: "-> 500"},
		{name: "R64 https without keyring, UseInsecure", config: `UseInsecure="true"`, tls: true, servers: https(""),
			want: "a:ok -> forward a"},
		{name: "R64 onload without https", config: `SSLMapMode="onload"`, want: "a:ok -> forward a"},
		{name: "R64 onload without https, strict", config: `SSLMapMode="onload"`,
			assume: "transport-choice=strict", want: "-> 500"},
		{name: "R64 onload without https, strict, UseInsecure", config: `SSLMapMode="onload" UseInsecure="true"`,
			assume: "transport-choice=strict", want: "a:ok -> forward a"},
		{name: "R64 onload with an https Transport that cannot be used",
			config: `SSLMapMode="onload"`, servers: https(""), want: "-> 500"},
		{name: "R64 onload", config: `SSLMapMode="onload"`, servers: https(keyring), want: "a:ok -> forward a"},
		{name: "R64 offload", config: `SSLMapMode="offload"`, tls: true, servers: https(""),
			want: "a:ok -> forward a"},
		{name: "R61 marked and full is not full", servers: threeServers(`MaxConnections="1"`),
			setup: func(p *Process) { pending(1)(p); markAll(0)(p) }, want: "-> 500"},
		{name: "R22 an empty clone ID is nobody's",
			servers: server("a", "") + server("b", `CloneID="b1"`) + server("c", ""),
			cookie:  affinityTo, setup: func(p *Process) { p.state(0).Next = 2 }, want: "c:ok -> forward c"},
		{name: "R26 after the first of two marked members", config: `FailoverToNext="true"`,
			servers: threeServers("") + server("d", ""), cookie: affinityTo + "a1:c1",
			setup: func(p *Process) { p.state(0).Next = 3; mark(0, 2)(p) }, want: "b:ok -> forward b"},
		{name: "R23 full ignored by a probe", servers: threeServers(`MaxConnections="1"`), cookie: affinityTo + "b1",
			assume: "affinity-max-connections=ignored",
			setup:  func(p *Process) { pending(1)(p); markAll(60 * match.Second)(p) }, want: "b:ok -> forward b"},
		{name: "R36 a weight of its own is not asked for",
			servers: server("a", `LoadBalanceWeight="0"`) + server("b", ""),
			setup:   func(p *Process) { p.state(0).Members[0].Weight = 3 }, want: "b:ok -> forward b"},
		{name: "R41 is no single server", servers: address + server("a", ""), failures: "ClusterAddress=refused",
			want: "ClusterAddress:refused -> 500"},
		{name: "R52 a probe answered 503 stays marked",
			config: `MarkBusyDown="true"`, setup: markAll(60 * match.Second),
			cookie: affinityTo + "b1", failures: "b=503", want: "b:503 a:ok -> forward a"},
		{name: "R29 first, but SSL before", tls: true, assume: "many-cookies=first",
			cookie: "JSESSIONID=0000abc:zz; SSLJSESSION=0000abc:b1; JSESSIONID=0000abc:c1", want: "b:ok -> forward b"},
		{name: "R29 first after SSL finds nobody", tls: true, assume: "many-cookies=first",
			cookie: "JSESSIONID=0000abc:c1; SSLJSESSION=0000abc:zz; JSESSIONID=0000abc:b1", want: "c:ok -> forward c"},
		{name: "R29 last, but SSL before", tls: true, assume: "many-cookies=last",
			cookie: "JSESSIONID=0000abc:zz; SSLJSESSION=0000abc:b1; JSESSIONID=0000abc:c1", want: "b:ok -> forward b"},
		{name: "R20 a tab between cookies", cookie: "x=y;\tJSESSIONID=0000abc:c1", want: "c:ok -> forward c"},
		{name: "R25 no clone IDs", servers: server("a", "") + server("b", ""), cookie: affinityTo + "b1",
			want: "a:ok -> forward a"},
		{name: "R50 balance may try again", assume: "balance-retry=allow", failures: "a=503",
			want: "a:503 b:ok -> forward b"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.servers == "" {
				c.servers = threeServers("")
			}
			table := mustTable(t, clusterXML(c.config, c.cluster,
				strings.ReplaceAll(c.servers, `ServerIOTimeout="10" ServerIOTimeout`, "ServerIOTimeout")))
			sem, err := choices.Level(c.level)
			if err != nil {
				t.Fatal(err)
			}
			if c.assume != "" {
				choiceByName(t, c.assume, &sem)
			}
			p := NewProcess(table, &sem, 0)
			p.state(0).Next = 0
			p.Now = 1000 * match.Second
			if c.setup != nil {
				c.setup(p)
			}
			rq := get("/x")
			rq.TLS, rq.Body = c.tls, c.body
			if c.cookie != "" {
				rq.Cookies = []string{c.cookie}
			}
			if got := run(t, p, rq, c.failures); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			for _, m := range p.state(0).Members {
				if c.setup == nil && m.Pending != 0 || m.Probing {
					t.Errorf("a request left %+v behind", m)
				}
			}
		})
	}
}

const (
	address = `<ClusterAddress Name="lb"><Transport Hostname="lb.example.com" Port="80" Protocol="http"/>` +
		`</ClusterAddress>`
	keyring = `<Property Name="Keyring" Value="/k.kdb"/>`
)

// https is a server with an http Transport and an https one that holds the given properties.
func https(properties string) string {
	return `<Server Name="a"><Transport Hostname="h" Port="9080" Protocol="http"/>` +
		`<Transport Hostname="h" Port="9443" Protocol="https">` + properties + `</Transport></Server>`
}

func pending(n int32) func(*Process) {
	return func(p *Process) {
		for i := range p.state(0).Members {
			p.state(0).Members[i].Pending = n
		}
	}
}

func mark(members ...match.MemberID) func(*Process) {
	return func(p *Process) {
		for _, m := range members {
			p.state(0).Members[m].MarkedDown, p.state(0).Members[m].FailedAt = true, p.Now
		}
	}
}

func markAll(ago match.Nanos) func(*Process) {
	return func(p *Process) {
		for i := range p.state(0).Members {
			p.state(0).Members[i].MarkedDown, p.state(0).Members[i].FailedAt = true, p.Now-ago
		}
	}
}

// TestFactsHoldInTheirTime: a fact begins with its first moment and is over in its last.
func TestFactsHoldInTheirTime(t *testing.T) {
	table, sem := mustTable(t, clusterXML("", "", threeServers(""))), choices.Latest()
	for at, want := range map[match.Nanos]string{9: "a:ok -> forward a", 10: "a:503 b:ok -> forward b",
		19: "a:503 b:ok -> forward b", 20: "a:ok -> forward a"} {
		p := NewProcess(table, &sem, 0)
		p.state(0).Next, p.Now = 0, at*match.Second
		p.Conditions = []MemberCondition{{Member: 0, Failure: Busy, From: 10 * match.Second, To: 20 * match.Second}}
		rq := get("/x")
		o := p.Do(&rq, nil)
		if got := describeRun(table, &o); got != want {
			t.Errorf("at %d s: %s, want %s", at, got, want)
		}
	}
}
