package replay

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/parser/pluginlog"
	"github.com/wasplug/wasplug/routecheck/choices"
	"github.com/wasplug/wasplug/routecheck/failover"
	"github.com/wasplug/wasplug/routecheck/internal/coretest"
	"github.com/wasplug/wasplug/routecheck/match"
)

var tableOf = coretest.Table

// drawer draws small configurations, requests and what becomes of them.
type drawer struct{ t *rapid.T }

func (d drawer) pick(name string, from ...string) string {
	return rapid.SampledFrom(from).Draw(d.t, name)
}
func (d drawer) n(name string, low, high int) int { return rapid.IntRange(low, high).Draw(d.t, name) }

func (d drawer) config() string {
	var b strings.Builder
	fmt.Fprintf(&b, `<?xml version="1.0"?><Config %s %s %s>`,
		d.pick("config", "", "", `MarkBusyDown="true"`, `FailoverToNext="true"`),
		d.pick("compat", "", "", `VHostMatchingCompat="true"`), d.pick("sslmap", "", "", "", `SSLMapMode="onload"`))
	b.WriteString(`<Property Name="PluginInstallRoot" Value="/opt/plugins/"/>`)
	b.WriteString(`<VirtualHostGroup Name="v"><VirtualHost Name="*:80"/><VirtualHost Name="*:443"/>` +
		`</VirtualHostGroup>`)
	b.WriteString(`<VirtualHostGroup Name="w"><VirtualHost Name="www.example.com:*"/></VirtualHostGroup>`)
	for c := range 2 {
		d.cluster(&b, c)
	}
	b.WriteString(`<UriGroup Name="u"><Uri Name="/a/*"/><Uri Name="/long/*"/></UriGroup>` +
		`<UriGroup Name="x"><Uri Name="/a/b*" AffinityCookie="OWN" AffinityURLIdentifier="own"/><Uri Name="*.jsp"/>` +
		`</UriGroup>`)
	b.WriteString(`<Route ServerCluster="C0" UriGroup="u" VirtualHostGroup="v"/>` +
		`<Route ServerCluster="C1" UriGroup="x" VirtualHostGroup="w"/></Config>`)
	return b.String()
}

func (d drawer) cluster(b *strings.Builder, c int) {
	fmt.Fprintf(b, `<ServerCluster Name="C%d" %s %s %s %s %s RetryInterval="%d" ServerIOTimeoutRetry="%d">`, c,
		d.pick("balance", "", "", `LoadBalance="Random"`), d.pick("separator", "", `CloneSeparatorChange="true"`),
		d.pick("ignore", "", `IgnoreAffinityRequests="false"`), d.pick("buffer", "", `PostBufferSize="0"`),
		d.pick("limit", "", "", `PostSizeLimit="50000"`),
		rapid.SampledFrom([]int{0, 5, 60}).Draw(d.t, "retry"), d.n("ioretry", -1, 2))
	members, clones := d.n("members", 1, 4), d.n("clones", 0, 3)
	for i := range members {
		d.server(b, "Server", fmt.Sprintf("m%d%d", c, i), clones > 0, fmt.Sprintf("id%d", i%max(clones, 1)))
	}
	if d.n("address", 0, 7) == 0 {
		d.server(b, "ClusterAddress", fmt.Sprintf("address%d", c), false, "")
	}
	if backup := d.n("backup", 0, 2); backup > 0 && backup < members {
		b.WriteString("<PrimaryServers>")
		for i := range members {
			if i == members-backup {
				b.WriteString("</PrimaryServers><BackupServers>")
			}
			fmt.Fprintf(b, `<Server Name="m%d%d"/>`, c, i)
		}
		b.WriteString("</BackupServers>")
	}
	b.WriteString(`</ServerCluster>`)
}

func (d drawer) server(b *strings.Builder, element, name string, clone bool, id string) {
	fmt.Fprintf(b, `<%s Name="%s" LoadBalanceWeight="%d" ServerIOTimeout="%d" ConnectTimeout="%d" MaxConnections="%d"`,
		element, name,
		d.n("weight", 0, 4), d.n("io", -3, 3), d.n("connect", 0, 3), d.n("max", -1, 2))
	if clone {
		fmt.Fprintf(b, ` CloneID="%s"`, id)
	}
	transports := d.pick("transports", httpTransport, httpTransport, httpTransport+httpsTransport, httpsTransport)
	b.WriteString(">" + strings.ReplaceAll(transports, "host.", name+".") + "</" + element + ">")
}

const (
	httpTransport  = `<Transport Hostname="host.example.com" Port="9080" Protocol="http"/>`
	httpsTransport = `<Transport Hostname="host.example.com" Port="9443" Protocol="https">` +
		`<Property Name="keyring" Value="k.kdb"/><Property Name="stashfile" Value="k.sth"/></Transport>`
)

func (d drawer) request() match.Request {
	rq := match.Request{
		Host: d.pick("host", "www.example.com", "www.example.com:443", "other.example.com", "other.example.com:90"),
		TLS:  d.n("tls", 0, 3) == 0, Port: 80,
		Target: d.pick("target", "/a/x", "/a/b", "/a/bc", "/long/x.jsp", "/none", "/a/x;jsessionid=0000s:id0:id1",
			"/a/b;own=0000s+id1?q=1", "/a", "//a/x", "/a/%62"),
	}
	for range d.n("cookies", 0, 2) {
		sep := d.pick("sep", ":", ":", "+")
		value := "0000session"
		for range d.n("ids", 0, 3) {
			value += sep + d.pick("id", "id0", "id1", "id2", "gone", "", "id0,id1", "it's")
		}
		rq.Cookies = append(rq.Cookies, d.pick("cookie", "JSESSIONID=", "JSESSIONID=", "OWN=", "SSLJSESSION=")+value)
	}
	if d.n("body", 0, 2) == 0 {
		rq.Body = rapid.SampledFrom([]int64{10, 60000, 70000, -1}).Draw(d.t, "bytes")
	}
	return rq
}

// process is a web server process whose threads take turns: what a proxy does, without its sockets.
type process struct {
	drawer
	table  *match.Table
	sem    choices.Assumptions
	now    match.Nanos
	states map[match.ClusterID]*failover.ClusterState
	log    *pluginlog.Writer
	pid    uint64
	ends   int // requests that ended
}

type worker struct {
	tid     uint64
	busy    bool
	stage   int // 0 ask Next, 1 connect, 2 answer, 3 body
	request failover.RequestState
	state   *failover.ClusterState // of the configuration that the request began with
	act     failover.Action
	reused  bool
}

func (p *process) emit(w *worker) func(*pluginlog.Event) {
	return func(e *pluginlog.Event) {
		e.Time, e.PID, e.TID = pluginlog.Time(p.now), p.pid, w.tid
		if err := p.log.Write(e); err != nil {
			p.t.Fatal(err)
		}
	}
}

func (p *process) state(id match.ClusterID) *failover.ClusterState {
	if p.states[id] == nil {
		cs := failover.NewState(&p.table.Clusters[id], &p.sem, uint64(p.n("seed", 0, 100)))
		p.states[id] = &cs
	}
	return p.states[id]
}

// turn moves one worker one step on.
func (p *process) turn(w *worker) {
	if !w.busy {
		p.start(w)
		return
	}
	rec := new(failover.Recorder)
	cs := w.state
	observe := func(ev failover.Event, stage int) {
		failover.Observe(p.table, cs, &w.request, p.now, ev, &p.sem, rec)
		if w.stage = stage; stage < 0 {
			w.busy = false
			p.ends++
		}
	}
	if w.request.Size < 0 && w.stage == 2 && rapid.Bool().Draw(p.t, "outgrown") {
		w.request.Body = failover.Unbuffered
	}
	lost := failover.Event{Kind: failover.StreamLost, ReusedStream: w.reused,
		Sent: failover.SentKind(p.n("sent", 0, 1))}
	switch w.stage {
	case 0:
		w.act = failover.Next(p.table, cs, &w.request, p.now, &p.sem, rec)
		if w.stage = 1; w.act.Kind != failover.Send {
			w.busy = false
			p.ends++
		}
	case 1:
		switch p.pick("connect", "ok", "ok", "ok", "refused", "timeout") {
		case "refused":
			observe(failover.Event{Kind: failover.ConnectFailed}, 0)
		case "timeout":
			observe(failover.Event{Kind: failover.ConnectTimeout}, 0)
		default:
			w.reused = !w.act.FreshStream && rapid.Bool().Draw(p.t, "reused")
			failover.NoteStream(p.table, &w.request, w.act, w.reused, rec)
			w.stage = 2
		}
	case 2:
		switch what := p.pick("answer", "200", "200", "200", "503", "lost", "io", "gone"); {
		case what == "200":
			observe(failover.Event{Kind: failover.Head, Status: 200}, 3)
		case what == "503":
			observe(failover.Event{Kind: failover.Head, Status: 503}, 0)
		case what == "gone":
			observe(failover.Event{Kind: failover.ClientGone}, -1)
		case what == "io" && p.table.Clusters[w.request.Cluster].Members[w.act.Member].IOTimeout > 0:
			lost.Kind = failover.IOTimeout
			observe(lost, 0)
		default:
			observe(lost, 0)
		}
	case 3:
		switch p.pick("passing on", "done", "done", "done", "done", "lost", "gone") {
		case "lost":
			observe(lost, 0)
		case "gone":
			observe(failover.Event{Kind: failover.ClientGone}, -1)
		default:
			observe(failover.Event{Kind: failover.Done}, -1)
		}
	}
	Events(p.table, w.request.Cluster, rec.Steps, p.emit(w))
}

func (p *process) start(w *worker) {
	rq := p.request()
	m, ok := p.table.Match(&rq, &p.sem)
	if !ok {
		MatchEvents(p.table, &rq, nil, &p.sem, p.emit(w))
		return
	}
	MatchEvents(p.table, &rq, &m, &p.sem, p.emit(w))
	w.busy, w.stage = true, 0
	w.request, w.state = failover.Begin(p.table, &rq, &m, p.now, &p.sem, nil), p.state(m.Cluster)
}

// reload gives the process a new configuration of the same file: its requests go on with the old one.
func (p *process) reload(w *worker) {
	p.emit(w)(&pluginlog.Event{Kind: pluginlog.ConfigReloaded})
	p.states = map[match.ClusterID]*failover.ClusterState{}
}

// simulate writes the log of a few processes under a setting of the open choices.
func simulate(t *rapid.T, table *match.Table, sem choices.Assumptions, log *bytes.Buffer) {
	simulateAt(t, table, sem, log, pluginlog.LevelTrace)
}

func simulateAt(t *rapid.T, table *match.Table, sem choices.Assumptions, log *bytes.Buffer,
	level pluginlog.Level) {
	d := drawer{t}
	writer := pluginlog.NewWriter(log, level)
	var processes []*process
	var workers []*worker
	for pid := range d.n("processes", 1, 2) {
		processes = append(processes, &process{drawer: d, table: table, sem: sem,
			states: map[match.ClusterID]*failover.ClusterState{}, log: writer, pid: uint64(pid + 1)})
	}
	for tid := range d.n("threads", 1, 4) {
		workers = append(workers, &worker{tid: uint64(tid + 1)})
	}
	now := 1507316760 * second
	if rapid.Bool().Draw(t, "from the start") {
		for _, p := range processes {
			p.now = now
			p.emit(workers[0])(&pluginlog.Event{Kind: pluginlog.BuildVersion, Text: "9.0.5.7"})
		}
	}
	for range d.n("turns", 1, 150) {
		now += rapid.SampledFrom([]match.Nanos{0, 10000, second / 2, second, 7 * second, 40 * second}).Draw(t, "pause")
		i := d.n("worker", 0, len(workers)-1)
		p := processes[i%len(processes)]
		p.now = now
		if d.n("reload", 0, 30) == 0 {
			p.reload(&worker{tid: 99})
		}
		p.turn(workers[i])
	}
}

func replayLog(t testing.TB, table *match.Table, sem choices.Assumptions, log []byte) *Report {
	t.Helper()
	r := New(table, sem)
	feed(t, r, log)
	return r.Report()
}

func feed(t interface{ Fatal(...any) }, r *Replay, log []byte) {
	r.NextFile()
	if _, err := pluginlog.Read(bytes.NewReader(log), pluginlog.Options{Workers: 1, Want: Kinds()},
		func(e *pluginlog.Event) error { r.Add(e); return nil }); err != nil {
		t.Fatal(err)
	}
}

func describe(table *match.Table, rep *Report, log []byte) string {
	var b strings.Builder
	for _, d := range rep.Disagreements[:min(len(rep.Disagreements), 3)] {
		fmt.Fprintf(&b, "line %d %s: log %s, ours %v, fits %v\n", d.Place.Line, d.What, d.Logged, d.Ours, d.Fits)
	}
	n := 0
	for line := range strings.Lines(string(log)) {
		n++
		fmt.Fprintf(&b, "%4d %s", n, line[min(len(line), 20):])
		if len(rep.Disagreements) > 0 && int64(n) > rep.Disagreements[0].Place.Line {
			break
		}
	}
	return b.String()
}

// TestOwnLogAgrees: what the core did, written as a log and read back, is what the core would do.
func TestOwnLogAgrees(t *testing.T) {
	decisions, lines := int64(0), int64(0)
	check := func(t *rapid.T) {
		xml := drawer{t}.config()
		table := rapidTable(t, xml)
		sem := choices.Latest()
		log := new(bytes.Buffer)
		simulate(t, table, sem, log)
		rep := replayIn(t, table, sem, log.Bytes())
		decisions += rep.Decisions
		lines += rep.Lines
		if rep.Mismatches > 0 || rep.Unchecked > 0 || rep.Agreed != rep.Decisions || rep.LinesAgreed != rep.Lines {
			t.Fatalf("%d of %d decisions agree, %d mismatches, %d unchecked\n%s\n%s",
				rep.Agreed, rep.Decisions, rep.Mismatches,
				rep.Unchecked, xml, describe(table, rep, log.Bytes()))
		}
	}
	few := func() bool { return decisions < 100 || lines < 500 }
	rapid.Check(t, check)
	for rounds := 1; rounds < shortened && few() && !t.Failed(); rounds++ {
		rapid.Check(t, check)
	}
	if few() {
		t.Errorf("only %d decisions and %d lines were checked", decisions, lines)
	}
}

// shortened is by what rapid divides its number of draws under -short: so many short rounds are a whole one.
const shortened = 5

func rapidTable(t *rapid.T, xml string) *match.Table {
	cfg, _ := parser.Parse(diag.NewFiles().Add("plugin-cfg.xml", []byte(xml)), []byte(xml))
	table, missing := match.New(cfg)
	if len(missing) > 0 {
		t.Fatal(missing)
	}
	return table
}

func replayIn(t *rapid.T, table *match.Table, sem choices.Assumptions, log []byte) *Report {
	r := New(table, sem)
	feed(t, r, log)
	return r.Report()
}
