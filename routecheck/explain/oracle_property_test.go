package explain

import (
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/match"
)

type draws struct{ t *rapid.T }

func (d draws) yes(name string, oneIn int) bool { return d.n(name, 1, oneIn) == oneIn }
func (d draws) n(name string, low, high int) int {
	return rapid.IntRange(low, high).Draw(d.t, name)
}
func (d draws) of(name string, from ...int) int { return rapid.SampledFrom(from).Draw(d.t, name) }

func (d draws) server(name string) oracleServer {
	s := oracleServer{name: name, weight: d.of("weight", 0, 1, 2, 2, 3, 4, 6, 9, 20, -3), io: d.of("io", 0, 5, -5, 70),
		connect: d.of("connect", -1, 0, 3, 90),
		most:    d.of("most", -1, 0, 0, 1, 2), http: true, ttl: d.of("ttl", -1, -1, 0, 4, 40),
		handshake: d.yes("handshake", 4)}
	switch d.n("transports", 1, 8) {
	case 1:
		s.http, s.https, s.keyring = false, true, true
	case 2:
		s.https, s.keyring = true, true
	case 3:
		s.https = true
	case 4:
		s.http, s.https = false, d.yes("https", 2)
	}
	return s
}

func (d draws) cluster() oracleCluster {
	c := oracleCluster{random: d.yes("random", 6), countAffinity: d.yes("countAffinity", 3), plus: d.yes("plus", 4),
		markBusy:       d.yes("markBusy", 3),
		failoverToNext: d.yes("failoverToNext", 4), onload: d.yes("onload", 8), insecure: d.yes("insecure", 3),
		retryInterval: d.of("retryInterval", 0, 1, 5, 60), postLimit: d.of("postLimit", -1, -1, -1, 70000, 100, 0),
		buffer:    d.of("buffer", 64, 0, -1, 1),
		ioRetries: d.of("ioRetries", -1, -1, 0, 1, 2), cookie: "JSESSIONID", identifier: "jsessionid"}
	c.noRoot = d.yes("noRoot", 12)
	c.offload = !c.onload && d.yes("offload", 8)
	if d.yes("uri", 4) {
		c.cookie, c.identifier = "MYCOOKIE", "myident"
	}
	for i := range d.n("servers", 1, 5) {
		s := d.server(fmt.Sprintf("m%d", i))
		if !d.yes("cloneless", 6) {
			s.clone = fmt.Sprintf("c%d", d.n("clone", 0, 4))
			if d.yes("own", 2) {
				s.clone = fmt.Sprintf("c%d", i)
			}
			switch d.n("odd", 1, 12) {
			case 1:
				s.clone = "10000001" // could be a partition ID, but is none
			case 2:
				s.clone = strings.ToUpper(s.clone)
			}
		}
		c.servers = append(c.servers, s)
	}
	list := func(name string) []string {
		if d.yes("absent", 6) {
			return nil
		}
		out := []string{}
		for range d.n(name, 0, 5) {
			out = append(out, fmt.Sprintf("m%d", d.n(name, 0, 5)))
		}
		return out
	}
	if d.yes("twice", 10) { // a second definition of a name
		c.servers = append(c.servers, d.server("m0"))
	}
	if d.yes("lists", 2) {
		c.primary, c.backup = list("primary"), list("backup")
	}
	if d.yes("table", 5) {
		c.partitions = map[string][]int{}
		for range d.n("entries", 0, 3) {
			id := fmt.Sprint(10000000 + d.n("partition", 0, 2))
			c.partitions[id] = append(c.partitions[id], d.n("member", 0, 4))
		}
	}
	if d.yes("address", 6) {
		a := d.server("lb")
		a.clone, a.weight = "", 0 // a weight there decides nothing
		c.address = &a
	}
	return c
}

func (c *oracleCluster) xml() string {
	yes := func(name string, v bool) string { return fmt.Sprintf(` %s="%t"`, name, v) }
	var b strings.Builder
	for i := range c.servers {
		b.WriteString(c.servers[i].xml("Server"))
	}
	if c.address != nil {
		b.WriteString(c.address.xml("ClusterAddress"))
	}
	list := func(element string, names []string) {
		if names == nil {
			return
		}
		fmt.Fprintf(&b, "<%s>", element)
		for _, n := range names {
			fmt.Fprintf(&b, `<Server Name="%s"/>`, n)
		}
		fmt.Fprintf(&b, "</%s>", element)
	}
	list("PrimaryServers", c.primary)
	list("BackupServers", c.backup)
	config := yes("MarkBusyDown", c.markBusy) + yes("FailoverToNext", c.failoverToNext) +
		yes("UseInsecure", c.insecure)
	if c.onload {
		config += ` SSLMapMode="onload"`
	}
	if c.offload {
		config += ` SSLMapMode="offload"`
	}
	balance := "RoundRobin" // unknown, which is Round Robin
	if c.random {
		balance = "Random"
	}
	cluster := fmt.Sprintf(`LoadBalance="%s" RetryInterval="%d" PostSizeLimit="%d" PostBufferSize="%d"`,
		balance, c.retryInterval, c.postLimit, c.buffer) +
		fmt.Sprintf(` ServerIOTimeoutRetry="%d"`, c.ioRetries) +
		yes("GetDWLMTable", c.partitions != nil) + yes("IgnoreAffinityRequests", !c.countAffinity) +
		yes("CloneSeparatorChange", c.plus)
	text := clusterXML(config, cluster, b.String())
	if c.noRoot {
		text = strings.Replace(text, `<Property Name="PluginInstallRoot" Value="/opt/plugins/"/>`, "", 1)
	}
	if c.cookie != "JSESSIONID" {
		text = strings.Replace(text, `<Uri Name="/*"`,
			fmt.Sprintf(`<Uri AffinityCookie="%s" AffinityURLIdentifier="%s" Name="/*"`, c.cookie, c.identifier), 1)
	}
	return text
}

func (s *oracleServer) xml(element string) string {
	ttl, key, clone, connect := "", "", "", ""
	if s.connect >= 0 {
		connect = fmt.Sprintf(` ConnectTimeout="%d"`, s.connect)
	}
	if s.ttl >= 0 {
		ttl = fmt.Sprintf(` ConnectionTTL="%d"`, s.ttl)
	}
	if s.keyring {
		key = keyring
	}
	if s.clone != "" {
		clone = fmt.Sprintf(` CloneID="%s"`, s.clone)
	}
	b := fmt.Sprintf(
		`<%s Name="%s"%s LoadBalanceWeight="%d" ServerIOTimeout="%d" MaxConnections="%d" ExtendedHandshake="%t"%s>`,
		element, s.name, clone, s.weight, s.io, s.most, s.handshake, connect)
	if s.http {
		b += fmt.Sprintf(`<Transport Hostname="h" Port="1" Protocol="http"%s/>`, ttl)
	}
	if s.https {
		b += fmt.Sprintf(`<Transport Hostname="h" Port="2" Protocol="https"%s>%s</Transport>`, ttl, key)
	}
	return b + "</" + element + ">\n"
}

func (d draws) request(c *oracleCluster) match.Request {
	rq := get("/x")
	rq.TLS = d.yes("tls", 4)
	if rq.TLS {
		rq.Port = 443
	}
	rq.Body = int64(d.of("body", 0, 0, 0, 0, 99, 1024, 1025, 65536, 65537, 80000))
	separator := ":"
	if c.plus {
		separator = "+"
	}
	session := func() string {
		v := "0000abc"
		for range d.n("clones", 0, 3) {
			clone := fmt.Sprintf("c%d", d.n("clone", 0, 5))
			switch d.n("odd", 1, 9) {
			case 1:
				clone = strings.ToUpper(clone)
			case 2, 3:
				clone = fmt.Sprint(10000000 + d.n("partition", 0, 3))
			}
			v += separator + clone
		}
		return v
	}
	for range d.n("cookies", 0, 2) {
		line := fmt.Sprintf("a=b; %s=%s", rapid.SampledFrom([]string{c.cookie, c.cookie, c.cookie, "JSESSIONID",
			"SSLJSESSION", "jsessionID", "sslJSession"}).Draw(d.t, "cookie"), session())
		if d.yes("second", 4) {
			line += fmt.Sprintf("; %s=%s", c.cookie, session())
		}
		rq.Cookies = append(rq.Cookies, line)
	}
	if d.yes("inURL", 4) {
		rq.Target += ";" + c.identifier + "=" + session() +
			rapid.SampledFrom([]string{"", "?q=1", ";z=1", "/y"}).Draw(d.t, "tail")
	}
	return rq
}

func (d draws) semantics() *choices.Assumptions {
	sem, err := choices.Level(rapid.SampledFrom(
		[]string{"latest", "latest", "5.1", "6.1", "7.0.0.3", "7.0.0.13", "8.5.5", "9.0.5"}).Draw(d.t, "level"))
	if err != nil {
		d.t.Fatal(err)
	}
	for c := choices.ManyCookies; c < choices.NumChoices; c++ {
		if d.yes(c.String(), 3) {
			sem = sem.With(c, uint8(d.n(c.String(), 0, int(c.NumValues())-1)))
		}
	}
	return &sem
}

// setUp puts both processes into the same awkward state.
func (d draws) setUp(o *oracle, cs *failover.ClusterState) {
	if o.c.partitions != nil && d.yes("learned", 2) {
		o.learned, cs.Partition = map[string][]int{}, map[string][]match.MemberID{}
		for id, members := range o.c.partitions {
			for _, m := range members {
				if m < len(o.c.servers) {
					o.learned[id], cs.Partition[id] = append(o.learned[id], m),
						append(cs.Partition[id], match.MemberID(m))
				}
			}
		}
	}
	o.pos = d.n("position", 0, len(o.primary)-1)
	cs.Next = int32(o.pos)
	for i := range o.members {
		m, s := &o.members[i], &cs.Members[i]
		if m.start > 0 && d.yes("weigh", 4) {
			m.current = d.n("current", -3, 3)
			s.Weight = int32(m.current)
		}
		if d.yes("pend", 4) {
			m.pending = d.n("pending", 0, 2)
			s.Pending = int32(m.pending)
		}
		if o.listed() > 1 && !o.isAddress(i) && d.yes("mark", 4) {
			m.marked, m.failedAt, m.probing = true, -match.Nanos(d.n("ago", 0, 9))*match.Second, d.yes("probing", 6)
			s.MarkedDown, s.FailedAt, s.Probing = m.marked, m.failedAt, m.probing
		}
	}
}

func (d draws) facts(o *oracle) (facts []MemberCondition) {
	for i := range o.members {
		for range d.n("facts", 0, 2) {
			f := MemberCondition{Member: match.MemberID(i), Failure: FailureMode(d.n("failure", 0, int(Malformed)))}
			if o.members[i].io == 0 && f.Failure == NoAnswer {
				f.Failure = Reset
			}
			if d.yes("from", 3) {
				f.From = o.now + match.Nanos(d.n("from", 0, 5))*match.Second
			}
			if d.yes("to", 2) {
				f.To = o.now + match.Nanos(d.n("to", 1, 9))*match.Second
			}
			facts = append(facts, f)
		}
	}
	return facts
}

func describeProcess(p *Process, out *Result, random bool) string {
	var b strings.Builder
	a := out.answer()
	fmt.Fprintf(&b, "%s %d by %d at %v, attempts", a.Decision, a.Status, a.Member, p.Now/match.Second)
	for _, at := range out.Attempts {
		fmt.Fprintf(&b, " %d:%s:%t:%t:%t", at.Member, at.Outcome, at.Marked, at.Reused, at.Failover)
	}
	cs := p.state(0)
	if !random {
		fmt.Fprintf(&b, "; position %d", cs.Next)
	}
	for i, m := range cs.Members {
		since := match.Nanos(0)
		if m.MarkedDown {
			since = m.FailedAt
		}
		fmt.Fprintf(&b, "\n  %d: weight %d marked %t %d pending %d failed %d affinity %d total %d",
			i, m.Weight, m.MarkedDown, since/match.Second, m.Pending, m.Failed, m.Affinity, m.Total)
	}
	return b.String()
}

// TestOracle holds every decision against a second reading of the procedure.
func TestOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		c, sem := d.cluster(), d.semantics()
		text := c.xml()
		table := mustParse(text)
		o, p := newOracle(c, sem), NewProcess(table, sem, 1)
		d.setUp(o, p.state(0))
		log := text + fmt.Sprint("\n", changed(sem), "\n",
			o.learned, describeProcess(p, &Result{Member: match.NoMember}, false))
		for range d.n("requests", 1, 15) {
			rq := d.request(&c)
			p.Now += match.Nanos(d.of("gap", 0, 0, 1, 3, 6, 30, 61)) * match.Second
			o.now = p.Now
			if d.yes("newFacts", 2) {
				o.facts = d.facts(o)
			}
			p.Conditions = o.facts
			log += fmt.Sprintf("\nat %d %+v facts %+v", p.Now/match.Second, rq, o.facts)
			out := p.Do(&rq, nil)
			o.follow = out.Attempts
			got := describeProcess(p, &out, c.random)
			if want := o.describe(o.do(&rq)); got != want {
				t.Fatalf("%s\ngot  %s\nwant %s", log, got, want)
			}
			log += "\n" + got
		}
	})
}

// changed lists the choices that are not at their default.
func changed(sem *choices.Assumptions) (out []string) {
	for c := range choices.NumChoices {
		if !sem.Is(c, 0) {
			out = append(out, c.String()+"="+sem.Value(c))
		}
	}
	return append(out, fmt.Sprint(sem.TTLAbsent, " busyClears ", sem.BusyClears))
}
