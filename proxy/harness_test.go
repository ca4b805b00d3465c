package proxy

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/generation"
)

// fake is a member that behaves as its script says.
type fake struct {
	name   string
	mu     sync.Mutex
	conns  map[net.Conn]bool
	seen   []*http.Request // their bodies are read
	bodies []string
	act    func(f *fake, c net.Conn, rq *http.Request) (goOn bool) // nil: a good answer
	serves func(net.Conn)                                          // in place of reading requests
	wg     sync.WaitGroup
	raw    syncBuffer // everything that arrived
}

func (f *fake) serve(l net.Listener) {
	for {
		c, err := l.Accept()
		if err != nil {
			return
		}
		f.mu.Lock()
		f.conns[c] = true
		f.mu.Unlock()
		f.wg.Go(func() { f.talk(c) })
	}
}

// serveBy lets a member deal with its connections in another way than reading requests.
func (f *fake) serveBy(serves func(net.Conn)) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.serves = serves
}

func (f *fake) talk(c net.Conn) {
	defer f.forget(c)
	f.mu.Lock()
	serves := f.serves
	f.mu.Unlock()
	if serves != nil {
		serves(c)
		return
	}
	br := bufio.NewReader(io.TeeReader(c, &f.raw))
	for {
		rq, err := http.ReadRequest(br)
		if err != nil {
			return
		}
		if rq.Header.Get("Expect") != "" {
			io.WriteString(c, "HTTP/1.1 100 Continue\r\n\r\n")
		}
		body, err := io.ReadAll(rq.Body)
		if err != nil {
			return
		}
		f.mu.Lock()
		f.seen, f.bodies = append(f.seen, rq), append(f.bodies, string(body))
		act := f.act
		f.mu.Unlock()
		if act == nil {
			act = good
		}
		if !act(f, c, rq) {
			return
		}
	}
}

func (f *fake) forget(c net.Conn) {
	c.Close()
	f.mu.Lock()
	delete(f.conns, c)
	f.mu.Unlock()
}

// hangUp closes the member's connections.
func (f *fake) hangUp() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for c := range f.conns {
		c.Close()
	}
}

func (f *fake) requests() []*http.Request {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.seen
}

func good(f *fake, c net.Conn, rq *http.Request) bool {
	body := f.name
	if rq.Method == "HEAD" {
		body = ""
	}
	_, err := fmt.Fprintf(c, "HTTP/1.1 200 OK\r\nX-Member: %s\r\nContent-Length: %d\r\n\r\n%s", f.name, len(f.name),
		body)
	return err == nil
}

// answer makes a script that always says the same.
func answer(text string, goOn bool) func(*fake, net.Conn, *http.Request) bool {
	return func(_ *fake, c net.Conn, _ *http.Request) bool {
		_, err := io.WriteString(c, text)
		return err == nil && goOn
	}
}

// world is a proxy with its members and a way in.
type world struct {
	*network
	t     *testing.T
	p     *Proxy
	fakes map[string]*fake
	wg    sync.WaitGroup
	logs  syncBuffer
	xml   atomic.Value // string: plugin-cfg.xml as it is now
}

// until waits for what nobody tells of: it looks at each tick of a clock, which leaves the processor to others.
func until(met func() bool) {
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for !met() {
		<-tick.C
	}
}

// syncBuffer is a log that many write. The zero value is empty.
type syncBuffer struct {
	mu    sync.Mutex
	b     bytes.Buffer
	wrote chan struct{} // closed by the next write, nil where nobody waits
}

func (s *syncBuffer) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.wrote != nil {
		close(s.wrote)
		s.wrote = nil
	}
	return s.b.Write(p)
}

// lines waits until there are n lines.
func (s *syncBuffer) lines(n int) {
	for {
		s.mu.Lock()
		if bytes.Count(s.b.Bytes(), []byte("\n")) >= n {
			s.mu.Unlock()
			return
		}
		if s.wrote == nil {
			s.wrote = make(chan struct{})
		}
		wrote := s.wrote
		s.mu.Unlock()
		<-wrote
	}
}

func (s *syncBuffer) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b.Reset()
}

func (s *syncBuffer) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

// site writes a plugin-cfg.xml: members m1 to mN on port 9080 with clone IDs c1 to cN.
type site struct {
	members int
	config  string // attributes of Config
	cluster string // of ServerCluster
	server  string // of every Server
	backups int    // how many of the members, counted from the end, are backups
	uri     string // default /*
	extra   string // elements at the end
}

func (s site) xml() string {
	var b strings.Builder
	uri := s.uri
	if uri == "" {
		uri = "/*"
	}
	fmt.Fprintf(&b, `<Config %s><VirtualHostGroup Name="vh"><VirtualHost Name="*:80"/></VirtualHostGroup>`, s.config)
	fmt.Fprintf(&b, `<ServerCluster Name="C" %s>`, s.cluster)
	for i := 1; i <= s.members; i++ {
		fmt.Fprintf(&b, `<Server Name="m%d" CloneID="c%d" %s>`, i, i, s.server)
		fmt.Fprintf(&b, `<Transport Hostname="m%d" Port="9080" Protocol="http"/></Server>`, i)
	}
	b.WriteString("<PrimaryServers>")
	for i := 1; i <= s.members; i++ {
		if i == s.members-s.backups+1 {
			b.WriteString("</PrimaryServers><BackupServers>")
		}
		fmt.Fprintf(&b, `<Server Name="m%d"/>`, i)
	}
	if s.backups > 0 {
		b.WriteString("</BackupServers>")
	} else {
		b.WriteString("</PrimaryServers>")
	}
	fmt.Fprintf(&b, `</ServerCluster><UriGroup Name="u"><Uri Name="%s"/></UriGroup>`, uri)
	fmt.Fprintf(&b, `<Route VirtualHostGroup="vh" UriGroup="u" ServerCluster="C"/>%s</Config>`, s.extra)
	return b.String()
}

// source reads w.xml.
func (w *world) source() generation.Source {
	return generation.Source{
		Read: func(pause parser.Pause) (*parser.Config, *diag.Files, []diag.Diagnostic, error) {
			files := diag.NewFiles()
			src := []byte(w.xml.Load().(string))
			cfg, ds := parser.ParsePausing(files.Add("plugin-cfg.xml", src), src, pause)
			return cfg, files, ds, nil
		},
		Stamp: func() (string, error) { return w.xml.Load().(string), nil },
	}
}

// start builds a world; its members all answer well. prepare runs before the first client can come. stop ends it and
// waits for everything.
func start(t *testing.T, pipes bool, s site, opt Options, prepare ...func(*world)) *world {
	t.Helper()
	w := &world{t: t, network: &network{pipes: pipes, members: map[string]net.Listener{}, dials: map[string]int{}},
		fakes: map[string]*fake{}}
	for i := 1; i <= s.members; i++ {
		f := &fake{name: fmt.Sprintf("m%d", i), conns: map[net.Conn]bool{}}
		l := w.listen(t)
		w.fakes[f.name], w.members[fmt.Sprintf("10.0.0.%d:9080", i)] = f, l
		w.wg.Go(func() { f.serve(l) })
	}
	opt.Resolver, opt.Dial = w.network, w.dial
	opt.Log = slog.New(slog.NewTextHandler(&w.logs, nil))
	if opt.Seed == 0 {
		opt.Seed = 1
	}
	w.xml.Store(s.xml())
	p, err := New(t.Context(), w.source(), opt)
	if err != nil {
		t.Fatal(err)
	}
	w.p, w.front = p, w.listen(t)
	p.gen.Load().Clusters[0].State.Next = 0
	for _, f := range prepare {
		f(w)
	}
	w.wg.Go(func() { p.Serve(&Listener{Listener: w.front, Port: 80}) })
	return w
}

func (w *world) refuse(member string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	address := "10.0.0." + member[1:] + ":9080"
	w.members[address].Close()
	w.members[address] = nil
}

func (w *world) stop() {
	w.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // connections of clients that were not closed are cut
	w.p.Shutdown(ctx)
	if logs := w.logs.String(); strings.Contains(logs, "panic") {
		w.t.Error(logs)
	}
	for _, f := range w.fakes {
		f.mu.Lock()
		for c := range f.conns {
			c.Close()
		}
		f.mu.Unlock()
	}
	w.mu.Lock()
	for _, l := range w.members {
		if l != nil {
			l.Close()
		}
	}
	w.mu.Unlock()
	w.wg.Wait()
	for _, f := range w.fakes {
		f.wg.Wait()
	}
}

// visitor is a client connection.
type visitor struct {
	net.Conn
	br *bufio.Reader
	t  *testing.T
}

func (w *world) visit() *visitor {
	w.t.Helper()
	c, err := connect(context.Background(), w.front)
	if err != nil {
		w.t.Fatal(err)
	}
	return &visitor{c, bufio.NewReader(c), w.t}
}

// reply is an answer as the visitor saw it.
type reply struct {
	status int
	member string
	header http.Header
	body   string
	err    error // of the body
	close  bool
}

// send writes while reading, as pipes have no buffer.
func (v *visitor) send(raw string) {
	go io.WriteString(v.Conn, raw)
}

func (v *visitor) read(method string) (reply, error) {
	rs, err := http.ReadResponse(v.br, &http.Request{Method: method})
	if err != nil {
		return reply{}, err
	}
	body, err := io.ReadAll(rs.Body)
	return reply{rs.StatusCode, rs.Header.Get("X-Member"), rs.Header, string(body), err, rs.Close}, nil
}

func (v *visitor) ask(raw string) reply {
	v.t.Helper()
	v.send(raw)
	method, _, _ := strings.Cut(raw, " ")
	r, err := v.read(method)
	if err != nil {
		v.t.Fatalf("%.60q: %v", raw, err)
	}
	return r
}

// get is a GET with some header lines.
func get(path string, lines ...string) string {
	return "GET " + path + " HTTP/1.1\r\nHost: shop\r\n" + joinLines(lines) + "\r\n"
}

func joinLines(lines []string) string {
	s := ""
	for _, l := range lines {
		s += l + "\r\n"
	}
	return s
}

func post(body string, lines ...string) string {
	return fmt.Sprintf("POST / HTTP/1.1\r\nHost: shop\r\nContent-Length: %d\r\n%s\r\n%s", len(body), joinLines(lines),
		body)
}

func postChunked(body string, lines ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "POST / HTTP/1.1\r\nHost: shop\r\nTransfer-Encoding: chunked\r\n%s\r\n", joinLines(lines))
	for len(body) > 0 {
		n := min(len(body), 7000)
		fmt.Fprintf(&b, "%x\r\n%s\r\n", n, body[:n])
		body = body[n:]
	}
	b.WriteString("0\r\n\r\n")
	return b.String()
}

func sticky(member string) string { return "Cookie: JSESSIONID=0000abc:c" + member[1:] }

func (w *world) memberState(name string) (marked bool, pending int32) {
	g := w.p.gen.Load()
	c := &g.Clusters[0]
	c.Lock()
	defer c.Unlock()
	id, _ := g.Table.Clusters[0].MemberByName(name)
	return c.State.Members[id].MarkedDown, c.State.Members[id].Pending
}

func (w *world) stopGently() { w.p.Shutdown(context.Background()) }

// connects returns how often the proxy has dialled a member.
func (w *world) connects(member string) int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.dials["10.0.0."+member[1:]+":9080"]
}
