//go:build unix && !aix

package main

import (
	"bytes"
	"encoding/pem"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/wasplug/wasplug/internal/port/porttest"
)

// TestProxyKill kills members while clients send requests: every request is answered, nobody gets the answer of
// another, and a request runs more than once only where the plug-in's own rules let it (R54, R57; a body beyond
// PostBufferSize never does). Members close idle streams after 30 ms, one is stopped for a while, and the file is
// replaced again and again by good, broken, empty and half-written ones. WASPLUG_KILL=100000 sets the number of
// requests, 16 kills among them.
func TestProxyKill(t *testing.T) {
	t.Parallel()
	requests, kills := 1500, 4
	if n, err := strconv.Atoi(os.Getenv("WASPLUG_KILL")); err == nil {
		requests, kills = n, 16
	} else if testing.Short() {
		requests, kills = 400, 2
	}
	for _, scheme := range []string{"http", "https"} {
		t.Run(scheme, func(t *testing.T) {
			t.Parallel()
			newKillTest(t, scheme).run(requests, kills)
		})
	}
}

const (
	killMembers = 4
	killClients = 24
	postBuffer  = 2 // KB
)

type killTest struct {
	t       *testing.T
	scheme  string
	dir     string
	config  string // path of the file
	good    string // what it says when it is good
	members []*killMember
	proxy   *running
	site    string

	mu       sync.Mutex
	more     sync.Cond // a request has begun
	begun    int       // the id of the last request
	statuses sync.Map  // status: *atomic.Int64
	wrong    atomic.Int64
}

// killMember is a member process and the file in which it records the requests that it ran.
type killMember struct {
	name, address, record string
	cmd                   *exec.Cmd
}

func newKillTest(t *testing.T, scheme string) *killTest {
	k := &killTest{t: t, scheme: scheme, dir: t.TempDir()}
	k.more.L = &k.mu
	var servers strings.Builder
	ring := filepath.Join(k.dir, "ring.pem")
	if err := os.WriteFile(ring, testCertificate(), 0o600); err != nil {
		t.Fatal(err)
	}
	for i := range killMembers {
		m := &killMember{name: fmt.Sprint("m", i+1), address: porttest.Keep(t)}
		m.record = filepath.Join(k.dir, m.name)
		k.members = append(k.members, m)
		m.start(t, scheme)
		host, port, _ := strings.Cut(m.address, ":")
		fmt.Fprintf(&servers, `<Server Name=%q CloneID="c%d" ConnectTimeout="3" ServerIOTimeout="-3"><Transport `+
			`Hostname=%q Port=%q Protocol=%q><Property Name="keyring" Value=%q/></Transport></Server>`, m.name, i+1,
			host, port, scheme, ring)
	}
	k.good = fmt.Sprintf(
		`<Config RefreshInterval="-1"><Property Name="PluginInstallRoot" Value=%q/><VirtualHostGroup Name="v">
<VirtualHost Name="*:80"/></VirtualHostGroup>
<ServerCluster Name="shop" RetryInterval="1" PostBufferSize="%d">%s</ServerCluster>
<UriGroup Name="u"><Uri Name="/*"/></UriGroup><Route ServerCluster="shop" UriGroup="u" VirtualHostGroup="v"/>
</Config>`, k.dir, postBuffer, &servers)
	k.config = filepath.Join(k.dir, "plugin-cfg.xml")
	k.write(k.good)
	k.proxy = runProgram(t, "proxy", "-c", k.config, "--listen", "127.0.0.1:0=80")
	k.site = k.proxy.find(`listening on (http://\S+);`)
	go io.Copy(io.Discard, k.proxy.rest())
	return k
}

// testCertificate is the one that every httptest server shows.
func testCertificate() []byte {
	s := httptest.NewTLSServer(http.NotFoundHandler())
	defer s.Close()
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw})
}

func (k *killTest) write(text string) {
	if err := os.WriteFile(k.config, []byte(text), 0o600); err != nil {
		k.t.Error(err)
	}
}

// start starts the process of a member, and waits until it listens.
func (m *killMember) start(t *testing.T, scheme string) {
	self, err := os.Executable()
	if err != nil {
		t.Error(err)
		return
	}
	m.cmd = &exec.Cmd{Path: self, Args: []string{"recording-member", scheme, m.address, m.record}, Stderr: os.Stderr}
	out, err := m.cmd.StdoutPipe()
	if err != nil {
		t.Error(err)
		return
	}
	if err := m.cmd.Start(); err != nil {
		t.Error(err)
		return
	}
	process := m.cmd.Process
	t.Cleanup(func() { process.Kill() })
	out.Read(make([]byte, 1))
}

func (k *killTest) run(requests, kills int) {
	var clients sync.WaitGroup
	for i := range killClients {
		clients.Go(func() { k.client(uint64(i), requests) })
	}
	edits := max(requests/500, 2*kills)
	clients.Go(func() { k.edit(requests, edits) })
	k.harm(requests, kills)
	clients.Wait()
	k.t.Logf("%d kills and stops, %d other files", kills, edits)
	k.judge(requests)
}

// client sends requests until all have been sent.
func (k *killTest) client(seed uint64, requests int) {
	rng := rand.New(rand.NewPCG(seed, 1))
	c := http.Client{Transport: &http.Transport{}, Timeout: time.Minute}
	for id := k.begin(); id <= requests; id = k.begin() {
		k.send(&c, rng, id)
	}
}

// bodyOf is the size of the body of a request: none, one that fits the buffer, or one that does not.
func bodyOf(id int) int { return []int{0, 0, 100, postBuffer * 1024, 16 * 1024}[id%5] }

func (k *killTest) send(c *http.Client, rng *rand.Rand, id int) {
	method, size := "GET", bodyOf(id)
	if size > 0 {
		method = "POST"
	}
	rq, err := http.NewRequest(method, fmt.Sprintf("%s/%d", k.site, id), bytes.NewReader(make([]byte, size)))
	if err != nil {
		k.t.Error(err)
		return
	}
	rq.GetBody = nil // the client itself sends nothing twice
	if rng.IntN(2) == 0 {
		rq.Header.Set("Cookie", fmt.Sprintf("JSESSIONID=0000abc:c%d", 1+rng.IntN(killMembers)))
	}
	rs, err := c.Do(rq)
	if err != nil {
		k.t.Errorf("request %d was not answered: %v", id, err)
		return
	}
	defer rs.Body.Close()
	body, err := io.ReadAll(rs.Body)
	n, _ := k.statuses.LoadOrStore(rs.StatusCode, new(atomic.Int64))
	n.(*atomic.Int64).Add(1)
	if want := fmt.Sprintf("%d %d", id, size); rs.StatusCode == 200 && (err != nil || string(body) != want) {
		k.wrong.Add(1)
		k.t.Errorf("request %d was answered with %q (%v), want %q", id, body, err, want)
	}
}

// harm kills and stops members, each time a share of the requests has been sent.
func (k *killTest) harm(requests, kills int) {
	for i := range kills {
		m := k.members[i%killMembers]
		k.reach((i*4 + 1) * requests / (kills * 4))
		m.cmd.Process.Signal(syscall.SIGKILL)
		m.cmd.Wait()
		k.reach((i*4 + 2) * requests / (kills * 4))
		m.start(k.t, k.scheme)
		stopped := k.members[(i+1)%killMembers]
		stopped.cmd.Process.Signal(syscall.SIGSTOP)
		k.reach((i*4 + 3) * requests / (kills * 4))
		stopped.cmd.Process.Signal(syscall.SIGCONT)
	}
}

// edit replaces the file every few hundred requests, which is some times a second, and has it read each time.
func (k *killTest) edit(requests, edits int) {
	files := []string{k.good, "<Config><Server", "", k.good[:len(k.good)/2], k.good}
	for i := range edits {
		k.reach((i + 1) * requests / (edits + 1))
		k.replace(files[i%len(files)])
	}
	k.replace(k.good)
}

// begin returns the id of another request.
func (k *killTest) begin() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.begun++
	k.more.Broadcast()
	return k.begun
}

// reach waits until so many requests have begun.
func (k *killTest) reach(n int) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.begun < n {
		k.more.Wait()
	}
}

func (k *killTest) replace(text string) {
	k.write(text)
	k.proxy.signal(syscall.SIGHUP)
}

// judge counts what the members ran.
func (k *killTest) judge(requests int) {
	ran := map[int]int{}
	for _, m := range k.members {
		record, err := os.ReadFile(m.record)
		if err != nil {
			k.t.Fatal(err)
		}
		for line := range strings.Lines(string(record)) {
			id, err := strconv.Atoi(strings.TrimSpace(line))
			if err != nil {
				k.t.Errorf("a member ran %q", line)
			}
			ran[id]++
		}
	}
	doubles := 0
	for id, n := range ran {
		if n > 1 {
			doubles++
		}
		if n > 1 && bodyOf(id) > postBuffer*1024 {
			k.t.Errorf("request %d, whose body is not buffered, ran %d times (R57)", id, n)
		}
		if n > killMembers+1 {
			k.t.Errorf("request %d ran %d times (R62)", id, n)
		}
	}
	var statuses []string
	k.statuses.Range(func(status, n any) bool {
		statuses = append(statuses, fmt.Sprintf("%d: %d", status, n.(*atomic.Int64).Load()))
		return true
	})
	k.t.Logf("%d requests over %s; answers %s; %d ran more than once; %d wrong", requests, k.scheme,
		strings.Join(statuses, ", "), doubles, k.wrong.Load())
	if n, ok := k.statuses.Load(200); !ok || n.(*atomic.Int64).Load() < int64(requests)/2 {
		k.t.Error("fewer than half of the requests were answered with 200")
	}
}
