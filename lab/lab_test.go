package lab_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"os"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	_ "github.com/wasplug/wasplug/internal/golden" // the flag -update
	"github.com/wasplug/wasplug/internal/sharedtest"
	"github.com/wasplug/wasplug/lab"
	"github.com/wasplug/wasplug/lab/member"
	"github.com/wasplug/wasplug/parser"
	"github.com/wasplug/wasplug/parser/diag"
	"github.com/wasplug/wasplug/proxy/admin"
)

// TestMain lets the test binary be a member, as the program is with the same words, or somebody who runs a lab.
func TestMain(m *testing.M) {
	var err error
	switch words := strings.Join(os.Args[1:], " "); words {
	case "lab member":
		ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
		defer stop()
		err = member.Run(ctx, os.Stdin, os.Stdout)
	case "supervise ", "supervise jetstream", "supervise redis", "supervise postgres":
		err = supervise(os.Args[2])
	default:
		os.Setenv("GORACE", "atexit_sleep_ms=0") // or each member would sleep for a second under the race detector
		os.Exit(sharedtest.Waiting{M: m}.Run())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(3)
	}
}

// file is a plugin-cfg.xml with one cluster of members, each given as NAME or NAME=TRANSPORTS.
func file(members ...string) string {
	var servers, list strings.Builder
	for i, m := range members {
		name, transports, given := strings.Cut(m, "=")
		if !given {
			transports = fmt.Sprintf(`<Transport Hostname="%s.example.com" Port="9080" Protocol="http"/>`, name)
		}
		fmt.Fprintf(&servers,
			"<Server CloneID=\"clone%d\" ConnectTimeout=\"5\" Name=%q ServerIOTimeout=\"60\">%s</Server>\n",
			i+1, name, transports)
		fmt.Fprintf(&list, "<Server Name=%q/>", name)
	}
	return `<?xml version="1.0"?>
<Config>
<Property Name="PluginInstallRoot" Value="/opt/plugins"/>
<VirtualHostGroup Name="hosts"><VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster LoadBalance="Round Robin" Name="C" RetryInterval="60">
` + servers.String() + "<PrimaryServers>" + list.String() + `</PrimaryServers>
</ServerCluster>
<UriGroup Name="all"><Uri AffinityCookie="JSESSIONID" AffinityURLIdentifier="jsessionid" Name="/*"/></UriGroup>
<Route ServerCluster="C" UriGroup="all" VirtualHostGroup="hosts"/>
</Config>
`
}

// start runs a file; round robin begins with the first member.
func start(t *testing.T, src string, change func(*lab.Options)) *lab.Lab {
	t.Helper()
	l, err := lab.Start(t.Context(), options(src, change))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func options(src string, change func(*lab.Options)) lab.Options {
	files := diag.NewFiles()
	cfg, _ := parser.Parse(files.Add("plugin-cfg.xml", []byte(src)), []byte(src))
	opt := lab.Options{Config: cfg, Files: files, Next: func(string) int { return 0 }}
	if change != nil {
		change(&opt)
	}
	return opt
}

// browser is a client with cookies.
type browser struct {
	t *testing.T
	http.Client
	url string
}

func browse(t *testing.T, l *lab.Lab) *browser {
	jar, _ := cookiejar.New(nil)
	b := &browser{t: t, url: l.Proxy(0).URL}
	b.Jar, b.Timeout = jar, 3*time.Minute // longer than any time limit of the plug-in here
	b.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return b
}

// get gives status, member, first line of the body and the session cookie as "200 m1 Hit count: 1".
func (b *browser) get(path string) string {
	b.t.Helper()
	answer, err := b.Get(b.url + path)
	if err != nil {
		return err.Error()
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	first, _, _ := strings.Cut(string(body), "\n")
	if err != nil {
		first = err.Error()
	}
	return fmt.Sprintf("%d %s %s", answer.StatusCode, answer.Header.Get("X-Lab-Member"), first)
}

// cookie is the session cookie, the session ID shortened to ID.
func (b *browser) cookie() string {
	rq, _ := http.NewRequest("GET", b.url, nil)
	for _, c := range b.Jar.Cookies(rq.URL) {
		if c.Name == "JSESSIONID" {
			return c.Value[:4] + "ID" + c.Value[4+23:]
		}
	}
	return "none"
}

// want compares what a request gives.
func (b *browser) want(path, want string) {
	b.t.Helper()
	if got := b.get(path); got != want {
		b.t.Errorf("%s: got %q, want %q", path, got, want)
	}
}

// TestFailover: without persistence a session dies with its member, and the other one begins a new one.
func TestFailover(t *testing.T) {
	l := start(t, file("m1", "m2", "m3"), nil)
	b := browse(t, l)
	b.want("/hitcount", "200 m1 Hit count: 1")
	b.want("/hitcount", "200 m1 Hit count: 2")
	if got := b.cookie(); got != "0000ID:clone1" {
		t.Errorf("cookie %s", got)
	}
	m1 := l.Member("m1")
	if err := m1.Kill(); err != nil || m1.State() != lab.Dead || m1.Pid() != 0 {
		t.Fatalf("%v, %s, pid %d", err, m1.State(), m1.Pid())
	}
	b.want("/hitcount", "200 m2 Hit count: 1")
	if got := b.cookie(); got != "0000ID:clone2" {
		t.Errorf("cookie %s", got)
	}
	if err := m1.Start(t.Context()); err != nil || m1.State() != lab.Up {
		t.Fatalf("%v, %s", err, m1.State())
	}
	fresh := browse(t, l)
	fresh.want("/hitcount", "200 m3 Hit count: 1")
	fresh = browse(t, l)
	fresh.want("/hitcount", "200 m2 Hit count: 1") // m1 is marked down
	l.Advance(t.Context(), time.Minute)
	var answers []string
	for range 3 {
		answers = append(answers, browse(t, l).get("/hitcount"))
	}
	if !slices.Contains(answers, "200 m1 Hit count: 1") {
		t.Errorf("m1 does not come back: %q", answers)
	}
}

// TestFailpoints: a member that dies at each moment of a request; the plug-in sends it to the next one.
func TestFailpoints(t *testing.T) {
	l := start(t, file("m1", "m2"), nil)
	m1 := l.Member("m1")
	for _, at := range []string{"before-service", "during", "before-write", "after-write",
		"before-answer", "mid-answer"} {
		if err := l.Proxy(0).New(t.Context()); err != nil {
			t.Fatal(err)
		}
		b := browse(t, l)
		b.want("/hitcount", "200 m1 Hit count: 1")
		if _, err := m1.Control(t.Context(), "/failpoint", "at="+at+"&do=kill"); err != nil {
			t.Fatal(err)
		}
		got, want := b.get("/hitcount"), "200 m2 Hit count: 1"
		if at == "mid-answer" {
			want = "200 m1 unexpected EOF" // it is too late for another one
		}
		if got != want {
			t.Errorf("%s: got %q, want %q", at, got, want)
		}
		<-m1.Died()
		if err := m1.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// TestStopAndContinue: a stopped member's port takes connections, and nobody answers until it goes on.
func TestStopAndContinue(t *testing.T) {
	l := start(t, file("m1"), nil)
	m1 := l.Member("m1")
	if err := m1.Stop(); err != nil || m1.State() != lab.Stopped || !halted(t, m1.Pid()) {
		t.Fatalf("%v, %s", err, m1.State())
	}
	b := browse(t, l)
	done := make(chan string)
	go func() { done <- b.get("/hitcount") }()
	select {
	case got := <-done:
		t.Errorf("a stopped member answers: %s", got)
	case <-time.After(100 * time.Millisecond):
	}
	if err := m1.Continue(); err != nil {
		t.Error(err)
	}
	if got := <-done; got != "200 m1 Hit count: 1" {
		t.Errorf("got %q", got)
	}
	if _, err := m1.Control(t.Context(), "/failpoint", "at=during&do=stop"); err != nil {
		t.Fatal(err)
	}
	go func() { done <- b.get("/hitcount") }()
	for !halted(t, m1.Pid()) { // on a busy machine it takes its time to get there
		select {
		case got := <-done:
			t.Fatalf("a member that stopped itself answers: %s", got)
		case <-time.After(time.Millisecond):
		}
	}
	m1.Continue()
	if got := <-done; got != "200 m1 Hit count: 2" {
		t.Errorf("got %q", got)
	}
	m1.Stop() // and Close ends a stopped one, too
}

// halted reports that every thread of a process stands.
func halted(t *testing.T, pid int) bool {
	t.Helper()
	threads, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/stat", pid))
	if err != nil || len(threads) == 0 {
		t.Skip("this system has no /proc to look for threads in")
	}
	for _, thread := range threads {
		stat, err := os.ReadFile(thread)
		if _, state, _ := strings.Cut(string(stat), ") "); err == nil && !strings.HasPrefix(state, "T") {
			return false
		}
	}
	return true
}

// TestStatus: each web server process has marks of its own, which a fresh one has not, and serves a status page.
func TestStatus(t *testing.T) {
	l := start(t, file("m1", "m2"), func(o *lab.Options) { o.Processes = 2 })
	if l.Processes() != 2 || l.Proxy(0).URL == l.Proxy(1).URL {
		t.Fatalf("%d processes, the first at %s", l.Processes(), l.Proxy(0).URL)
	}
	l.Member("m1").Kill()
	browse(t, l).want("/hitcount", "200 m2 Hit count: 1")
	marked := func(i int) bool { return l.Proxy(i).Snapshot().Clusters[0].Members[0].Marked }
	if !marked(0) || marked(1) {
		t.Errorf("marked in the first process %t, in the second %t", marked(0), marked(1))
	}
	if err := l.Proxy(0).New(t.Context()); err != nil || marked(0) {
		t.Errorf("a fresh process: marked %t, %v", marked(0), err)
	}
	page := httptest.NewRecorder()
	admin.New(l.Proxy(0), "").ServeHTTP(page,
		httptest.NewRequest("GET", "http://127.0.0.1/why.json?url=http://localhost/hitcount", nil))
	if page.Code != 200 || !strings.Contains(page.Body.String(), "m1") {
		t.Errorf("got %d %s", page.Code, page.Body)
	}
	l.Abort()
	for _, m := range l.Members() {
		if m.State() != lab.Dead {
			t.Errorf("%s is %s", m.Name, m.State())
		}
	}
}

// TestHTTPS: members speak TLS where the file says so, with a certificate of the run in place of its key databases.
func TestHTTPS(t *testing.T) {
	secure := func(name string) string {
		return name + `=<Transport Hostname="` + name + `.example.com" Port="9443" Protocol="https">` +
			`<Property Name="keyring" Value="/opt/plugins/etc/plugin-key.kdb"/>` +
			`<Property Name="stashfile" Value="/opt/x.sth"/></Transport>`
	}
	l := start(t, file(secure("m1"), secure("m2")), nil)
	b := browse(t, l)
	b.want("/hitcount", "200 m1 Hit count: 1")
	answer, err := b.Get(b.url + "/snoop")
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	l.Member("m1").Kill()
	b.want("/hitcount", "200 m2 Hit count: 1")
}

// TestPlan: what cannot be run is said before anything is.
func TestPlan(t *testing.T) {
	var many []string
	for i := range 17 {
		many = append(many, fmt.Sprintf("m%d", i+1))
	}
	nobody := strings.ReplaceAll(file("m1"), `<Route ServerCluster="C"`, `<Route ServerCluster="D"`)
	broken := func(o *lab.Options) { o.Executable = "/bin/false" }
	for _, tt := range []struct {
		src    string
		change func(*lab.Options)
		want   string
	}{
		{file(many...), nil, "is member 17: the lab runs at most 16"},
		{nobody, nil, "no Route leads to a cluster"},
		{file("m1"), broken, "m1 did not start: it ended"},
		{file("m1"), func(o *lab.Options) { o.Sessions = endOfService("disk") }, "no persistence disk"},
		{file("m1"), func(o *lab.Options) {
			o.Sessions = func(string) lab.Sessions { return lab.Sessions{} } // what it said is in the error
		}, "it said:\nm1: sessions of /"},
	} {
		if _, err := lab.Start(t.Context(), options(tt.src, tt.change)); err == nil ||
			!strings.Contains(err.Error(), tt.want) {
			t.Errorf("got %v, want %s", err, tt.want)
		}
	}
}

// TestSharedServer: a Server that two clusters list is one process.
func TestSharedServer(t *testing.T) {
	src := file("m1", "m2")
	at, end := strings.Index(src, "<ServerCluster"), strings.Index(src, "<UriGroup")
	other := strings.ReplaceAll(src[at:end], `Name="C"`, `Name="D"`)
	src = src[:end] + other + src[end:]
	src = strings.Replace(src, "</Config>",
		`<Route ServerCluster="D" UriGroup="all" VirtualHostGroup="hosts"/></Config>`, 1)
	l := start(t, src, nil)
	if n := len(l.Members()); n != 2 {
		t.Errorf("%d members run", n)
	}
}
