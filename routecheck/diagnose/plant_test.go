package diagnose_test

import (
	"fmt"
	"strings"
	"time"

	"github.com/wasplug/wasplug/parser/pluginlog"
)

// healthy is a file in which nothing is wrong: three members, two hosts, one application.
const healthy = `<?xml version="1.0" encoding="UTF-8"?>
<Config ASDisableNagle="false" AcceptAllContent="true" RefreshInterval="60" TrustedProxyEnable="false">
   <Log LogLevel="Error" Name="/opt/IBM/WebSphere/Plugins/logs/webserver1/http_plugin.log"/>
   <Property Name="ESIEnable" Value="false"/>
   <VirtualHostGroup Name="hosts">
      <VirtualHost Name="shop:80"/>
      <VirtualHost Name="www:80"/>
   </VirtualHostGroup>
   <ServerCluster CloneSeparatorChange="false" LoadBalance="Round Robin" Name="shop" PostBufferSize="64" RetryInterval="60" ServerIOTimeoutRetry="-1">
      <Server CloneID="1abcdef01" ConnectTimeout="5" LoadBalanceWeight="20" MaxConnections="-1" Name="m1" ServerIOTimeout="-900">
         <Transport ConnectionTTL="20" Hostname="10.0.0.1" Port="9080" Protocol="http"/>
      </Server>
      <Server CloneID="1abcdef02" ConnectTimeout="5" LoadBalanceWeight="20" MaxConnections="-1" Name="m2" ServerIOTimeout="-900">
         <Transport ConnectionTTL="20" Hostname="10.0.0.2" Port="9080" Protocol="http"/>
      </Server>
      <Server CloneID="1abcdef03" ConnectTimeout="5" LoadBalanceWeight="20" MaxConnections="-1" Name="m3" ServerIOTimeout="-900">
         <Transport ConnectionTTL="20" Hostname="10.0.0.3" Port="9080" Protocol="http"/>
      </Server>
      <PrimaryServers>
         <Server Name="m1"/>
         <Server Name="m2"/>
         <Server Name="m3"/>
      </PrimaryServers>
   </ServerCluster>
   <UriGroup Name="shop_URIs">
      <Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/shop/*"/>
   </UriGroup>
   <Route ServerCluster="shop" UriGroup="shop_URIs" VirtualHostGroup="hosts"/>
</Config>
`

// second adds a second cluster, to be put in front of the end of the file.
const second = `   <ServerCluster LoadBalance="Round Robin" Name="other" RetryInterval="60">
      <Server CloneID="2bcdef011" ConnectTimeout="5" LoadBalanceWeight="20" Name="o1" ServerIOTimeout="-900">
         <Transport ConnectionTTL="20" Hostname="10.0.1.1" Port="9080" Protocol="http"/>
      </Server>
      <Server CloneID="2bcdef012" ConnectTimeout="5" LoadBalanceWeight="20" Name="o2" ServerIOTimeout="-900">
         <Transport ConnectionTTL="20" Hostname="10.0.1.2" Port="9080" Protocol="http"/>
      </Server>
      <PrimaryServers><Server Name="o1"/><Server Name="o2"/></PrimaryServers>
   </ServerCluster>
   <UriGroup Name="other_URIs"><Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="%s"/></UriGroup>
   <Route ServerCluster="other" UriGroup="other_URIs" VirtualHostGroup="hosts"/>
</Config>
`

// file is the healthy one with replacements, pairs of old and new; all places are replaced.
func file(pairs ...string) string {
	text := healthy
	for i := 0; i < len(pairs); i += 2 {
		if !strings.Contains(text, pairs[i]) {
			panic("the healthy file has no " + pairs[i])
		}
		text = strings.ReplaceAll(text, pairs[i], pairs[i+1])
	}
	return text
}

func withSecond(uri string, pairs ...string) string {
	return strings.Replace(file(pairs...), "</Config>\n", fmt.Sprintf(second, uri), 1)
}

// planter writes a log of the plug-in and an access log by one clock.
type planter struct {
	level  pluginlog.Level
	now    time.Time
	log    []byte
	access strings.Builder
	counts map[string]*pluginlog.Counters
	thread uint64
	pid    uint64
	next   int
}

// try is an attempt.
type try struct {
	member   string
	how      string // ok, refused, unreachable, timeout, io, lost, tls, hang
	affinity bool
	full     []string // members that were full before
	down     []string // that were marked down before
	marked   bool
	reused   bool
	pending  int64
	again    bool          // the line of failure says that another one will be tried
	wait     time.Duration // until it ends that way
	port     int32         // 9080 where 0
	host     string        // that of the member where ""
}

// rq is a request.
type rq struct {
	host, uri, method, pattern string
	clones                     []string
	named                      string // whom the clone IDs name, "" nobody
	tries                      []try
	status                     int32 // 200 where 0
	answer                     time.Duration
	body                       int64
	bodyWait                   time.Duration
	sets                       string // Set-Cookie
	declined                   bool
	gaveUp                     string // allDown or noServer or plain
	esi, clientLeft, ssl       bool
	idle                       time.Duration // before its end, in the web server
}

func (p *planter) emit(e pluginlog.Event) {
	level := e.Level
	if level == 0 {
		level = e.Kind.Level()
	}
	if level > p.level {
		return
	}
	e.Time, e.Thread = pluginlog.TimeOf(p.now), pluginlog.Thread{PID: p.pid, TID: p.thread}
	p.log = e.Append(p.log)
}

func (p *planter) wait(d time.Duration) { p.now = p.now.Add(d) }

// request writes one request, each of them on a thread of its own in turn.
func (p *planter) request(q rq) {
	p.thread = p.thread%50 + 1
	p.wait(10 * time.Millisecond)
	q.host, q.uri, q.method = or(q.host, "shop"), or(q.uri, "/shop/cart"), or(q.method, "GET")
	q.pattern = or(q.pattern, "/shop/*")
	p.emit(pluginlog.Event{Kind: pluginlog.RouteTried, Host: q.host + ":80", URI: q.uri})
	if q.declined {
		p.emit(pluginlog.Event{Kind: pluginlog.RouteNotFound})
		return
	}
	p.emit(pluginlog.Event{Kind: pluginlog.URIMatched, Pattern: q.pattern, URI: q.uri, Group: "shop_URIs", Score: 6})
	p.emit(pluginlog.Event{Kind: pluginlog.RequestStarted})
	p.emit(pluginlog.Event{Kind: pluginlog.RequestNamed, Host: q.host, URI: q.uri})
	if q.esi {
		p.emit(pluginlog.Event{Kind: pluginlog.ESICacheHit})
		p.emit(pluginlog.Event{Kind: pluginlog.RequestEnded})
		return
	}
	p.affinity(q)
	for i, t := range q.tries {
		p.try(q, t, i)
	}
	p.end(q)
}

func or(s, otherwise string) string {
	if s == "" {
		return otherwise
	}
	return s
}

func (p *planter) affinity(q rq) {
	p.emit(pluginlog.Event{Kind: pluginlog.AffinityChecked})
	if q.ssl {
		p.emit(pluginlog.Event{Kind: pluginlog.AffinitySource, Text: "the SSL session id"})
	}
	p.emit(pluginlog.Event{Kind: pluginlog.CookieSought, Text: "JSESSIONID"})
	if len(q.clones) == 0 {
		return
	}
	for _, c := range q.clones {
		p.emit(pluginlog.Event{Kind: pluginlog.CloneAdded, Clone: c})
	}
	p.emit(pluginlog.Event{Kind: pluginlog.ClonesListed})
	p.emit(pluginlog.Event{Kind: pluginlog.CloneSought})
	if q.named == "" {
		p.emit(pluginlog.Event{Kind: pluginlog.CloneNotFound})
		return
	}
	p.emit(pluginlog.Event{Kind: pluginlog.CloneMatched, Member: q.named})
}

func check(member string, affinity bool) pluginlog.Event {
	return pluginlog.Event{Kind: pluginlog.StatusChecked, Member: member,
		Check: pluginlog.Check{IgnoreWeights: affinity, WLBAllows: true, HasFull: true}}
}

func (p *planter) try(q rq, t try, i int) {
	for _, m := range t.full {
		e := check(m, q.named == m)
		e.Check.Full = true
		p.emit(e)
	}
	for _, m := range t.down {
		e := check(m, q.named == m)
		e.Check.MarkedDown, e.Check.HasRetryIn, e.Check.RetryIn = true, true, 30
		p.emit(e)
	}
	if t.member == "" {
		return
	}
	host := or(t.host, "10.0.0."+t.member[1:])
	port := t.port
	if port == 0 {
		port = 9080
	}
	p.emit(check(t.member, t.affinity))
	p.emit(pluginlog.Event{Kind: pluginlog.Picked, Member: t.member, Weight: 1})
	p.emit(pluginlog.Event{Kind: pluginlog.TransportSet, Case: 1, Host: host, Port: port})
	p.emit(pluginlog.Event{Kind: pluginlog.StreamSought})
	switch t.how {
	case "refused", "unreachable":
		p.wait(t.wait)
		os := int32(111)
		if t.how == "unreachable" {
			os = 113
		}
		p.emit(pluginlog.Event{Kind: pluginlog.ConnectFailed, Host: host, OSError: os})
		p.emit(pluginlog.Event{Kind: pluginlog.StreamFailed})
		p.failed(t, host)
		return
	case "timeout":
		p.wait(5 * time.Second)
		p.emit(pluginlog.Event{Kind: pluginlog.ConnectTimedOut})
		p.failed(t, host)
		return
	case "tls":
		p.emit(pluginlog.Event{Kind: pluginlog.HandshakeStarted})
		p.emit(pluginlog.Event{Kind: pluginlog.HandshakeFailed, Text: "GSK_ERROR_BAD_CERT", Code: 414})
		p.emit(pluginlog.Event{Kind: pluginlog.StreamFailed})
		p.failed(t, host)
		return
	}
	if t.reused {
		p.emit(pluginlog.Event{Kind: pluginlog.StreamReused, Socket: 7})
	} else {
		p.emit(pluginlog.Event{Kind: pluginlog.StreamCreated, Socket: 8})
	}
	p.send(q, t, host, i)
}

// send writes what follows once there is a connection.
func (p *planter) send(q rq, t try, host string, i int) {
	p.emit(pluginlog.Event{Kind: pluginlog.RequestLine, Method: q.method, URI: q.uri})
	if i > 0 {
		p.emit(pluginlog.Event{Kind: pluginlog.FailoverHeaderSent})
	}
	if q.body > 0 {
		p.emit(pluginlog.Event{Kind: pluginlog.BodyStarted, Length: q.body})
		p.wait(q.bodyWait)
		p.emit(pluginlog.Event{Kind: pluginlog.BodyRead})
	}
	switch t.how {
	case "lost":
		p.emit(pluginlog.Event{Kind: pluginlog.ServerWriteFailed, Text: "Write failed"})
		p.failed(t, host)
		return
	case "hang":
		p.emit(pluginlog.Event{Kind: pluginlog.RequestWritten})
		return
	case "io":
		p.emit(pluginlog.Event{Kind: pluginlog.RequestWritten})
		p.wait(max(t.wait, 3*time.Second))
		p.emit(pluginlog.Event{Kind: pluginlog.IOTimedOut, Seconds: 3, Retry: t.again})
		p.failed(t, host)
		return
	}
	p.emit(pluginlog.Event{Kind: pluginlog.RequestWritten})
	p.wait(max(q.answer, 5*time.Millisecond))
	status := q.status
	if status == 0 {
		status = 200
	}
	p.emit(pluginlog.Event{Kind: pluginlog.StatusLine, Code: status, Text: "OK"})
	if q.sets != "" {
		p.emit(pluginlog.Event{Kind: pluginlog.Header, Pattern: "Set-Cookie", Text: q.sets + "; Path=/"})
		p.emit(pluginlog.Event{Kind: pluginlog.Header, Pattern: "Cache-Control", Text: "no-cache"})
	}
	c := p.counters(t.member)
	c.Total++
	c.Pending = t.pending
	if t.affinity {
		c.Affinity++
	}
	p.emit(pluginlog.Event{Kind: pluginlog.Counted, Member: t.member, Counters: *c})
}

func (p *planter) failed(t try, host string) {
	c := p.counters(t.member)
	c.Failed++
	if t.marked {
		p.emit(pluginlog.Event{Kind: pluginlog.MarkedDown, Member: t.member})
	}
	p.emit(pluginlog.Event{Kind: pluginlog.Counted, Member: t.member, Counters: *c})
	p.emit(pluginlog.Event{Kind: pluginlog.TransactionFailed, Member: t.member, Host: host, Retry: t.again})
}

func (p *planter) end(q rq) {
	hangs := len(q.tries) > 0 && q.tries[len(q.tries)-1].how == "hang"
	switch q.gaveUp {
	case "allDown":
		p.emit(pluginlog.Event{Kind: pluginlog.AllCouldBeDown})
		p.emit(pluginlog.Event{Kind: pluginlog.NoAppServer})
	case "noServer":
		p.emit(pluginlog.Event{Kind: pluginlog.NoAppServer})
	}
	if q.gaveUp != "" {
		p.emit(pluginlog.Event{Kind: pluginlog.RequestFailed})
	}
	if q.clientLeft {
		p.emit(pluginlog.Event{Kind: pluginlog.ClientWriteFailed, Text: "write failed"})
	}
	p.wait(q.idle)
	if !hangs {
		p.emit(pluginlog.Event{Kind: pluginlog.RequestEnded})
	}
}

func (p *planter) counters(member string) *pluginlog.Counters {
	key := fmt.Sprint(member, p.pid)
	if p.counts[key] == nil {
		p.counts[key] = new(pluginlog.Counters)
	}
	return p.counts[key]
}

func ok(member string) try { return try{member: member, how: "ok", reused: true} }

// fresh writes new requests that are spread evenly, two of three on open connections.
func (p *planter) fresh(n int) {
	for range n {
		p.next++
		p.request(rq{tries: []try{{member: fmt.Sprint("m", p.next%3+1), how: "ok", reused: p.next%7 != 0}}})
	}
}

// sessions writes requests of sessions of one member that go there.
func (p *planter) sessions(n int, member string) {
	for range n {
		p.request(rq{clones: []string{"1abcdef0" + member[1:]}, named: member,
			tries: []try{{member: member, how: "ok", affinity: true, reused: true}}})
	}
}

// line writes a line of the access log in the form that IBM asks for.
func (p *planter) line(client, request string, status int, was, cookie string, took time.Duration) {
	p.wait(time.Second)
	fmt.Fprintf(&p.access, "%s - - [%s] \"%s HTTP/1.1\" %d 512 ID%d - WAS=%s - %s 443 %d\n", client,
		p.now.Format("02/Jan/2006:15:04:05 -0700"), request, status, p.access.Len(), or(was, "-"), or(cookie, "-"),
		took.Microseconds())
}

// visitors writes requests of many clients that send their sessions and are served by their members.
func (p *planter) visitors(clients, each int) {
	for j := range each {
		for i := range clients {
			m := i%3 + 1
			p.line(fmt.Sprint("192.0.2.", i), fmt.Sprint("GET /shop/page", j), 200, fmt.Sprintf("10.0.0.%d:9080", m),
				cookieOf(i, m), 20*time.Millisecond)
		}
	}
}

func cookieOf(i, member int) string {
	return fmt.Sprintf("0000ABCDEFGHIJKLMNOPQRS%04d:1abcdef0%d", i, member)
}

func (s scene) planter() *planter {
	p := &planter{level: s.level, now: time.Date(2026, 11, 28, 15, 40, 0, 0, time.UTC),
		counts: map[string]*pluginlog.Counters{}, pid: 0x1000}
	if p.level == 0 {
		p.level = pluginlog.LevelTrace
	}
	return p
}
