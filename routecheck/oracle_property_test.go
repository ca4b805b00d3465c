package routecheck

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

type draws struct{ t *rapid.T }

func (d draws) yes(name string, oneIn int) bool { return d.n(name, 1, oneIn) == oneIn }
func (d draws) n(name string, low, high int) int {
	return rapid.IntRange(low, high).Draw(d.t, name)
}
func (d draws) of(name string, from ...int) int { return rapid.SampledFrom(from).Draw(d.t, name) }

func (d draws) server(name string) oracleServer {
	s := oracleServer{name: name, weight: d.of("weight", 0, 1, 2, 2, 3, 4, 6, 9, 20, -3), io: d.of("io", 0, 5, -5, 70), connect: d.of("connect", -1, 0, 3, 90),
		most: d.of("most", -1, 0, 0, 1, 2), http: true, ttl: d.of("ttl", -1, -1, 0, 4, 40), handshake: d.yes("handshake", 4)}
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
	c := oracleCluster{random: d.yes("random", 6), countAffinity: d.yes("countAffinity", 3), plus: d.yes("plus", 4), markBusy: d.yes("markBusy", 3),
		failoverToNext: d.yes("failoverToNext", 4), onload: d.yes("onload", 8), insecure: d.yes("insecure", 3),
		retryInterval: d.of("retryInterval", 0, 1, 5, 60), postLimit: d.of("postLimit", -1, -1, -1, 70000, 100, 0), buffer: d.of("buffer", 64, 0, -1, 1),
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
		c.partitions = map[string]int{}
		for range d.n("entries", 0, 3) {
			c.partitions[fmt.Sprint(10000000+d.n("partition", 0, 2))] = d.n("member", 0, 4)
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
	config := yes("MarkBusyDown", c.markBusy) + yes("FailoverToNext", c.failoverToNext) + yes("UseInsecure", c.insecure)
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
	cluster := fmt.Sprintf(`LoadBalance="%s" RetryInterval="%d" PostSizeLimit="%d" PostBufferSize="%d" ServerIOTimeoutRetry="%d"`, balance, c.retryInterval, c.postLimit, c.buffer, c.ioRetries) +
		yes("GetDWLMTable", c.partitions != nil) + yes("IgnoreAffinityRequests", !c.countAffinity) + yes("CloneSeparatorChange", c.plus)
	text := clusterXML(config, cluster, b.String())
	if c.noRoot {
		text = strings.Replace(text, `<Property Name="PluginInstallRoot" Value="/opt/plugins/"/>`, "", 1)
	}
	if c.cookie != "JSESSIONID" {
		text = strings.Replace(text, `<Uri Name="/*"`, fmt.Sprintf(`<Uri AffinityCookie="%s" AffinityURLIdentifier="%s" Name="/*"`, c.cookie, c.identifier), 1)
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
	b := fmt.Sprintf(`<%s Name="%s"%s LoadBalanceWeight="%d" ServerIOTimeout="%d" MaxConnections="%d" ExtendedHandshake="%t"%s>`,
		element, s.name, clone, s.weight, s.io, s.most, s.handshake, connect)
	if s.http {
		b += fmt.Sprintf(`<Transport Hostname="h" Port="1" Protocol="http"%s/>`, ttl)
	}
	if s.https {
		b += fmt.Sprintf(`<Transport Hostname="h" Port="2" Protocol="https"%s>%s</Transport>`, ttl, key)
	}
	return b + "</" + element + ">\n"
}

func (d draws) request(c *oracleCluster) Request {
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
		line := fmt.Sprintf("a=b; %s=%s", rapid.SampledFrom([]string{c.cookie, c.cookie, c.cookie, "JSESSIONID", "SSLJSESSION", "jsessionID", "sslJSession"}).Draw(d.t, "cookie"), session())
		if d.yes("second", 4) {
			line += fmt.Sprintf("; %s=%s", c.cookie, session())
		}
		rq.Cookies = append(rq.Cookies, line)
	}
	if d.yes("inURL", 4) {
		rq.Target += ";" + c.identifier + "=" + session() + rapid.SampledFrom([]string{"", "?q=1", ";z=1", "/y"}).Draw(d.t, "tail")
	}
	return rq
}

func (d draws) semantics() *Semantics {
	sem, err := Level(rapid.SampledFrom([]string{"latest", "latest", "5.1", "6.1", "7.0.0.3", "7.0.0.13", "8.5.5", "9.0.5"}).Draw(d.t, "level"))
	if err != nil {
		d.t.Fatal(err)
	}
	for c := ManyCookies; c < numChoices; c++ {
		if d.yes(c.String(), 3) {
			sem.value[c] = uint8(d.n(c.String(), 0, len(choices[c].Values)-1))
		}
	}
	return &sem
}

// setUp puts both processes into the same awkward state.
func (d draws) setUp(o *oracle, cs *ClusterState) {
	if o.c.partitions != nil && d.yes("learned", 2) {
		o.learned, cs.Partition = map[string]int{}, map[string]MemberID{}
		for id, m := range o.c.partitions {
			if m < len(o.c.servers) {
				o.learned[id], cs.Partition[id] = m, MemberID(m)
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
			m.marked, m.failedAt, m.retrying = true, -Nanos(d.n("ago", 0, 9))*second, d.yes("retrying", 6)
			s.Marked, s.FailedAt, s.Retrying = m.marked, m.failedAt, m.retrying
		}
	}
}

func (d draws) facts(o *oracle) (facts []Fact) {
	for i := range o.members {
		for range d.n("facts", 0, 2) {
			f := Fact{Member: MemberID(i), Fault: Fault(d.n("fault", 0, int(Garbled)))}
			if o.members[i].io == 0 && f.Fault == NoAnswer {
				f.Fault = Reset
			}
			if d.yes("from", 3) {
				f.From = o.now + Nanos(d.n("from", 0, 5))*second
			}
			if d.yes("to", 2) {
				f.To = o.now + Nanos(d.n("to", 1, 9))*second
			}
			facts = append(facts, f)
		}
	}
	return facts
}

func describeProcess(p *Process, out *Outcome, random bool) string {
	var b strings.Builder
	a := out.Answer()
	fmt.Fprintf(&b, "%s %d by %d at %v, attempts", a.Decision, a.Status, a.Member, p.Now/second)
	for _, at := range out.Attempts {
		fmt.Fprintf(&b, " %d:%s:%t:%t:%t", at.Member, at.Outcome, at.Marked, at.Reused, at.Failover)
	}
	cs := p.State(0)
	if !random {
		fmt.Fprintf(&b, "; position %d", cs.Next)
	}
	for i, m := range cs.Members {
		since := Nanos(0)
		if m.Marked {
			since = m.FailedAt
		}
		fmt.Fprintf(&b, "\n  %d: weight %d marked %t %d pending %d failed %d affinity %d total %d", i, m.Weight, m.Marked, since/second, m.Pending, m.Failed, m.Affinity, m.Total)
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
		d.setUp(o, p.State(0))
		log := text + fmt.Sprint("\n", changed(sem), "\n", o.learned, describeProcess(p, &Outcome{Member: NoMember}, false))
		for range d.n("requests", 1, 15) {
			rq := d.request(&c)
			p.Now += Nanos(d.of("gap", 0, 0, 1, 3, 6, 30, 61)) * second
			o.now = p.Now
			if d.yes("newFacts", 2) {
				o.facts = d.facts(o)
			}
			p.Facts = o.facts
			log += fmt.Sprintf("\nat %d %+v facts %+v", p.Now/second, rq, o.facts)
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
func changed(sem *Semantics) (out []string) {
	for c := range numChoices {
		if sem.value[c] != 0 {
			out = append(out, c.String()+"="+sem.Value(c))
		}
	}
	return append(out, fmt.Sprint(sem.TTLAbsent, " busyClears ", sem.BusyClears))
}

// oracleRoute is a Route; a nil list is a group that the Route does not name.
type oracleRoute struct {
	aliases []string
	uris    []oracleURI
}

type oracleURI struct{ text, cookie, identifier string }

// oracleFound is a Route that matches.
type oracleFound struct {
	route, uriScore, vhostScore int
	alias                       string
	uri                         oracleURI
	suffix                      bool // R15 under prefix-first: gives way to any other, also of another Route
}

// oracleMatch is section 2, Route by Route.
func oracleMatch(routes []oracleRoute, compat bool, rq *Request, sem *Semantics) (best oracleFound, ok bool) {
	is := func(c Choice, value string) bool { return sem.Value(c) == value }
	host, port, written := strings.Cut(strings.ToLower(rq.Host), ":")
	switch {
	case compat:
		port = fmt.Sprint(rq.Port)
	case !written && rq.TLS && is(TLSDefaultPort, "443"):
		port = "443"
	case !written:
		port = "80"
	}
	path := oraclePath(routes, rq.Target, is)
	better := func(a, b int) bool { return a > b || a == b && is(ScoreTie, "last") }
	for i, r := range routes {
		if (r.aliases == nil || r.uris == nil) && is(OpenRoute, "never") {
			continue
		}
		f := oracleFound{route: i, vhostScore: -1, uriScore: -1}
		for _, a := range r.aliases {
			if s := oracleAlias(a, host, port, is(VhostScore, "classes")); s >= 0 && better(s, f.vhostScore) {
				f.alias, f.vhostScore = a, s
			}
		}
		plain := false
		for _, u := range oracleURIs(r.uris, is(SlashStarServesBare, "yes")) {
			head, tail, star := strings.Cut(u.text, "*")
			matches := path == u.text
			if star {
				matches = !strings.Contains(tail, "*") && len(path) >= len(head)+len(tail) && strings.HasPrefix(path, head) && strings.HasSuffix(path, tail)
			}
			suffix := tail != "" && is(SuffixPatterns, "prefix-first")
			if !matches || suffix && plain {
				continue
			}
			if s := len(head) + len(tail); better(s, f.uriScore) || !suffix && !plain && is(SuffixPatterns, "prefix-first") {
				f.uri, f.uriScore, f.suffix = u, s, suffix
			}
			plain = plain || !suffix
		}
		if r.aliases == nil {
			f.vhostScore = 0
		}
		if r.uris == nil {
			f.uriScore, f.uri = 0, oracleURI{cookie: "JSESSIONID", identifier: "jsessionid"}
		}
		if f.vhostScore < 0 || f.uriScore < 0 {
			continue
		}
		if !ok || oracleBeats(f, best, is) {
			best, ok = f, true
		}
	}
	return best, ok
}

func oracleBeats(a, b oracleFound, is func(Choice, string) bool) bool {
	// The text does not say which of two choices goes first: here vhost-then-uri does, so a better host wins even for a suffix pattern.
	if a.suffix != b.suffix && !(is(ScoreCombination, "vhost-then-uri") && a.vhostScore != b.vhostScore) {
		return b.suffix
	}
	keys := [2]int{a.uriScore + a.vhostScore - b.uriScore - b.vhostScore, 0}
	switch {
	case is(ScoreCombination, "uri-then-vhost"):
		keys = [2]int{a.uriScore - b.uriScore, a.vhostScore - b.vhostScore}
	case is(ScoreCombination, "vhost-then-uri"):
		keys = [2]int{a.vhostScore - b.vhostScore, a.uriScore - b.uriScore}
	}
	if keys[0] == 0 {
		return keys[1] > 0 || keys[1] == 0 && is(ScoreTie, "last")
	}
	return keys[0] > 0
}

// oracleURIs adds the internal Uris of R3, directly before their origin.
func oracleURIs(uris []oracleURI, bare bool) (out []oracleURI) {
	for _, u := range uris {
		short := strings.TrimSuffix(u.text, "/*")
		if bare && short != u.text && !strings.Contains(short, "*") && !slices.ContainsFunc(uris, func(v oracleURI) bool { return v.text == short }) {
			out = append(out, oracleURI{short, u.cookie, u.identifier})
		}
		out = append(out, u)
	}
	return out
}

// oracleAlias is the score of an alias, -1 when it does not match.
func oracleAlias(alias, host, port string, classes bool) int {
	h, p, ok := strings.Cut(strings.ToLower(alias), ":")
	if !ok {
		p = "80"
	}
	if h != "*" && h != host || p != "*" && p != port {
		return -1
	}
	if !classes {
		return len(strings.NewReplacer("*", "", ":", "").Replace(alias))
	}
	class := 1
	if h != "*" {
		class += 2
	}
	if p != "*" {
		class++
	}
	return class
}

func oraclePath(routes []oracleRoute, target string, is func(Choice, string) bool) string {
	p, _, _ := strings.Cut(target, "?")
	idents := []string{"jsessionid"}
	for _, r := range routes {
		for _, u := range r.uris {
			idents = append(idents, u.identifier)
		}
	}
	switch {
	case is(PathParams, "cut-at-semicolon"):
		p, _, _ = strings.Cut(p, ";")
	case is(PathParams, "cut-at-identifier"):
		whole := p
		for _, ident := range idents {
			if cut, _, ok := strings.Cut(whole, ";"+ident+"="); ok && len(cut) < len(p) {
				p = cut
			}
		}
	}
	return p
}

// TestOracleMatch holds the matcher against the text of section 2.
func TestOracleMatch(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := draws{t}
		pick := func(name string, from ...string) string { return rapid.SampledFrom(from).Draw(t, name) }
		var routes []oracleRoute
		var groups, links strings.Builder
		for i := range d.n("routes", 1, 5) {
			var r oracleRoute
			link := ""
			if !d.yes("anyHost", 8) {
				link += fmt.Sprintf(` VirtualHostGroup="v%d"`, i)
				fmt.Fprintf(&groups, `<VirtualHostGroup Name="v%d">`, i)
				for range d.n("aliases", 1, 4) {
					a := pick("host", "*", "*", "a", "A", "bb", "a*") + pick("port", "", ":80", ":443", ":9080", ":*", ":*")
					r.aliases = append(r.aliases, a)
					fmt.Fprintf(&groups, `<VirtualHost Name="%s"/>`, a)
				}
				groups.WriteString("</VirtualHostGroup>")
			}
			if !d.yes("anyURI", 8) {
				link += fmt.Sprintf(` UriGroup="u%d"`, i)
				fmt.Fprintf(&groups, `<UriGroup Name="u%d">`, i)
				for range d.n("uris", 1, 5) {
					u := oracleURI{pick("uri", "/*", "/x", "/x/*", "/x*", "/x/y", "/x/y/*", "*.jsp", "/x/*.jsp", "/*/*", "/x/y.jsp", "*", "/X", "/x/*y", "/x/y/", "/x/"),
						pick("cookie", "JSESSIONID", "JSESSIONID", "OTHER"), pick("identifier", "jsessionid", "jsessionid", "other")}
					r.uris = append(r.uris, u)
					fmt.Fprintf(&groups, `<Uri Name="%s" AffinityCookie="%s" AffinityURLIdentifier="%s"/>`, u.text, u.cookie, u.identifier)
				}
				groups.WriteString("</UriGroup>")
			}
			routes = append(routes, r)
			fmt.Fprintf(&links, `<Route ServerCluster="C"%s/>`, link)
		}
		compat := d.yes("compat", 4)
		text := fmt.Sprintf(`<Config VHostMatchingCompat="%t"><ServerCluster Name="C">%s</ServerCluster>%s%s</Config>`, compat, server("a", ""), groups.String(), links.String())
		table := mustParse(text)
		sem := Latest()
		for c := ScoreCombination; c <= OpenRoute; c++ {
			if c != PathNormalisation && d.yes(c.String(), 3) {
				sem.value[c] = uint8(d.n(c.String(), 0, min(len(choices[c].Values)-1, 2)))
			}
		}
		if sem.value[OpenRoute] == openRejects {
			sem.value[OpenRoute] = openNever
		}
		for range d.n("requests", 1, 10) {
			rq := Request{TLS: d.yes("tls", 3), Port: d.of("port", 80, 443, 9080), Host: pick("host", "a", "A", "bb", "c") + pick("port", "", ":80", ":443", ":9080"),
				Target: pick("path", "/", "/x", "/x/", "/x/y", "/x/y/", "/x/y.jsp", "/x/y/z.jsp", "/X", "/x/.jsp", "/xx", "/.jsp", "/x/y/*", "/*/*") +
					pick("params", "", "", "", ";jsessionid=1:a", ";other=1", ";jsessionid", ";a=1;other=2", ";a=1", ";JSESSIONID=2") + pick("query", "", "", "?x=/y;z", "?")}
			m, ok := table.Match(&rq, &sem)
			want, wantOK := oracleMatch(routes, compat, &rq, &sem)
			// Of aliases with the same score the one named may be another: routecheck prefers the more specific, R13 the first.
			score := -1
			if h, p := table.hostPort(&rq, &sem, nil); m.Alias() != "" {
				score = oracleAlias(m.Alias(), h, fmt.Sprint(p), sem.Value(VhostScore) == "classes")
			} else if ok {
				score = m.VhostScore()
			}
			if !wantOK {
				want.vhostScore = -1
			}
			got := fmt.Sprint(ok, max(m.Route(), 0), score, " ", m.Cookie(), m.Identifier(), " ", m.URI())
			if w := fmt.Sprint(wantOK, want.route, want.vhostScore, " ", want.uri.cookie, want.uri.identifier, " ", want.uri.text); got != w && (ok || wantOK) {
				t.Fatalf("%s\n%v %+v\ngot  %s\nwant %s", text, changed(&sem), rq, got, w)
			}
		}
	})
}
